"""Offsets that have no code points are kept as they are written when something else changes."""

import copy
from typing import Any

import pytest

from spanproof.corpus.records import WrittenRecord
from spanproof.corpus.shapes import ShapeError
from spanproof.schema.schema import Schema

SPAN = {"start": {"type": "integer"}, "end": {"type": "integer"}, "text": {"type": "string"}}
NAME = {"type": "object", "spanOf": {"text": "2/said"}, "properties": SPAN}
SCHEMA = Schema.of(
    {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "headings": {
                "type": "array",
                "items": {"type": "object", "spanOf": {"text": "/title"}, "properties": SPAN},
            },
            "turns": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "said": {"type": "string"},
                        "names": {"type": "array", "items": NAME},
                    },
                },
            },
        },
    }
)
NAMES = [{"start": 70, "end": 74, "text": "Oslo"}, {"start": 80, "end": 84, "text": "Oslo"}]
RECORD = {
    "title": "Oslo",
    "headings": [{"start": 0, "end": 4, "text": "Oslo"}],
    "turns": [{"said": "Oslo or Riga?", "names": NAMES}, {"said": "Riga.", "names": []}],
}


def changed() -> tuple[WrittenRecord, Any]:
    assert SCHEMA.lens is not None
    record = WrittenRecord.of(RECORD, SCHEMA.lens)
    document = copy.deepcopy(record.documents[0])
    assert [name["start"] for name in document["turns"][0]["names"]] == [None, None]
    return record, document


def test_spans_outside_of_their_text_keep_their_offsets_beside_a_change() -> None:
    record, document = changed()
    document["headings"][0]["end"] = 3
    assert record.put({0: document}) == {**RECORD, "headings": [{"start": 0, "end": 3, "text": "Oslo"}]}


def test_one_of_two_that_are_alike_can_get_offsets() -> None:
    record, document = changed()
    document["turns"][0]["names"][0].update(start=0, end=4)
    now = record.put({0: document})
    assert now["turns"][0]["names"] == [{"start": 0, "end": 4, "text": "Oslo"}, NAMES[1]]


def test_no_offsets_are_lost_where_one_of_two_that_are_alike_is_taken_out() -> None:
    record, document = changed()
    del document["turns"][0]["names"][0]
    with pytest.raises(ShapeError):
        record.put({0: document})
