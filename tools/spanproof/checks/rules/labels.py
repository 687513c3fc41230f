"""SP201 to SP204: labels, identifiers, duplicates."""

from collections.abc import Iterator

import numpy as np

from spanproof.arrays import Ints, indices, repeated
from spanproof.checks.examples import ANA, LISBON
from spanproof.checks.rule import Hit, rule
from spanproof.checks.structure import owned
from spanproof.checks.view import Spans, View
from spanproof.corpus.edits import Edit
from spanproof.schema.node import Node
from spanproof.schema.paths import place_of


@rule(
    "SP201",
    "unknown-label",
    needs=Node.label,
    bad=[{"entities": [{**ANA, "label": "PER"}]}],
    good=[{"entities": [ANA]}],
)
def unknown_label(view: View) -> Iterator[Hit]:
    """The label isn't one that the schema lists.

    Corrected where it differs in upper and lower case alone.

    Never waive it: a label that isn't listed has no number in the dataset. Correct it, or add it to the schema.
    """
    for misfit in owned(view, "SP201"):
        place = place_of(misfit.path)
        known = {str(label).casefold(): label for label in view.schema.nodes[place].enum}
        right = known.get(str(misfit.instance).casefold())
        fix = (Edit(misfit.path, right),) if right else ()
        yield Hit(view.documents, misfit.row, misfit.message, misfit.path, fix=fix)


@rule(
    "SP202",
    "duplicate-id",
    needs=Node.key,
    bad=[{"entities": [ANA, {**LISBON, "id": "e1"}]}],
    good=[{"entities": [ANA, LISBON]}],
)
def duplicate_id(view: View) -> Iterator[Hit]:
    """Two annotations of a list have the same identifier.

    A reference to it could mean either.

    Never waive it: give one of them another identifier.
    """
    for lists, key in view.schema.having(Node.key):
        if lists.items is None:
            continue
        items = view.columns.items(lists.items.place)
        column = items.columns[key]
        code, distinct = view.codes((*lists.items.place, key))
        k = indices(code >= 0)
        for j in k[repeated(items.parent[k] * len(distinct) + code[k])].tolist():
            yield Hit(items, j, f"the id {column[j].as_py()!r} is that of an earlier annotation of the list")


def _crowded(view: View) -> Iterator[tuple[Spans, Ints]]:
    """Yield the lists of spans in which two begin at one place, so that there may be duplicates, and which are open."""
    for place, spans in view.spans.items():
        k = indices(spans.open)
        if place[-1] == "*" and repeated(spans.low[k]).size:
            yield spans, k


def _keys(spans: Spans, k: Ints) -> Ints:
    """Return a number for each of some spans, equal for the same offsets in the same list."""
    size = int(max(spans.end[k].max(initial=0), 1)) + 1
    return (spans.items.parent[k] * size + spans.start[k]) * size + spans.end[k]


@rule("SP203", "duplicate-span", needs=Node.span_of, bad=[{"entities": [ANA, {**ANA, "id": "e2"}]}])
def duplicate_span(view: View) -> Iterator[Hit]:
    """The same span with the same label stands twice in a list.

    It counts twice in every score. Corrected by removing the later one, if nothing refers to it.

    Waive it where one span names two things, which another member of the annotation tells apart: "the Silvas".
    """
    for spans, k in _crowded(view):
        label = spans.node.label
        keys = _keys(spans, k)
        code: Ints = np.zeros(len(spans.items), np.int64)
        size = 2
        if label:
            code, distinct = view.codes((*spans.node.place, label))
            size = len(distinct) + 1
        _, dense = np.unique(keys, return_inverse=True)
        for j in k[repeated(dense * size + code[k] + 1)].tolist():
            fix = (Edit(spans.items.path(j), remove=True),)
            yield Hit(
                spans.items,
                j,
                f"{spans.start[j]}:{spans.end[j]} has this label in an earlier annotation already",
                fix=fix,
            )


@rule(
    "SP204",
    "two-labels",
    needs=Node.label,
    bad=[{"entities": [ANA, {**ANA, "id": "e2", "label": "ORG"}]}],
    good=[{"entities": [ANA]}],
)
def two_labels(view: View) -> Iterator[Hit]:
    """The same span has two labels in one list.

    One of them is wrong, or the layer mixes questions that have an answer each.

    Waive it where a rare span really has both labels. Where many have, give each question a layer of its own.
    """
    for spans, k in _crowded(view):
        label = spans.node.label
        if label:
            keys = _keys(spans, k)
            for at in repeated(keys).tolist():
                j, first = int(k[at]), int(k[np.flatnonzero(keys == keys[at])[0]])
                column = spans.items.columns[label]
                yield Hit(
                    spans.items, j, f"is {column[j].as_py()} here and {column[first].as_py()} in an earlier annotation"
                )
