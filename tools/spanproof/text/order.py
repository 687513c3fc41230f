"""What the order of surfaces says of their places: the one place that is left to a surface between its neighbours.

Surfaces that stand at one place alone are the anchors of the order, those that every longest rising chain of them
holds. Between two anchors the order counts if all surfaces that are listed there fit in that order; then each has the
places between its earliest and its latest, and one that has a single place is settled. Where they don't fit, something
was listed out of order, or more often than it stands, and nothing is concluded.

Each step takes one binary search, however often a surface stands.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from spanproof.text.segmentation import Extent


@dataclass(frozen=True, eq=False)
class _Row:
    """The places of one surface, from left to right or from right to left: where each begins, and what it is behind.

    Attributes:
        lows: where each begins; never falling.
        highs: where the next place may begin.
    """

    lows: Sequence[int]
    highs: Sequence[int]

    @property
    def mirrored(self) -> "_Row":
        return _Row([-high for high in reversed(self.highs)], [-low for low in reversed(self.lows)])


def settled(places: Sequence[Sequence[Extent]], *, overlap: bool) -> list[Extent | None]:
    """Return the one place that the order leaves to each surface; None where it leaves several, or says nothing.

    Args:
        places: where each surface can stand, in order; the surfaces in the order in which they were listed.
        overlap: whether places may share characters. If so they begin in order; if not, each begins behind the one
            before.
    """
    kept = {id(row): row for row in places}
    lines = {key: _line(row, overlap) for key, row in kept.items()}
    mirrored = {key: line.mirrored for key, line in lines.items()}
    listed = [id(row) for row in places]
    result: list[Extent | None] = [None] * len(places)
    anchors = _anchors(places, [lines[key] for key in listed])
    for k in anchors:
        result[k] = places[k][0]
    for before, after in pairwise((None, *anchors, None)):
        first, last = 0 if before is None else before + 1, len(places) if after is None else after
        between = [k for k in range(first, last) if len(places[k]) > 1]
        low = -inf if before is None else lines[listed[before]].highs[0]
        high = inf if after is None else lines[listed[after]].lows[0]
        earliest = _embedded([lines[listed[k]] for k in between], low, high)
        latest = _embedded([mirrored[listed[k]] for k in reversed(between)], -high, -low)
        if earliest is None or latest is None:
            continue
        for k, left, right in zip(between, earliest, reversed(latest), strict=True):
            if left == len(places[k]) - 1 - right:
                result[k] = places[k][left]
    return result


def _line(places: Sequence[Extent], overlap: bool) -> _Row:
    lows = [start for start, _ in places]
    return _Row(lows, lows if overlap else [end for _, end in places])


def _embedded(lines: Sequence[_Row], low: float, high: float) -> list[int] | None:
    """Return the earliest place of each surface that is behind that of the one before; None if one has none.

    Args:
        lines: the places of each surface.
        low: where the first may begin.
        high: what the last may be behind of.
    """
    chosen: list[int] = []
    used: dict[int, int] = {}
    for line in lines:
        k = max(bisect_left(line.lows, low), used.get(id(line), -1) + 1)
        if k == len(line.lows) or line.highs[k] > high:
            return None
        used[id(line)], low = k, line.highs[k]
        chosen.append(k)
    return chosen


def _anchors(places: Sequence[Sequence[Extent]], lines: Sequence[_Row]) -> list[int]:
    """Return the surfaces that have one place, to themselves, and that no longest rising chain of such ones lacks."""
    alone = [k for k, row in enumerate(places) if len(row) == 1]
    number = Counter(places[k][0] for k in alone)
    alone = [k for k in alone if number[places[k][0]] == 1]
    ahead = _lengths([(lines[k].lows[0], lines[k].highs[0]) for k in alone])
    behind = _lengths([(-lines[k].highs[0], -lines[k].lows[0]) for k in reversed(alone)])[::-1]
    longest = max(ahead, default=0)
    critical = [(k, length) for k, length, rest in zip(alone, ahead, behind, strict=True) if length + rest > longest]
    levels = Counter(length for _, length in critical)
    return [k for k, length in critical if levels[length] == 1]


def _lengths(bounds: Sequence[tuple[int, int]]) -> list[int]:
    """Return how long the longest rising chain is that ends in each of some places.

    After Fredman, On computing the length of longest increasing subsequences (Discrete Mathematics 11(1), 1975):
    ``highs`` holds for each length where the chain of that length is over that is over first.
    """
    highs: list[int] = []
    lengths = []
    for low, high in bounds:
        length = bisect_right(highs, low)
        if length == len(highs):
            highs.append(high)
        else:
            highs[length] = min(highs[length], high)
        lengths.append(length + 1)
    return lengths
