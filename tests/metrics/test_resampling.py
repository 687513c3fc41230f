"""Label tables, conventions and resamples, one by one."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.arrays import Floats
from spanproof.metrics import boundaries as conventions
from spanproof.metrics import label_sets as labels
from spanproof.metrics.counts import Counts, accuracy, macro, prf
from spanproof.metrics.resampling import bootstrap, expanded_tail, intervals, two_stage
from support.spans import BOUNDS, COUNTS, Span, counts_of, interval, labelled, overlap, spans


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


def test_nothing_found_and_nothing_sought_are_told_apart() -> None:
    assert prf(np.array([3.0, 0, 0])) == pytest.approx([np.nan, 0, 0], nan_ok=True)
    assert prf(np.array([0, 3.0, 0])) == pytest.approx([0, np.nan, 0], nan_ok=True)
    assert np.isnan(prf(np.zeros(3))).all()
    assert macro(np.array([2.0, 2, 2, 3, 0, 0, 0, 0, 0])).tolist() == [0.5, 0.5, 0.5]
    assert accuracy(np.array([4.0, 1]))[2] == 0.25


@given(COUNTS, st.integers(0, 9))
def test_two_stages_of_documents_with_one_sentence_are_one(rows: Floats, seed: int) -> None:
    """Whatever is drawn, the sums are those of as many documents as there are, each of its own sentences."""
    sums = two_stage(rows, np.arange(len(rows)), len(rows), 30, seed)
    assert (sums.sum(1) >= len(rows) * rows.sum(1).min() - 1e-9).all()
    assert (sums.sum(1) <= len(rows) * rows.sum(1).max() + 1e-9).all()
    assert (two_stage(rows, np.arange(len(rows)), len(rows), 30, seed) == sums).all()


def test_two_stages_vary_by_articles_and_by_sentences() -> None:
    """The variance of a mean of n articles of m sentences is that between articles and that within, both drawn."""
    document = np.repeat(np.arange(40), 25)
    rng = np.random.default_rng(1)
    rows = (rng.normal(0, 2, 40)[document] + rng.normal(0, 3, 1000))[:, None]
    means = rows.reshape(40, 25).mean(1)
    expected = means.var() / 40 + rows.reshape(40, 25).var(1).mean() / 1000
    assert two_stage(rows, document, 40, 4000, 0).var() / 1000**2 == pytest.approx(expected, rel=0.1)


def test_an_article_without_sentences_adds_nothing() -> None:
    sums = two_stage(np.ones((4, 1)), np.array([0, 0, 2, 2]), 3, 200, 0)
    assert set(sums.ravel().tolist()) <= {0, 2, 4, 6}
    assert two_stage(np.zeros((0, 2)), np.zeros(0, np.int64), 3, 5, 0).tolist() == [[0, 0]] * 5


@pytest.mark.parametrize(("units", "student"), [(2, 12.706), (3, 4.303), (5, 2.776), (11, 2.228), (30, 2.045)])
def test_tails_are_expanded_by_students_t(units: int, student: float) -> None:
    """The quantiles of Student's t at .975 are those of any table."""
    expected = NormalDist().cdf(-student * (units / (units - 1)) ** 0.5)
    assert expanded_tail(units) == pytest.approx(expected, rel=5e-3, abs=1e-12)
    assert expanded_tail(10**6) == pytest.approx(0.025)
