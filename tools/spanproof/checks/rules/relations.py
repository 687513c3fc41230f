"""SP504 to SP508: relations between annotations: what they join, how often, and what must be joined."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from spanproof.arrays import Bools, Ints, indices, repeated, validity
from spanproof.checks.rule import Hit, rule
from spanproof.checks.targets import ends, targets
from spanproof.checks.view import View
from spanproof.corpus.columns import Items
from spanproof.corpus.edits import Edit
from spanproof.schema.node import Node
from spanproof.schema.relations import RelationType

_LABEL = {"type": "string", "enum": ["PERSON", "ORG"]}
_OFFSETS = {"start": {"type": "integer"}, "end": {"type": "integer"}}
_NAME = {
    "type": "object",
    "spanOf": "text",
    "labelledBy": "label",
    "properties": {"id": {"type": "string"}, **_OFFSETS, "label": _LABEL},
}
_END = {"type": "string", "refersTo": ["/names/*/id"]}
_RELATION = {
    "type": "object",
    "labelledBy": "type",
    "relation": {
        "ends": ["from", "to"],
        "symmetric": ["KNOWS"],
        "irreflexive": True,
        "unique": True,
        "signatures": {"WORKS_FOR": [["PERSON"], ["ORG"]]},
    },
    "properties": {"type": {"type": "string", "enum": ["KNOWS", "WORKS_FOR"]}, "from": _END, "to": _END},
}
_RELATIONS = {
    "type": "object",
    "key": "id",
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "names": {"type": "array", "key": "id", "items": _NAME},
        "relations": {"type": "array", "items": _RELATION},
    },
}
_DOCUMENT = {
    "id": "a",
    "text": "Ana and Bo work for Cora.",
    "names": [
        {"id": "n1", "start": 0, "end": 3, "label": "PERSON"},
        {"id": "n2", "start": 8, "end": 10, "label": "PERSON"},
        {"id": "n3", "start": 20, "end": 24, "label": "ORG"},
    ],
}
_WORKS = {"type": "WORKS_FOR", "from": "n1", "to": "n3"}
_KNOWS = {"type": "KNOWS", "from": "n1", "to": "n2"}


@dataclass(frozen=True)
class _Related:
    """The relations at one place of a batch, as arrays of shape (relations,).

    Attributes:
        items: the relations as objects.
        says: what the schema says of them.
        first: what each has as its first end as a number, equal for the same thing; -1 for nothing.
        second: the same of the second end.
        names: what it calls its first and its second end.
        label: its label as a number, -1 for null; 0 where they have none.
        labels: each label once.
    """

    items: Items
    says: RelationType
    first: Ints
    second: Ints
    names: tuple[pa.Array, pa.Array]
    label: Ints
    labels: pa.Array

    @property
    def whole(self) -> Bools:
        """Say which have both ends."""
        return (self.first >= 0) & (self.second >= 0)

    @property
    def symmetric(self) -> Bools:
        """Say which mean the same in either order."""
        return np.array([*map(self.says.is_symmetric, self.labels.to_pylist()), False], np.bool_)[self.label]

    def pairs(self, either: Bools) -> Ints:
        """Return a number for each, equal for those of one list that join the same; of some, in either order."""
        turned = either & (self.first > self.second)
        one, other = np.where(turned, self.second, self.first), np.where(turned, self.first, self.second)
        size = int(max(one.max(initial=0), other.max(initial=0))) + 2
        distinct, pair = np.unique((one + 1) * size + other + 1, return_inverse=True)
        return np.asarray(self.items.parent * (len(distinct) + 1) + pair)

    def named(self, k: int) -> str:
        """Return a relation as a message says it: ``n1 WORKS_FOR n3``."""
        first, second = (names[k].as_py() for names in self.names)
        label = self.items.node.label
        return f"{first} {self.items.columns[label][k].as_py() if label else 'and'} {second}"


def _related(view: View) -> Iterator[_Related]:
    """Yield the relations of a batch, place by place."""
    for node, relation in view.schema.having(Node.relation):
        items = view.columns.items(node.place)
        (first, one), (second, other) = (ends(view, items, members) for members in relation.ends)
        distinct, both = np.unique(np.concatenate([[-1], first, second]), return_inverse=True)
        assert distinct[0] == -1
        first, second = np.split(both[1:] - 1, 2)
        label, labels = view.codes((*node.place, node.label)) if node.label else (np.zeros(len(items), np.int64), None)
        known = pa.array([None], pa.string()) if labels is None else labels
        yield _Related(items, relation, first, second, (one, other), label, known)


@rule(
    "SP504",
    "self-relation",
    needs=Node.relation,
    schema=_RELATIONS,
    bad=[{**_DOCUMENT, "relations": [{**_KNOWS, "to": "n1"}]}],
    good=[{**_DOCUMENT, "relations": [_KNOWS]}],
)
def self_relation(view: View) -> Iterator[Hit]:
    """A relation joins an annotation to itself.

    The schema's ``irreflexive`` forbids this. Usually one end was meant to be another annotation.

    Never waive it: if a relation may join an annotation to itself, remove ``irreflexive`` from the schema.
    """
    for related in _related(view):
        if related.says.irreflexive:
            for k in indices(related.whole & (related.first == related.second)).tolist():
                message = f"{related.named(k)} joins an annotation to itself; expected two annotations"
                yield Hit(related.items, k, message)


@rule(
    "SP505",
    "duplicate-relation",
    needs=Node.relation,
    schema=_RELATIONS,
    bad=[{**_DOCUMENT, "relations": [_WORKS, _WORKS]}],
)
def duplicate_relation(view: View) -> Iterator[Hit]:
    """The same relation appears twice in a list.

    It counts twice in every score. A symmetric relation is the same in either order. Corrected by removing the later
    one, if the two differ in nothing but their keys and nothing refers to the later one.

    Waive it where another member of the relation tells the two apart, such as the words that state it.
    """
    for related in _related(view):
        items, key = related.items, view.schema.key_of(related.items.node)
        k = indices(related.whole)
        size = len(related.labels) + 1
        numbers = related.pairs(related.symmetric)[k] * size + related.label[k] + 1
        _, first, same = np.unique(numbers, return_index=True, return_inverse=True)
        for at in repeated(numbers).tolist():
            j, earlier = int(k[at]), int(k[first[same[at]]])
            alike = view.says(items, j, key) == view.says(items, earlier, key)
            fix = (Edit(items.path(j), remove=True),) if alike else ()
            yield Hit(items, j, f"{related.named(j)} occurs earlier in the list, too", fix=fix)


@rule(
    "SP506",
    "two-relations",
    needs=Node.relation,
    schema=_RELATIONS,
    bad=[{**_DOCUMENT, "relations": [_WORKS, {**_WORKS, "type": "KNOWS"}]}],
    good=[{**_DOCUMENT, "relations": [_WORKS]}],
)
def two_relations(view: View) -> Iterator[Hit]:
    """Two annotations are joined by two relations of the same list.

    The schema's ``unique`` says that they have only one, so one of the two is wrong.

    Waive it where a rare pair really has both relations. If many pairs do, remove ``unique`` from the schema.
    """
    for related in _related(view):
        if not related.says.unique or not related.items.node.label:
            continue
        k = indices(related.whole & (related.label >= 0))
        either = related.pairs(related.whole)  # a symmetric relation is one in both orders
        pairs = related.pairs(np.isin(either, either[related.whole & related.symmetric]))[k]
        _, first, same = np.unique(pairs, return_index=True, return_inverse=True)
        for at in repeated(pairs).tolist():
            j, earlier = int(k[at]), int(k[first[same[at]]])
            if related.label[j] != related.label[earlier]:
                message = f"{related.named(j)}, but earlier in the list {related.named(earlier)}; expected one of them"
                yield Hit(related.items, j, message)


@rule(
    "SP507",
    "wrong-end",
    needs=Node.relation,
    schema=_RELATIONS,
    bad=[{**_DOCUMENT, "relations": [{**_WORKS, "to": "n2"}]}],
    good=[{**_DOCUMENT, "relations": [_WORKS]}],
)
def wrong_end(view: View) -> Iterator[Hit]:
    """A relation joins annotations whose labels it may not join.

    The schema's ``signatures`` say which labels the ends of a relation have. Often the ends are in the wrong order.

    Never waive it: correct the relation, or add to its signature.
    """
    for related in _related(view):
        items, node = related.items, related.items.node
        sides = enumerate(related.says.ends if related.says.signatures else ())
        for side, end in ((side, end) for side, members in sides for end in members):
            for place in node.fields[end].refers_to.places:
                target = targets(view, items, items.columns[end], place)
                there, label = view.columns.items(place[:-1]), view.schema.nodes[place[:-1]].label
                for k, allowed in _restricted(related, side):
                    is_ = there.columns[label][int(target[k])].as_py() if target[k] >= 0 and label else None
                    # A label that the schema doesn't list is found already (SP201).
                    if (
                        is_ is not None
                        and is_ not in allowed
                        and is_ in (view.schema.nodes[place[:-1]].labels or (is_,))
                    ):
                        right = " or ".join(sorted(allowed))
                        yield Hit(
                            items, k, f"{related.named(k)}: {items.columns[end][k]} is {is_}; expected {right}", (end,)
                        )


def _restricted(related: _Related, side: int) -> Iterator[tuple[int, frozenset[str]]]:
    """Yield the relations one end of which has certain labels alone, and these labels."""
    for number, label in enumerate(related.labels.to_pylist()):
        allowed = related.says.signatures.get(label, (frozenset[str](), frozenset[str]()))[side]
        if allowed:
            for k in indices(related.label == number).tolist():
                yield k, allowed


_INSTANCES = {
    "type": "object",
    "key": "id",
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "events": {
            "type": "array",
            "key": "id",
            "referredToBy": ["/instances/*/event"],
            "items": {
                "type": "object",
                "spanOf": "text",
                "properties": {"id": {"type": "string"}, **_OFFSETS},
            },
        },
        "instances": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"event": {"type": "string", "refersTo": ["/events/*/id"]}, "tense": {"type": "string"}},
            },
        },
    },
}
_MEETING = {"id": "a", "text": "They met.", "events": [{"id": "e1", "start": 5, "end": 8}]}


@rule(
    "SP508",
    "orphan",
    needs=Node.referred_to_by,
    schema=_INSTANCES,
    bad=[{**_MEETING, "instances": []}],
    good=[{**_MEETING, "instances": [{"event": "e1", "tense": "past"}]}],
)
def orphan(view: View) -> Iterator[Hit]:
    """Nothing refers to an annotation, though something must.

    The schema's ``referredToBy`` says what must refer to it: for example, each event has an instance, each mention is
    in a chain. The referring object was forgotten, or it was removed and the annotation was left.

    Never waive it: if nothing needs to refer to such an annotation, remove ``referredToBy`` from the schema.
    """
    for lists, places in view.schema.having(Node.referred_to_by):
        assert lists.items is not None
        items = view.columns.items(lists.items.place)
        keys = items.columns[str(lists.key)]
        named = np.zeros(len(items), np.bool_)
        for place in places:
            named |= targets(view, items, keys, place) >= 0
        for k in indices(~named & validity(keys)).tolist():
            written = " or ".join("/" + "/".join(place) for place in places)
            message = f"{keys[k].as_py()!r} is not among the values of {written}; expected one that refers to it"
            yield Hit(items, k, message)
