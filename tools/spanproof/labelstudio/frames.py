"""What a push keeps of objects beside their regions (*frames*), read back: as a push writes it, or not at all."""

from collections.abc import Mapping
from typing import Any

from spanproof.schema.node import Place
from spanproof.schema.schema import Schema

Json = Mapping[str, Any]


def read_frames(kept: Any, schema: Schema) -> dict[Place, Json] | None:
    """Return the frames of a region by the places of their objects; None for what isn't as a push writes it.

    Args:
        kept: what the region's meta has of ours; empty for a region that somebody drew.
        schema: the schema of the documents.
    """
    frames = kept.get("frames", []) if isinstance(kept, Mapping) else None
    if not isinstance(frames, list) or not all(is_frame(frame) and _has_place(frame, schema) for frame in frames):
        return None
    return {tuple(frame["place"]): frame for frame in frames}


def _has_place(frame: Json, schema: Schema) -> bool:
    """Say whether a frame names the place of an object of the schema."""
    place = frame.get("place")
    if not isinstance(place, list) or not all(isinstance(step, str) for step in place):
        return False
    node = schema.nodes.get(tuple(place))
    return node is not None and node.kind == "object"


def is_frame(value: Any) -> bool:
    """Say whether a value is the frame of an object, with all that belongs to one in the shape that a push gives it."""
    if not isinstance(value, Mapping) or not isinstance(value.get("rest"), Mapping):
        return False
    raw, inner, at = value.get("raw", {}), value.get("inner", {}), value.get("at", 0)
    names = [value.get(member, []) for member in ("holes", "related")]
    return (
        type(at) is int
        and isinstance(raw, Mapping)
        and all(isinstance(items, list) and all(map(_is_numbered, items)) for items in raw.values())
        and isinstance(inner, Mapping)
        and all(map(is_frame, inner.values()))
        and all(isinstance(listed, list) and all(isinstance(name, str) for name in listed) for listed in names)
    )


def _is_numbered(item: Any) -> bool:
    """Say whether something is an item of a list after its index."""
    return isinstance(item, list) and len(item) == 2 and type(item[0]) is int


def is_keys(value: Any) -> bool:
    """Say whether a value is the list of keys that were pushed: places, each with the keys there."""
    return isinstance(value, list) and all(
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(part, list) for part in pair)
        and all(isinstance(step, str) for step in pair[0])
        for pair in value
    )
