"""How far a score can be trusted: intervals by the bootstrap, paired randomisation, the smallness of a sample."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Floats
from spanproof.corpus.continuum import Units
from spanproof.metrics.counts import Counts

Interval = tuple[float, float] | None
"""The lower and the upper end; None where it is undefined."""
_BLOCK = 1 << 20
FEW = 30
"""Fewer units than this are few: percentile intervals are then too narrow more often than 1 time in 20."""


@dataclass(frozen=True)
class RandomisationTest:
    """Two systems on one score, compared.

    Attributes:
        difference: the value of the first system less that of the second.
        p: how often chance does as much, two-sided.
        least: the smallest p that as many units allow: no result on these data can be below it.
        units: what is exchanged.
        n: in how many units the systems differ.
        exact: every exchange was tried, not a sample of them.
    """

    difference: float
    p: float
    least: float
    units: Units
    n: int
    exact: bool


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
    sums = np.zeros((n, rows.shape[1]))
    step = max(1, _BLOCK // max(1, units))
    for k in range(0, n if units else 0, step):
        which = rng.integers(0, units, (min(step, n - k), units))
        which += np.arange(len(which))[:, None] * units
        weights = np.bincount(which.ravel(), minlength=which.size).reshape(which.shape)
        sums[k : k + step] = weights.astype(np.float64) @ rows
    return sums


def intervals(counts: Sequence[Counts], n: int = 1000, seed: int = 0) -> list[tuple[Interval, Interval, Interval]]:
    """Return the 95 % percentile intervals of precision, recall and score of each, all from the same draws of units.

    Args:
        counts: of the same units; a resample of units is one for all of them.
        n: how many resamples; without one there are no intervals.
        seed: of the draws.
    """
    if not counts:
        return []
    edges = np.cumsum([0, *(count.rows.shape[1] for count in counts)]).tolist()
    sums = bootstrap(np.concatenate([count.rows for count in counts], 1), n, seed)
    ends = []
    for count, low, high in zip(counts, edges, edges[1:], strict=False):
        precision, recall, score = np.moveaxis(count.statistic(sums[:, low:high]), -1, 0)
        ends.append((percentile_interval(precision), percentile_interval(recall), percentile_interval(score)))
    return ends


def percentile_interval(values: Floats) -> Interval:
    """Return where 95 % of resamples lie: the percentiles 2.5 and 97.5.

    Resamples that leave a score undefined (NaN) are left out; None where none is left.
    """
    defined = values[~np.isnan(values)]
    if not defined.size:
        return None
    low, high = np.percentile(defined, (2.5, 97.5)).tolist()
    return low, high


def randomised(a: Counts, b: Counts, n: int = 10_000, seed: int = 0) -> RandomisationTest:
    """Test by paired approximate randomisation whether two systems differ in F1 over the same units.

    Under the hypothesis that the systems are alike, exchanging their answers unit by unit changes nothing; p is the
    share of exchanges whose difference is as great. With so few units that all 2^units exchanges are no more than n,
    all are tried. Source: Noreen, Computer-Intensive Methods for Testing Hypotheses, 1989; Yeh, More accurate tests for
    the statistical significance of result differences, COLING 2000.

    Args:
        a: one score of the first system.
        b: the same of the second.
        n: how many exchanges are drawn.
        seed: of the draws.

    Raises:
        ValueError: the counts are not of one score over the same units, or their rows can't be exchanged, as those of
            clusters across articles.
    """
    if (a.layer, a.part, a.measure, a.units, a.rows.shape) != (b.layer, b.part, b.measure, b.units, b.rows.shape):
        raise ValueError(f"{a.layer} {a.measure}, {b.layer} {b.measure}: right are counts of one score and gold")
    if not (a.additive and b.additive):
        raise ValueError(f"{a.measure}: its articles can't be exchanged one by one; right is a score that adds up")
    apart = b.rows - a.rows
    differ = np.flatnonzero(apart.any(1))
    units = len(differ)
    exact = 2 ** min(units, 62) <= n
    tried = 2**units if exact else n
    total_a, total_b = a.rows.sum(0), b.rows.sum(0)
    observed = float(a.statistic(total_a)[2] - b.statistic(total_b)[2])
    reached = 0
    for swaps in _swaps(units, tried, None if exact else seed):
        moved = swaps @ apart[differ]
        difference = np.abs(a.statistic(total_a + moved)[..., 2] - b.statistic(total_b - moved)[..., 2])
        reached += int((np.nan_to_num(difference) >= abs(observed) - 1e-12).sum())
    p = reached / tried if exact else (reached + 1) / (tried + 1)
    least = min(1.0, 2 / 2 ** min(units, 62)) if exact else 1 / (tried + 1)
    return RandomisationTest(observed, p if not np.isnan(observed) else np.nan, least, a.units, units, exact)


def _swaps(units: int, n: int, seed: int | None) -> Iterator[Floats]:
    """Yield, in blocks, which units are exchanged: a row of 0 and 1 each; with no seed the binary numbers below n."""
    rng = np.random.default_rng(seed)
    step = max(1, _BLOCK // max(1, units))
    for k in range(0, n, step):
        size = min(step, n - k)
        if seed is None:
            yield (np.arange(k, k + size)[:, None] >> np.arange(units) & 1).astype(np.float64)
        else:
            yield rng.integers(0, 2, (size, units)).astype(np.float64)


def holm(p: Sequence[float]) -> list[float]:
    """Raise the probabilities of several comparisons so that at most 1 family in 20 has one below .05 by chance.

    NaN stands for a comparison that could not be made and doesn't count. Source: Holm, A simple sequentially rejective
    multiple test procedure, Scandinavian Journal of Statistics 6, 1979.
    """
    compared = [k for k, probability in enumerate(p) if probability == probability]
    raised = list(p)
    least = 0.0
    for rank, k in enumerate(sorted(compared, key=lambda k: p[k])):
        least = raised[k] = max(least, min(1.0, p[k] * (len(compared) - rank)))
    return raised


def caution(counts: Counts, sentences: int, documents: int) -> str:
    """Say in one sentence how small a sample is: what one thing more or less is worth, and over how few articles.

    Args:
        counts: of gold and prediction.
        sentences: how many sentences gold has.
        documents: how many articles.
    """
    gold, of = counts.n[0], counts.of
    points = f"{100 / gold:.2g}" if gold > 1 else "100"
    one = f"one of the {gold} {of} of gold is {points} points of recall" if gold else f"gold has no {of}"
    if documents >= FEW:
        return f"{one[0].upper()}{one[1:]}; they stand in {sentences} sentences of {documents} articles."
    few = f"{documents} article{'s are' if documents != 1 else ' is'} too few (fewer than {FEW})"
    if counts.units == "documents":
        return f"{one[0].upper()}{one[1:]}, and {few} for its interval to be trusted."
    if sentences < FEW:
        units = f"are {sentences} sentences" if sentences != 1 else "is 1 sentence"
        return f"{one[0].upper()}{one[1:]}, and {few} for an interval to be trusted, and so {units}."
    return (
        f"{one[0].upper()}{one[1:]}, and {few} for an interval over articles to be trusted: "
        f"read the one over {sentences} sentences, which takes the choice of articles for granted."
    )
