"""No corpus of short texts with few names and few spans tells enough to put one of them on wrong words."""

import pytest

from spanproof.testing.open_world.judging import Fate, fates
from support.dense import DRIFTS, FORMS, dense

MANY = range(40)
WRONG = 0.01
"""The share of the corpora in which a span may be misplaced in the long run: the theorem allows one in 64."""


def wrong(form: str, kind: str, number: int) -> list[Fate]:
    """What became of the spans that are misplaced, hidden or removed."""
    return [fate for fate in fates(dense(form, kind, number)).values() if fate not in ("sound", "mended", "left")]


@pytest.mark.parametrize(
    ("form", "kind", "number"),
    [
        ("without gaps", "lost", 0),
        ("without gaps", "lost", 1),
        ("without gaps", "frame", 1),
        ("without gaps", "escaped", 2),
        ("table", "edits", 1),
        ("dialogue", "edits", 1),
        ("list", "some", 2),
    ],
)
def test_a_correction_in_a_corpus_that_tells_little_is_right(form: str, kind: str, number: int) -> None:
    """In these a span was put on wrong words, or a mention was removed as a duplicate."""
    assert wrong(form, kind, number) == []


@pytest.mark.full
@pytest.mark.parametrize("form", FORMS)
def test_nearly_all_corrections_in_many_such_corpora_are_right(form: str) -> None:
    cases = [(kind, number) for kind in DRIFTS for number in MANY]
    assert sum(bool(wrong(form, *case)) for case in cases) <= WRONG * len(cases)


def test_such_corpora_are_mended_where_they_tell_enough() -> None:
    every = [fate for form in FORMS for fate in fates(dense(form, "shift", 0)).values()]
    assert every.count("mended") > 0.5 * len(every)
