"""The task of named entities: spans and labels, under one label set for both sides."""

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.pairs import Facing, Spans
from spanproof.metrics.boundaries import Trim, trimmed
from spanproof.metrics.counts import Tally, labelled
from spanproof.metrics.label_sets import Table, numbered, targets, temporal
from spanproof.metrics.matching import MEASURES, counted
from spanproof.metrics.spans import Side
from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema


def entities(facing: Facing, node: Node, table: Table, trim: Trim) -> list[Tally]:
    """Exact, boundary, overlap and token scores of a layer of labelled spans.

    Args:
        facing: gold and prediction.
        node: the layer.
        table: what labels become; where it keeps DATE, expressions of time (a layer with ``timex3``) are taken in too,
            of both sides.
        trim: the convention.

    Raises:
        ValueError: a label that the table doesn't know, or none: it would be dropped in silence otherwise.
    """
    labels = targets(table)
    ground, text = facing.ground(node)
    found: list[list[Side]] = [[], []]
    for place in places(facing.schema, node, table):
        for k, spans in enumerate(facing.spans(place)):
            label = numbers(facing, spans, table, labels)
            kept = label >= 0
            start, end = trimmed(text, spans.start[kept], spans.end[kept], trim)
            found[k].append(Side(start, end, label[kept]))
    gold, predicted = (joined(sides) for sides in found)
    name = node.place[0]
    tallies = []
    for measure in MEASURES:
        counts = counted(measure, gold, predicted, len(labels), ground)
        kinds = labels if measure != "boundary" else ("",)
        tallies += labelled(name, measure, counts, kinds, "tokens" if measure == "token" else "spans")
    return tallies


def places(schema: Schema, node: Node, table: Table) -> list[Place]:
    """Where spans are taken from: the layer, and expressions of time of the same text where the table keeps DATE."""
    same_text = (other for other in schema.spans if other.get("spanOf") == node.get("spanOf"))
    temporal = [other.place for other in same_text if other.get("timex3") and other.place != node.place]
    return [node.place, *(temporal if table.get("DATE") else ())]


def joined(sides: list[Side]) -> Side:
    """The spans of several places as one side."""
    parts = ([side.start for side in sides], [side.end for side in sides], [side.label for side in sides])
    return Side(*map(np.concatenate, parts))


def numbers(facing: Facing, spans: Spans, table: Table, labels: tuple[str, ...]) -> Ints:
    """The number of each span's label among the table's, -1 where the table leaves it out."""
    items, timex = spans.items, spans.items.node.get("timex3")
    if timex:
        pairs = zip(items.columns[timex["type"]].to_pylist(), items.columns[timex["value"]].to_pylist(), strict=True)
        became = [table.get(temporal(kind or "", value) or "") for kind, value in pairs]
        return np.array([labels.index(name) if name in labels else -1 for name in became], np.int64)
    return numbered(facing, spans, items.node.get("labelledBy"), table)
