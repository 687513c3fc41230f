"""Where surfaces stand in a text, as they are or as a rendering of the text writes them."""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import regex

from spanproof.arrays import Ints
from spanproof.text.drift.writings import WRITINGS, Rendering, Writing
from spanproof.text.letters import Letters

_LONG, _HEAD = 1 << 14, 16
"""Code points from which on a text is long; letters of a surface by which it is looked for there."""


def starts(text: str, surface: str) -> list[int]:
    """Return where a surface begins in a text; an empty one stands nowhere."""
    there = list[int]()
    at = text.find(surface) if surface else -1
    while at >= 0:
        there.append(at)
        at = text.find(surface, at + 1)
    return there


def all_starts(letters: Letters, surface: str) -> Ints:
    """Return where a surface begins in a text, as :func:`starts` does; in a long text its letters are compared at once.

    Args:
        letters: the text.
        surface: the words.
    """
    last = len(letters.text) - len(surface)
    if last < _LONG or not surface:
        return np.array(starts(letters.text, surface), np.int64)
    there = np.flatnonzero(letters.points[: last + 1] == ord(surface[0]))
    for k, letter in enumerate(surface[1:_HEAD], 1):
        there = there[letters.points[there + k] == ord(letter)]
    if len(surface) > _HEAD:
        there = there[[letters.text.startswith(surface, at) for at in there.tolist()]]
    return there


def places(letters: Letters, rendering: Rendering | None, surface: str) -> list[tuple[int, int]]:
    """Return where a surface stands in a text, in order: start and end in code points of the text itself.

    Args:
        letters: the text.
        rendering: in which rendering of the text it is looked for; None for the text itself.
        surface: the words; empty ones stand nowhere.
    """
    written, size = letters.text if rendering is None else rendering.text, len(surface)
    there = [(offset, offset + size) for offset in starts(written, surface)]
    if rendering is None:
        return there
    return [bounds for low, high in there if (bounds := _bounds(letters, rendering, low, high))]


def place_at(letters: Letters, rendering: Rendering | None, surface: str, start: int) -> tuple[int, int] | None:
    """Return the place of a surface that begins at a boundary of a text; None if it doesn't stand there.

    Args:
        letters: the text.
        rendering: in which rendering of the text it may stand; None for the text itself.
        surface: the words.
        start: the boundary.
    """
    if surface and letters.text.startswith(surface, start):
        return start, start + len(surface)
    if rendering is None or not surface:
        return None
    offset = int(rendering.at[start])
    at = rendering.text.startswith(surface, offset)
    return _bounds(letters, rendering, offset, offset + len(surface)) if at else None


def _bounds(letters: Letters, rendering: Rendering, low: int, high: int) -> tuple[int, int] | None:
    """Return the boundaries in the text between which a part of its rendering stands; None where it cuts a character.

    What the rendering leaves out is no part of the span, but for the combining marks of its last character.
    """
    start = int(np.searchsorted(rendering.at, low, "right")) - 1
    end = int(np.searchsorted(rendering.at, high, "left"))
    if start < 0 or end >= len(rendering.at) or rendering.at[start] != low or rendering.at[end] != high:
        return None
    while rendering.whole is not None and not rendering.whole[end]:
        end += 1
    while end < len(letters.text) and rendering.at[end + 1] == high and unicodedata.combining(letters.text[end]):
        end += 1
    return (start, end) if start < end else None


@dataclass(frozen=True)
class Candidates:
    """Where each of some spans may stand, as parallel arrays: one entry for each span and place.

    Attributes:
        span: which span.
        start: the first code point of the place.
        end: the code point after its last.
        counts: how many places each span has in the text; of very many only the nearest are listed.
        writings: the ways of writing in which the surfaces were looked for; empty for the text as it is.
    """

    span: Ints
    start: Ints
    end: Ints
    counts: Ints
    writings: tuple[Writing, ...] = ()


_UNSEEN = regex.compile(r"[\p{Mn}\p{Cf}\u0640]+")
_BLANKS = regex.compile(r"\s+")
NEAR = 160
"""Places of a span that are looked at where it has more."""
Context = tuple[str, str]
"""The stored words before a span, and those after it; empty where none are stored."""


def candidates(
    letters: Letters,
    surfaces: Sequence[str],
    contexts: Sequence[Context],
    writings: tuple[Writing, ...] = (),
    rendering: Rendering | None = None,
    near: Sequence[int] = (),
) -> Candidates:
    """Return where surfaces stand in a text, as they are or as a rendering writes them.

    Args:
        letters: the text.
        surfaces: the surface of each span.
        contexts: what stands before and after each; a place without it is none, if another has it.
        writings: the names of the rendering.
        rendering: of the text; a place in the text itself counts as well.
        near: near which code point :data:`NEAR` places are listed of a span that has more; by default all are.
    """
    if rendering is None and not any(map(any, contexts)):
        return _as_they_are(letters, surfaces, writings, near)
    known: dict[str, list[tuple[int, int]]] = {}
    for surface in dict.fromkeys(surfaces):
        known[surface] = places(letters, None, surface)
        if rendering is not None:
            known[surface] = sorted({*known[surface], *places(letters, rendering, surface)})
    rows = [
        in_context(letters.text, known[surface], *context) for surface, context in zip(surfaces, contexts, strict=True)
    ]
    counts = np.fromiter(map(len, rows), np.int64, len(rows))
    if near:
        rows = [_nearest(row, at) if len(row) > NEAR else row for row, at in zip(rows, near, strict=True)]
    listed = np.fromiter(map(len, rows), np.int64, len(rows))
    ends = chain.from_iterable(chain.from_iterable(rows))
    flat = np.fromiter(ends, np.int64, 2 * int(listed.sum())).reshape(-1, 2)
    return Candidates(np.repeat(np.arange(len(rows)), listed), flat[:, 0], flat[:, 1], counts, writings)


def _as_they_are(
    letters: Letters, surfaces: Sequence[str], writings: tuple[Writing, ...], near: Sequence[int]
) -> Candidates:
    """Return where surfaces stand in a text as they are, whatever stands beside them."""
    known = {surface: all_starts(letters, surface) for surface in dict.fromkeys(surfaces)}
    rows = [known[surface] for surface in surfaces]
    counts = np.array([len(row) for row in rows], np.int64)
    for k in np.flatnonzero(counts > NEAR).tolist() if near else ():
        low = min(max(0, int(np.searchsorted(rows[k], near[k])) - NEAR // 2), len(rows[k]) - NEAR)
        rows[k] = rows[k][low : low + NEAR]
    listed = np.array([len(row) for row in rows], np.int64)
    start = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    size = np.array([len(surface) for surface in surfaces], np.int64)
    end = start + np.repeat(size, listed)
    return Candidates(np.repeat(np.arange(len(rows)), listed), start, end, counts, writings)


def _nearest(there: list[tuple[int, int]], at: int) -> list[tuple[int, int]]:
    k = min(max(0, bisect_left(there, (at, 0)) - NEAR // 2), len(there) - NEAR)
    return there[k : k + NEAR]


def in_context(text: str, there: list[tuple[int, int]], before: str, after: str) -> list[tuple[int, int]]:
    """Return those of some places that stand between words; all of them if none does."""
    if not before and not after:
        return there
    fit = [at for at in there if text.endswith(before, 0, at[0]) and text.startswith(after, at[1])]
    return fit or there


def _more_often(text: str, surfaces: Iterable[str]) -> Iterator[str]:
    """Yield those surfaces that a text lacks, or holds less often than it does but for white space and marks."""
    plainly, marked = _plainly(text), bool(_UNSEEN.search(text))
    for surface in filter(None, surfaces):
        lacks = surface not in text
        may_gain = not lacks and (marked or (plainly != text and bool(_BLANKS.search(surface))))
        if lacks or (may_gain and plainly.count(_plainly(surface)) > text.count(surface)):
            yield surface


def _plainly(text: str) -> str:
    """Return a text without marks and invisible characters, and with each run of white space as one blank."""
    plainly: str = _UNSEEN.sub("", _BLANKS.sub(" ", text))
    return plainly


def writings_of(letters: Letters, surfaces: Sequence[str]) -> Iterator[tuple[tuple[Writing, ...], Rendering]]:
    """Yield the renderings of a text that hold the most of the surfaces which the text itself doesn't hold.

    A surface that the text holds elsewhere, but less often than a rendering, is one of them. Equal renderings are one,
    with the names of all.

    Args:
        letters: the text.
        surfaces: of all spans.
    """
    missing = {surface: letters.text.count(surface) for surface in _more_often(letters.text, dict.fromkeys(surfaces))}
    if not missing:
        return
    kept: dict[str, tuple[list[Writing], Rendering, tuple[int, int]]] = {}
    for writing in WRITINGS:
        if not writing.can_hold(letters, missing):
            continue
        rendering = writing.render(letters)
        if rendering.text in kept:
            kept[rendering.text][0].append(writing)
        elif rendering.text != letters.text:
            gained = [known for surface, known in missing.items() if rendering.text.count(surface) > known]
            kept[rendering.text] = ([writing], rendering, (gained.count(0), len(gained)))
    most = max((number for _, _, number in kept.values()), default=(0, 0))
    for writings, rendering, number in kept.values():
        if number[1] and number == most:
            yield tuple(writings), rendering
