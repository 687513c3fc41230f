"""Labels that a prediction has and gold doesn't know: spans that can't be right, whatever their boundaries are."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from spanproof.metrics.label_sets import TABLES, own_labels
from spanproof.metrics.task_counts import Asked


class SizedPart(Protocol):
    """What counts or scores say of a part: its measure and how many gold and the prediction have."""

    @property
    def measure(self) -> str:
        """What is measured."""

    @property
    def part(self) -> str | None:
        """Which part: a label, or another."""

    @property
    def n(self) -> tuple[int, int]:
        """How many things gold and prediction have."""


def label_sizes(rows: Sequence[SizedPart]) -> dict[str, tuple[int, int]]:
    """Return how many things gold and the prediction have of each label that has a score of its own."""
    exact = ((row.part, row.n) for row in rows if row.measure == "exact")
    return {part: n for part, n in exact if part not in (None, "macro")}


def foreign_labels(counts: Sequence[SizedPart], asked: Asked) -> dict[str, int]:
    """Return how many things a prediction has of each label that gold doesn't know.

    Gold knows the labels of its spans, those that its schema lists, and all of a label set that was chosen by name.

    Args:
        counts: of a task.
        asked: the task.
    """
    member = asked.node.label
    if member is None or asked.label_set in TABLES:
        return {}
    known = {asked.table.get(label, label) for label in own_labels(asked.node, member)}
    if known and not asked.table:
        return {}
    return {
        label: predicted
        for label, (gold, predicted) in label_sizes(counts).items()
        if predicted and not gold and label not in known
    }


def stated(sizes: Mapping[str, int]) -> str:
    """Name labels with how many things have them: ``GPE (2), FAC (1)``."""
    return ", ".join(f"{label} ({number:,})" for label, number in sizes.items())
