"""What models cost at least, told from some of the spans, so that those that can't win are never evaluated.

A path through the states of a model (:mod:`~spanproof.text.drift.paths`) pays for each edit and for each span that none
of its states places. Whatever it does between, with ``e`` edits it places no more than the ``e + 1`` states that place
the most. Some of the spans pay no more than all.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, Floats, Ints
from spanproof.text.drift.evaluation import edit_cost
from spanproof.text.drift.hypotheses import BASE, Hypotheses, Hypothesis, Stored
from spanproof.text.drift.surfaces import Candidates

_PLACES, _SPANS = 1500, 8  # that are looked at: so many places at most, but of so many spans at least
_CELLS = 1 << 19  # of an array that is computed at once
_EDITS = 7  # that are told apart; more cost as much as these at least
_PARTS = 64  # into which a row of numbers is divided to find the largest; no row has fewer
_UNLIKELY = 0.6  # of the bits of some spans: a model that leaves so many places few of the others


_Counts = tuple[Ints, Ints, Bools]
"""Of starts and ends of places: code points, then what each unit counts more; and where it counts; (units, places)."""


class _Sums(NamedTuple):
    """How sums of units count places.

    Attributes:
        low: the start of each place, shape (sums, places).
        high: its end, in the same shape.
        can: whether it can be counted, in the same shape.
        single: whether offsets counted so can't be shifted or edited, shape (sums,).
        narrowest: the least that a place is wide by any of the sums, shape (places,).
        widest: the most.
    """

    low: Ints
    high: Ints
    can: Bools
    single: Bools
    narrowest: Ints
    widest: Ints


class Bounds:
    """What hypotheses about one way of writing the surfaces cost at least.

    Attributes:
        nowhere: what the spans cost that stand nowhere.
        looked_at: the places from which the bounds are told.
    """

    def __init__(self, hypotheses: Hypotheses, stored: Stored, there: Candidates) -> None:
        self._hypotheses = hypotheses
        self._edit = edit_cost(len(hypotheses.letters.text))
        chosen = _chosen(np.bincount(there.span, minlength=len(there.counts)))
        of = chosen[there.span]
        self.looked_at = replace(there, span=there.span[of], start=there.start[of], end=there.end[of])
        self._kept: dict[str, _Counts] = {}
        self._summed: dict[tuple[str, int], _Sums] = {}
        placed = there.counts > 0
        self._is_part = bool((placed & ~chosen).any())
        self.nowhere = float(stored.exception[~placed].sum())
        self._total = float(stored.exception[chosen & placed].sum())
        self._bits = stored.exception[self.looked_at.span]
        self._start, self._end = stored.start[self.looked_at.span], stored.end[self.looked_at.span]
        self._buckets = max(_PARTS, 1 << int(2 * len(self.looked_at.span)).bit_length())

    def of(self, outline: Hypothesis, sums: Sequence[tuple[int, ...]], most: float) -> Floats:
        """Return what hypotheses cost at least, shape (sums,).

        Args:
            outline: the hypotheses but for their units.
            sums: all sums of so many units that can be counted from its frame, by their numbers.
            most: above which the cost doesn't matter.
        """
        rows = max(1, _CELLS // max(len(self.looked_at.span), self._buckets))
        if len(sums) <= rows:
            key = outline.frame, len(sums[0]) if sums else 0
            if key not in self._summed:
                self._summed[key] = self._sums(outline.frame, sums)
            return self._of(outline, self._summed[key], most)
        parts = (self._sums(outline.frame, sums[k : k + rows]) for k in range(0, len(sums), rows))
        return np.concatenate([self._of(outline, part, most) for part in parts])

    def _of(self, outline: Hypothesis, sums: "_Sums", most: float) -> Floats:
        possible = self._possible(sums, outline.end)
        if outline.cost + self.nowhere + float(self._beyond(possible @ self._bits)) > most:
            return np.full(len(sums.low), np.inf)
        shift, fits = self._fits(sums.low, sums.high, outline.end)
        return self._least(outline.cost, shift, fits & sums.can & ((shift == 0) | ~sums.single[:, None]), most)

    def of_one(self, hypothesis: Hypothesis, most: float) -> float:
        """Return what a hypothesis about the whole text costs at least.

        Args:
            hypothesis: the hypothesis.
            most: above which the cost doesn't matter.
        """
        low, high = hypothesis.counting.start[self.looked_at.start], hypothesis.counting.end[self.looked_at.end]
        return float(self._least(hypothesis.cost, *self._fits(low[None], high[None], hypothesis.end), most)[0])

    def is_unlikely(self, least: float) -> bool:
        """Say whether a hypothesis that leaves so much at least surely fails on many of the other spans as well.

        That is told only of a part of many spans; of a few nothing is unlikely.
        """
        return self._is_part and least - self.nowhere > _UNLIKELY * self._total

    def _possible(self, sums: _Sums, end: str) -> Bools:
        """Return which places some sum of units makes as wide as the spans are."""
        if end == "points":
            fits: Bools = self._end == self.looked_at.end - self.looked_at.start
            return fits
        width = self._end if end == "length" else self._end + (end == "last") - self._start
        possible: Bools = (sums.narrowest <= width) & (width <= sums.widest)
        return possible

    def _fits(self, low: Ints, high: Ints, end: str) -> tuple[Ints, Bools]:
        """Return by how much offsets are too high at the places, and which places the spans fit.

        Args:
            low: how the start of each place is counted, shape (hypotheses, places).
            high: how its end is counted, in the same shape.
            end: what the second number is.
        """
        shift = self._start - low
        if end == "length":
            return shift, self._end == high - low
        if end == "points":
            return shift, np.broadcast_to(self._end == self.looked_at.end - self.looked_at.start, low.shape)
        return shift, self._end + (end == "last") - high == shift

    def _least(self, cost: float, shift: Ints, fits: Bools, most: float) -> Floats:
        """Return what hypotheses cost at least, shape (hypotheses,).

        Args:
            cost: of the description of each.
            shift: by how much the offsets are too high at each place, shape (hypotheses, places).
            fits: which places a span fits, in the same shape.
            most: above which the cost doesn't matter.
        """
        costs: Floats = cost + self.nowhere + self._beyond(fits @ self._bits)
        some = np.flatnonzero(costs <= most)
        if some.size:
            costs[some] = cost + self.nowhere + self._by_shifts(shift[some], fits[some], most - cost - self.nowhere)
        return costs

    def _by_shifts(self, shift: Ints, fits: Bools, most: float) -> Floats:
        """Return what edits and spans without a place cost at least, told from the shifts that place the most.

        Args:
            shift: by how much the offsets are too high at each place, shape (hypotheses, places).
            fits: which places a span fits, in the same shape.
            most: above which the cost doesn't matter.
        """
        row, at = np.nonzero(fits)
        # Numbers that share a bucket count as one, which makes the bound no greater.
        keys = row * self._buckets + (shift[row, at] & (self._buckets - 1))
        flat = np.bincount(keys, self._bits[at], len(fits) * self._buckets)
        weights = flat.astype(np.float64, copy=False).reshape(len(fits), self._buckets)
        sound, best = self._left(weights[:, 0]), weights.max(1)
        bound: Floats = np.minimum(np.minimum(sound, BASE + self._left(best)), self._edit + self._left(2 * best))
        bound = np.minimum(bound, 2 * self._edit)
        near = np.flatnonzero(bound <= most)
        if not near.size:
            return bound
        top = _largest(weights[near], _EDITS + 1).cumsum(1)
        least: Floats = np.minimum(sound[near], BASE + self._left(top[:, 0]))
        for edits in range(1, _EDITS + 1):
            least = np.minimum(least, edits * self._edit + self._left(top[:, edits]))
        bound[near] = np.minimum(least, (_EDITS + 1) * self._edit)
        return bound

    def _beyond(self, placed: Floats) -> Floats:
        """Return what any path costs at least, given what all places that fit would save.

        No path places more than they do, and beyond so many edits the bound is the same.
        """
        beyond: Floats = np.minimum(self._left(placed), (_EDITS + 1) * self._edit)
        return beyond

    def _left(self, placed: Floats) -> Floats:
        """Return what spans cost that have no place, given those that have one."""
        left: Floats = np.maximum(self._total - placed, 0)
        return left

    def _sums(self, frame: str, sums: Sequence[tuple[int, ...]]) -> "_Sums":
        """Return how starts and ends of the places are counted by sums of units."""
        if frame not in self._kept:
            self._kept[frame] = self._units(frame)
        low, high, can = self._kept[frame]
        of = np.array(sums, np.int64).reshape(len(sums), -1) + 1
        whole = np.array([frame == "text", *(alike[0].sums for alike, _ in self._hypotheses.counted)], np.bool_)
        single = ~(whole[0] & whole[of].all(1))
        lows, highs, cans = low[0], high[0], can[0]
        for column in of.T:
            lows, highs, cans = lows + low[column], highs + high[column], cans & can[column]
        shape = len(sums), len(low[0])
        width = np.broadcast_to(highs - lows, shape)
        low, high, can = np.broadcast_to(lows, shape), np.broadcast_to(highs, shape), np.broadcast_to(cans, shape)
        return _Sums(low, high, can, single, width.min(0), width.max(0))

    def _units(self, frame: str) -> "_Counts":
        """Return how starts and ends are counted in code points, then by how much more each unit counts."""
        start, end = self.looked_at.start, self.looked_at.end
        bases = self._hypotheses.bases(frame)
        if bases.size:
            if "text" not in self._kept:
                self._kept["text"] = self._units("text")
            low, high, can = self._kept["text"]
            base = bases[start]
            first = np.stack([base, *(counting.start[base] - base for _, counting in self._hypotheses.counted)])
            return low - first, high - first, can
        lows, highs, cans = [start], [end], [np.ones(len(start), np.bool_)]
        for _, counting in self._hypotheses.counted:
            lows.append(counting.start[start] - start)
            highs.append(counting.end[end] - end)
            masks = [mask[at] for mask, at in ((counting.starts, start), (counting.ends, end)) if mask is not None]
            cans.append(np.logical_and.reduce(masks) if masks else cans[0])
        return np.stack(lows), np.stack(highs), np.stack(cans)


def _largest(rows: Floats, number: int) -> Floats:
    """Return the largest numbers of each row, the largest first.

    They are in the parts of the row with the largest greatest numbers, of which there are as many at most.

    Args:
        rows: shape (rows, a multiple of the parts).
        number: how many; fewer than the parts.
    """
    parts = rows.reshape(len(rows), -1, _PARTS)
    best = np.argpartition(parts.max(1), -number, 1)[:, -number:]
    some = np.take_along_axis(parts, best[:, None], 2).reshape(len(rows), -1)
    largest: Floats = np.sort(np.partition(some, -number, 1)[:, -number:], 1)[:, ::-1]
    return largest


def _chosen(counts: Ints) -> Bools:
    """Return which spans are looked at: those with the fewest places, from all over the document."""
    chosen = np.zeros(len(counts), np.bool_)
    order = np.random.default_rng(0).permutation(len(counts))
    order = order[np.argsort(counts[order], kind="stable")]
    order = order[counts[order] > 0]
    chosen[order[: max(_SPANS, int((counts[order].cumsum() <= _PLACES).sum()))]] = True
    return chosen
