"""Documents that stay where they are until they are asked for."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


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
