"""Coefficients of agreement against published values, an independent package and slow obvious twins."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from agreement.metrics import cohens_kappa, krippendorffs_alpha
from hypothesis import given
from hypothesis import strategies as st

from spanproof.arrays import Ints
from spanproof.metrics.coefficients import alpha_u, kappa
from spanproof.metrics.coefficients import token_alpha as token_alpha_of
from spanproof.metrics.counts import Counts
from spanproof.metrics.spans import LabelledSpans
from support.spans import BOUNDS, LENGTH, WHOLE, Span, exact, interval, labelled, overlap, same, spans

Coefficient = Callable[[LabelledSpans, LabelledSpans, Ints], Counts]

MEASURES: tuple[Coefficient, ...] = (exact, overlap, alpha_u, lambda a, b, bounds: token_alpha(a, b, bounds))


def token_alpha(a: LabelledSpans, b: LabelledSpans, bounds: Ints = BOUNDS) -> Counts:
    starts = np.arange(0, bounds[-1], 2)
    return token_alpha_of((starts, starts + 1), (a, b), bounds)


@given(spans(), spans(), st.data())
def test_scores_know_no_side_no_order_and_no_numbering(a: list[Span], b: list[Span], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(b))
    renamed = [[(start, end, 5 - label) for start, end, label in each] for each in (a, b)]
    for measure in MEASURES:
        score = measure(labelled(a), labelled(b), BOUNDS).value
        assert same(score, measure(labelled(b), labelled(a), BOUNDS).value)
        assert same(score, measure(labelled(a), labelled(mixed), BOUNDS).value)
        assert same(score, measure(*map(labelled, renamed), BOUNDS).value)


@given(spans())
def test_a_side_agrees_with_itself(a: list[Span]) -> None:
    for measure in MEASURES:
        found = measure(labelled(a), labelled(a), BOUNDS)
        assert found.value == 1 or np.isnan(found.value)
        assert interval(found, 50) in (None, (1, 1))
    assert (exact(labelled(a), labelled(a), BOUNDS).value == 1) == bool(a)


def slow_alpha_u(a: list[Span], b: list[Span], documents: Ints) -> float:
    """Krippendorff's definition, unit by unit and gap by gap."""
    length, observed, expected = int(documents[-1]), 0.0, 0.0
    for label in {span[2] for span in a + b}:
        units = [[span[:2] for span in merged([s for s in each if s[2] == label])] for each in (a, b)]
        gaps = []
        for each in units:
            taken = {k for start, end in each for k in range(start, end)}
            edges = {*documents.tolist(), *(end for _, end in each), *(start for start, _ in each)}
            borders = sorted(edges)
            gaps.append([(low, high) for low, high in pairwise(borders) if low not in taken])
        for s, e in units[0]:
            for t, f in units[1]:
                observed += (s - t) ** 2 + (e - f) ** 2 if s < f and t < e else 0
        for mine, theirs in ((units[0], gaps[1]), (units[1], gaps[0])):
            observed += sum((e - s) ** 2 for s, e in mine for low, high in theirs if low <= s and e <= high)
        lengths = [e - s for each in units for s, e in each]
        rooms = [high - low for each in gaps for low, high in each]
        placed = sum(
            (len(lengths) - 1) / 3 * (2 * n**3 - 3 * n**2 + n) + n * n * sum(g - n + 1 for g in rooms if g >= n)
            for n in lengths
        )
        expected += 2 / length * placed / (2 * length * (2 * length - 1) - sum(n * (n - 1) for n in lengths))
    return 1 - observed / length**2 / expected if expected else float("nan")


def merged(found: list[Span]) -> list[Span]:
    result: list[Span] = []
    for start, end, label in sorted(found):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]), label)
        else:
            result.append((start, end, label))
    return result


@given(spans(), spans())
def test_alpha_u_is_that_of_the_slow_twin(a: list[Span], b: list[Span]) -> None:
    for documents in (WHOLE, np.array([0, 7, 20, LENGTH]), BOUNDS):
        assert same(alpha_u(labelled(a), labelled(b), documents).value, slow_alpha_u(a, b, documents))


def test_alpha_u_of_the_example_in_content_analysis() -> None:
    """Krippendorff 2004, p. 254: positions 150 to 450; 0.7286 for c, 1 for k, and D_o(c) = 0.0144 of 1300 squares."""
    c, k = 0, 1
    i = labelled([(225, 295, c), (370, 400, c), (180, 240, k), (300, 350, k)])
    j = labelled([(220, 300, c), (355, 375, c), (400, 420, c), (180, 240, k), (300, 350, k)])
    a, b = (LabelledSpans(each.start - 150, each.end - 150, each.label) for each in (i, j))
    whole = np.array([0, 300])
    assert alpha_u(a.at(a.label == c), b.at(b.label == c), whole).value == pytest.approx(0.7286, abs=5e-5)
    assert alpha_u(a.at(a.label == c), b.at(b.label == c), whole).rows[0, 1] == 1300
    assert alpha_u(a.at(a.label == k), b.at(b.label == k), whole).value == 1
    assert alpha_u(a, b, whole).value == pytest.approx(0.8591, abs=5e-4)
    # DKPro's test of the same example, which doesn't round in between: 0.7285 for c, 0.8587 for both.
    assert alpha_u(a.at(a.label == c), b.at(b.label == c), whole).value == pytest.approx(0.7285, abs=1e-4)
    assert alpha_u(a, b, whole).value == pytest.approx(0.8587, abs=1e-4)


pairs_of_labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30)


def frequencies(pairs: list[tuple[int, int]]) -> Ints:
    return np.array([[pair.count(label) for label in range(4)] for pair in pairs])


@given(pairs_of_labels)
def test_kappa_is_that_of_the_package_agreement(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs, np.int64).T
    measure = kappa(a, b, np.arange(len(a)), np.array([0, 1, len(a)]))
    if len({*a, *b}) == 1:
        assert np.isnan(measure.value)
    else:
        users = np.array([np.bincount(each, minlength=4) for each in (a, b)])
        assert measure.value == pytest.approx(cohens_kappa(frequencies(pairs), users))


@given(pairs_of_labels)
def test_token_alpha_is_that_of_the_package_agreement(pairs: list[tuple[int, int]]) -> None:
    """Label 0 stands for no span; 3 for two spans, of labels 1 and 2, on one token."""
    at = np.arange(len(pairs)) * 2
    covers: dict[int, list[int]] = {0: [], 1: [1], 2: [2], 3: [2, 1, 2]}
    sides = [
        labelled([(2 * k, 2 * k + 1, n) for k, pair in enumerate(pairs) for n in covers[pair[each]]]) for each in (0, 1)
    ]
    score = token_alpha_of((at, at + 1), sides, np.array([0, 2, 2 * len(pairs)])).value
    if len({label for pair in pairs for label in pair}) == 1:
        assert np.isnan(score)
    else:
        assert score == pytest.approx(krippendorffs_alpha(frequencies(pairs)))


def test_a_resample_of_documents_scores_as_they_would_alone() -> None:
    a, b = labelled([(1, 4, 0), (9, 12, 0), (25, 30, 0)]), labelled([(1, 5, 0), (9, 12, 0)])
    documents = np.array([0, 7, 20, LENGTH])
    measure = alpha_u(a, b, documents)
    alone = alpha_u(a.at(a.start < 20), b, documents[:3])
    assert float(measure.statistic(measure.rows[:2].sum(0))[2]) == pytest.approx(alone.value)


def test_a_score_with_nothing_to_divide_by_is_undefined() -> None:
    nothing = labelled([])
    for measure in (*MEASURES, lambda a, b, bounds: kappa(a.label, b.label, a.start, bounds)):
        assert np.isnan(measure(nothing, nothing, BOUNDS).value)
        assert interval(measure(nothing, nothing, np.array([0]))) is None
