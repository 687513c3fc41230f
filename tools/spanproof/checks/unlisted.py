"""Members that no schema lists and that hold spans: beside the layers of their object, or in the place of one."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from spanproof.arrays import indices, validity
from spanproof.checks.view import View
from spanproof.corpus.shapes import Faults, got
from spanproof.schema.layers import holds_spans
from spanproof.schema.likely_spans import is_digits, is_whole, may_hold_spans, may_hold_spans_of_type
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Path, place_of, value_at

_OFFSETS = ("start", "end")
_TAG = re.compile("[BILOUES]-.")
Beside = tuple[Place, str, str]
"""An unlisted member and a layer of one object: where that is, what they are called."""


def beside_layers(view: View) -> Iterator[Beside]:
    """Yield the unlisted members with spans that stand beside a layer which may be lacking elsewhere."""
    for node, layers in _layers_beside_unlisted(view):
        free = {name: sub for name, sub in layers.items() if sub.nullable or sub.policy.may_be_absent}
        items, known = view.columns.items(node.place), set[Beside]()
        there = {name: validity(items.columns[name]) for name in free}
        typed = _may_be_misnamed(view, node)
        for k in indices(np.logical_or.reduce([*there.values()])).tolist() if free else ():
            row = int(items.doc[k])
            if row not in view.batch.raw or not (typed or row not in view.batch.unlisted):
                continue
            value = value_at(view.batch.raw[row], items.path(k))
            for name in value.keys() - node.fields.keys() if isinstance(value, Mapping) else ():
                for layer, sub in free.items():
                    beside = (node.place, name, layer)
                    if beside not in known and there[layer][k] and _looks(view, row, value[name], sub):
                        known.add(beside)
        yield from known


def misnamed_layers(view: View) -> list[tuple[int, Path, Node]]:
    """Return unlisted members that hold spans where a layer is lacking: row, path, the layer that they might be."""
    return view.once("unlisted", lambda: list(_unlisted_in(view)))


def _layers_beside_unlisted(view: View) -> Iterator[tuple[Node, dict[str, Node]]]:
    """Yield the objects of a schema that have layers and may have other members, in a batch in which some do."""
    for node in view.schema.nodes.values() if view.batch.raw else ():
        layers = {name: sub for name, sub in node.fields.items() if holds_spans(view.schema, sub) and not node.closed}
        if layers:
            yield node, layers


def _may_be_misnamed(view: View, node: Node) -> bool:
    """Say whether some unlisted member of an object has a type that may hold spans."""
    types = [kind for holder, kind in view.batch.unlisted_types if holder is node]
    return view.schema.lens is not None or any(map(may_hold_spans_of_type, types))


def _unlisted_in(view: View) -> Iterator[tuple[int, Path, Node]]:
    raw = view.batch.raw
    for node, layers in _layers_beside_unlisted(view):
        items = view.columns.items(node.place)
        lacking = np.logical_or.reduce([~validity(items.columns[name]) for name in layers])
        typed = _may_be_misnamed(view, node)
        for k in indices(lacking).tolist():
            row = int(items.doc[k])
            if row in raw and (typed or row not in view.batch.unlisted):
                yield from ((row, path, layer) for path, layer in _misnamed(view, row, items.path(k), layers))


def _misnamed(view: View, row: int, path: Path, layers: Mapping[str, Node]) -> Iterator[tuple[Path, Node]]:
    """Yield the unlisted members of an object that hold spans, and the layer that is lacking there.

    Args:
        view: the batch.
        row: the document.
        path: the object.
        layers: its members that the schema lists and that hold spans.
    """
    value = value_at(view.batch.document(row), path)
    if not isinstance(value, Mapping):
        return
    lacking = [layer for name, layer in layers.items() if value.get(name) is None]
    for name in value.keys() - view.schema.nodes[place_of(path)].fields.keys() if lacking else ():
        if layer := next((sub for sub in lacking if _looks(view, row, value[name], sub)), None):
            yield (*path, name), layer


def _looks(view: View, row: int, value: Any, node: Node) -> bool:
    """Say whether an unlisted value may be that of a layer, and not empty: written as the layer is, or otherwise.

    Args:
        view: the batch.
        row: the document.
        value: the value.
        node: the layer.
    """
    lens, schema = view.schema.lens, view.schema
    if lens is not None and any(tagged.place == node.place for tagged in lens.tagged):
        return _has_tags(value, node)
    members = [span.span_of for span in schema.spans if span.place[: len(node.place)] == node.place]
    texts = [view.string(row, member) for member in members if member and view.documents.columns[member][row].is_valid]
    # A member under another name may be written as the vocabulary has it, too.
    shaped = lens is not None and _has_spans(got(lens.shape_at(node.place), value, (), Faults()), node)
    return shaped or _has_spans(value, node) or may_hold_spans(value, max(texts, key=len, default=None))


def _has_spans(value: Any, node: Node) -> bool:
    """Say whether a value looks like one of a node: a list with such an item, or an object, down to offsets."""
    if node.items is not None:
        return isinstance(value, list) and any(_has_spans(item, node.items) for item in value)
    if not isinstance(value, Mapping):
        return False
    if node.span_of:
        offsets = [offset for name in _OFFSETS if (offset := value.get(name)) is not None]
        others = any(value.get(name) is not None for name in node.fields.keys() - {*_OFFSETS})
        # No seconds, and no years: digits are offsets where something else that a span has stands beside them.
        return bool(offsets) and all(is_whole(one) or (others and is_digits(one)) for one in offsets)
    return any(_has_spans(value.get(name), sub) for name, sub in node.fields.items() if sub.kind in ("array", "object"))


def _has_tags(value: Any, node: Node) -> bool:
    """Say whether a value may be the tags of a node, which have no offsets: two integers, or one tag in letters."""
    leaves = [*_leaves(value)]
    integers = sum(type(leaf) is int for leaf in leaves)
    tagged = any(isinstance(leaf, str) and _TAG.match(leaf) for leaf in leaves)
    return (integers > 1 or tagged) and (node.items is None or isinstance(value, list))


def _leaves(value: Any) -> Iterator[Any]:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else None
    yield from [value] if inner is None else (leaf for part in inner for leaf in _leaves(part))
