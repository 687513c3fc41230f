"""What can be asked of a system, and which layer of a schema answers: found through the keywords of the schema."""

from collections.abc import Collection, Sequence
from typing import Literal, TypeVar, get_args

from spanproof.corpus.pairs import PairedCorpora, layer_name
from spanproof.metrics.annotations import units
from spanproof.metrics.label_sets import ONTONOTES, LabelTable, own_labels, table_of
from spanproof.schema.conditions import is_annotation
from spanproof.schema.keywords import Keyword
from spanproof.schema.node import Node, pointer
from spanproof.schema.schema import Schema

T = TypeVar("T")
Task = Literal["entities", "quotations", "timex3", "clusters", "utterances", "annotations", "relations"]
"""Names; what is said; expressions of time; which names are one entity; which quotations render one utterance; any
layer of annotations, of fragments too; relations between annotations."""
TASKS: tuple[Task, ...] = get_args(Task)


def layer_with(schema: Schema, keyword: Keyword[T | None]) -> tuple[Node, T]:
    """Return the one layer of spans with a keyword (``Node.quotation``, ``Node.timex3``), and what the keyword says.

    Raises:
        ValueError: there is none, or more than one.
    """
    layers = [(node, value) for node, value in schema.having(keyword) if node.span_of]
    if len(layers) != 1:
        raise ValueError(f"the schema has {len(layers)} layers of spans with {keyword.name}; expected one")
    return layers[0]


def layer_of_names(schema: Schema, layer: str | None) -> Node:
    """Return the layer of names: the one that is called so; with None that of OntoNotes, or the only one with labels.

    Raises:
        ValueError: there is none, or more than one; the message lists those with labels.
    """
    lists = [node for node in schema.spans if node.label and node.place[-1] == "*"]
    plain = [node for node in lists if not node.quotation and not node.timex3]
    if layer is None:
        mentions = [node for node in plain if schema.nodes[node.place[:-1]].policy.role == "mentions"]
        nodes = [node for node in mentions if own_labels(node, node.label).keys() & set(ONTONOTES)] or plain
    else:
        nodes = [node for node in plain if layer_name(node.place) == layer]
    if len(nodes) != 1:
        none = "none, since no list of the schema has spans with labels (the task annotations takes others)"
        names = ", ".join(layer_name(node.place) for node in plain) or none
        raise ValueError(f"{len(nodes)} layers can be meant by {layer or 'names'}; expected one of: {names}")
    return nodes[0]


def layer_of_units(schema: Schema, layer: str | None) -> Node:
    """Return the layer of annotations that is called so, or, with None, the only one.

    Raises:
        ValueError: there is none, or more than one; the message lists them.
    """
    return _only([*units(schema)], layer, "annotations", "spans, annotations, or objects of them")


def layer_of_relations(schema: Schema, layer: str | None) -> Node:
    """Return the layer of relations that is called so, or, with None, the only one.

    Raises:
        ValueError: there is none, or more than one, or its ends lead to what has no spans.
    """
    node = _only([node for node, _ in schema.having(Node.relation)], layer, "relations", "relations")
    assert node.relation
    for end in node.relation.members:
        places = node.fields[end].refers_to.places
        lost = [pointer(place) for place in places if not is_annotation(schema.nodes[place[:-1]])]
        if lost or not places:
            leads = f"{end} leads to {lost[0] if lost else 'nothing'}, which has no spans"
            raise ValueError(f"{node.name}: {leads}, so that only names could be compared; expected refersTo to spans")
    return node


def _only(nodes: Sequence[Node], layer: str | None, task: str, what: str) -> Node:
    named = [node for node in nodes if layer in (None, layer_name(node.place))]
    if len(named) != 1:
        names = ", ".join(layer_name(node.place) for node in nodes) or f"none, since no list of the schema has {what}"
        raise ValueError(f"{len(named)} layers can be meant by {layer or task}; expected one of: {names}")
    return named[0]


def label_table(
    node: Node, labels: str | LabelTable | None, pair: PairedCorpora | None = None
) -> tuple[str, LabelTable]:
    """Return what the label set of a layer of names is called, and its table.

    Args:
        node: the layer.
        labels: one of :data:`spanproof.metrics.label_sets.TABLES`, or a table; by default ``ontonotes-16`` for a layer
            with OntoNotes labels alone in its schema, else the layer's own, which are called ``own``.
        pair: the corpora whose labels are the layer's own where its schema lists none.

    Raises:
        ValueError: there is no table of that name, or the layer has no labels.
    """
    own = own_labels(node, node.label, pair)
    if labels is not None:
        return table_of(labels, own)
    listed = own_labels(node, node.label)
    return table_of("ontonotes-16", own) if listed and listed.keys() <= set(ONTONOTES) else ("own", own)


def tasks_there(schema: Schema, lists: Collection[str], layer: str | None) -> list[Task]:
    """Return what can be asked of predictions of a gold corpus: names, quotations, times; else any annotations.

    Args:
        schema: that of the gold.
        lists: the lists of spans that gold has.
        layer: the one layer that is meant; None for all.
    """
    nodes = [schema.nodes[name, "*"] for name in lists if layer in (None, name)]
    kinds: dict[Task, bool] = {
        "entities": any(node.label and not node.quotation and not node.timex3 for node in nodes),
        "quotations": any(node.quotation for node in nodes),
        "timex3": any(node.timex3 and node.timex3.type for node in nodes),
    }
    return [task for task, there in kinds.items() if there] or ["annotations"]
