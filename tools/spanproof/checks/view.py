"""What a rule sees: one batch as texts and spans, and which objects an error has hidden already."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from spanproof.arrays import Bools, Ints, codes, integers, string_offsets, validity
from spanproof.checks.causes import diagnose
from spanproof.corpus.columns import Columns, Items
from spanproof.corpus.documents import Batch
from spanproof.corpus.edits import Edit
from spanproof.corpus.findings import Cause
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema
from spanproof.text.characters import Flags
from spanproof.text.index import Text, same_text

T = TypeVar("T")


@dataclass(frozen=True)
class Spans:
    """The spans at one place of a batch.

    ``start`` and ``end`` are offsets as written (0 where there is none), ``low`` and ``high`` the same in code points
    of the batch, ``text`` the texts they point into, which are the documents' ``member``, ``surface`` their stored
    text. ``open`` is true where both offsets are integers and no error has hidden the span.
    """

    items: Items
    member: str
    text: Text
    start: Ints
    end: Ints
    length: Ints
    surface: pa.Array | None
    open: Bools

    @property
    def node(self) -> Node:
        """The node of the schema."""
        return self.items.node

    def edits_to(self, k: int, start: int, end: int, surface: str) -> tuple[Edit, ...]:
        """Return the edits that put a span at other offsets; what stays the same isn't edited.

        Args:
            k: which span.
            start: its first code point.
            end: the code point after its last.
            surface: the text there; written where the span stores its surface.
        """
        path = self.items.path(k)
        now = {"start": int(self.start[k]), "end": int(self.end[k])}
        new: dict[str, Any] = {"start": start, "end": end}
        if self.surface is not None and self.surface[k].is_valid:
            now["text"], new["text"] = self.surface[k].as_py(), surface
        return tuple(Edit((*path, name), value) for name, value in new.items() if value != now[name])

    @functools.cached_property
    def low(self) -> Ints:
        """Start, in code points of the batch."""
        return self.text.points.take(self.items.doc) + self.start

    @functools.cached_property
    def high(self) -> Ints:
        """End, in code points of the batch."""
        return self.text.points.take(self.items.doc) + self.end

    @functools.cached_property
    def _laid(self) -> tuple[Ints, Ints, Bools]:
        base = self.text.points.take(self.items.doc)
        low, high = (base + np.clip(offset, 0, self.length) for offset in (self.start, self.end))
        first = self.text.to_bytes(low)
        if self.surface is None:
            return first, self.text.to_bytes(high), np.ones(len(first), np.bool_)
        # If the surface is right, its bytes say where the span ends, for less than finding that in the text costs.
        last = np.minimum(first + np.diff(string_offsets(self.surface)[0]), self.text.bounds[-1])
        same = same_text(self.text, first, last, self.surface) & (self.text.to_points(last) == high)
        wrong = np.flatnonzero(~same)
        last[wrong] = self.text.to_bytes(high[wrong])
        return first, last, same | ~validity(self.surface)

    @property
    def bytes_(self) -> tuple[Ints, Ints]:
        """First byte and the byte after the last, in the batch; offsets out of bounds are clipped to their document."""
        return self._laid[:2]

    @property
    def same(self) -> Bools:
        """Whether the text between the offsets is the surface; where there is none it is."""
        return self._laid[2]

    @functools.cached_property
    def edges(self) -> tuple[Flags, Flags, Flags, Flags]:
        """The flags of the characters before and after the start, before and after the end; 0 beyond the document."""
        first, last = self.bytes_
        return (
            self.text.flags_before(first) * (self.start > 0),
            self.text.flags_at(first),
            self.text.flags_before(last),
            self.text.flags_at(last) * (self.end < self.length),
        )


@dataclass(frozen=True)
class View:
    """One batch of a corpus, for rules."""

    batch: Batch
    schema: Schema
    registries: Registries = field(default_factory=lambda: MappingProxyType({}))

    @functools.cached_property
    def columns(self) -> Columns:
        """The objects of the batch by place."""
        return Columns(self.batch, self.schema)

    @property
    def documents(self) -> Items:
        """The documents themselves."""
        return self.columns.items(())

    @functools.cached_property
    def _kept(self) -> dict[object, Any]:
        return {}

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """What ``compute`` returns, computed once for this view and key."""
        if key not in self._kept:
            self._kept[key] = compute()
        kept: T = self._kept[key]
        return kept

    def texts(self, member: str) -> pa.Array:
        """A string member of the documents, empty where it is null."""
        array = self.documents.columns[member]
        return array.fill_null("") if array.null_count else array

    def text(self, member: str) -> Text:
        """The texts in a string member of the documents, indexed."""
        return self.once(("text", member), lambda: Text.of(self.texts(member)))

    def codes(self, place: Place) -> tuple[Ints, pa.Array]:
        """The strings at a place as small integers (null is -1), the same for the same string, and each string."""
        return self.once(("codes", place), lambda: codes(self.columns.items(place[:-1]).columns[place[-1]]))

    @functools.cached_property
    def spans(self) -> Mapping[Place, Spans]:
        """The spans of the batch by place, outer ones first."""
        return {node.place: self._spans(node, member) for node, member in self.schema.having(Node.span_of)}

    def _spans(self, node: Node, member: str) -> Spans:
        items = self.columns.items(node.place)
        text = self.text(member)
        (start, has_start), (end, has_end) = (integers(items.columns[name]) for name in ("start", "end"))
        has_text = validity(self.documents.columns[member]).take(items.doc)
        length = np.diff(text.points).take(items.doc)
        surface, known = items.columns.get("text"), has_start & has_end & has_text
        return Spans(items, member, text, start.astype(np.int64), end.astype(np.int64), length, surface, known)

    def string(self, row: int, member: str) -> str:
        """A text of one document."""
        return self.once(("string", row, member), lambda: self.documents.columns[member][row].as_py() or "")

    def whole(self, row: int, member: str) -> bool:
        """Whether a text of a document could be taken into columns as it is (no lone surrogate)."""
        return row not in self.batch.raw or self.batch.raw[row].get(member) == self.string(row, member)

    def hide(self, row: int, path: Sequence[str | int]) -> None:
        """Takes the innermost span on the path of a fault out of the rules to come."""
        for length in range(len(path), 0, -1):
            place = tuple("*" if isinstance(step, int) else step for step in path[:length])
            if place in self.spans:
                k = self.find(place, row, path[:length])
                if k is not None:
                    self.spans[place].open[k] = False
                return

    def find(self, place: Place, row: int, path: Sequence[str | int]) -> int | None:
        """The object of a place that stands at a path of a document."""
        items = self.columns.items(place)
        first, last = np.searchsorted(items.doc, [row, row + 1])
        same = np.ones(last - first, np.bool_)
        for at, want in zip(items.at, (step for step in path if isinstance(step, int)), strict=True):
            same &= at[first:last] == want
        found = np.flatnonzero(same)
        return int(first + found[0]) if found.size else None

    def surfaces(self, row: int, member: str) -> list[tuple[Spans, int]]:
        """Every span of a document that points into a text and stores its surface, whatever is wrong with it."""
        found = []
        for spans in self.spans.values():
            if spans.member == member and spans.surface is not None:
                first, last = np.searchsorted(spans.items.doc, [row, row + 1]).tolist()
                members = (spans.surface, *(spans.items.columns[name] for name in ("start", "end")))
                whole = np.logical_and.reduce([validity(member.slice(first, last - first)) for member in members])
                found += [(spans, first + k) for k in np.flatnonzero(whole).tolist()]
        return found

    def cause(self, row: int, member: str) -> tuple[Cause, list[tuple[Spans, int]]] | None:
        """Why surfaces and slices of a document disagree, where one cause explains it, and the spans it speaks of."""

        def compute() -> tuple[Cause, list[tuple[Spans, int]]] | None:
            spans = self.surfaces(row, member)
            stored = [(s, k, s.surface) for s, k in spans if s.surface is not None]
            triples = [(int(s.start[k]), int(s.end[k]), surface[k].as_py()) for s, k, surface in stored]
            found = diagnose(self.string(row, member), triples)
            return None if found is None else (found, spans)

        return self.once(("cause", row, member), compute)
