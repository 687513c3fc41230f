"""What can be asked of a system, and which layer of a schema answers: found through the keywords of the schema."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar, get_args

from spanproof.corpus.columns import Columns
from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import PairedCorpora, layer_name, layer_of, listed
from spanproof.metrics.annotations import units
from spanproof.metrics.label_sets import ONTONOTES, LabelTable, own_labels, table_of
from spanproof.schema.conditions import is_annotation
from spanproof.schema.keywords import Keyword
from spanproof.schema.node import Node, Place, pointer
from spanproof.schema.schema import Schema

T = TypeVar("T")
Task = Literal["entities", "quotations", "timex3", "clusters", "utterances", "annotations", "relations"]
"""Names; what is said; expressions of time; which names are one entity; which quotations render one utterance; any
layer of annotations, of fragments too; relations between annotations."""
TASKS: tuple[Task, ...] = get_args(Task)


def layer_with(schema: Schema, keyword: Keyword[T | None], layer: str | None = None) -> tuple[Node, T]:
    """Return the layer of spans with a keyword (``Node.quotation``, ``Node.timex3``), and what the keyword says.

    Args:
        schema: the schema.
        keyword: the keyword.
        layer: which layer; None where there is one alone.

    Raises:
        ValueError: there is none, or more than one.
    """
    layers = [(node, value) for node, value in schema.having(keyword) if node.span_of]
    named = [pair for pair in layers if layer in (None, layer_name(pair[0].place))]
    if len(named) != 1:
        names = f": {', '.join(layer_name(node.place) for node, _ in layers)}" if layers else ""
        raise ValueError(f"the schema has {len(layers)} layers of spans with {keyword.name}{names}; expected one")
    return named[0]


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
    node = _only(_relations(schema), layer, "relations", "relations")
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
        return table_of(labels)
    listed = own_labels(node, node.label)
    return table_of("ontonotes-16") if listed and listed.keys() <= set(ONTONOTES) else ("own", own)


def layer_for(schema: Schema, task: Task, layer: str | None) -> Node:
    """Return the layer that answers a task: the one that is called so, or, with None, the only one that can be meant.

    Raises:
        ValueError: there is none, or more than one; the message lists them.
    """
    if task in ("entities", "clusters"):
        return layer_of_names(schema, layer)
    if task in ("quotations", "utterances"):
        return layer_with(schema, Node.quotation, layer)[0]
    if task == "timex3":
        return layer_with(schema, Node.timex3, layer)[0]
    return layer_of_relations(schema, layer) if task == "relations" else layer_of_units(schema, layer)


def layer_to_name(schema: Schema, task: Task, layer: str) -> str | None:
    """Return a layer that has to be named beside a task; None where the task alone means it."""
    try:
        meant = layer_for(schema, task, None)
    except ValueError:
        return layer
    return None if layer_name(meant.place) == layer else layer


def tasks_of(schema: Schema, layers: Iterable[str]) -> list[tuple[Task, str]]:
    """Return what can be asked of some layers: each layer of annotations or relations with the task that scores it.

    Names are the layers with labels of OntoNotes, or where there is none all with labels. What is neither names nor
    quotations nor expressions of time is scored as annotations of any kind.

    Args:
        schema: the schema.
        layers: their names; what is no layer of the schema is left out.
    """
    nodes = {layer_name(node.place): node for node in (*units(schema), *_relations(schema))}
    there = {name: nodes[name] for name in layers if name in nodes}
    labelled = [name for name, node in there.items() if _is_named(node)]
    ontonotes = [name for name in labelled if own_labels(there[name], there[name].label).keys() & set(ONTONOTES)]
    names = ontonotes or labelled
    return [("entities" if name in names else _task_of(node), name) for name, node in there.items()]


def node_of_layer(schema: Schema, layer: str) -> Node:
    """Return the annotations or relations of a layer by what it is called, below the top of a document too.

    Raises:
        LookupError: the schema has no such layer.
    """
    nodes = (node for node in (*units(schema), *_relations(schema)) if layer_name(node.place) == layer)
    if (node := next(nodes, None)) is None:
        raise LookupError(f"the schema has no layer {layer}")
    return node


def layers_of(corpus: Corpus, *, filled: bool = False) -> list[str]:
    """Return the layers of mentions that can be scored and that some document of a corpus has.

    Args:
        corpus: gold or a prediction.
        filled: whether something must stand there; by default a layer may be empty.
    """
    schema = corpus.schema
    nodes = [*units(schema), *_relations(schema)]
    mentions = [node for node in nodes if schema.nodes[node.place[:-1]].policy.role == "mentions"] or nodes
    there = _places_with(corpus, (node.place for node in mentions), filled=filled)
    return [layer_name(node.place) for node in mentions if node.place in there]


def _places_with(corpus: Corpus, places: Iterable[Place], *, filled: bool) -> set[Place]:
    """Return the places whose list some document has, or in which something stands, one batch after another."""
    wanted, there = list(dict.fromkeys(places)), set[Place]()
    for batch in corpus.batches:
        columns = Columns(batch, corpus.schema)
        left = (place for place in wanted if place not in there)
        there.update(place for place in left if (len(columns.items(place)) if filled else listed(columns, place).any()))
    return there


def unscored_layers(corpus: Corpus) -> list[str]:
    """Return the lists that relate annotations and that no task scores, as relations with roles, if something is there.

    Args:
        corpus: the gold.
    """
    schema = corpus.schema
    scored = {layer_of(node.place) for node in (*units(schema), *_relations(schema))}
    relating = {
        layer_of(node.place): None
        for node, references in schema.having(Node.refers_to)
        if any(layer_of(place) in scored for place in references.places)
    }
    there = _places_with(corpus, ((*place, "*") for place in relating), filled=True)
    return [layer_name(place) for place in relating if place not in scored and (*place, "*") in there]


def _relations(schema: Schema) -> list[Node]:
    return [node for node, _ in schema.having(Node.relation)]


def _is_named(node: Node) -> bool:
    return bool(node.span_of and node.label and not node.quotation and not node.timex3)


def _task_of(node: Node) -> Task:
    if node.relation:
        return "relations"
    if node.quotation and node.span_of:
        return "quotations"
    return "timex3" if node.timex3 and node.timex3.type and node.span_of else "annotations"


def valued_members(node: Node) -> list[str]:
    """Return the members that a span's values are in: labels, references, TIMEX3, numbers, what is chosen from a list.

    Words of the annotator's own (a note) are no value.
    """
    chosen = {node.label, *(node.timex3.members if node.timex3 else ())}
    return [
        name
        for name, sub in node.fields.items()
        if name not in ("start", "end")
        and (name in chosen or sub.enum or sub.refers_to or sub.kind in ("integer", "number", "boolean"))
    ]
