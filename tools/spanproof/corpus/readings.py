"""A document whose offsets count as its schema states, read as code points and put back: texts, offsets, tags."""

import copy
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from spanproof.corpus.offsets import OFFSETS, TokenExtents, read_span, written_offsets
from spanproof.corpus.shapes import Fault, Faults, ShapeError
from spanproof.corpus.tagging import spans_of, tags_of
from spanproof.schema.lens import Counting, Lens
from spanproof.schema.node import Place
from spanproof.schema.paths import Path, place_of, value_at, values_at

_Known = tuple[Place, Path, Any]


@dataclass(frozen=True)
class CountedDocument:
    """One document, and what it takes to put it back.

    Attributes:
        document: the canonical document.
        lens: the shape in which it is written.
        faults: where that can't be read.
        before: for each way of counting, object in which it counts, and canonical span the offsets as they are written,
            if these don't follow from those that were read; None for two ways.
        outside: for the path of each span that has no offsets in code points its offsets as they are written.
        tags: for each path of tags those that were read.
    """

    document: Any
    lens: Lens
    faults: tuple[Fault, ...] = ()
    before: Mapping[_Known, Mapping[str, Any] | None] = field(default_factory=dict)
    tags: Mapping[Path, Any] = field(default_factory=dict)
    outside: Mapping[Path, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def blank(cls, lens: Lens) -> "CountedDocument":
        """Return the reading of nothing, for a document that isn't written yet."""
        return cls(None, lens)

    @classmethod
    def of(cls, document: Any, lens: Lens, composed: Mapping[str, str], faults: Faults) -> "CountedDocument":
        """Return a document read, with texts put together and offsets in code points.

        Args:
            document: the document in canonical shape, offsets as they are written; what counts otherwise is changed.
            lens: the shape.
            composed: members that are put together of what is written: texts, and a composed key.
            faults: takes what can't be read.
        """
        if not isinstance(document, Mapping):
            return cls(document, lens, tuple(faults.listed))
        document = {**composed, **document}
        before: dict[_Known, Mapping[str, Any] | None] = {}
        outside: dict[Path, Mapping[str, Any]] = {}
        tokens = TokenExtents(document, lens, faults)
        for counting in lens.counted:
            text = document.get(counting.text)
            if not isinstance(text, str) or _is_read(counting, document):
                continue
            for path, span in list(values_at(document, counting.place)):
                if isinstance(span, dict):
                    members = (*OFFSETS[counting.extent], *(("text",) if counting.line_breaks else ()))
                    written = {name: span[name] for name in members if name in span}
                    read_span(counting, text, path, span, tokens, faults)
                    known = _known(counting, path, span)
                    before[known] = written if before.get(known, written) == written else None
                    if _is_outside(span):
                        outside[path] = written
        tags: dict[Path, Any] = {}
        for tagged in lens.tagged:
            for path, of_tokens in list(values_at(document, tagged.place)):
                if isinstance(of_tokens, list):
                    tags[path] = of_tokens
                    own = tokens.at(tagged.tokens, tagged.text, path[: tagged.within])
                    value_at(document, path[:-1])[path[-1]] = spans_of(tagged, path, of_tokens, own, faults)
        return cls(document, lens, tuple(faults.listed), before, tags, outside)

    def path(self, path: Path) -> Path:
        """Return the path in the shaped document that a canonical path stands for."""
        for tagged in self.lens.tagged:
            of_tokens, depth = path[: len(tagged.place)], len(tagged.place)
            if place_of(path[: depth + 1]) == (*tagged.place, "*"):
                known = TokenExtents(self.document, self.lens, Faults())
                tokens = known.at(tagged.tokens, tagged.text, path[: tagged.within])
                span = value_at(self.document, path[: depth + 1])
                first = next((k for k, (low, _) in enumerate(tokens) if low == span.get("start")), None)
                return of_tokens if first is None else (*of_tokens, first)
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
        if counting is None or not isinstance(span, Mapping) or (counting.from_text and counting.extent != "length"):
            return ""
        written = self.before.get(_known(counting, path, span))
        if written is None and counting.from_text:
            tokens = TokenExtents(self.document, self.lens, Faults())
            written = written_offsets(counting, self.document, path, span, tokens)
        if not written:
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
        tokens = TokenExtents(shaped, self.lens, Faults())
        for tagged in self.lens.tagged:
            for path, spans in list(values_at(shaped, tagged.place)):
                if isinstance(spans, list):
                    old = (value_at(self.document, path), self.tags[path]) if path in self.tags else ([], [])
                    own = tokens.at(tagged.tokens, tagged.text, path[: tagged.within])
                    value_at(shaped, path[:-1])[path[-1]] = tags_of(tagged, spans, own, old)
        for counting in reversed(self.lens.counted):
            for path, span in list(values_at(shaped, counting.place)):
                if isinstance(span, dict):
                    written = self._written(counting, path, shaped)
                    if written is None:
                        offsets = written_offsets(counting, shaped, path, span, tokens)
                        written = {**offsets, **self._words(counting, path, span)}
                    for name in {"start", "end", *OFFSETS[counting.extent]}:
                        span.pop(name, None)
                    span.update(written)
        for text in self.lens.texts:
            shaped.pop(text.member, None)
        if self.lens.key_member:
            key = shaped.pop(self.lens.key_member, None)
            if self.document is not None and key != self.document.get(self.lens.key_member):
                raise ShapeError("the key of a document is composed of others and can't be changed")
        return shaped

    def _written(self, counting: Counting, path: Path, document: Any) -> Mapping[str, Any] | None:
        """Return the offsets of a span as they were written; None where they follow from those that it has.

        Raises:
            ShapeError: it has none, and several spans that are like it were written otherwise.
        """
        span = value_at(document, path)
        known = _known(counting, path, span)
        written = self.before.get(known)
        if written is not None or known not in self.before or not _is_outside(span):
            return written
        with suppress(KeyError, IndexError, TypeError):
            beside, now = (value_at(of, path[:-1]) for of in (self.document, document))
            if len(beside) == len(now) and beside[path[-1]] == span:
                return self.outside[path]
        raise ShapeError("two spans that lie outside of their text differ in nothing but the offsets that they lack")

    def _words(self, counting: Counting, path: Path, span: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the surface of a span as it is written, where its offsets changed alone; else nothing."""
        with suppress(KeyError, IndexError, TypeError):
            old = value_at(self.document, path)
            written = self.before.get(_known(counting, path, old)) or {}
            if counting.line_breaks and old["text"] == span["text"]:
                return {"text": written["text"]}
        return {}


def _is_outside(span: Mapping[str, Any]) -> bool:
    """Say whether a span that was read has no offsets in code points, or only one."""
    return span.get("start") is None or span.get("end") is None


def _is_read(counting: Counting, document: Any) -> bool:
    """Read the spans at a place if each is counted from the start of its text, in integers; otherwise change nothing.

    No note is taken of what was written: it follows from what is read.
    """
    if not counting.from_text or counting.line_breaks:
        return False
    spans = [document]
    for step in counting.place:
        if step == "*":
            spans = [item for some in spans if type(some) is list for item in some]
        else:
            spans = [some.get(step) for some in spans if type(some) is dict]
    spans, extent = [span for span in spans if type(span) is dict], counting.extent
    kind = str if extent == "text" else int
    if not all(type(span.get("start")) is int and type(span.get(extent)) is kind for span in spans):
        return False
    if extent != "end":
        for span in spans:
            span["end"] = span["start"] + (span.pop("length") if extent == "length" else len(span["text"]))
    return True


def _known(counting: Counting, path: Path, span: Mapping[str, Any]) -> _Known:
    """Return what a canonical span is known by: how and in what it is counted, and where it is."""
    where = start, end, text = span.get("start"), span.get("end"), span.get("text")
    plain = type(start) is int and type(end) is int and (text is None or type(text) is str)
    return counting.place, path[: counting.within], where if plain else json.dumps(where)
