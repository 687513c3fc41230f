"""Agreement and scores of spans and values: arrays in, numbers out.

The texts of a corpus are laid end to end on one continuum; a position is a code point of it. ``bounds`` cut the
continuum into units (sentences or documents) for resampling: ascending, from 0 to the length; a span belongs to the
unit that it starts in. Every score is a function of counts that add up over units, which is what makes 1,000 resamples
cheap: they are one product of weights and counts. No side is the gold: each score is symmetric.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from spanproof.arrays import Bools, Ints, distinct
from spanproof.corpus.assignment import assigned

Floats = npt.NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Side:
    """The spans of one annotator: positions of the continuum, half open and never empty; a label as a number from 0."""

    start: Ints
    end: Ints
    label: Ints

    def at(self, which: Ints | Bools) -> "Side":
        """Some of the spans."""
        return Side(self.start[which], self.end[which], self.label[which])


@dataclass(frozen=True)
class Measure:
    """A score as a function of sums: a row of ``counts`` a unit; ``statistic`` takes sums (..., k) to scores (...).

    A score that is undefined (nothing to divide by) is NaN.
    """

    counts: Floats
    statistic: Statistic

    @property
    def value(self) -> float:
        """The score of all units together."""
        return float(self.statistic(self.counts.sum(0)))

    def interval(self, n: int = 1000, seed: int = 0) -> tuple[float, float]:
        """The 95 % interval of the score over its units, see :func:`bootstrap`."""
        return bootstrap(self.counts, self.statistic, n, seed)


def bootstrap(counts: Floats, statistic: Statistic, n: int = 1000, seed: int = 0) -> tuple[float, float]:
    """The 95 % percentile interval of a statistic over units drawn with replacement; the same for the same seed.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13. Resamples for which the statistic
    is undefined are left out; NaN where none is left.
    """
    units, columns = counts.shape
    rng = np.random.default_rng(seed)
    sums = np.zeros((n, columns))
    step = max(1, _BLOCK // max(1, units))
    for k in range(0, n if units else 0, step):
        drawn = rng.integers(0, units, (min(step, n - k), units))
        drawn += np.arange(len(drawn))[:, None] * units
        weights = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)
        sums[k : k + step] = weights.astype(np.float64) @ counts
    scores = statistic(sums)
    scores = scores[~np.isnan(scores)]
    if not scores.size:
        return np.nan, np.nan
    low, high = np.percentile(scores, (2.5, 97.5))
    return float(low), float(high)


def exact_f1(a: Side, b: Side, bounds: Ints) -> Measure:
    """F1 of spans with the same start, end and label: 2m / (|a| + |b|), m one-to-one matches.

    SemEval-2013 task 9 calls it strict. Symmetric: precision and recall change places with the sides.
    """
    first, _ = _same(a, b)
    return Measure(np.stack([*_sizes(a, b, bounds), counted(bounds, a.start[first])], 1), _f1)


def overlap_f1(a: Side, b: Side, bounds: Ints) -> Measure:
    """F1 with partial credit: 2 (m + p / 2) / (|a| + |b|), m exact matches as in :func:`exact_f1`.

    p: matches, as many as there can be one to one, of the other spans with one of the same label that shares a
    character. The half is the partial credit of MUC-5 (Chinchor and Sundheim, 1993) and of SemEval-2013 task 9, whose
    "partial" leaves the label out; here it counts, so that a layer and its labels are scored alike.
    """
    first, second = _same(a, b)
    at, matches = _partial(a.at(others(len(a.start), first)), b.at(others(len(b.start), second)))
    credit = counted(bounds, a.start[first]) + 0.5 * counted(bounds, at, matches)
    return Measure(np.stack([*_sizes(a, b, bounds), credit], 1), _f1)


def pairs(a: Side, b: Side) -> tuple[Ints, Ints]:
    """Which spans of the sides have the same start and end, one to one; those with the same label are paired first."""
    first, second = _same(a, b)
    rest, left = others(len(a.start), first), others(len(b.start), second)
    blank_a, blank_b = (replace(side, label=np.zeros_like(side.label)) for side in (a.at(rest), b.at(left)))
    more, ones = _same(blank_a, blank_b)
    return np.append(first, rest[more]), np.append(second, left[ones])


def accuracy(same: Bools, at: Ints, bounds: Ints) -> Measure:
    """The share of values that are the same, of things that stand at ``at``."""
    return Measure(
        np.stack([counted(bounds, at), counted(bounds, at[same])], 1), lambda sums: ratio(sums[..., 1], sums[..., 0])
    )


def kappa(a: Ints, b: Ints, at: Ints, bounds: Ints) -> Measure:
    """Cohen's kappa of two labels each of things that stand at ``at``: (p_o - p_e) / (1 - p_e).

    p_o is the share of equal labels, p_e = sum of p_a(c) p_b(c) over labels c. Undefined where each side has only ever
    given the same one label. Source: Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    labels = int(max(a.max(initial=-1), b.max(initial=-1))) + 1
    tables = [tabulated(bounds, at, side, labels) for side in (a, b)]
    counts = np.concatenate([np.stack([counted(bounds, at), counted(bounds, at[a == b])], 1), *tables], 1)
    return Measure(counts, _kappa)


def _kappa(sums: Floats) -> Floats:
    n, same = sums[..., 0], sums[..., 1]
    of_a, of_b = np.split(sums[..., 2:], 2, -1)
    chance = (of_a * of_b).sum(-1)
    return ratio(n * same - chance, n * n - chance)


def token_alpha(tokens: tuple[Ints, Ints], a: Side, b: Side, bounds: Ints) -> Measure:
    """Krippendorff's alpha, nominal, of two observers over tokens: 1 - D_o / D_e.

    A token's value is the set of labels of the spans that share a character with it, the empty set where there is none.
    With n tokens, d of them with different values, and n_c of the 2n values being c: D_o = d / n and
    D_e = (4n² - sum of n_c²) / (2n (2n - 1)). Undefined where there is one value only. Source: Krippendorff, Content
    Analysis, 2nd edition, 2004, chapter 11.

    Args:
        tokens: starts and ends, in order, without overlap.
        a: the spans of one side; they may overlap.
        b: those of the other.
        bounds: of the units for resampling.
    """
    values = _label_sets(tokens, a, b)
    differ = values[0] != values[1]
    kinds = int(values.max(initial=-1)) + 1
    held = sum(tabulated(bounds, tokens[0], side, kinds) for side in values)
    counts = [counted(bounds, tokens[0]), counted(bounds, tokens[0][differ])]
    return Measure(np.concatenate([np.stack(counts, 1), held], 1), _nominal_alpha)


def _nominal_alpha(sums: Floats) -> Floats:
    values, differ, held = 2 * sums[..., 0], sums[..., 1], sums[..., 2:]
    return 1 - ratio((values - 1) * 2 * differ, values**2 - (held**2).sum(-1))


def _label_sets(tokens: tuple[Ints, Ints], a: Side, b: Side) -> Ints:
    """The labels of each token as one number, equal ones for equal sets; a row a side."""
    n, labels = len(tokens[0]), int(max(a.label.max(initial=0), b.label.max(initial=0))) + 1
    keys = []
    for k, side in enumerate((a, b)):
        span, token = meetings(side.start, side.end, *tokens)
        keys.append((token + k * n) * labels + side.label[span])
    token, label = np.divmod(distinct(np.concatenate(keys)), labels)
    rank = np.arange(len(token)) - np.searchsorted(token, token)
    values: Ints = np.zeros(2 * n, np.int64)
    for k in range(int(rank.max(initial=-1)) + 1):
        values *= labels + 1
        values[token[rank == k]] += label[rank == k] + 1
        values = np.unique(values, return_inverse=True)[1]
    return values.reshape(2, n)


def _same(a: Side, b: Side) -> tuple[Ints, Ints]:
    """Spans with the same start, end and label, one to one."""
    keys = np.append(a.start, b.start)
    for more in (np.append(a.end, b.end), np.append(a.label, b.label)):
        keys = np.unique(keys, return_inverse=True)[1] * (int(more.max(initial=0)) + 1) + more
    n, occurrence = len(a.start), np.zeros(len(keys), np.int64)
    for side in (slice(0, n), slice(n, None)):
        order = np.argsort(keys[side], kind="stable")
        ordered = keys[side][order]
        occurrence[side][order] = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    keys = np.unique(keys, return_inverse=True)[1] * (int(occurrence.max(initial=0)) + 1) + occurrence
    _, first, second = np.intersect1d(keys[:n], keys[n:], assume_unique=True, return_indices=True)
    return first, second


def _partial(a: Side, b: Side) -> tuple[Ints, Ints]:
    """Where an island of overlapping spans of one label begins, and how many pairs of the sides it has, one to one."""
    start, end = np.append(a.start, b.start), np.append(a.end, b.end)
    base = np.append(a.label, b.label) * (int(end.max(initial=0)) + 1)
    order = np.argsort(base + start, kind="stable")
    low, high = (base + start)[order], (base + end)[order]
    head = np.append(True, low[1:] >= np.maximum.accumulate(high)[:-1])[: len(low)]
    edges = np.append(np.flatnonzero(head), len(low))
    of_a = np.append(0, np.cumsum(order < len(a.start)))
    left = np.diff(of_a[edges])
    right = np.diff(edges) - left
    matches = np.minimum(left, right)
    for k in np.flatnonzero(matches > 1).tolist():
        members = order[edges[k] : edges[k + 1]]
        i, j = members[members < len(a.start)], members[members >= len(a.start)]
        meet = (start[i][:, None] < end[j]) & (start[j] < end[i][:, None])
        matches[k] = round(assigned(meet.astype(np.float64)))
    return start[order[edges[:-1]]], matches


def meetings(start: Ints, end: Ints, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Pairs of intervals that share a position; the second ones are in order and don't overlap."""
    first = np.searchsorted(ends, start, "right")
    n = np.searchsorted(starts, end, "left") - first
    return np.repeat(np.arange(len(start)), n), np.arange(n.sum()) + np.repeat(first - np.cumsum(n) + n, n)


def others(n: int, some: Ints) -> Ints:
    """The numbers below ``n`` that aren't among some."""
    held = np.ones(n, np.bool_)
    held[some] = False
    return np.flatnonzero(held)


def _sizes(a: Side, b: Side, bounds: Ints) -> tuple[Floats, Floats]:
    return counted(bounds, a.start), counted(bounds, b.start)


def counted(bounds: Ints, at: Ints, amounts: Ints | Floats | None = None) -> Floats:
    """How many positions lie in each unit, or the sum of their amounts."""
    unit = np.searchsorted(bounds, at, "right") - 1
    return np.bincount(unit, amounts, minlength=len(bounds) - 1).astype(np.float64)


def tabulated(bounds: Ints, at: Ints, kind: Ints, kinds: int) -> Floats:
    """How many positions of each kind lie in each unit."""
    unit = np.searchsorted(bounds, at, "right") - 1
    counts = np.bincount(unit * kinds + kind, minlength=(len(bounds) - 1) * kinds)
    return counts.reshape(len(bounds) - 1, kinds).astype(np.float64)


def _f1(sums: Floats) -> Floats:
    return ratio(2 * sums[..., 2], sums[..., 0] + sums[..., 1])


def ratio(part: Floats, whole: Floats) -> Floats:
    """NaN where the whole is nothing."""
    found: Floats = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
    return found
