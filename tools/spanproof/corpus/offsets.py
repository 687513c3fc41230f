"""Offsets of a span as a schema counts them, to code points of its text and back."""

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spanproof.corpus.counting import Extent, JoinedTokens, Scale, TokenScale, found_tokens
from spanproof.corpus.shapes import Faults, ShapeError
from spanproof.schema.lens import Counting, Lens
from spanproof.schema.node import Place, pointer
from spanproof.schema.paths import Path, values_at

OFFSETS = {"end": ("start", "end"), "length": ("start", "length"), "text": ("start",)}
"""The members in which offsets are written, by what says where a span ends."""


def _whole(number: Any) -> int | None:
    """Return an integer, also one that is written with a fraction of zero; None for anything else."""
    if type(number) is int:
        return number
    return int(number) if isinstance(number, float) and number.is_integer() else None


def read_span(
    counting: Counting, text: str, path: Path, span: dict[str, Any], tokens: "TokenExtents", faults: Faults
) -> None:
    """Put the offsets of a span into code points, in place; one that has none there becomes null, and is a fault.

    Args:
        counting: how they count.
        text: the text of the span.
        path: the canonical path of the span.
        span: the span, its offsets as they are written.
        tokens: the tokens of the document.
        faults: takes what can't be read.
    """
    start, last, length = _whole(span.get("start")), _whole(span.get("end")), _whole(span.get("length"))
    low = None if start is None else start - counting.base
    high = None if last is None else last - counting.base + counting.inclusive
    if counting.extent == "length":
        high = None if low is None or length is None else low + length
    if counting.unit == "token":
        scale = TokenScale(tokens.at(counting.tokens, counting.text, path[: counting.within]), len(text))
        if low is not None and high is not None:
            span["start"], span["end"] = scale.to_points(low, high)
        elif low is not None or high is not None:
            span["start"] = span["end"] = None
    else:
        partial = counting.item or counting.within
        piece = _piece(counting, path, span, tokens, faults) if partial else (0, len(text))
        if piece is None:
            return
        for name, offset in (("start", low), ("end", high)):
            if offset is not None and counting.unit == "code point" and not partial:
                span[name] = offset
            elif offset is not None:
                span[name] = _point(counting, text, piece, (*path, name), offset, faults)
    if counting.extent == "length" and high is not None:
        del span["length"]
    surface = span.get("text")
    if counting.extent == "text" and isinstance(surface, str) and span.get("start") is not None and low is not None:
        span["end"] = span["start"] + len(surface)
    if counting.line_breaks and isinstance(surface, str) and counting.line_breaks in surface:
        span["text"] = _with_line_breaks(surface, counting.line_breaks, text, (span.get("start"), span.get("end")))


def _with_line_breaks(surface: str, sign: str, text: str, place: tuple[Any, Any]) -> str:
    """Return a surface with the line breaks of its text, where it has another sign for each of them.

    At the span's own place the text says which they are; elsewhere that is known where they are all alike, and the sign
    can be nothing else.
    """
    there = text[slice(*place)] if all(type(offset) is int for offset in place) else ""
    if surface == re.sub(r"[\n\r]", lambda _: sign, there):
        return there
    return surface if sign in text or "\r" in text else surface.replace(sign, "\n")


def _point(counting: Counting, text: str, piece: Extent, path: Path, offset: int, faults: Faults) -> int | None:
    """Return an offset, counted from the start of a piece of a text, in code points of the text; None for a fault."""
    within = text[slice(*piece)]
    scale = _scale(within, counting.unit)
    point = scale.to_points(offset)
    if point is None:
        before, after = scale.around(offset)
        base = counting.base - (counting.inclusive if path[-1] == "end" else 0)
        problem = f"is {offset + base}, which lies inside a character; expected {before + base} or {after + base}"
        faults.add(path, f"{problem} ({counting.unit})", offset=True)
    elif (counting.item or counting.within) and not 0 <= point <= len(within):
        faults.add(path, f"lies outside of its string, which has {len(within)} code points", offset=True)
        return None
    return None if point is None else piece[0] + point


def _piece(
    counting: Counting, path: Path, span: dict[str, Any], tokens: "TokenExtents", faults: Faults
) -> Extent | None:
    """Return where the string stands in which the offsets of a span are counted; None, and no offsets, if nowhere."""
    pieces = tokens.at(counting.items, counting.text, path[: counting.within])
    if not counting.item and len(pieces) == 1:
        return pieces[0]
    if not counting.item:
        faults.add(path, f"has no text at {pointer(counting.items)} of its own; expected one string", offset=True)
        span["start"] = span["end"] = None
        return None
    number = span.get(counting.item)
    if type(number) is int and 0 <= number < len(pieces):
        return pieces[number]
    problem = f"is {json.dumps(number)}; expected the number of a string, below {len(pieces)}"
    faults.add((*path, counting.item), problem, offset=True)
    span["start"] = span["end"] = None
    return None


@functools.lru_cache(maxsize=4)  # a document asks it for each of its spans
def _scale(text: str, unit: str) -> Scale:
    """Return the scale of a text."""
    return Scale.of(text, unit)


def written_offsets(
    counting: Counting, document: Any, path: Path, span: Mapping[str, Any], tokens: "TokenExtents"
) -> Mapping[str, Any]:
    """Return the offsets of a span as they are written.

    Args:
        counting: how they count.
        document: the canonical document.
        path: the canonical path of the span.
        span: the span, its offsets in code points.
        tokens: the tokens of the document.

    Raises:
        ShapeError: they have no place in that unit.
    """
    written = {name: span[name] for name in OFFSETS[counting.extent] if name in span}
    text, start, end = document.get(counting.text), span.get("start"), span.get("end")
    if type(start) is not int or type(end) is not int or not isinstance(text, str):
        return written
    if counting.unit == "token":
        own = tokens.at(counting.tokens, counting.text, path[: counting.within])
        extent = TokenScale(own, len(text)).to_unit(start, end)
    else:
        if counting.item or counting.within:
            piece = _piece(counting, path, dict(span), tokens, Faults())
            if piece is None or not piece[0] <= start <= end <= piece[1]:
                raise ShapeError(f"{start}:{end} lies outside of the string in which its offsets are counted")
            text, start, end = text[slice(*piece)], start - piece[0], end - piece[0]
        unit = _scale(text, counting.unit)
        low, high = unit.to_unit(start), unit.to_unit(end)
        extent = None if low is None or high is None else (low, high)
    if extent is None:
        raise ShapeError(f"{start}:{end} lies between two offsets of the unit {counting.unit}")
    if counting.extent == "length":
        return {"start": extent[0] + counting.base, "length": extent[1] - extent[0]}
    if counting.extent == "text":
        if not isinstance(span.get("text"), str) or end - start != len(span["text"]):
            raise ShapeError(f"{start}:{end} is longer or shorter than the surface, which says where the span ends")
        return {"start": extent[0] + counting.base}
    return {"start": extent[0] + counting.base, "end": extent[1] + counting.base - counting.inclusive}


@dataclass(frozen=True)
class TokenExtents:
    """Where the tokens of a document stand in its text, found once; those up to the first that can't be found."""

    document: Mapping[str, Any]
    lens: Lens
    faults: Faults
    known: dict[tuple[Place, int], dict[Path, Sequence[Extent]]] = field(default_factory=dict)

    def at(self, place: Place, member: str, within: Path = ()) -> Sequence[Extent]:
        """Return the tokens, or strings, at a place, of a text; by default all, else those in the object at a path.

        Args:
            place: that of the tokens.
            member: the text.
            within: the path of the object.
        """
        depth = len(within)
        if (place, depth) not in self.known:
            words = self.document.get(place[0]) if len(place) == 2 and place[1] == "*" else None
            if not depth and type(words) is list and set(map(type, words)) == {str}:
                of_words = self._of_words(place, member, words, lambda k: (place[0], k))
                self.known[place, depth] = {(): of_words}
                return of_words
            tokens = list(_numbered(self.document, place, depth))
            there = [(path, token) for path, token in tokens if token is not None]
            extents = self._with_empty(tokens, self._found(place, member, there))
            if not depth:
                self.known[place, depth] = {(): extents}
                return extents
            inside: dict[Path, list[Extent]] = {}
            for (path, _), extent in zip(tokens, extents, strict=False):
                inside.setdefault(path[:depth], []).append(extent)
            self.known[place, depth] = {**inside}
        return self.known[place, depth].get(within, [])

    def _with_empty(self, tokens: Sequence[tuple[Path, Any]], there: Sequence[Extent]) -> list[Extent]:
        """Return where tokens stand; one that is null is a fault, and an empty token, so that the others keep theirs.

        Args:
            tokens: the tokens, null ones too.
            there: where those stand that aren't null, up to the first that can't be found.
        """
        left, extents = iter(there), list[Extent]()
        for path, token in tokens:
            if token is None:
                self.faults.add(path, "is null or missing, and items of this list are counted; expected a value")
                end = extents[-1][1] if extents else 0
                extents.append((end, end))
            elif (extent := next(left, None)) is not None:
                extents.append(extent)
            else:
                break
        return extents

    def _found(self, place: Place, member: str, tokens: Sequence[tuple[Path, Any]]) -> Sequence[Extent]:
        if not all(isinstance(token, str) for _, token in tokens):
            return self._of_objects(tokens)
        return self._of_words(place, member, [token for _, token in tokens], lambda k: tokens[k][0])

    def _of_words(self, place: Place, member: str, words: list[str], path: Callable[[int], Path]) -> Sequence[Extent]:
        """Return where words stand in a text, up to the first that can't be found, which is a fault at its path."""
        joined = [text for text in self.lens.texts if text.member == member and text.pieces == (place,)]
        if joined:
            return JoinedTokens(words, len(joined[0].separator))
        extents, missing = found_tokens(words, self.document.get(member) or "")
        if missing is not None:
            after = extents[-1][1] if extents else 0
            self.faults.add(path(missing), f"is {words[missing]!r}, which isn't in the text from {after} on")
        return extents

    def _of_objects(self, tokens: Sequence[tuple[Path, Any]]) -> list[Extent]:
        extents = []
        for path, token in tokens:
            start, end = (token.get(name) if isinstance(token, Mapping) else None for name in ("start", "end"))
            if type(start) is not int or type(end) is not int:
                self.faults.add(path, "has no offsets, so that tokens can't be counted", offset=True)
                break
            extents.append((start, end))
        return extents


def _numbered(document: Any, place: Place, depth: int) -> Iterator[tuple[Path, Any]]:
    """Yield what stands at a place with its path, null for an item that has nothing there: its number is taken.

    Args:
        document: the document.
        place: the place.
        depth: how far the place is that of the object in which is counted; no list up to there is counted.
    """
    if "*" not in place[depth:]:
        yield from values_at(document, place)
        return
    last = len(place) - 1 - place[::-1].index("*")
    for of_items, items in values_at(document, place[:last]):
        for k, item in enumerate(items if isinstance(items, list) else ()):
            counted = next(values_at(item, place[last + 1 :], (*of_items, k)), None)
            yield counted or ((*of_items, k, *place[last + 1 :]), None)
