"""What models cost at least, told from some of the spans, so that those that can't win are never evaluated.

A path through the states of a model (:mod:`~spanproof.text.drift.paths`) pays for each edit and for each span that none
of its states places. Whatever it does between, with ``e`` edits it places no more than the ``e + 1`` states that place
the most. Some of the spans pay no more than all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, Floats, Ints
from spanproof.text.drift.evaluation import edit_cost
from spanproof.text.drift.hypotheses import BASE, BEHIND_SURFACE, Hypotheses, Hypothesis, Stored
from spanproof.text.drift.sums import CountedPlaces, Sums, UnitSums
from spanproof.text.drift.surfaces import Candidates

_PLACES, _SPANS = 1500, 8  # that are looked at: so many places at most, but of so many spans at least
_CELLS = 1 << 19  # of an array that is computed at once
_EDITS = 7  # that are told apart; more cost as much as these at least
_PARTS = 64  # into which a row of numbers is divided to find the largest; no row has fewer
_UNLIKELY = 0.6  # of the bits of some spans: a model that leaves so many places few of the others


class _Rows(NamedTuple):
    """Hypotheses as rows of arrays.

    Attributes:
        cost: of the description of each, shape (hypotheses,).
        shift: by how much the offsets are too high at each place, shape (hypotheses, places).
        fits: which places a span fits, in the same shape; where nothing is shifted only if it fits so.
        single: of which the offsets can't be shifted or edited, shape (hypotheses,).
    """

    cost: Floats
    shift: Ints
    fits: Bools
    single: Bools


class Bounds:
    """What hypotheses about one way of writing the surfaces cost at least.

    Attributes:
        nowhere: what the spans cost that stand nowhere.
        looked_at: the places from which the bounds are told.
    """

    def __init__(self, hypotheses: Hypotheses, stored: Stored, there: Candidates) -> None:
        self._edit = edit_cost(len(hypotheses.letters.text))
        chosen = _chosen(np.bincount(there.span, minlength=len(there.counts)))
        of = chosen[there.span]
        self.looked_at = replace(there, span=there.span[of], start=there.start[of], end=there.end[of])
        placed = there.counts > 0
        self._is_part = bool((placed & ~chosen).any())
        self.nowhere = float(stored.exception[~placed].sum())
        self._total = float(stored.exception[chosen & placed].sum())
        self._bits = stored.exception[self.looked_at.span]
        self._start, self._end = stored.start[self.looked_at.span], stored.end[self.looked_at.span]
        self._size = self.looked_at.end - self.looked_at.start
        self._buckets = max(_PARTS, 1 << int(2 * len(self.looked_at.span)).bit_length())
        self._at_once = max(1, _CELLS // max(len(self.looked_at.span), self._buckets))
        self._places = CountedPlaces(hypotheses, self.looked_at, self._start, self._at_once)

    def of(self, outlined: Sequence[tuple[Hypothesis, UnitSums]], most: float) -> list[Floats]:
        """Return what hypotheses cost at least, those of each outline as an array of shape (sums,).

        Args:
            outlined: the hypotheses but for their units, and all sums of so many units that can be counted from its
                frame, by their numbers.
            most: above which the cost doesn't matter.
        """
        least: list[Floats] = [np.full(len(sums), np.inf) for _, sums in outlined]
        rows = (
            (bound[low : low + len(rows.shift)], rows)
            for bound, (outline, sums) in zip(least, outlined, strict=True)
            for low, rows in self._rows(outline, sums, most)
        )
        self._tell(rows, most)
        return least

    def of_widths(self, fits: Sequence[tuple[Hypothesis, Ints, Ints]], most: float) -> Floats:
        """Return what hypotheses about the whole text cost at least, shape (hypotheses,).

        Args:
            fits: the hypotheses but for how they count, and how the start and the end of each place are counted.
            most: above which the cost doesn't matter.
        """
        least, shifted = np.full(len(fits), np.inf), np.zeros(1, np.bool_)
        rows = (
            _Rows(np.full(1, one.cost), (self._start - low)[None], self._fits((high - low)[None], one.end), shifted)
            for one, low, high in fits
        )
        self._tell(((least[k : k + 1], row) for k, row in enumerate(rows)), most)
        return least

    def is_unlikely(self, least: float) -> bool:
        """Say whether a hypothesis that leaves so much at least surely fails on many of the other spans as well.

        That is told only of a part of many spans; of a few nothing is unlikely.
        """
        return self._is_part and least - self.nowhere > _UNLIKELY * self._total

    def _possible(self, sums: Sums, end: str) -> Bools:
        """Return which places some sum of units makes as wide as the spans are."""
        width = self._width(end)
        if end in ("points", BEHIND_SURFACE):
            same: Bools = width == self._size
            return same
        possible: Bools = (sums.narrowest <= width) & (width <= sums.widest)
        return possible

    def _fits(self, width: Ints, end: str) -> Bools:
        """Return which places the spans fit, given how wide each is counted, in the same shape.

        Args:
            width: of each place, shape (places,), or for several hypotheses (hypotheses, places).
            end: what the second number is.
        """
        if end in ("points", BEHIND_SURFACE):
            return np.broadcast_to(self._width(end) == self._size, width.shape)
        fits: Bools = width == self._width(end)
        return fits

    def _width(self, end: str) -> Ints:
        """Return how wide each place must be counted if a span stands there, given what the second number is."""
        return self._end if end in ("length", "points") else self._end + (end == "last") - self._start

    def _rows(self, outline: Hypothesis, sums: UnitSums, most: float) -> Iterator[tuple[int, _Rows]]:
        """Yield the hypotheses of an outline, those together that are computed at once, with the number of the first.

        Those that cost too much for sure are left out.
        """
        for low in range(0, len(sums), self._at_once):
            counted = self._places.counted(outline.frame, sums, low)
            possible = self._possible(counted, outline.end)
            if outline.cost + self.nowhere + float(self._beyond(possible @ self._bits)) <= most:
                fits = self._fits(counted.width, outline.end) & counted.can
                yield low, _Rows(np.full(len(fits), outline.cost), counted.shift, fits, counted.single)

    def _tell(self, waiting: Iterable[tuple[Floats, _Rows]], most: float) -> None:
        """Compute what hypotheses cost at least, and write it into arrays, of shape (hypotheses,)."""
        together: list[tuple[Floats, _Rows]] = []
        number = 0
        for bound, rows in waiting:
            if number + len(bound) > self._at_once and together:
                self._tell_together(together, most)
                together, number = [], 0
            together.append((bound, rows))
            number += len(bound)
        if together:
            self._tell_together(together, most)

    def _tell_together(self, waiting: Sequence[tuple[Floats, _Rows]], most: float) -> None:
        columns = zip(*(rows for _, rows in waiting), strict=True)
        costs = self._least(_Rows(*(np.concatenate(column) for column in columns)), most)
        for bound, _ in waiting:
            bound[:], costs = costs[: len(bound)], costs[len(bound) :]

    def _least(self, rows: _Rows, most: float) -> Floats:
        """Return what hypotheses cost at least, shape (hypotheses,); what costs more than ``most`` doesn't matter."""
        described: Floats = rows.cost + self.nowhere
        costs: Floats = described + self._beyond(rows.fits @ self._bits)
        some = np.flatnonzero((costs <= most) & ~rows.single)
        if some.size:
            costs[some] = described[some] + self._by_shifts(rows.shift[some], rows.fits[some], most - described[some])
        return costs

    def _by_shifts(self, shift: Ints, fits: Bools, most: Floats) -> Floats:
        """Return what edits and spans without a place cost at least, told from the shifts that place the most.

        Args:
            shift: by how much the offsets are too high at each place, shape (hypotheses, places).
            fits: which places a span fits, in the same shape.
            most: above which the cost of each doesn't matter.
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
