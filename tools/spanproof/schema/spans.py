"""How the offsets of a span are written: its members bound by ``spanOf``, made into start, end and surface."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from spanproof.schema.compiling import resolved
from spanproof.schema.lens import ColumnsShape, Counting, ListShape, ObjectShape, Shape, StringShape
from spanproof.schema.node import Json, Place, SchemaError, pointer
from spanproof.schema.texts import TextSources

_ROLES = {"start": "start", "end": "end", "length": "length", "surface": "text", "prefix": "prefix", "suffix": "suffix"}
_REPLACED = {
    *("type", "properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems"),
    *("spanOf", "labelledBy", "enum", "pattern"),
}
"""The keywords of a written span that its canonical schema has others for."""
_INTEGER: Json = {"type": "integer"}
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Bound:
    """A part of a schema bound: its canonical schema, its shape, how its offsets count (None where it is no span)."""

    schema: Json
    shape: Shape
    counting: Counting | None


def notation_fields(notation: str, place: Place) -> list[str]:
    """Return what a notation such as ``"{start} {end}"`` holds, in its order.

    Raises:
        SchemaError: it lacks the start, or both the end and the length, or holds something else.
    """
    fields = _FIELD.findall(notation)
    if sorted(fields) not in (["end", "start"], ["length", "start"]):
        raise SchemaError(
            f"{pointer(place)}: spanOf has the notation {notation!r}; expected {{start}} and {{end}} or {{length}}"
        )
    return fields


def bound_string(merged: Json, place: Place, texts: TextSources) -> Bound:
    """Return a string of offsets bound (``"12,15"``): a span, or a list of spans."""
    binding = merged["spanOf"]
    shape, extents = _notated(binding, place)
    several = bool(binding.get("separator"))
    counting = _counting(binding, (*place, "*") if several else place, extents, texts, place)
    span = _span_schema(counting.text, {"start": _INTEGER, "end": _INTEGER})
    kept = {name: value for name, value in merged.items() if name not in _REPLACED}
    return Bound({**kept, **({"type": "array", "items": span} if several else span)}, shape, counting)


def bound_span(merged: Json, place: Place, texts: TextSources, *, positional: bool) -> Bound:
    """Return an object or an array with ``spanOf`` bound; an array without it becomes an object all the same.

    Args:
        merged: its written schema, references resolved.
        place: its canonical place in the document.
        texts: the texts of the document.
        positional: whether it is an array.

    Raises:
        SchemaError: ``spanOf`` names what isn't there.
    """
    binding = merged.get("spanOf")
    bound: Json = binding if isinstance(binding, Mapping) else {}
    if not positional and _are_columns(bound, merged, texts):
        return _with_columns(merged, place, texts)
    members = _written_members(merged, bound, positional=positional)
    several = _several(bound, members, texts, place)
    names = _names(bound, members, merged, place, several=several)
    own = ObjectShape(MappingProxyType(names), reserved=_made(bound, members, several))
    properties = {own.canonical(name): sub for name, sub in members.items()}
    required = [own.canonical(name) for name in _required(merged, members, positional=positional)]
    kept = {name: value for name, value in merged.items() if name not in _REPLACED}
    schema: dict[str, Any] = {**kept, "type": "object", "properties": properties, "required": required}
    if merged.get("additionalProperties") is False or (positional and merged.get("items") is False):
        schema["additionalProperties"] = False
    if "labelledBy" in merged:
        schema["labelledBy"] = own.canonical(str(merged["labelledBy"]))
    exact = positional and "prefixItems" not in merged
    shape = replace(own, positional=positional, length=len(required) if positional else 0, exact=exact)
    if isinstance(binding, str):
        schema["spanOf"] = binding
    if not bound:
        return Bound(schema, shape, None)
    if "offsets" in bound:
        return _with_offsets(schema, shape, bound, place, texts, several=several)
    extent = _extent(bound, properties, place)
    counting = _counting(bound, place, extent, texts, place)
    counting = replace(counting, item=own.canonical(counting.item)) if counting.item else counting
    for name in {"start", extent} & {"start", "end", "length"} & properties.keys():
        properties[name] = _offset(properties[name], texts.whole, place)
    if extent != "end":
        properties["end"] = _INTEGER
    if extent == "length":
        properties.pop("length")
    demanded = ["end"] if extent in required else []
    schema["required"] = list(dict.fromkeys([*demanded, *(name for name in required if name != "length")]))
    schema["spanOf"] = counting.text
    return Bound(schema, shape, counting)


def _are_columns(bound: Json, merged: Json, texts: TextSources) -> bool:
    """Say whether spans are written as columns: the member with their starts is a list of numbers."""
    starts = merged.get("properties", {}).get(bound.get("start", "start")) if bound else None
    return isinstance(starts, Mapping) and resolved(starts, texts.whole)[0].get("type") == "array"


def _with_columns(merged: Json, place: Place, texts: TextSources) -> Bound:
    """Return an object of lists bound, one list a member of the spans: canonically a list of spans.

    Raises:
        SchemaError: a member is no list.
    """
    columns = {name: resolved(sub, texts.whole)[0] for name, sub in merged["properties"].items()}
    for name, column in columns.items():
        if column.get("type") != "array" or not isinstance(column.get("items"), Mapping):
            raise SchemaError(f"{pointer(place)}: spanOf binds columns, and {name!r} isn't a list; expected lists")
    of_span = ("spanOf", "labelledBy", "required", "additionalProperties")
    span = {name: value for name, value in merged.items() if name in of_span}
    if isinstance(text := span["spanOf"].get("text"), str):  # a row lies one level deeper than the columns
        span["spanOf"] = {**span["spanOf"], "text": re.sub(r"^\d+(?=/)", lambda up: str(int(up[0]) + 1), text)}
    rows = {**span, "type": "object", "properties": {name: column["items"] for name, column in columns.items()}}
    bound = bound_span(rows, (*place, "*"), texts, positional=False)
    assert isinstance(bound.shape, ObjectShape)
    kept = {name: value for name, value in merged.items() if name not in (*_REPLACED, *of_span)}
    return Bound({**kept, "type": "array", "items": bound.schema}, ColumnsShape(bound.shape), bound.counting)


def _written_members(merged: Json, bound: Json, *, positional: bool) -> dict[str, Any]:
    """Return the schemas of the members, those of an array by their positions."""
    if not positional:
        return dict(merged.get("properties", {}))
    if "prefixItems" in merged:
        return {str(k): sub for k, sub in enumerate(merged["prefixItems"])}
    positions = [bound[role] for role in _ROLES if isinstance(bound.get(role), int)]
    return {str(k): merged.get("items", _INTEGER) for k in range(max(positions, default=-1) + 1)}


def _required(merged: Json, members: Mapping[str, Any], *, positional: bool) -> list[str]:
    if not positional:
        return list(merged.get("required", ()))
    least = merged.get("minItems", len(members))
    return [name for name in members if int(name) < least]


def _several(bound: Json, members: Mapping[str, Any], texts: TextSources, place: Place) -> bool:
    """Say whether the offsets in one member are those of several fragments.

    Raises:
        SchemaError: it isn't there, or holds no offsets.
    """
    if "offsets" not in bound:
        return False
    member = str(bound["offsets"])
    if member not in members:
        raise SchemaError(f"{pointer(place)}: spanOf names {member!r} as its offsets, which isn't a member there")
    written: Any = resolved(members[member], texts.whole)[0]
    kinds: list[Any] = []
    while isinstance(written, Mapping) and len(kinds) < 3:
        kind = written.get("type")
        kinds.append(kind if isinstance(kind, str) else next((k for k in kind or () if k != "null"), None))
        inner = written.get("items") or next(iter(written.get("prefixItems", ())), None)
        written = resolved(inner, texts.whole)[0] if isinstance(inner, Mapping) else None
    if kinds == ["string"]:
        return bool(bound.get("separator"))
    if kinds not in (["array", "integer"], ["array", "array", "integer"]):
        expected = "expected a string, an array of two integers, or an array of such arrays"
        raise SchemaError(f"{pointer(place)}: spanOf names {member!r} as its offsets; {expected}")
    return len(kinds) == 3


def _made(bound: Json, members: Mapping[str, Any], several: bool) -> tuple[str, ...]:
    """Return the canonical members of a span that are made of others, or whose namesake is: it is no surface."""
    if "offsets" in bound:
        return () if several else ("start", "end")
    has_end = "end" in bound or ("end" in members and "length" not in bound)
    namesake = members.get("text") if "surface" not in bound else None
    derived = ("text",) if isinstance(namesake, Mapping) and "derived" in namesake else ()
    return (*(() if has_end else ("end",)), *derived) if bound else ()


def _names(bound: Json, members: Mapping[str, Any], merged: Json, place: Place, *, several: bool) -> dict[str, str]:
    """Return the canonical names of members that have others."""
    roles = {role: str(bound[role]) for role in (*_ROLES, "item") if role in bound}
    if several:
        roles.pop("surface", None)
    elif bound and "offsets" not in bound and "start" not in roles:
        roles["start"] = "start"
    for role, name in roles.items():
        if name not in members:
            beside = " (words in a list beside the spans can't be: put each into its span)" if role == "surface" else ""
            right = f"isn't a member there; expected one of {', '.join(members)}{beside}"
            raise SchemaError(f"{pointer(place)}: spanOf names {name!r} as its {role}, which {right}")
    names = {name: _ROLES[role] for role, name in roles.items() if name != _ROLES.get(role, name)}
    if isinstance(label := merged.get("labelledBy"), int) and str(label) in members:
        names[str(label)] = "label"
    return names


def _extent(bound: Json, properties: Mapping[str, Any], place: Place) -> Any:
    """Return the canonical member that says where a span ends."""
    if "length" in bound:
        return "length"
    if "end" in bound or "end" in properties:
        return "end"
    if "surface" in bound:
        return "text"
    raise SchemaError(f"{pointer(place)}: spanOf names no end; expected one of end, length, surface")


def _offset(schema: Any, whole: Json, place: Place) -> Json:
    """Return the canonical schema of an offset: an integer, with null where the written one allows it."""
    merged, nullable = resolved(schema, whole)
    kinds = merged.get("type", ())
    if not {"integer", "number"} & ({kinds} if isinstance(kinds, str) else {*kinds}):
        expected = "expected an integer (a notation reads a string)"
        raise SchemaError(f"{pointer(place)}: spanOf names an offset of type {kinds}; {expected}")
    null = nullable or (not isinstance(kinds, str) and "null" in kinds)
    described = {"description": merged["description"]} if "description" in merged else {}
    return {"type": ["integer", "null"] if null else "integer", **described}


def _counting(binding: Json, place: Place, extent: Any, texts: TextSources, stated: Place) -> Counting:
    """Return how the spans at a place count, from the ``spanOf`` that is stated at a place."""
    units = {"base": binding.get("base", 0), "inclusive": binding.get("inclusive", False), "extent": extent}
    units |= {"within": texts.within(binding, stated), "line_breaks": binding.get("lineBreaks", "")}
    if "tokens" in binding:
        text, tokens = texts.tokens(binding, stated)
        return Counting(place, text, "token", tokens=tokens, **units)
    text = texts.member(binding, stated)
    if "item" in binding or units["within"]:
        (items,) = next(joined.pieces for joined in texts.joined.values() if joined.member == text)
        units |= {"item": str(binding.get("item", "")), "items": items}
    return Counting(place, text, binding.get("unit", "code point"), **units)


def _span_schema(text: str, properties: Json) -> dict[str, Any]:
    return {"type": "object", "spanOf": text, "required": ["start", "end"], "properties": dict(properties)}


def _notated(binding: Json, place: Place) -> tuple[StringShape, str]:
    """Return the shape of offsets in a string, and the member that says where a span ends."""
    notation = binding.get("notation", "{start} {end}")
    extent = "length" if "length" in notation_fields(notation, place) else "end"
    return StringShape(notation, binding.get("separator", "")), extent


def _with_offsets(
    schema: dict[str, Any], shape: ObjectShape, bound: Json, place: Place, texts: TextSources, *, several: bool
) -> Bound:
    """Return an object bound whose offsets are in one member: ``[0, 5]``, ``[[0, 5], [9, 12]]``, ``"0 5;9 12"``."""
    member = shape.canonical(str(bound["offsets"]))
    pair = ObjectShape(MappingProxyType({"0": "start", "1": "end"}), positional=True, length=2, exact=True)
    inner: Shape = ListShape(pair) if several else pair
    extent = "end"
    if resolved(schema["properties"][member], texts.whole)[0].get("type") == "string":
        inner, extent = _notated(bound, place)
    counting = _counting(bound, (*place, member, "*") if several else place, extent, texts, place)
    if several:
        return _with_fragments(schema, (member, bound.get("surface")), inner, counting, texts)
    others = {name: sub for name, sub in schema["properties"].items() if name != member}
    demanded = ["start", "end"] if member in schema["required"] else []
    required = [*demanded, *(name for name in schema["required"] if name != member)]
    lifted = replace(shape, shapes=MappingProxyType({member: inner}), lifted=member)
    span = {"properties": {"start": _INTEGER, "end": _INTEGER, **others}, "required": required}
    return Bound({**schema, **span, "spanOf": counting.text}, lifted, counting)


def _with_fragments(
    schema: dict[str, Any], members: tuple[str, str | None], inner: Shape, counting: Counting, texts: TextSources
) -> Bound:
    """Return an object bound that has several fragments; a list of their surfaces goes into them."""
    member, surface = members
    properties = dict(schema["properties"])
    span = _span_schema(counting.text, {"start": _INTEGER, "end": _INTEGER})
    zipped: tuple[str, str] | tuple[()] = ()
    if surface is not None:
        if surface not in properties:
            raise SchemaError(f"{pointer(counting.place)}: spanOf names {surface!r} as its surface, which is missing")
        listed, _ = resolved(properties[surface], texts.whole)
        if listed.get("type") == "array":
            properties.pop(surface)
            span["properties"]["text"] = listed.get("items", {"type": "string"})
            zipped = (member, surface)
    properties[member] = {"type": "array", "items": span}
    words = {"text": surface} if surface is not None and not zipped else {}
    schema = {"annotationOf": {"fragments": member, **words}, **schema}
    schema |= {"properties": properties, "required": [name for name in schema["required"] if name in properties]}
    return Bound(schema, ObjectShape(shapes=MappingProxyType({member: inner}), zipped=zipped), counting)
