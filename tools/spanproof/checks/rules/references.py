"""SP5xx: references between annotations and into registries."""

from collections.abc import Iterator, Set

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import Bools, Ints, booleans, indices, strings, validity
from spanproof.checks.examples import ANA
from spanproof.checks.rule import Hit, rule
from spanproof.checks.targets import targets
from spanproof.checks.view import View
from spanproof.corpus.columns import Items
from spanproof.corpus.registries import looked_up
from spanproof.schema.node import Node
from spanproof.schema.paths import Path

_SPAN = {"id": "q1", "type": "indirect", "start": 27, "end": 34, "text": "We meet", "source": None, "cue": None}
_QUOTE = {**_SPAN, "speaker": None, "continues": None, "utterance": "meeting-in-lisbon"}


def _references(view: View) -> Iterator[tuple[Node, Items, pa.Array]]:
    """Yield the members that refer, where any of them does: node, the objects that have it, what each refers to."""
    for node, _ in view.schema.having(Node.refers_to):
        items, column = view.columns.column(node.place)
        if column.null_count < len(column):
            yield node, items, column


def _at(node: Node) -> Path:
    """Return where in the object that refers its reference is; the items of a list are references themselves."""
    return () if node.place[-1] == "*" else node.place[-1:]


def _resolved(view: View, node: Node, items: Items, column: pa.Array) -> Bools:
    """Say which references are null or lead somewhere: to a place, a member of the document, or a registry.

    Args:
        view: the batch.
        node: the member that refers.
        items: the objects that have it.
        column: what each refers to.
    """
    resolved = ~validity(column)
    for place in node.refers_to.places:
        resolved |= targets(view, items, column, place) >= 0
    for name in node.refers_to.members:
        there = validity(view.documents.columns[name])[items.doc]
        resolved |= booleans(pc.is_in(column, value_set=strings([name]))) & there
    if known := _looked_up(view, node):
        resolved |= booleans(pc.is_in(column, value_set=strings([*known])))
    return resolved


def _looked_up(view: View, node: Node) -> Set[str] | None:
    """Return what a reference may name in registries; None if one of these isn't there, or it speaks of none."""
    written = node.refers_to
    if not written.all_registries:
        return None
    return view.once(("looked up", written), lambda: looked_up(written, view.registries))


@rule(
    "SP501",
    "dangling-reference",
    needs=Node.refers_to,
    bad=[{"quotes": [{**_QUOTE, "continues": "q7"}]}],
    good=[{"quotes": [{**_QUOTE, "continues": None}]}],
)
def dangling_reference(view: View) -> Iterator[Hit]:
    """A reference names an annotation that isn't there.

    A speaker that no entity is, a quote continued that doesn't exist, an anchor that is no date. The target was removed
    or renamed, or the reference is misspelt.

    Never waive it: who follows the reference finds nothing. Correct it, or let it be null.
    """
    for node, items, column in _references(view):
        if node.refers_to.local:
            for k in indices(~_resolved(view, node, items, column)).tolist():
                message = f"{column[k].as_py()!r} is not among {' and '.join(node.refers_to.written)}"
                yield Hit(items, k, message, _at(node))


@rule(
    "SP502",
    "reference-cycle",
    needs=Node.acyclic,
    bad=[{"quotes": [{**_QUOTE, "continues": "q1"}]}],
    good=[{"quotes": [{**_QUOTE, "continues": None}]}],
)
def reference_cycle(view: View) -> Iterator[Hit]:
    """Following a reference comes back to where it began.

    A quote that continues itself, two dates that are each the other's anchor.

    Never waive it: who follows the references never comes to an end.
    """
    for node, _ in view.schema.having(Node.acyclic):
        items, column = view.columns.column(node.place)
        key = view.schema.key_of(items.node)
        if key is None or column.null_count == len(column):
            continue
        follows = targets(view, items, column, (*items.node.place, key))
        for k in _on_cycles(follows):
            yield Hit(items, k, f"{column[k].as_py()!r} leads back to this annotation", node.place[-1:])


def _on_cycles(follows: Ints) -> list[int]:
    """Return the first member of each cycle of a graph in which ``follows[k]`` is the node after k, or -1."""
    # Chains are most often short: after 32 steps only what is on a cycle, or on a very long chain, is still going.
    alive = follows[follows >= 0]
    for _ in range(32):
        alive = follows[alive]
        alive = alive[alive >= 0]
        if not alive.size:
            return []
    done = follows < 0
    firsts = []
    for start in np.flatnonzero(~done).tolist():
        walk, at = [], start
        while at >= 0 and not done[at]:
            done[at] = True
            walk.append(at)
            at = int(follows[at])
        if at in walk:
            firsts.append(min(walk[walk.index(at) :]))
    return sorted(firsts)


@rule(
    "SP503",
    "unregistered",
    needs=Node.refers_to,
    bad=[{"entities": [ANA]}],
    good=[{"entities": [{**ANA, "entity_id": None}]}],
    registries={"entities": {"rio": {"name": "Rio", "type": "GPE", "aliases": ["Rio"]}}},
)
def unregistered(view: View) -> Iterator[Hit]:
    """An identifier isn't in the registry.

    Asked where a registry is given or found beside the corpus: every entity and every utterance has an entry there.

    Waive it while the registry is being written, document by document.
    """
    for node, items, column in _references(view):
        named = node.refers_to.registries
        if not node.refers_to.local and _looked_up(view, node) is not None:
            place = f"in the registry {named[0]!r}" if named else f"among {' and '.join(node.refers_to.written)}"
            for k in indices(~_resolved(view, node, items, column)).tolist():
                yield Hit(items, k, f"{column[k].as_py()!r} is not {place}", _at(node))
