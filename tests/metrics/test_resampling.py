"""Label tables, conventions, intervals and randomisation, one by one."""

import math
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.arrays import Floats
from spanproof.metrics import boundaries as conventions
from spanproof.metrics import label_sets as labels
from spanproof.metrics.counts import Counts, accuracy, macro, prf
from spanproof.metrics.resampling import FEW, bootstrap, caution, holm, intervals, randomised
from support.spans import BOUNDS, Span, interval, labelled, overlap, spans


@pytest.mark.parametrize("name", labels.TABLES)
def test_a_table_knows_every_label_of_ontonotes_and_its_own(name: str) -> None:
    table = labels.TABLES[name]
    assert set(labels.ONTONOTES) <= table.keys()
    assert len(labels.ONTONOTES) == len(set(labels.ONTONOTES)) == 18
    for target in labels.targets(table):
        assert table[target] == target
    assert all(sum(character.isspace() for character in target) == 0 for target in labels.targets(table))


def test_tables_say_what_their_sources_say() -> None:
    conll = labels.TABLES["conll-4"]
    assert [conll[label] for label in ("PERSON", "GPE", "FAC", "NORP", "CARDINAL", "DATE", "PER")] == [
        "PER", "LOC", "LOC", "MISC", None, None, "PER",
    ]  # fmt: skip
    assert labels.targets(labels.TABLES["ontonotes-18"]) == labels.ONTONOTES
    assert set(labels.ONTONOTES) - set(labels.targets(labels.TABLES["ontonotes-16"])) == {"DATE", "TIME"}


@pytest.mark.parametrize(
    ("kind", "value", "label"),
    [
        ("DATE", "2025", "DATE"),
        ("DURATION", "PT6H", "TIME"),
        ("DURATION", "P3Y", "DATE"),
        ("SET", None, "DATE"),
        ("x", "", None),
    ],
)
def test_expressions_of_time_have_labels(kind: str, value: str | None, label: str | None) -> None:
    assert labels.temporal(kind, value) == label


@pytest.mark.parametrize(
    ("surface", "left"),
    [
        ("the President Vladimir Putin’s", "Vladimir Putin"),
        ("Mr. Peskov", "Peskov"),
        ("The Hague", "Hague"),
        ("Secretary of the Navy", "Secretary of the Navy"),
        ("States'", "States"),
        ("the US's", "US"),
        ("the", "the"),
        ("’s", "’s"),
        ("Theatre", "Theatre"),
        ("last week's", "last week"),
        ("President", "President"),
    ],
)
def test_names_lose_what_guidelines_differ_in(surface: str, left: str) -> None:
    low, high = conventions.name(surface)
    assert surface[low : len(surface) - high] == left


@pytest.mark.parametrize(
    ("surface", "left"),
    [("“We have a deal.”", "We have a deal"), ("...", "..."), (" «no», ", "no"), ("don't", "don't")],
)
def test_contents_lose_marks_and_punctuation(surface: str, left: str) -> None:
    low, high = conventions.content(surface)
    assert surface[low : len(surface) - high] == left


WORDS = st.lists(
    st.sampled_from(["the ", "The", "a ", "President ", "Mr. ", "Kyiv", "'s", "’", "\u0308", " ", "“", "."])
)


@given(WORDS.map("".join).filter(bool) | st.text(min_size=1), st.sampled_from([conventions.name, conventions.content]))
def test_something_always_stays_and_nothing_more_is_taken_from_it(surface: str, trim: conventions.Trim) -> None:
    low, high = trim(surface)
    left = surface[low : len(surface) - high]
    assert min(low, high) >= 0
    assert left
    assert surface[low : low + len(left)] == left


def counts_of(rows: Floats, *, additive: bool = True) -> Counts:
    return Counts("exact", rows, prf, (int(rows[:, 0].sum()), 0), "spans", layer="layer", additive=additive)


COUNTS = st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=6).map(
    lambda rows: np.array([(a + m, b + m, m) for a, b, m in rows], np.float64)
)


@given(COUNTS, st.integers(0, 3))
def test_intervals_of_several_are_those_of_each_alone(rows: Floats, seed: int) -> None:
    counts = [counts_of(rows), counts_of(rows[:, [1, 0, 2]])]
    assert intervals(counts, 50, seed) == [intervals([each], 50, seed)[0] for each in counts]
    (precision, recall, f1), turned = intervals(counts, 50, seed)
    assert turned == (recall, precision, f1)


@given(spans(), spans(), st.integers(0, 9))
def test_the_interval_is_that_of_resamples_drawn_one_by_one(a: list[Span], b: list[Span], seed: int) -> None:
    measure = overlap(labelled(a), labelled(b), BOUNDS)
    drawn = np.random.default_rng(seed).integers(0, 4, (40, 4))
    scores = [float(measure.statistic(measure.rows[units].sum(0))[2]) for units in drawn]
    known = [score for score in scores if not np.isnan(score)]
    expected = np.percentile(known, (2.5, 97.5)) if known else None
    assert interval(measure, 40, seed) == (None if expected is None else pytest.approx(tuple(expected)))
    assert interval(measure, 40, seed) == interval(measure, 40, seed)


def test_the_interval_of_a_half_of_many_units_is_that_of_the_binomial() -> None:
    rows = np.stack([np.ones(400), np.arange(400) % 2], 1)
    ends = interval(Counts("accuracy", rows, accuracy, (400, 400), "values"))
    assert ends == pytest.approx((0.45, 0.55), abs=0.01)


def test_resamples_don_t_depend_on_the_size_of_a_block() -> None:
    counts = np.arange(3000.0)[:, None]
    assert bootstrap(counts, 700, 1).shape == (700, 1)
    assert abs(bootstrap(counts, 700, 1).mean() / counts.sum() - 1) < 0.01
    assert intervals([], 10) == []


def slow_p(a: Floats, b: Floats) -> float:
    observed = abs(prf(a.sum(0))[2] - prf(b.sum(0))[2])
    reached = 0
    for swaps in product([False, True], repeat=len(a)):
        which = np.array(swaps)[:, None]
        x, y = np.where(which, b, a).sum(0), np.where(which, a, b).sum(0)
        reached += abs(prf(x)[2] - prf(y)[2]) >= observed - 1e-12
    return reached / 2 ** len(a)


@given(COUNTS, st.data())
def test_with_few_units_every_exchange_is_tried(a: Floats, data: st.DataObject) -> None:
    """Gold is the same for both systems; units where they are alike change nothing."""
    b = a.copy()
    for row in b:
        row[2] = data.draw(st.integers(0, int(row[0])))
        row[1] = row[2] + data.draw(st.integers(0, 3))
    found, back = randomised(counts_of(a), counts_of(b)), randomised(counts_of(b), counts_of(a))
    if a[:, 0].sum() == 0:
        return
    assert found.exact
    assert found.p == pytest.approx(slow_p(a, b))
    assert (back.p, back.difference) == (pytest.approx(found.p), pytest.approx(-found.difference))
    assert found.least <= found.p <= 1


def test_with_many_units_exchanges_are_drawn() -> None:
    rng = np.random.default_rng(0)
    gold = np.full(200, 4.0)
    a, b, same = (np.stack([gold, gold, rng.binomial(4, p, 200)], 1) for p in (0.9, 0.5, 0.9))
    found = randomised(counts_of(a), counts_of(b), 999)
    assert (found.p, found.exact, found.least) == (1 / 1000, False, 1 / 1000)
    assert randomised(counts_of(a), counts_of(same), 999).p > 0.01
    assert randomised(counts_of(a), counts_of(a)).p == 1


def test_what_can_t_be_exchanged_is_refused() -> None:
    counts = np.ones((3, 3))
    with pytest.raises(ValueError, match="right are counts of one score"):
        randomised(counts_of(counts), counts_of(counts[:2]))
    with pytest.raises(ValueError, match="right is a score that adds up"):
        randomised(counts_of(counts), counts_of(counts, additive=False))


def test_nothing_found_and_nothing_sought_are_told_apart() -> None:
    assert prf(np.array([3.0, 0, 0])) == pytest.approx([np.nan, 0, 0], nan_ok=True)
    assert prf(np.array([0, 3.0, 0])) == pytest.approx([0, np.nan, 0], nan_ok=True)
    assert np.isnan(prf(np.zeros(3))).all()
    assert macro(np.array([2.0, 2, 2, 3, 0, 0, 0, 0, 0])).tolist() == [0.5, 0.5, 0.5]
    assert accuracy(np.array([4.0, 1]))[2] == 0.25


def test_a_sample_is_called_small_while_it_is() -> None:
    few = caution(counts_of(np.full((1, 3), 4.0)), 20, 1)
    assert few.startswith("One of the 4 spans of gold is 25 points of recall, and 1 article is too few")
    assert few.endswith("and so are 20 sentences.")
    assert "read the one over 200 sentences" in caution(counts_of(np.full((1, 3), 4.0)), 200, 1)
    assert caution(counts_of(np.full((1, 3), 4.0)), 200, FEW).endswith("they stand in 200 sentences of 30 articles.")
    assert caution(counts_of(np.zeros((1, 3))), 2, FEW).startswith("Gold has no spans")


def test_holm_of_known_probabilities() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    few = holm([math.nan, 0.6, 0.01])
    assert math.isnan(few[0])
    assert few[1:] == [0.6, 0.02]


@given(st.lists(st.floats(0, 1), max_size=12), st.randoms())
def test_holm_lies_between_none_and_bonferroni_in_any_order(p: list[float], random: Random) -> None:
    raised = holm(p)
    assert all(a <= b <= min(1.0, a * len(p)) + 1e-12 for a, b in zip(p, raised, strict=True))
    order = random.sample(range(len(p)), len(p))
    assert holm([p[k] for k in order]) == [raised[k] for k in order]
