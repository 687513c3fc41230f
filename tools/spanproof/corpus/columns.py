"""The objects of a batch by place: columns, rows, the way to each."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa

from spanproof.arrays import Ints, to_arrow, validity
from spanproof.corpus.documents import Batch
from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema


class MemberColumns(dict[str, pa.Array]):
    """The columns of the members of objects by name; one that they don't have is told with those that they have."""

    def __missing__(self, name: str) -> NoReturn:
        """Say which members there are."""
        raise KeyError(f"no member is called {name!r}; expected one of {', '.join(self) or 'none'}")


class _Values(dict[str, Sequence[Any]]):
    """Columns as lists, each made when it is asked for and kept."""

    def __init__(self, columns: Mapping[str, pa.Array]) -> None:
        super().__init__()
        self._columns = columns

    def __missing__(self, name: str) -> Sequence[Any]:
        values: Sequence[Any] = self._columns[name].to_pylist()
        self[name] = values
        return values


@dataclass(frozen=True)
class Items:
    """All objects at one place of a batch, a row each: the view of columns that rules and metrics take.

    ``doc`` is the row of each object's document, ``at`` its index in each list on the way, ``parent`` the row of the
    object that holds it, ``columns`` its members. Items that are no objects have themselves as the member ``*``.
    """

    node: Node
    doc: Ints
    at: tuple[Ints, ...]
    parent: Ints
    columns: Mapping[str, pa.Array]

    def __len__(self) -> int:
        return len(self.doc)

    @functools.cached_property
    def _index(self) -> Sequence[Sequence[int]]:
        return [at.tolist() for at in self.at]

    @functools.cached_property
    def _starred(self) -> Sequence[int]:
        return [step for step, name in enumerate(self.node.place) if name == "*"]

    @functools.cached_property
    def _around(self) -> tuple[Place, Place]:
        """Return the steps before the only list on the way, and those within its items."""
        step = self._starred[0]
        return self.node.place[:step], self.node.place[step + 1 :]

    @functools.cached_property
    def values(self) -> Mapping[str, Sequence[Any]]:
        """Return the members of the objects by name, each read when it is asked for and kept."""
        return _Values(self.columns)

    def path(self, k: int) -> tuple[str | int, ...]:
        """Where object ``k`` stands in its document."""
        if len(self._starred) == 1:
            return (*self._around[0], self._index[0][k], *self._around[1])
        path = list[str | int](self.node.place)
        for step, index in zip(self._starred, self._index, strict=True):
            path[step] = index[k]
        return tuple(path)

    def value(self, member: str, k: int) -> Any:
        """Return a member of object ``k``; all of the column are read at once, since who asks for one asks for more."""
        return self.values[member][k]


@dataclass(frozen=True)
class Columns:
    """The objects of a batch by place, computed when asked for and kept."""

    batch: Batch
    schema: Schema

    @functools.cached_property
    def _items(self) -> dict[Place, Items]:
        batch = self.batch.columns
        every = np.arange(batch.num_rows)
        members = MemberColumns(zip(batch.schema.names, batch.columns, strict=True))
        return {(): Items(self.schema.root, every, (), every, members)}

    def items(self, place: Place) -> Items:
        """Return the objects at a place (``()`` for the documents, ``("quotes", "*", "source")`` for sources)."""
        if place not in self._items:
            self._items[place] = self._below(place)
        return self._items[place]

    def column(self, place: Place) -> tuple[Items, pa.Array]:
        """Return the values at a place, and the objects that have them; for the items of a list these themselves."""
        items = self.items(place if place[-1] == "*" else place[:-1])
        return items, items.columns[place[-1]]

    def _below(self, place: Place) -> Items:
        if place[-1] != "*":
            owner = self.items(place[:-1])
            array = owner.columns[place[-1]]
            parent = keep = _there(array)
            at = owner.at if len(keep) == len(array) else tuple(a.take(parent) for a in owner.at)
        else:
            # The items of a list; that list is a member of an object, or itself an item of another list.
            owner, lists = self.column(place[:-1])
            offsets = np.frombuffer(lists.buffers()[1], np.int32)[lists.offset : lists.offset + len(lists) + 1]
            lengths = np.where(validity(lists), np.diff(offsets), 0) if lists.null_count else np.diff(offsets)
            array = lists.flatten()
            parent = np.repeat(np.arange(len(owner)), lengths)
            index = np.arange(len(parent)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
            keep = _there(array)
            if len(keep) < len(array):
                parent, index = parent[keep], index[keep]
            at = (*(a.take(parent) for a in owner.at), index)
        if len(keep) < len(array):
            array = array.take(to_arrow(keep))
        node = self.schema.nodes[place]
        members = zip(node.fields, array.flatten(), strict=True) if node.kind == "object" else [("*", array)]
        return Items(node, owner.doc.take(parent), at, parent, MemberColumns(members))


def _there(array: pa.Array) -> Ints:
    """Return the positions of what isn't null."""
    return np.flatnonzero(validity(array)) if array.null_count else np.arange(len(array))
