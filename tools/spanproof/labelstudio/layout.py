"""How a schema is laid out in Label Studio: its labels, controls and relations, and what each stands for.

Every span of the schema is a region. An object with spans below it but none of its own (a discontinuous mention) rides
on its first region, its head.
"""

import json
import unicodedata
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from spanproof.labelstudio.arcs import Arc, arcs, key_targets, relating
from spanproof.labelstudio.holders import heads, holders, is_open, label_member, named, parts, slug
from spanproof.schema.node import Node, Place, SchemaError
from spanproof.schema.schema import Schema

SPAN_MEMBERS = ("start", "end", "text", "prefix", "suffix")


@dataclass(frozen=True)
class Label:
    """A label as annotators see it.

    Attributes:
        value: the label as it is shown, unlike every other.
        place: the place of the span in the schema.
        raw: the value of the span's label member that it stands for; None where it stands for the kind alone.
        hint: what the schema says of it.
    """

    value: str
    place: Place
    raw: Any
    hint: str


@dataclass(frozen=True)
class Control:
    """A control for one member of a holder.

    Attributes:
        name: the name of the control, ``entities_entity_id``.
        kind: whether annotators choose or write.
        place: the place of the holder in the schema.
        member: the member of the holder that it is for.
        labels: the labels on whose regions it is shown.
        choices: the values of the member by how they are shown; none for a text area.
        hint: what the schema says of the member.
        registry: the registry in whose entries annotators choose; None for what they write, or choose otherwise.
    """

    name: str
    kind: Literal["choices", "textarea", "taxonomy"]
    place: Place
    member: str
    labels: tuple[str, ...]
    choices: Mapping[str, Any]
    hint: str
    registry: str | None = None

    def show(self, value: Any) -> str | None:
        """Return a value as the control shows it; None for what it can't show.

        A list of a registry shows nothing: what a member has stands in its text area, the list replaces it.
        """
        if self.kind == "taxonomy":
            return None
        if self.kind == "choices":
            return next((shown for shown, raw in self.choices.items() if raw is value or _same(raw, value)), None)
        if isinstance(value, str):
            plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in value)
            return " ".join(plain.split()) or None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return json.dumps(value)
        return None


@dataclass(frozen=True)
class Link:
    """A relation from the head of a holder to that of a part of it, or of what a member refers to.

    Attributes:
        name: the label of the relation.
        holder: the place of the holder in the schema.
        member: the member of the holder that has the part, or the reference.
        place: the place of the part, or of the items that are referred to.
        part: whether it leads to a part.
        sources: the places of the spans from which it may lead.
        targets: the places of the spans to which it may lead.
    """

    name: str
    holder: Place
    member: str
    place: Place
    part: bool
    sources: frozenset[Place]
    targets: frozenset[Place]


@dataclass(frozen=True)
class Layout:
    """The layout of a schema, in the order of the schema.

    Attributes:
        schema: the schema.
        text: the member of a document that is the text.
        labels: the labels.
        controls: the controls.
        links: the relations to parts of holders, and to what their members refer to.
        arcs: the relations that are objects of their own.
    """

    schema: Schema
    text: str
    labels: tuple[Label, ...]
    controls: tuple[Control, ...]
    links: tuple[Link, ...]
    arcs: tuple[Arc, ...]

    @classmethod
    def of(cls, schema: Schema) -> "Layout":
        """Return the layout of a schema; it is made once, since each task asks for it several times.

        Raises:
            SchemaError: it has spans of no text or of several.
        """
        for known in tuple(_KNOWN):
            if known.schema is schema:
                return known
        texts = sorted(schema.texts)
        if len(texts) != 1:
            raise SchemaError(f"spans of {', '.join(texts) or 'no text'}: a task of Label Studio shows one text")
        labels, links = _labels(schema), _links(schema)
        taken: dict[str, list[tuple[frozenset[Place], frozenset[Place]]]] = {}
        for link in links:
            taken.setdefault(link.name, []).append((link.sources, link.targets))
        layout = cls(schema, texts[0], labels, _controls(schema, labels), links, arcs(schema, taken))
        _KNOWN.append(layout)
        return layout

    @property
    def relations(self) -> tuple[Link | Arc, ...]:
        """The relations that annotators can draw."""
        return (*self.links, *self.arcs)

    def parts(self, place: Place) -> tuple[Link, ...]:
        """Return the relations of a holder to its parts that hold spans."""
        return tuple(link for link in self.links if link.part and link.holder == place)

    def references(self, place: Place) -> tuple[Link, ...]:
        """Return the relations of a holder to what its members refer to."""
        return tuple(link for link in self.links if not link.part and link.holder == place)

    def controls_of(self, place: Place) -> tuple[Control, ...]:
        """Return the controls for members of a holder."""
        return tuple(control for control in self.controls if control.place == place)

    def label_of(self, node: Node, value: Mapping[str, Any]) -> Label | None:
        """Return the label of a span; None where its label member has a value that the schema doesn't list."""
        raw = value.get(member) if (member := label_member(node)) else None
        return next((label for label in self.labels if label.place == node.place and _same(label.raw, raw)), None)

    def link(self, name: str, source: Place, target: Place) -> Link | Arc | None:
        """Return the relation of a name between regions of spans at two places; None where there is none."""
        named = (link for link in self.relations if link.name == name)
        return next((link for link in named if source in link.sources and target in link.targets), None)


_KNOWN: deque[Layout] = deque(maxlen=4)
"""The layouts that were made last."""


def not_shown(schema: Schema) -> dict[str, str]:
    """Return the layers of relations that Label Studio doesn't show, and why; they come back as they were."""
    return {named(node.place): problem for node, problem in relating(schema) if problem}


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _unused(name: str, used: Iterable[str]) -> str:
    taken = set(used)
    names = (name, *(f"{name}_{k}" for k in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _title(node: Node) -> str:
    return node.place[-1] if node.place[-1] != "*" else node.place[-2]


def _labels(schema: Schema) -> tuple[Label, ...]:
    """Return a label for each value of each label member; one for the kind where a span has none or may lack it."""
    wanted: list[tuple[str, Place, Any, str]] = []
    for node in schema.spans:
        member = label_member(node)
        owner = schema.nodes[node.place[:-1]] if node.place[-1] == "*" else node
        about = node.description or owner.description
        leaf = node.fields[member] if member else None
        description = leaf.description if leaf else ""
        listed = [raw for raw in leaf.enum if raw is not None] if leaf else []
        wanted += [(str(raw), node.place, raw, _clause(description, raw)) for raw in listed]
        if leaf is None or leaf.nullable or not leaf.required:
            wanted.append((_title(node) if leaf is None else f"{_title(node)} (none)", node.place, None, about))
    values = [_plain(value) for value, *_ in wanted]
    labels: list[Label] = []
    for value, (_, place, raw, hint) in zip(values, wanted, strict=True):
        own = value if values.count(value) == 1 else f"{named(place)}: {value}"
        labels.append(Label(_unused(own, (label.value for label in labels)), place, raw, hint))
    return tuple(labels)


def _plain(value: str) -> str:
    # Label Studio parts the labels of whenLabelValue at commas.
    return " ".join(value.replace(",", " ").split()) or "(empty)"


def _clause(description: str, raw: Any) -> str:
    """Return what a description says of one value, ``value: what it is; next: ...``; all of it where it has no such."""
    clauses = (part.strip() for part in description.split(";"))
    return next((part for part in clauses if part.startswith(f"{raw}:")), description)


def _controls(schema: Schema, labels: tuple[Label, ...]) -> tuple[Control, ...]:
    controls: list[Control] = []
    for holder in holders(schema):
        if is_open(holder):
            continue
        kinds = heads(schema, holder)
        shown_on = tuple(label.value for label in labels if label.place in kinds)
        for name, node in holder.fields.items():
            choices = _choices(schema, node)
            skipped = name in (schema.key_of(holder), label_member(holder)) or node.hash_of
            if skipped or node.kind in ("object", "array") or (holder.span_of and name in SPAN_MEMBERS):
                continue
            if choices is None and node.refers_to and key_targets(schema, node) and not _free(schema, node):
                continue
            own = _unused(
                slug(f"{named(holder.place)}_{name}"), ("text", "span", *(control.name for control in controls))
            )
            kind: Literal["choices", "textarea"] = "textarea" if choices is None else "choices"
            control = Control(own, kind, holder.place, name, shown_on, choices or {}, _about(name, node))
            controls.append(control)
            for registry in node.refers_to.registries if kind == "textarea" and node.kind == "string" else ():
                also = _unused(f"{own}_{slug(registry)}", ("text", "span", *(item.name for item in controls)))
                controls.append(replace(control, name=also, kind="taxonomy", registry=registry))
    return tuple(controls)


def _about(name: str, node: Node) -> str:
    return f"{name}: {node.description}" if node.description else name


def _choices(schema: Schema, node: Node) -> dict[str, Any] | None:
    """Return the values of a member that has few, by how they are shown; of a reference the members it may name."""
    values: list[Any] | None = None
    if node.kind == "boolean":
        values = [True, False]
    elif node.enum:
        values = [value for value in node.enum if value is not None]
    elif key_targets(schema, node) and not _free(schema, node):
        values = list(node.refers_to.members) or None
    if values is None:
        return None
    shown = [value if isinstance(value, str) else json.dumps(value) for value in values]
    pairs = zip(shown, values, strict=True)
    return {name: value for name, value in pairs if name == " ".join(name.split()) and name and shown.count(name) == 1}


def _free(schema: Schema, node: Node) -> bool:
    """Return whether a reference may also name what is no annotation: a registry's entry, another member's value."""
    targets = len(node.refers_to.registries) + len(node.refers_to.places)
    return targets > len(key_targets(schema, node))


def _links(schema: Schema) -> tuple[Link, ...]:
    links: list[Link] = []

    def add(holder: Node, member: str, target: Node, part: bool) -> None:
        sources, targets = heads(schema, holder), heads(schema, target)
        clash = any(link.name == member and link.sources & sources and link.targets & targets for link in links)
        name = f"{named(holder.place)}.{member}" if clash else member
        links.append(Link(name, holder.place, member, target.place, part, sources, targets))

    for holder in holders(schema):
        if is_open(holder):
            continue
        for member, node in parts(schema, holder).items():
            add(holder, member, node, part=True)
        for member, node in holder.fields.items():
            for target in key_targets(schema, node):
                add(holder, member, target, part=False)
    return tuple(links)
