"""Values in the shape in which they are written, made canonical and put back: arrays, dictionaries, strings."""

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spanproof.corpus.rows import columns_of_rows, rows_of
from spanproof.schema.lens import (
    FIELD,
    NUMBER,
    ColumnsShape,
    DictionaryShape,
    ListShape,
    NumberShape,
    ObjectShape,
    Shape,
    StringShape,
    own_numbers,
)
from spanproof.schema.paths import Path

GONE = object()
"""In the place of a written value where there is none."""


class ShapeError(ValueError):
    """A canonical value that can't be said in the shape in which it is written: why."""


@dataclass(frozen=True)
class Fault:
    """Where a shape can't be read: the canonical path in the document, what is wrong, whether it is an offset."""

    path: Path
    problem: str
    offset: bool = False


@dataclass
class Faults:
    """The faults of one document, gathered while it is read."""

    listed: list[Fault] = field(default_factory=list)

    def add(self, path: Path, problem: str, *, offset: bool = False) -> None:
        """Take down a fault."""
        self.listed.append(Fault(path, problem, offset))


_KINDS = {bool: "a boolean", str: "a string", int: "an integer", float: "a number", list: "an array"}


def kind_of(value: Any) -> str:
    """Name the kind of a JSON value, with its article."""
    return "null" if value is None else _KINDS.get(type(value), "an object")


def got(shape: Shape | None, value: Any, path: Path, faults: Faults) -> Any:
    """Return a written value as it is canonically.

    What has another shape than its schema says stays as it is, and is a fault; so does null, which JSON Schema judges.

    Args:
        shape: the shape of the value; None where it is canonical.
        value: the value as it is written; it isn't changed.
        path: its canonical path, for faults.
        faults: takes what can't be read.
    """
    if shape is None or value is None:
        return value
    if type(shape) is ListShape and type(value) is list:
        return _got_list(shape, value, path, faults)
    if type(shape) is ObjectShape and type(value) is (list if shape.positional else dict):
        return _got_object(shape, value, path, faults)
    if isinstance(shape, NumberShape):
        whole = type(value) is int or (type(value) is float and value.is_integer())
        return str(int(value)) if whole else value
    listed = isinstance(shape, ListShape) or (isinstance(shape, ObjectShape) and shape.positional)
    expected = "a string" if isinstance(shape, StringShape) else "an array" if listed else "an object"
    if kind_of(value) != expected:
        faults.add(path, f"is {kind_of(value)}; expected {expected}")
        return value
    match shape:
        case ObjectShape():
            return _got_object(shape, value, path, faults)
        case DictionaryShape(key, items):
            return [
                _got_entry(key, items, name, item, (*path, k), faults) for k, (name, item) in enumerate(value.items())
            ]
        case ColumnsShape(items):
            rows, problem = rows_of(value)
            if problem:
                faults.add(path, problem, offset=True)
            return [got(items, row, (*path, k), faults) for k, row in enumerate(rows)]
        case StringShape():
            return _got_string(shape, value, path, faults)


def _got_list(shape: ListShape, value: list[Any], path: Path, faults: Faults) -> list[Any]:
    items = shape.items
    read = [*value] if items is None else [got(items, item, (*path, k), faults) for k, item in enumerate(value)]
    if not shape.numbered:
        return read
    for k in own_numbers(read):
        faults.add((*path, k), f"has a member {NUMBER!r}, by which its number is known; expected another name")
    return [{**item, NUMBER: str(k)} if isinstance(item, Mapping) else item for k, item in enumerate(read)]


def _got_entry(key: str, items: Shape | None, name: str, value: Any, path: Path, faults: Faults) -> Any:
    item = got(items, value, path, faults)
    if not isinstance(item, Mapping) or key in item:
        fault = f"is {kind_of(item)} with a member {key!r}" if isinstance(item, Mapping) else "isn't an object"
        faults.add(path, fault)
        return item
    return {key: name, **item}


def _got_object(shape: ObjectShape, value: Any, path: Path, faults: Faults) -> Any:
    if shape.positional and not shape.shapes and len(value) == shape.length:
        return dict(zip(shape.positions, value, strict=True))
    written = value if type(value) is dict and not shape.positional else members_of(shape, value)
    if len(written) < shape.length or (shape.exact and len(written) > shape.length):
        faults.add(path, f"has {len(written)} items; expected {shape.length}")
    names, inner = shape.naming(tuple(written))
    result: dict[str, Any] = dict(zip(names, written.values(), strict=True))
    for name, canonical, of_member in inner:
        member = result[canonical]
        if member is not None and shape.is_else(canonical, member):
            result[shape.canonical(name, member)] = result.pop(canonical)
        elif member is not None:
            result[canonical] = got(of_member, member, (*path, canonical), faults)
    if shape.lifted and isinstance(lifted := result.get(shape.lifted), Mapping):
        del result[shape.lifted]
        result = {**lifted, **result}
    if shape.zipped:
        fragments, surfaces = (result.get(name) for name in shape.zipped)
        if isinstance(fragments, list) and isinstance(surfaces, list):
            if len(fragments) != len(surfaces):
                faults.add(path, f"has {len(fragments)} fragments and {len(surfaces)} surfaces; expected one for each")
            elif all(isinstance(fragment, Mapping) for fragment in fragments):
                pairs = zip(fragments, surfaces, strict=True)
                result[shape.zipped[0]] = [{**fragment, "text": surface} for fragment, surface in pairs]
                del result[shape.zipped[1]]
    return result


def members_of(shape: ObjectShape, value: Any) -> dict[str, Any]:
    """Return the members of a written object, those of an array by their positions; none of anything else."""
    if shape.positional:
        return {str(k): item for k, item in enumerate(value)} if isinstance(value, list) else {}
    return dict(value) if isinstance(value, Mapping) else {}


def _got_string(shape: StringShape, value: str, path: Path, faults: Faults) -> Any:
    literal = FIELD.split(shape.notation)
    pattern = "".join(rf"(?P<{part}>-?[0-9]+)" if k % 2 else re.escape(part) for k, part in enumerate(literal))
    parts = value.split(shape.separator) if shape.separator else [value]
    spans: list[dict[str, int]] = []
    for part in parts:
        match = re.fullmatch(pattern, part.strip())
        if match is None:
            faults.add(path, f"has {part!r}; expected offsets as {shape.notation!r}", offset=True)
            return None
        spans.append({name: int(number) for name, number in match.groupdict().items()})
    return spans if shape.separator else spans[0]


def same(first: Any, second: Any) -> bool:
    """Say whether two JSON values are the same, with true and 1 apart."""
    return first == second and json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def put(shape: Shape | None, new: Any, old: Any = GONE) -> Any:
    """Return a canonical value as it is written.

    Args:
        shape: the shape in which it is written; None where it is canonical.
        new: the canonical value.
        old: what is written now, from which what doesn't change is taken as it is; ``GONE`` for nothing.

    Raises:
        ShapeError: it can't be said in this shape.
    """
    if old is not GONE and same(got(shape, old, (), Faults()), new):
        return old
    if shape is None or new is None:
        return new
    match shape:
        case ObjectShape():
            return _put_object(shape, new, old)
        case NumberShape():
            return _put_number(new)
        case ListShape(items, numbered) if isinstance(new, list):
            if numbered:
                if isinstance(old, list) and own_numbers(old):
                    raise ShapeError(f"an item has a member {NUMBER!r} of its own, which would be lost")
                new = [_without(NUMBER, item) if isinstance(item, Mapping) else item for item in new]
            return [put(items, item, before) for item, before in _aligned(items, new, old)]
        case ColumnsShape(items) if isinstance(new, list):
            columns = columns_of_rows([put(items, row) for row in new], old)
            if columns is None:
                raise ShapeError("columns need the same members in each span")
            return columns
        case DictionaryShape(key, items) if isinstance(new, list):
            names = [item.get(key) if isinstance(item, Mapping) else None for item in new]
            if len({*names}) < len(names) or not all(isinstance(name, str) for name in names):
                raise ShapeError(f"a dictionary needs a {key!r} of its own for each entry")
            before = old if isinstance(old, Mapping) else {}
            rest = (_without(key, item) for item in new)
            pairs = zip(names, rest, strict=True)
            return {name: put(items, item, before.get(name, GONE)) for name, item in pairs}
        case StringShape():
            return _put_string(shape, new)
    return new


def _without(member: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != member}


def _put_number(new: Any) -> Any:
    """Return the number of an item as it is written; what was no number stays as it was.

    Raises:
        ShapeError: it is the name of something that has no number.
    """
    if not isinstance(new, str):
        return new
    if not re.fullmatch(r"-?[0-9]+", new):
        raise ShapeError(f"{new!r} is the number of no item")
    return int(new)


def _put_object(shape: ObjectShape, new: Any, old: Any) -> Any:
    if not isinstance(new, Mapping):
        return new
    members, before = dict(new), members_of(shape, old)
    if shape.zipped:
        member, surfaces = shape.zipped
        fragments = members.get(member)
        if isinstance(fragments, list) and all(isinstance(f, Mapping) and "text" in f for f in fragments):
            if fragments or old is GONE or surfaces in before:
                members[surfaces] = [fragment["text"] for fragment in fragments]
            members[member] = [{n: v for n, v in fragment.items() if n != "text"} for fragment in fragments]
    if shape.lifted and shape.lifted not in members:
        inner = {name: members.pop(name) for name in shape.lifted_names if name in members}
        if inner:
            members[shape.lifted] = inner
    written = {
        (name := shape.written(canonical)): put(shape.shapes.get(canonical), value, before.get(name, GONE))
        for canonical, value in members.items()
    }
    if shape.positional:
        if sorted(written, key=_number) != [str(k) for k in range(len(written))]:
            raise ShapeError(f"an array has no place for {', '.join(sorted(written))}")
        return [written[str(k)] for k in range(len(written))]
    order = [name for name in before if name in written]
    return {name: written[name] for name in dict.fromkeys((*order, *written))}


def _number(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdecimal() else (1 << 31, name)


def _aligned(items: Shape | None, new: list[Any], old: Any) -> list[tuple[Any, Any]]:
    """Return the items of a list, each with what is written of it now; of those between equal ones, in order."""
    before = old if isinstance(old, list) else []
    if len(new) == len(before):
        return list(zip(new, before, strict=True))
    keys = [json.dumps(item, sort_keys=True) for item in new]
    old_keys = [json.dumps(got(items, item, (), Faults()), sort_keys=True) for item in before]
    pairs: list[tuple[Any, Any]] = []
    for _, i, j, k, n in difflib.SequenceMatcher(None, old_keys, keys, autojunk=False).get_opcodes():
        pairs += [(new[b], before[i + b - k] if i + b - k < j else GONE) for b in range(k, n)]
    return pairs


def _put_string(shape: StringShape, new: Any) -> str:
    spans = new if shape.separator else [new]
    if not isinstance(spans, list):
        raise ShapeError(f"{kind_of(new)} can't be written as {shape.notation!r}")
    return shape.separator.join(_notated(shape.notation, span) for span in spans)


def _notated(notation: str, span: Any) -> str:
    literal = FIELD.split(notation)
    numbers = [span.get(name) if isinstance(span, Mapping) else None for name in literal[1::2]]
    if not all(type(number) is int for number in numbers) or span.keys() != {*literal[1::2]}:
        raise ShapeError(f"{json.dumps(span)} can't be written as {notation!r}")
    return "".join(str(numbers[k // 2]) if k % 2 else part for k, part in enumerate(literal))
