"""The cheapest way through the places of spans in the order of their stored offsets, and what every other costs.

A state is a number by which stored offsets are too high. A span stays in the state of the one before it, or the text
was edited in between, which costs; a span that has no place in its state is an exception, which costs as well.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, Floats, Ints

_ROUNDED = 1e-6  # by which sums may differ that are added up in another order


@dataclass(frozen=True)
class Path:
    """The cheapest path, as arrays of shape (spans,) but for the last.

    Attributes:
        cost: what it costs.
        state: the state of each span.
        placed: whether each span has a place in it.
        rival: what the cheapest path costs in which the span has another place, infinite where there is none.
        gone: what the cheapest path costs through a state in which the span has no place.
        least: what the cheapest path costs that goes through each state, shape (states,).
    """

    cost: float
    state: Ints
    placed: Bools
    rival: Floats
    gone: Floats
    least: Floats


def least_cost(place: Ints, exception: Floats, first: Floats, edit: float) -> float:
    """Return what the cheapest path costs, but for what sums differ by that are added up in another order.

    Args:
        place: where each span stands in each state, shape (spans, states); -1 where it has no place in it.
        exception: what a span without a place costs, shape (spans,).
        first: what it costs to begin in each state, shape (states,).
        edit: what it costs to go from one state to another.
    """
    cost, _ = _blocks(place >= 0, exception)
    return float(_onward(cost, first, edit)[-1].min()) - _ROUNDED


def _blocks(matched: Bools, exception: Floats) -> tuple[Floats, Ints]:
    """Return what spans in a row cost in each state that have places in the same ones, and the block of each span."""
    new = np.ones(len(matched), np.bool_)
    new[1:] = (matched[1:] != matched[:-1]).any(1)
    block = np.cumsum(new) - 1
    weight = np.bincount(block, exception)
    return np.where(matched[new], 0.0, weight[:, None]), block


def _onward(cost: Floats, first: Floats, edit: float) -> Floats:
    """Return what the cheapest path to each block costs in each state."""
    forward = np.empty_like(cost)
    before = first
    for k in range(len(cost)):
        forward[k] = np.minimum(before, before.min() + edit if k else np.inf) + cost[k]
        before = forward[k]
    return forward


def cheapest(place: Ints, exception: Floats, first: Floats, edit: float) -> Path:
    """Return the cheapest path (Viterbi, 1967) with the forward and backward costs of all others.

    Args:
        place: where each span stands in each state, shape (spans, states); -1 where it has no place in it.
        exception: what a span without a place costs, shape (spans,).
        first: what it costs to begin in each state, shape (states,).
        edit: what it costs to go from one state to another.
    """
    matched = place >= 0
    cost, block = _blocks(matched, exception)
    forward, backward = _onward(cost, first, edit), np.empty_like(cost)
    behind = np.zeros(cost.shape[1])
    for k in range(len(cost) - 1, -1, -1):
        backward[k] = np.minimum(behind, behind.min() + edit if k < len(cost) - 1 else np.inf) + cost[k]
        behind = backward[k]
    through = forward + backward - cost
    state = np.empty(len(cost), np.int64)
    for k in range(len(cost) - 1, -1, -1):
        ahead = (
            forward[k]
            if k == len(cost) - 1
            else forward[k] + np.where(np.arange(cost.shape[1]) == state[k + 1], 0, edit)
        )
        state[k] = int(ahead.argmin())
    chosen = state[block]
    here = place[np.arange(len(place)), chosen]
    costs = through[block]
    other = matched & (place != here[:, None])
    # A place that a span has as the exception of a block costs as if the block lay otherwise there.
    rival = np.where(other, costs, np.inf).min(1)
    gone = np.where(matched, np.inf, costs).min(1)
    return Path(float(through[0].min()), chosen, here >= 0, rival, gone, through.min(0))


class Shifted(NamedTuple):
    """What tells whether two spans keep their order if their offsets are too high by different numbers.

    Attributes:
        offset: the first offset of each span as stored, never falling, shape (spans,).
        states: by how much offsets are too high in each state, shape (states,).
        deleted: what a span costs that a deletion took, shape (spans,).
    """

    offset: Ints
    states: Ints
    deleted: Floats


def cheapest_in_order(place: Ints, exception: Floats, first: Floats, edit: float, stretch: Shifted) -> Path:
    """Return the cheapest path in which no place is before that of an earlier span.

    Where a stretch of the text was deleted, the spans that were counted in it have no place: between a span and the
    next that has one lies more than what was deleted.

    Args:
        place: where each span stands in each state, shape (spans, states); -1 where it has no place in it.
        exception: what a span without a place costs, shape (spans,).
        first: what it costs to begin in each state, shape (states,).
        edit: what it costs to go from one state to another.
        stretch: the offsets of the spans and the values of the states.
    """
    matched = place >= 0
    before = stretch.offset[:, None] < stretch.states
    cost = np.where(matched, 0.0, np.where(before, stretch.deleted[:, None], exception[:, None]))
    until = np.concatenate((np.zeros(1), np.cumsum(stretch.deleted)))
    froms, skipped = _jumps(stretch, until)
    forward, came = _forward(cost, first, edit, froms, skipped)
    behind, gone = np.full_like(cost, np.inf), np.full(len(cost), np.inf)
    behind[-1] = 0.0
    every = np.arange(cost.shape[1])
    for k in range(len(cost) - 1, 0, -1):
        here = behind[k] + cost[k]
        behind[k - 1] = np.minimum(behind[k - 1], here)
        ahead = here + skipped[k] + edit
        np.minimum.at(behind, (froms[k], every[:, None]), ahead)
        best = np.full(k, np.inf)
        np.minimum.at(best, froms[k], forward[froms[k], every[:, None]] + ahead)
        gone[1:k] = np.minimum(gone[1:k], np.minimum.accumulate(best)[: k - 1])
    through = forward + behind
    state, placed = _followed(forward, came, froms)
    rows = np.arange(len(place))
    placed &= matched[rows, state]
    here = np.where(placed, place[rows, state], -1)
    rival = np.where(matched & (place != here[:, None]), through, np.inf).min(1)
    gone = np.minimum(gone, np.where(matched, np.inf, through).min(1))
    return Path(float(forward[-1].min()), state, placed, rival, gone, through.min(0))


def _jumps(stretch: Shifted, until: Floats) -> tuple[Ints, Floats]:
    """Return the last span from which each can be reached from each state to each, and what those between cost.

    Both have the shape (spans, states, states); the cost is infinite where there is no such span.
    """
    offset, deleted = stretch.offset, stretch.states - stretch.states[:, None]
    rows = np.arange(len(offset))[:, None, None]
    last = np.searchsorted(offset, offset[:, None, None] - deleted, "left") - 1
    last = np.where(deleted > 0, np.minimum(last, rows - 1), rows - 1)
    skipped = np.where((last >= 0) & (deleted != 0), until[rows] - until[last + 1], np.inf)
    return np.maximum(last, 0), skipped


def _forward(cost: Floats, first: Floats, edit: float, froms: Ints, skipped: Floats) -> tuple[Floats, Ints]:
    """Return what the cheapest way to each span and state costs, and from which state it comes there."""
    every = np.arange(cost.shape[1])
    forward, came = np.empty_like(cost), np.empty(cost.shape, np.int64)
    forward[0], came[0] = first + cost[0], every
    for k in range(1, len(cost)):
        ways = forward[froms[k], every[:, None]] + skipped[k] + edit
        ways[every, every] = forward[k - 1]
        came[k] = ways.argmin(0)
        forward[k] = ways[came[k], every] + cost[k]
    return forward, came


def _followed(forward: Floats, came: Ints, froms: Ints) -> tuple[Ints, Bools]:
    """Return the state of each span on the cheapest path, and whether it isn't skipped there."""
    state, placed = np.empty(len(came), np.int64), np.ones(len(came), np.bool_)
    k, here = len(came) - 1, int(forward[-1].argmin())
    while k >= 0:
        state[k] = here
        before = int(came[k, here])
        last = k - 1 if before == here else int(froms[k, before, here])
        state[last + 1 : k], placed[last + 1 : k] = here, False
        k, here = last, before
    return state, placed
