"""The Croissant 1.1 description of the dataset, with the fields of responsible AI (RAI 1.0).

Sources: the Croissant format specification 1.1 and the Croissant RAI specification 1.0, both of MLCommons.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from spanproof.publication.configs import Config
from spanproof.publication.dataset import Dataset
from spanproof.publication.facts import Facts
from spanproof.publication.rows import label_names
from spanproof.schema.node import Node

_DATA_TYPES = {
    "string": "sc:Text",
    "int32": "cr:Int32",
    "int64": "cr:Int64",
    "double": "cr:Float64",
    "bool": "sc:Boolean",
    "date32[day]": "sc:Date",
}
_CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(dataset: Dataset, files: Mapping[str, bytes]) -> str:
    """Return the description as JSON-LD: every file with its hash, every configuration as a record set.

    A struct in a list of structs can't be loaded as such: its members stand in its place, under its name and theirs
    (``source_start``). A list in a list can't be loaded at all, and is in the Parquet files alone.

    Args:
        dataset: what is published; its facts state all that a description must (``dataset.described``).
        files: the Parquet files by path.
    """
    enumerations: dict[tuple[str, ...], str] = {}
    records = [_record_set(config, enumerations) for config in dataset.configs]
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        **_stated(dataset),
        "distribution": [_file(config, files[config.path]) for config in dataset.configs],
        "recordSet": [*(_enumeration(name, labels) for labels, name in enumerations.items()), *records],
    }
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _stated(dataset: Dataset) -> Mapping[str, Any]:
    """Return what the facts state, in the words of schema.org; what isn't stated isn't there."""
    facts, languages = dataset.facts, dataset.languages
    doi = facts.get("doi")
    members = {
        "name": facts.get("name"),
        "description": facts.get("description"),
        "url": facts.url,
        "license": [_licence(facts)],
        "usageInfo": facts.get("license").get("rights"),
        "version": facts.get("version"),
        "datePublished": facts.get("released"),
        "creator": {"@type": "Organization", "name": facts.get("creator"), "url": facts.url},
        "citeAs": facts.citation,
        "sameAs": doi and f"https://doi.org/{doi}",
        "inLanguage": languages[0] if len(languages) == 1 else languages or None,
        "keywords": (facts.get("hub") or {}).get("tags"),
        **{f"rai:{name}": value for name, value in (facts.get("responsible_ai") or {}).items()},
    }
    return {name: value for name, value in members.items() if value is not None}


def _licence(facts: Facts) -> str:
    """Return the address of the licence: of its file in the repository where the Hub lists no such licence.

    So the description and the card name the same one.
    """
    licence = facts.get("license")
    if licence["id"] == "other" and facts.get("repository") and "file" in licence:
        return f"https://huggingface.co/datasets/{facts.get('repository')}/blob/main/{licence['file']}"
    return str(licence["url"])


def _file(config: Config, content: bytes) -> Mapping[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": f"{config.name}.parquet",
        "name": f"{config.name}.parquet",
        "description": config.title,
        "contentUrl": config.path,
        "contentSize": f"{len(content)} B",
        "encodingFormat": "application/x-parquet",
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _enumeration(name: str, labels: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the names of a ClassLabel, so that an id can be joined with its name."""
    fields = [
        {"@type": "cr:Field", "@id": f"{name}/id", "name": "id", "dataType": "sc:Integer"},
        {"@type": "cr:Field", "@id": f"{name}/name", "name": "name", "dataType": ["sc:Text", "sc:name"]},
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{name}/id"},
        "field": fields,
        "data": [{f"{name}/id": k, f"{name}/name": label} for k, label in enumerate(labels)],
    }


def _record_set(config: Config, enumerations: dict[tuple[str, ...], str]) -> Mapping[str, Any]:
    fields = [
        _field(config, (column.name,), column.type, config.schema.root.fields[column.name], enumerations)
        for column in config.table.schema
        if not (pa.types.is_list(column.type) and pa.types.is_list(column.type.value_type))
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": config.name,
        "name": config.name,
        "description": config.title,
        "field": fields,
    }


def _field(
    config: Config, path: tuple[str, ...], kind: pa.DataType, node: Node, enumerations: dict[tuple[str, ...], str]
) -> dict[str, Any]:
    name = "_".join(path[1:]) or path[0]
    field: dict[str, Any] = {"@type": "cr:Field", "@id": "/".join((config.name, *path)), "name": name}
    if description := node.description:
        field["description"] = description
    if pa.types.is_list(kind):
        field |= {"isArray": True, "arrayShape": "-1"}
        kind, node = kind.value_type, node.items or node
    source: dict[str, Any] = {"fileObject": {"@id": f"{config.name}.parquet"}, "extract": {"column": path[0]}}
    if len(path) > 1:
        source["transform"] = {"jsonPath": ".".join(path[1:])}
    field["source"] = source
    if pa.types.is_struct(kind):
        field["subField"] = [
            _field(config, (*path, *inner), type_, member, enumerations) for inner, type_, member in _leaves(kind, node)
        ]
        return field
    field["dataType"] = _DATA_TYPES[str(kind)]
    if labels := label_names(node):
        names = enumerations.setdefault(labels, "-".join((config.name, *path, "names")))
        field["dataType"] = [_DATA_TYPES[str(kind)], "cr:Label"]
        if "isArray" not in field:  # mlcroissant 1.1.1 can't join a list
            field["references"] = {"field": {"@id": f"{names}/id"}}
    return field


def _leaves(kind: pa.StructType, node: Node) -> Iterator[tuple[tuple[str, ...], pa.DataType, Node]]:
    """Yield the members of a struct that are neither struct nor list, by their path in it."""
    for member in kind:
        below = node.fields[member.name]
        if pa.types.is_struct(member.type):
            yield from (((member.name, *path), type_, leaf) for path, type_, leaf in _leaves(member.type, below))
        elif not pa.types.is_nested(member.type):
            yield (member.name,), member.type, below
