"""The offsets of a span (SP101 to SP106), and where their corrections put it."""

import pytest

from spanproof.checks.examples import sound
from spanproof.schema.schema import Schema
from support.checks import ANA, correct


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [(0, 11, (0, 3)), (1, 11, (8, 11)), (8, 10, (8, 11)), (9, 11, (8, 11)), (4, 7, None)],
)
def test_a_lone_span_is_held_by_the_end_that_is_right(start: int, end: int, right: tuple[int, int] | None) -> None:
    document = sound(text="Ana met Ana", entities=[{**ANA, "start": start, "end": end, "text": "Ana"}])
    (span,) = correct(document, Schema.article(), {})[0]["entities"]
    assert (span["start"], span["end"]) == (right or (start, end))


def test_an_end_that_is_right_may_be_that_of_the_first_word() -> None:
    document = sound(text="a-a-", entities=[{**ANA, "start": 1, "end": 2, "text": "a-"}])
    (span,) = correct(document, Schema.article(), {})[0]["entities"]
    assert (span["start"], span["end"]) == (0, 2)
