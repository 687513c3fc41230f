"""The texts in which spans are counted: that of their document, or the string of a joined text that is their own."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from spanproof.arrays import indices, validity
from spanproof.checks.view import Spans, View
from spanproof.corpus.offsets import TokenExtents
from spanproof.corpus.shapes import Faults
from spanproof.schema.lens import Counting
from spanproof.schema.node import Place, pointer
from spanproof.schema.paths import value_at, values_at
from spanproof.text.segmentation import Extent


@dataclass(frozen=True)
class OwnText:
    """A text in which spans of a document are counted.

    Attributes:
        name: the member that holds it; the JSON Pointer of a string that is part of a joined text.
        text: the text.
        low: where it begins in the text of the document (code points).
        stored: the spans that are counted in it, each as the spans at one place and its number there.
        depth: how many steps of their paths lead to the object with the text; 0 for the document.
        outside: the offsets of those that lie outside of it, and so have none in the text of the document, by place and
            number.
    """

    name: str
    text: str
    low: int
    stored: Sequence[tuple[Spans, int]]
    depth: int = 0
    outside: Mapping[tuple[Place, int], Extent] = field(default_factory=dict)

    @functools.cached_property
    def spans(self) -> list[tuple[int, int, str]]:
        """Return start and end of each span, counted in this text, and its surface, as stored."""
        return [(*self._offsets(spans, k), spans.items.value("text", k)) for spans, k in self.stored]

    def _offsets(self, spans: Spans, k: int) -> Extent:
        known = self.outside.get((spans.node.place, k)) if self.outside else None
        return known or (spans.items.value("start", k) - self.low, spans.items.value("end", k) - self.low)


def own_texts(view: View, row: int, member: str, stored: Iterable[tuple[Spans, int]]) -> list[OwnText]:
    """Return the texts in which spans of a document are counted; spans whose own text isn't there are left out.

    Those that lie outside of their own text are taken in, too, if they have surfaces.

    Args:
        view: the batch.
        row: which document.
        member: the member with the text that they point into.
        stored: the spans.
    """
    text, known = view.string(row, member), list(stored)
    partial = partial_counting(view, member)
    if not partial:
        return [OwnText(member, text, 0, known)]
    strings = TokenExtents(view.batch.document(row), view.schema.lens, Faults()) if view.schema.lens else None
    outside = dict(_outside(view, row, partial))
    grouped: dict[tuple[str, Extent, int], list[tuple[Spans, int]]] = {}
    for spans, k in (*known, *((view.spans[place], k) for place, k in outside)):
        counting = partial.get(spans.node.place)
        own = _own(counting, spans, k, strings) if counting and strings else (member, (0, len(text)))
        if own:
            grouped.setdefault((*own, counting.within if counting else 0), []).append((spans, k))
    return [OwnText(name, text[slice(*at)], at[0], some, depth, outside) for (name, at, depth), some in grouped.items()]


def strings_of(view: View, row: int, member: str) -> Iterator[list[tuple[str, str, dict[str, str]]]]:
    """Yield the strings of a joined text in which spans are counted, in their order, those at one place together.

    Args:
        view: the batch.
        row: which document.
        member: the joined text.

    Yields:
        The JSON Pointer of each, the string, and the other strings of the object that holds it.
    """
    document = view.batch.document(row)
    for items in dict.fromkeys(one.items for one in partial_counting(view, member).values() if _is_a_string(one)):
        texts = []
        for path, text in values_at(document, items):
            others = {name: value for name, value in value_at(document, path[:-1]).items() if isinstance(value, str)}
            others.pop(str(path[-1]), None)
            texts.append((pointer(tuple(map(str, path))), text, others))
        if all(isinstance(text, str) for _, text, _ in texts):
            yield texts


def partial_counting(view: View, member: str) -> dict[Place, Counting]:
    """Return how spans are counted that aren't counted in the whole text of a member, by their place."""
    counted = view.schema.lens.counted if view.schema.lens else ()
    return {one.place: one for one in counted if one.text == member and (one.item or one.within)}


def _is_a_string(counting: Counting) -> bool:
    """Say whether offsets count code points of one string of an object."""
    return bool(counting.within and counting.items and not counting.item) and counting.unit == "code point"


def _outside(view: View, row: int, partial: Mapping[Place, Counting]) -> Iterator[tuple[tuple[Place, int], Extent]]:
    """Yield the spans of a document that lie outside of their own strings, with the offsets that they are written with.

    Args:
        view: the batch.
        row: which document.
        partial: how spans are counted, by their place.
    """
    record, number = view.batch.within[row] if view.batch.within else (0, 0)
    for place, counting in partial.items():
        spans = view.spans.get(place)
        if spans is None or spans.surface is None or not _is_a_string(counting) or counting.extent == "text":
            continue
        first, last = np.searchsorted(spans.items.doc, [row, row + 1]).tolist()
        none = validity(spans.surface)[first:last] & ~spans.known[first:last]
        for k in indices(none).tolist():
            path = spans.items.path(first + k)
            start, end = (
                _written(view.batch.records[record].written, view.batch.records[record].path(number, (*path, name)))
                for name in ("start", "end")
            )
            if type(start) is int and type(end) is int:
                low = start - counting.base
                high = low + end if counting.extent == "length" else end - counting.base + counting.inclusive
                yield (place, first + k), (low, high)


def _written(record: object, path: Sequence[str | int]) -> object:
    """Return what stands at a path of a record; None where nothing does."""
    try:
        return value_at(record, tuple(path))
    except (KeyError, IndexError, TypeError):
        return None


def _own(counting: Counting, spans: Spans, k: int, strings: TokenExtents) -> tuple[str, Extent] | None:
    """Return the JSON Pointer of the string in which a span is counted, and where that is in the joined text."""
    path = spans.items.path(k)[: counting.within]
    place = counting.tokens[:-1] if counting.tokens else counting.items
    extents = strings.at(counting.tokens or place, counting.text, path)
    if counting.item:
        number = spans.items.value(counting.item, k)
        known = type(number) is int and 0 <= number < len(extents)
        return (pointer((*place[:-1], str(number))), extents[number]) if known else None
    name = pointer((*map(str, path), *place[len(path) :]))
    return (name, (extents[0][0], extents[-1][1])) if extents else None
