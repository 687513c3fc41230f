"""Spans that agree with a text which drifts as no model says aren't counted as proved where chance may be why."""

from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.report import Report
from spanproof.corpus.documents import Corpus
from spanproof.testing.open_world.cases import SCHEMA, case

TEXT = "Oslo fell. Riga rose. Porto slept. Vala woke. Dina ran. Kemal sang. Ana left. Izmir danced."
WORDS = ("Oslo", "Riga", "Porto", "Vala", "Dina", "Kemal", "Ana", "Izmir")
SLIPS = (0, 0, 5, -3, 7, 2, -9, 4)


def checked(text: str, slips: tuple[int, ...], more: tuple[str, ...] = ()) -> Report:
    """The report of a document whose spans slipped, each by some code points, and others that agree."""
    items: list[dict[str, Any]] = [
        {"id": word, "start": text.find(word) + slip, "end": text.find(word) + slip + len(word), "text": word}
        for word, slip in zip((*WORDS, *more), (*slips, *(0 for _ in more)), strict=True)
    ]
    names = [{**item, "label": "NAME"} for item in items]
    return check(Corpus.of([{"id": "d", "text": text, "names": names}], SCHEMA))


def test_two_of_eight_may_agree_by_chance() -> None:
    report = checked(TEXT, SLIPS)
    assert (report.proved, report.in_bounds, report.with_errors) == (0, 2, 6)
    assert " 2 in bounds only, 6 with errors" in str(report)


def test_spans_that_chance_can_hardly_explain_are_proved() -> None:
    places = tuple(f"Place{k}" for k in range(100, 120))
    report = checked(f"{TEXT} {' '.join(places)}{' and so on' * 200}", SLIPS, places)
    assert (report.proved, report.in_bounds, report.with_errors) == (22, 0, 6)


@pytest.mark.parametrize("slips", [(0, 0, 0, 0, 0, 0, 0, 3), (0, 0, 0, 0, 0, 0, 0, 0)])
def test_one_wrong_span_casts_no_doubt_on_the_others(slips: tuple[int, ...]) -> None:
    report = checked(TEXT, slips)
    assert report.in_bounds == 0
    assert report.proved == slips.count(0)


@pytest.mark.parametrize("number", [8, 9, 10, 11])
def test_spans_of_another_text_are_never_proved(number: int) -> None:
    one = case("another text", number)
    report = check(Corpus.of(one.documents, SCHEMA))
    assert report.in_bounds > 0
    assert report.proved == 0
