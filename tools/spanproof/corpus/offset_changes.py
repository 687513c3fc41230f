"""Documents of which offsets change and nothing else: the new numbers are written where the old ones stand."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from spanproof.arrays import Bools, integers, to_arrow
from spanproof.corpus.columns import Columns
from spanproof.corpus.documents import Batch
from spanproof.corpus.edits import apply
from spanproof.corpus.moved import Moves, with_moved
from spanproof.corpus.written_paths import written_path
from spanproof.schema.lens import Shape
from spanproof.schema.paths import path_at
from spanproof.schema.schema import Schema

Offsets = npt.NDArray[np.int32]
_OFFSETS = ("start", "end")
_ESCAPED = re.compile(rb"\\u00[2-7]")
_PLAIN = re.compile(r"[ !#-.0-\[\]-~]+")
"""A name that JSON writes in one way, if it has no character of it as ``\\u``."""


@dataclass(frozen=True, eq=False)
class _Numbers:
    """A member of the objects at one place of a schema, in some documents before and after a change.

    Attributes:
        name: the member, as it is written; empty where it is an item of an array.
        within: the member of the document in which these objects are.
        old: the numbers, in the order of the documents and of their lists.
        new: those after the change.
        known: whether the object has a number.
        bounds: the first number of each document, and the end.
    """

    name: str
    within: str
    old: Offsets
    new: Offsets
    known: Bools
    bounds: Sequence[int]


@dataclass(frozen=True, eq=False)
class OffsetChange:
    """Makes the corrected document of one of which only offsets change, or the JSON of the one of that of the other.

    Attributes:
        moves: the correction.
        shape: the shape of the document in its record; None where it is written as it is.
        number: which of the documents it is of.
        columns: the offsets of all objects of these that have some.
    """

    moves: Moves
    shape: Shape | None
    number: int
    columns: Sequence[_Numbers]

    def __call__(self, document: Any) -> Any:
        """Return the document, or its record, with the offsets changed."""
        if self.shape is None:
            return apply(document, self.moves)
        written = [edit._replace(path=written_path(self.shape, edit.path, None)) for edit in self.moves]
        return apply(document, written)

    def written(self, content: bytes) -> bytes | None:
        """Return the JSON of the document with the offsets changed and every other byte as it was.

        An object has a member of a name once. So if there are as many members of this name as there are objects that
        have one, they are those, in the order in which the objects stand.

        Args:
            content: the JSON of the document as it was.

        Returns:
            The JSON; None where it isn't sure which number in it is which.
        """
        names = dict.fromkeys(column.name for column in self.columns)
        if _ESCAPED.search(content) or not all(map(_PLAIN.fullmatch, names)):
            return None
        for name in names:
            blocks = self._blocks(name, content)
            if blocks is None:
                return None
            old, new = (np.concatenate([block[side] for block in blocks]).tolist() for side in (0, 1))
            if old != new:
                parts = _member(name, rb"([^,}\]\s]*)").split(content)
                if not _are(parts[2::3], old):
                    return None
                numbers = zip(parts[2::3], old, new, strict=True)
                parts[2::3] = [part if was == now else b"%d" % now for part, was, now in numbers]
                content = b"".join(parts)
        return content

    def _blocks(self, name: str, content: bytes) -> list[tuple[Offsets, Offsets]] | None:
        """Return the numbers of a member before and after, place by place as these stand; None if that isn't known."""
        blocks: dict[str, tuple[Offsets, Offsets]] = {}
        for column in (one for one in self.columns if one.name == name):
            low, high = column.bounds[self.number : self.number + 2]
            if low < high and (column.within in blocks or not column.known[low:high].all()):
                return None
            if low < high:
                blocks[column.within] = column.old[low:high], column.new[low:high]
        if len(blocks) < 2:
            return list(blocks.values()) or [(np.zeros(0, np.int32),) * 2]
        stands = {within: [one.start() for one in _member(within).finditer(content)] for within in blocks}
        alone = all(len(at) == 1 for at in stands.values())
        return [blocks[within] for within in sorted(blocks, key=stands.__getitem__)] if alone else None


def offset_changes(batch: Batch, moves: Mapping[int, Moves], schema: Schema) -> Mapping[int, OffsetChange]:
    """Return the corrections of documents that change no surface, by their row.

    Args:
        batch: the documents, which stand in records of their own, at most with other names for members.
        moves: the corrections, by row.
        schema: what a document is.
    """
    changes: dict[int, OffsetChange] = {}
    for spans in {id(one.spans): one.spans for one in moves.values()}.values():
        renamed = np.searchsorted(spans.bounds, list(spans.words), "right") - 1
        texts = {*renamed.tolist()}
        of = {row: one for row, one in sorted(moves.items()) if one.spans is spans and one.text not in texts}
        columns = list(_columns(batch, of, schema)) if of else []
        shape = schema.lens.shape if schema.lens and batch.within else None
        changes |= {row: OffsetChange(one, shape, number, columns) for number, (row, one) in enumerate(of.items())}
    return changes


def _columns(batch: Batch, moves: Mapping[int, Moves], schema: Schema) -> Iterator[_Numbers]:
    """Yield the offsets of all objects of some documents, before and after their spans are moved."""
    some = replace(batch, columns=batch.columns.take(to_arrow(np.array(list(moves), np.int64))))
    before, after = Columns(some, schema), Columns(with_moved(batch, moves), schema)
    shape = schema.lens.shape if schema.lens and batch.within else None
    for place, node in schema.nodes.items():
        for name in (name for name in _OFFSETS if place and name in node.fields):
            items = before.items(place)
            bounds = np.searchsorted(items.doc, np.arange(len(moves) + 1)).tolist()
            within, *_, member = written_path(shape, (*path_at(place, repeat(0)), name), None)
            member = member if isinstance(member, str) else ""
            if node.fields[name].kind == "integer":
                old, known = integers(items.columns[name])
                new, _ = integers(after.items(place).columns[name])
            else:
                old = new = np.zeros(len(items), np.int32)
                known = old > 0
            yield _Numbers(member, str(within), old, new, known, bounds)


def _member(name: str, value: bytes = b"") -> re.Pattern[bytes]:
    """Return what finds a member in JSON: its name with what is before the value, and the value."""
    quoted = b'"' + re.escape(name.encode()) + b'"'
    return re.compile(rb"(" + quoted + rb"(?<!\\" + quoted + rb")\s*:\s*)" + value)


def _are(parts: Sequence[bytes], numbers: Sequence[int]) -> bool:
    """Say whether parts of JSON are integers, and these."""
    try:
        return len(parts) == len(numbers) and [*map(int, parts)] == numbers
    except ValueError:
        return False
