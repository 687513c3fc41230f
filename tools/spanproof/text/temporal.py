"""Relations of time between intervals: what each says of their ends, and which of them contradict each other.

An interval is its start and its end, the start before the end. Every relation of TimeML, of TempEval and of Allen here
says only which ends are before or the same as which, so a set of them holds together exactly if no chain of "not after"
leads from an end back to itself by way of a "before" (Vilain, Kautz, van Beek, "Constraint propagation algorithms for
temporal reasoning", 1990; the point algebra). Such chains are found in the strongly connected parts of a graph.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from spanproof.arrays import Bools, Ints, distinct, indices

_START, _END, _OTHER_START, _OTHER_END = range(4)
_BEFORE, _SAME = True, False

Ends = tuple[tuple[int, int, bool], ...]
"""Pairs of ends of two intervals, of which the first is before the second (True), or not after it (False)."""


def _same(one: int, other: int) -> Ends:
    return (one, other, _SAME), (other, one, _SAME)


def _turned(ends: Ends) -> Ends:
    """Return what a relation says, said of the second interval and the first."""
    return tuple(((one + 2) % 4, (other + 2) % 4, before) for one, other, before in ends)


_PRECEDES: Ends = ((_END, _OTHER_START, _BEFORE),)
_MEETS = _same(_END, _OTHER_START)
_CONTAINS: Ends = ((_START, _OTHER_START, _BEFORE), (_OTHER_END, _END, _BEFORE))
_HOLDS: Ends = ((_START, _OTHER_START, _SAME), (_OTHER_END, _END, _SAME))
_EQUALS = (*_same(_START, _OTHER_START), *_same(_END, _OTHER_END))
_STARTS: Ends = (*_same(_START, _OTHER_START), (_END, _OTHER_END, _BEFORE))
_FINISHES: Ends = (*_same(_END, _OTHER_END), (_OTHER_START, _START, _BEFORE))
_SHARES: Ends = ((_START, _OTHER_END, _BEFORE), (_OTHER_START, _END, _BEFORE))
_NOT_AFTER: Ends = ((_START, _OTHER_END, _BEFORE),)
_OVERLAPS: Ends = ((_START, _OTHER_START, _BEFORE), (_OTHER_START, _END, _BEFORE), (_END, _OTHER_END, _BEFORE))

RELATIONS: Mapping[str, Ends] = MappingProxyType(
    {
        # TimeML 1.2.1. DURING is read as widely as anyone reads it, so that nothing is a contradiction to some alone.
        "BEFORE": _PRECEDES, "AFTER": _turned(_PRECEDES), "IBEFORE": _MEETS, "IAFTER": _turned(_MEETS),
        "INCLUDES": _CONTAINS, "IS_INCLUDED": _turned(_CONTAINS), "DURING": _turned(_HOLDS), "DURING_INV": _HOLDS,
        "SIMULTANEOUS": _EQUALS, "IDENTITY": _EQUALS, "BEGINS": _STARTS, "BEGUN_BY": _turned(_STARTS),
        "ENDS": _FINISHES, "ENDED_BY": _turned(_FINISHES),
        # TempEval, i2b2, TimeBank-Dense.
        "OVERLAP": _SHARES, "BEFORE_OR_OVERLAP": _NOT_AFTER, "OVERLAP_OR_AFTER": _turned(_NOT_AFTER),
        "VAGUE": (), "UNKNOWN": (), "NONE": (),
        # Allen, where he calls it otherwise.
        "MEETS": _MEETS, "MET_BY": _turned(_MEETS), "OVERLAPS": _OVERLAPS, "OVERLAPPED_BY": _turned(_OVERLAPS),
        "STARTS": _STARTS, "STARTED_BY": _turned(_STARTS), "FINISHES": _FINISHES, "FINISHED_BY": _turned(_FINISHES),
        "CONTAINS": _CONTAINS, "EQUALS": _EQUALS, "EQUAL": _EQUALS,
    }
)  # fmt: skip
"""What each relation says of the ends of its two intervals."""


def relation_of(written: str) -> str | None:
    """Return the name in :data:`RELATIONS` of a relation in any case, with blanks or hyphens; None if it is none."""
    name = written.upper().replace("-", "_").replace(" ", "_")
    return name if name in RELATIONS else None


@dataclass(frozen=True)
class _Edges:
    """Which ends are before or the same as which: arrays of shape (edges,).

    ``link`` is the relation that says so, -1 where it is the start and the end of one interval.
    """

    low: Ints
    high: Ints
    before: Bools
    link: Ints

    def at(self, which: Bools) -> "_Edges":
        return _Edges(self.low[which], self.high[which], self.before[which], self.link[which])


def contradictions(first: Ints, second: Ints, relation: Sequence[str | None]) -> Iterator[tuple[int, ...]]:
    """Yield sets of relations that can't all hold, the smallest that can be found in each connected part.

    Args:
        first: the first interval of each relation as a number from 0, shape (relations,).
        second: the second one, likewise.
        relation: the name of each in :data:`RELATIONS`; None where nothing is known.

    Yields:
        The positions of relations, in the order of the chain that leads back to where it began.
    """
    edges = _trimmed(_edges(first, second, np.array([name or "NONE" for name in relation], np.str_)))
    if not len(edges.low):
        return
    points = distinct(np.append(edges.low, edges.high))
    low, high = np.searchsorted(points, edges.low), np.searchsorted(points, edges.high)
    part = _parts(low, high, len(points))
    together = part[low] == part[high]
    broken = distinct(part[low[together & edges.before]])
    inside = together & np.isin(part[low], broken)
    low, high, kept = low[inside], high[inside], edges.at(inside)
    order = np.argsort(part[low], kind="stable")
    for k in [] if not order.size else np.split(order, indices(np.diff(part[low[order]]) != 0) + 1):
        yield _shortest(list(zip(*(a[k].tolist() for a in (low, high, kept.before, kept.link)), strict=True)))


def _edges(first: Ints, second: Ints, relation: "np.typing.NDArray[np.str_]") -> _Edges:
    """Return what relations say of the ends of intervals; interval k starts at point 2k and ends at 2k + 1."""
    intervals = distinct(np.append(first, second))
    own = np.full(len(intervals), -1)
    parts = [_Edges(2 * intervals, 2 * intervals + 1, np.ones(len(intervals), np.bool_), own)]
    for name in np.unique(relation).tolist():
        k = indices(relation == name)
        ends = 2 * first[k], 2 * first[k] + 1, 2 * second[k], 2 * second[k] + 1
        parts += [_Edges(ends[one], ends[other], np.full(len(k), before), k) for one, other, before in RELATIONS[name]]
    low, high, link = (np.concatenate([getattr(part, name) for part in parts]) for name in ("low", "high", "link"))
    return _Edges(low, high, np.concatenate([part.before for part in parts]), link)


def _trimmed(edges: _Edges) -> _Edges:
    """Return edges without most of those that lead to or from a dead end, which is most of a sound layer."""
    for _ in range(16):
        size = int(max(edges.low.max(initial=-1), edges.high.max(initial=-1))) + 1
        entered, left = np.bincount(edges.high, minlength=size) > 0, np.bincount(edges.low, minlength=size) > 0
        alive = entered[edges.low] & left[edges.high]
        if alive.all():
            break
        edges = edges.at(alive)
    return edges


def _parts(low: Ints, high: Ints, size: int) -> Ints:
    """Return the strongly connected part of each point as a number (Tarjan, "Depth-first search", 1972)."""
    order = np.argsort(low, kind="stable")
    bounds = np.searchsorted(low[order], np.arange(size + 1)).tolist()
    follows = high[order].tolist()
    index, least, part = [-1] * size, [0] * size, [-1] * size
    stack: list[int] = []
    count = 0
    for root in range(size):
        if index[root] >= 0:
            continue
        walk = [(root, bounds[root])]
        index[root] = least[root] = count
        count += 1
        stack.append(root)
        while walk:
            point, edge = walk.pop()
            if edge < bounds[point + 1]:
                walk.append((point, edge + 1))
                target = follows[edge]
                if index[target] < 0:
                    index[target] = least[target] = count
                    count += 1
                    stack.append(target)
                    walk.append((target, bounds[target]))
                elif part[target] < 0:
                    least[point] = min(least[point], index[target])
                continue
            if walk:
                least[walk[-1][0]] = min(least[walk[-1][0]], least[point])
            if least[point] == index[point]:
                while part[point] < 0:
                    part[stack.pop()] = point
    return np.array(part, np.int64)


def _shortest(edges: Sequence[tuple[int, int, bool, int]]) -> tuple[int, ...]:
    """Return the relations of the shortest chain that goes from a point back to itself by way of a "before".

    Args:
        edges: of one strongly connected part: two points, whether the first is before, and the relation that says so.
    """
    follows: dict[int, list[tuple[int, int]]] = {}
    for low, high, _, link in edges:
        follows.setdefault(low, []).append((high, link))
    best: list[int] | None = None
    for low, high, before, link in edges:
        if before:
            most = None if best is None else len(best) - (link >= 0) - 1
            back = _path(follows, high, low, most)
            if back is not None:
                best = [*([link] if link >= 0 else []), *back]
    assert best is not None
    return tuple(dict.fromkeys(best))


def _path(follows: Mapping[int, list[tuple[int, int]]], start: int, goal: int, most: int | None) -> list[int] | None:
    """Return the relations of the shortest way between two points; None if it has more than ``most``.

    From the start of an interval to its end is no step (0-1 breadth-first search).
    """
    came: dict[int, tuple[int, int] | None] = {}
    queue: deque[tuple[int, int, tuple[int, int] | None]] = deque([(start, 0, None)])
    while queue:
        point, length, origin = queue.popleft()
        if point in came or (most is not None and length > most):
            continue
        came[point] = origin
        if point == goal:
            break
        for target, link in follows.get(point, ()):
            if target not in came:
                step = (target, length + (link >= 0), (point, link))
                queue.append(step) if link >= 0 else queue.appendleft(step)
    if goal not in came:
        return None
    links = []
    at = came[goal]
    while at is not None:
        if at[1] >= 0:
            links.append(at[1])
        at = came[at[0]]
    return links[::-1]
