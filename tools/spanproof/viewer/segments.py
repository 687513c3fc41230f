"""A text cut at the boundaries of its spans, and the pieces nested as a document of elements can hold them."""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Segment:
    """A part of a text that no boundary cuts, in code points, half open; ``spans`` cover it, outer ones first."""

    start: int
    end: int
    spans: tuple[int, ...]


@dataclass(frozen=True)
class Open:
    """An element of a span begins; ``first`` unless it carries on one that had to be closed."""

    span: int
    first: bool


@dataclass(frozen=True)
class Close:
    """The element of a span that was opened last ends."""

    span: int


def segments(length: int, spans: Sequence[tuple[int, int]]) -> Iterator[Segment]:
    """Yield the segments of a text: its parts between all starts and ends of spans.

    Joined, the segments are the text; those of a span are its slice. A span without characters covers none. Of two
    spans at one place the longer is the outer one, of two alike the first.

    Args:
        length: of the text, in code points.
        spans: start and end of each, half open; they may nest and cross, and are named by their position.
    """
    rank = sorted(range(len(spans)), key=lambda k: (spans[k][0], -spans[k][1], k))
    order = {k: at for at, k in enumerate(rank)}
    starts: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for k, (start, end) in enumerate(spans):
        if start < end:
            starts.setdefault(start, []).append(order[k])
            ends.setdefault(end, []).append(order[k])
    active: list[int] = []
    cuts = sorted({0, length, *starts, *ends})
    for cut, following in pairwise(cuts):
        for at in ends.get(cut, ()):
            active.remove(at)
        for at in starts.get(cut, ()):
            insort(active, at)
        yield Segment(cut, following, tuple(rank[at] for at in active))


def nested(cut: Iterable[Segment]) -> Iterator[Open | Close | Segment]:
    """Yield the segments with elements around them, well nested.

    HTML elements can't cross: a span that crosses another is closed where that one ends, and opened again.
    """
    stack: list[int] = []
    seen: set[int] = set()
    for segment in cut:
        kept = 0
        while kept < min(len(stack), len(segment.spans)) and stack[kept] == segment.spans[kept]:
            kept += 1
        while len(stack) > kept:
            yield Close(stack.pop())
        for span in segment.spans[kept:]:
            yield Open(span, span not in seen)
            seen.add(span)
            stack.append(span)
        yield segment
    while stack:
        yield Close(stack.pop())
