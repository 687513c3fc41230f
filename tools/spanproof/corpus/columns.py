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
    def _values(self) -> dict[str, Sequence[Any]]:
        return {}

    def path(self, k: int) -> tuple[str | int, ...]:
        """Where object ``k`` stands in its document."""
        index = iter(self._index)
        return tuple([next(index)[k] if step == "*" else step for step in self.node.place])

    def value(self, member: str, k: int) -> Any:
        """Return a member of object ``k``; all of the column are read at once, since who asks for one asks for more."""
        if member not in self._values:
            self._values[member] = self.columns[member].to_pylist()
        return self._values[member][k]


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
