"""Spans as arrays, drawn by Hypothesis, for tests of metrics."""

import numpy as np
import pytest
from hypothesis import strategies as st

from spanproof.arrays import Floats, Ints
from spanproof.corpus.continuum import Continuum
from spanproof.metrics.counts import Counts, prf
from spanproof.metrics.measures import span_counts
from spanproof.metrics.resampling import Interval, intervals
from spanproof.metrics.spans import LabelledSpans

Span = tuple[int, int, int]
LENGTH = 40
BOUNDS = np.array([0, 7, 7, 20, LENGTH])
WHOLE = np.array([0, LENGTH])
LABELS = 6


@st.composite
def spans(draw: st.DrawFn, labels: int = 3) -> list[Span]:
    """Spans that stay within a unit of BOUNDS; they may overlap, and stand twice."""
    found = []
    for _ in range(draw(st.integers(0, 7))):
        low, high = draw(st.sampled_from([(0, 7), (7, 20), (20, LENGTH)]))
        start = draw(st.integers(low, high - 1))
        found.append((start, draw(st.integers(start + 1, min(high, start + 9))), draw(st.integers(0, labels - 1))))
    return found


def labelled(spans: list[Span]) -> LabelledSpans:
    return LabelledSpans(*np.array(spans, np.int64).reshape(-1, 3).T)


def same(one: float, other: float) -> bool:
    return bool(np.isnan(one) and np.isnan(other)) or one == pytest.approx(other)


def continuum(bounds: Ints) -> Continuum:
    """The bounds are those of sentences; a token is a character."""
    at = np.arange(bounds[-1])
    return Continuum(bounds[[0, -1]], bounds, (at, at + 1))


def measured(measure: str, a: LabelledSpans, b: LabelledSpans, bounds: Ints) -> Counts:
    """The counts of all labels together."""
    rows = span_counts(measure, a, b, LABELS, continuum(bounds)).sum(1)
    return Counts(measure, rows, prf, (len(a), len(b)), "spans")


def exact(a: LabelledSpans, b: LabelledSpans, bounds: Ints) -> Counts:
    return measured("exact", a, b, bounds)


def overlap(a: LabelledSpans, b: LabelledSpans, bounds: Ints) -> Counts:
    return measured("overlap", a, b, bounds)


def interval(counts: Counts, n: int = 1000, seed: int = 0) -> Interval:
    """Of the score."""
    return intervals([counts], n, seed)[0][2]


def counts_of(rows: Floats, *, additive: bool = True) -> Counts:
    return Counts("exact", rows, prf, (int(rows[:, 0].sum()), 0), "spans", layer="layer", additive=additive)


COUNTS = st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=6).map(
    lambda rows: np.array([(a + m, b + m, m) for a, b, m in rows], np.float64)
)
