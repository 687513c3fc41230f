"""References between annotations, resolved once all annotations are there."""

from collections.abc import Collection
from functools import partial
from typing import Any

from hypothesis import strategies as st

from spanproof.schema.node import Node, Place, owner_of
from spanproof.schema.paths import Path, place_of, value_at, values_at
from spanproof.schema.references import Condition
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
    # What a condition speaks of may be a reference, too: those without conditions come first.
    for node in sorted(nodes, key=lambda node: bool(node.refers_to.where)):
        _refer(writer, document, node)
    settled: dict[str, Any] | None = _without(document, schema.root, {node.place for node in nodes})
    return settled


def resolves(document: dict[str, Any], schema: Schema) -> bool:
    """Say whether all references of a document lead to what they may.

    What a reference named may have been left out, or changed, after the reference was drawn.
    """
    return all(
        value in _targets(document, node, schema, (), value_at(document, _owner(path)))
        for node, targets in schema.having(Node.refers_to)
        if targets.local
        for path, value in values_at(document, node.place)
    )


def _owner(path: Path) -> Path:
    """Return the path of the object that refers: the path without the indices of lists, and the last member."""
    return path[: len(owner_of(place_of(path)))]


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
    slots = [(value_at(document, path[:-1]), path[-1], _owner(path)) for path, _ in values_at(document, node.place)]
    owner = writer.schema.nodes[node.place[:-1]]
    key = writer.schema.key_of(owner) if node.acyclic else None
    ahead = {holder[key] for holder, _, _ in slots} if key else set()
    lists = writer.schema.nodes.get(owner.place[:-1])
    if writer.draw(st.booleans()):
        slots.reverse()
    for holder, step, refers in slots:
        if holder[step] is LATER:
            options = _targets(document, node, writer.schema, ahead, value_at(document, refers))
            if not (options or node.nullable or (isinstance(step, str) and not node.required)):
                continue
            choice = st.sampled_from(options) if options else st.none()
            drawn = writer.member(node, partial(writer.draw, choice))
            if drawn is GONE and isinstance(holder, dict):
                del holder[step]
            else:
                holder[step] = None if drawn is GONE else drawn
                if lists and node.place[-1] in lists.consistent.members:
                    writer.say_alike(holder, lists, node.place[-1])
        if key:
            ahead.discard(holder[key])


def _targets(
    document: dict[str, Any],
    node: Node,
    schema: Schema,
    but: Collection[Any] | None = None,
    refers: dict[str, Any] | None = None,
) -> list[Any]:
    """Return what a reference can name in a document.

    Args:
        document: with the keys of its annotations.
        node: the reference.
        schema: that of the document.
        but: what it may not name; by default what might lead back.
        refers: the object that refers, whose members may say what it can name; by default that isn't asked.
    """
    targets: list[Any] = []
    for place in node.refers_to.places:
        conditions = node.refers_to.conditions(place) if refers is not None else ()
        targets += [
            value
            for path, value in values_at(document, place)
            if value is not LATER
            and all(_meets(value_at(document, path[:-1]), condition, refers or {}) for condition in conditions)
        ]
    targets += [member for member in node.refers_to.members if document.get(member) is not None]
    if but is None:
        key = schema.key_of(schema.nodes[node.place[:-1]]) if node.acyclic else None
        but = [value for _, value in values_at(document, (*node.place[:-1], key))] if key else []
    return [value for value in dict.fromkeys(targets) if value not in but]


def _meets(target: dict[str, Any], condition: Condition, refers: dict[str, Any]) -> bool:
    among = condition.expected(refers.get(condition.own) if condition.own else None)
    return among is None or target.get(condition.member) in among
