"""What differs between two versions of one document: its text, its values, its annotations and their parts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from spanproof.revisions.align.follow import Texts
from spanproof.revisions.pairing import paired
from spanproof.revisions.versions import Versions
from spanproof.schema.layers import Layer, holds_spans, is_unordered, spans_of
from spanproof.schema.node import Node
from spanproof.text.quote_selector import MEMBERS

Kind = Literal["alone", "edited", "moved", "relabelled", "changed", "renumbered"]
Steps = tuple[str | int, ...]
Sides = tuple[Any, Any]
"""A value of side 0 and one of side 1."""
Stand = tuple[int, int, str]
"""Where an annotation stands: start and end (code points, half open) of the hull of its spans, and their words."""


@dataclass(frozen=True)
class Discrepancy:
    """One thing in which two versions differ. Pairs have side 0 first, and None where a side has nothing.

    Attributes:
        layer: of the annotation that differs; None for what is the document's own.
        kind: what differs; ``alone`` is an annotation that one side alone has.
        path: from the annotation, or from the document where there is no layer, to what differs.
        values: what stands there.
        ids: the keys of the annotation.
        indices: which annotation of its layer it is.
        stands: where the annotation stands.
    """

    layer: str | None
    kind: Kind
    path: Steps
    values: Sides
    ids: Sides = (None, None)
    indices: tuple[int | None, int | None] = (None, None)
    stands: tuple[Stand | None, Stand | None] = (None, None)


def discrepancies(versions: Versions) -> Iterator[Discrepancy]:
    """Yield all that differs; nothing for what merely follows a text, a renumbering or another order."""
    for member in versions.schema.texts:
        if (texts := versions.texts[member]).edits:
            yield Discrepancy(None, "edited", (member,), (_edits(texts, 0), _edits(texts, 1)))
    yield from _values(versions, versions.a, versions.b, versions.schema.root, ())
    for layer in versions.layers:
        yield from _of_layer(versions, layer)


def _of_layer(versions: Versions, layer: Layer) -> Iterator[Discrepancy]:
    marks, items = versions.marks[layer.node.place], versions.items[layer.node.place]
    pairs = versions.pairs(layer)
    for i, j in pairs:
        one, other = items[0][i], items[1][j]
        ids = marks[0][i].id, marks[1][j].id
        stands = stand_of(versions, one, layer.node, 0), stand_of(versions, other, layer.node, 1)
        for kind, path, values in _within(versions, one, other, layer.node, (), layer.key):
            yield Discrepancy(layer.name, kind, path, values, ids, (i, j), stands)
    for side in (0, 1):
        for k in set(range(len(items[side]))) - {pair[side] for pair in pairs}:
            item, name = items[side][k], marks[side][k].id
            stand = stand_of(versions, item, layer.node, side)
            if side == 0:
                yield Discrepancy(layer.name, "alone", (), (item, None), (name, None), (k, None), (stand, None))
            else:
                yield Discrepancy(layer.name, "alone", (), (None, item), (None, name), (None, k), (None, stand))


def stand_of(versions: Versions, item: Any, node: Node, side: int) -> Stand | None:
    """Return where an annotation stands; a relation stands where its ends do."""
    spans = list(spans_of(item, node))
    for layer, index in versions.ends(item, node, side):
        spans += spans_of(versions.items[layer.node.place][side][index], layer.node)
    if not spans:
        return None
    start, end = min(span["start"] for _, span in spans), max(span["end"] for _, span in spans)
    return start, end, " … ".join(versions.surface(sub, span, side) for sub, span in spans)


def _values(versions: Versions, one: Any, other: Any, node: Node, path: Steps) -> Iterator[Discrepancy]:
    """Values of the document that are no text, no layer, and no hash of a text that changed."""
    for name in _members(one, other, node):
        sub, values = node.fields.get(name), (one.get(name), other.get(name))
        if (not path and name in versions.texts) or versions.same(*values, sub):
            continue
        if sub and is_unordered(versions.schema, sub) and (sub.items is not None or sub.span_of):
            continue
        if sub and sub.hash_of in versions.texts and versions.texts[sub.hash_of].edits:
            continue
        if sub and sub.kind == "object" and None not in values:
            yield from _values(versions, *values, sub, (*path, name))
        else:
            yield Discrepancy(None, "changed", (*path, name), values)


def _within(
    versions: Versions, one: Any, other: Any, node: Node, path: Steps, key: str | None = None
) -> Iterator[tuple[Kind, Steps, Sides]]:
    """Yield what differs between two annotations, or between two parts of them."""
    span, moved = bool(node.span_of), False
    if span and versions.carried(node, one) != (other.get("start"), other.get("end")):
        moved = True
        yield "moved", path, (offsets(versions, one, node, 0), offsets(versions, other, node, 1))
    for name in _members(one, other, node):
        sub, values = node.fields.get(name), (one.get(name), other.get(name))
        if span and name in ("start", "end"):
            continue
        if span and name in MEMBERS and (values[0] == values[1] or versions.follows(one, other, node, name, moved)):
            continue
        if sub is not None and sub.items is not None and holds_spans(versions.schema, sub):
            yield from _parts(versions, values[0] or [], values[1] or [], sub.items, (*path, name))
        elif sub is not None and sub.kind == "object" and None not in values:
            yield from _within(versions, *values, sub, (*path, name))
        elif not versions.same(*values, sub):
            kind: Kind = "renumbered" if name == key else "changed"
            yield "relabelled" if name == node.label else kind, (*path, name), values


def _parts(
    versions: Versions, one: Sequence[Any], other: Sequence[Any], node: Node, path: Steps
) -> Iterator[tuple[Kind, Steps, Sides]]:
    """Yield what differs between lists of parts, the parts paired like annotations."""
    key = versions.schema.key_of(node)
    items = ([item for item in one if item is not None], [item for item in other if item is not None])
    first, second = ([versions.mark(item, node, key, side) for item in items[side]] for side in (0, 1))
    pairs = paired(*versions.told_apart((first, second), items, node, key))
    for i, j in pairs:
        yield from _within(versions, items[0][i], items[1][j], node, path, key)
    for side in (0, 1):
        for k in sorted(set(range(len(items[side]))) - {pair[side] for pair in pairs}):
            yield "changed", path, (None, items[side][k]) if side else (items[side][k], None)


def offsets(versions: Versions, span: Any, node: Node, side: int) -> dict[str, Any]:
    """Return where a span of a side stands: its offsets and the words there."""
    start, end = span.get("start"), span.get("end")
    missing = start is None or end is None
    return {"start": start, "end": end, "text": None if missing else versions.surface(node, span, side)}


def _members(one: Any, other: Any, node: Node) -> dict[str, None]:
    """Return the members of a node, then those that the schema doesn't list."""
    return dict.fromkeys((*node.fields, *sorted({*one, *other} - node.fields.keys())))


def _edits(texts: Texts, side: int) -> dict[str, Any]:
    """Return what differs between two texts, as one of them has it."""
    text = (texts.old, texts.new)[side]
    bounds = [edit[2 * side : 2 * side + 2] for edit in texts.edits]
    return {"characters": len(text), "edits": [{"start": i, "end": k, "text": text[i:k]} for i, k in bounds]}
