"""What differs between two versions of one document: its text, its values, its annotations and their parts.

Nothing here knows which version is the older one, so that both orders give the same.
"""

import functools
import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from spanproof.revisions.align.follow import Texts
from spanproof.revisions.pairing import Mark, Pair, paired
from spanproof.schema.layers import Layer, holds_spans, spans_of
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.text.quote_selector import MEMBERS, agrees

Kind = Literal["alone", "edited", "moved", "relabelled", "changed", "renumbered"]
Steps = tuple[str | int, ...]
Two = tuple[Any, Any]
Name = tuple[Place, Hashable]
"""The place of a key, and a key."""

_canonical = functools.partial(json.dumps, sort_keys=True)


@dataclass(frozen=True)
class Difference:
    """One difference between versions a and b; pairs have a's side first, None where that version has nothing.

    ``path`` leads from the annotation (from the document where ``layer`` is None) to what differs, ``spans`` are where
    the annotation stands: start, end, surface.
    """

    layer: str | None
    kind: Kind
    path: Steps
    values: Two
    ids: Two = (None, None)
    spans: tuple[tuple[int, int, str] | None, tuple[int, int, str] | None] = (None, None)


@dataclass(frozen=True)
class Versions:
    """Two versions of a document; offsets in ``a`` are carried into the text of ``b`` before they are compared."""

    a: Document
    b: Document
    schema: Schema
    layers: tuple[Layer, ...]

    def differences(self) -> Iterator[Difference]:
        """All that differs; nothing for what merely follows a text, a renumbering or another order."""
        for member in self.schema.texts:
            if (texts := self._texts[member]).edits:
                yield Difference(None, "edited", (member,), (_edits(texts, 0), _edits(texts, 1)))
        yield from self._values(self.a, self.b, self.schema.root, ())
        for layer in self.layers:
            marks, items = self._marks[layer.node.place], self._items[layer.node.place]
            for i, j in self._pairs[layer.node.place]:
                one, other = items[0][i], items[1][j]
                ids = marks[0][i].id, marks[1][j].id
                spans = self._where(one, layer.node, 0), self._where(other, layer.node, 1)
                for kind, path, values in self._within(one, other, layer.node, (), layer.key):
                    yield Difference(layer.name, kind, path, values, ids, spans)
            for side in (0, 1):
                for k in set(range(len(items[side]))) - {pair[side] for pair in self._pairs[layer.node.place]}:
                    item, name = items[side][k], marks[side][k].id
                    where = self._where(item, layer.node, side)
                    if side == 0:
                        yield Difference(layer.name, "alone", (), (item, None), (name, None), (where, None))
                    else:
                        yield Difference(layer.name, "alone", (), (None, item), (None, name), (None, where))

    def carried(self) -> Iterator[str]:
        """The layer of each annotation that stands elsewhere only because the text round it changed."""
        for layer in self.layers:
            items = self._items[layer.node.place]
            for i, j in self._pairs[layer.node.place]:
                old, new = (list(spans_of(item, layer.node)) for item in (items[0][i], items[1][j]))
                offsets = [[(span["start"], span["end"]) for _, span in spans] for spans in (old, new)]
                after = [self._carry(node, span) for node, span in old]
                if offsets[0] != offsets[1] and after == offsets[1]:
                    yield layer.name

    @functools.cached_property
    def _texts(self) -> Mapping[str | None, Texts]:
        return {m: Texts(self.a.get(m) or "", self.b.get(m) or "") for m in self.schema.texts}

    @functools.cached_property
    def _items(self) -> Mapping[Place, tuple[list[Any], list[Any]]]:
        return {layer.node.place: (layer.items(self.a), layer.items(self.b)) for layer in self.layers}

    @functools.cached_property
    def _marks(self) -> Mapping[Place, tuple[list[Mark], list[Mark]]]:
        """Marks without their content."""
        return {
            layer.node.place: (
                [self._mark(item, layer.node, layer.key, 0) for item in self._items[layer.node.place][0]],
                [self._mark(item, layer.node, layer.key, 1) for item in self._items[layer.node.place][1]],
            )
            for layer in self.layers
        }

    @functools.cached_property
    def _pairs(self) -> Mapping[Place, list[Pair]]:
        """The pairs of each layer; one that refers to another is paired after it, but for circles."""
        return {layer.node.place: self._paired(layer) for layer in self.layers}

    @functools.cached_property
    def _done(self) -> dict[Place, list[Pair] | None]:
        """Pairs as they are found; None while they are being found."""
        return {}

    def _paired(self, layer: Layer) -> list[Pair]:
        place = layer.node.place
        pairs = self._done.get(place)
        if pairs is None:
            self._done[place] = None
            pairs = paired(*self._told_apart(self._marks[place], self._items[place], layer.node, layer.key))
            self._done[place] = pairs
        return pairs

    @functools.cached_property
    def _known(self) -> tuple[Mapping[Name, tuple[Layer, int]], Mapping[Name, tuple[Layer, int]]]:
        """The annotation that each key names, where it names one alone: its layer and index."""
        found: tuple[dict[Name, tuple[Layer, int]], dict[Name, tuple[Layer, int]]] = ({}, {})
        for layer in self.layers:
            for side in (0, 1):
                ids = [mark.id for mark in self._marks[layer.node.place][side]]
                times = Counter(ids)
                for k, name in enumerate(ids):
                    if layer.key and name is not None and times[name] == 1:
                        found[side][(*layer.node.place, layer.key), name] = layer, k
        return found

    @functools.cached_property
    def _twins(self) -> Mapping[Name, Hashable]:
        """The key in ``b`` of what a key names in ``a``."""
        twins = {}
        for layer in self.layers:
            if layer.key:
                first, second = self._marks[layer.node.place]
                for i, j in self._pairs[layer.node.place]:
                    twins[(*layer.node.place, layer.key), first[i].id] = second[j].id
        return twins

    def _mark(self, item: Any, node: Node, key: str | None, side: int) -> Mark:
        spans = list(spans_of(item, node))
        extent = tuple(self._carry(sub, span) if side == 0 else (span["start"], span["end"]) for sub, span in spans)
        surface = "\0".join(self._surface(sub, span, side) for sub, span in spans)
        return Mark(item.get(key) if key else None, item.get(node.label), tuple(sorted(extent)), surface)

    def _told_apart(
        self, marks: tuple[list[Mark], list[Mark]], items: tuple[list[Any], list[Any]], node: Node, key: str | None
    ) -> tuple[list[Mark], list[Mark]]:
        """Marks with their content, where extent and label are not enough."""
        times = [Counter((mark.extent, mark.label) for mark in some) for some in marks]

        def told(mark: Mark, item: Any, side: int) -> Mark:
            if not mark.extent or max(each[mark.extent, mark.label] for each in times) > 1:
                return replace(mark, content=_canonical(self._content(item, node, side, key)))
            return mark

        first, second = ([told(m, i, k) for m, i in zip(marks[k], items[k], strict=True)] for k in (0, 1))
        return first, second

    def _content(self, value: Any, node: Node | None, side: int, key: str | None = None) -> Any:
        """What an annotation says beside its key; what it refers to by what that is."""
        if node is None or value is None:
            return value
        if node.kind == "object":
            kept = {k: self._content(v, node.fields.get(k), side) for k, v in value.items() if k != key}
            if node.span_of:
                kept |= {name: self._stored(value, node, side, name) for name in MEMBERS if name in kept}
                kept.pop("end", None)
                kept["start"] = self._carry(node, value) if side == 0 else (value.get("start"), value.get("end"))
            return kept
        if node.items is not None:
            held = [self._content(item, node.items, side, self.schema.key_of(node.items)) for item in value]
            return sorted(held, key=_canonical) if holds_spans(self.schema, node) else held
        for place in node.refers_to.places:
            named = self._known[side].get((place, value))
            if named is not None:
                return [place, self._identity(*named, side)]
        return value

    def _stored(self, span: Any, node: Node, side: int, name: str) -> Any:
        """Words stored with a span: True where they are those of the text, which another version words otherwise."""
        held = span.get(name)
        return held if held is None else agrees(self._text(node, side), span, name) or held

    def _identity(self, layer: Layer, k: int, side: int) -> Any:
        """An annotation as both versions know it: its pair, where it stands as long as there is none."""
        place = layer.node.place
        if place in self._done and self._done[place] is None:
            return self._marks[place][side][k].extent
        return next((pair for pair in self._paired(layer) if pair[side] == k), None)

    def _carry(self, node: Node, span: Any) -> tuple[Any, Any]:
        start, end = span.get("start"), span.get("end")
        return (start, end) if start is None or end is None else self._texts[node.span_of].carried(start, end)

    def _surface(self, node: Node, span: Any, side: int) -> str:
        return self._text(node, side)[span["start"] : span["end"]]

    def _text(self, node: Node, side: int) -> str:
        texts = self._texts[node.span_of]
        return (texts.old, texts.new)[side]

    def _where(self, item: Any, node: Node, side: int) -> tuple[int, int, str] | None:
        """Where an annotation stands: the hull of its spans, and the words of the first."""
        spans = list(spans_of(item, node))
        if not spans:
            return None
        ends = max(span["end"] for _, span in spans)
        return min(span["start"] for _, span in spans), ends, " … ".join(self._surface(n, s, side) for n, s in spans)

    def _values(self, one: Any, other: Any, node: Node, path: Steps) -> Iterator[Difference]:
        """Values of the document that are no text, no layer, and no hash of a text that changed."""
        for name in _members(one, other, node):
            sub, values = node.fields.get(name), (one.get(name), other.get(name))
            if (not path and name in self._texts) or self._same(*values, sub):
                continue
            if sub and holds_spans(self.schema, sub) and (sub.items is not None or sub.span_of):
                continue
            if sub and sub.hash_of in self._texts and self._texts[sub.hash_of].edits:
                continue
            if sub and sub.kind == "object" and None not in values:
                yield from self._values(*values, sub, (*path, name))
            else:
                yield Difference(None, "changed", (*path, name), values)

    def _within(
        self, one: Any, other: Any, node: Node, path: Steps, key: str | None = None
    ) -> Iterator[tuple[Kind, Steps, Two]]:
        """What differs between two annotations, or between two parts of them."""
        span, moved = bool(node.span_of), False
        if span and self._carry(node, one) != (other.get("start"), other.get("end")):
            moved = True
            yield "moved", path, (self._stand(one, node, 0), self._stand(other, node, 1))
        for name in _members(one, other, node):
            sub, values = node.fields.get(name), (one.get(name), other.get(name))
            if span and name in ("start", "end"):
                continue
            if span and name in MEMBERS and (values[0] == values[1] or self._follows(one, other, node, name, moved)):
                continue
            if sub is not None and sub.items is not None and holds_spans(self.schema, sub):
                yield from self._parts(values[0] or [], values[1] or [], sub.items, (*path, name))
            elif sub is not None and sub.kind == "object" and None not in values:
                yield from self._within(*values, sub, (*path, name))
            elif not self._same(*values, sub):
                kind: Kind = "renumbered" if name == key else "changed"
                yield "relabelled" if name == node.label else kind, (*path, name), values

    def _parts(
        self, one: Sequence[Any], other: Sequence[Any], node: Node, path: Steps
    ) -> Iterator[tuple[Kind, Steps, Two]]:
        """What differs between lists of parts, the parts paired like annotations."""
        key = self.schema.key_of(node)
        items = ([item for item in one if item is not None], [item for item in other if item is not None])
        marks = [[self._mark(item, node, key, side) for item in items[side]] for side in (0, 1)]
        told = self._told_apart((marks[0], marks[1]), items, node, key)
        pairs = paired(*told)
        for i, j in pairs:
            yield from self._within(items[0][i], items[1][j], node, path, key)
        for side in (0, 1):
            for k in sorted(set(range(len(items[side]))) - {pair[side] for pair in pairs}):
                yield "changed", path, (None, items[side][k]) if side else (items[side][k], None)

    def _stand(self, span: Any, node: Node, side: int) -> dict[str, Any]:
        start, end = span.get("start"), span.get("end")
        missing = start is None or end is None
        return {"start": start, "end": end, "text": None if missing else self._surface(node, span, side)}

    def _follows(self, one: Any, other: Any, node: Node, name: str, moved: bool) -> bool:
        """Whether the words stored with a span differ only because it moved or the text changed."""
        if not moved and not self._texts[node.span_of].edits:
            return False
        return agrees(self._text(node, 0), one, name) and agrees(self._text(node, 1), other, name)

    def _same(self, one: Any, other: Any, node: Node | None) -> bool:
        """Whether two values are the same; references, where they name the same annotation."""
        for place in node.refers_to.places if node else ():
            if (place, one) in self._known[0]:
                return bool(self._twins.get((place, one)) == other)
        if isinstance(one, Mapping) and isinstance(other, Mapping) and node:
            return all(self._same(one.get(k), other.get(k), node.fields.get(k)) for k in {*one, *other})
        if isinstance(one, list) and isinstance(other, list) and node:
            return len(one) == len(other) and all(self._same(x, y, node.items) for x, y in zip(one, other, strict=True))
        return bool(one == other)


def _members(one: Any, other: Any, node: Node) -> dict[str, None]:
    """The members of a node, then those that the schema doesn't list."""
    return dict.fromkeys((*node.fields, *sorted({*one, *other} - node.fields.keys())))


def _edits(texts: Texts, side: int) -> dict[str, Any]:
    """What differs between two texts, as one of them has it."""
    text = (texts.old, texts.new)[side]
    bounds = [edit[2 * side : 2 * side + 2] for edit in texts.edits]
    return {"characters": len(text), "edits": [{"start": i, "end": k, "text": text[i:k]} for i, k in bounds]}
