"""What the annotations of a schema are as those of a stand-off document: spans, relations, and links between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from spanproof.schema.layers import holds_spans
from spanproof.schema.node import Node, Place, pointer
from spanproof.schema.schema import Schema

LINK = ("whole", "part")
"""The roles of a relation between an annotation and one that stands within it."""
REFERENCE = ("from", "to")
"""The roles of a relation between an annotation and one that it names."""
LAYER = "/layer"
"""The attribute of a relation that says its layer, where its label and roles don't."""
Form = Literal["span", "fragments", "group", "relation"]


@dataclass(frozen=True)
class Reference:
    """A member of an annotation that names others by their key, alone or in a list.

    Attributes:
        member: the member.
        listed: whether it is a list of references.
        targets: the places of the keys that it may be.
    """

    member: str
    listed: bool
    targets: tuple[Place, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of annotation.

    Attributes:
        name: the name of its layer.
        node: the node of one.
        form: a span; an annotation of fragments; a group, which is an object that is no span and has some; or a
            relation.
        steps: the members from the document, or from what it is a part of, to it or to the list of them.
        listed: whether it stands in a list.
        key: the member that identifies one; None without any.
        parts: the kinds of annotations within one.
        references: its members that name other annotations.
        is_part: whether it stands within another annotation.
    """

    name: str
    node: Node
    form: Form
    steps: tuple[str, ...]
    listed: bool
    key: str | None
    parts: tuple["Kind", ...]
    references: tuple[Reference, ...]
    is_part: bool

    @property
    def noun(self) -> str:
        """What an annotation without a label of its own is called: the member that has it."""
        return self.steps[-1]

    @property
    def role(self) -> str:
        """The role of one as an argument of the group that it is a part of: its member."""
        return ".".join(self.steps)

    def walk(self) -> Iterator["Kind"]:
        """Yield this kind and those within it, outer ones first."""
        yield self
        for part in self.parts:
            yield from part.walk()


def text_member(schema: Schema) -> str:
    """Return the member of a document that holds the text.

    Raises:
        ValueError: the schema has spans of several texts, or of none.
    """
    if len(schema.texts) != 1:
        raise ValueError(f"the schema has spans of {', '.join(schema.texts) or 'nothing'}; expected spans of one text")
    return schema.texts[0]


def kinds(schema: Schema) -> tuple[Kind, ...]:
    """Return the kinds of annotations of a schema that stand within no other, in its order.

    Raises:
        ValueError: the schema has spans of several texts, or of none.
    """
    text_member(schema)
    return tuple(_below(schema.root, (), schema, False))


def _name(place: Place) -> str:
    """Name the layer at a place: its members with dots between."""
    members = [step for step in place if step != "*"]
    return pointer(place) if any("." in member or not member for member in members) else ".".join(members)


def _below(node: Node, steps: tuple[str, ...], schema: Schema, is_part: bool) -> Iterator[Kind]:
    """Yield the kinds within a node that is no annotation itself, or within one."""
    for name, sub in node.fields.items():
        yield from _at(sub, (*steps, name), schema, is_part)


def _at(node: Node, steps: tuple[str, ...], schema: Schema, is_part: bool) -> Iterator[Kind]:
    """Yield the kinds at a member, or at a list."""
    one, listed = node.items or node, node.items is not None
    form = _form(one, schema, is_part, listed)
    if form is not None:
        parts = () if form == "relation" else tuple(_below(one, (), schema, True))
        fragments = (one.annotation.fragments,) if form == "fragments" and one.annotation else None
        parts = tuple(part for part in parts if part.steps != fragments)
        references = tuple(_references(one))
        yield Kind(_name(one.place), one, form, steps, listed, schema.key_of(one), parts, references, is_part)
    elif not listed and holds_spans(schema, node):
        yield from _below(node, steps, schema, is_part)


def _form(node: Node, schema: Schema, is_part: bool, listed: bool) -> Form | None:
    """Return what an item of a list, or an object, is; None for no annotation."""
    if node.span_of:
        return "span"
    if node.annotation and holds_spans(schema, node):
        return "fragments"
    if node.relation and listed and not is_part:
        return "relation"
    return "group" if listed and holds_spans(schema, node) else None


def _references(node: Node) -> Iterator[Reference]:
    ends = node.relation.members if node.relation else ()
    for member, sub in node.fields.items():
        named = sub.items or sub
        if named.refers_to.places and named.kind not in ("object", "array") and member not in ends:
            yield Reference(member, sub.items is not None, named.refers_to.places)


def kind_of(annotation: Mapping[str, Any], known: Sequence[Kind]) -> Kind | None:
    """Return the kind of a span, relation or group of a stand-off document.

    That is the kind of the layer that it names; or else the only one that has its label, and of relations its roles.
    None where there is no such kind, or are several.

    Args:
        annotation: the span or relation.
        known: the kinds of the schema, those within others too.
    """
    is_span = "start" in annotation
    some = [kind for kind in known if (kind.form in ("span", "fragments")) is is_span]
    layer = annotation.get("layer") if is_span else (annotation.get("attributes") or {}).get(LAYER)
    if layer is not None and (named := [kind for kind in some if kind.name == layer]):
        return named[0]
    if not is_span:
        roles = {argument["role"] for argument in annotation["arguments"]}
        some = [kind for kind in some if roles <= _roles(kind)]
    label = annotation["label"]
    named = [kind for kind in some if label in kind.node.labels or (not kind.node.label and label == kind.noun)]
    fitting = named or [kind for kind in some if kind.node.label and not kind.node.labels]
    return fitting[0] if len(fitting) == 1 else None


def _roles(kind: Kind) -> set[str]:
    """Return the roles of the arguments that a group or a relation may have."""
    ends = kind.node.relation.members if kind.form == "relation" and kind.node.relation else ()
    return {*ends, *(part.role for part in kind.parts)}
