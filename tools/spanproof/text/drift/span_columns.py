"""The spans of a text as columns, of which a span is made where one is asked for."""

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from spanproof.arrays import Bools, Ints, distinct

Span = tuple[int, int, str]
"""Start and end as stored, and the surface."""
_AT_ONCE = 1024


class SpanColumns(Sequence[Span]):
    """Spans: start and end as stored and the surface of each.

    Attributes:
        start: the first offset of each.
        end: the second.
        code: which of the words is the surface of each.
        words: different strings, those of other spans among them.
    """

    def __init__(self, start: Ints, end: Ints, code: Ints, words: Sequence[str]) -> None:
        self.start, self.end, self.code, self.words = start, end, code, words

    @classmethod
    def of(cls, spans: Sequence[Span]) -> "SpanColumns":
        """Return spans as columns."""
        if isinstance(spans, SpanColumns):
            return spans
        words = list(dict.fromkeys(surface for *_, surface in spans))
        number = {surface: k for k, surface in enumerate(words)}
        start, end, code = np.array([(s, e, number[w]) for s, e, w in spans], np.int64).reshape(-1, 3).T
        return cls(start, end, code, words)

    def __len__(self) -> int:
        """Count the spans."""
        return len(self.start)

    def __iter__(self) -> Iterator[Span]:
        """Yield the spans; who asks for the first ones alone gets them for little."""
        for low in range(0, len(self), _AT_ONCE):
            some = self[low : low + _AT_ONCE]
            yield from zip(some.start.tolist(), some.end.tolist(), some.surfaces, strict=True)

    @overload
    def __getitem__(self, k: int) -> Span: ...

    @overload
    def __getitem__(self, k: slice) -> "SpanColumns": ...

    def __getitem__(self, k: int | slice) -> "Span | SpanColumns":
        """Return one of the spans, or some."""
        if isinstance(k, slice):
            return SpanColumns(self.start[k], self.end[k], self.code[k], self.words)
        return int(self.start[k]), int(self.end[k]), self.words[self.code[k]]

    def take(self, which: Ints) -> "SpanColumns":
        """Return some of the spans, by their numbers."""
        return SpanColumns(self.start[which], self.end[which], self.code[which], self.words)

    @functools.cached_property
    def surfaces(self) -> Sequence[str]:
        """Return the surface of each."""
        return [self.words[code] for code in self.code.tolist()]

    @functools.cached_property
    def different(self) -> Sequence[str]:
        """Return each of the surfaces once."""
        return [self.words[code] for code in distinct(self.code).tolist()]

    @functools.cached_property
    def size(self) -> Ints:
        """Return how many code points the surface of each has."""
        return np.fromiter(map(len, self.surfaces), np.int64, len(self))

    @functools.cached_property
    def first(self) -> Ints:
        """Return the first code point of each surface; -1 for one that is empty."""
        of = distinct(self.code)
        first = np.array([ord(self.words[code][0]) if self.words[code] else -1 for code in of.tolist()], np.int64)
        return first[np.searchsorted(of, self.code)]

    def in_order(self) -> tuple[Ints, Bools]:
        """Return the spans by their numbers, in the order of offsets and surfaces, and which aren't the one before."""
        order = np.lexsort((self.end, self.start))
        new = np.ones(len(order), np.bool_)
        new[1:] = (np.diff(self.start[order]) != 0) | (np.diff(self.end[order]) != 0)
        if not new.all():
            spans = list(self)
            order = np.array(sorted(range(len(spans)), key=spans.__getitem__), np.int64)
            new[1:] = [spans[k] != spans[before] for before, k in itertools.pairwise(order.tolist())]
        return order, new

    def stand_in(self, text: str, start: Ints) -> Iterator[bool]:
        """Say of each whether its surface stands at a boundary of a text."""
        return map(text.startswith, self.surfaces, start.tolist())
