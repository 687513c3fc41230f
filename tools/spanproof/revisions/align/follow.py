"""Where a span goes when its text is corrected, or why it can't follow.

A span follows its characters through the alignment of the two texts; where they are gone, it follows its passage to
where that came in. It counts as the same span if at least half of it is unchanged, or it is so short that one character
differs and its neighbours don't, and some of the words around it came along. White space is never what became of
words.
"""

import functools
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from spanproof.revisions.align.align import Alignment, align
from spanproof.revisions.align.mapping import CharacterMap
from spanproof.text.characters import WORD, flags
from spanproof.text.folding import fold

Offsets = tuple[int, int]
Edit = tuple[int, int, int, int]
"""(i, k, j, m): old text [i : k] became new text [j : m]."""
Status = Literal["kept", "shifted", "edited", "moved", "refused"]
Reason = Literal["gone", "ambiguous", "apart", "part", "reference", "overlap", "same", "unsound"]

_SIMILAR = 0.5
"""The least share of a span that is unchanged."""
_NEAR, _NEAR_SHARE = 24, 0.25
"""A quarter of the 24 characters on either side of a span must have come along with it."""
_CONTEXT, _ENOUGH, _WHOLE, _MARGIN = 120, 15, 0.8, 0.8
"""Of the 120 characters on either side of a span whose passage moved, 15 must have come along, or 80 % of the passage;
a place with at least 80 % of the best one's context is its rival."""


@dataclass(frozen=True)
class Fate:
    """What becomes of a span.

    Attributes:
        status: kept at its offsets, shifted with the text around it, edited, moved with its passage, or refused.
        new: start and end in the new text (code points, half open); None where it is refused.
        reason: why it is refused.
        rivals: the places that an ambiguous one could stand at.
    """

    status: Status
    new: Offsets | None = None
    reason: Reason | None = None
    rivals: tuple[Offsets, ...] = ()


@dataclass(frozen=True)
class Texts:
    """A text and its revision, aligned."""

    old: str
    new: str

    @functools.cached_property
    def alignment(self) -> Alignment:
        """Return how they are aligned."""
        return align(self.old, self.new)

    @functools.cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Return the passages that differ, in order; all between them is equal to the character."""
        if self.old == self.new:
            return ()
        mapping, old, new = self.alignment.mapping, _code_points(self.old), _code_points(self.new)
        there = np.flatnonzero(mapping.ends - mapping.starts == 1)
        there = there[old[there] == new[mapping.starts[there]]]
        to, first = np.unique(mapping.starts[there], return_index=True)
        i, j = (np.concatenate(([-1], at, [len(text)])) for at, text in ((there[first], old), (to, new)))
        gap = (np.diff(i) > 1) | (np.diff(j) > 1)
        bounds = np.stack((i[:-1] + 1, i[1:], j[:-1] + 1, j[1:]), 1)[gap]
        return tuple((x, y, u, v) for x, y, u, v in bounds.tolist())

    @functools.cached_property
    def _firsts(self) -> list[int]:
        return [edit[0] for edit in self.edits]

    def carried(self, start: int, end: int) -> Offsets:
        """Return where a span stands in the new text if nothing but the text changed.

        Two versions of an annotation are compared at the offsets that this gives. A span that can't follow still gets
        some, beside what does: an end within an edit keeps its distance from the edit's border as far as the new
        passage is long; what was deleted is empty.

        Args:
            start: first code point in the old text.
            end: code point after the last.
        """
        if not self.edits:
            return start, end
        if 0 <= start < end <= len(self.old) and (new := follow(self, start, end).new):
            return new
        k = bisect_right(self._firsts, start) - 1
        i1, i2, j1, j2 = self.edits[k] if k >= 0 else (0, 0, 0, 0)
        first = j2 + start - i2 if start >= i2 or k < 0 else j1 + min(start - i1, j2 - j1)
        if start >= end:
            return first, first + end - start
        k = bisect_left(self._firsts, end) - 1
        _, i2, j1, j2 = self.edits[k] if k >= 0 else (0, 0, 0, 0)
        return first, max(first, j2 + end - i2 if end >= i2 or k < 0 else j2 - min(i2 - end, j2 - j1))


def _code_points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def follow(texts: Texts, start: int, end: int) -> Fate:
    """Return where a span of the old text stands in the new one.

    Args:
        texts: both.
        start: first code point in the old text, 0 or more.
        end: code point after the last: above ``start``, at most the length of the old text.
    """
    placed = _placed(texts, texts.alignment.mapping, start, end)
    if placed is None or not _stands(texts, placed, start, end):
        return _follow_passage(texts, start, end)
    places = _places(texts, placed, start, end)
    if len(places) > 1:
        return Fate("refused", reason="ambiguous", rivals=places)
    (placed,) = places
    if texts.new[slice(*placed)] != texts.old[start:end]:
        return Fate("edited", placed)
    return Fate("kept" if placed == (start, end) else "shifted", placed)


def _placed(texts: Texts, mapping: CharacterMap, start: int, end: int) -> Offsets | None:
    """Return where a map has a span, if it is the same one; changed edges take in what came into their words.

    The hull of what is left may begin with white space that was put in, or within a word that got another beginning
    ("lock" in "unlock"); an edge that is no longer itself is drawn to the border of its word. New characters that old
    ones outside of the span became (``taken``) are never drawn in.
    """
    placed = mapping.place(start, end)
    if placed is None:
        return None
    if texts.old[start:end] == texts.new[slice(*placed)]:
        return placed
    similar = mapping.similarity(start, end) >= _SIMILAR
    if not similar and not (end - start <= 2 and _between_neighbours(texts, mapping, placed, start, end)):
        return None
    low, high = placed
    first, last = (bool(mapping.same[k - mapping.low]) if mapping.covers(k) else False for k in (start, end - 1))
    while not first and low < high - 1 and texts.new[low].isspace():
        low += 1
    while not last and low < high - 1 and texts.new[high - 1].isspace():
        high -= 1
    taken = texts.alignment.taken
    while not first and low > 0 and not taken[low - 1] and _word(texts.new[low - 1 : low + 1]):
        low -= 1
    while not last and high < len(texts.new) and not taken[high] and _word(texts.new[high - 1 : high + 1]):
        high += 1
    return None if texts.new[low:high].isspace() else (low, high)


def _word(two: str) -> bool:
    return all(flags()[ord(character)] & WORD for character in two)


def _between_neighbours(texts: Texts, mapping: CharacterMap, placed: Offsets, start: int, end: int) -> bool:
    """Return whether at most one character of a span differs and what stands before and after it is the same."""
    low, high = placed
    before, after = start - 1 - mapping.low, end - mapping.low
    return (
        end - start - int(mapping.same[start - mapping.low : after].sum()) <= 1
        and high - low <= end - start + 1
        and (start == 0 or (before >= 0 and bool(mapping.same[before]) and int(mapping.ends[before]) == low))
        and (
            end == len(texts.old)
            or (after < len(mapping.same) and mapping.same[after] and mapping.starts[after] == high)
        )
    )


def _stands(texts: Texts, placed: Offsets, start: int, end: int) -> bool:
    """Return whether enough of what stood around a span, or stands around it now, was there before and after.

    Without it a "the" that survives by chance in a rewritten passage would take a span along.
    """
    mapping, taken = texts.alignment.mapping, texts.alignment.taken
    room = min(start, _NEAR) + min(len(texts.old) - end, _NEAR)
    low, high = placed
    fresh = min(low, _NEAR) + min(len(texts.new) - high, _NEAR)
    known = int(taken[max(0, low - _NEAR) : low].sum() + taken[high : high + _NEAR].sum())
    return mapping.support(start, end, _NEAR) >= _NEAR_SHARE * room or known >= _NEAR_SHARE * fresh > 0


def _places(texts: Texts, placed: Offsets, start: int, end: int) -> tuple[Offsets, ...]:
    """Return all places of a span: several if it stands in a passage that could be either of two equal neighbours.

    Where an edge alone could stand elsewhere, the place with the old surface is the right one.
    """
    whole, part = {placed}, {placed}
    for rival in texts.alignment.rivals:
        inside = rival.covers(start), rival.covers(end - 1)
        low = int(rival.starts[start - rival.low]) if inside[0] else placed[0]
        high = int(rival.ends[end - 1 - rival.low]) if inside[1] else placed[1]
        if low < high and any(inside):
            (whole if all(inside) else part).add((low, high))
    if len(part) > 1:
        surface = _plain(texts.old[start:end])
        return tuple(sorted(p for p in whole | part if _plain(texts.new[slice(*p)]) == surface)) or tuple(sorted(whole))
    return tuple(sorted(whole))


def _plain(surface: str) -> str:
    return " ".join(fold(surface).split())


def _follow_passage(texts: Texts, start: int, end: int) -> Fate:
    """Return the place of a span whose passage moved; refused where no place is plainly better than every other."""
    contexts: dict[Offsets, int] = {}
    for mapping in texts.alignment.moves:
        placed = _placed(texts, mapping, start, end)
        if placed is None:
            continue
        context = mapping.support(start, end, _CONTEXT)
        if context >= _ENOUGH or mapping.same.mean() >= _WHOLE:
            contexts[placed] = max(context, contexts.get(placed, 0))
    if not contexts:
        return Fate("refused", reason="gone")
    best = max(contexts.values())
    rivals = sorted(placed for placed, context in contexts.items() if context >= _MARGIN * best)
    if len(rivals) > 1:
        return Fate("refused", reason="ambiguous", rivals=tuple(rivals))
    return Fate("moved", rivals[0])
