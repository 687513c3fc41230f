"""Relations of a document in the making: those that the schema doesn't allow are taken out."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from spanproof.schema.node import Node
from spanproof.schema.paths import values_at
from spanproof.schema.schema import Schema
from spanproof.text.temporal import contradictions, relation_of


def sound_relations(document: dict[str, Any], schema: Schema) -> dict[str, Any] | None:
    """Take out of the lists of relations what the schema doesn't allow; None where a list must have more.

    Args:
        document: a document whose references are resolved; its lists are changed.
        schema: its schema.
    """
    for node, _ in schema.having(Node.relation):
        lists = schema.nodes[node.place[:-1]]
        for _, listed in list(values_at(document, lists.place)):
            kept: list[dict[str, Any]] = []
            for item in listed:
                if _fits([*kept, item], node, document, schema):
                    kept.append(item)
            listed[:] = kept
            if len(kept) < lists.min_items:
                return None
    return None if any(_orphans(document, schema)) else document


def _fits(items: list[dict[str, Any]], node: Node, document: dict[str, Any], schema: Schema) -> bool:
    """Say whether the last of some relations is allowed beside the others."""
    relation, item = node.relation, items[-1]
    assert relation
    ends = [item.get(end) for end in relation.ends]
    if None in ends:
        return True
    label = item.get(node.label) if node.label else None
    if relation.irreflexive and ends[0] == ends[1]:
        return False
    for earlier in items[:-1]:
        other = earlier.get(node.label) if node.label else None
        others = [earlier.get(end) for end in relation.ends]
        same = others == ends or (relation.is_symmetric(other) and others == ends[::-1])
        if same and (other == label or relation.unique):
            return False
        if relation.unique and relation.is_symmetric(label) and others == ends[::-1]:
            return False
    for allowed, end, value in zip(relation.signatures.get(str(label), ()), relation.ends, ends, strict=False):
        if allowed and _label_of(value, node.fields[end], document, schema) not in {None, *allowed}:
            return False
    return node.temporal is None or not _contradict(items, node)


def _label_of(value: Any, end: Node, document: dict[str, Any], schema: Schema) -> str | None:
    for place in end.refers_to.places:
        owner = schema.nodes[place[:-1]]
        for _, target in values_at(document, place[:-1]):
            if target.get(place[-1]) == value:
                label: str | None = target.get(str(owner.label))
                return label
    return None


def _contradict(items: list[dict[str, Any]], node: Node) -> bool:
    assert node.relation
    assert node.temporal
    assert node.label
    names = {value: k for k, value in enumerate({item.get(end) for item in items for end in node.relation.ends})}
    whole = [item for item in items if all(item.get(end) is not None for end in node.relation.ends)]
    first, second = (np.array([names[item.get(end)] for item in whole], np.int64) for end in node.relation.ends)
    labels = [str(item.get(node.label) or "NONE") for item in whole]
    meant = [node.temporal.meanings.get(label, relation_of(label)) for label in labels]
    return any(contradictions(first, second, meant))


def _orphans(document: dict[str, Any], schema: Schema) -> Iterator[Any]:
    """Yield the keys of items to which nothing refers although something must."""
    for lists, places in schema.having(Node.referred_to_by):
        named = {value for place in places for _, value in values_at(document, place)}
        for _, key in values_at(document, (*lists.place, "*", str(lists.key))):
            if key not in named:
                yield key
