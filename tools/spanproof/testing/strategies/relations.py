"""Relations of a document in the making: those that the schema doesn't allow are taken out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
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
    ends = _ends(item, node, document, schema)
    if any(len(members) > 1 and end is None for members, end in zip(relation.ends, ends, strict=True)):
        return False
    if None in ends:
        return True
    label = item.get(node.label) if node.label else None
    if relation.irreflexive and ends[0] == ends[1]:
        return False
    for earlier in items[:-1]:
        other = earlier.get(node.label) if node.label else None
        others = _ends(earlier, node, document, schema)
        same = others == ends or (relation.is_symmetric(other) and others == ends[::-1])
        if same and (other == label or relation.unique):
            return False
        if relation.unique and relation.is_symmetric(label) and others == ends[::-1]:
            return False
    for allowed, end in zip(relation.signatures.get(str(label), ()), ends, strict=False):
        if allowed and end and end.label not in {None, *allowed}:
            return False
    return node.temporal is None or not _contradict(items, node, document, schema)


@dataclass(frozen=True)
class _End:
    """What a relation joins: where it stands in the document, or the word for it; and its label."""

    referent: Any
    label: str | None = field(default=None, compare=False)


def _ends(item: dict[str, Any], node: Node, document: dict[str, Any], schema: Schema) -> list[_End | None]:
    """Return what a relation joins; None where no member names an end, or several do."""
    assert node.relation
    named = [[name for name in end if item.get(name) is not None] for end in node.relation.ends]
    return [_end(item[end[0]], node.fields[end[0]], document, schema) if len(end) == 1 else None for end in named]


def _end(value: Any, member: Node, document: dict[str, Any], schema: Schema) -> _End:
    for place in sorted(member.refers_to.places):
        for path, target in values_at(document, place[:-1]):
            if target.get(place[-1]) == value:
                return _End(path, target.get(str(schema.nodes[place[:-1]].label)))
    return _End(value)


def _contradict(items: list[dict[str, Any]], node: Node, document: dict[str, Any], schema: Schema) -> bool:
    assert node.temporal
    assert node.label
    joined = [(item, _ends(item, node, document, schema)) for item in items]
    whole = [(item, ends) for item, ends in joined if all(ends)]
    names = {end: k for k, end in enumerate(dict.fromkeys(end for _, ends in whole for end in ends))}
    first, second = (np.array([names[ends[side]] for _, ends in whole], np.int64) for side in (0, 1))
    labels = [str(item.get(node.label) or "NONE") for item, _ in whole]
    meant = [node.temporal.meanings.get(label, relation_of(label)) for label in labels]
    return any(contradictions(first, second, meant))


def _orphans(document: dict[str, Any], schema: Schema) -> Iterator[Any]:
    """Yield the keys of items to which nothing refers although something must."""
    for lists, places in schema.having(Node.referred_to_by):
        named = {value for place in places for _, value in values_at(document, place)}
        for _, key in values_at(document, (*lists.place, "*", str(lists.key))):
            if key not in named:
                yield key
