"""What a task asks of two corpora: the layer that answers, what counts it, and where the spans are that it needs."""

from collections.abc import Callable
from dataclasses import dataclass, field

from spanproof.corpus.pairs import PairedCorpora, layer_name
from spanproof.metrics.annotations import span_places
from spanproof.metrics.boundaries import Trim
from spanproof.metrics.counts import Counts
from spanproof.metrics.label_sets import LabelTable
from spanproof.metrics.shifts import shift_against
from spanproof.metrics.task_layers import (
    TASKS,
    Task,
    label_table,
    layer_for,
    layer_of_names,
)
from spanproof.metrics.tasks.annotations import annotation_task
from spanproof.metrics.tasks.clusters import cluster_task, registry_members
from spanproof.metrics.tasks.entities import entity_places, entity_task
from spanproof.metrics.tasks.quotations import quotation_task
from spanproof.metrics.tasks.relations import relation_task
from spanproof.metrics.tasks.timex3 import timex3_task
from spanproof.schema.node import Node, Place

TaskCounts = Callable[[Trim], list[Counts]]
"""What scores a task under a convention."""


@dataclass(frozen=True)
class Asked:
    """A task over two corpora.

    Attributes:
        pair: gold and a prediction.
        node: the layer.
        counts: what scores it under a convention.
        label_set: what its label set is called.
        table: what labels become; empty where there is no label set.
    """

    pair: PairedCorpora
    node: Node
    counts: TaskCounts
    label_set: str
    table: LabelTable = field(default_factory=dict)

    @property
    def places(self) -> list[Place]:
        """Where the spans are that are asked for: the layer, the parts of it, and times where names have them."""
        pair, node = self.pair, self.node
        if node.relation:
            ends = [place[:-1] for end in node.relation.members for place in node.fields[end].refers_to.places]
            return list(dict.fromkeys(span for end in ends for span in span_places(pair.schema.nodes[end])))
        if not node.span_of:
            return span_places(node)
        tops = entity_places(pair.schema, node, self.table)
        return [span.place for span in pair.schema.spans if any(span.place[: len(top)] == top for top in tops)]

    @property
    def lists(self) -> list[Place]:
        """Where the things are that a document must have a list for."""
        return [self.node.place, *self.places]

    @property
    def shift(self) -> str | None:
        """Why offsets of the prediction aren't those of gold, see :func:`spanproof.metrics.shifts.shift_against`."""
        shift = shift_against(self.pair, self.node) if self.node.span_of else None
        return shift and f"{layer_name(self.node.place)}: {shift}"


def asked(pair: PairedCorpora, task: Task, labels: str | LabelTable | None, layer: str | None) -> Asked:
    """Return what a task asks of two corpora.

    Args:
        pair: gold and a prediction.
        task: the task.
        labels: the label set of names, or a table; None for the one that fits.
        layer: which layer, where the schema has several that can be meant.

    Raises:
        ValueError: the schema has no such layer, or no such task, label set; the message says what is right.
    """
    if labels is not None and task != "entities":
        raise ValueError(f"{task} has no label tables, so {labels!r} changes nothing; expected none")
    if task == "entities":
        node = layer_of_names(pair.schema, layer)
        name, table = label_table(node, labels, pair)
        return Asked(pair, node, lambda trim: entity_task(pair, node, table, trim), name, table)
    node, counts = _of_schema(pair, task, layer)
    return Asked(pair, node, counts, "-")


def _of_schema(pair: PairedCorpora, task: Task, layer: str | None) -> tuple[Node, TaskCounts]:
    """Return the layer of a task without label sets, and what scores it."""
    if task not in TASKS:
        raise ValueError(f"{task!r} isn't a task; expected one of {', '.join(TASKS)}")
    node = layer_for(pair.schema, task, layer)
    if task in ("clusters", "utterances"):
        return node, lambda trim: _clusters(pair, node, trim, content=task == "utterances")
    if quotation := node.quotation if task == "quotations" else None:
        return node, lambda trim: quotation_task(pair, node, quotation, trim)
    if timex3 := node.timex3 if task == "timex3" else None:
        return node, lambda trim: timex3_task(pair, node, timex3, trim)
    return node, lambda _: relation_task(pair, node) if task == "relations" else annotation_task(pair, node)


def _clusters(pair: PairedCorpora, node: Node, trim: Trim, *, content: bool) -> list[Counts]:
    members = registry_members(node)
    if not members:
        raise ValueError(f"no member of {node.name} refers only to a registry; expected one that names a cluster")
    return [counts for member in members for counts in cluster_task(pair, node, member, trim, content=content)]
