"""Offsets in the unit that a schema states, to code points and back, in one text."""

import functools
import itertools
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from spanproof.text import offsets

Extent = tuple[int, int]


@dataclass(frozen=True)
class Scale:
    """The offsets that a unit knows of a text.

    What is past the end goes on beyond the end of the text, one for one, and what is negative stays negative: neither
    is moved into the text.

    Attributes:
        points: the code points of the offsets in the unit, -1 where one lies inside a character.
        length: of the text, in code points.
    """

    points: offsets.Map
    length: int

    @classmethod
    def of(cls, text: str, unit: str) -> "Scale":
        """Return the scale of a text in a unit that isn't tokens."""
        return cls(offsets.in_unit(text, unit), len(text))

    def to_points(self, offset: int) -> int | None:
        """Return an offset in code points; None where it lies inside a character."""
        last = len(self.points) - 1
        if not 0 <= offset <= last:
            return offset if offset < 0 else self.length + offset - last
        point = int(self.points[offset])
        return None if point < 0 else point

    def to_unit(self, point: int) -> int | None:
        """Return a code point offset in the unit; None where the unit has no offset there."""
        if not 0 <= point <= self.length:
            return point if point < 0 else len(self.points) - 1 + point - self.length
        unit = self._units[point]
        return None if unit < 0 else int(unit)

    def around(self, offset: int) -> Extent:
        """Return the nearest offsets of the unit on both sides of one that lies inside a character."""
        known = np.flatnonzero(self.points >= 0)
        at = int(np.searchsorted(known, offset))
        return int(known[at - 1]), int(known[at])

    @functools.cached_property
    def _units(self) -> offsets.Map:
        units = np.full(self.length + 1, -1, np.int64)
        known = np.flatnonzero(self.points >= 0)
        units[self.points[known]] = known
        return units


@dataclass(frozen=True)
class TokenScale:
    """The tokens of a text as a scale: a start is that of a token, an end that of the last one.

    Attributes:
        tokens: start and end of each token (code points).
        length: of the text, in code points.
    """

    tokens: Sequence[Extent]
    length: int

    def to_points(self, start: int, end: int) -> Extent:
        """Return the code points of the tokens from ``start`` to before ``end``; past the last, past the text."""
        count = len(self.tokens)
        low = start if start < 0 else self.tokens[start][0] if start < count else self.length + start - count + 1
        if end > count:
            return low, self.length + end - count
        if 0 <= start == end < count:
            return low, low
        return low, self.tokens[end - 1][1] if end > 0 else end

    def to_unit(self, start: int, end: int) -> Extent | None:
        """Return the tokens between two code point offsets; None where one of them is no border of a token."""
        first = next((k for k, (low, _) in enumerate(self.tokens) if low == start), None)
        last = next((k for k, (low, high) in enumerate(self.tokens) if high == end and high > low), None)
        return None if first is None or last is None else (first, last + 1)


class JoinedTokens(Sequence[Extent]):
    """Where tokens stand in the text that they make, joined by something of ``gap`` code points."""

    def __init__(self, tokens: Sequence[str], gap: int) -> None:
        """Count the tokens; where one stands is reckoned when it is asked for."""
        self._lengths, self._gap = list(map(len, tokens)), gap
        self._ends = list(itertools.accumulate(self._lengths))

    def __len__(self) -> int:
        """Return how many tokens there are."""
        return len(self._ends)

    @overload
    def __getitem__(self, k: int) -> Extent: ...
    @overload
    def __getitem__(self, k: slice) -> list[Extent]: ...
    def __getitem__(self, k: int | slice) -> Extent | list[Extent]:
        """Return the start and the end of a token, or of some."""
        if isinstance(k, slice):
            return [*self][k]
        number = k + len(self._ends) if k < 0 else k
        end = self._ends[number] + number * self._gap
        return end - self._lengths[number], end

    def __iter__(self) -> Iterator[Extent]:
        """Yield the start and the end of each token."""
        gaps = itertools.count(0, self._gap)
        ends = map(operator.add, self._ends, gaps)
        return ((end - length, end) for end, length in zip(ends, self._lengths, strict=True))


def found_tokens(tokens: Sequence[str], text: str) -> tuple[list[Extent], int | None]:
    """Return where tokens stand in a text, one after another, and the number of the first that isn't there, if any."""
    extents: list[Extent] = []
    at = 0
    for k, token in enumerate(tokens):
        start = text.find(token, at)
        if start < 0:
            return extents, k
        at = start + len(token)
        extents.append((start, at))
    return extents, None
