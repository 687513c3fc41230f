"""Documents of any schema as stand-off documents, and back."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spanproof
from spanproof.conversion.documents import document_of
from spanproof.conversion.standoff import standoff_of
from spanproof.schema.schema import Schema
from spanproof.testing import strategies
from support import examples, shapes

EXAMPLES = sorted(Path("schema/examples").glob("*.schema.json"))
SCHEMAS = {path.name.removesuffix(".schema.json"): Schema.read(path).canonical for path in EXAMPLES} | {
    "article": Schema.article()
}


FEW = settings(max_examples=examples(15))


def without_gaps(value: Any) -> Any:
    """A document without nulls, which say the same as nothing where a member may be null or be left out."""
    if isinstance(value, dict):
        return {name: without_gaps(member) for name, member in value.items() if member is not None}
    return [without_gaps(item) for item in value] if isinstance(value, list) else value


def without(value: Any, names: set[str]) -> Any:
    """A document without the members of these names, wherever they stand."""
    if isinstance(value, dict):
        return {name: without(member, names) for name, member in value.items() if name not in names}
    return [without(item, names) for item in value] if isinstance(value, list) else value


def demand_inverse(document: Any, schema: Schema) -> dict[str, Any]:
    """Everything comes back but members that the schema doesn't list where it lists all; the ledger names them."""
    record = standoff_of(document, schema)
    restored = document_of(record, schema)
    lost = {row.name for row in restored.losses}
    assert not lost & {name for node in schema.nodes.values() for name in node.fields}
    assert {row.what for row in restored.losses} <= {"metadata", "attribute"}
    assert without_gaps(restored.document) == without_gaps(without(document, lost))
    ids = [one["id"] for one in (*record["spans"], *record["relations"])]
    assert len(set(ids)) == len(ids)
    assert {argument["target"] for one in record["relations"] for argument in one["arguments"]} <= set(ids)
    return record


@pytest.mark.parametrize("name", SCHEMAS)
@FEW
@given(data=st.data())
def test_a_document_comes_back(name: str, data: st.DataObject) -> None:
    document = data.draw(strategies.documents(SCHEMAS[name]))
    record = demand_inverse(document, SCHEMAS[name])
    spans = [span for _, _, span in spanproof.schema.paths.spans_in(document, SCHEMAS[name])]
    extents = {(span["start"], span["end"]) for span in spans}
    carried = {(one["start"], one["end"]) for span in record["spans"] for one in span.get("fragments", [span])}
    assert carried == extents


@pytest.mark.parametrize("name", SCHEMAS)
@FEW
@given(data=st.data())
def test_a_broken_document_comes_back(name: str, data: st.DataObject) -> None:
    document = data.draw(strategies.documents(SCHEMAS[name]))
    _, broken = data.draw(strategies.mutations(document, SCHEMAS[name]))
    demand_inverse(broken, SCHEMAS[name])


@FEW
@given(shapes.canonical_documents())
def test_offsets_and_labels_that_are_wrong_come_back(document: dict[str, Any]) -> None:
    demand_inverse(document, Schema.of(shapes.CANONICAL))


SHAPES: dict[str, Any] = {
    "type": "object",
    "key": "id",
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "annotations": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"info": {"type": "object", "properties": {"parts": {"$ref": "#/$defs/spans"}}}},
            },
        },
        "links": {
            "type": "array",
            "items": {
                "type": "object",
                "relation": {"ends": ["whole", "part"]},
                "properties": {
                    "whole": {"type": "string", "refersTo": ["/names/*/id"]},
                    "part": {"type": "string", "refersTo": ["/names/*/id"]},
                },
            },
        },
        "names": {
            "type": "array",
            "key": "id",
            "items": {
                "type": "object",
                "spanOf": "text",
                "properties": {
                    "id": {"type": "string"},
                    "start": {"type": "integer"},
                    "end": {"type": "integer"},
                    "same": {"type": "array", "items": {"type": "string", "refersTo": ["/names/*/id"]}},
                    "head": {"$ref": "#/$defs/span"},
                },
            },
        },
    },
    "$defs": {
        "span": {
            "type": "object",
            "spanOf": "text",
            "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
        },
        "spans": {"type": "array", "items": {"$ref": "#/$defs/span"}},
    },
}
OFFSETS = st.sampled_from([0, 1, 3, -1, 99, None, "1", True])
ODD = st.sampled_from([None, {}, [], "x", {"start": 0}, {"start": 0, "end": 1, "/a": 1}, {"note": "n"}])
SPANS = st.fixed_dictionaries({"start": OFFSETS, "end": OFFSETS}) | ODD
LISTS = st.lists(SPANS, max_size=3) | ODD
PARTS = st.fixed_dictionaries({"info": st.fixed_dictionaries({"parts": LISTS})})
KEYS = st.sampled_from(["a", "b", "", None, 1, "names.0", "zzz"])
NAMES = st.fixed_dictionaries(
    {"id": KEYS, "start": st.integers(0, 2), "end": st.integers(0, 9)},
    optional={"same": st.lists(KEYS, max_size=2), "head": SPANS, "/x": KEYS},
)
ODD_DOCUMENTS = st.fixed_dictionaries(
    {"text": st.just("Ana met Bo.")},
    optional={
        "id": KEYS,
        "/odd": KEYS,
        "annotations": st.lists(
            st.fixed_dictionaries({"info": st.fixed_dictionaries({"parts": LISTS})}) | ODD, max_size=2
        ),
        "links": st.lists(st.fixed_dictionaries({"whole": KEYS, "part": KEYS}) | ODD, max_size=2) | ODD,
        "names": st.lists(NAMES | ODD, max_size=3) | ODD,
    },
)


@FEW
@given(ODD_DOCUMENTS)
def test_whatever_stands_in_lists_comes_back(document: dict[str, Any]) -> None:
    demand_inverse(document, Schema.of(SHAPES))


@pytest.mark.parametrize("document", [None, [], "x", {}, {"text": None}, {"text": 3}])
def test_without_a_text_there_is_no_stand_off_document(document: Any) -> None:
    with pytest.raises(ValueError, match="has no text at 'text'"):
        standoff_of(document, Schema.article())
