"""What a row of each configuration is: JSON Schema made from the schema of the documents and ``rows.schema.json``."""

import copy
import functools
import re
from collections.abc import Mapping
from typing import Any

from spanproof.parsing.json import dump, parse
from spanproof.publication.documents import Documents
from spanproof.publication.names import unused
from spanproof.schema.node import Json, Node
from spanproof.schema.schema import Schema
from spanproof.schema.vocabulary import CONTRACT


def plain(node: Node) -> dict[str, Any]:
    """Return a node as JSON Schema of its type, values and description alone."""
    kept = {keyword: node.json[keyword] for keyword in ("description", "enum") if keyword in node.json}
    schema: dict[str, Any] = {"type": [node.kind, "null"] if node.nullable else node.kind, **kept}
    if node.kind == "object":
        schema["required"] = [name for name, sub in node.fields.items() if sub.required]
        schema["properties"] = {name: plain(sub) for name, sub in node.fields.items()}
    if node.items is not None:
        schema["items"] = plain(node.items)
    return schema


def row(name: str, documents: Documents, words: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of ``rows.schema.json`` with its words in braces filled in.

    Args:
        name: which of its definitions.
        documents: those that rows refer to; they fill in ``{document}``, ``{reference}`` and ``{zone}``.
        words: the other words by their names.
    """
    known = {"document": documents.noun, "reference": documents.reference, "zone": documents.zone, **words}
    compiled = copy.deepcopy(_compiled(dump(_filled(_definition(name), known))))  # callers add members of their own
    named: dict[str, Any] = _with_reference(compiled, documents)
    return named


@functools.lru_cache(maxsize=256)
def _compiled(row_schema: str) -> dict[str, Any]:
    """Return a row as plain JSON Schema; to compile one takes most of the time of a small build."""
    return plain(Schema.of(parse(row_schema)).root)


def _with_reference(schema: Any, documents: Documents) -> Any:
    """Return a schema in which the column that names a document is what it is, wherever it is a member."""
    if not isinstance(schema, dict):
        return schema
    properties = {name: _with_reference(sub, documents) for name, sub in schema.get("properties", {}).items()}
    properties |= {documents.reference: documents.reference_schema} if documents.reference in properties else {}
    below = {"items": _with_reference(schema["items"], documents)} if "items" in schema else {}
    return {**schema, **below, **({"properties": properties} if properties else {})}


def optional(row_schema: Json, name: str) -> dict[str, Any]:
    """Return the schema of an object of which a member may lack; where no row has it, it has no column."""
    return {**row_schema, "required": [member for member in row_schema["required"] if member != name]}


def label_names(node: Node) -> tuple[str, ...]:
    """Return the names of a ClassLabel in the order of their ids; none where the node isn't one.

    It is one where a string must be one of a list, and may not be null.
    """
    names = node.enum if node.kind == "string" and not node.nullable else ()
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str)))


def twins(node: Node) -> dict[str, str]:
    """Return the labels among the members of an annotation, each with the column that repeats it by name."""
    taken = set(node.fields)
    return {name: unused(f"{name}_name", taken) for name, sub in node.fields.items() if label_names(sub)}


@functools.cache
def _definitions() -> Json:
    whole: Json = parse((CONTRACT / "rows.schema.json").read_bytes())["$defs"]
    return whole


def _definition(name: str) -> Json:
    return {**_definitions()[name], "$defs": _definitions()}


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    """JSON with the words in braces filled in, in names and in strings."""
    if isinstance(value, str):
        return re.sub(r"\{([a-z ]+)\}", lambda match: words.get(match[1], match[0]), value)
    if isinstance(value, Mapping):
        return {_filled(name, words): _filled(sub, words) for name, sub in value.items()}
    return [_filled(item, words) for item in value] if isinstance(value, list) else value
