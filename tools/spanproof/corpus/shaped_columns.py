"""Records in columns, seen through the lens of their schema: their documents in columns, all at once.

Records as they are as a rule are read so. What isn't plain (an object of something else, a token that isn't there) is
left to :mod:`spanproof.corpus.records`, which reads one record after another and says what is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import Ints, integers, to_arrow
from spanproof.corpus.conforming import conform
from spanproof.corpus.levels import (
    Level,
    NotPlainError,
    joined_text,
    keys_of,
    lengths_of,
    member_of,
    names_of,
    numbers_in,
)
from spanproof.corpus.tag_columns import TokenColumns, spans_of_tag_columns
from spanproof.schema.lens import NUMBER, Counting, Lens, ListShape, NumberShape, ObjectShape, Shape, Tags
from spanproof.schema.node import Node, Place


@dataclass(frozen=True)
class ShapedColumns:
    """The documents of some records.

    Attributes:
        documents: the canonical documents.
        record: the number of each one's record.
        number: which of the documents of its record each is.
    """

    documents: pa.StructArray
    record: Ints
    number: Ints


def documents_in(records: pa.StructArray, lens: Lens, root: Node) -> ShapedColumns:
    """Return the documents of records.

    Args:
        records: the records as they are written, arrays of different values as objects of their positions.
        lens: their shape.
        root: the node of a canonical document.

    Raises:
        NotPlainError: something in them isn't plain.
    """
    levels = [Level.of(records)]
    for step in lens.documents:
        levels.append(levels[-1].below(step))
    inner = levels[-1]
    if inner.array.null_count or len(np.unique(inner.record)) < len(records):
        raise NotPlainError
    composed = {text.member: joined_text(text, inner.array) for text in lens.texts}
    if lens.key:
        composed[lens.key_member] = keys_of(lens, levels)
    view = _Seen.of(lens, inner.array, composed)
    documents = view.value(inner.array, lens.shape, root, np.arange(len(inner.array)), composed)
    first = np.searchsorted(inner.record, np.arange(len(records)))
    return ShapedColumns(documents, inner.record, np.arange(len(inner.record)) - first[inner.record])


@dataclass(frozen=True)
class _Seen:
    """How what is in documents is seen.

    Attributes:
        lens: the lens.
        texts: the members of the documents, texts among them.
        tokens: the tokens that are counted, by their place.
        counted: how offsets count, by the place of the spans.
    """

    lens: Lens
    texts: Mapping[str, pa.Array]
    tokens: Mapping[Place, TokenColumns] = field(default_factory=dict)
    counted: Mapping[Place, Counting] = field(default_factory=dict)

    @classmethod
    def of(cls, lens: Lens, documents: pa.Array, texts: Mapping[str, pa.Array]) -> "_Seen":
        """Return how documents are seen, whose composed members are known."""
        gaps = {text.pieces[0]: len(text.separator) for text in lens.texts}
        shape = lens.shape if isinstance(lens.shape, ObjectShape) else ObjectShape()
        own = {shape.canonical(name): member for name, member in _members(documents, shape).items()}
        counted: list[Counting | Tags] = [one for one in lens.counted if one.tokens]
        tokens = {}
        for one in [*counted, *lens.tagged]:
            lists = member_of(documents, one.tokens[0])
            if texts[one.text].null_count or lists.null_count or lists.flatten().null_count:
                raise NotPlainError
            tokens[one.tokens] = TokenColumns.of(lists, gaps[one.tokens])
        return cls(lens, {**own, **texts}, tokens, {one.place: one for one in lens.counted})

    def value(
        self, array: pa.Array, shape: Shape | None, node: Node, doc: Ints, more: Mapping[str, pa.Array]
    ) -> pa.Array:
        """Return values as they are canonically.

        Args:
            array: the values as they are written.
            shape: their shape.
            node: their canonical node.
            doc: the document of each.
            more: further canonical members.
        """
        if isinstance(shape, ListShape):
            return self._list(array, shape, node, doc, more)
        if isinstance(shape, ObjectShape) or more or node.place in self.counted:
            return self._object(array, shape if isinstance(shape, ObjectShape) else ObjectShape(), node, doc, more)
        if isinstance(shape, NumberShape):
            return array.cast(node.arrow)
        plain = conform(array, node)
        if plain is None:
            raise NotPlainError
        return plain

    def _list(self, array: pa.Array, shape: ListShape, node: Node, doc: Ints, more: Mapping[str, pa.Array]) -> pa.Array:
        """Return lists as they are canonically, further members in each of their items."""
        assert node.items is not None
        if tags := next((one for one in self.lens.tagged if one.place == node.place), None):
            spans = spans_of_tag_columns(array, tags.names, self.tokens[tags.tokens])
            if spans is None:
                raise NotPlainError
            return conform(spans, node)
        lengths = lengths_of(array)
        if shape.numbered:
            more = {**more, NUMBER: to_arrow(numbers_in(lengths)).cast(pa.string())}
        values = self.value(array.flatten(), shape.items, node.items, np.repeat(doc, lengths), more)
        return _list_like(values, array, node.arrow)

    def _object(
        self, array: pa.Array, shape: ObjectShape, node: Node, doc: Ints, more: Mapping[str, pa.Array]
    ) -> pa.Array:
        written = _members(array, shape)
        members = {shape.canonical(name): values for name, values in written.items()}
        for name, inner in shape.shapes.items():
            having = inner.having if isinstance(inner, ObjectShape) else ()
            if having and name in members and _some_are_else(members[name], having):
                raise NotPlainError
        words = _surfaces(members, *shape.zipped) if shape.zipped else None
        if counting := self.counted.get(node.place):
            self._count(members, counting, array, doc)
        if any(name not in node.fields and values.null_count < len(values) for name, values in members.items()):
            raise NotPlainError
        members.update(more)
        children = [
            pa.nulls(len(array), sub.arrow)
            if name not in members
            else conform(members[name], sub)
            if name in more
            else self.value(
                members[name], shape.shapes.get(name), sub, doc, {"text": words} if name in shape.zipped else {}
            )
            for name, sub in node.fields.items()
        ]
        mask = array.is_null() if array.null_count else None
        return pa.StructArray.from_arrays(children, fields=list(node.arrow), mask=mask)

    def _count(self, members: dict[str, pa.Array], counting: Counting, array: pa.Array, doc: Ints) -> None:
        """Put the offsets of spans into code points, in place."""
        surface = members.get("text")
        if counting.line_breaks and surface is not None:
            written = pc.any(pc.match_substring(surface, counting.line_breaks)).as_py()
            if written:
                raise NotPlainError
        if counting.plain or (counting.from_text and counting.extent == "end"):
            return
        if self.texts[counting.text].null_count:
            raise NotPlainError
        start, extent = members.get("start"), members.get(counting.extent)
        if (
            start is None
            or extent is None
            or start.null_count > array.null_count
            or extent.null_count > array.null_count
        ):
            raise NotPlainError
        low = integers(start)[0].astype(np.int64) - counting.base
        if counting.extent == "text":
            high = low + integers(pc.utf8_length(extent))[0]
        else:
            high = integers(extent)[0] + (low if counting.extent == "length" else counting.inclusive - counting.base)
        if counting.extent == "length":
            del members["length"]
        if counting.unit == "token":
            extents = self.tokens[counting.tokens].points(low, high, doc)
            if extents is None:
                raise NotPlainError
            low, high = extents
        gone = array.is_null() if array.null_count else None
        for name, points in (("start", low), ("end", high)):
            if np.abs(points).max(initial=0) >= 1 << 31:
                raise NotPlainError
            values = to_arrow(points.astype(np.int32))
            members[name] = values if gone is None else pc.if_else(gone, pa.scalar(None, pa.int32()), values)


def _list_like(values: pa.Array, like: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return values as lists that are as long as others, and null where these are."""
    ends = np.append(0, np.cumsum(lengths_of(like))).astype(np.int32)
    mask = like.is_null() if like.null_count else None
    return pa.ListArray.from_arrays(to_arrow(ends), values, type=kind, mask=mask)


def _members(array: pa.Array, shape: ObjectShape) -> dict[str, pa.Array]:
    """Return the members of written objects by their names, those of arrays by their positions."""
    if pa.types.is_struct(array.type):
        members = dict(zip(names_of(array), array.flatten(), strict=True))
        if shape.positional and any(members[str(k)].null_count > array.null_count for k in range(shape.length)):
            raise NotPlainError  # an object stands in the place of an array
        return members
    lengths = lengths_of(array)
    if not shape.positional or array.null_count or (lengths != shape.length).any():
        raise NotPlainError
    values = array.flatten()
    return {str(k): values.take(to_arrow(np.arange(k, len(values), shape.length))) for k in range(shape.length)}


def _some_are_else(array: pa.Array, having: tuple[str, ...]) -> bool:
    """Say whether some objects have none of the members by which a span is known."""
    there = [child.is_valid() for name, child in _members(array, ObjectShape()).items() if name in having]
    some = there[0]
    for other in there[1:]:
        some = pc.or_(some, other)
    return bool(pc.any(pc.and_(array.is_valid(), pc.invert(some))).as_py())


def _surfaces(members: dict[str, pa.Array], fragments: str, surfaces: str) -> pa.Array:
    """Take the surfaces of all fragments out of members and return them, one after another."""
    lists, words = members.get(fragments), members.pop(surfaces, None)
    if lists is None or words is None or lists.null_count or words.null_count or lists.flatten().null_count:
        raise NotPlainError
    if not np.array_equal(lengths_of(lists), lengths_of(words)):
        raise NotPlainError
    return words.flatten()
