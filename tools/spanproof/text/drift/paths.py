"""The cheapest way through the places of spans in the order of their stored offsets, and what every other costs.

A state is a number by which stored offsets are too high. A span stays in the state of the one before it, or the text
was edited in between, which costs; a span that has no place in its state is an exception, which costs as well.
"""

from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Bools, Floats, Ints


@dataclass(frozen=True)
class Path:
    """The cheapest path, as arrays of shape (spans,).

    Attributes:
        cost: what it costs.
        state: the state of each span.
        placed: whether each span has a place in it.
        rival: what the cheapest path costs in which the span has another place, infinite where there is none.
        gone: what the cheapest path costs in which the span has no place.
    """

    cost: float
    state: Ints
    placed: Bools
    rival: Floats
    gone: Floats


def cheapest(place: Ints, exception: Floats, first: Floats, edit: float) -> Path:
    """Return the cheapest path (Viterbi, 1967) with the forward and backward costs of all others.

    Args:
        place: where each span stands in each state, shape (spans, states); -1 where it has no place in it.
        exception: what a span without a place costs, shape (spans,).
        first: what it costs to begin in each state, shape (states,).
        edit: what it costs to go from one state to another.
    """
    matched = place >= 0
    new = np.ones(len(place), np.bool_)
    new[1:] = (matched[1:] != matched[:-1]).any(1)
    block = np.cumsum(new) - 1
    weight = np.bincount(block, exception)
    cost = np.where(matched[new], 0.0, weight[:, None])
    forward, backward = np.empty_like(cost), np.empty_like(cost)
    before = first
    for k in range(len(cost)):
        forward[k] = np.minimum(before, before.min() + edit if k else np.inf) + cost[k]
        before = forward[k]
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
    gone = np.minimum(np.where(matched, np.inf, costs).min(1), through[block, chosen] + exception)
    return Path(float(through[0].min()), chosen, here >= 0, rival, gone)
