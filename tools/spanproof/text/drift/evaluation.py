"""What a model makes of the spans of a text: where it puts each, what that costs, and what speaks against it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spanproof.arrays import Bools, Floats, Ints
from spanproof.text.drift.hypotheses import BASE, BEHIND_SURFACE, Hypothesis, Stored
from spanproof.text.drift.paths import Path, Shifted, cheapest, cheapest_in_order, least_cost

STATES = 24
"""How many numbers by which offsets may be too high are tried, those that fit the longest rows of spans."""
ORDERED = 6_000  # spans times numbers for which the order of places is kept at any cost


@dataclass(frozen=True)
class Result:
    """What a hypothesis makes of the spans, as arrays of shape (spans,).

    Attributes:
        hypothesis: the hypothesis.
        cost: of its description, its edits and what it doesn't place.
        shift: by how much the offsets of each span are too high beyond what the units say.
        start: where each belongs; -1 where it has no place.
        stop: the code point after its last; -1 where it has no place.
        taken: whether it has no place since a deletion took its stretch of the text away.
        several: whether it has more than one place.
        rival: how much more it costs if the span has another place.
        gone: how much more it costs if the text was edited so that it has none.
        states: by how much offsets may be too high, shape (states,).
        least: how much more it costs if they are so in some stretch, shape (states,).
        place: the candidate where each stands where they are so, shape (spans, states); -1 where it has no place.
        exception: what it costs if each has no place.
        offset: the first offset of each as stored.
    """

    hypothesis: Hypothesis
    cost: float
    shift: Ints
    start: Ints
    stop: Ints
    taken: Bools
    several: Bools
    rival: Floats
    gone: Floats
    states: Ints
    least: Floats
    place: Ints
    exception: Floats
    offset: Ints


def edit_cost(size: int) -> float:
    """Return what it costs to say that a text of so many code points was edited at one place."""
    return 12 + float(np.log2(size + 1))


def evaluate(
    hypothesis: Hypothesis, stored: Stored, bases: Ints, most: float, states: Ints | None = None
) -> Result | None:
    """Return what a hypothesis makes of spans; None if that costs more than ``most``.

    Args:
        hypothesis: the hypothesis.
        stored: the spans.
        bases: for a frame, where it begins for each boundary of the text; empty otherwise.
        most: what it may cost.
        states: by how much offsets may be too high; by default 0 and what several spans vote for.
    """
    span, shift, at = fits(hypothesis, stored, bases)
    if hypothesis.cost + _left(stored, span) > most:
        return None
    states = _states(span, shift, hypothesis.single) if states is None else states
    column = np.searchsorted(states, shift)
    kept = column < len(states)
    kept[kept] = states[column[kept]] == shift[kept]
    span, column, at = span[kept], column[kept], at[kept]
    place = np.full((len(stored.start), len(states)), -1, np.int64)
    if hypothesis.cost + _left(stored, span) > most:
        return None
    number = np.bincount(span * len(states) + column, minlength=place.size).reshape(place.shape)
    place[span, column] = at
    first = np.where(states == 0, 0.0, BASE)
    edit = edit_cost(len(hypothesis.counting.start) - 1)
    if hypothesis.cost + least_cost(place, stored.exception, first, edit) > most:
        return None
    path = cheapest(place, stored.exception, first, edit)
    if hypothesis.cost + path.cost > most:
        return None
    result = _result(hypothesis, stored, path, place, number, states)
    # No edit brings what stood later to an earlier place, or to the same.
    order = np.diff(result.start[result.start >= 0])
    moves = np.diff(result.shift[result.start >= 0]) != 0
    if hypothesis.single or (order >= moves).all():
        return result
    sound = result if (order >= 0).all() else None
    if place.size > ORDERED:
        return sound
    strict = cheapest_in_order(place, stored.exception, first, edit, Shifted(stored.start, states, stored.exception))
    if hypothesis.cost + strict.cost > most:
        return sound
    if sound:
        strict = _also_against(strict, path, place)
    result = _result(hypothesis, stored, strict, place, number, states)
    return result if (np.diff(result.start[result.start >= 0]) >= 0).all() else sound


def _left(stored: Stored, placed: Ints) -> float:
    """Return what it costs that spans have no place, given the numbers of those that have one."""
    left = np.ones(len(stored.start), np.bool_)
    left[placed] = False
    return float(stored.exception[left].sum())


def _also_against(path: Path, other: Path, place: Ints) -> Path:
    """Return a path with the places of another one that costs no more among its rivals.

    Args:
        path: the path.
        other: the other one.
        place: where each span stands in each state, shape (spans, states).
    """
    rows = np.arange(len(place))
    here, there = (np.where(of.placed, place[rows, of.state], -1) for of in (path, other))
    against = np.where((there >= 0) & (there != here), other.cost, other.rival)
    return replace(path, rival=np.minimum(path.rival, np.maximum(against, path.cost)))


def _result(hypothesis: Hypothesis, stored: Stored, path: Path, place: Ints, number: Ints, states: Ints) -> Result:
    rows = np.arange(len(place))
    chosen = np.where(path.placed, place[rows, path.state], -1)
    start, stop = np.full(len(place), -1), np.full(len(place), -1)
    placed = chosen >= 0
    start[placed], stop[placed] = hypothesis.candidates.start[chosen[placed]], hypothesis.candidates.end[chosen[placed]]
    several = number[rows, path.state] > 1
    rival, gone = path.rival - path.cost, path.gone - path.cost
    shift = states[path.state]
    taken = _taken(stored.start, shift, placed, int(hypothesis.counting.start[-1]))
    cost, least = hypothesis.cost + path.cost, path.least - path.cost
    exception, offset = stored.exception, stored.start
    return Result(
        hypothesis, cost, shift, start, stop, taken, several, rival, gone, states, least, place, exception, offset
    )


def _taken(offset: Ints, shift: Ints, placed: Bools, size: int) -> Bools:
    """Return which spans stood in a stretch that was deleted: at a place where offsets become too high, or at the end.

    Args:
        offset: the first offset of each span as stored.
        shift: by how much the offsets of each are too high.
        placed: which have a place.
        size: of the text, in the unit of the offsets.
    """
    taken = np.zeros(len(offset), np.bool_)
    rows = np.flatnonzero(placed)
    if not rows.size or placed.all():
        return taken
    deleted = np.diff(shift[rows], prepend=0)
    before = np.concatenate((np.full(1, -1), rows[:-1]))
    for low, high, more in zip((before + 1).tolist(), rows.tolist(), deleted.tolist(), strict=True):
        taken[low:high] = more > 0 and low < high and offset[high - 1] - offset[low] < more
    last = int(rows[-1])
    taken[last + 1 :] = offset[last + 1 :] - shift[last] >= size
    return taken


def alike(results: Sequence[Result]) -> list[Result]:
    """Return those that put every span where the first one does, itself among them."""
    best = results[0]
    return [one for one in results if (one.start == best.start).all() and (one.stop == best.stop).all()]


def scattered(result: Result, those: Bools) -> Result:
    """Return a result about some of the spans as one about all, of which the others have no place."""
    row = np.maximum(np.cumsum(those) - 1, 0)
    return replace(
        result,
        shift=result.shift[row],
        start=np.where(those, result.start[row], -1),
        stop=np.where(those, result.stop[row], -1),
        taken=those & result.taken[row],
        several=those & result.several[row],
        rival=result.rival[row],
        gone=result.gone[row],
        place=np.where(those[:, None], result.place[row], -1),
        exception=result.exception[row],
        offset=result.offset[row],
    )


def fits(hypothesis: Hypothesis, stored: Stored, bases: Ints) -> tuple[Ints, Ints, Ints]:
    """Return which spans fit which candidates, by how much their offsets are then too high, and the candidates.

    Args:
        hypothesis: the hypothesis.
        stored: the spans.
        bases: for a frame, where it begins for each boundary of the text; empty otherwise.
    """
    counting, there = hypothesis.counting, hypothesis.candidates
    low, high = counting.start[there.start], counting.end[there.end]
    if bases.size:
        base = counting.start[bases[there.start]]
        low, high = low - base, high - base
    start, end = stored.start[there.span], stored.end[there.span]
    shift = start - low
    if hypothesis.end == "length":
        fits = end == high - low
    elif hypothesis.end in ("points", BEHIND_SURFACE):
        fits = end - start * (hypothesis.end == BEHIND_SURFACE) == there.end - there.start
    else:
        fits = end + (hypothesis.end == "last") - high == shift
    if counting.starts is not None:
        fits &= counting.starts[there.start]
    if counting.ends is not None:
        fits &= counting.ends[there.end]
    at = np.flatnonzero(fits)
    return there.span[at], shift[at], at


def _states(span: Ints, shift: Ints, single: bool) -> Ints:
    """Return the numbers by which offsets may be too high: 0, and those that the longest rows of spans vote for.

    In a text that repeats itself many numbers fit some spans here and there; where offsets were counted so, they fit
    one span after the other.
    """
    if single:
        return np.zeros(1, np.int64)
    order = np.lexsort((span, shift))
    values, rows = shift[order], span[order]
    step = np.diff(rows, prepend=-2)
    begins = (step > 1) | (np.diff(values, prepend=values[:1]) != 0)
    at = np.flatnonzero(begins)
    if not at.size:
        return np.zeros(1, np.int64)
    lengths = np.add.reduceat((begins | (step > 0)).astype(np.int64), at)
    voted, number = np.unique(values[at], return_inverse=True)
    weights, votes = np.bincount(number, lengths.astype(np.float64) ** 2), np.bincount(number, lengths)
    several = (votes > 1) & (voted != 0)
    best = voted[several][np.argsort(-weights[several], kind="stable")[:STATES]]
    return np.sort(np.append(best, 0))
