"""SP5xx: references between annotations and into registries."""

from collections.abc import Iterator

import numpy as np

from spanproof.arrays import Ints, indices
from spanproof.checks.examples import ANA
from spanproof.checks.rule import Hit, rule
from spanproof.checks.targets import references, registered, resolved, targets, within_object
from spanproof.checks.view import View
from spanproof.schema.node import Node

_SPAN = {"id": "q1", "type": "indirect", "start": 27, "end": 34, "text": "We meet", "source": None, "cue": None}
_QUOTE = {**_SPAN, "speaker": None, "continues": None, "utterance": "meeting-in-lisbon"}


@rule(
    "SP501",
    "dangling-reference",
    needs=Node.refers_to,
    bad=[{"quotes": [{**_QUOTE, "continues": "q7"}]}],
    good=[{"quotes": [{**_QUOTE, "continues": None}]}],
)
def dangling_reference(view: View) -> Iterator[Hit]:
    """A reference names an annotation that doesn't exist.

    For example, the speaker isn't among the entities, or the quotation that is continued doesn't exist. The target was
    removed or renamed, or the reference is misspelt.

    Never waive it: anyone who follows the reference finds nothing. Correct it, or let it be null.
    """
    for node, items, column in references(view):
        if node.refers_to.local:
            for k in indices(~resolved(view, node, items, column)).tolist():
                message = f"{column[k].as_py()!r} is not among {node.refers_to.in_words}"
                yield Hit(items, k, message, within_object(node))


@rule(
    "SP502",
    "reference-cycle",
    needs=Node.acyclic,
    bad=[{"quotes": [{**_QUOTE, "continues": "q1"}]}],
    good=[{"quotes": [{**_QUOTE, "continues": None}]}],
)
def reference_cycle(view: View) -> Iterator[Hit]:
    """A chain of references leads back to where it began.

    For example, a quotation continues itself, or each of two dates is the anchor of the other.

    Never waive it: anyone who follows the references never comes to an end.
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

    Checked where a registry is given or found beside the corpus: every entity and every utterance has an entry there.

    Waive it while the registry is being written, document by document.
    """
    for node, items, column in references(view):
        named = node.refers_to.registries
        if not node.refers_to.local and registered(view, node) is not None:
            place = f"in the registry {named[0]!r}" if named else f"among {' and '.join(node.refers_to.written)}"
            for k in indices(~resolved(view, node, items, column)).tolist():
                yield Hit(items, k, f"{column[k].as_py()!r} is not {place}", within_object(node))
