"""The schema of records as columns have them, where they can be read as such: without what the vocabulary says."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.schema.lens import NUMBER, Counting, Lens, ListShape, NumberShape, ObjectShape, Shape
from spanproof.schema.node import Json, Place
from spanproof.schema.vocabulary import vocabulary

_NAMES = ("properties", "$defs", "definitions")
_DATA = ("enum", "const", "default", "examples")
_TOKENS = {"integer": rb"-?(?:0|[1-9][0-9]*)", "string": rb'"[^"\\\x00-\x1f]*"'}
"""How values are written; of strings those without escapes."""
_PAIR = re.compile(
    rb'^[ \t]*\[[ \t]*("[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+")[ \t]*,[ \t]*(\{.*\})[ \t]*\](?=[ \t\r]*$)', re.M
)
"""A line that is an array of a string and an object."""


@dataclass(frozen=True)
class NamedPositions:
    """Arrays of different values, which columns take as objects whose members are called by their positions.

    Attributes:
        kinds: the types of the values in each such array.
        pairs: whether each record is an array of a string and an object.
        taken: the names of members that no record may have itself.
    """

    kinds: tuple[tuple[str, ...], ...]
    pairs: bool
    taken: tuple[str, ...]

    @classmethod
    def of(cls, written: Json, lens: Lens) -> "NamedPositions | None":
        """Return the arrays of different values that a schema lists; None where there is one that isn't read so.

        Args:
            written: the schema of records.
            lens: their shape.
        """
        root = [_kind(part) for part in written.get("prefixItems", ())]
        arrays = [part["prefixItems"] for part in _parts(written) if part is not written and "prefixItems" in part]
        kinds = tuple(dict.fromkeys(tuple(map(_kind, some)) for some in arrays))
        if root not in ([], ["string", "object"]) or not all(kind in _TOKENS for some in kinds for kind in some):
            return None
        taken = (*(["0"] if root or kinds else ()), *([NUMBER] if lens.numbered else ()))
        return cls(kinds, bool(root), taken)

    def named(self, lines: bytes) -> bytes | None:
        """Return records with these arrays as objects; None where a record may have a member of such a name itself.

        What isn't written plainly stays as it is. An array that is part of a string is none: what it becomes ends the
        string with a digit after it, which no JSON has, so that nothing is read from it.

        Args:
            lines: JSON, a record a line.
        """
        for name in self.taken:
            if b'"%b"' % name.encode() in lines or b"\\u%04x" % ord(name) in lines.lower():
                return None
        if self.pairs:
            lines = _PAIR.sub(rb'{"0":\1,"1":\2}', lines)
        for kinds in self.kinds:
            lines = _named(lines, kinds)
        return lines


def _named(lines: bytes, kinds: tuple[str, ...]) -> bytes:
    """Return records with arrays of values of some types as objects; to split and to join takes half of replacing."""
    values = rb"[ \t]*,[ \t]*".join(rb"(%b)" % _TOKENS[kind] for kind in kinds)
    parts: list[bytes] = re.split(rb"\[[ \t]*" + values + rb"[ \t]*\]", lines)
    number, own, length = len(parts) // (len(kinds) + 1), len(kinds) + 1, 2 * len(kinds) + 2
    named = [b""] * (number * length + 1)
    named[::length] = parts[::own]
    for k in range(len(kinds)):
        named[2 * k + 1 :: length] = [b'%b"%d":' % (b"," if k else b"{", k)] * number
        named[2 * k + 2 :: length] = parts[k + 1 :: own]
    named[2 * len(kinds) + 1 :: length] = [b"}"] * number
    return b"".join(named)


def _kind(part: Any) -> str:
    """Return the type of the values of a schema; empty where it doesn't say one."""
    kind = part.get("type") if isinstance(part, Mapping) else None
    return kind if isinstance(kind, str) else ""


def _parts(schema: Any) -> Iterator[Json]:
    """Yield all objects of a schema file."""
    inner = schema.values() if isinstance(schema, Mapping) else schema if isinstance(schema, list) else ()
    if isinstance(schema, Mapping):
        yield schema
    for part in inner:
        yield from _parts(part)


def plain(schema: Any) -> Any:
    """Return a schema without stand-off keywords, arrays of different values as objects of their positions."""
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept = {
        name: value
        if name in _DATA
        else {member: plain(part) for member, part in value.items()}
        if name in _NAMES and isinstance(value, Mapping)
        else plain(value)
        for name, value in schema.items()
        if name not in vocabulary() or name in _DATA
    }
    parts = kept.pop("prefixItems", None)
    if parts is None:
        return kept
    members = {str(k): part for k, part in enumerate(parts)}
    kept = {name: value for name, value in kept.items() if name not in ("items", "minItems", "maxItems")}
    return {**kept, "type": "object", "required": list(members), "properties": members}


def is_columnar(lens: Lens) -> bool:
    """Say whether columns can be seen through a lens: what isn't told here is read record by record."""
    joined = {text.member: text.pieces for text in lens.texts}
    several = [place for pieces in joined.values() if len(pieces) > 1 for place in pieces]
    return (
        _has_columns(lens.shape)
        and not any(text.own for text in lens.texts)
        and all(len(place) == 1 for place in several)
        and all(_counts_in_columns(counting, joined) for counting in lens.counted)
        and all(
            not tags.within and joined.get(tags.text) == (tags.tokens,) and len(tags.tokens) == 2
            for tags in lens.tagged
        )
    )


def _has_columns(shape: Shape | None) -> bool:
    if isinstance(shape, ListShape):
        return _has_columns(shape.items)
    if isinstance(shape, ObjectShape):
        return not shape.lifted and all(map(_has_columns, shape.shapes.values()))
    return shape is None or isinstance(shape, NumberShape)


def _counts_in_columns(counting: Counting, joined: Mapping[str, tuple[Place, ...]]) -> bool:
    if counting.item or counting.within or counting.unit not in ("code point", "token"):
        return False
    return counting.unit == "code point" or (
        counting.extent == "end" and len(counting.tokens) == 2 and joined.get(counting.text) == (counting.tokens,)
    )
