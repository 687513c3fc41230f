"""What BioC says, in XML or in JSON: documents in passages, annotations with locations, relations.

Passages and sentences stand at their offsets in the text of the document, with line feeds in the gaps between them. By
its DTD BioC counts UTF-8 bytes, most of its writers count code points: that unit is taken by which the words of most
annotations stand where they should. An annotation without a location is a relation without arguments.
Source: BioC.dtd, and Comeau et al., BioC: a minimalist approach to interoperability for biomedical text, 2013.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.leaf import LocatedDocument
from spanproof.formats.losses import Fitting
from spanproof.formats.markup import fill_ids, name_of
from spanproof.formats.values import fit_places, fit_values
from spanproof.parsing.xml import Element

TYPE, INFON = "type", "key"
"""The infon that is the label of an annotation; the attribute of an infon that is its name."""
_MEMBERS = ("source", "date", "key")
_KNOWN = frozenset({"id", "infon", "offset", "text"})
_NUMBER = re.compile(r"\s*-?\d{1,18}\s*", re.ASCII)
_WIDEST = 10_000
"""How many line feeds stand for a gap between passages, at most."""
_ENCODINGS = {"code points": "utf-32-le", "UTF-8 bytes": "utf-8", "UTF-16 code units": "utf-16-le"}
_WIDTHS = {"utf-32-le": 4, "utf-8": 1, "utf-16-le": 2}
"""Bytes of one unit of offsets in the encoding that has it."""


@dataclass
class _Passage:
    """A passage or a sentence: its offset in the file, its words, and where these begin in the document."""

    offset: int
    text: str
    start: int = 0
    _units: dict[str, bytes] = field(default_factory=dict)

    def units(self, encoding: str) -> bytes:
        """Return its words in an encoding; encoded once, however many annotations are in them."""
        if encoding not in self._units:
            self._units[encoding] = self.text.encode(encoding)
        return self._units[encoding]

    def length(self, encoding: str) -> int:
        """Return its length in the units of the file."""
        return len(self.text) if self.text.isascii() else len(self.units(encoding)) // _WIDTHS[encoding]

    def place(self, offset: int, encoding: str) -> int:
        """Return the code point of the document at an offset of the file, also before or beyond the passage."""
        local = offset - self.offset
        if self.text.isascii():
            return self.start + local
        width, units = _WIDTHS[encoding], self.units(encoding)
        within = max(min(local * width, len(units)), 0)
        before = within // width if width == _WIDTHS["utf-32-le"] else len(units[:within].decode(encoding, "ignore"))
        return self.start + before + local - within // width


@dataclass
class _Location:
    """Where an annotation is in the file, and the passage in which it is written, if that has words."""

    offset: int
    length: int
    passage: _Passage | None


@dataclass
class _PassagesOfDocument:
    """A document while its elements are read."""

    passages: list[_Passage] = field(default_factory=list)
    annotations: list[tuple[Element, list[_Location]]] = field(default_factory=list)
    relations: list[Element] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)

    def take(self, element: Element, enclosing: _Passage | None = None) -> None:
        """Take up a document, a passage or a sentence with all that is in it.

        Args:
            element: the element.
            enclosing: the passage around it, if that has words.
        """
        words = _child(element, "text")
        if words is not None and enclosing is None:
            enclosing = _Passage(self._number(_child(element, "offset"), element), words.text())
            self.passages.append(enclosing)
        for part in element.elements():
            if part.name in ("passage", "sentence"):
                self.take(part, enclosing)
            elif part.name == "annotation":
                self.annotations.append((part, self._locations(part, enclosing)))
            elif part.name == "relation":
                self.relations.append(part)
            elif part.name not in _KNOWN:
                self.problems.append((part.line, f"is the element {part.name}, which BioC doesn't have"))

    def _number(self, element: Element | None, owner: Element, name: str | None = None) -> int:
        written = (element.attributes.get(name, "") if name else element.text()) if element is not None else ""
        if _NUMBER.fullmatch(written):
            return int(written)
        self.problems.append((owner.line, f"{owner.name} has the {name or 'offset'} {written!r}; expected a number"))
        return 0

    def _locations(self, element: Element, passage: _Passage | None) -> list[_Location]:
        return [
            _Location(self._number(part, part, "offset"), self._number(part, part, "length"), passage)
            for part in element.elements()
            if part.name == "location"
        ]

    def encoding(self) -> tuple[str, bool]:
        """Return the encoding whose units offsets count, by the words of annotations, and whether they tell it.

        They don't where annotations without words would stand elsewhere by another unit that suits the words as well.
        """
        code_points = _ENCODINGS["code points"]
        if all(passage.text.isascii() for passage in self.passages):
            return code_points, True
        standing: dict[str, int] = {}
        elsewhere: dict[str, list[list[tuple[int, int]]]] = {}
        for encoding in _ENCODINGS.values():
            text = self.text(encoding)
            standing[encoding] = 0
            elsewhere[encoding] = []
            for element, locations in self.annotations:
                extents = [self.extent(location, encoding) for location in locations]
                if _child(element, "text") is None:
                    elsewhere[encoding].append(extents)
                else:
                    standing[encoding] += bool(extents) and _words(element) == _joined(text, extents)
        most = max(standing.values())
        equal = [encoding for encoding, number in standing.items() if number == most]
        return equal[0], all(elsewhere[encoding] == elsewhere[equal[0]] for encoding in equal)

    def text(self, encoding: str) -> str:
        """Place the passages and return the text of the document."""
        parts: list[str] = []
        length = at = 0
        for passage in self.passages:
            gap = min(max(passage.offset - at, 0), _WIDEST) if parts else 0
            passage.start = length + gap
            parts += ["\n" * gap, passage.text]
            length += gap + len(passage.text)
            at = passage.offset + passage.length(encoding)
        return "".join(parts)

    def extent(self, location: _Location, encoding: str) -> tuple[int, int]:
        """Return where a location begins and ends in the text of the document."""
        first, last = location.offset, location.offset + location.length
        begin, end = (location.passage or self._around(place) for place in (first, max(last - 1, first)))
        return begin.place(first, encoding), end.place(last, encoding)

    def _around(self, offset: int) -> _Passage:
        before = [passage for passage in self.passages if passage.offset <= offset]
        return before[-1] if before else self.passages[0] if self.passages else _Passage(0, "")


def _child(element: Element, name: str) -> Element | None:
    for part in element.content:
        if isinstance(part, Element) and part.name == name:
            return part
    return None


def _words(element: Element) -> str:
    words = _child(element, "text")
    return words.text() if words is not None else ""


def _joined(text: str, extents: Sequence[tuple[int, int]]) -> str:
    return " ".join(text[max(start, 0) : max(end, 0)] for start, end in extents)


def _infons(element: Element) -> dict[str, str]:
    return {part.attributes.get(INFON, ""): part.text() for part in element.elements() if part.name == "infon"}


def documents_of(root: Element, path: Path, suffixes: Sequence[str]) -> Iterator[LocatedDocument | ReadError]:
    """Yield the documents of a collection, and what of them can't be placed.

    Args:
        root: the collection. Elements whose line is 0 are of a file without lines.
        path: the file.
        suffixes: how files of its format end.
    """
    common = {name: words for name in _MEMBERS if (words := _words_of(root, name))} | _infons(root)
    elements = [element for element in root.elements() if element.name == "document"]
    name = name_of(path, suffixes)
    for number, element in enumerate(elements, 1):
        reading = _PassagesOfDocument()
        reading.take(element)
        encoding, known = reading.encoding()
        own = _words_of(element, "id") or (name if len(elements) == 1 else f"{name}-{number}")
        metadata = common | _infons(element)
        text = reading.text(encoding)
        annotations = [*_annotations(reading, text, encoding), *map(_relation, reading.relations)]
        fill_ids([annotation for annotation, _ in annotations])
        yield from (ReadError(str(path), line or None, problem) for line, problem in sorted(reading.problems))
        if not known:
            unsure = "offsets may count code points or UTF-8 bytes, and no annotation's words tell"
            problem = f"{unsure}; they are read as code points"
            yield ReadError(str(path), element.line or None, problem, repaired=True)
        if encoding == _ENCODINGS["UTF-16 code units"]:
            problem = "offsets count UTF-16 code units, as the words tell; expected code points or UTF-8 bytes"
            yield ReadError(str(path), element.line or None, problem, repaired=True)
        located = ((annotation, line or None) for annotation, line in annotations)
        yield LocatedDocument.of(own, text, located, metadata, element.line or None)


def _words_of(element: Element, name: str) -> str:
    child = _child(element, name)
    return child.text() if child is not None else ""


def _annotations(reading: _PassagesOfDocument, text: str, encoding: str) -> Iterator[tuple[dict[str, Any], int]]:
    for element, locations in reading.annotations:
        extents = sorted(reading.extent(location, encoding) for location in locations)
        named = _named(element)
        words = _words(element)
        if not extents:
            if stray := "".join(part for part in element.content if isinstance(part, str)).strip():
                reading.problems.append((element.line, f"has {stray[:60]!r} between its elements, and no location"))
            yield {**named, "arguments": []}, element.line
            continue
        span = {**named, "start": extents[0][0], "end": extents[-1][1]}
        if len(extents) > 1:
            pieces = [text[max(start, 0) : max(end, 0)] for start, end in extents]
            span["fragments"] = [{"start": start, "end": end} for start, end in extents]
            if words in (" ".join(pieces), "".join(pieces), text[max(span["start"], 0) : max(span["end"], 0)]):
                for fragment, piece in zip(span["fragments"], pieces, strict=True):
                    fragment["text"] = piece
            elif words:
                problem = f"the words {words[:60]!r} aren't those of its locations, {' '.join(pieces)[:60]!r}"
                reading.problems.append((element.line, problem))
        elif _child(element, "text") is not None:
            span["text"] = words
        yield span, element.line


def _named(element: Element) -> dict[str, Any]:
    infons = _infons(element)
    named = {"id": element.attributes.get("id") or None, "label": infons.pop(TYPE, "")}
    return {**named, "attributes": infons} if infons else named


def _relation(element: Element) -> tuple[dict[str, Any], int]:
    nodes = [part.attributes for part in element.elements() if part.name == "node"]
    arguments = [{"role": node.get("role", ""), "target": node.get("refid", "")} for node in nodes]
    return {**_named(element), "arguments": arguments}, element.line


def fit_bioc(fitting: Fitting) -> None:
    """Take what BioC can't hold beyond its features, in XML and in JSON."""
    fit_places(fitting)
    fit_values(fitting)
    text = fitting.document["text"]
    for k, span in fitting.spans.items():
        for n, part in enumerate(span.get("fragments", ())):
            there = text[part["start"] : part["end"]]
            fitting.replace(("spans", k, "fragments", n, "text"), there, "BioC has the words of all fragments as one")
    for path, _ in fitting.attributes():
        if path[-1] == TYPE:
            fitting.lose(path, "it has the name of the infon that is the label")
