"""Objects that stand where spans do and are none: ``having`` of ``spanOf`` says by which members a span is known."""

from collections.abc import Mapping
from typing import Any

from spanproof.schema.lens import ObjectShape, Shape
from spanproof.schema.node import Json, Place, SchemaError, pointer


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


def judged_where_spans(schema: Any) -> Any:
    """Return a JSON Schema that asks of what is no span nothing that it asks of spans."""
    if isinstance(schema, list):
        return [judged_where_spans(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    inner = {name: judged_where_spans(value) for name, value in schema.items()}
    binding = schema.get("spanOf")
    named = binding.get("having") if isinstance(binding, Mapping) else None
    if not isinstance(named, list) or not isinstance(schema.get("properties"), Mapping):
        return inner
    names = (*_offsets(schema["spanOf"], schema["properties"]), *named)
    some = [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in names]
    return {"if": {"anyOf": some}, "then": inner}
