"""SP5xx: references between annotations and into registries."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import Bools, Ints, booleans, found_in, indices, member, strings, validity
from spanproof.checks.rule import Hit, rule
from spanproof.checks.view import View
from spanproof.corpus.columns import Items
from spanproof.schema.node import Node, Place

_SPAN = {"id": "q1", "type": "indirect", "start": 27, "end": 34, "text": "We meet", "source": None, "cue": None}
_QUOTE = {**_SPAN, "speaker": None, "continues": None, "utterance": "meeting-in-lisbon"}
_ENTITY = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana-silva"}


def _within(view: View, items: Items, column: pa.Array, target: Place) -> Bools:
    """Which references name a value found at a place of the same document."""
    known, distinct = view.codes(target)
    wanted = found_in(column, distinct)
    held, k = indices(known >= 0), indices(wanted >= 0)
    found = np.zeros(len(column), np.bool_)
    keys = view.columns.items(target[:-1]).doc[held] * len(distinct) + known[held]
    found[k] = member(keys, items.doc[k] * len(distinct) + wanted[k])
    return found


def _references(view: View) -> Iterator[tuple[Node, Items, pa.Array]]:
    for node in view.schema.having("refersTo"):
        items = view.columns.items(node.place[:-1])
        column = items.columns[node.place[-1]]
        if column.null_count < len(column):
            yield node, items, column


def _targets(node: Node, view: View) -> tuple[list[str], list[str]]:
    """The targets that can be looked up here: places of the document, and registries that are given."""
    targets = node.get("refersTo")
    registries = [t for t in targets if t.startswith("registry:") and t[9:] in view.registries]
    return [t for t in targets if t.startswith("/")], registries


def _resolved(view: View, node: Node, items: Items, column: pa.Array) -> Bools:
    found = ~validity(column)
    places, registries = _targets(node, view)
    for target in places:
        place = tuple(target[1:].split("/"))
        if "*" in place:
            found |= _within(view, items, column, place)
        else:
            there = validity(view.documents.columns[place[0]])[items.doc]
            found |= booleans(pc.is_in(column, value_set=strings(place))) & there
    for target in registries:
        keys = strings(list(view.registries[target[9:]]))
        found |= booleans(pc.is_in(column, value_set=keys))
    return found


@rule("SP501", "dangling-reference", needs="refersTo", bad=[{"quotes": [{**_QUOTE, "continues": "q7"}]}])
def dangling_reference(view: View) -> Iterator[Hit]:
    """A reference names an annotation that isn't there.

    A speaker that no entity is, a quote continued that doesn't exist, an anchor that is no date. The target was removed
    or renamed, or the reference is misspelt.
    """
    for node, items, column in _references(view):
        places, _ = _targets(node, view)
        if places:
            for k in indices(~_resolved(view, node, items, column)).tolist():
                yield Hit(
                    items,
                    k,
                    f"{column[k].as_py()!r} is not among {' and '.join(node.get('refersTo'))}",
                    node.place[-1:],
                )


@rule("SP502", "reference-cycle", needs="acyclic", bad=[{"quotes": [{**_QUOTE, "continues": "q1"}]}])
def reference_cycle(view: View) -> Iterator[Hit]:
    """Following a reference comes back to where it began.

    A quote that continues itself, two dates that are each the other's anchor.
    """
    for node in view.schema.having("acyclic"):
        items = view.columns.items(node.place[:-1])
        key = view.schema.key_of(items.node)
        column = items.columns[node.place[-1]]
        if not node.get("acyclic") or key is None or column.null_count == len(column):
            continue
        ids, distinct = view.codes((*items.node.place, key))
        wanted = found_in(column, distinct)
        some = indices(wanted >= 0)
        keys = np.where(ids >= 0, items.doc * len(distinct) + ids, -1)
        follows = np.full(len(items), -1)
        follows[some] = _followed(keys, items.doc[some] * len(distinct) + wanted[some])
        for k in _on_cycles(follows):
            yield Hit(items, k, f"{column[k].as_py()!r} leads back to this annotation", node.place[-1:])


def _followed(keys: Ints, wanted: Ints) -> Ints:
    """For each item the one whose key it wants, or -1."""
    order = np.argsort(keys, kind="stable")
    at = np.searchsorted(keys, wanted, sorter=order)
    candidate = order.take(at, mode="clip")
    return np.where(keys[candidate] == wanted, candidate, -1)


def _on_cycles(follows: Ints) -> list[int]:
    """One member of each cycle, the first, of a graph where ``follows[k]`` is the node after k or -1."""
    alive = follows[follows >= 0]
    for _ in range(32):
        alive = follows[alive]
        alive = alive[alive >= 0]
        if not alive.size:
            return []
    done = follows < 0
    found = []
    for start in np.flatnonzero(~done).tolist():
        walk, at = [], start
        while at >= 0 and not done[at]:
            done[at] = True
            walk.append(at)
            at = int(follows[at])
        if at in walk:
            found.append(min(walk[walk.index(at) :]))
    return sorted(found)


@rule(
    "SP503",
    "unregistered",
    needs="refersTo",
    bad=[{"entities": [_ENTITY]}],
    registries={"entities": {"lisbon": {}}, "utterances": {}},
)
def unregistered(view: View) -> Iterator[Hit]:
    """An identifier isn't in the registry.

    Asked where a registry is given or found beside the corpus: every entity and every utterance has an entry there.
    """
    for node, items, column in _references(view):
        places, registries = _targets(node, view)
        if registries and not places:
            for k in indices(~_resolved(view, node, items, column)).tolist():
                yield Hit(
                    items, k, f"{column[k].as_py()!r} is not in the registry {registries[0][9:]!r}", node.place[-1:]
                )
