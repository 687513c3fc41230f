"""References between annotations, resolved once all annotations are there."""

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import Any

from hypothesis import strategies as st

from spanproof.schema.node import Node, Place
from spanproof.schema.paths import values_at
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
    for node in nodes:
        _refer(writer, document, node)
    smaller = _without(document, schema.root, {node.place for node in nodes})
    # What nothing could be found for is left out, and perhaps something referred to it.
    return smaller if smaller == document or not _dangling(smaller, nodes, schema) else None


def _dangling(document: dict[str, Any] | None, nodes: Iterable[Node], schema: Schema) -> bool:
    return document is None or any(
        value not in _targets(document, node, schema, ())
        for node in nodes
        for _, value in values_at(document, node.place)
    )


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


def _slots(document: dict[str, Any], node: Node) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
    """Yield where the references of one place stand: object or list, member or index there, the object that refers."""
    if node.place[-1] != "*":
        yield from ((owner, node.place[-1], owner) for _, owner in values_at(document, node.place[:-1]))
        return
    for _, owner in values_at(document, node.place[:-2]):
        listed = owner.get(node.place[-2]) or []
        yield from ((listed, k, owner) for k in range(len(listed)))


def _refer(writer: Writer, document: dict[str, Any], node: Node) -> None:
    """Resolve the references at one place, forwards or backwards, so that none leads back."""
    slots = list(_slots(document, node))
    owner = writer.schema.nodes[node.place[:-1]]
    key = writer.schema.key_of(owner) if node.acyclic else None
    ahead = {holder[key] for holder, _, _ in slots} if key else set()
    lists = writer.schema.nodes.get(owner.place[:-1])
    if writer.draw(st.booleans()):
        slots.reverse()
    for holder, step, refers in slots:
        if (holder[step] if isinstance(holder, list) else holder.get(step)) is LATER:
            options = _targets(document, node, writer.schema, ahead, refers)
            if not (options or node.nullable or (isinstance(step, str) and not node.required)):
                continue
            choice = st.sampled_from(options) if options else st.none()
            drawn = writer.member(node, partial(writer.draw, choice))
            if drawn is GONE:
                del holder[step]
            else:
                holder[step] = drawn
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
            target[place[-1]]
            for _, target in values_at(document, place[:-1])
            if target.get(place[-1]) not in (None, LATER)
            and all(_meets(target, condition, refers or {}) for condition in conditions)
        ]
    targets += [member for member in node.refers_to.members if document.get(member) is not None]
    if but is None:
        key = schema.key_of(schema.nodes[node.place[:-1]]) if node.acyclic else None
        but = [value for _, value in values_at(document, (*node.place[:-1], key))] if key else []
    return [value for value in dict.fromkeys(targets) if value not in but]


def _meets(target: dict[str, Any], condition: Condition, refers: dict[str, Any]) -> bool:
    among = condition.expected(refers.get(condition.own) if condition.own else None)
    return among is None or target.get(condition.member) in among
