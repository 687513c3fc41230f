"""Measures of spans, and which span is which, against slow obvious twins."""

from collections import Counter
from itertools import pairwise, permutations

from hypothesis import assume, given
from hypothesis import strategies as st

from spanproof.metrics.matching import extent_pairs
from support.spans import BOUNDS, WHOLE, Span, exact, labelled, overlap, same, spans


def f1(matches: float, a: list[Span], b: list[Span]) -> float:
    return 2 * matches / (len(a) + len(b)) if a or b else float("nan")


def slow_exact(a: list[Span], b: list[Span]) -> int:
    return sum((Counter(a) & Counter(b)).values())


def most(weights: list[list[float]]) -> float:
    """The best assignment of all; as many columns as rows at least."""
    return max(
        sum(row[k] for row, k in zip(weights, order, strict=True))
        for order in permutations(range(len(weights[0])), len(weights))
    )


def slow_overlap(a: list[Span], b: list[Span]) -> float:
    both = Counter(a) & Counter(b)
    left, right = ([*(Counter(each) - both).elements()] for each in (a, b))
    left, right = sorted((left, right), key=len)
    meet = [[float(x[2] == y[2] and x[0] < y[1] and y[0] < x[1]) for y in right] for x in left]
    return sum(both.values()) + (most(meet) / 2 if left else 0)


@given(spans(), spans())
def test_f1_is_that_of_the_slow_twin(a: list[Span], b: list[Span]) -> None:
    assume(max(len(a), len(b)) <= 6)
    assert same(exact(labelled(a), labelled(b), BOUNDS).value, f1(slow_exact(a, b), a, b))
    assert same(overlap(labelled(a), labelled(b), BOUNDS).value, f1(slow_overlap(a, b), a, b))


def test_overlapping_spans_are_matched_one_to_one_as_often_as_can_be() -> None:
    """The outer span leaves the one that the inner one needs; a third span finds no partner; labels keep apart."""
    a, b = [(20, 30, 0), (22, 24, 0), (31, 33, 1)], [(23, 28, 0), (26, 29, 0), (29, 30, 0), (31, 32, 2)]
    assert overlap(labelled(a), labelled(b), BOUNDS).rows[3].tolist() == [3, 4, 2 * 0.5]


@given(spans(), spans(), st.data())
def test_a_span_less_is_no_match_more(a: list[Span], b: list[Span], data: st.DataObject) -> None:
    assume(b)
    k = data.draw(st.integers(0, len(b) - 1))
    fewer = [*b[:k], *b[k + 1 :]]
    for measure in (exact, overlap):
        assert (
            measure(labelled(a), labelled(fewer), BOUNDS).rows[:, 2].sum()
            <= measure(labelled(a), labelled(b), BOUNDS).rows[:, 2].sum()
        )
    whole, less = (exact(labelled(b), labelled(each), BOUNDS).value for each in (b, fewer))
    assert less < whole == 1


@given(spans(), spans())
def test_counts_are_those_of_the_units_one_by_one(a: list[Span], b: list[Span]) -> None:
    """Overlapping spans never cross the borders here, so that each unit can be scored alone."""
    for measure in (exact, overlap):
        counts = measure(labelled(a), labelled(b), BOUNDS).rows
        for unit, (low, high) in enumerate(pairwise(BOUNDS)):
            inside = [[span for span in each if low <= span[0] < high] for each in (a, b)]
            assert counts[unit].tolist() == measure(*map(labelled, inside), WHOLE).rows[0].tolist()


@given(spans(), spans())
def test_pairs_have_the_same_offsets_and_the_same_label_where_they_can(a: list[Span], b: list[Span]) -> None:
    first, second = extent_pairs(labelled(a), labelled(b))
    paired = [(a[i], b[j]) for i, j in zip(first, second, strict=True)]
    assert all(x[:2] == y[:2] for x, y in paired)
    assert (
        len(set(first))
        == len(set(second))
        == len(paired)
        == slow_exact([(*x[:2], 0) for x in a], [(*y[:2], 0) for y in b])
    )
    assert sum(x == y for x, y in paired) == slow_exact(a, b)
