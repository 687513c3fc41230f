"""References between annotations, resolved once all annotations are there."""

from collections.abc import Collection
from functools import partial
from typing import Any

from hypothesis import strategies as st

from spanproof.schema.node import Node, Place
from spanproof.schema.paths import values_at
from spanproof.schema.schema import Schema
from spanproof.testing.strategies.writer import GONE, LATER, Writer


def settled(writer: Writer, document: dict[str, Any]) -> dict[str, Any] | None:
    """Return the document with its references resolved; what must refer to something and can't is left out."""
    schema = writer.schema
    nodes = [node for node, targets in schema.having(Node.refers_to) if targets.local]
    while True:
        stuck = {node.place for node in nodes if not (node.nullable or _targets(document, node, schema))}
        smaller = _without(document, schema.root, stuck)
        if smaller is None:
            return None
        if smaller == document:
            break
        document = smaller
    for node in nodes:
        _refer(writer, document, node)
    return document


def _without(value: Any, node: Node, stuck: set[Place]) -> Any:
    """Return the value without objects that hold a reference at one of these places; None if nothing is left of it."""
    if node.items is not None:
        kept = [_without(item, node.items, stuck) for item in value]
        kept = [item for item in kept if item is not None]
        return kept if len(kept) >= node.min_items else None
    if node.kind != "object":
        return None if value is LATER and node.place in stuck else value
    result = dict(value)
    for name, sub in node.fields.items():
        if result.get(name) is not None and (left := _without(result[name], sub, stuck)) is not result[name]:
            result[name] = left
            if left is None and not sub.nullable:
                if sub.required:
                    return None
                del result[name]
    return result


def _refer(writer: Writer, document: dict[str, Any], node: Node) -> None:
    """Resolve the references at one place, forwards or backwards, so that none leads back."""
    holders = [holder for _, holder in values_at(document, node.place[:-1])]
    owner = writer.schema.nodes[node.place[:-1]]
    key = writer.schema.key_of(owner) if node.acyclic else None
    ahead = {holder[key] for holder in holders} if key else set()
    lists = writer.schema.nodes.get(owner.place[:-1])
    if writer.draw(st.booleans()):
        holders.reverse()
    for holder in holders:
        if holder.get(node.place[-1]) is LATER:
            options = _targets(document, node, writer.schema, ahead)
            choice = st.sampled_from(options) if options else st.none()
            drawn = writer.member(node, partial(writer.draw, choice))
            if drawn is GONE:
                del holder[node.place[-1]]
            else:
                holder[node.place[-1]] = drawn
                if lists and node.place[-1] in lists.consistent.members:
                    writer.say_alike(holder, lists, node.place[-1])
        if key:
            ahead.discard(holder[key])


def _targets(document: dict[str, Any], node: Node, schema: Schema, but: Collection[Any] | None = None) -> list[Any]:
    """Return what a reference can name in a document; by default without what might lead back."""
    targets: list[Any] = []
    for place in node.refers_to.places:
        targets += [value for _, value in values_at(document, place) if value is not LATER]
    targets += [member for member in node.refers_to.members if document.get(member) is not None]
    if but is None:
        key = schema.key_of(schema.nodes[node.place[:-1]]) if node.acyclic else None
        but = [value for _, value in values_at(document, (*node.place[:-1], key))] if key else []
    return [value for value in dict.fromkeys(targets) if value not in but]
