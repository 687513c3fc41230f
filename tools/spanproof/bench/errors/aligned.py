"""A line-up: the spans of one layer, of the gold and of several systems, under one label set on one continuum."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import Facing, Ground, Spans, facing
from spanproof.metrics import boundaries as conventions
from spanproof.metrics.boundaries import Trim, trimmed
from spanproof.metrics.label_sets import numbered, own, targets
from spanproof.metrics.score import TRIMS, Task, Variant, label_table, layer_of_names, layer_with
from spanproof.metrics.spans import Side
from spanproof.metrics.tasks.entities import joined, numbers, places
from spanproof.schema.node import Node, Place

_Numbers = Callable[[Facing, Spans], Ints]


@dataclass(frozen=True)
class Lineup:
    """What can be counted and listed: ``systems`` by name; a label is its number among ``labels``.

    Spans are in the order of start, end, label. Positions are of the texts end to end; :meth:`at` leads back.
    """

    both: Facing
    task: Task
    node: Node
    labels: tuple[str, ...]
    table: str
    variant: Variant
    gold: Side
    systems: Mapping[str, Side]

    @property
    def ground(self) -> Ground:
        """Where documents and sentences begin."""
        return self.both.ground(self.node)[0]

    @property
    def text(self) -> str:
        """The texts end to end."""
        return self.both.ground(self.node)[1]

    def at(self, position: int) -> tuple[str, int]:
        """The name of the document at a position and the offset in it, in code points."""
        row = int(np.searchsorted(self.ground.documents, position, "right")) - 1
        return self.both.names[row], position - int(self.ground.documents[row])


def lineup(
    gold: Corpus,
    predictions: Mapping[str, Corpus],
    task: Task,
    *,
    labels: str | None = None,
    layer: str | None = None,
    variant: Variant = "strict",
) -> Lineup:
    """Lays systems beside the gold, as :func:`spanproof.metrics.score.score` does with one; so are the options.

    The label of a name is its own under the table, that of a quotation or an expression of time its type. What the
    convention takes from the edges of a span is not part of it here.

    Raises:
        ValueError: a task that isn't about spans, or as ``score``.
    """
    if task not in ("entities", "quotations", "timex3"):
        raise ValueError(f"{task} is not about spans; right is one of entities, quotations, timex3")
    itself = facing(gold, gold)
    node, table, known, where, number, trim = _asked(itself, task, labels, layer, variant)
    sides = {}
    for name, corpus in predictions.items():
        sides[name] = _side(facing(gold, corpus), 1, node, where, number, trim)
    return Lineup(itself, task, node, known, table, variant, _side(itself, 0, node, where, number, trim), sides)


def _asked(
    itself: Facing, task: Task, labels: str | None, layer: str | None, variant: Variant
) -> tuple[Node, str, tuple[str, ...], list[Place], _Numbers, Trim]:
    """The layer, what its label set is called, the labels, where spans are, their labels' numbers, the convention."""
    trim = TRIMS[variant]
    if task == "entities":
        node = layer_of_names(itself, layer)
        name, table = label_table(node, labels)
        known = targets(table)
        return node, name, known, places(itself.schema, node, table), lambda b, s: numbers(b, s, table, known), trim
    node = layer_with(itself, "quotation" if task == "quotations" else "timex3")
    if task == "quotations" and trim is not conventions.as_is:
        trim = conventions.content
    member = node.get("quotation" if task == "quotations" else "timex3")["type"]
    table = own(node, member)
    return node, "-", targets(table), [node.place], lambda b, s: numbered(b, s, member, table), trim


def _side(both: Facing, which: int, node: Node, where: list[Place], number: _Numbers, trim: Trim) -> Side:
    _, text = both.ground(node)
    found = []
    for place in where:
        spans = both.spans(place)[which]
        label = number(both, spans)
        kept = label >= 0
        found.append(Side(*trimmed(text, spans.start[kept], spans.end[kept], trim), label[kept]))
    side = joined(found)
    return side.at(np.lexsort((side.label, side.end, side.start)))
