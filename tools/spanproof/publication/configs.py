"""The configurations of the dataset: the tables that are published, each derived from the corpus with its schema.

A string that must be one of a list is a ClassLabel, whose names are the list; every other type is that of the column.
"""

import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from spanproof.corpus.documents import Corpus, batch_of
from spanproof.formats import class_labels as labels
from spanproof.schema.node import Json, Node
from spanproof.schema.paths import Document
from spanproof.schema.schema import CONTRACT, Schema
from spanproof.text.segmentation import sentences, tokens

FLAT = ("entities", "quotes", "dates")


@dataclass(frozen=True)
class Config:
    """One published table; ``schema`` says what a row is, its columns have the features in their metadata."""

    name: str
    title: str
    schema: Schema
    table: pa.Table

    @property
    def path(self) -> str:
        """The file of the table in the dataset."""
        return f"data/{self.name}/test-00000-of-00001.parquet"


def configs(corpus: Corpus) -> tuple[Config, ...]:
    """Every configuration of a corpus of articles, the default one first; rows in the order of ids and of the text."""
    documents = sorted(corpus.documents(), key=lambda document: str(document["id"]))
    entries = corpus.registries.get("utterances", {})
    made: list[tuple[str, str, Json, Iterable[Json]]] = [
        ("articles", "One row an article: the text with all its layers.", _plain(corpus.schema.root), documents)
    ]
    for layer in FLAT:
        node = corpus.schema.nodes[(layer, "*")]
        title = f"One row an annotation of the layer {layer}, with its sentence."
        made.append((layer, title, _flat(node), _annotations(documents, layer, node)))
    tokens_, utterances = (_plain(_row(name)) for name in ("tokens", "utterances"))
    tokens_["properties"]["tags"]["items"]["enum"] = _tags(corpus.schema)
    kind = _plain(corpus.schema.nodes[("quotes", "*", "type")])
    utterances["properties"]["renderings"]["items"]["properties"]["type"] = kind
    made.append(("tokens", tokens_["description"], tokens_, _tagged(documents)))
    made.append(("utterances", utterances["description"], utterances, _renderings(documents, entries)))
    return tuple(_config(name, title, Schema.of(row), list(rows)) for name, title, row, rows in made)


def _config(name: str, title: str, schema: Schema, rows: list[Json]) -> Config:
    batch = batch_of(rows, schema)
    if batch.raw:
        raise ValueError(f"{name}: row {min(batch.raw)} doesn't fit its columns; the corpus must pass the check first")
    return Config(name, title, schema, encoded(_used(batch.columns, schema), schema))


def encoded(table: pa.Table, schema: Schema) -> pa.Table:
    """A table with its labels as ids, and what they mean in the metadata that ``datasets`` reads."""
    import datasets

    features = datasets.Features({f.name: _feature(f.type, schema.root.fields[f.name]) for f in table.schema})
    target, declared = features.arrow_schema, features.to_dict()
    columns = [labels.encoded(table[f.name].combine_chunks(), declared[f.name], f.type) for f in target]
    return pa.Table.from_arrays(columns, schema=target)


def _feature(kind: pa.DataType, node: Node) -> Any:
    import datasets

    if node.kind == "object":
        return {f.name: _feature(f.type, node.fields[f.name]) for f in kind}
    if node.items is not None:
        return datasets.List(_feature(kind.value_type, node.items))
    if names := label_names(node):
        return datasets.ClassLabel(names=list(names))
    return datasets.Value(str(kind))


def label_names(node: Node) -> tuple[str, ...]:
    """The names of a ClassLabel, in the order of their ids; none if the node isn't one."""
    closed = node.kind == "string" and not node.nullable and node.enum
    return tuple(node.enum) if closed else ()


def _used(batch: pa.RecordBatch, schema: Schema) -> pa.Table:
    """The columns without optional members that no row uses."""
    return pa.Table.from_struct_array(_kept(pa.StructArray.from_arrays(batch.columns, batch.schema.names), schema.root))


def _kept(array: pa.Array, node: Node) -> pa.Array:
    if node.items is not None and node.items.kind == "object":
        values = _kept(array.flatten(), node.items)
        return pa.ListArray.from_arrays(array.offsets, values)
    if node.kind == "object":
        mask = array.is_null() if array.null_count else None
        members = dict(zip(node.fields, array.flatten(), strict=True))
        kept = {n: a for n, a in members.items() if node.fields[n].required or a.null_count < len(a)}
        arrays = [_kept(a, node.fields[n]) for n, a in kept.items()]
        return pa.StructArray.from_arrays(arrays, list(kept), mask=mask)
    return array


def _plain(node: Node) -> dict[str, Any]:
    """A node as JSON Schema of its type, values and description alone."""
    kept = {keyword: node.json[keyword] for keyword in ("description", "enum") if keyword in node.json}
    plain: dict[str, Any] = {"type": [node.kind, "null"] if node.nullable else node.kind, **kept}
    if node.kind == "object":
        plain["required"] = [name for name, sub in node.fields.items() if sub.required]
        plain["properties"] = {name: _plain(sub) for name, sub in node.fields.items()}
    if node.items is not None:
        plain["items"] = _plain(node.items)
    return plain


@functools.cache
def _row(name: str) -> Node:
    """A row as ``rows.schema.json`` has it."""
    whole = json.loads((CONTRACT / "rows.schema.json").read_text("utf-8"))
    return Schema.of({**whole["$defs"][name], "$defs": whole["$defs"]}).root


def _names(node: Node) -> dict[str, str]:
    """The members of a flat row whose name stands beside their id, and the member that it stands in."""
    return {name: f"{name}_name" for name, sub in node.fields.items() if label_names(sub)}


def _flat(node: Node) -> Json:
    own, added = _plain(node), _plain(_row("annotation"))["properties"]
    members: dict[str, Json] = {"article_id": added["article_id"]}
    for name, sub in own["properties"].items():
        members[name] = sub
        if twin := _names(node).get(name):
            members[twin] = {"type": "string", "description": f"The name of {name}, for tools that read its id alone."}
    required = ["article_id", *own["required"], *_names(node).values(), "sentence"]
    return {"type": "object", "required": required, "properties": {**members, "sentence": added["sentence"]}}


def _cut(document: Document) -> list[tuple[int, int]]:
    """The sentences of an article; a zone is none of the prose round it."""
    borders = (zone[edge] for zone in document["zones"] for edge in ("start", "end"))
    return sentences(document["text"], document["language"], borders)


def _extent(text: str, start: int, end: int) -> Json:
    return {"start": start, "end": end, "text": text[start:end]}


def _annotations(documents: list[Document], layer: str, node: Node) -> Iterator[Json]:
    parts = [name for name, sub in node.fields.items() if sub.kind == "object"]
    for document in documents:
        cut = _cut(document)
        for item in sorted(document[layer], key=lambda item: (item["start"], -item["end"])):
            spans = [item, *(item[part] for part in parts if item[part])]
            low, high = min(span["start"] for span in spans), max(span["end"] for span in spans)
            start = min((s for s, e in cut if e > low), default=low)
            end = max((e for s, e in cut if s < high), default=high)
            named = {twin: item[name] for name, twin in _names(node).items()}
            yield {"article_id": document["id"], **item, **named, "sentence": _extent(document["text"], start, end)}


def _tags(schema: Schema) -> list[str]:
    labels = (*schema.nodes[("entities", "*", "label")].enum, "DATE", "TIME")
    return ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]


def ontonotes(date: Json) -> str:
    """The OntoNotes 5 type of a temporal expression: TIME if it is smaller than a day, else DATE."""
    return "TIME" if date["type"] == "TIME" or date["value"].startswith("PT") else "DATE"


def _tagged(documents: list[Document]) -> Iterator[Json]:
    for document in documents:
        text = document["text"]
        spans = [("entities", e, e["label"]) for e in document["entities"]]
        spans += [("dates", d, ontonotes(d)) for d in document["dates"]]
        spans.sort(key=lambda found: (found[1]["start"], -found[1]["end"]))
        for k, (low, high) in enumerate(_cut(document)):
            extents = tokens(text, low, high)
            first, last = {s: i for i, (s, _) in enumerate(extents)}, {e: i for i, (_, e) in enumerate(extents)}
            tagged, misfits = ["O"] * len(extents), []
            for layer, span, label in spans:
                start, end = span["start"], span["end"]
                if not low <= start < high:
                    continue
                i, j = first.get(start), last.get(end)
                if i is None or j is None or set(tagged[i : j + 1]) != {"O"}:
                    misfits.append({"layer": layer, "id": span["id"], "label": label, **_extent(text, start, end)})
                else:
                    tagged[i : j + 1] = [f"B-{label}", *[f"I-{label}"] * (j - i)]
            zone = next((z["type"] for z in document["zones"] if z["start"] <= low and high <= z["end"]), None)
            yield {
                "article_id": document["id"], "sentence": k, **_extent(text, low, high), "zone": zone,
                "tokens": [text[s:e] for s, e in extents], "starts": [s for s, _ in extents],
                "ends": [e for _, e in extents], "tags": tagged, "misfits": misfits,
            }  # fmt: skip


def _renderings(documents: list[Document], entries: Mapping[str, Any]) -> Iterator[Json]:
    said: dict[str, list[Json]] = {slug: [] for slug in sorted(entries)}
    for document in documents:
        for quote in sorted(document["quotes"], key=lambda quote: (quote["start"], -quote["end"])):
            members = {name: quote[name] for name in ("type", "start", "end", "text")}
            place = {"article_id": document["id"], "quote_id": quote["id"]}
            said.setdefault(quote["utterance"], []).append({**place, **members})
    for slug, renderings in said.items():
        entry = entries.get(slug, {"gist": "", "speaker": None, "renderings": []})
        head = {"utterance": slug, "gist": entry["gist"], "speaker": entry["speaker"]}
        yield {**head, "renderings": renderings, "pairs": entry["renderings"]}
