"""Annotations of several fragments, and relations, as wholes: which of them two corpora have in common.

An annotation is the same if all of its spans are. A relation is the same if both of its ends are, whatever they are
called: an end is the spans of what it names. Each is right or wrong as a whole, so that there is no overlap to credit.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import integers
from spanproof.corpus.columns import Columns
from spanproof.corpus.pairs import PairedCorpora
from spanproof.metrics.counts import Counts, accuracy, prf
from spanproof.schema.node import Node


@dataclass(frozen=True)
class Whole:
    """An annotation or a relation: the row of its document, what it is known by, its label."""

    doc: int
    identity: Hashable
    label: str | None


def whole_nodes(pair: PairedCorpora) -> list[Node]:
    """Return the annotations of fragments and the relations of a schema."""
    schema = pair.schema
    return [node for keyword in (Node.annotation, Node.relation) for node, _ in schema.having(keyword)]


def whole_counts(pair: PairedCorpora, node: Node) -> Iterator[tuple[str | None, Counts]]:
    """Yield F1 of all wholes and of each label, then the accuracy of the label of those that both have.

    Args:
        pair: the two corpora.
        node: an annotation of fragments or a relation.

    Yields:
        The member that is compared, None for the wholes themselves; and the counts, a row a document.
    """
    sides = [wholes(columns, node) for columns in pair.columns]
    documents = len(pair.names)
    of = "annotations" if node.annotation else "relations"
    times = Counter(whole.label for side in sides for whole in side if whole.label is not None)
    for label in (None, *(label for label, _ in times.most_common())):
        a, b = ([whole for whole in side if label is None or whole.label == label] for side in sides)
        yield None, Counts("F1", _rows(a, b, documents), prf, (len(a), len(b)), of, "documents", part=label)
    if node.label:
        same = np.zeros((documents, 2))
        labels = [_labels(side) for side in sides]
        for doc, identity in labels[0].keys() & labels[1].keys():
            one, other = labels[0][doc, identity], labels[1][doc, identity]
            same[doc] += min(one.total(), other.total()), (one & other).total()
        n = int(same[:, 0].sum())
        yield node.label, Counts("accuracy", same, accuracy, (n, n), f"matched {of}", "documents")


def _rows(a: Sequence[Whole], b: Sequence[Whole], documents: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return how many the first, the second and both have, shape (documents, 3)."""
    rows = np.zeros((documents, 3))
    first, second = (Counter((whole.doc, whole.identity) for whole in side) for side in (a, b))
    for column, counted in enumerate((first, second, first & second)):
        for (doc, _), n in counted.items():
            rows[doc, column] += n
    return rows


def _labels(side: Sequence[Whole]) -> dict[tuple[int, Hashable], Counter[str | None]]:
    labels: dict[tuple[int, Hashable], Counter[str | None]] = {}
    for whole in side:
        labels.setdefault((whole.doc, whole.identity), Counter())[whole.label] += 1
    return labels


def wholes(columns: Columns, node: Node) -> list[Whole]:
    """Return the annotations of fragments, or the relations, at one place of a corpus; relations that have two ends."""
    items = columns.items(node.place)
    labels = items.columns[node.label].to_pylist() if node.label else [None] * len(items)
    known = _extents(columns, node) if node.annotation else _joined(columns, node, labels)
    every = zip(items.doc.tolist(), known, labels, strict=True)
    return [Whole(doc, identity, label) for doc, identity, label in every if identity is not None]


def _extents(columns: Columns, node: Node) -> list[Hashable]:
    """Return the spans of each annotation of a place, or of each span."""
    annotation = node.annotation
    spans = columns.items((*node.place, annotation.fragments, "*") if annotation else node.place)
    offsets = [integers(spans.columns[name])[0].tolist() for name in ("start", "end")]
    if annotation is None:
        return [((start, end),) for start, end in zip(*offsets, strict=True)]
    extents: list[list[tuple[int, int]]] = [[] for _ in range(len(columns.items(node.place)))]
    for owner, start, end in zip(spans.parent.tolist(), *offsets, strict=True):
        extents[owner].append((start, end))
    return [tuple(sorted(extent)) for extent in extents]


def _joined(columns: Columns, node: Node, labels: Sequence[str | None]) -> list[Hashable]:
    """Return what each relation joins; None where it lacks an end."""
    relation = node.relation
    assert relation
    first, second = (ends_of(columns, node, members) for members in relation.ends)
    joined: list[Hashable] = []
    for one, other, label in zip(first, second, labels, strict=True):
        ends = [end.spans or end.word for end in (one, other)]
        whole = tuple(sorted(ends, key=repr) if relation.is_symmetric(label) else ends)
        joined.append(None if None in ends else whole)
    return joined


@dataclass(frozen=True)
class End:
    """What a relation joins.

    Attributes:
        word: what the relation calls it, None for nothing.
        spans: the places and the offsets of all that is called so; None where it leads to no spans.
        label: the label of the first of these.
    """

    word: Hashable
    spans: Hashable = None
    label: str | None = None

    @property
    def typed(self) -> Hashable:
        """The spans with the label; None where there are no spans."""
        return None if self.spans is None else (self.spans, self.label)


def ends_of(columns: Columns, node: Node, members: Sequence[str]) -> list[End]:
    """Return what each relation of a place has as an end.

    Args:
        columns: the corpus.
        node: the relations.
        members: the members that may name this end; of several that have a value the first is heard.
    """
    items = columns.items(node.place)
    ends = [End(None)] * len(items)
    for member in members:
        known: dict[tuple[int, Hashable], list[tuple[Hashable, str | None]]] = {}
        for place in node.fields[member].refers_to.places:
            target = columns.schema.nodes[place[:-1]]
            if target.span_of or target.annotation:
                there = columns.items(place[:-1])
                labels = there.columns[target.label].to_pylist() if target.label else [None] * len(there)
                names = zip(there.doc.tolist(), there.columns[place[-1]].to_pylist(), strict=True)
                for name, extent, label in zip(names, _extents(columns, target), labels, strict=True):
                    known.setdefault(name, []).append(((target.place, extent), label))
        for k, (doc, word) in enumerate(zip(items.doc.tolist(), items.columns[member].to_pylist(), strict=True)):
            if ends[k].word is None and word is not None:
                named = known.get((doc, word), [])
                spans = tuple(sorted((span for span, _ in named), key=repr))
                ends[k] = End(word, spans or None, named[0][1] if named else None)
    return ends
