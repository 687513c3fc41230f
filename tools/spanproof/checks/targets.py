"""What references lead to: an object of the document that has the value, a member of it, an entry of a registry."""

from collections.abc import Iterator, Sequence, Set

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import Bools, Ints, booleans, first_among, found_in, indices, strings, validity
from spanproof.checks.view import View
from spanproof.corpus.columns import Items
from spanproof.corpus.registries import looked_up
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Path


def references(view: View) -> Iterator[tuple[Node, Items, pa.Array]]:
    """Yield the members that refer, where any of them does: node, the objects that have it, what each refers to."""
    for node, _ in view.schema.having(Node.refers_to):
        items, column = view.columns.column(node.place)
        if column.null_count < len(column):
            yield node, items, column


def within_object(node: Node) -> Path:
    """Return where in the object that refers its reference is; the items of a list are references themselves."""
    return () if node.place[-1] == "*" else node.place[-1:]


def resolved(view: View, node: Node, items: Items, column: pa.Array) -> Bools:
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
    if known := registered(view, node):
        resolved |= booleans(pc.is_in(column, value_set=strings([*known])))
    return resolved


def registered(view: View, node: Node) -> Set[str] | None:
    """Return what a reference may name in registries; None if one of these isn't there, or it speaks of none."""
    written = node.refers_to
    if not written.all_registries:
        return None
    return view.once(("looked up", written), lambda: looked_up(written, view.registries))


def targets(view: View, items: Items, column: pa.Array, place: Place) -> Ints:
    """Return which object each reference leads to, the first of those that have its value.

    Args:
        view: the batch.
        items: the objects that refer.
        column: what each refers to; null for nothing.
        place: where the values stand that may be referred to, ``("dates", "*", "id")``.

    Returns:
        The positions among the objects that have the member at this place, -1 where there is none; shape (references,).
    """
    known, distinct = view.codes(place)
    wanted = found_in(column, distinct)
    k = indices(wanted >= 0)
    there = view.columns.column(place)[0].doc
    # Document and value as one number, so that a value of another document is another number.
    keys = np.where(known >= 0, there * len(distinct) + known, -1)
    positions = np.full(len(column), -1)
    positions[k] = first_among(keys, items.doc[k] * len(distinct) + wanted[k])
    return positions


def ends(view: View, items: Items, members: Sequence[str]) -> tuple[Ints, pa.Array]:
    """Return what each relation of a place has as one of its ends, and what it calls that.

    Args:
        view: the batch.
        items: the relations.
        members: the members of a relation that may name this end; of several that have a value the first is heard.

    Returns:
        A number for each, equal where the same thing of the same document is named, by whichever member; -1 where none
        has a value. And these values, as strings.
    """
    number = np.full(len(items), -1)
    names = [items.columns[name].cast(pa.string()) for name in members]
    for member, name in zip(reversed(members), reversed(names), strict=True):
        is_there = validity(name)
        number[is_there] = _numbers(view, items, member, name)[is_there]
    return number, pc.coalesce(*names)


def _numbers(view: View, items: Items, member: str, names: pa.Array) -> Ints:
    """Return a number for what each of some objects names, whoever names it: an annotation, or a word of a document.

    Even numbers are those of annotations, odd ones those of words that lead to none.
    """
    numbers: Ints = np.full(len(items), -1)
    lists = [place for place in view.schema.nodes if place[-1:] == ("*",)]
    for place in sorted(items.node.fields[member].refers_to.places, reverse=True):
        target = targets(view, items, items.columns[member], place)
        numbers = np.where(target >= 0, (target * len(lists) + lists.index(place[:-1])) * 2, numbers)
    words = view.once("words", dict[tuple[int, str], int])
    for k in indices((numbers < 0) & validity(names)).tolist():
        numbers[k] = words.setdefault((int(items.doc[k]), names[k].as_py()), len(words)) * 2 + 1
    return numbers
