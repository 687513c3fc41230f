"""Objects that relate two annotations, drawn as relations between the regions of these (*arcs*).

Such an object has the keyword ``relation``, or two members that refer to annotations and no spans of its own. Its label
is the name of the arc. What else it has stays with the task, and comes back as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.labelstudio.holders import heads, is_open, named
from spanproof.schema.layers import holds_spans
from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class ArcEnd:
    """What an end of an arc may be.

    Attributes:
        member: the member of the object that names it.
        place: the place of the annotations that it names by their key.
        heads: the places of the spans on which these ride.
    """

    member: str
    place: Place
    heads: frozenset[Place]


@dataclass(frozen=True)
class Arc:
    """A kind of object that is drawn as a relation.

    Attributes:
        name: the label of the relation.
        place: the place of the objects in the schema.
        label: the member that the label of the relation stands for; None where it stands for the kind alone.
        raw: the value of that member.
        ends: what the first and the second end may be.
    """

    name: str
    place: Place
    label: str | None
    raw: Any
    ends: tuple[tuple[ArcEnd, ...], tuple[ArcEnd, ...]]

    @property
    def sources(self) -> frozenset[Place]:
        """The places of the spans from which it may lead."""
        return frozenset(place for end in self.ends[0] for place in end.heads)

    @property
    def targets(self) -> frozenset[Place]:
        """The places of the spans to which it may lead."""
        return frozenset(place for end in self.ends[1] for place in end.heads)


def key_targets(schema: Schema, node: Node) -> tuple[Node, ...]:
    """Return the nodes of the items, with regions, whose keys a member may name."""
    items = [(schema.nodes[place[:-1]], place[-1]) for place in node.refers_to.places]
    return tuple(item for item, key in items if schema.key_of(item) == key and holds_spans(schema, item))


def relating(schema: Schema) -> tuple[tuple[Node, str], ...]:
    """Return the nodes of objects in lists that relate annotations, each with why it can't be drawn, or nothing."""
    nodes = [
        node
        for node in schema.nodes.values()
        if node.kind == "object" and node.place[-1:] == ("*",) and is_open(schema.nodes[node.place[:-2]])
        if not holds_spans(schema, node) and (node.relation is not None or len(_referring(schema, node)) == 2)
    ]
    return tuple((node, _problem(schema, node)) for node in nodes)


def _problem(schema: Schema, node: Node) -> str:
    """Return why an object can't be drawn; nothing where it can."""
    if not all(_ends(schema, node)):
        return "an end names no annotation by its key"
    if node.label is not None and not node.fields[node.label].enum:
        return f"{node.label} has no enum, and arcs have names that are listed"
    return ""


def arcs(schema: Schema, taken: Mapping[str, list[tuple[frozenset[Place], frozenset[Place]]]]) -> tuple[Arc, ...]:
    """Return the arcs of a schema, in its order.

    Args:
        schema: the schema.
        taken: the ends of other relations, by their names: an arc between such ends gets a name of its own.
    """
    named_arcs: list[Arc] = []
    for node in (node for node, problem in relating(schema) if not problem):
        layer, member = named(node.place), _label(node)
        values = [value for value in node.fields[member].enum if value is not None] if member else [None]
        for value in values:
            arc = Arc(layer if member is None else str(value), node.place, member, value, _ends(schema, node))
            others = [
                *taken.get(arc.name, ()),
                *((one.sources, one.targets) for one in named_arcs if one.name == arc.name),
            ]
            if any(sources & arc.sources and targets & arc.targets for sources, targets in others):
                arc = Arc(f"{layer}: {arc.name}", arc.place, member, value, arc.ends)
            named_arcs.append(arc)
    return tuple(named_arcs)


def _label(node: Node) -> str | None:
    """Return the member that says how an object relates: its label, or the only member that has an enum."""
    listed = [name for name, sub in node.fields.items() if sub.enum and sub.kind == "string"]
    return node.label or (listed[0] if len(listed) == 1 else None)


def _referring(schema: Schema, node: Node) -> list[str]:
    return [name for name, sub in node.fields.items() if key_targets(schema, sub)]


def _ends(schema: Schema, node: Node) -> tuple[tuple[ArcEnd, ...], tuple[ArcEnd, ...]]:
    """Return what the two ends of an object may be."""
    if node.relation is not None:
        first, second = node.relation.ends
    else:
        first, second = ((member,) for member in _referring(schema, node))
    return _kinds(schema, node, first), _kinds(schema, node, second)


def _kinds(schema: Schema, node: Node, members: tuple[str, ...]) -> tuple[ArcEnd, ...]:
    return tuple(
        ArcEnd(member, target.place, heads(schema, target))
        for member in members
        for target in key_targets(schema, node.fields[member])
    )
