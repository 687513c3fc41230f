"""A document whose offsets count as its schema states, read as code points and put back: texts, offsets, tags."""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from spanproof.corpus.counting import Extent, Scale, TokenScale, found_tokens, joined_tokens
from spanproof.corpus.shapes import Fault, Faults, ShapeError
from spanproof.corpus.tagging import spans_of, tags_of
from spanproof.schema.lens import Counting, Lens
from spanproof.schema.node import Place
from spanproof.schema.paths import Path, place_of, value_at, values_at

_OFFSETS = ("start", "end", "length")


@dataclass(frozen=True)
class CountedDocument:
    """One document, and what it takes to put it back.

    Attributes:
        document: the canonical document.
        lens: the shape in which it is written.
        faults: where that can't be read.
        before: for each way of counting and canonical span the offsets as they are written; None for two ways.
        tags: for each place of tags those that were read.
    """

    document: Any
    lens: Lens
    faults: tuple[Fault, ...] = ()
    before: Mapping[tuple[Place, str], Mapping[str, Any] | None] = field(default_factory=lambda: MappingProxyType({}))
    tags: Mapping[Place, Any] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def blank(cls, lens: Lens) -> "CountedDocument":
        """Return the reading of nothing, for a document that isn't written yet."""
        return cls(None, lens)

    @classmethod
    def of(cls, document: Any, lens: Lens, given: Mapping[str, str], faults: Faults) -> "CountedDocument":
        """Return a document read, with texts put together and offsets in code points.

        Args:
            document: the document in canonical shape, offsets as they are written; what counts otherwise is changed.
            lens: the shape.
            given: members that are put together of what is written: texts, and a composed key.
            faults: takes what can't be read.
        """
        if not isinstance(document, Mapping):
            return cls(document, lens, tuple(faults.listed))
        document = {**given, **document}
        before: dict[tuple[Place, str], Mapping[str, Any] | None] = {}
        tokens = _Tokens(document, lens, faults)
        for counting in lens.counted:
            for path, span in list(values_at(document, counting.place)):
                if isinstance(span, dict):
                    written = {name: span[name] for name in _OFFSETS if name in span}
                    _read_span(counting, document, path, span, tokens, faults)
                    known = (counting.place, _named(span))
                    before[known] = written if before.get(known, written) == written else None
        tags = {}
        for tagged in lens.tagged:
            ((name,), written) = tagged.place, document.get(tagged.place[0])
            if isinstance(written, list):
                tags[tagged.place] = written
                document[name] = spans_of(tagged, written, tokens.at(tagged.tokens, tagged.text), faults)
        return cls(document, lens, tuple(faults.listed), before, tags)

    def path(self, path: Path) -> Path:
        """Return the path in the shaped document that a canonical path stands for."""
        for tagged in self.lens.tagged:
            if place_of(path[:2]) == (*tagged.place, "*"):
                tokens = _Tokens(self.document, self.lens, Faults()).at(tagged.tokens, tagged.text)
                span = self.document[tagged.place[0]][path[1]]
                first = next((k for k, (low, _) in enumerate(tokens) if low == span.get("start")), None)
                return tagged.place if first is None else (*tagged.place, first)
        for counting in self.lens.counted:
            if place_of(path) == (*counting.place, "end"):
                return (*path[:-1], counting.extent)
        return path

    def in_words(self, path: Path) -> str:
        """Return the offsets of a span as they are written, and what they count; empty where that is code points.

        Args:
            path: the canonical path of the span.
        """
        counting = next((one for one in self.lens.counted if one.place == place_of(path)), None)
        span = value_at(self.document, path) if counting else None
        written = self.before.get((counting.place, _named(span))) if counting and isinstance(span, Mapping) else None
        if counting is None or not written or (counting.extent == "text" and replace(counting, extent="end").plain):
            return ""
        units = {"code point": "code points", "grapheme": "graphemes", "token": "tokens"}
        words = ", ".join(f"{name} {value}" for name, value in written.items())
        base = ", counted from one" if counting.base else ""
        return f"written as {words} in {units.get(counting.unit, counting.unit.upper())}{base}"

    def unread(self, document: Any) -> Any:
        """Return a canonical document with its offsets as the schema counts them.

        Args:
            document: the document, changed or not; it stays as it is.

        Raises:
            ShapeError: an offset or a text can't be said so.
        """
        if not isinstance(document, Mapping):
            return document
        shaped = copy.deepcopy(dict(document))
        tokens = _Tokens(shaped, self.lens, Faults())
        for tagged in self.lens.tagged:
            name = tagged.place[0]
            if isinstance(shaped.get(name), list):
                old = (self.document[name], self.tags[tagged.place]) if tagged.place in self.tags else ([], [])
                shaped[name] = tags_of(tagged, shaped[name], tokens.at(tagged.tokens, tagged.text), old)
        for counting in reversed(self.lens.counted):
            for _, span in list(values_at(shaped, counting.place)):
                if isinstance(span, dict):
                    written = self.before.get((counting.place, _named(span)))
                    if written is None:
                        written = _unread_span(counting, shaped, span, tokens)
                    for name in _OFFSETS:
                        span.pop(name, None)
                    span.update(written)
        for text in self.lens.texts:
            shaped.pop(text.member, None)
        if self.lens.key_member:
            key = shaped.pop(self.lens.key_member, None)
            if self.document is not None and key != self.document.get(self.lens.key_member):
                raise ShapeError("the key of a document is composed of others and can't be changed")
        return shaped


def _named(span: Mapping[str, Any]) -> str:
    """Return what a canonical span is known by."""
    return json.dumps([span.get(name) for name in ("start", "end", "text")])


def _whole(number: Any) -> int | None:
    """Return an integer, also one that is written with a fraction of zero; None for anything else."""
    if isinstance(number, float) and number.is_integer():
        return int(number)
    return number if type(number) is int else None


def _read_span(
    counting: Counting, document: Any, path: Path, span: dict[str, Any], tokens: "_Tokens", faults: Faults
) -> None:
    """Put the offsets of a span into code points, in place."""
    text = document.get(counting.text)
    if not isinstance(text, str):
        return
    start, last = _whole(span.get("start")), _whole(span.get("end"))
    length = _whole(span.get("length"))
    low = None if start is None else start - counting.base
    high = None if last is None else last - counting.base + counting.inclusive
    if counting.extent == "length":
        high = None if low is None or length is None else low + length
    if counting.unit == "token":
        scale = TokenScale(tokens.at(counting.tokens, counting.text), len(text))
        if low is not None and high is not None:
            span["start"], span["end"] = scale.to_points(low, high)
        elif low is not None or high is not None:
            span["start"] = span["end"] = None
        if counting.extent == "length" and high is not None:
            del span["length"]
        return
    unit = _scale(text, counting.unit)
    for name, offset in (("start", low), ("end", high)):
        if offset is not None:
            point = unit.to_points(offset)
            if point is None:
                before, after = unit.around(offset)
                where = counting.base + (counting.inclusive if name == "end" else 0)
                faults.add(
                    (*path, name),
                    f"is {offset + where}, which lies inside a character; expected {before + where} or {after + where} "
                    f"({counting.unit})",
                    offset=True,
                )
            span[name] = point
    if counting.extent == "length" and high is not None:
        del span["length"]
    surface = span.get("text")
    if counting.extent == "text" and isinstance(surface, str) and span.get("start") is not None and low is not None:
        span["end"] = span["start"] + len(surface)


_SCALES: dict[tuple[str, str], Scale] = {}


def _scale(text: str, unit: str) -> Scale:
    """Return the scale of a text; that of the last texts is kept, since a document asks it for each span."""
    if (text, unit) not in _SCALES:
        while len(_SCALES) >= 4:
            del _SCALES[next(iter(_SCALES))]
        _SCALES[text, unit] = Scale.of(text, unit)
    return _SCALES[text, unit]


def _unread_span(counting: Counting, document: Any, span: Mapping[str, Any], tokens: "_Tokens") -> Mapping[str, Any]:
    """Return the offsets of a span as they are written."""
    written = {name: span[name] for name in _OFFSETS if name in span}
    text, start, end = document.get(counting.text), span.get("start"), span.get("end")
    if type(start) is not int or type(end) is not int or not isinstance(text, str):
        return written
    if counting.unit == "token":
        extent = TokenScale(tokens.at(counting.tokens, counting.text), len(text)).to_unit(start, end)
    else:
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
class _Tokens:
    """Where the tokens of a document stand in its text, found once; those up to the first that can't be found."""

    document: Mapping[str, Any]
    lens: Lens
    faults: Faults
    known: dict[Place, list[Extent]] = field(default_factory=dict)

    def at(self, place: Place, member: str) -> list[Extent]:
        """Return the tokens at a place, of a text."""
        if place not in self.known:
            self.known[place] = self._found(place, member)
        return self.known[place]

    def _found(self, place: Place, member: str) -> list[Extent]:
        tokens = list(values_at(self.document, place))
        if not all(isinstance(token, str) for _, token in tokens):
            return self._of_objects(tokens)
        words = [token for _, token in tokens]
        joined = [text for text in self.lens.texts if text.member == member and text.pieces == (place,)]
        if joined:
            return joined_tokens(words, joined[0].separator)
        extents, missing = found_tokens(words, self.document.get(member) or "")
        if missing is not None:
            after = extents[-1][1] if extents else 0
            self.faults.add(tokens[missing][0], f"is {words[missing]!r}, which isn't in the text from {after} on")
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
