"""How sums of known units count places, as arrays."""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.text.drift.hypotheses import Hypotheses, can_be_shifted
from spanproof.text.drift.surfaces import Candidates

UnitSums = Sequence[tuple[int, ...]]
"""Sums of units, by the numbers of these."""
_Counts = tuple[Ints, Ints, Bools]
"""Of starts and ends of places: code points, then what each unit counts more; and where it counts; (units, places)."""


class Sums(NamedTuple):
    """How sums of units count places of spans.

    Attributes:
        shift: by how much the first offset of a span is too high at each place, shape (sums, places).
        width: how wide the place is, in the same shape.
        can: whether a span can stand there, in the same shape.
        single: whether offsets counted so can't be shifted or edited, shape (sums,).
        narrowest: the least that a place is wide by any of the sums, shape (places,).
        widest: the most.
    """

    shift: Ints
    width: Ints
    can: Bools
    single: Bools
    narrowest: Ints
    widest: Ints


class CountedPlaces:
    """Places of spans, with how sums of units count them."""

    def __init__(self, hypotheses: Hypotheses, places: Candidates, start: Ints, at_once: int) -> None:
        """Take places and what counts them.

        Args:
            hypotheses: have the units that count the text.
            places: some places.
            start: the first offset of the span of each.
            at_once: how many sums are worked out at once.
        """
        self._hypotheses, self._places, self._start, self._at_once = hypotheses, places, start, at_once
        self._kept: dict[str, _Counts] = {}
        self._summed: dict[tuple[str, int, int], Sums] = {}

    def counted(self, frame: str, sums: UnitSums, first: int) -> Sums:
        """Return how sums of units count the places, from one of them on; that is kept where it is all of them."""
        if len(sums) > self._at_once:
            return self._sums(frame, sums[first : first + self._at_once])
        key = frame, len(sums[0]), len(sums)
        if key not in self._summed:
            self._summed[key] = self._sums(frame, sums)
        return self._summed[key]

    def _sums(self, frame: str, sums: UnitSums) -> Sums:
        """Return how sums of units count the places."""
        if frame not in self._kept:
            self._kept[frame] = self._units(frame)
        lows, highs, counts = self._kept[frame]
        of = np.array(sums, np.int64).reshape(len(sums), -1) + 1
        single = np.full(len(of), frame != "text") | ~self._whole[of].all(1)
        low, high, can = lows[:1], highs[:1], counts[:1]
        for column in of.T:
            low, high, can = low + lows[column], high + highs[column], np.logical_and(can, counts[column])
        shift, width = self._start - low, high - low
        can = np.logical_and(can, (shift == 0) | ~single[:, None])
        return Sums(shift, width, can, single, width.min(0), width.max(0))

    @functools.cached_property
    def _whole(self) -> Bools:
        """Return whether offsets can be shifted that count code points, then whether those of each unit can."""
        return np.array([True, *(can_be_shifted(alike) for alike, _ in self._hypotheses.counted)], np.bool_)

    def _units(self, frame: str) -> _Counts:
        """Return how starts and ends are counted in code points, then by how much more each unit counts."""
        start, end = self._places.start, self._places.end
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
