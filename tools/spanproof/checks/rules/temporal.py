"""SP305, SP306: relations of time between annotations: whether they are known, and can hold together."""

from collections.abc import Iterator

import numpy as np

from spanproof.arrays import indices
from spanproof.checks.rule import Hit, rule
from spanproof.checks.targets import ends
from spanproof.checks.view import View
from spanproof.corpus.columns import Items
from spanproof.schema.node import Node
from spanproof.schema.relations import Temporal
from spanproof.text.temporal import RELATIONS, contradictions, relation_of

_EVENT = {
    "type": "object",
    "spanOf": "text",
    "properties": {"id": {"type": "string"}, "start": {"type": "integer"}, "end": {"type": "integer"}},
}
_LINK = {
    "type": "object",
    "labelledBy": "relType",
    "relation": {"ends": ["from", "to"]},
    "temporal": {},
    "properties": {
        "relType": {"type": "string"},
        "from": {"type": "string", "refersTo": ["/events/*/id"]},
        "to": {"type": "string", "refersTo": ["/events/*/id"]},
    },
}
_LINKS = {
    "type": "object",
    "key": "id",
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "events": {"type": "array", "key": "id", "items": _EVENT},
        "links": {"type": "array", "items": _LINK},
    },
}
_DOCUMENT = {
    "id": "a",
    "text": "They met, talked and left.",
    "events": [
        {"id": "e1", "start": 5, "end": 8},
        {"id": "e2", "start": 10, "end": 16},
        {"id": "e3", "start": 21, "end": 25},
    ],
}
_MET_TALKED = {"relType": "BEFORE", "from": "e1", "to": "e2"}
_TALKED_LEFT = {"relType": "BEFORE", "from": "e2", "to": "e3"}
_MET_LEFT = {"relType": "BEFORE", "from": "e1", "to": "e3"}


def _links(view: View) -> Iterator[tuple[Items, list[str | None], list[str | None]]]:
    """Yield relations of time: as objects, the label of each, the relation that it means or None if it is unknown."""
    for node, temporal in view.schema.having(Node.temporal):
        items = view.columns.items(node.place)
        labels = items.columns[str(node.label)].to_pylist()
        meant = {label: _meant(label, temporal) for label in {*labels}}
        yield items, labels, [meant[label] for label in labels]


def _meant(label: str | None, temporal: Temporal) -> str | None:
    """Return the relation that a label means; one that says nothing of time means that nothing is known."""
    if label is None:
        return None
    if label in temporal.meanings:
        return temporal.meanings[label] or "NONE"
    return relation_of(label)


@rule(
    "SP305",
    "temporal-contradiction",
    needs=Node.temporal,
    schema=_LINKS,
    bad=[{**_DOCUMENT, "links": [_MET_TALKED, _TALKED_LEFT, {**_MET_LEFT, "from": "e3", "to": "e1"}]}],
    good=[{**_DOCUMENT, "links": [_MET_TALKED, _TALKED_LEFT, _MET_LEFT]}],
)
def temporal_contradiction(view: View) -> Iterator[Hit]:
    """Temporal relations contradict each other.

    Each relation says which of the starts and ends of its two intervals come first. The relations listed in the message
    contradict each other; the list is as short as possible. The finding is placed at the last of them, but any of them
    may be wrong. If several contradictions are connected through their relations, only one is shown; when it is
    corrected, the next one appears.

    Never waive it: no order of the events exists in which the layer is true.
    """
    for items, labels, meant in _links(view):
        relation = items.node.relation
        assert relation
        (first, one), (second, other) = (ends(view, items, members) for members in relation.ends)
        known = np.array([name is not None for name in meant], np.bool_)
        k = indices(known & (first >= 0) & (second >= 0))
        _, intervals = np.unique(np.concatenate([first[k], second[k]]), return_inverse=True)
        for chain in contradictions(intervals[: len(k)], intervals[len(k) :], [meant[j] for j in k.tolist()]):
            links = [int(k[at]) for at in chain]
            shown = ", ".join(f"{one[j]} {labels[j]} {other[j]}" for j in links)
            yield Hit(items, max(links), f"{shown} can't hold" if len(links) == 1 else f"can't all hold: {shown}")


@rule(
    "SP306",
    "unknown-temporal-relation",
    needs=Node.temporal,
    schema=_LINKS,
    bad=[{**_DOCUMENT, "links": [{**_MET_TALKED, "relType": "EARLIER"}]}],
    good=[{**_DOCUMENT, "links": [_MET_TALKED]}],
)
def unknown_temporal_relation(view: View) -> Iterator[Hit]:
    """A temporal relation is unknown, so it can't be checked.

    The relations of TimeML, TempEval and Allen are known. Where the corpus has other names for them, the schema's
    ``meanings`` translate them: ``{"EARLIER": "BEFORE"}``, or null for one that says nothing of time.

    Never waive it: without it, nobody knows whether the layer contradicts itself.
    """
    for items, labels, meant in _links(view):
        for k, (label, name) in enumerate(zip(labels, meant, strict=True)):
            if label is not None and name is None:
                known = ", ".join(list(RELATIONS)[:14])
                message = f"{label!r} is not a known temporal relation; expected {known}, or a meaning in the schema"
                yield Hit(items, k, message, (str(items.node.label),))
