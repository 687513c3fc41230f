"""Spans that corrections put elsewhere, as columns: edits, documents and batches are made of them when asked for."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
import pyarrow as pa

from spanproof.arrays import Ints, indices, strings, to_arrow
from spanproof.corpus.documents import Batch
from spanproof.corpus.edits import Edit, apply
from spanproof.corpus.unread import Unread
from spanproof.schema.node import Place
from spanproof.schema.paths import path_at


@dataclass(frozen=True, eq=False)
class MovedSpans:
    """The spans of a batch that corrections put elsewhere, text by text.

    Attributes:
        places: where in the schema spans stand.
        bounds: the first of them in each text, and the end.
        place: at which of the places each stands.
        at: its index in each list on the way, shape (spans, lists); 0 for lists that its place doesn't have.
        old: its offsets as stored, shape (spans, 2).
        new: those where it belongs, in code points.
        words: its new surface, where that changes; by the number of the span.
    """

    places: Sequence[Place]
    bounds: Ints
    place: Ints
    at: Ints
    old: Ints
    new: Ints
    words: Mapping[int, str]

    def edits(self, number: int, most: int | None = None) -> Iterator[Edit]:
        """Yield the edits of the spans of a text, by its number, or of the first of them; what stays isn't edited."""
        low, high = self.bounds[number : number + 2].tolist()
        high = high if most is None else min(high, low + most)
        columns = (column[low:high].tolist() for column in (self.place, self.at, self.old, self.new))
        for k, (place, at, old, new) in enumerate(zip(*columns, strict=True), low):
            path = path_at(self.places[place], at)
            for name, stored, right in zip(("start", "end"), old, new, strict=True):
                if stored != right:
                    yield Edit((*path, name), right)
            if k in self.words:
                yield Edit((*path, "text"), self.words[k])


@dataclass(frozen=True, eq=False)
class Moves(Sequence[Edit]):
    """The correction of one text: the edits of its spans, which are made when somebody asks for one.

    Attributes:
        spans: those of a batch.
        text: the number of the text.
    """

    spans: MovedSpans
    text: int

    @functools.cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Return the edits, the same tuple each time."""
        return tuple(self.spans.edits(self.text))

    @property
    def first(self) -> tuple[Edit, ...]:
        """Return the first of the edits."""
        return tuple(self.spans.edits(self.text, 1))[:1]

    @property
    def known(self) -> tuple[Edit, ...] | None:
        """Return the edits if somebody asked for them."""
        return self.__dict__.get("edits")

    def __bool__(self) -> bool:
        return bool(self.spans.bounds[self.text] < self.spans.bounds[self.text + 1])

    def __len__(self) -> int:
        return len(self.edits)

    def __iter__(self) -> Iterator[Edit]:
        return iter(self.edits)

    @overload
    def __getitem__(self, k: int) -> Edit: ...
    @overload
    def __getitem__(self, k: slice) -> Sequence[Edit]: ...
    def __getitem__(self, k: int | slice) -> Edit | Sequence[Edit]:
        """Return an edit, or some."""
        return self.edits[k]


def with_moved(batch: Batch, moves: Mapping[int, Moves]) -> Batch:
    """Return documents of a batch, and no others, with their spans elsewhere, as if they stood in no records.

    Args:
        batch: the batch.
        moves: the correction of each document by its row, all of them of the same spans; their order is that of rows.
    """
    rows = np.fromiter(moves, np.int64, len(moves))
    spans = next(iter(moves.values())).spans
    numbers = np.fromiter((one.text for one in moves.values()), np.int64, len(moves))
    low, high = spans.bounds[numbers], spans.bounds[numbers + 1]
    document = np.repeat(np.arange(len(rows)), high - low)
    some = np.arange(len(document)) - np.repeat(np.cumsum(high - low) - high, high - low)
    columns = batch.columns.take(to_arrow(rows))
    struct = columns.to_struct_array()
    for number, place in enumerate(spans.places):
        of = indices(spans.place[some] == number)
        if len(of):
            struct = _replaced(struct, place, spans.at[some[of]].T, document[of], _NewMembers(spans, some[of]))
    raw = {k: row for k, row in enumerate(rows.tolist()) if row in batch.raw} if batch.raw else {}
    return replace(
        batch,
        columns=pa.RecordBatch.from_arrays(struct.flatten(), schema=columns.schema),
        origin=[batch.origin[row] for row in rows.tolist()],
        raw=Unread(raw.keys(), lambda k: apply(batch.raw[raw[k]], moves[raw[k]])) if raw else {},
        errors=(),
        records=(),
        within=(),
        unlisted={k for k, row in raw.items() if row in batch.unlisted},
    )


@dataclass(frozen=True)
class _NewMembers:
    """The new members of some spans."""

    spans: MovedSpans
    some: Ints

    def of(self, name: str, column: pa.Array, index: Ints) -> pa.Array:
        """Return a column of spans with the new members of some of them, given which these are."""
        if name != "text":
            return _with(column, index, to_arrow(self.spans.new[self.some, int(name == "end")].astype(np.int32)))
        words = [(at, self.spans.words[k]) for at, k in enumerate(self.some.tolist()) if k in self.spans.words]
        which = np.array([at for at, _ in words], np.int64)
        return _with(column, index[which], strings([word for _, word in words])) if words else column


def _with(array: pa.Array, index: Ints, values: pa.Array) -> pa.Array:
    """Return an array with other values at some positions."""
    which = np.arange(len(array))
    which[index] = len(array) + np.arange(len(index))
    return pa.concat_arrays([array, values]).take(to_arrow(which))


def _replaced(array: pa.Array, place: Place, at: Ints, index: Ints, values: _NewMembers) -> pa.Array:
    """Return an array with new members of objects within.

    Args:
        array: objects, or what is in them at the beginning of a place.
        place: the steps to the objects with new members.
        at: their index in each list on these, a row a list.
        index: at which position of the array each is.
        values: the new members.
    """
    mask = array.is_null() if array.null_count else None
    if place[:1] == ("*",):
        offsets = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]
        items = _replaced(array.values, place[1:], at[1:], offsets[index] + at[0], values)
        return pa.ListArray.from_arrays(to_arrow(offsets), items, type=array.type, mask=mask)
    fields = list(array.type)
    members = [array.field(k) for k in range(len(fields))]
    for k, field in enumerate(fields):
        if place and field.name == place[0]:
            members[k] = _replaced(members[k], place[1:], at, index, values)
        elif not place and field.name in ("start", "end", "text"):
            members[k] = values.of(field.name, members[k], index)
    return pa.StructArray.from_arrays(members, fields=fields, mask=mask)
