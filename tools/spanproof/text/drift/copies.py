"""Edits that may as well lie elsewhere, since what was put into the text is a copy of what stands beside it.

``met Oslo met Oslo`` is ``met Oslo`` with the words put in before it, behind it, or anywhere within it: the texts are
one. Which of the two mentions is the annotated one, or whether the edit cut it, no text can tell. Nor where what was
put in at one place is several things, of which one is a copy: a reply that quotes what it answers puts a mark before
it. What is known of an edit is the sum of what was put in and taken out there; at the end of an edited text, and where
spans have no place, not even that.
"""

from collections.abc import Iterator

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.text.drift.evaluation import Result
from spanproof.text.drift.stretches import BESIDE
from spanproof.text.letters import Letters

_LEAST = 8  # code points of a copy that is a part of what was put in; less may be alike by chance
_MARKS = 1.5  # times as long as a copy is what was put in with it
_FAR = 4_096  # code points between a copy and what it is one of, at most


def beside_copies(letters: Letters, result: Result, proved: Bools, placed: Bools) -> Bools:
    """Return which spans stand where an edit that put words in may lie as well, shape (spans,).

    Args:
        letters: the text.
        result: what a model makes of the spans.
        proved: which spans are proved to stand where the model puts them, but for this.
        placed: which have a place, in this model or that of another origin, or are right as they are stored.
    """
    beside = np.zeros(len(result.start), np.bool_)
    rows = np.flatnonzero(result.start >= 0)
    start, stop, points = result.start[rows], result.stop[rows], letters.points
    counted, shift = result.hypothesis.counting.start, result.shift[rows]
    if _may_be_one_edit(result, rows):
        counted, shift = np.arange(len(points) + 1), result.offset[rows] - start
    elif result.hypothesis.single or (np.diff(counted) < 0).any():
        return beside
    for border, inserted in _borders(shift, rows, placed):
        if border < len(rows):
            k = border + _first(proved[rows[border:]])
            first = int(start[k])
            low = int(np.searchsorted(counted, counted[first] - inserted, "right")) - 1
            turned = _alike(points[low:], points[first:]) if inserted > 0 and low >= 0 else 0
            far = max(low if border == 0 and inserted else first - _FAR, 0)
            behind = first + max(turned, _copied(points[far:first], points[first:]))
            beside[rows[k:]] |= start[k:] < behind
        if border:
            k = border - _first(proved[rows[:border]][::-1])
            last = int(stop[:k].max())
            high = int(np.searchsorted(counted, counted[last] + inserted))
            turned = _alike(points[:last][::-1], points[:high][::-1]) if inserted > 0 else 0
            before = last - max(turned, _copied(points[last : last + _FAR][::-1], points[:last][::-1]))
            beside[rows[:k]] |= stop[:k] > before
    return beside


def _may_be_one_edit(result: Result, rows: Ints) -> bool:
    """Say whether offsets are right up to some row, and off by one number from there on, whatever the model says."""
    start, stop, counting = result.start[rows], result.stop[rows], result.hypothesis.counting
    off = result.offset[rows] - start
    as_wide = counting.end[stop] - counting.start[start] == stop - start
    return bool(len(rows) and as_wide.all() and off[0] == 0 and (np.diff(off) != 0).sum() == 1)


def _first(proved: Bools) -> int:
    """Return how many spans beside a border aren't proved, before one that is; 0 where they are many."""
    return int(proved[: BESIDE + 1].argmax())


def _borders(shift: Ints, rows: Ints, placed: Bools) -> Iterator[tuple[int, int]]:
    """Yield the first row behind each edit that there is or may be, and how much was put in there; 0 if unknown.

    Args:
        shift: by how much the offsets of each row are too high.
        rows: the spans that the model places.
        placed: which have a place at all.
    """
    inserted = -np.diff(shift, prepend=0)
    lacking = np.concatenate((np.zeros(1, np.int64), np.cumsum(~placed)))
    missing = np.diff(lacking[np.append(rows, len(placed))], prepend=0)
    edits = np.append(inserted != 0, (inserted[1:] != 0).any())
    for border in np.flatnonzero(edits | (missing > 0)).tolist():
        yield border, int(inserted[border]) if border < len(rows) else 0


def _copied(before: Ints, behind: Ints) -> int:
    """Return how far a text goes on that repeats what stands before it, but for marks beside the copy.

    Args:
        before: the code points before it.
        behind: its code points.
    """
    size, far = len(before), 0
    for at in _begun(before, behind).tolist():
        around = np.concatenate((before[at:], behind[: size - at + _FAR]))
        ahead = _alike(around, behind)
        if _MARKS * (ahead + _alike(before[:at][::-1], before[::-1])) >= max(size - at, _MARKS * _LEAST):
            far = max(far, ahead)
    return far


def _begun(before: Ints, behind: Ints) -> Ints:
    """Return where in a text some code points around are those around its end, the next one among them."""
    text = np.pad(np.concatenate((before, behind[:_LEAST])), _LEAST, constant_values=-1)
    windows = np.lib.stride_tricks.sliding_window_view(text, 2 * _LEAST)
    same: Ints = np.flatnonzero(before == windows[len(before), _LEAST])
    alike = windows[same] == windows[len(before)]
    ahead, back = (
        np.logical_and.accumulate(side, 1).sum(1) for side in (alike[:, _LEAST:], alike[:, :_LEAST][:, ::-1])
    )
    begun: Ints = same[ahead + back >= _LEAST]
    return begun


def _alike(one: Ints, other: Ints) -> int:
    """Return how many code points two texts have in common at their beginning."""
    size = min(len(one), len(other))
    differ = np.flatnonzero(one[:size] != other[:size])
    return int(differ[0]) if differ.size else size
