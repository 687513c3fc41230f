"""How far a score can be trusted: intervals from one set of draws, paired randomisation, the smallness of a sample."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spanproof.corpus.pairs import Units
from spanproof.metrics.counts import Tally
from spanproof.metrics.spans import Floats

Interval = tuple[float, float] | None
_BLOCK = 1 << 20
FEW = 30
"""Fewer units than this are few: percentile intervals are then too narrow more often than 1 time in 20."""


@dataclass(frozen=True)
class Difference:
    """Two systems on one score: the difference of their values (first less second) and how often chance does as much.

    ``p`` is two-sided; ``least`` is the smallest that as many units allow: no result on these data can be below it.
    ``exact``: every exchange was tried, not a sample of them.
    """

    difference: float
    p: float
    least: float
    units: Units
    n: int
    exact: bool


def drawn(counts: Floats, n: int, seed: int) -> Floats:
    """Sums of n resamples of the units with replacement; those of :func:`spanproof.metrics.spans.bootstrap`, kept."""
    units = len(counts)
    rng = np.random.default_rng(seed)
    sums = np.zeros((n, counts.shape[1]))
    step = max(1, _BLOCK // max(1, units))
    for k in range(0, n if units else 0, step):
        which = rng.integers(0, units, (min(step, n - k), units))
        which += np.arange(len(which))[:, None] * units
        weights = np.bincount(which.ravel(), minlength=which.size).reshape(which.shape)
        sums[k : k + step] = weights.astype(np.float64) @ counts
    return sums


def intervals(tallies: Sequence[Tally], n: int = 1000, seed: int = 0) -> list[Interval]:
    """The 95 % percentile interval of each tally's F1 (or accuracy): see :func:`bounds`."""
    return [of_f1 for _, _, of_f1 in bounds(tallies, n, seed)]


def bounds(tallies: Sequence[Tally], n: int = 1000, seed: int = 0) -> list[tuple[Interval, Interval, Interval]]:
    """The 95 % percentile intervals of each tally's precision, recall and F1, all from the same draws of units.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13. Resamples that leave a score
    undefined are left out; None where none is left.
    """
    if not tallies:
        return []
    edges = np.cumsum([0, *(tally.counts.shape[1] for tally in tallies)]).tolist()
    sums = drawn(np.concatenate([tally.counts for tally in tallies], 1), n, seed)
    found = []
    for tally, low, high in zip(tallies, edges, edges[1:], strict=False):
        precision, recall, f1 = np.moveaxis(tally.statistic(sums[:, low:high]), -1, 0)
        found.append((ends(precision), ends(recall), ends(f1)))
    return found


def ends(values: Floats) -> Interval:
    """Where 95 % of draws lie: the percentiles 2.5 and 97.5; undefined draws don't count; None where none is left."""
    defined = values[~np.isnan(values)]
    if not defined.size:
        return None
    low, high = np.percentile(defined, (2.5, 97.5)).tolist()
    return low, high


def randomised(a: Tally, b: Tally, n: int = 10_000, seed: int = 0) -> Difference:
    """Paired approximate randomisation of two systems' F1 over the same units.

    Under the hypothesis that the systems are alike, exchanging their answers unit by unit changes nothing; p is the
    share of exchanges whose difference is as great. With so few units that all 2^units exchanges are no more than n,
    all are tried. Source: Noreen, Computer-Intensive Methods for Testing Hypotheses, 1989; Yeh, More accurate tests for
    the statistical significance of result differences, COLING 2000.

    Raises:
        ValueError: the tallies are no two of one score over the same units, or their rows can't be exchanged, as those
            of clusters across articles.
    """
    if (a.layer, a.part, a.measure, a.units, a.counts.shape) != (b.layer, b.part, b.measure, b.units, b.counts.shape):
        raise ValueError(f"{a.layer} {a.measure}, {b.layer} {b.measure}: right are two tallies of one score and gold")
    if not (a.additive and b.additive):
        raise ValueError(f"{a.measure}: its articles can't be exchanged one by one; right is a score that adds up")
    apart = b.counts - a.counts
    differ = np.flatnonzero(apart.any(1))
    units = len(differ)
    exact = 2 ** min(units, 62) <= n
    rng = np.random.default_rng(seed)
    total_a, total_b = a.counts.sum(0), b.counts.sum(0)
    observed = float(a.statistic(total_a)[2] - b.statistic(total_b)[2])
    reached, tried = 0, 2**units if exact else n
    step = max(1, _BLOCK // max(1, units))
    for k in range(0, tried, step):
        size = min(step, tried - k)
        numbers = np.arange(k, k + size)[:, None] >> np.arange(units)
        swaps = (numbers & 1 if exact else rng.integers(0, 2, (size, units))).astype(np.float64)
        moved = swaps @ apart[differ]
        apart_now = np.abs(a.statistic(total_a + moved)[..., 2] - b.statistic(total_b - moved)[..., 2])
        reached += int((np.nan_to_num(apart_now) >= abs(observed) - 1e-12).sum())
    p = reached / tried if exact else (reached + 1) / (tried + 1)
    least = min(1.0, 2 / 2 ** min(units, 62)) if exact else 1 / (tried + 1)
    return Difference(observed, p if not np.isnan(observed) else np.nan, least, a.units, units, exact)


def holm(p: Sequence[float]) -> list[float]:
    """Probabilities of several comparisons, each raised so that at most 1 in 20 families has one below .05 by chance.

    NaN stands for a comparison that could not be made and doesn't count. Source: Holm, A simple sequentially rejective
    multiple test procedure, Scandinavian Journal of Statistics 6, 1979.
    """
    made = [k for k, each in enumerate(p) if each == each]
    raised = list(p)
    least = 0.0
    for rank, k in enumerate(sorted(made, key=lambda k: p[k])):
        least = raised[k] = max(least, min(1.0, p[k] * (len(made) - rank)))
    return raised


def caution(tally: Tally, sentences: int, documents: int) -> str:
    """One sentence on how small the sample is: what one thing more or less is worth, and over how few articles."""
    gold, of = tally.n[0], tally.of
    one = f"one of the {gold} {of} of gold is {100 / gold:.2g} points of recall" if gold else f"gold has no {of}"
    if documents >= FEW:
        return f"{one[0].upper()}{one[1:]}; they stand in {sentences} sentences of {documents} articles."
    few = f"{documents} article{'s are' if documents != 1 else ' is'} too few (fewer than {FEW})"
    if tally.units == "documents":
        return f"{one[0].upper()}{one[1:]}, and {few} for its interval to be trusted."
    if sentences < FEW:
        units = f"are {sentences} sentences" if sentences != 1 else "is 1 sentence"
        return f"{one[0].upper()}{one[1:]}, and {few} for an interval to be trusted, and so {units}."
    return (
        f"{one[0].upper()}{one[1:]}, and {few} for an interval over articles to be trusted: "
        f"read the one over {sentences} sentences, which takes the choice of articles for granted."
    )
