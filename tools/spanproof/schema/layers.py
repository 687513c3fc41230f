"""The layers of a schema: what an annotation is, which spans it is made of; a document whatever its order.

A layer is an outermost list of the schema whose items are spans or hold some; what stands below an item (the source of
a quotation, fragments) is a part of it. A list of relations between annotations is a layer of its own kind.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Document, Path, inside, objects, values_at
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class Layer:
    """A kind of annotation: its name, the node of one, the member that identifies it."""

    name: str
    node: Node
    key: str | None

    def items(self, document: Document) -> list[Any]:
        """Return the annotations of this kind in a document."""
        return [item for _, item in values_at(document, self.node.place)]


def layers(schema: Schema) -> tuple[Layer, ...]:
    """Return the layers of a schema, in its order."""

    def below(node: Node) -> Iterator[Node]:
        if holds_spans(schema, node):
            if node.items is not None or node.span_of:
                yield node.items or node
            else:
                for sub in node.fields.values():
                    yield from below(sub)

    nodes = below(schema.root)
    return tuple(Layer(".".join(s for s in node.place if s != "*"), node, schema.key_of(node)) for node in nodes)


def relation_layers(schema: Schema) -> tuple[Layer, ...]:
    """Return the lists of relations of a schema that are in no layer of spans, in its order."""
    outer = [layer.node.place for layer in layers(schema)]
    return tuple(
        Layer(".".join(step for step in node.place if step != "*"), node, schema.key_of(node))
        for node, _ in schema.having(Node.relation)
        if not any(node.place[: len(place)] == place for place in outer)
    )


def is_unordered(schema: Schema, node: Node) -> bool:
    """Return whether a list says the same in every order: one of annotations, or of relations between them."""
    return holds_spans(schema, node) or (node.items is not None and node.items.relation is not None)


def holds_spans(schema: Schema, node: Node) -> bool:
    """Return whether a node is a span or has spans below."""
    return any(span.place[: len(node.place)] == node.place for span in schema.spans)


def expected_members(schema: Schema) -> frozenset[Place]:
    """Return the places of members without which keywords say nothing, where a schema lets them lack but not be null.

    These are lists of spans, and members that keywords name: labels, keys of items, hashes, what a TIMEX3 and a
    quotation consist of.
    """
    nodes = schema.nodes.values()
    places = {
        node.place for node in nodes if node.place[-1:] != ("*",) and not node.span_of and holds_spans(schema, node)
    }
    for node in nodes:
        names = [node.label, *(node.timex3.members if node.timex3 else ()), node.quotation and node.quotation.type]
        places |= {(*node.place, name) for name in names if name}
        places |= {(*node.place, "*", node.key)} if node.key and node.items else set()
        places |= {node.place} if node.hash_of else set()
    optional = (schema.nodes[place] for place in places if place)
    return frozenset(
        node.place for node in optional if not (node.nullable or node.required or node.policy.may_be_absent)
    )


def canonical(value: Any, node: Node | None, schema: Schema) -> str:
    """Return a document as a string that is the same for every order of its annotations."""
    if isinstance(value, Mapping):
        fields = node.fields if node else {}
        members = (f"{json.dumps(k)}:{canonical(value[k], fields.get(k), schema)}" for k in sorted(value))
        return f"{{{','.join(members)}}}"
    if node is not None and node.items is not None and isinstance(value, list):
        deeper = any(
            span.place[: len(node.items.place)] == node.items.place and "*" in span.place[len(node.items.place) :]
            for span in schema.spans
        )
        items = [
            canonical(item, node.items, schema) if deeper else json.dumps(item, sort_keys=True)
            for item in value
            if item is not None
        ]
        return f"[{','.join(sorted(items) if is_unordered(schema, node) else items)}]"
    return json.dumps(value, sort_keys=True)


def spans_of(annotation: Any, node: Node) -> Iterator[tuple[Node, Any]]:
    """Yield the span that an annotation is, or those that it is made of, where they have offsets.

    The parts of a span (the source of a quotation) are spans of their own, and aren't among them.
    """
    outermost: set[Path] = set()
    for path, sub, value in objects(annotation, node):
        if sub.span_of and not inside(path, outermost):
            outermost.add(path)
            if value.get("start") is not None and value.get("end") is not None:
                yield sub, value
