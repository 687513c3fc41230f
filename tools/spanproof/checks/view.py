"""What a rule sees: one batch as texts and spans, and which objects an error has hidden already."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from spanproof.arrays import Bools, Ints, codes, integers, string_offsets, validity
from spanproof.checks.layers import Layers
from spanproof.corpus.columns import Columns, Items
from spanproof.corpus.documents import Batch
from spanproof.corpus.edits import Edit
from spanproof.corpus.registries import EntryReference
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Path, Registries, value_at
from spanproof.schema.schema import Schema
from spanproof.text.characters import Flags
from spanproof.text.index import Text, same_text

T = TypeVar("T")


@dataclass(eq=False)
class Spans:
    """The spans at one place of a batch, as arrays of shape (spans,).

    Not frozen: ``sound`` changes while a batch is judged, where an error hides a span from the rules after it.

    Attributes:
        items: the spans as objects: their node, their documents, their members as columns.
        member: the member of the documents that holds the texts they point into.
        text: these texts, indexed.
        start: the first code point of each in its document, as written; 0 where there is none.
        end: the code point after the last, as written; 0 where there is none.
        length: of the text that each points into, in code points.
        surface: the stored words of each, null for a span without them. The whole array is None where the schema has no
            member for them.
        known: whether its text and both offsets are there; what is not known can't be judged.
        sound: whether a rule should judge the span: it is known, and no rule so far has found an error in it. The rules
            about offsets (SP101 to SP106) run first, so for every later rule, a rule given to
            :func:`spanproof.check` among them, a sound span lies within its text, and its stored surface, if it has
            one, is what the text says there. This doesn't hold where the schema turns one of those rules off or makes
            it milder than an error.
    """

    items: Items
    member: str
    text: Text
    start: Ints
    end: Ints
    length: Ints
    surface: pa.Array | None
    known: Bools
    sound: Bools

    @property
    def node(self) -> Node:
        """Return the node of the schema."""
        return self.items.node

    def words(self, k: int) -> str | None:
        """Return the stored words of a span; None where it has none."""
        return None if self.surface is None else self.items.value("text", k)

    def edits_to(self, k: int, start: int, end: int, surface: str) -> tuple[Edit, ...]:
        """Return the edits that put a span at other offsets; what stays the same isn't edited.

        Args:
            k: which span.
            start: its first code point.
            end: the code point after its last.
            surface: the text there; written where the span stores its surface.
        """
        path, values, words = self.items.path(k), self.items.values, self.words(k)
        edits = [] if values["start"][k] == start else [Edit((*path, "start"), start)]
        if values["end"][k] != end:
            edits.append(Edit((*path, "end"), end))
        if words is not None and words != surface:
            edits.append(Edit((*path, "text"), surface))
        return tuple(edits)

    @functools.cached_property
    def low(self) -> Ints:
        """Return the starts in code points of all texts of the batch end to end."""
        return self.text.points.take(self.items.doc) + self.start

    @functools.cached_property
    def high(self) -> Ints:
        """Return the ends in code points of all texts of the batch end to end."""
        return self.text.points.take(self.items.doc) + self.end

    @functools.cached_property
    def _laid(self) -> tuple[Ints, Ints, Bools]:
        low, high = self.low, self.high
        if (
            min(self.start.min(initial=0), self.end.min(initial=0)) < 0
            or (np.maximum(self.start, self.end) > self.length).any()
        ):
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
        """Return the first byte of each, and the byte after the last, of all texts of the batch end to end.

        Offsets out of bounds are clipped to their document.
        """
        return self._laid[:2]

    @property
    def same(self) -> Bools:
        """Say whether the text between the offsets is the surface; it is where no surface is stored."""
        return self._laid[2]

    @functools.cached_property
    def edges(self) -> tuple[Flags, Flags, Flags, Flags]:
        """Return the flags of the characters before and after the start, and before and after the end.

        They are 0 beyond the document. :mod:`spanproof.text.characters` says what they are.
        """
        first, last = self.bytes_
        return (
            self.text.flags_before(first) * (self.start > 0),
            self.text.flags_at(first),
            self.text.flags_before(last),
            self.text.flags_at(last) * (self.end < self.length),
        )


@dataclass(eq=False)
class View:
    """One batch of a corpus, as rules see it, in the order of their codes.

    Not frozen: it keeps what rules compute of it (:meth:`once`), and an error hides its span from later rules.

    Attributes:
        batch: the documents.
        schema: what a document is.
        registries: what references point into: name of the registry to key to entry.
        registry_files: the registries that were looked for, by name, each with the file of each of its entries.
        entry_references: what the entries of registries refer to.
        learned: returns what texts of the whole corpus share that drift, given their member; None where nobody knows.
        searched: in how many texts a cause was sought: before, where these are changed documents of a batch, or now.
    """

    batch: Batch
    schema: Schema
    registries: Registries = field(default_factory=dict)
    registry_files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    entry_references: Sequence[EntryReference] = ()
    learned: Callable[[str], Any] = lambda _: None
    searched: int = 0

    @functools.cached_property
    def columns(self) -> Columns:
        """Return the objects of the batch by place."""
        return Columns(self.batch, self.schema)

    @property
    def documents(self) -> Items:
        """Return the documents themselves."""
        return self.columns.items(())

    @property
    def keys(self) -> pa.Array | None:
        """Return what identifies each document, a number as it is written; None where the schema has no key."""
        return self.documents.columns[self.schema.key].cast(pa.string()) if self.schema.key else None

    @functools.cached_property
    def names(self) -> Sequence[str | None]:
        """Return what the documents are called, None where one has no key."""
        return [None] * len(self.documents) if self.keys is None else self.keys.to_pylist()

    @functools.cached_property
    def _kept(self) -> dict[object, Any]:
        return {}

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """Return what ``compute`` returns, computed once for this view and key."""
        if key not in self._kept:
            self._kept[key] = compute()
        kept: T = self._kept[key]
        return kept

    def texts(self, member: str) -> pa.Array:
        """Return a string member of the documents, empty where it is null."""
        array = self.documents.columns[member]
        return array.fill_null("") if array.null_count else array

    def text(self, member: str) -> Text:
        """Return the texts in a string member of the documents, indexed."""
        return self.once(("text", member), lambda: Text.of(self.texts(member)))

    def codes(self, place: Place) -> tuple[Ints, pa.Array]:
        """Return the strings at a place as integers, equal where the strings are, -1 for null; and each string once."""
        return self.once(("codes", place), lambda: codes(self.columns.column(place)[1]))

    @functools.cached_property
    def spans(self) -> Mapping[Place, Spans]:
        """Return the spans of the batch by place, outer ones first."""
        return Layers({node.place: self._spans(node, member) for node, member in self.schema.having(Node.span_of)})

    def _spans(self, node: Node, member: str) -> Spans:
        items = self.columns.items(node.place)
        text = self.text(member)
        (start, has_start), (end, has_end) = (integers(items.columns[name]) for name in ("start", "end"))
        has_text = validity(self.documents.columns[member]).take(items.doc)
        length = np.diff(text.points).take(items.doc)
        surface, known = items.columns.get("text"), has_start & has_end & has_text
        offsets = start.astype(np.int64), end.astype(np.int64)
        return Spans(items, member, text, *offsets, length, surface, known, known.copy())

    def string(self, row: int, member: str) -> str:
        """Return a text of one document."""
        return self.once(("string", row, member), lambda: self.documents.columns[member][row].as_py() or "")

    def whole(self, row: int, member: str) -> bool:
        """Say whether a text of a document could be taken into columns as it is (it has no lone surrogate)."""
        return (
            row not in self.batch.raw
            or row in self.batch.unlisted
            or self.batch.raw[row].get(member) == self.string(row, member)
        )

    def says(self, items: Items, k: int, key: str | None) -> dict[str, Any]:
        """Return everything that an object says, but for its key.

        Args:
            items: the objects of one place.
            k: which of them.
            key: the member that identifies it, if there is one.
        """
        row = int(items.doc[k])
        document = self.once(("document", row), lambda: self.batch.document(row))
        return {name: value for name, value in value_at(document, items.path(k)).items() if name != key}

    def find(self, place: Place, row: int, path: Path) -> int | None:
        """Return which object of a place stands at a path of a document; None if none does.

        Args:
            place: where in every document.
            row: which document.
            path: where in this one.
        """
        items = self.columns.items(place)
        low, high = np.searchsorted(items.doc, [row, row + 1]).tolist()
        for at, want in zip(items.at, (step for step in path if isinstance(step, int)), strict=True):
            first, last = np.searchsorted(at[low:high], [want, want + 1]).tolist()
            low, high = low + first, low + last
        return low if low < high else None

    def drifts(self, member: str) -> Bools:
        """Say of each document whether some of its spans of a text aren't where they say, shape (documents,).

        They aren't in bounds, or their slice isn't their stored surface. What else is wrong in such a document may be
        wrong for the same reason, so that nothing in it is removed or trimmed.
        """

        def compute() -> Bools:
            drift = np.zeros(len(self.documents), np.bool_)
            for spans in self.spans.values():
                if spans.member == member:
                    in_order = (spans.start >= 0) & (spans.start <= spans.end) & (spans.end <= spans.length)
                    drift[spans.items.doc[~(in_order & spans.same)]] = True
            return drift

        return self.once(("drifts", member), compute)

    def settled(self, spans: Spans) -> Bools:
        """Say of each span whether its surface proves its offsets, and nothing of its document drifts."""

        def compute() -> Bools:
            if spans.surface is None:
                return np.zeros(len(spans.items), np.bool_)
            return validity(spans.surface) & spans.same & ~self.drifts(spans.member).take(spans.items.doc)

        return self.once(("settled", spans.node.place), compute)

    def surfaces(self, row: int, member: str) -> list[tuple[Spans, int]]:
        """Return the spans of a document that point into a text and store a surface, whatever is wrong with them."""
        stored = []
        for spans in self.spans.values():
            if spans.member == member and spans.surface is not None:
                first, last = np.searchsorted(spans.items.doc, [row, row + 1]).tolist()
                members = (spans.surface, *(spans.items.columns[name] for name in ("start", "end")))
                whole = np.logical_and.reduce([validity(member.slice(first, last - first)) for member in members])
                stored += [(spans, first + k) for k in np.flatnonzero(whole).tolist()]
        return stored
