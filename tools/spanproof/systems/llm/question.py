"""Questions: what is asked of one layer, and the shape of the answer, both from its node in the schema."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from spanproof.schema.node import Node
from spanproof.schema.schema import Schema

_OFFSETS = ("start", "end", "text", "prefix", "suffix")


@dataclass(frozen=True)
class Question:
    """What is asked of a layer.

    Attributes:
        layer: the layer, a member of the document and of the answer.
        words: the member of an item of the answer that holds the words: a string, or a list of them for ``pieces``.
        label: the member that holds the label; None if the layer has none.
        labels: the labels that it may hold.
        parts: members that hold the words of further spans: the source and the cue of a quotation.
        value: the member that holds a TIMEX3 value; None if the layer has none.
        clusters: members that name an entry of a registry and can't be null: each annotation gets an entry of its own.
        others: further members that each annotation must have, each with the values that are allowed; none for any.
        overlap: how spans of the layer may lie to each other.
        pieces: the member of an annotation that lists its fragments; None where it is one span.
        joined: the member that holds the words of all fragments, and what joins them; None where there is none.
        description: what the schema says of the layer.
        meanings: what the schema says of labels.
    """

    layer: str
    words: str
    label: str | None
    labels: tuple[str, ...]
    parts: tuple[str, ...] = ()
    value: str | None = None
    clusters: tuple[str, ...] = ()
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    overlap: Literal["forbid", "nest", "allow"] = "allow"
    pieces: str | None = None
    joined: tuple[str, str] | None = None
    description: str = ""
    meanings: Mapping[str, str] = field(default_factory=dict)

    @property
    def item(self) -> Mapping[str, Any]:
        """The JSON Schema of an item of an answer."""
        text, maybe = {"type": "string"}, {"type": ["string", "null"]}
        words = {"type": "array", "items": text} if self.pieces else text
        members: dict[str, Any] = {self.words: words}
        members |= {self.label: {**text, "enum": list(self.labels)}} if self.label else {}
        members |= dict.fromkeys(self.parts, maybe) | ({self.value: text} if self.value else {})
        members |= {name: {**text, "enum": list(values)} if values else text for name, values in self.others.items()}
        return _object(members)

    @property
    def answer(self) -> Mapping[str, Any]:
        """The JSON Schema of an answer, in the part of it that strict servers take."""
        return _object({self.layer: {"type": "array", "items": self.item}})


def question_of(schema: Schema, layer: str, labels: Sequence[str]) -> Question:
    """Return the question for a layer.

    Args:
        schema: the schema of the documents.
        layer: a list of spans, or of annotations of fragments, which :func:`unasked` has nothing against.
        labels: those that may stand there.
    """
    array, node = schema.root.fields[layer], schema.nodes[layer, "*"]
    quotation, annotation = node.quotation, node.annotation
    parts = quotation.parts if quotation else ()
    label = node.kind_member
    member = node.fields[label] if label else None
    joined = (annotation.text, annotation.joined_by) if annotation and annotation.text else None
    return Question(
        layer=layer,
        words="content" if quotation else "text",
        label=label,
        labels=tuple(labels) if label else (),
        parts=parts,
        value=node.timex3.value if node.timex3 else None,
        clusters=tuple(_clusters(node)),
        others={
            name: tuple(value for value in sub.enum if isinstance(value, str))
            for name, sub in _to_be_said(schema, node)
            if sub.kind == "string"
        },
        overlap=array.overlap or "allow",
        pieces=annotation.fragments if annotation else None,
        joined=joined,
        description=" ".join(filter(None, (array.description, node.description))),
        meanings=member.meanings if member else {},
    )


def schema_layers(schema: Schema) -> dict[str, tuple[str, ...]]:
    """Return the layers of mentions that a model can be asked for without any gold, each with the labels of the schema.

    Raises:
        ValueError: there is none; the message says why.
    """
    layers: dict[str, tuple[str, ...]] = {}
    problems = []
    for name, array in schema.root.fields.items():
        node = array.items
        if node is None or not (node.span_of or node.annotation) or array.policy.role != "mentions":
            continue
        labels = tuple(node.fields[node.kind_member].enum) if node.kind_member else ()
        problem = unasked(schema, name)
        if problem is None and node.kind_member and not labels:
            problem = f"the schema lists no labels of {name}"
        if problem is None:
            layers[name] = labels
        else:
            problems.append(problem)
    if not layers:
        why = "; ".join(problems) or "the schema has no list of spans"
        raise ValueError(f"a model can be asked for nothing: {why}")
    return layers


def unasked(schema: Schema, layer: str) -> str | None:
    """Return why a model can't be asked for a layer; None where it can."""
    node = schema.nodes.get((layer, "*"))
    if node is None or not (node.span_of or node.annotation):
        return f"{layer} is no list of spans or of annotations of fragments"
    for name, sub in _to_be_said(schema, node):
        if sub.kind != "string" or sub.refers_to:
            what = "a reference" if sub.kind == "string" else sub.kind
            return f"{layer} needs {name}, which no model can know: {what}"
    return None


def _clusters(node: Node) -> Iterator[str]:
    for name, sub in node.fields.items():
        registry = sub.refers_to.registries and not sub.refers_to.local
        if registry and sub.required and not sub.nullable:
            yield name


def _to_be_said(schema: Schema, node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the members that every annotation must have, and that neither the text nor the question gives."""
    known: set[str | None] = {schema.key_of(node), node.kind_member, *_OFFSETS, *_clusters(node)}
    known |= {*node.quotation.parts} if node.quotation else set()
    known |= {*node.timex3.members} if node.timex3 else set()
    known |= {*node.annotation.members} if node.annotation else set()
    for name, sub in node.fields.items():
        if sub.required and not sub.nullable and name not in known and not sub.derived:
            yield name, sub


def _object(members: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(members),
        "required": list(members),
        "additionalProperties": False,
    }
