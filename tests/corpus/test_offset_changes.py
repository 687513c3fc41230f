"""Offsets that are written where the old ones stand make the JSON that the corrected document makes."""

import json
from random import Random
from typing import Any

import numpy as np
import pytest

from spanproof.corpus.documents import batch_of
from spanproof.corpus.edits import apply
from spanproof.corpus.moved import MovedSpans, Moves
from spanproof.corpus.offset_changes import OffsetChange, offset_changes
from spanproof.formats.splice import spliced
from support.moved_spans import SCHEMA, document, some_moved

PLAIN: dict[str, Any] = {
    "text": 'Ana said "start": 5, "end": 6, "names": 7.',
    "names": [{"start": 3, "end": 6, "text": "Ana"}, {"end": 9, "text": '"start": 6}', "start": -6}],
}


def moved(*spans: tuple[int, int, int]) -> MovedSpans:
    """The correction of one text: of each span the place, the index there, and the offset that becomes 70."""
    place, at, start = np.array(spans).T
    offsets = np.stack([start, start + 3], 1)
    index = np.stack([at, 0 * at], 1)
    return MovedSpans(
        [("names", "*"), ("title",)], np.array([0, len(spans)]), place, index, offsets, 70 + 0 * offsets, {}
    )


def change(written: dict[str, Any], spans: MovedSpans) -> OffsetChange:
    return offset_changes(batch_of([written], SCHEMA), {0: Moves(spans, 0)}, SCHEMA)[0]


def layouts(written: Any) -> list[str]:
    """A document as programs write it."""
    return [
        json.dumps(written, ensure_ascii=escapes, separators=separators, indent=indent)
        for escapes in (True, False)
        for separators in ((",", ":"), (" ,  ", " : "))
        for indent in (None, 2)
    ]


def test_the_numbers_are_those_of_the_corrected_document_or_none_is_written() -> None:
    drawn, known = 0, 0
    for seed in range(60):
        draw = Random(seed)
        written = [document(draw) for _ in range(12)]
        spans = some_moved(batch_of(written, SCHEMA), draw)
        moves = {row: Moves(spans, row) for row in sorted(draw.sample(range(12), 7))}
        for row, only in offset_changes(batch_of(written, SCHEMA), moves, SCHEMA).items():
            assert only(written[row]) == apply(written[row], moves[row])
            assert not spans.words.keys() & {*range(*spans.bounds[row : row + 2])}
            for content in layouts(written[row]):
                right = spliced(content, apply(written[row], moves[row])).encode()
                assert only.written(content.encode()) in (None, right)
                drawn, known = drawn + 1, known + (only.written(content.encode()) == right != content.encode())
    assert 0.05 < known / drawn < 0.9


def test_numbers_are_written_whatever_surfaces_and_layout_are() -> None:
    spans = moved((0, 1, -6))
    for content in layouts(PLAIN):
        right = spliced(content, apply(PLAIN, Moves(spans, 0)))
        assert change(PLAIN, spans).written(content.encode()) == right.encode()
        assert right != content


@pytest.mark.parametrize("first", ["names", "title"])
def test_lists_are_told_apart_by_where_they_stand(first: str) -> None:
    both = {**PLAIN, "title": {"start": 3, "end": 6, "text": "Ana"}}
    written = {first: both.pop(first), **both}
    spans = moved((0, 0, 3), (1, 0, 3))
    for content in layouts(written):
        right = spliced(content, apply(written, Moves(spans, 0)))
        assert change(written, spans).written(content.encode()) == right.encode()


@pytest.mark.parametrize(
    "content",
    [
        '{"text": "", "names": [{"\\u0073tart": 3, "end": 6}], "more": {"start": 3}}',
        '{"text": "", "names": [{"start": 3, "end": 6}], "more": {"start": 3}}',
        '{"text": "", "names": [{"start": 3.0, "end": 6}]}',
        '{"text": "", "names": [{"end": 6, "start": 3.0}], "more": {"start": 3}}',
        '{"text": "", "names": [{"start": 3, "end": 6}, {"start": null, "end": 6}]}',
        '{"text": "", "quotes": [{"cue": {"start": 1, "end": 2}, "parts": [{"start": 1, "end": 2}]}], "names": '
        '[{"start": 3, "end": 6}]}',
        '{"text": "", "names": [{"start": 3, "end": 6}], "title": {"start": 3, "end": 6}, "more": {"names": 1}}',
        '{"text": "", "names": [{"start": 4, "end": 6}]}',
    ],
)
def test_nothing_is_written_where_it_is_not_sure_which_number_is_which(content: str) -> None:
    spans = moved((0, 0, 3))
    read = json.loads(content)
    read["names"][0]["start"] = 3  # the columns have it; the last content is of a file that changed since
    assert change(read, spans).written(content.encode()) is None
