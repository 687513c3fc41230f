"""Documents and records that stay where they are until they are asked for."""

import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from spanproof.corpus.records import WrittenRecord
from spanproof.schema.lens import Lens


@dataclass(frozen=True)
class Unread(Mapping[int, Any]):
    """Documents that are read when they are asked for: which rows, in order, and how the document of a row is read."""

    rows: Collection[int]
    read: Callable[[int], Any]

    def __getitem__(self, row: int) -> Any:
        if row not in self.rows:
            raise KeyError(row)
        return self.read(row)

    def __iter__(self) -> Iterator[int]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, row: object) -> bool:
        return row in self.rows


@dataclass(frozen=True, eq=False)
class UnreadRecords(Sequence[WrittenRecord]):
    """Records that columns hold: they are canonical documents as they are written (:attr:`Lens.same`).

    Attributes:
        number: how many there are.
        read: reads a record by its number.
        lens: the shape in which they are written.
        nulls: whether one may hold a null: in columns it can't be told from a member that is missing.
    """

    number: int
    read: Callable[[int], Any]
    lens: Lens
    nulls: bool

    @overload
    def __getitem__(self, k: int) -> WrittenRecord: ...
    @overload
    def __getitem__(self, k: slice) -> Sequence[WrittenRecord]: ...
    def __getitem__(self, k: int | slice) -> WrittenRecord | Sequence[WrittenRecord]:
        """Return a record, or some."""
        which = range(self.number)[k]
        if isinstance(which, range):
            return [self[one] for one in which]
        if which not in self._last:
            self._last.clear()
            self._last[which] = WrittenRecord.of(self.read(which), self.lens)
        return self._last[which]

    @functools.cached_property
    def _last(self) -> dict[int, WrittenRecord]:
        """The record that was asked for last: who asks for it asks again."""
        return {}

    def __len__(self) -> int:
        return self.number
