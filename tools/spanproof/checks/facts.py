"""What a finding says of the span or annotation that it is about."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from spanproof.checks.annotations import Annotations, annotations
from spanproof.checks.view import View
from spanproof.corpus.documents import Batch
from spanproof.corpus.findings import Excerpt
from spanproof.schema.node import Place
from spanproof.schema.paths import Path


class _Layer(NamedTuple):
    """What is told of the spans or annotations at a place, as lists: of each its words, key and label; None for none.

    ``start`` and ``end`` are of the spans. ``fragments`` are the annotations, where each is made of several spans.
    """

    member: str
    start: Sequence[Any]
    end: Sequence[Any]
    words: Sequence[Any] | None
    key: Sequence[Any] | None
    label: Sequence[Any] | None
    fragments: Annotations | None

    @classmethod
    def at(cls, view: View, place: Place) -> "_Layer":
        """Return what is told of those at a place."""
        unit = annotations(view).get(place)
        spans = unit.spans if unit else view.spans[place]
        items = unit.items if unit else spans.items
        member = unit.text if unit else "text" if spans.surface is not None else None

        def members(name: str | None) -> Sequence[Any] | None:
            return items.values[name] if name else None

        return cls(
            spans.member,
            spans.items.values["start"],
            spans.items.values["end"],
            members(member),
            members(view.schema.key_of(items.node)),
            members(items.node.label),
            None if unit is None or unit.whole else unit,
        )


def facts_of(view: View, row: int, place: Place, k: int) -> dict[str, Any]:
    """Return what a span or annotation is: key, offsets, words, and the line of the text round it.

    The offsets of an annotation of several fragments are those of its hull.

    Args:
        view: the batch.
        row: which document.
        place: where the spans or annotations are.
        k: which of them.

    Returns:
        The members of a finding that say so, by name.
    """
    layer: _Layer = view.once(("facts", place), lambda: _Layer.at(view, place))
    pieces = layer.fragments.spans_of(k) if layer.fragments else None
    start, end = (layer.start[k], layer.end[k]) if pieces is None else _hull(layer, pieces)
    surface = layer.words[k] if layer.words else None
    identifier = layer.key[k] if layer.key else None
    label = layer.label[k] if layer.label else None
    text = view.string(row, layer.member)
    within = start is not None and end is not None and 0 <= start <= end <= len(text)
    return {
        "id": None if identifier is None else str(identifier),
        "start": start,
        "end": end,
        "text": surface if isinstance(surface, str) else None,
        "label": label if isinstance(label, str) else None,
        "excerpt": excerpt_of(text, start, end) if within else None,
    }


def _hull(layer: _Layer, pieces: range) -> tuple[Any, Any]:
    """Return the first and the last offset of several spans; those of the first span where one has none."""
    offsets = [offset for j in pieces for offset in (layer.start[j], layer.end[j])]
    if len(offsets) > 2 and None not in offsets:
        return min(offsets), max(offsets)
    return (offsets[0], offsets[1]) if offsets else (None, None)


def excerpt_of(text: str, start: int, end: int) -> Excerpt:
    """Return the line round a span, cut to 60 characters on each side.

    Args:
        text: the text.
        start: the first code point of the span.
        end: the code point after its last.
    """
    low, high = start - 60 if start > 60 else 0, end + 60
    low = max(low, text.rfind("\n", low, start) + 1)
    stop = text.find("\n", end, high)
    return Excerpt(text[low : stop if stop >= 0 else high], start - low, end - low)


@functools.lru_cache(maxsize=1000)
def layer_name(place: Place) -> str:
    """Return the name of the layer at a place, ``quotes.source``."""
    return ".".join(step for step in place if step != "*")


def told_path(batch: Batch, row: int, path: Path, in_record: Path | None = None) -> Path | None:
    """Return the path that a report says of something in a document; None if it is the path itself.

    It begins in the record, or in the file if that is ``listed``.

    Args:
        batch: the batch.
        row: the document.
        path: the path in it.
        in_record: where that is in the record, if it is known.
    """
    written = in_record or (batch.written_path(row, path) if batch.within else None)
    if batch.listed:
        return (batch.within[row][0] if batch.within else row, *(written or path))
    return written


def name_of(view: View, row: int) -> str | None:
    """Return what a document is called, also where columns can't hold its key; None if it has none."""
    name = view.names[row]
    if name is not None or row not in view.batch.raw or view.schema.key is None:
        return name
    document = view.batch.raw[row]
    key = document.get(view.schema.key) if isinstance(document, Mapping) else None
    return str(key) if isinstance(key, str | int) and not isinstance(key, bool) else None
