"""Where a canonical value is written, in a document of another shape."""

from collections.abc import Mapping
from typing import Any

from spanproof.corpus.shapes import members_of
from spanproof.schema.lens import NUMBER, ColumnsShape, DictionaryShape, Lens, ListShape, ObjectShape, Shape
from spanproof.schema.paths import Path


def renames(lens: Lens) -> bool:
    """Say whether a record is one document with other names for members, or with arrays for objects, and no more."""
    others = lens.documents or lens.key or lens.texts or lens.counted or lens.tagged or lens.numbered
    return not others and _renames(lens.shape)


def _renames(shape: Shape | None) -> bool:
    if isinstance(shape, ListShape):
        return not shape.numbered and _renames(shape.items)
    if isinstance(shape, ObjectShape):
        more = shape.lifted or shape.zipped or shape.having or (shape.positional and shape.shapes)
        return not more and all(map(_renames, shape.shapes.values()))
    return shape is None


def written_path(shape: Shape | None, path: Path, value: Any) -> Path:
    """Return the path at which a canonical value is written, as far as it goes.

    Args:
        shape: the shape of the value in which the path begins.
        path: a canonical path.
        value: that value as it is written.
    """
    if shape is None or not path:
        return path
    step, rest = path[0], path[1:]
    match shape:
        case ObjectShape():
            return _object_path(shape, str(step), rest, members_of(shape, value))
        case ListShape(_, True) if isinstance(step, int) and rest == (NUMBER,):
            return (step,)
        case ListShape(items) if isinstance(step, int):
            item = value[step] if isinstance(value, list) and step < len(value) else None
            return (step, *written_path(items, rest, item))
        case ColumnsShape(items) if isinstance(step, int):
            row = {name: column[step] for name, column in members_of(items, value).items() if _has(column, step)}
            inner = written_path(items, rest or ("start",), row)
            return (inner[0], step, *inner[1:])
        case DictionaryShape(key, items) if isinstance(step, int) and isinstance(value, Mapping):
            name = list(value)[step] if step < len(value) else str(step)
            return (name,) if rest == (key,) else (name, *written_path(items, rest, value.get(name)))
    return ()


def _has(column: Any, step: int) -> bool:
    return isinstance(column, list) and step < len(column)


def _object_path(shape: ObjectShape, name: str, rest: Path, members: Mapping[str, Any]) -> Path:
    if shape.zipped and name == shape.zipped[0] and rest[1:] == ("text",):
        return (shape.zipped[1], rest[0])
    if shape.lifted and name in shape.lifted_names:
        name, rest = shape.lifted, (name, *rest)
    written = shape.written(name)
    inner = written_path(shape.shapes.get(name), rest, members.get(written))
    return (int(written) if shape.positional and written.isdecimal() else written, *inner)
