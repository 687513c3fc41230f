"""Whether two systems differ: paired randomisation of the documents, and the correction for many comparisons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Floats
from spanproof.metrics.counts import Counts

_BLOCK = 1 << 20
LEAST = 6
"""Fewer documents than this have no p: with five, none below 2/2⁵ = .0625 is possible, whatever the systems do."""


@dataclass(frozen=True)
class RandomisationTest:
    """Two systems on one score, compared.

    Attributes:
        difference: the value of the first system less that of the second.
        p: how often chance does as much, two-sided; NaN where there are too few documents to tell.
        least: the smallest p that as many documents allow: no result on these data can be below it.
        n: in how many documents the systems differ.
        exact: every exchange was tried, not a sample of them.
    """

    difference: float
    p: float
    least: float
    n: int
    exact: bool


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
        raise ValueError(f"{a.layer} {a.measure}, {b.layer} {b.measure}: expected counts of one score and gold")
    if not (a.additive and b.additive):
        raise ValueError(f"{a.measure}: its articles can't be exchanged one by one; expected a score that adds up")
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
    return RandomisationTest(observed, p if not np.isnan(observed) else np.nan, least, units, exact)


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
