"""Where else a deletion may lie, and which spans it took then, though the model has places for them.

A deletion takes the mentions of its stretch away, and the spans behind it count too much. If it lies elsewhere, spans
that seem to stand behind it (or before it) are gone, and namesakes stand where they would be. That is a matter of
chance, the likelier the more often a surface occurs: in a text of two different words it takes a bit a span.
"""

from itertools import pairwise

import numpy as np

from spanproof.arrays import Bools, Floats, Ints
from spanproof.text.drift.evaluation import Result, edit_cost
from spanproof.text.drift.hypotheses import BASE

WORD = 6
"""Code points of a text for each place where a surface may begin."""
_CERTAIN = 0.25  # bits of the chance that a surface stands somewhere of which the text is full
_GONE = 2.0  # bits of a span that is gone though the deletion didn't take it
_IN_A_ROW = 2  # spans without a place; where more are, the text was edited


def taken_elsewhere(result: Result, most: float) -> Bools:
    """Return which spans a deletion may have taken if it lies elsewhere, or may have left at another place.

    Args:
        result: what a model makes of the spans.
        most: the bits by which a model that says so may be longer.

    Returns:
        For each span whether it may be so, shape (spans,).
    """
    taken = np.zeros(len(result.start), np.bool_)
    rows = np.flatnonzero(result.start >= 0)
    if result.hypothesis.single or not rows.size:
        return taken
    changes = [0, *(np.flatnonzero(np.diff(result.shift[rows])) + 1).tolist(), len(rows)]
    beyond = edit_cost(len(result.hypothesis.counting.start) - 1) - BASE
    for low, (at, high) in zip([0, *changes], pairwise(changes), strict=False):
        stretch = _Stretch(result, rows[low:high], at - low)
        if stretch.size > 0:
            taken[rows[low:high]] |= stretch.taken(most if at else most - beyond)
    return taken


def taken_beside(result: Result, most: float) -> Bools:
    """Return which spans another edit may have taken, at an end of a text or where edits or misses show that it was.

    At an end nothing beyond tells of one more edit, nor does an edit that lies next to another one. Where spans in a
    row have no place there is an edit that the model doesn't know.

    Args:
        result: what a model makes of the spans.
        most: the bits of the chance that as many surfaces stand where they would be.

    Returns:
        For each span whether it may be so, shape (spans,).
    """
    rows = np.flatnonzero(result.start >= 0)
    taken = np.zeros(len(result.start), np.bool_)
    edits = np.flatnonzero(np.diff(result.shift[rows]) != 0) + 1
    missing = np.diff(np.concatenate((np.full(1, -1), rows, np.full(1, len(taken))))) - 1
    gaps = np.setdiff1d(np.flatnonzero(missing > _IN_A_ROW), edits)
    counts = result.hypothesis.candidates.counts[rows]
    known = _GONE + np.log2(len(result.hypothesis.counting.start) / np.maximum(counts, 1))
    for at in [0, *edits.tolist(), len(rows)] if len(edits) else []:
        taken[rows[_around(known, at, most)]] = True
    if not len(edits) and rows.size:
        taken[rows[_around(known, 0, most)]] |= _have_nearer_places(result)[rows[_around(known, 0, most)]]
    likely = chance(result)[rows]
    for at in gaps.tolist():
        taken[rows[_around(likely, at, most - _GONE)]] = True
    return taken


def _have_nearer_places(result: Result) -> Bools:
    """Return which spans have a place nearer to their offsets than the one that a shift of all offsets leads to.

    The first of them may belong there, in front of an edit that the shift is.
    """
    there = result.hypothesis.candidates
    nearer = np.abs(there.start - result.offset[there.span]) < np.abs(result.shift[there.span])
    return np.bincount(there.span[nearer], minlength=len(result.start)) > 0


def _around(bits: Floats, at: int, most: float) -> slice:
    """Return which spans have fewer bits than some, together with those between them and a border."""
    far = int(most / _CERTAIN)
    sides = bits[max(0, at - far) : at][::-1], bits[at : at + far]
    before, behind = (int((side.cumsum() < most).sum()) for side in sides)
    return slice(at - before, at + behind)


class _Stretch:
    """The spans that have places on both sides of an edit, up to the edits before and behind it.

    Attributes:
        size: what was deleted there, as it is counted; below 0 where something was inserted.
    """

    def __init__(self, result: Result, rows: Ints, behind: int) -> None:
        """Look at an edit.

        Args:
            result: what a model makes of the spans.
            rows: the spans.
            behind: which of them is the first behind the edit; 0 for one at the start of the text. There a shift by a
                few code points is no deletion, so that only what takes a span as a whole takes it.
        """
        counting = result.hypothesis.counting
        shifts = int(result.shift[rows[behind - 1]]) if behind else 0, int(result.shift[rows[behind]])
        self.size = shifts[1] - shifts[0]
        self._first = result.shift[rows] + counting.start[result.start[rows]]
        self._last = result.shift[rows] + counting.end[result.stop[rows]]
        self._behind, self._whole = np.arange(len(rows)) >= behind, not behind
        self._bits = chance(result)[rows]
        other = np.where(self._behind, *shifts)
        column = np.minimum(np.searchsorted(result.states, other), len(result.states) - 1)
        matched = (result.states[column] == other) & (result.place[rows, column] >= 0)
        self._left = np.where(matched, 0.0, self._bits + _GONE)

    def taken(self, most: float) -> Bools:
        """Return which of the spans the deletion may have taken if it lies elsewhere, for some bits at most."""
        at = np.unique(np.concatenate((self._first, self._last - self.size, self._first - self.size, self._last)))
        cost = self._passed(self._behind, self._first, at)
        cost += self._passed(~self._behind, -self._last, -(at + self.size))
        # What starts in the stretch and ends in it is taken; what does one of the two is cut.
        starts, ends = np.sort(self._first), np.sort(self._last)
        if self._whole:
            low, high = np.searchsorted(starts, at), np.searchsorted(ends, at + self.size, "right")
        else:
            low, high = np.searchsorted(ends, at, "right"), np.searchsorted(starts, at + self.size)
        bits = np.concatenate((np.zeros(1), self._bits.cumsum()))
        high = np.maximum(low, high)
        cost += bits[high] - bits[low]
        likely = cost < most
        covered = np.zeros(len(bits), np.int64)
        np.add.at(covered, low[likely], 1)
        np.add.at(covered, high[likely], -1)
        taken = covered[:-1].cumsum() > 0
        # Those that such a deletion is put behind, or before, stand elsewhere if they have a place there.
        if likely.any():
            passed = np.where(self._behind, self._first < at[likely].max(), self._last > at[likely].min() + self.size)
            taken |= passed & (self._left == 0)
        return taken

    def _passed(self, those: Bools, offset: Ints, at: Ints) -> Floats:
        """Return what the spans cost that come to stand on the other side of the deletion, shape (places,)."""
        order = np.argsort(offset[those], kind="stable")
        costs = np.concatenate((np.zeros(1), self._left[those][order].cumsum()))
        passed: Floats = costs[np.searchsorted(offset[those][order], at)]
        return passed


def chance(result: Result) -> Floats:
    """Return the bits of the chance that a surface begins where a span has its place, shape (spans,).

    They are what it takes to say the surface of a span that a deletion took: no place tells it, but all others do.
    """
    counts = result.hypothesis.candidates.counts
    words = max(1, len(result.hypothesis.counting.start) // WORD)
    bits: Floats = np.maximum(np.log2(words / np.maximum(counts, 1)), _CERTAIN)
    return bits
