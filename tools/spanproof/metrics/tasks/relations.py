"""The task of relations: what is related to what, matched through the spans of the ends and not through their names."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from spanproof.corpus.columns import Columns
from spanproof.corpus.pairs import PairedCorpora
from spanproof.metrics.annotations import Key, shared
from spanproof.metrics.counts import Counts, micro_macro_and_labels, prf
from spanproof.metrics.wholes import End, ends_of
from spanproof.schema.node import Node


@dataclass(frozen=True)
class _Relation:
    """A relation of one corpus: the row of its document, its label (empty for none), its ends, its symmetry.

    ``own`` is like nothing else, and stands for an end that leads to nothing.
    """

    doc: int
    label: str
    ends: tuple[End, End]
    symmetric: bool
    own: object

    def joins(self, *, typed: bool = False, directed: bool = True) -> tuple[Hashable, ...]:
        """Return the spans of the ends, with their labels too or in whatever order."""
        ends = [(end.typed if typed else end.spans) or self.own for end in self.ends]
        return tuple(ends if directed and not self.symmetric else sorted(ends, key=repr))


def relation_task(pair: PairedCorpora, node: Node) -> list[Counts]:
    """Count the scores of a layer of relations, by document.

    Each relation is right or wrong as a whole, and is paired with one of the other corpus. One that is symmetric is the
    same in either order. An end is the spans of what it leads to; a relation an end of which leads to nothing is wrong.

    * ``exact``: the same label, and the same spans at the first and at the second end ("Boundaries" in Taillé et al.,
      Let's Stop Incorrect Comparisons in End-to-end Relation Extraction!, EMNLP 2020, section 2);
    * ``typed``: the labels of the ends are the same too ("Strict" there); where ends have no labels it is left out;
    * ``pairs``: the same two things are related, whatever the label and the direction.

    Args:
        pair: gold and prediction.
        node: the layer.
    """
    gold, predicted = (list(_relations(columns, node)) for columns in pair.columns)
    documents, layer = len(pair.names), ".".join(step for step in node.place if step != "*")
    labels = sorted({relation.label for relation in (*gold, *predicted)}) or [""]
    names = [label or "none" for label in labels] if node.label else [""]
    counts: list[Counts] = []
    for measure in ("exact", "typed") if _are_labelled(pair, node) else ("exact",):
        first, second = (
            [_key(relation, labels, typed=measure == "typed") for relation in side] for side in (gold, predicted)
        )
        rows = shared(first, second, documents * len(labels)).reshape(documents, len(labels), 3)
        counts += micro_macro_and_labels(measure, rows, names, "relations", layer)
    one, other = ([(relation.doc, *relation.joins(directed=False)) for relation in side] for side in (gold, predicted))
    n = len(gold), len(predicted)
    counts.append(Counts("pairs", shared(one, other, documents), prf, n, "relations", layer=layer))
    return [replace(count, units="documents") for count in counts]


def _key(relation: _Relation, labels: list[str], *, typed: bool) -> Key:
    return (relation.doc * len(labels) + labels.index(relation.label), *relation.joins(typed=typed))


def _relations(columns: Columns, node: Node) -> Iterator[_Relation]:
    assert node.relation
    items = columns.items(node.place)
    labels = items.columns[node.label].to_pylist() if node.label else [None] * len(items)
    first, second = (ends_of(columns, node, members) for members in node.relation.ends)
    for doc, label, *ends in zip(items.doc.tolist(), labels, first, second, strict=True):
        yield _Relation(doc, label or "", (ends[0], ends[1]), node.relation.is_symmetric(label), object())


def _are_labelled(pair: PairedCorpora, node: Node) -> bool:
    """Say whether some end leads to what has a label."""
    assert node.relation
    places = (place for end in node.relation.members for place in node.fields[end].refers_to.places)
    return any(pair.schema.nodes[place[:-1]].label for place in places)
