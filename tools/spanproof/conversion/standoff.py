"""A document of any schema as a stand-off document: one text, spans, relations, and all else that it holds.

Nothing is left out. A span's label, offsets and surface are those of the stand-off record, its other members are
attributes. What is written within an annotation (the source of a quotation) and what names another one by its key (the
quote that it continues) is a relation. Members of the document that are no annotation, and items that can't be one,
such as spans without offsets, are metadata. :func:`spanproof.conversion.documents.document_of` is the way back.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from spanproof.conversion.annotations import (
    AnnotationItem,
    annotations,
    ends_of,
    fragments_of,
    none_of,
    unused,
    value_of,
)
from spanproof.conversion.kinds import LAYER, LINK, REFERENCE, Kind, kind_of, kinds, text_member
from spanproof.schema.node import Node
from spanproof.schema.paths import Path, value_at
from spanproof.schema.schema import Schema


def standoff_of(document: Any, schema: Schema, name: str = "") -> dict[str, Any]:
    """Return a document as a stand-off document.

    Args:
        document: the canonical document.
        schema: what the document is.
        name: what identifies the document, if its schema has no key.

    Raises:
        ValueError: the document holds no text, or the schema has spans of several texts.
    """
    return named_standoff_of(document, schema, name).record


class StandOff(NamedTuple):
    """A document as a stand-off document.

    Attributes:
        record: the stand-off document.
        made_up: those of its identifiers that the document doesn't have.
        unread: what can't be a span though it stands where some do, and is metadata: its kind and itself.
    """

    record: dict[str, Any]
    made_up: frozenset[str] = frozenset()
    unread: Sequence[tuple[Kind, Any]] = ()


def named_standoff_of(document: Any, schema: Schema, name: str = "") -> StandOff:
    """Return a document as :func:`standoff_of` does, with what is to be known of it beside."""
    member = text_member(schema)
    if not isinstance(document, Mapping) or not isinstance(document.get(member), str):
        raise ValueError(f"the document has no text at {member!r}")
    outer = annotations(document, schema)
    key = document.get(schema.key) if schema.key else None
    identified = isinstance(key, str) and key != ""
    taken = {(member,), *(one.path for one in outer)} | ({(str(schema.key),)} if identified else set())
    record: dict[str, Any] = {"id": key if identified else name, "text": document[member]}
    every = [one for top in outer for one in top.walk()]
    record["spans"] = [_span(one) for one in every if one.kind.form in ("span", "fragments")]
    record["relations"] = list(_relations(every, [kind for top in kinds(schema) for kind in top.walk()]))
    metadata = _metadata(document, taken, schema)
    if schema.key and not identified:
        metadata[schema.key] = key
    if metadata:
        record["metadata"] = metadata
    own = {one.id for one in every if one.key == one.id} | ({key} if identified else set())
    ids = {record["id"], *(one["id"] for one in (*record["spans"], *record["relations"]))}
    unread = [(kind, value_at(document, path)) for kind, path in none_of(document, schema, outer)]
    return StandOff(record, frozenset(ids - own), unread)


def _span(one: AnnotationItem) -> dict[str, Any]:
    """Return the record of a span, or of an annotation of fragments."""
    node = one.kind.node
    span: dict[str, Any] = {"id": one.id, "label": _label(one), "layer": one.kind.name}
    if one.kind.form == "span":
        span |= {"start": one.value["start"], "end": one.value["end"]}
    else:
        parts = [_extent(fragment) for fragment in fragments_of(node, one.value)]
        span |= {"start": min(part["start"] for part in parts), "end": max(part["end"] for part in parts)}
        span |= {"fragments": parts} if len(parts) > 1 else parts[0]
    if has_surface(node) and isinstance(one.value.get("text"), str):
        span["text"] = one.value["text"]
    if attributes := _attributes(one):
        span["attributes"] = attributes
    return span


def _extent(fragment: Mapping[str, Any]) -> dict[str, Any]:
    """Return the offsets of a fragment, and its words where it has them."""
    names = ("start", "end", "text") if isinstance(fragment.get("text"), str) else ("start", "end")
    return {name: fragment[name] for name in names}


def has_surface(node: Node) -> bool:
    """Say whether spans of a node store their words."""
    return bool(node.span_of) and "text" in node.fields


def _label(one: AnnotationItem) -> str:
    label = one.value.get(one.kind.node.label) if one.kind.node.label else None
    return label if isinstance(label, str) and label else one.kind.noun


def _attributes(one: AnnotationItem) -> dict[str, Any]:
    """Return the members of an annotation that the record doesn't have elsewhere."""
    left = _left(one)
    node, rest = one.kind.node, {**one.value, **left}
    for steps in {part.kind.steps for part in one.parts}:
        rest = _without(rest, steps)
    for member in one.targets:
        del rest[member]
    if one.kind.form == "span":
        del rest["start"], rest["end"]
    if node.annotation is not None and one.kind.form == "fragments":
        fragments = [
            {name: value for name, value in one.items() if name not in _extent(one)}
            for one in fragments_of(node, one.value)
        ]
        del rest[node.annotation.fragments]
        rest |= {node.annotation.fragments: fragments} if any(fragments) else {}
    if has_surface(node) and isinstance(rest.get("text"), str):
        del rest["text"]
    attributes = {
        name if name in left or not name.startswith("/") else json_pointer((name,)): value
        for name, value in rest.items()
        if not _is_gap(value, node.fields.get(name))
    }
    if node.label and attributes.pop(node.label, None) != _label(one):
        attributes[node.label] = rest.get(node.label)
    if one.kind.key and attributes.pop(one.kind.key, None) != one.id:
        attributes[one.kind.key] = rest.get(one.kind.key)
    return copy.deepcopy(attributes)


def _left(one: AnnotationItem) -> dict[str, Any]:
    """Return what is left of the lists of parts of an annotation, each item by its JSON Pointer from there."""
    taken = {part.path for part in one.parts}
    lists = {part.kind.steps for part in one.parts if part.kind.listed}
    return {
        json_pointer((*steps, k)): item
        for steps in lists
        for k, item in enumerate(value_of(one.value, steps))
        if (*one.path, *steps, k) not in taken
    }


def _is_gap(value: Any, node: Node | None) -> bool:
    """Say whether a member may as well be left out: null where that is the same."""
    return value is None and node is not None and (node.nullable or not node.required)


def _without(holder: Mapping[str, Any], steps: tuple[str, ...]) -> dict[str, Any]:
    """Return an object without what stands at some members within each other."""
    if len(steps) == 1:
        return {name: value for name, value in holder.items() if name != steps[0]}
    return {**holder, steps[0]: _without(holder[steps[0]], steps[1:])}


def _relations(every: list[AnnotationItem], known: list[Kind]) -> Iterator[dict[str, Any]]:
    """Yield the records of relations and groups, then those of links between annotations."""
    taken = {one.id for one in every}
    for one in every:
        if one.kind.form in ("group", "relation"):
            ends = ((end, target) for end in ends_of(one) for target in one.targets.get(end, ()))
            named = [*((part.kind.role, part.id) for part in one.parts), *ends]
            arguments = [{"role": role, "target": target} for role, target in named]
            record = {"id": one.id, "label": _label(one), "arguments": arguments}
            attributes = _attributes(one)
            if kind_of(record, known) is not one.kind or {role for role, _ in named} in ({*LINK}, {*REFERENCE}):
                attributes[LAYER] = one.kind.name
            yield record | ({"attributes": attributes} if attributes else {})
    for one in every:
        for part in one.parts if one.kind.form in ("span", "fragments") else ():
            yield _link(part.kind.noun, LINK, one.id, part.id, taken)
        for reference in one.kind.references:
            for target in one.targets.get(reference.member, ()):
                yield _link(reference.member, REFERENCE, one.id, target, taken)


def _link(label: str, roles: tuple[str, str], first: str, second: str, taken: set[str]) -> dict[str, Any]:
    arguments = [{"role": role, "target": target} for role, target in zip(roles, (first, second), strict=True)]
    return {"id": unused(f"{first}.{label}", taken), "label": label, "arguments": arguments}


def _metadata(document: Any, taken: set[Path], schema: Schema) -> dict[str, Any]:
    """Return the members of a document that aren't taken; what is left of a list is by its JSON Pointer."""
    left: dict[str, Any] = {}

    def rest(value: Any, path: Path) -> Any:
        inner = [one for one in taken if one[: len(path)] == path]
        if not inner:
            return copy.deepcopy(value)
        if isinstance(value, list):
            left.update(
                {json_pointer((*path, k)): copy.deepcopy(v) for k, v in enumerate(value) if (*path, k) not in taken}
            )
            return None
        members = {name: rest(v, (*path, name)) for name, v in value.items() if (*path, name) not in taken}
        lists = {name for name in members if isinstance(value[name], list) and members[name] is None}
        return {name: v for name, v in members.items() if name not in lists}

    members = rest(document, ())
    gaps = [name for name, value in members.items() if _is_gap(value, schema.root.fields.get(name))]
    plain = {name: value for name, value in members.items() if name not in gaps}
    return {json_pointer((name,)) if name.startswith("/") else name: value for name, value in plain.items()} | left


def json_pointer(path: Path) -> str:
    """Return a path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
