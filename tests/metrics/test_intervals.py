"""Intervals of scores: what is drawn, exact bounds, and that they hold as often as their page says."""

import math

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from spanproof.metrics.counts import Counts, accuracy, macro, prf
from spanproof.metrics.intervals import FEW, HELD, ScoreIntervals, caution, exact_bounds, held, score_intervals
from support.simulation import FEW as SIMULATED_FEW
from support.simulation import (
    KINDS,
    MANY,
    PAGE,
    Kind,
    over_documents,
    over_sentences,
    share_held,
    share_rejected,
)
from support.spans import COUNTS, Floats, counts_of

SAMPLE = 300
BY_CHANCE = 4 * math.sqrt(0.25 * 0.75 / SAMPLE) / 2
"""Four standard errors of a share near .93 are less."""


def tables() -> list[dict[tuple[str, str, str], float]]:
    """The tables of the page: F1, effect and number of articles to the share."""
    found = []
    for block in regex.findall(r"(?:^\|.*\n)+", PAGE.read_text("utf-8"), regex.M):
        header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        found.append({(row[0], row[1], n): float(v) for row in rows for n, v in zip(header[2:], row[2:], strict=True)})
    return found


def test_the_shares_that_are_printed_are_those_of_the_page() -> None:
    two_stage, documents, *_ = tables()
    for method, table, numbers in (
        ("two-stage", two_stage, SIMULATED_FEW),
        ("documents", documents, (*SIMULATED_FEW, *MANY)),
    ):
        for number in numbers:
            shares = [share for (*_, n), share in table.items() if n == str(number)]
            assert len(shares) == len(KINDS)
            assert HELD[method][number] == pytest.approx((min(shares), max(shares)), abs=0.0051)
    many = [share for (*_, n), share in documents.items() if int(n) >= FEW]
    assert (round(min(many), 2), round(max(many), 2)) >= (0.92, 0.95)
    assert max(many) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize(
    ("documents", "ends"), [(5, None), (12, None), (30, None), (5, over_sentences), (8, over_documents)]
)
def test_intervals_hold_as_often_as_the_page_says(documents: int, ends: object) -> None:
    kind = Kind(1.6, 1.0)
    table = tables()[2 if ends is over_sentences else 1 if ends is over_documents or documents >= FEW else 0]
    share = table[f"{kind.true_value:.2f}", "1", str(documents)]
    options = {"ends": ends} if ends else {}
    assert share_held(kind, documents, SAMPLE, **options) == pytest.approx(share, abs=BY_CHANCE)  # type: ignore[arg-type]


@pytest.mark.slow
def test_systems_that_are_alike_differ_by_chance_as_often_as_they_may() -> None:
    kind = Kind(1.6, 1.0)
    assert share_rejected(kind, 6, SAMPLE) <= 0.05 + BY_CHANCE
    assert share_rejected(kind, 5, SAMPLE, sentences=True) > 0.15


@given(COUNTS, st.integers(1, 3))
def test_every_end_lies_between_0_and_1_and_around_the_value(rows: Floats, per_document: int) -> None:
    document = np.arange(len(rows)) // per_document
    documents = int(document[-1]) + 1
    counts = counts_of(rows)
    (found,) = score_intervals([counts], document, documents, 50, 0)
    values = counts.values
    for value, interval in zip(values, (found.precision, found.recall, found.value), strict=True):
        assert interval is None or 0 <= interval[0] <= interval[1] <= 1
        if np.isnan(value):
            assert interval is None
        elif value in (0, 1):
            assert interval is not None
            assert interval[0] < interval[1]
            assert value in interval
        elif documents == 1:
            assert interval is None
    assert (found.method is None) == (found.value is None)


def test_one_article_tells_nothing_of_others_and_no_draws_give_no_interval() -> None:
    counts = counts_of(np.array([[4.0, 4, 2], [3, 3, 1]]))
    assert score_intervals([counts], np.zeros(2, np.int64), 1, 100, 0) == [ScoreIntervals()]
    assert score_intervals([counts], np.arange(2), 2, 0, 0) == [ScoreIntervals()]
    assert score_intervals([], np.arange(2), 2, 10, 0) == []


def test_from_thirty_articles_on_sentences_aren_t_drawn() -> None:
    rows = np.array([[4.0, 4, 2], [3, 3, 2], [5, 5, 1], [2, 2, 1]] * 30)
    document = np.arange(120) // 2
    for documents, method in ((60, "documents"), (15, "two-stage")):
        some = counts_of(rows[: 2 * documents])
        assert score_intervals([some], document[: 2 * documents], documents, 100, 0)[0].method == method
    # What is the same however it is drawn has no interval: it would look like certainty.
    alike = np.array([[4.0, 4, 2], [4, 4, 2]] * 60)
    assert score_intervals([counts_of(alike)], document, 60, 100, 0)[0].value is None


@pytest.mark.parametrize("things", [1, 2, 10, 351])
def test_bounds_of_all_and_of_none_are_those_of_clopper_and_pearson(things: int) -> None:
    far = 0.025 ** (1 / things)
    perfect = exact_bounds(counts_of(np.array([[things, things, things]], np.float64)))
    assert list(perfect) == [pytest.approx((far, 1))] * 3
    nothing = exact_bounds(counts_of(np.array([[things, things, 0]], np.float64)))
    assert [pair for pair in nothing if pair] == [pytest.approx((0, 1 - far))] * 3
    missed = exact_bounds(counts_of(np.array([[things, 0, 0]], np.float64)))
    assert missed[0] is None
    assert missed[2] == pytest.approx((0, 2 * (1 - far) / (2 - far)))
    right = Counts("accuracy", np.array([[things, things]], np.float64), accuracy, (things, things), "values")
    assert exact_bounds(right)[2] == pytest.approx((far, 1))


def test_bounds_of_a_macro_mean_are_the_mean_of_those_of_labels() -> None:
    rows = np.array([[2.0, 2, 2, 5, 5, 5, 0, 0, 0]])
    counts = Counts("exact", rows, macro, (7, 7), "spans", part="macro")
    expected = (0.025 ** (1 / 2) + 0.025 ** (1 / 5)) / 2
    assert exact_bounds(counts)[2] == pytest.approx((expected, 1))
    assert exact_bounds(Counts("B³", rows[:, :3], lambda sums: prf(sums), (2, 2), "mentions")) == (None, None, None)


def test_a_sample_is_called_small_while_it_is() -> None:
    four = counts_of(np.full((1, 3), 4.0))
    assert caution(four, 5) == (
        "Gold has 4 spans, so each of them changes recall by 0.25. Intervals come from random draws of documents. "
        "There are only 5 documents, so sentences of each are drawn too. "
        "In simulations with documents of ten sentences, 96 % to 100 % of such intervals held the true value. "
        "With longer or shorter documents the share may differ."
    )
    assert "random draws of documents. In simulations with" in caution(four, FEW)
    assert caution(four, 1).endswith(
        "The score of a single document says nothing about other documents. "
        "It has no interval, or exact bounds if it is 0 or 1."
    )
    assert caution(counts_of(np.zeros((1, 3))), FEW).startswith("Gold has no spans. ")
    assert caution(counts_of(np.ones((1, 3))), FEW).startswith("Gold has 1 span, so recall is 0 or 1. ")
    assert held("exact", 100) is None
    assert held("two-stage", 1) is None
    assert held("two-stage", 4) == held("two-stage", 3)
