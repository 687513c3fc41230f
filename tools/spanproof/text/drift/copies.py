"""Edits that may as well lie elsewhere, since what was put into the text is a copy of what stands beside it.

``met Oslo met Oslo`` is ``met Oslo`` with the words put in before it, behind it, or anywhere within it: the texts are
one. Which of the two mentions is the annotated one, or whether the edit cut it, no text can tell. Nor where what was
put in at one place is several things, of which one is a copy.
"""

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.text.drift.evaluation import Result
from spanproof.text.letters import Letters

_LEAST = 8  # code points of a copy that is a part of what was put in; less may be alike by chance


def beside_copies(letters: Letters, result: Result) -> Bools:
    """Return which spans stand where an edit that put words in may lie as well, shape (spans,).

    Args:
        letters: the text.
        result: what a model makes of the spans.
    """
    beside = np.zeros(len(result.start), np.bool_)
    rows = np.flatnonzero(result.start >= 0)
    counted = result.hypothesis.counting.start
    if result.hypothesis.single or (np.diff(counted) < 0).any():
        return beside
    start, stop = result.start[rows], result.stop[rows]
    inserted = -np.diff(result.shift[rows], prepend=0)
    for k in np.flatnonzero(inserted > 0).tolist():
        first = int(start[k])
        low = int(np.searchsorted(counted, counted[first] - inserted[k], "right")) - 1
        behind = first + _alike(letters.points[max(low, 0) :], letters.points[first:]) if low >= 0 else first
        behind = max(behind, first + _copied(letters.points[:first], letters.points[first:], first - max(low, 0)))
        beside[rows[k:]] |= start[k:] < behind
        if k:
            last = int(stop[k - 1])
            high = int(np.searchsorted(counted, counted[last] + inserted[k]))
            before = last - _alike(letters.points[:last][::-1], letters.points[:high][::-1])
            copied = _copied(letters.points[last:][::-1], letters.points[:last][::-1], high - last)
            before = min(before, last - copied)
            beside[rows[:k]] |= stop[:k] > before
    return beside


def _copied(before: Ints, behind: Ints, most: int) -> int:
    """Return how far a text goes on that repeats what stands before it, whole copies of it alone.

    Args:
        before: the code points before it.
        behind: its code points.
        most: code points that a copy has at most.
    """
    size = min(most, len(before))
    same = np.flatnonzero(before[len(before) - size :] == behind[0]) if len(behind) else np.zeros(0, np.int64)
    far = 0
    for period in (size - same).tolist():
        if period < _LEAST:
            continue
        at = len(before) - period
        around = np.concatenate((before[at:], behind))
        ahead = _alike(around, behind)
        if ahead + _alike(before[:at][::-1], before[::-1]) >= period:
            far = max(far, ahead)
    return far


def _alike(one: Ints, other: Ints) -> int:
    """Return how many code points two texts have in common at their beginning."""
    size = min(len(one), len(other))
    differ = np.flatnonzero(one[:size] != other[:size])
    return int(differ[0]) if differ.size else size
