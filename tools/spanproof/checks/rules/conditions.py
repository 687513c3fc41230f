"""SP509, SP515: what a reference may lead to besides that it leads somewhere, and which member names an end."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import Bools, Ints, booleans, found_in, indices, strings, to_arrow, validity
from spanproof.checks.rule import Hit, rule
from spanproof.checks.targets import references, resolved, targets, within_object
from spanproof.checks.view import View
from spanproof.corpus.columns import Items
from spanproof.corpus.registries import looked_up, misfit_of, stated
from spanproof.schema.node import Node, Place
from spanproof.schema.references import Condition

_NAME = {
    "type": "object",
    "spanOf": "text",
    "labelledBy": "label",
    "properties": {
        "id": {"type": "string"},
        "start": {"type": "integer"},
        "end": {"type": "integer"},
        "label": {"type": "string", "enum": ["PERSON", "ORG"]},
    },
}
_PERSON = {"to": "/names/*/id", "where": {"label": ["PERSON"]}}
_LINK = {
    "type": "object",
    "relation": {"ends": [["name", "word"], "boss"]},
    "properties": {
        "name": {"type": ["string", "null"], "refersTo": ["/names/*/id"]},
        "word": {"type": ["string", "null"]},
        "boss": {"type": "string", "refersTo": [_PERSON]},
    },
}
_LINKS = {
    "type": "object",
    "key": "id",
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "names": {"type": "array", "key": "id", "items": _NAME},
        "links": {"type": "array", "items": _LINK},
    },
}
_DOCUMENT = {
    "id": "a",
    "text": "Ana leads Cora.",
    "names": [
        {"id": "n1", "start": 0, "end": 3, "label": "PERSON"},
        {"id": "n2", "start": 10, "end": 14, "label": "ORG"},
    ],
}
_LEADS = {"name": "n2", "word": None, "boss": "n1"}


@rule(
    "SP509",
    "wrong-target",
    needs=Node.refers_to,
    schema=_LINKS,
    bad=[{**_DOCUMENT, "links": [{**_LEADS, "boss": "n2"}]}],
    good=[{**_DOCUMENT, "links": [_LEADS]}],
)
def wrong_target(view: View) -> Iterator[Hit]:
    """A reference leads to a kind of annotation or registry entry that isn't allowed there.

    The schema's ``where`` says which values the members of the target must have: for example, a speaker must be a
    person, or the label of the target must be the one that the reference's ``role`` asks for. The reference names the
    wrong target, or the target has the wrong label.

    Never waive it: correct one of the two, or widen ``where`` in the schema.
    """
    for node, items, column in references(view):
        if node.refers_to.where:
            wrong = resolved(view, node, items, column) & validity(column) & ~_allowed(view, node, items, column)
            for k in indices(wrong).tolist():
                yield Hit(
                    items, k, f"{column[k].as_py()!r} {_wrong(view, node, items, column, k)}", within_object(node)
                )


def _allowed(view: View, node: Node, items: Items, column: pa.Array) -> Bools:
    """Say which references lead to something that meets the conditions of it.

    Args:
        view: the batch.
        node: the member that refers.
        items: the objects that have it.
        column: what each refers to.
    """
    allowed = np.zeros(len(column), np.bool_)
    for place in node.refers_to.places:
        target = targets(view, items, column, place)
        meets = target >= 0
        for condition in node.refers_to.conditions(place):
            meets &= _meets(view, items, place, target, condition)
        allowed |= meets
    for name in node.refers_to.members:
        there = validity(view.documents.columns[name])[items.doc]
        allowed |= booleans(pc.is_in(column, value_set=strings([name]))) & there
    if all(name in view.registries for name in node.refers_to.all_registries):
        for name in node.refers_to.registries:
            allowed |= _allowed_entries(view, node, items, column, name)
        if known := looked_up(replace(node.refers_to, registries=()), view.registries):
            allowed |= booleans(pc.is_in(column, value_set=strings([*known])))
    return allowed


def _allowed_entries(view: View, node: Node, items: Items, column: pa.Array, name: str) -> Bools:
    """Say which references lead to an entry of a registry that meets the conditions of it.

    Args:
        view: the batch.
        node: the member that refers.
        items: the objects that have it.
        column: what each refers to.
        name: the registry.
    """
    entries = view.registries[name]
    at = found_in(column, strings([*entries]))
    meets: Bools = at >= 0
    for condition in node.refers_to.conditions_of_entries(name):
        values = [stated(entry, condition) for entry in entries.values()]
        words = pa.array([value if isinstance(value, str) else None for value in values], pa.string())
        named = words.take(to_arrow(np.maximum(at, 0))) if len(words) else pa.nulls(len(at), pa.string())
        meets &= _as_expected(view, items, named, condition)
    return meets


def _meets(view: View, items: Items, place: Place, target: Ints, condition: Condition) -> Bools:
    """Say which targets meet a condition.

    Args:
        view: the batch.
        items: the objects that refer.
        place: where the values stand by which they name their targets.
        target: the target of each, -1 for none.
        condition: what a target must be.
    """
    values = _values(view, place, target, condition)
    # A value that the schema doesn't list is found already (SP201, SP002).
    listed = view.schema.nodes[(*place[:-1], condition.member)].allowed
    as_expected = _as_expected(view, items, values, condition)
    if listed is None:
        return as_expected
    known = booleans(pc.is_in(values, value_set=strings([value for value in listed if value is not None])))
    unlisted: Bools = validity(values) & ~known
    return as_expected | unlisted


def _as_expected(view: View, items: Items, values: pa.Array, condition: Condition) -> Bools:
    """Say which values of targets are such as a condition asks for."""
    if not condition.own:
        return booleans(pc.is_in(values, value_set=strings(condition.values)))
    own = _own(view, items, condition)
    if not condition.allowed:
        return booleans(pc.equal(values, own))
    meets = ~booleans(pc.is_in(own, value_set=strings([value for value, _ in condition.allowed])))
    for value, among in condition.allowed:
        may = booleans(pc.is_in(values, value_set=strings(among)))
        meets |= booleans(pc.is_in(own, value_set=strings([value]))) & may
    return meets


def _values(view: View, place: Place, target: Ints, condition: Condition) -> pa.Array:
    """Return what a condition speaks of, of each target; null where there is no target."""
    member = view.columns.items(place[:-1]).columns[condition.member]
    if not len(member):
        return pa.nulls(len(target), pa.string())
    return pc.if_else(pa.array(target >= 0), member.take(to_arrow(np.maximum(target, 0))), pa.scalar(None, pa.string()))


def _own(view: View, items: Items, condition: Condition) -> pa.Array:
    """Return the member beside each reference that says what its target must be."""
    rows: Ints = np.arange(len(items))
    while items.node.kind != "object":
        rows, above = items.parent[rows], items.node.place[:-1]
        items = view.columns.column(above)[0]
    return items.columns[condition.own].take(to_arrow(rows))


def _wrong(view: View, node: Node, items: Items, column: pa.Array, k: int) -> str:
    """Return what is wrong with the target of a reference, as a message says it."""
    for place in node.refers_to.places:
        target = targets(view, items, column, place)
        for condition in node.refers_to.conditions(place) if target[k] >= 0 else ():
            if not _meets(view, items, place, target, condition)[k]:
                own = _own(view, items, condition)[k].as_py() if condition.own else None
                among = condition.expected(own)
                because = f", as its {condition.own} is {own!r}" if condition.own and own is not None else ""
                expected = " or ".join(among or ()) or f"what {condition.own} says, which is missing"
                is_ = _values(view, place, target, condition)[k].as_py()
                return f"has {condition.member} {is_!r}; expected {expected}{because}"
    own = {asked.own: _own(view, items, asked)[k].as_py() for asked in node.refers_to.asking}
    return misfit_of(node.refers_to.given(own), view.registries, column[k].as_py())


@rule(
    "SP515",
    "unclear-end",
    needs=Node.relation,
    schema=_LINKS,
    bad=[{**_DOCUMENT, "links": [{**_LEADS, "word": "Cora"}]}],
    good=[{**_DOCUMENT, "links": [_LEADS]}],
)
def unclear_end(view: View) -> Iterator[Hit]:
    """An end of a relation is named by several members, or by none.

    The schema's ``relation`` lists several members for the end, such as an event and a time. A relation must have
    exactly one of them: with two, it isn't clear which one is meant; with none, the end is missing.

    Never waive it: remove the wrong member, or make two relations of it.
    """
    for node, relation in view.schema.having(Node.relation):
        for end in relation.ends:
            if len(end) > 1:
                items = view.columns.items(node.place)
                there = np.stack([validity(items.columns[name]) for name in end])
                for k in indices(there.sum(0) != 1).tolist():
                    has = " and ".join(name for name, is_there in zip(end, there[:, k], strict=True) if is_there)
                    yield Hit(items, k, f"has {has or 'no end'}; expected one of {' or '.join(end)}")
