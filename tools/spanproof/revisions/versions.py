"""Two versions of one document: its texts aligned, its annotations paired.

Nothing here knows which version is the older one, so that both orders give the same.
"""

import functools
import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from spanproof.revisions.align.follow import Texts
from spanproof.revisions.pairing import Mark, Pair, paired
from spanproof.schema.layers import Layer, is_unordered, spans_of
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.text.quote_selector import MEMBERS, agrees

Name = tuple[Place, Hashable]
"""The place of a key, and a key."""
Owners = Mapping[Name, tuple[Layer, int]]
"""Which annotation a key names: its layer, and its index there."""

_canonical = functools.partial(json.dumps, sort_keys=True)


@dataclass(frozen=True)
class Versions:
    """Two versions of a document, side 0 and side 1.

    Offsets of side 0 are carried into the text of side 1 before they are compared.

    Attributes:
        a: side 0.
        b: side 1.
        schema: what a document is.
        layers: the kinds of annotation that it has.
    """

    a: Document
    b: Document
    schema: Schema
    layers: tuple[Layer, ...]

    @functools.cached_property
    def texts(self) -> Mapping[str | None, Texts]:
        """Return the texts of the document by their member, each with its revision; side 0 is the old one."""
        return {m: Texts(self.a.get(m) or "", self.b.get(m) or "") for m in self.schema.texts}

    @functools.cached_property
    def items(self) -> Mapping[Place, tuple[list[Any], list[Any]]]:
        """Return the annotations of each layer, on either side."""
        return {layer.node.place: (layer.items(self.a), layer.items(self.b)) for layer in self.layers}

    @functools.cached_property
    def marks(self) -> Mapping[Place, tuple[list[Mark], list[Mark]]]:
        """Return what each annotation is known by, without its content."""
        return {
            layer.node.place: (
                [self.mark(item, layer.node, layer.key, 0) for item in self.items[layer.node.place][0]],
                [self.mark(item, layer.node, layer.key, 1) for item in self.items[layer.node.place][1]],
            )
            for layer in self.layers
        }

    def pairs(self, layer: Layer) -> list[Pair]:
        """Return which annotations of a layer are the same on both sides, as indices.

        What an annotation refers to can be all that tells it from another one, so a layer that is referred to is paired
        first. Where layers refer to one another in a circle, the one that was begun first is known by its offsets.
        """
        place = layer.node.place
        pairs = self._paired.get(place)
        if pairs is None:
            self._paired[place] = None
            pairs = paired(*self.told_apart(self.marks[place], self.items[place], layer.node, layer.key))
            self._paired[place] = pairs
        return pairs

    @functools.cached_property
    def _paired(self) -> dict[Place, list[Pair] | None]:
        """Pairs as they are found; None while they are being found."""
        return {}

    @functools.cached_property
    def _owners(self) -> tuple[Owners, Owners]:
        """The annotation that each key names, where it names one alone, on either side."""
        return self._owners_of(0), self._owners_of(1)

    def _owners_of(self, side: int) -> Owners:
        owners: dict[Name, tuple[Layer, int]] = {}
        for layer in self.layers:
            keys = [mark.id for mark in self.marks[layer.node.place][side]]
            times = Counter(keys)
            for index, key in enumerate(keys):
                if layer.key and key is not None and times[key] == 1:
                    owners[(*layer.node.place, layer.key), key] = layer, index
        return owners

    @functools.cached_property
    def _twins(self) -> Mapping[Name, Hashable]:
        """The key on side 1 of what a key names on side 0."""
        twins = {}
        for layer in self.layers:
            if layer.key:
                first, second = self.marks[layer.node.place]
                for i, j in self.pairs(layer):
                    twins[(*layer.node.place, layer.key), first[i].id] = second[j].id
        return twins

    def mark(self, item: Any, node: Node, key: str | None, side: int) -> Mark:
        """Return what an annotation is known by, without its content.

        Args:
            item: the annotation.
            node: of it in the schema.
            key: the member that identifies it.
            side: 0 or 1; the extent is in the text of side 1 for both.
        """
        spans = list(spans_of(item, node))
        extent = tuple(self.carried(sub, span) if side == 0 else (span["start"], span["end"]) for sub, span in spans)
        surface = "\0".join(self.surface(sub, span, side) for sub, span in spans)
        return Mark(item.get(key) if key else None, item.get(node.label), tuple(sorted(extent)), surface)

    def told_apart(
        self, marks: tuple[list[Mark], list[Mark]], items: tuple[list[Any], list[Any]], node: Node, key: str | None
    ) -> tuple[list[Mark], list[Mark]]:
        """Return marks with their content, where extent and label are not enough to tell annotations apart.

        A relation stands where what it relates does.

        Args:
            marks: of the annotations of either side.
            items: the annotations of either side.
            node: of them in the schema.
            key: the member that identifies them.
        """
        if node.relation:
            first, second = (
                [self._related(*pair, node, side) for pair in zip(marks[side], items[side], strict=True)]
                for side in (0, 1)
            )
            marks = first, second
        times = [Counter((mark.extent, mark.label) for mark in of_side) for of_side in marks]

        def complete(mark: Mark, item: Any, side: int) -> Mark:
            if not mark.extent or max(counter[mark.extent, mark.label] for counter in times) > 1:
                return replace(mark, content=_canonical(self._content(item, node, side, key)))
            return mark

        first, second = (
            [complete(m, i, side) for m, i in zip(marks[side], items[side], strict=True)] for side in (0, 1)
        )
        return first, second

    def ends(self, item: Any, node: Node, side: int) -> Iterator[tuple[Layer, int]]:
        """Yield the annotations that a relation joins, the first end first: the layer of each, and its index there."""
        for end in node.relation.members if node.relation else ():
            for place in node.fields[end].refers_to.places:
                if owner := self._owners[side].get((place, item.get(end))):
                    yield owner

    def _related(self, mark: Mark, item: Any, node: Node, side: int) -> Mark:
        """Return the mark of a relation with the extent of its ends."""
        ends = self.ends(item, node, side)
        extents = [self.marks[layer.node.place][side][index].extent for layer, index in ends]
        return replace(mark, extent=tuple(sorted(span for extent in extents for span in extent)))

    def _content(self, value: Any, node: Node | None, side: int, key: str | None = None) -> Any:
        """Return what an annotation says beside its key.

        What it refers to is said by what that is, so that a renumbering is no change.
        """
        if node is None or value is None:
            return value
        if node.kind == "object":
            members = {k: self._content(v, node.fields.get(k), side) for k, v in value.items() if k != key}
            if node.span_of:
                members |= {name: self._stored(value, node, side, name) for name in MEMBERS if name in members}
                members.pop("end", None)
                members["start"] = self.carried(node, value) if side == 0 else (value.get("start"), value.get("end"))
            return members
        if node.items is not None:
            items = [self._content(item, node.items, side, self.schema.key_of(node.items)) for item in value]
            return sorted(items, key=_canonical) if is_unordered(self.schema, node) else items
        for place in node.refers_to.places:
            owner = self._owners[side].get((place, value))
            if owner is not None:
                return [place, self._identity(*owner, side)]
        return value

    def _stored(self, span: Any, node: Node, side: int, name: str) -> Any:
        """Words stored with a span: True where they are those of the text, which another version words otherwise."""
        words = span.get(name)
        return words if words is None else agrees(self._text(node, side), span, name) or words

    def _identity(self, layer: Layer, index: int, side: int) -> Any:
        """Return an annotation as both versions know it: its pair, or its extent while its layer is being paired."""
        place = layer.node.place
        if place in self._paired and self._paired[place] is None:
            return self.marks[place][side][index].extent
        return next((pair for pair in self.pairs(layer) if pair[side] == index), None)

    def carried(self, node: Node, span: Any) -> tuple[Any, Any]:
        """Return where a span of side 0 stands in the text of side 1; its offsets as they are where one is missing."""
        start, end = span.get("start"), span.get("end")
        return (start, end) if start is None or end is None else self.texts[node.span_of].carried(start, end)

    def surface(self, node: Node, span: Any, side: int) -> str:
        """Return the words of the text that a span covers."""
        return self._text(node, side)[span["start"] : span["end"]]

    def _text(self, node: Node, side: int) -> str:
        texts = self.texts[node.span_of]
        return (texts.old, texts.new)[side]

    def follows(self, one: Any, other: Any, node: Node, name: str, moved: bool) -> bool:
        """Return whether words stored with a span differ only because it moved or the text changed.

        Args:
            one: the span on side 0.
            other: the span on side 1.
            node: of it in the schema.
            name: the member that stores the words.
            moved: whether it stands elsewhere than its text.
        """
        if not moved and not self.texts[node.span_of].edits:
            return False
        return agrees(self._text(node, 0), one, name) and agrees(self._text(node, 1), other, name)

    def same(self, one: Any, other: Any, node: Node | None) -> bool:
        """Return whether values of either side are the same; references are where they name the same annotation."""
        for place in node.refers_to.places if node else ():
            if (place, one) in self._owners[0]:
                return bool(self._twins.get((place, one)) == other)
        if isinstance(one, Mapping) and isinstance(other, Mapping) and node:
            return all(self.same(one.get(k), other.get(k), node.fields.get(k)) for k in {*one, *other})
        if isinstance(one, list) and isinstance(other, list) and node:
            return len(one) == len(other) and all(self.same(x, y, node.items) for x, y in zip(one, other, strict=True))
        return bool(one == other)

    def layers_of_carried(self) -> Iterator[str]:
        """Yield the layer of each annotation whose offsets differ only because the text around it changed."""
        for layer in self.layers:
            items = self.items[layer.node.place]
            for i, j in self.pairs(layer):
                old, new = (list(spans_of(item, layer.node)) for item in (items[0][i], items[1][j]))
                before, after = ([(span["start"], span["end"]) for _, span in spans] for spans in (old, new))
                if before != after and after == [self.carried(node, span) for node, span in old]:
                    yield layer.name
