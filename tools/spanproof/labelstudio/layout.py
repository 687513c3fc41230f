"""How a schema is laid out in Label Studio: its labels, controls and relations, and what each stands for.

Every span of the schema is a region. An object with spans below it but none of its own (a discontinuous mention) rides
on its first region, its head. Objects that hold spans are *holders*; the document is the outermost.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from spanproof.schema.layers import holds_spans
from spanproof.schema.node import Node, Place, SchemaError
from spanproof.schema.schema import Schema

SPAN_MEMBERS = ("start", "end", "text", "prefix", "suffix")


@dataclass(frozen=True)
class Label:
    """A label as annotators see it: the span's place in the schema, and the value of its label member there."""

    value: str
    place: Place
    raw: Any
    hint: str


@dataclass(frozen=True)
class Control:
    """A control for one member of a holder: shown on regions with these labels; ``choices`` from shown to meant."""

    name: str
    kind: Literal["choices", "textarea"]
    place: Place
    member: str
    labels: tuple[str, ...]
    choices: Mapping[str, Any]
    hint: str

    def show(self, value: Any) -> str | None:
        """The value as the control shows it; None for what it can't show."""
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
    """A relation: from the head of a holder to that of a part of it, or to what a member refers to.

    ``sources`` and ``targets`` are the places of spans that may be its ends; ``place`` is that of the part, or of the
    items referred to.
    """

    name: str
    holder: Place
    member: str
    place: Place
    part: bool
    sources: frozenset[Place]
    targets: frozenset[Place]
    hint: str


@dataclass(frozen=True)
class Layout:
    """The layout of a schema: the member that is the text, its labels, controls and relations, by the order there."""

    schema: Schema
    text: str
    labels: tuple[Label, ...]
    controls: tuple[Control, ...]
    links: tuple[Link, ...]

    @classmethod
    def of(cls, schema: Schema) -> "Layout":
        """Lays out a schema.

        Raises:
            SchemaError: it has spans of no text or of several.
        """
        texts = sorted({str(span.get("spanOf")) for span in schema.spans})
        if len(texts) != 1:
            raise SchemaError(f"spans of {', '.join(texts) or 'no text'}: a task of Label Studio shows one text")
        labels = _labels(schema)
        return cls(schema, texts[0], labels, _controls(schema, labels), _links(schema))

    def parts(self, place: Place) -> tuple[Link, ...]:
        """The parts of a holder that hold spans."""
        return tuple(link for link in self.links if link.part and link.holder == place)

    def references(self, place: Place) -> tuple[Link, ...]:
        """What members of a holder refer to."""
        return tuple(link for link in self.links if not link.part and link.holder == place)

    def controls_of(self, place: Place) -> tuple[Control, ...]:
        """The controls for members of a holder."""
        return tuple(control for control in self.controls if control.place == place)

    def label_of(self, node: Node, value: Mapping[str, Any]) -> Label | None:
        """The label of a span; None where its label member has a value that the schema doesn't list."""
        raw = value.get(labelled) if (labelled := _label_member(node)) else None
        return next((x for x in self.labels if x.place == node.place and _same(x.raw, raw)), None)

    def link(self, name: str, source: Place, target: Place) -> Link | None:
        """The relation of this name between regions of these places."""
        fitting = (x for x in self.links if x.name == name and source in x.sources and target in x.targets)
        return next(fitting, None)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _label_member(node: Node) -> str | None:
    """The member that becomes the region's label: one with an enum; a free one is a text like others."""
    member: str | None = node.get("labelledBy")
    return member if member and node.fields[member].get("enum") else None


def label_member(node: Node) -> str | None:
    """The member of a span that its region's label stands for, None where the label stands for the kind alone."""
    return _label_member(node)


def holders(schema: Schema) -> tuple[Node, ...]:
    """The objects that hold spans, the document first."""
    return tuple(node for node in schema.nodes.values() if node.kind == "object" and holds_spans(schema, node))


def parts(schema: Schema, node: Node) -> dict[str, Node]:
    """The members of a holder that are holders or lists of holders, by name."""
    below = {name: sub.items or sub for name, sub in node.fields.items() if holds_spans(schema, sub)}
    return {name: sub for name, sub in below.items() if sub.kind == "object"}


def heads(schema: Schema, node: Node) -> frozenset[Place]:
    """The places of the spans that may be the head of a holder."""
    if node.get("spanOf"):
        return frozenset({node.place})
    return frozenset(place for sub in parts(schema, node).values() for place in heads(schema, sub))


def is_open(node: Node) -> bool:
    """Whether a holder is no annotation but the document, or an object of it that groups layers."""
    return "*" not in node.place and not node.get("spanOf")


def named(place: Place) -> str:
    """A place without its stars, dotted."""
    return ".".join(step for step in place if step != "*")


def slug(name: str) -> str:
    """A name of ASCII letters, digits and underscores."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def _unused(name: str, used: Iterable[str]) -> str:
    taken = set(used)
    names = (name, *(f"{name}_{k}" for k in range(2, len(taken) + 3)))
    return next(each for each in names if each not in taken)


def _title(node: Node) -> str:
    return node.place[-1] if node.place[-1] != "*" else node.place[-2]


def _labels(schema: Schema) -> tuple[Label, ...]:
    """A label for each value of each label member; one for the kind where a span has none or may lack it."""
    wanted: list[tuple[str, Place, Any, str]] = []
    for node in schema.spans:
        member = _label_member(node)
        owner = schema.nodes[node.place[:-1]] if node.place[-1] == "*" else node
        about = str(node.get("description") or owner.get("description") or "")
        leaf = node.fields[member] if member else None
        said = str(leaf.get("description", "")) if leaf else ""
        listed = [raw for raw in leaf.get("enum") if raw is not None] if leaf else []
        wanted += [(str(raw), node.place, raw, _clause(said, raw)) for raw in listed]
        if leaf is None or leaf.nullable or not leaf.required:
            wanted.append((_title(node) if leaf is None else f"{_title(node)} (none)", node.place, None, about))
    values = [_plain(value) for value, *_ in wanted]
    made: list[Label] = []
    for value, (_, place, raw, hint) in zip(values, wanted, strict=True):
        own = value if values.count(value) == 1 else f"{named(place)}: {value}"
        made.append(Label(_unused(own, (label.value for label in made)), place, raw, hint))
    return tuple(made)


def _plain(value: str) -> str:
    # Label Studio parts the labels of whenLabelValue at commas.
    return " ".join(value.replace(",", " ").split()) or "(empty)"


def _clause(description: str, raw: Any) -> str:
    """What a description says of one value, ``value: what it is; next: ...``; all of it where it says nothing apart."""
    clauses = (part.strip() for part in description.split(";"))
    return next((part for part in clauses if part.startswith(f"{raw}:")), description)


def _controls(schema: Schema, labels: tuple[Label, ...]) -> tuple[Control, ...]:
    made: list[Control] = []
    for holder in holders(schema):
        if is_open(holder):
            continue
        kinds = heads(schema, holder)
        shown_on = tuple(label.value for label in labels if label.place in kinds)
        for name, node in holder.fields.items():
            choices = _choices(schema, node)
            skipped = name in (schema.key_of(holder), _label_member(holder)) or node.get("hashOf")
            if skipped or node.kind in ("object", "array") or (holder.get("spanOf") and name in SPAN_MEMBERS):
                continue
            if choices is None and node.get("refersTo") and _key_targets(schema, node) and not _free(schema, node):
                continue
            own = _unused(slug(f"{named(holder.place)}_{name}"), ("text", "span", *(each.name for each in made)))
            kind: Literal["choices", "textarea"] = "textarea" if choices is None else "choices"
            made.append(Control(own, kind, holder.place, name, shown_on, choices or {}, _about(name, node)))
    return tuple(made)


def _about(name: str, node: Node) -> str:
    description = str(node.get("description", ""))
    return f"{name}: {description}" if description else name


def _choices(schema: Schema, node: Node) -> dict[str, Any] | None:
    """The values of a member that has few, by how they are shown; of a reference the members that it may name."""
    values: list[Any] | None = None
    if node.kind == "boolean":
        values = [True, False]
    elif node.get("enum"):
        values = [value for value in node.get("enum") if value is not None]
    elif _key_targets(schema, node) and not _free(schema, node):
        values = [to[1:] for to in node.get("refersTo", ()) if to.count("/") == 1 and to.startswith("/")] or None
    if values is None:
        return None
    shown = [value if isinstance(value, str) else json.dumps(value) for value in values]
    pairs = zip(shown, values, strict=True)
    return {name: value for name, value in pairs if name == " ".join(name.split()) and name and shown.count(name) == 1}


def _free(schema: Schema, node: Node) -> bool:
    """Whether a reference may also name what is no annotation: an entry of a registry, a value of another member."""
    names = [to for to in node.get("refersTo", ()) if not (to.startswith("/") and to.count("/") == 1)]
    return len(names) > len(_key_targets(schema, node))


def _key_targets(schema: Schema, node: Node) -> tuple[Node, ...]:
    """The items, with regions, whose keys a member may name."""
    places = [tuple(to[1:].split("/")) for to in node.get("refersTo", ()) if to.startswith("/")]
    items = [(schema.nodes[place[:-1]], place[-1]) for place in places if len(place) > 1]
    return tuple(item for item, key in items if schema.key_of(item) == key and holds_spans(schema, item))


def _links(schema: Schema) -> tuple[Link, ...]:
    made: list[Link] = []

    def add(holder: Node, member: str, target: Node, part: bool, hint: str) -> None:
        sources, targets = heads(schema, holder), heads(schema, target)
        clash = any(x.name == member and x.sources & sources and x.targets & targets for x in made)
        name = f"{named(holder.place)}.{member}" if clash else member
        made.append(Link(name, holder.place, member, target.place, part, sources, targets, hint))

    for holder in holders(schema):
        if is_open(holder):
            continue
        for member, node in parts(schema, holder).items():
            add(holder, member, node, True, str(holder.fields[member].get("description", "")))
        for member, node in holder.fields.items():
            for target in _key_targets(schema, node):
                add(holder, member, target, False, str(node.get("description", "")))
    return tuple(made)
