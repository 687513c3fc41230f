"""Objects that stand where spans do and are none: ``having`` of ``spanOf`` says by which members a span is known."""

from collections.abc import Mapping
from typing import Any

from spanproof.schema.compiling import each_of, resolved
from spanproof.schema.lens import ObjectShape, Shape
from spanproof.schema.node import Json, Place, SchemaError, pointer
from spanproof.schema.written import POINTERS, marked, parts, stand_off_in, unmarked


def having(span: Json, place: Place, shape: Shape) -> tuple[str, ...]:
    """Return the written members of which a span has one at least; none where every object there is a span.

    Args:
        span: its written schema, references resolved.
        place: its canonical place.
        shape: its shape.

    Raises:
        SchemaError: it isn't the member of an object, or names what isn't a member.
    """
    binding, members = span.get("spanOf"), span.get("properties", {})
    named = binding.get("having") if isinstance(binding, Mapping) else None
    if not isinstance(named, list) or not isinstance(binding, Mapping):
        return ()
    if not place or place[-1] == "*" or not isinstance(shape, ObjectShape) or shape.positional:
        expected = "expected it on an object that is a member of another"
        raise SchemaError(f"{pointer(place)}: spanOf has having on what isn't a member; {expected}")
    if unknown := [name for name in named if name not in members]:
        expected = f"expected one of {', '.join(members)}"
        raise SchemaError(f"{pointer(place)}: spanOf has having, which names {unknown[0]!r}; {expected}")
    return (*_offsets(binding, members), *named)


def _offsets(binding: Json, members: Json) -> list[str]:
    """Return the members that hold offsets."""
    names = [binding.get(role, role) for role in ("start", "end", "length")]
    return [name for name in (*names, binding.get("offsets")) if name in members]


def judged_where_spans(schema: Json) -> Json:
    """Return a JSON Schema that asks of what is no span nothing that it asks of spans.

    What is asked of spans may be said by several parts, with ``$ref`` and ``allOf``: they are judged as one.
    """
    whole = marked(schema)
    if not any(keyword == "spanOf" for _, keyword in stand_off_in(whole, whole)):
        return schema
    eased: Json = unmarked(_judged(whole, whole))
    return eased


def _judged(schema: Any, whole: Json, within: frozenset[str] = frozenset()) -> Any:
    """Return a part of a marked schema that asks nothing of what is no span.

    Args:
        schema: the part.
        whole: the whole file, marked.
        within: the pointers of the spans that it is part of.
    """
    if not isinstance(schema, Mapping):
        return schema
    if not schema.keys() & {"spanOf", "$ref", "allOf", "anyOf", "oneOf"}:
        return _inner_judged(schema, whole, within)
    try:
        merged, _ = resolved(schema, whole)
    except SchemaError:  # no node was made of it, so there are no spans: a definition that nothing refers to, a `not`
        return _inner_judged(schema, whole, within)
    binding, members = merged.get("spanOf"), merged.get("properties")
    named = binding.get("having") if isinstance(binding, Mapping) else None
    if not isinstance(binding, Mapping) or not isinstance(named, list) or not isinstance(members, Mapping):
        return _inner_judged(schema, whole, within)
    if within & {*merged[POINTERS]}:  # it refers to what it is part of, and no node was made of it
        return _inner_judged(schema, whole, within)
    within |= {*merged[POINTERS]}
    names = (*_offsets(binding, members), *named)
    some = [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in names]
    inner = {**merged, "properties": {name: _judged(sub, whole, within) for name, sub in members.items()}}
    return {"if": {"anyOf": some}, "then": inner}


def _inner_judged(schema: Json, whole: Json, within: frozenset[str]) -> Json:
    """Return a marked schema whose parts ask nothing of what is no span."""
    eased = dict(schema)
    for keyword in {way[0] for way, _ in parts(schema)}:
        eased[keyword] = each_of(schema[keyword], lambda sub: _judged(sub, whole, within))
    return eased
