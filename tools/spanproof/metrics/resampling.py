"""Resamples: units drawn with replacement, or documents and then sentences of each, and where most of them lie."""

import functools
import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np

from spanproof.arrays import Floats, Ints
from spanproof.metrics.counts import Counts

Interval = tuple[float, float] | None
"""The lower and the upper end; None where it is undefined."""
_BLOCK = 1 << 20
_LEVEL = 0.95
_MANY = 1_000
_GRID = 100_001


def bootstrap(rows: Floats, n: int, seed: int) -> Floats:
    """Return the sums of resamples of the units, drawn with replacement; the same ones for the same seed.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.

    Args:
        rows: counts, shape (units, k).
        n: how many resamples.
        seed: of the draws.

    Returns:
        Shape (n, k).
    """
    units = len(rows)
    rng = np.random.default_rng(seed)
    sums = _room(n, rows.shape[1])
    step = max(1, _BLOCK // max(1, units))
    for k in range(0, n if units else 0, step):
        which = rng.integers(0, units, (min(step, n - k), units))
        which += np.arange(len(which))[:, None] * units
        weights = np.bincount(which.ravel(), minlength=which.size).reshape(which.shape)
        sums[k : k + step] = weights.astype(np.float64) @ rows
    return sums


def _room(n: int, columns: int) -> Floats:
    """Return zeros for the sums of resamples, shape (n, columns)."""
    if n < 0:
        raise ValueError(f"resamples: {n}; expected 0, for no intervals, or more")
    return np.zeros((n, columns))


def two_stage(rows: Floats, document: Ints, documents: int, n: int, seed: int) -> Floats:
    """Return the sums of resamples in which documents are drawn, and of each drawn one as many sentences as it has.

    So a resample differs as much as other documents would, and as other sentences of these. Source: Davison and
    Hinkley, Bootstrap Methods and their Application, 1997, section 3.8.

    Args:
        rows: counts, shape (sentences, k).
        document: the number of the document of each sentence, ascending, shape (sentences,).
        documents: how many documents there are.
        n: how many resamples.
        seed: of the draws.

    Returns:
        Shape (n, k).
    """
    rng = np.random.default_rng(seed)
    size = np.bincount(document, minlength=documents)
    first, sentences = np.cumsum(size) - size, len(rows)
    sums = _room(n, rows.shape[1])
    step = max(1, _BLOCK // max(1, sentences))
    for k in range(0, n if sentences else 0, step):
        drawn = rng.integers(0, documents, (min(step, n - k), documents))
        lengths = size[drawn]
        of = np.repeat(drawn.ravel(), lengths.ravel())
        resample = np.repeat(np.arange(len(drawn)), lengths.sum(1))
        sentence = first[of] + (rng.random(len(of)) * size[of]).astype(np.int64)
        weights = np.bincount(resample * sentences + sentence, minlength=len(drawn) * sentences)
        sums[k : k + step] = weights.reshape(len(drawn), sentences).astype(np.float64) @ rows
    return sums


def intervals(counts: Sequence[Counts], n: int = 1000, seed: int = 0) -> list[tuple[Interval, Interval, Interval]]:
    """Return the 95 % percentile intervals of precision, recall and score of each, all from the same draws of units.

    Args:
        counts: of the same units; a resample of units is one for all of them.
        n: how many resamples; without one there are no intervals.
        seed: of the draws.
    """
    return intervals_of(counts, lambda rows: bootstrap(rows, n, seed))


def intervals_of(
    counts: Sequence[Counts], draw: Callable[[Floats], Floats], tail: float = (1 - _LEVEL) / 2
) -> list[tuple[Interval, Interval, Interval]]:
    """Return the intervals of precision, recall and score of each, all from the same resamples.

    Args:
        counts: with rows of the same units.
        draw: takes the rows of all of them side by side, returns their sums in each resample.
        tail: the share of resamples that lie beyond each end.
    """
    if not counts:
        return []
    edges = np.cumsum([0, *(count.rows.shape[1] for count in counts)]).tolist()
    sums = draw(np.concatenate([count.rows for count in counts], 1))
    ends = []
    for count, low, high in zip(counts, edges, edges[1:], strict=False):
        precision, recall, score = (
            percentile_interval(values, tail) for values in np.moveaxis(count.statistic(sums[:, low:high]), -1, 0)
        )
        ends.append((precision, recall, score))
    return ends


def percentile_interval(values: Floats, tail: float = (1 - _LEVEL) / 2) -> Interval:
    """Return where resamples lie but for the tails: by default between the percentiles 2.5 and 97.5.

    Resamples that leave a score undefined (NaN) are left out; None where none is left.
    """
    defined = values[~np.isnan(values)]
    if not defined.size:
        return None
    low, high = np.percentile(defined, (100 * tail, 100 * (1 - tail))).tolist()
    return low, high


@functools.cache
def expanded_tail(units: int) -> float:
    """Return the share of resamples beyond each end of a 95 % interval of so few units, 0.025 where there are many.

    Percentiles of few units are too near: they lack the factor n / (n - 1) of the variance, and Student's t. Source:
    Hesterberg, What teachers should know about the bootstrap, The American Statistician 69, 2015, on expanded
    percentile intervals: the standard normal probability below - t √(n / (n - 1)).

    Args:
        units: how many were drawn, two or more.
    """
    freedom = units - 1
    if freedom > _MANY:
        return (1 - _LEVEL) / 2
    # With t = √ν tan θ the density of Student's t is that of cos θ to the power ν - 1.
    angles = np.linspace(0, math.pi / 2, _GRID)
    mass = np.cumsum(np.cos(angles) ** (freedom - 1))
    student = math.sqrt(freedom) * math.tan(float(np.interp(_LEVEL * mass[-1], mass, angles)))
    return NormalDist().cdf(-student * math.sqrt(units / freedom))


def rounded(interval: Interval) -> Interval:
    """Return an interval with six digits behind the point."""
    return interval and (round(interval[0], 6), round(interval[1], 6))
