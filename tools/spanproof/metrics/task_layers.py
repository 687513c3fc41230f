"""What can be asked of a system, and which layer of a schema answers: found through the keywords of the schema."""

from typing import Literal, get_args

from spanproof.metrics.label_sets import ONTONOTES, TABLES, LabelTable, own_labels
from spanproof.schema.node import Node
from spanproof.schema.schema import Schema

Task = Literal["entities", "quotations", "timex3", "clusters", "utterances"]
"""Names; what is said; expressions of time; which names are one entity; which quotations render one utterance."""
TASKS: tuple[Task, ...] = get_args(Task)


def layer_with(schema: Schema, keyword: str) -> Node:
    """Return the one layer of spans with a keyword of the schema: ``quotation``, ``timex3``.

    Raises:
        ValueError: there is none, or more than one.
    """
    nodes = [node for node in schema.spans if node.get(keyword)]
    if len(nodes) != 1:
        raise ValueError(f"the schema has {len(nodes)} layers of spans with {keyword}; right is one")
    return nodes[0]


def layer_of_names(schema: Schema, layer: str | None) -> Node:
    """Return the layer of names: the one that is called so, or, with None, the one with labels of OntoNotes.

    Raises:
        ValueError: there is none, or more than one; the message lists those with labels.
    """
    lists = [node for node in schema.spans if node.get("labelledBy") and len(node.place) == 2]
    plain = [node for node in lists if not node.get("quotation") and not node.get("timex3")]
    if layer is None:
        nodes = [node for node in plain if own_labels(node, node.get("labelledBy")).keys() & set(ONTONOTES)]
    else:
        nodes = [node for node in plain if node.place[0] == layer]
    if len(nodes) != 1:
        names = ", ".join(node.place[0] for node in plain) or "none"
        raise ValueError(f"{len(nodes)} layers can be meant by {layer or 'names'}; right is one of: {names}")
    return nodes[0]


def label_table(node: Node, labels: str | None) -> tuple[str, LabelTable]:
    """Return what the label set of a layer of names is called, and its table.

    Args:
        node: the layer.
        labels: one of :data:`spanproof.metrics.label_sets.TABLES`; by default ``ontonotes-16`` for a layer with
            OntoNotes labels, else the layer's own, which are called ``own``.

    Raises:
        ValueError: there is no table of that name.
    """
    listed = own_labels(node, node.get("labelledBy"))
    if labels is None and not listed.keys() <= set(ONTONOTES):
        return "own", listed
    name = labels or "ontonotes-16"
    if name not in TABLES:
        raise ValueError(f"{name!r} is no label set; right is one of {', '.join(TABLES)}")
    return name, TABLES[name]
