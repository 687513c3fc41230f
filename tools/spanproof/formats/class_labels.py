"""Labels as ids, as Hugging Face stores them: the ClassLabels that a schema's metadata declares, there and back."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import integers, to_arrow
from spanproof.parsing.json import parse

Features = Mapping[str, Any]
"""Features as the metadata has them: ``{"_type": "List", "feature": ...}``, a plain mapping for a struct."""


def features_of(schema: pa.Schema) -> Features:
    """Return the features that a schema's metadata declares, by column; none where there is no such metadata."""
    try:
        features = parse((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, TypeError, ValueError):
        return {}
    return features if isinstance(features, dict) else {}


def holds_ids(schema: pa.Schema) -> bool:
    """Say whether the columns of a schema hold ids of ClassLabels."""
    features = features_of(schema)
    return any(_has_ids(field.type, features.get(field.name)) for field in schema)


def class_names(feature: Any) -> list[str] | None:
    """Return the names of a ClassLabel; None for any other feature."""
    labels = isinstance(feature, Mapping) and feature.get("_type") == "ClassLabel"
    return list(feature["names"]) if labels else None


def below(feature: Any, member: str | None = None) -> Any:
    """Return the feature of a struct's member; without a member that of a list's items."""
    if not isinstance(feature, Mapping):
        return None
    return feature.get(member) if member is not None else feature.get("feature")


def decoded(array: pa.Array, feature: Any) -> pa.Array:
    """Return an array with names in place of the ids of its ClassLabels; an id that has none becomes its digits."""
    if not _has_ids(array.type, feature):
        return array
    names = class_names(feature)
    if names is not None and pa.types.is_integer(array.type):
        known = pc.and_(pc.greater_equal(array, 0), pc.less(array, len(names)))
        named = pa.array(names, pa.string()).take(pc.if_else(known, array, None))
        return pc.if_else(known, named, array.cast(pa.string()))
    if pa.types.is_list(array.type):
        values = decoded(array.flatten(), below(feature))
        return pa.ListArray.from_arrays(_offsets(array), values, mask=_mask(array))
    if pa.types.is_struct(array.type):
        members = zip(array.type, array.flatten(), strict=True)
        arrays = [decoded(member, below(feature, f.name)) for f, member in members]
        return pa.StructArray.from_arrays(arrays, [f.name for f in array.type], mask=_mask(array))
    return array


def _has_ids(kind: pa.DataType, feature: Any) -> bool:
    """Say whether there are ids of a ClassLabel somewhere in an array."""
    if pa.types.is_list(kind):
        return _has_ids(kind.value_type, below(feature))
    if pa.types.is_struct(kind):
        return any(_has_ids(member.type, below(feature, member.name)) for member in kind)
    return pa.types.is_integer(kind) and class_names(feature) is not None


def encoded(array: pa.Array, feature: Any, kind: pa.DataType) -> pa.Array:
    """Return an array as a type with ids: members that the type lacks are left out, names become ids.

    Raises:
        ValueError: a name that isn't among the ClassLabel's.
    """
    names = class_names(feature)
    if names is not None and pa.types.is_string(array.type):
        ids = pc.index_in(array, pa.array(names, pa.string()))
        if ids.null_count > array.null_count:
            unknown = array.filter(pc.and_(ids.is_null(), array.is_valid()))[0].as_py()
            raise ValueError(f"{unknown!r} isn't one of the labels {', '.join(names)}")
        return ids.cast(kind)
    if pa.types.is_list(kind):
        values = encoded(array.flatten(), below(feature), kind.value_type)
        return pa.ListArray.from_arrays(_offsets(array), values, type=kind, mask=_mask(array))
    if pa.types.is_struct(kind):
        members = dict(zip((f.name for f in array.type), array.flatten(), strict=True))
        arrays = [encoded(members[f.name], below(feature, f.name), f.type) for f in kind]
        return pa.StructArray.from_arrays(arrays, fields=list(kind), mask=_mask(array))
    return array.cast(kind)


def label_ids(array: pa.Array, feature: Any, place: str) -> Iterator[tuple[str, pa.Array, int]]:
    """Yield the ids of every ClassLabel within a column.

    Args:
        array: the column.
        feature: its feature, as the metadata has it.
        place: the name of the column.

    Yields:
        Where the ids are (``entities[].label``), the ids, and the greatest that has a name.
    """
    names = class_names(feature)
    if names is not None and pa.types.is_integer(array.type):
        yield place, array, len(names) - 1
    elif pa.types.is_list(array.type):
        yield from label_ids(array.flatten(), below(feature), f"{place}[]")
    elif pa.types.is_struct(array.type):
        for f, member in zip(array.type, array.flatten(), strict=True):
            yield from label_ids(member, below(feature, f.name), f"{place}.{f.name}")


def first_difference(place: str, declared: Any, stored: Any) -> str:
    """Say what differs first between the features that a card declares and those of a file, as deep as both go.

    Args:
        place: where the two stand, ``entities.label``.
        declared: the feature that the YAML of the card has; None for none.
        stored: the feature that the file has.
    """
    if isinstance(declared, Mapping) and isinstance(stored, Mapping):
        names = dict.fromkeys((*declared, *stored))
        name = next((name for name in names if declared.get(name) != stored.get(name)), None)
        if name is None:
            return f"{place}: the YAML has the columns in another order than the file"
        return first_difference(f"{place}.{name}", declared.get(name), stored.get(name))
    inner = [getattr(feature, "feature", None) for feature in (declared, stored)]
    if all(inner):
        return first_difference(f"{place}[]", *inner)
    words = ["nothing" if feature is None else feature for feature in (declared, stored)]
    return f"{place}: the YAML says {words[0]}, the file holds {words[1]}"


def _offsets(array: pa.ListArray) -> pa.Array:
    lengths, _ = integers(pc.list_value_length(array))
    return to_arrow(np.append(0, np.cumsum(lengths)).astype(np.int32))


def _mask(array: pa.Array) -> pa.Array | None:
    return array.is_null() if array.null_count else None
