"""The texts in which spans are counted: that of their document, or the string of a joined text that is their own."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spanproof.checks.view import Spans, View
from spanproof.corpus.offsets import TokenExtents
from spanproof.corpus.shapes import Faults
from spanproof.schema.lens import Counting
from spanproof.schema.node import Place, pointer
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
    """

    name: str
    text: str
    low: int
    stored: Sequence[tuple[Spans, int]]
    depth: int = 0

    @functools.cached_property
    def spans(self) -> list[tuple[int, int, str]]:
        """Return start and end of each span, counted in this text, and its surface, as stored."""
        low, stored = self.low, ((spans.items.value, k) for spans, k in self.stored)
        return [(value("start", k) - low, value("end", k) - low, value("text", k)) for value, k in stored]


def own_texts(view: View, row: int, member: str, stored: Iterable[tuple[Spans, int]]) -> list[OwnText]:
    """Return the texts in which spans of a document are counted; spans whose own text isn't there are left out.

    Args:
        view: the batch.
        row: which document.
        member: the member with the text that they point into.
        stored: the spans.
    """
    text, known, partial = view.string(row, member), list(stored), partial_counting(view, member)
    if not partial:
        return [OwnText(member, text, 0, known)]
    strings = TokenExtents(view.batch.document(row), view.schema.lens, Faults()) if view.schema.lens else None
    grouped: dict[tuple[str, Extent, int], list[tuple[Spans, int]]] = {}
    for spans, k in known:
        counting = partial.get(spans.node.place)
        own = _own(counting, spans, k, strings) if counting and strings else (member, (0, len(text)))
        if own:
            grouped.setdefault((*own, counting.within if counting else 0), []).append((spans, k))
    return [OwnText(name, text[slice(*at)], at[0], some, depth) for (name, at, depth), some in grouped.items()]


def partial_counting(view: View, member: str) -> dict[Place, Counting]:
    """Return how spans are counted that aren't counted in the whole text of a member, by their place."""
    counted = view.schema.lens.counted if view.schema.lens else ()
    return {one.place: one for one in counted if one.text == member and (one.item or one.within)}


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
