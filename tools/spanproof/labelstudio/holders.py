"""Objects of a schema that hold spans (*holders*): their parts, and the spans they ride on.

The document is the outermost holder. The region of a holder's first span is its *head*: what a region can't show of the
holder rides on it.
"""

import re

from spanproof.schema.layers import holds_spans
from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema


def label_member(node: Node) -> str | None:
    """Return the member of a span that its region's label stands for; None where the label stands for the kind alone.

    That is the label member where it has an enum; a free one is a text like others.
    """
    return node.label if node.labels and node.span_of else None


def holders(schema: Schema) -> tuple[Node, ...]:
    """Return the nodes of the objects that hold spans, the document first."""
    return tuple(node for node in schema.nodes.values() if node.kind == "object" and holds_spans(schema, node))


def parts(schema: Schema, node: Node) -> dict[str, Node]:
    """Return the members of a holder that are holders or lists of holders, by name: the nodes of these holders."""
    below = {name: sub.items or sub for name, sub in node.fields.items() if holds_spans(schema, sub)}
    return {name: sub for name, sub in below.items() if sub.kind == "object"}


def heads(schema: Schema, node: Node) -> frozenset[Place]:
    """Return the places of the spans that may be the head of a holder."""
    if node.span_of:
        return frozenset({node.place})
    return frozenset(place for sub in parts(schema, node).values() for place in heads(schema, sub))


def is_open(node: Node) -> bool:
    """Return whether a holder is no annotation but the document, or an object of it that groups layers."""
    return "*" not in node.place and not node.span_of


def named(place: Place) -> str:
    """Return a place without its stars, dotted: ``quotes.source``."""
    return ".".join(step for step in place if step != "*")


def slug(name: str) -> str:
    """Return a name with underscores for all but ASCII letters and digits."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def title(member: str) -> str:
    """Return the name of a member for people: ``entity_id`` is ``Entity id``."""
    words = " ".join(member.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:] or member
