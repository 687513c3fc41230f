"""The task of named entities: spans and labels, under one label set for gold and prediction."""

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.continuum import PlacedSpans
from spanproof.corpus.pairs import PairedCorpora
from spanproof.metrics.boundaries import Trim, trimmed
from spanproof.metrics.counts import Counts
from spanproof.metrics.label_sets import LabelTable, label_numbers, targets, temporal
from spanproof.metrics.measures import labelled_span_counts
from spanproof.metrics.spans import LabelledSpans
from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema


def entity_task(pair: PairedCorpora, node: Node, table: LabelTable, trim: Trim) -> list[Counts]:
    """Count the exact, boundary, overlap and token scores of a layer of labelled spans.

    Args:
        pair: gold and prediction.
        node: the layer.
        table: what labels become; where it keeps DATE, expressions of time (a layer with ``timex3``) are taken in too,
            of gold and of the prediction.
        trim: what the convention takes from the edges of spans.

    Raises:
        ValueError: a label that the table doesn't know, or none: it would be dropped in silence otherwise.
    """
    labels = targets(table)
    continuum = pair.continuum(node)
    parts: tuple[list[LabelledSpans], list[LabelledSpans]] = ([], [])
    for place in entity_places(pair.schema, node, table):
        for part, spans in zip(parts, pair.spans(place), strict=True):
            label = entity_labels(pair, spans, table, labels)
            kept = label >= 0
            start, end = trimmed(continuum.text, spans.start[kept], spans.end[kept], trim)
            part.append(LabelledSpans(start, end, label[kept]))
    gold, predicted = map(LabelledSpans.joined, parts)
    return labelled_span_counts(gold, predicted, labels, continuum, node.place[0])


def entity_places(schema: Schema, node: Node, table: LabelTable) -> list[Place]:
    """Return where spans are taken from: the layer, and where the table keeps DATE the times of the same text."""
    same_text = (other for other in schema.spans if other.span_of == node.span_of)
    times = [other.place for other in same_text if other.timex3 and other.place != node.place]
    return [node.place, *(times if table.get("DATE") else ())]


def entity_labels(pair: PairedCorpora, spans: PlacedSpans, table: LabelTable, labels: tuple[str, ...]) -> Ints:
    """Return the number of each span's label among the table's, -1 where the table leaves it out.

    Args:
        pair: gold and prediction.
        spans: names, or expressions of time, whose label follows from type and value.
        table: what labels become.
        labels: its targets.
    """
    items, timex3, label = spans.items, spans.items.node.timex3, spans.items.node.label
    if timex3:
        kinds = items.columns[timex3.type].to_pylist() if timex3.type else ["DATE"] * len(items)
        pairs = zip(kinds, items.columns[timex3.value].to_pylist(), strict=True)
        became = [table.get(temporal(kind or "", value) or "") for kind, value in pairs]
        return np.array([labels.index(name) if name in labels else -1 for name in became], np.int64)
    assert label is not None  # the table is of labels
    return label_numbers(pair, spans, label, table)
