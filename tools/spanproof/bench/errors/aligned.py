"""The spans of one layer, of gold and of several systems, under one label set on one continuum."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.continuum import Continuum, PlacedSpans
from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import PairedCorpora, pair_corpora
from spanproof.metrics import boundaries
from spanproof.metrics.boundaries import TRIMS, Trim, Variant, trimmed
from spanproof.metrics.label_sets import label_numbers, own_labels, targets
from spanproof.metrics.records import numbers_of, records_by_name
from spanproof.metrics.spans import LabelledSpans
from spanproof.metrics.task_layers import Task, label_table, layer_of_names, layer_with
from spanproof.metrics.tasks.entities import entity_labels, entity_places
from spanproof.schema.node import Node, Place

SPANS: tuple[Task, ...] = ("entities", "quotations", "timex3")
"""The tasks of which the spans of systems can be laid beside those of gold."""


@dataclass(frozen=True)
class AlignedSystems:
    """What can be counted and listed. Spans are in the order of start, end and label.

    Attributes:
        gold_pair: gold paired with itself: documents, their names, other layers.
        task: what was asked.
        node: the layer.
        labels: the name of each number of a label.
        table: what the label set is called, ``-`` where there is none.
        variant: what the convention takes from the edges of spans.
        gold: the spans of gold; positions are of the texts end to end, :meth:`at` leads back.
        systems: those of each system, by its name.
        record: the number of the record of each document; None where documents are no parts of any.
    """

    gold_pair: PairedCorpora
    task: Task
    node: Node
    labels: tuple[str, ...]
    table: str
    variant: Variant
    gold: LabelledSpans
    systems: Mapping[str, LabelledSpans]
    record: Ints | None = None

    @property
    def continuum(self) -> Continuum:
        """The texts end to end, and where documents and sentences begin."""
        return self.gold_pair.continuum(self.node)

    def at(self, position: int) -> tuple[str, int]:
        """Return the name of the document at a position and the offset in it, in code points."""
        row = int(self.continuum.document(np.array(position)))
        return self.gold_pair.names[row], position - int(self.continuum.documents[row])


@dataclass(frozen=True)
class _AskedLayer:
    """What a task asks for: a layer, what its label set is called, the labels, where spans are, how they are read."""

    node: Node
    table: str
    labels: tuple[str, ...]
    places: list[Place]
    numbers: Callable[[PairedCorpora, PlacedSpans], Ints]
    trim: Trim


def align_systems(
    gold: Corpus,
    predictions: Mapping[str, Corpus],
    task: Task,
    *,
    labels: str | None = None,
    layer: str | None = None,
    variant: Variant = "strict",
) -> AlignedSystems:
    """Lay systems beside the gold, as :func:`spanproof.metrics.score.score` does with one.

    The label of a name is its own under the table, that of a quotation or an expression of time its type. What the
    convention takes from the edges of a span is not part of it here.

    Args:
        gold: the reference.
        predictions: by the name of the system.
        task: ``entities``, ``quotations`` or ``timex3``.
        labels: as in ``score``.
        layer: as in ``score``.
        variant: the convention.

    Raises:
        ValueError: a task that isn't about spans, or as ``score``.
    """
    if task not in SPANS:
        raise ValueError(f"{task} is not about spans; expected one of {', '.join(SPANS)}")
    gold_pair = pair_corpora(gold, gold)
    asked = _asked(gold_pair, task, labels, layer, variant)
    systems = {name: _spans(pair_corpora(gold, corpus, partial=True), 1, asked) for name, corpus in predictions.items()}
    spans = _spans(gold_pair, 0, asked)
    record = numbers_of(gold_pair.names, records_by_name(gold.load()))
    return AlignedSystems(gold_pair, task, asked.node, asked.labels, asked.table, variant, spans, systems, record)


def _asked(pair: PairedCorpora, task: Task, labels: str | None, layer: str | None, variant: Variant) -> _AskedLayer:
    schema, trim = pair.schema, TRIMS[variant]
    if task == "entities":
        node = layer_of_names(schema, layer)
        name, table = label_table(node, labels, pair)
        known = targets(table)
        places = entity_places(schema, node, table)
        return _AskedLayer(
            node, name, known, places, lambda pair, spans: entity_labels(pair, spans, table, known), trim
        )
    member: str | None
    if task == "quotations":
        node, quotation = layer_with(schema, Node.quotation, layer)
        trim, member = trim if trim is boundaries.as_is else boundaries.content, quotation.type
    else:
        node, timex3 = layer_with(schema, Node.timex3, layer)
        member = timex3.type
    table = own_labels(node, member, pair)
    assert member is not None  # the table is of its values
    return _AskedLayer(
        node, "-", targets(table), [node.place], lambda pair, spans: label_numbers(pair, spans, member, table), trim
    )


def _spans(pair: PairedCorpora, which: int, asked: _AskedLayer) -> LabelledSpans:
    """Return the spans of the first or the second corpus, of all places, without those that the table leaves out."""
    text = pair.continuum(asked.node).text
    parts = []
    for place in asked.places:
        spans = pair.spans(place)[which]
        label = asked.numbers(pair, spans)
        kept = label >= 0
        parts.append(LabelledSpans(*trimmed(text, spans.start[kept], spans.end[kept], asked.trim), label[kept]))
    spans_of_all = LabelledSpans.joined(parts)
    return spans_of_all.at(np.lexsort((spans_of_all.label, spans_of_all.end, spans_of_all.start)))
