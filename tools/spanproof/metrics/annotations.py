"""Annotations of any layer as units: spans, several fragments, or objects of several spans as a quotation and its cue.

An annotation is a set of pieces, each a span in one of its parts. Of a span there is one piece; fragments are pieces of
one part; a quotation with speaker and cue, be it of fragments, has a part for each. What is asked of annotations in
lists of an item with a key (the answers to a question) is asked of those of the same item.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spanproof.arrays import Bools, Floats, Ints, distinct
from spanproof.corpus.assignment import assignment
from spanproof.corpus.columns import Columns
from spanproof.corpus.continuum import Continuum
from spanproof.corpus.pairs import PairedCorpora
from spanproof.metrics.spans import LabelledSpans, meetings
from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema

Key = tuple[Any, ...]
"""What a thing is known by; the row of its document comes first."""


@dataclass(frozen=True)
class AnnotationPieces:
    """The annotations of a layer of one corpus.

    Attributes:
        doc: the row of the document of each, shape (annotations,).
        label: the label of each as a number from 0, shape (annotations,).
        members: what else each says, by member, as numbers that are equal for equal values.
        owner: the annotation of each piece, ascending, shape (pieces,).
        part: the part of each piece as a number from 0.
        start: positions of a continuum, in code points.
        end: the positions behind the last characters.
        place: where each piece is, as a number among :func:`span_places`.
    """

    doc: Ints
    label: Ints
    members: Mapping[str, Ints]
    owner: Ints
    part: Ints
    start: Ints
    end: Ints
    place: Ints

    def __len__(self) -> int:
        return len(self.doc)

    def at_places(self, *numbers: int) -> "AnnotationPieces":
        """Return the same annotations with the pieces at some places alone."""
        kept = np.isin(self.place, numbers)
        pieces = (self.owner, self.part, self.start, self.end, self.place)
        return AnnotationPieces(self.doc, self.label, self.members, *(column[kept] for column in pieces))

    def keys(self, *columns: Ints) -> list[Key]:
        """Return what each annotation is known by: its document, some numbers of it, its pieces in whatever order."""
        pieces: list[list[tuple[int, int, int]]] = [[] for _ in range(len(self))]
        for owner, *piece in zip(*(a.tolist() for a in (self.owner, self.part, self.start, self.end)), strict=True):
            pieces[owner].append((piece[0], piece[1], piece[2]))
        numbers = zip(*(column.tolist() for column in (self.doc, *columns)), strict=True)
        return [(*number, *sorted(extent)) for number, extent in zip(numbers, pieces, strict=True)]


def units(schema: Schema) -> Iterator[Node]:
    """Yield the layers whose items are annotations: lists of spans, of fragments, or of objects with spans in them."""
    for node in schema.nodes.values():
        inner = any(
            part.annotation and node.place[:-1] == (*part.place, part.annotation.fragments)
            for part in schema.nodes.values()
        )
        if node.place[-1:] == ("*",) and not inner and any(_places(node)):
            yield node


def _places(node: Node) -> Iterator[Place]:
    """Yield where the spans of a unit are, each a part of it; none where it is no unit."""
    if node.span_of:
        yield node.place
    elif node.annotation:
        yield (*node.place, node.annotation.fragments, "*")
        for part in node.quotation.parts if node.quotation else ():
            yield from _places(node.fields[part])
    elif node.kind == "object":
        for sub in node.fields.values():
            if sub.kind == "object" and (sub.span_of or sub.annotation):
                yield from _places(sub)


def span_places(node: Node) -> list[Place]:
    """Return where the spans of a layer of units are."""
    return list(_places(node))


def read_annotations(pair: PairedCorpora, node: Node) -> tuple[AnnotationPieces, AnnotationPieces, tuple[str, ...]]:
    """Return the annotations of both corpora, and the names of their labels.

    Raises:
        ValueError: offsets that are no span of their text; the message names document and object.
    """
    sides = pair.columns
    labels = [side.items(node.place).columns[node.label].to_pylist() if node.label else [None] * _size(side, node)
              for side in sides]  # fmt: skip
    names = sorted({label for side in labels for label in side if label is not None})
    number = {label: k for k, label in enumerate(names)}
    # Annotations without a label are a kind of their own.
    if any(None in side for side in labels):
        number[None] = len(names)
    known: dict[tuple[int, Hashable], int] = {}
    both = []
    for k, side in enumerate(sides):
        items = side.items(node.place)
        members = {name: items.columns[name].to_pylist() for name in _compared(pair.schema, node)}
        label = np.array([number[value] for value in labels[k]], np.int64)
        coded = {name: np.array([_number(value, known) for value in values], np.int64)
                 for name, values in members.items()}  # fmt: skip
        both.append(AnnotationPieces(items.doc, label, coded, *_pieces(pair, node, k, known)))
    listed = (*map(str, names), *(("none",) if None in number else ()))
    return both[0], both[1], listed or ("",)


def _size(side: Columns, node: Node) -> int:
    return len(side.items(node.place))


def _number(value: Hashable, known: dict[tuple[int, Hashable], int]) -> int:
    """Return a number for a value, the same for an equal one."""
    return known.setdefault((-1, value), len(known))


def _compared(schema: Schema, node: Node) -> list[str]:
    """Return the members of an annotation that say something of it beside its label, its words and its key."""
    without = {schema.key_of(node), node.label, "prefix", "suffix", "text" if node.span_of else None}
    without |= {*node.annotation.members} if node.annotation else set()
    strings = [name for name, sub in node.fields.items() if sub.kind in ("string", "boolean") and name not in without]
    targets = {name: node.fields[name].refers_to for name in strings}
    return [name for name in strings if targets[name].registries or not targets[name].places]


def _pieces(
    pair: PairedCorpora, node: Node, side: int, known: dict[tuple[int, Hashable], int]
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return the pieces of the annotations of one corpus, in their order: annotation, part, start, end and place."""
    columns = pair.columns[side]
    around = _around(columns, node)
    pieces: list[tuple[int, int, int, int, int]] = []
    for k, place in enumerate(_places(node)):
        spans = pair.spans(place)[side]
        owner = np.arange(len(spans)) if place == node.place else spans.items.parent
        for above in _between(place, node.place):
            owner = columns.items(above).parent[owner]
        rows = zip(owner.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True)
        pieces += [(at, known.setdefault((k, around[at]), len(known)), low, high, k) for at, low, high in rows]
    owner, part, start, end, where = np.array(sorted(pieces), np.int64).reshape(-1, 5).T
    return owner, part, start, end, where


def _between(place: Place, top: Place) -> Iterator[Place]:
    """Yield the objects between a span and the annotation that it is a piece of, inner ones first."""
    at = place[:-2] if place[-1] == "*" and place != top else place[:-1]
    while len(at) > len(top):
        yield at
        at = at[:-1]


def _around(columns: Columns, node: Node) -> list[Hashable]:
    """Return for each annotation the key of the item that it is listed in, if that is no annotation itself."""
    items = columns.items(node.place)
    place, owner = node.place[:-2], items.parent
    while place and place[-1] != "*":
        owner, place = columns.items(place).parent[owner], place[:-1]
    key = columns.schema.key_of(columns.schema.nodes[place]) if place else None
    if key is None or columns.schema.nodes[place].span_of or columns.schema.nodes[place].annotation:
        return [None] * len(items)
    keys = columns.items(place).columns[key].to_pylist()
    return [keys[at] for at in owner.tolist()]


def shared(a: Sequence[Key], b: Sequence[Key], documents: int) -> Floats:
    """Return how many things of each document two corpora have, and both, shape (documents, 3)."""
    rows = np.zeros((documents, 3))
    first, second = Counter(a), Counter(b)
    for column, counted in enumerate((first, second, first & second)):
        for (doc, *_), n in counted.items():
            rows[doc, column] += n
    return rows


def overlapping(a: AnnotationPieces, b: AnnotationPieces, documents: int, labels: int) -> Floats:
    """Count half a credit for each pair of annotations of a label that share a character in a part.

    Those that are the same are paired before, and the others one to one, as many as there can be.

    Args:
        a: the annotations of gold.
        b: those of the prediction.
        documents: how many documents there are.
        labels: how many labels.

    Returns:
        Shape (documents, labels).
    """
    rest = [_unpaired(one, other) for one, other in ((a, b), (b, a))]
    size = int(max(a.end.max(initial=0), b.end.max(initial=0))) + 1
    pieces = []
    for side, free in zip((a, b), rest, strict=True):
        kept = free[side.owner]
        shift = (side.part * labels + side.label[side.owner]) * size
        pieces.append([column[kept] for column in (side.owner, side.start + shift, side.end + shift)])
    order = np.argsort(pieces[1][1], kind="stable")
    i, j = meetings(pieces[0][1], pieces[0][2], pieces[1][1][order], pieces[1][2][order])
    pairs = distinct(pieces[0][0][i] * (len(b) + 1) + pieces[1][0][order][j])
    first, second = np.divmod(pairs, len(b) + 1)
    chosen = first[assignment(first, second, np.ones(len(first)))]
    credit = np.zeros((documents, labels))
    np.add.at(credit, (a.doc[chosen], a.label[chosen]), 0.5)
    return credit


def _unpaired(one: AnnotationPieces, other: AnnotationPieces) -> Bools:
    """Say which annotations of one corpus have no twin of their own in the other."""
    there = Counter(other.keys(other.label))
    free = np.ones(len(one), np.bool_)
    for k, key in enumerate(one.keys(one.label)):
        if there[key]:
            there[key] -= 1
            free[k] = False
    return free


def in_tokens(side: AnnotationPieces, continuum: Continuum, labels: int) -> list[Key]:
    """Return the tokens that annotations share a character with, each once for each label and part."""
    spans = LabelledSpans(side.start, side.end, side.part * labels + side.label[side.owner])
    cut = spans.tokens(continuum.tokens, int(spans.label.max(initial=0)) + 1)
    part, label = np.divmod(cut.label, labels)
    doc = continuum.document(cut.start)
    return list(zip(doc.tolist(), label.tolist(), part.tolist(), cut.start.tolist(), strict=True))


def without_labels(side: AnnotationPieces) -> AnnotationPieces:
    """Return the same annotations, all with the label 0."""
    return replace(side, label=np.zeros_like(side.label))
