"""Stretches between edits: which of them too few spans confirm, and which stand elsewhere too."""

from itertools import pairwise

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.text.drift.evaluation import Result

BESIDE = 2
"""Spans on each side of a deletion that aren't proved."""
CONFIRMED = 3
"""Spans that a stretch must place at least."""
_PER_MISS = 2  # spans more for each that it doesn't place
_ALIKE = 0.8  # share of the spans of a stretch that stand elsewhere too, by the same distance, if it repeats itself


def uncertain(result: Result) -> Bools:
    """Return which spans lie in a stretch that too few confirm, or beside an edit that leaves some or can't be."""
    doubtful = np.zeros(len(result.start), np.bool_)
    rows = np.flatnonzero(result.start >= 0)
    edits = np.flatnonzero(np.diff(result.shift[rows])) + 1
    # Several in a row without a place may be where an edit is that no model names.
    gaps = np.flatnonzero(np.diff(rows) > BESIDE) + 1
    if not len(edits) and len(rows) == len(doubtful):
        return doubtful
    bounds = [0, *np.union1d(edits, gaps).tolist(), len(rows)]
    for first, last in pairwise(bounds):
        low = rows[first - 1] + 1 if first else 0
        high = rows[last] if last < len(rows) else len(doubtful)
        if last - first < CONFIRMED + _PER_MISS * (high - low - (last - first)):
            doubtful[low:high] = True
    for k in edits.tolist():
        if rows[k] > rows[k - 1] + 1:
            doubtful[rows[max(0, k - BESIDE) : k + BESIDE]] = True
    return doubtful | _contradictory(result, rows, edits)


def _contradictory(result: Result, rows: Ints, edits: Ints) -> Bools:
    """Return which spans lie in the stretches on both sides of an edit that no edit can be: places overlap across it.

    Args:
        result: of a model.
        rows: the spans that have a place.
        edits: which of them are the first behind an edit.
    """
    contradictory = np.zeros(len(result.start), np.bool_)
    bounds = [0, *edits.tolist(), len(rows)]
    for first, k, last in zip(bounds, bounds[1:], bounds[2:], strict=False):
        if result.start[rows[k]] < result.stop[rows[k - 1]]:
            contradictory[rows[first:last]] = True
    return contradictory


def repeated(result: Result) -> Bools:
    """Return which spans lie in a stretch between edits that stands elsewhere too, if the model leaves some spans.

    In a text that repeats itself offsets tell where a stretch is but for a period or two; what tells which is that all
    spans have a place.
    """
    again = np.zeros(len(result.start), np.bool_)
    if (result.start >= 0).all():
        return again
    there, counted = result.hypothesis.candidates, result.hypothesis.counting.start
    stretch = np.cumsum(np.diff(result.shift, prepend=result.shift[0]) != 0)
    of = (result.start[there.span] >= 0) & (there.start != result.start[there.span])
    lag = counted[there.start[of]] - counted[result.start[there.span[of]]]
    pairs, votes = np.unique(np.stack((stretch[there.span[of]], lag)), axis=1, return_counts=True)
    sizes = np.bincount(stretch[result.start >= 0], minlength=int(stretch[-1]) + 1)
    alike = np.unique(pairs[0][votes >= _ALIKE * sizes[pairs[0]]])
    again[np.isin(stretch, alike)] = True
    return again
