"""The annotations of a batch: what carries a label and stands in a list, of one span or of several fragments.

Rules about lists (labels, duplicates, overlap) take annotations; rules about offsets and edges take spans.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import Bools, Ints, found_in, to_arrow
from spanproof.checks.view import Spans, View
from spanproof.corpus.columns import Items
from spanproof.schema.node import Node, Place


@dataclass(eq=False)
class Annotations:
    """The annotations at one place of a batch, as arrays of shape (annotations,) unless said.

    Attributes:
        items: the annotations as objects; where each is one span, these are the spans.
        spans: the spans that they are made of, those of one annotation one after the other.
        bounds: the first span of each in ``spans``, and the end; shape (annotations + 1,).
        text: the member that holds the words of an annotation; None where the schema has none.
    """

    items: Items
    spans: Spans
    bounds: Ints
    text: str | None

    @property
    def node(self) -> Node:
        """Return the node of the schema."""
        return self.items.node

    @property
    def whole(self) -> bool:
        """Whether each annotation is one span and nothing else."""
        return self.items is self.spans.items

    @property
    def owner(self) -> Ints:
        """Return the annotation of each span, shape (spans,)."""
        every = np.arange(len(self.items))
        return every if self.whole else np.repeat(every, np.diff(self.bounds))

    @property
    def sound(self) -> Bools:
        """Say which have a span, have none that an error has hidden, and have all in order and apart."""
        if self.whole:
            return self.spans.sound
        closed = np.append(0, np.cumsum(~(self.spans.sound & self._follows)))
        whole: Bools = (closed[self.bounds[1:]] == closed[self.bounds[:-1]]) & (np.diff(self.bounds) > 0)
        return whole

    @functools.cached_property
    def _follows(self) -> Bools:
        """Say which spans are the first of their annotation or begin where the one before has ended."""
        follows = np.append(True, self.spans.start[1:] >= self.spans.end[:-1])[: len(self.spans.items)]
        follows[self.bounds[:-1][np.diff(self.bounds) > 0]] = True
        return follows

    @property
    def low(self) -> Ints:
        """Return the starts in code points of all texts of the batch end to end; of those that have a span."""
        return self.spans.low if self.whole else np.append(self.spans.low, 0)[self._first]

    @property
    def start(self) -> Ints:
        """Return the first code point of each in its document; 0 where it has no span."""
        return self.spans.start if self.whole else np.append(self.spans.start, 0)[self._first]

    @property
    def end(self) -> Ints:
        """Return the code point after the last of each; 0 where it has no span."""
        return self.spans.end if self.whole else np.append(self.spans.end, 0)[self._last]

    @property
    def _first(self) -> Ints:
        """Return the first span of each; the position after all spans where it has none."""
        return np.where(np.diff(self.bounds) > 0, self.bounds[:-1], len(self.spans.items))

    @property
    def _last(self) -> Ints:
        return np.where(np.diff(self.bounds) > 0, self.bounds[1:] - 1, len(self.spans.items))

    def ends(self, k: Ints) -> tuple[Ints, Ints]:
        """Return the first and the last span of annotations that have one."""
        return self._first[k], self._last[k]

    def spans_of(self, k: int) -> range:
        """Return which spans an annotation is made of."""
        return range(int(self.bounds[k]), int(self.bounds[k + 1]))

    def where(self, k: int) -> str:
        """Return the offsets of an annotation as a message says them, ``0:3, 8:10``."""
        return ", ".join(f"{self.spans.start[j]}:{self.spans.end[j]}" for j in self.spans_of(k))

    @functools.cached_property
    def slices(self) -> pa.Array:
        """Return the text between the offsets of each span; of those out of bounds what lies within; shape (spans,)."""
        first, last = self.spans.bytes_
        length = np.maximum(last - first, 0)
        bounds = np.append(0, np.cumsum(length))
        at = np.arange(bounds[-1]) + np.repeat(first - bounds[:-1], length)
        buffers = [None, pa.py_buffer(bounds), pa.py_buffer(self.spans.text.bytes_[at].tobytes())]
        return pa.Array.from_buffers(pa.large_string(), len(length), buffers)

    def joined(self, joined_by: str) -> pa.Array:
        """Return the words of each, its spans joined."""
        pieces = pa.LargeListArray.from_arrays(to_arrow(self.bounds), self.slices)
        return pc.binary_join(pieces, pa.scalar(joined_by, pa.large_string()))

    def keys(self, k: Ints) -> Ints:
        """Return a number for each of some annotations, equal for those of the same spans in the same list.

        Args:
            k: annotations that are sound.
        """
        if self.whole:
            size = int(max(self.end[k].max(initial=0), 1)) + 1
            return (self.items.parent[k] * size + self.start[k]) * size + self.end[k]
        # The offsets of all spans of an annotation are the bytes of one value, and Arrow numbers equal values alike.
        width = 2 * np.dtype(np.int64).itemsize
        offsets = np.ascontiguousarray(np.stack([self.spans.start, self.spans.end], 1), np.int64)
        bounds = pa.py_buffer(self.bounds * width)
        shapes = pa.Array.from_buffers(
            pa.large_binary(), len(self.items), [None, bounds, pa.py_buffer(offsets.tobytes())]
        )
        distinct = shapes.unique()
        return self.items.parent[k] * (len(distinct) + 1) + found_in(shapes, distinct)[k]


def annotations(view: View) -> Mapping[Place, Annotations]:
    """Return the annotations of a batch by place: objects that are made of fragments, and all other spans.

    A fragment is a part of its annotation, and is none itself.
    """
    return view.once("annotations", lambda: dict(_annotations(view)))


def _annotations(view: View) -> Mapping[Place, Annotations]:
    by_place: dict[Place, Annotations] = {}
    fragments: set[Place] = set()
    for node, annotation in view.schema.having(Node.annotation):
        place = (*node.place, annotation.fragments, "*")
        items, spans = view.columns.items(node.place), view.spans[place]
        bounds = np.searchsorted(spans.items.parent, np.arange(len(items) + 1))
        by_place[node.place] = Annotations(items, spans, bounds, annotation.text)
        fragments.add(place)
    for place, spans in view.spans.items():
        if place not in fragments:
            bounds = np.arange(len(spans.items) + 1)
            by_place[place] = Annotations(spans.items, spans, bounds, "text" if spans.surface is not None else None)
    return by_place


def spans_at(view: View, place: Place) -> tuple[Spans, Ints] | None:
    """Return the spans of a member that is a span, a list of spans, or an annotation of fragments; and who has them.

    Args:
        view: the batch.
        place: where the member is.

    Returns:
        The spans, and for each the row of the object that has the member. None where the member is nothing of this.
    """
    for spans in (view.spans.get(place), view.spans.get((*place, "*"))):
        if spans is not None:
            return spans, spans.items.parent
    unit = annotations(view).get(place)
    return None if unit is None else (unit.spans, unit.items.parent[unit.owner])
