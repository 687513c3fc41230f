"""Values that may hold spans, however these are written: what no schema lists is judged by this."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from spanproof.schema.open_shapes import is_number
from spanproof.schema.span_pairs import pairs_of

_PAIRED = re.compile("offset|span", re.IGNORECASE)
"""Names of members that hold two offsets."""
_TWO = re.compile(r"\s*([0-9]{1,18})\s*[ ,-]\s*([0-9]{1,18})\s*(?:;.*)?")
"""Two offsets in a string, and perhaps others behind a semicolon."""
_DIGITS = re.compile("[0-9]{1,18}")


def may_hold_spans(value: Any, text: str | None) -> bool:
    """Say whether something in a value may be a span: two offsets that lie within a text, or words and where they are.

    Args:
        value: the value.
        text: the text; None where it isn't known, so that all offsets are thought to lie within it.
    """
    return any(_may_be_span(part, text) for part in _parts(value))


def may_hold_spans_of_type(kind: pa.DataType) -> bool:
    """Say whether a value of a type may hold spans: :func:`may_hold_spans` says it of nothing else."""
    if pa.types.is_struct(kind):
        numbers = {one.name: 0 for one in kind if not pa.types.is_nested(one.type)}
        columns = {one.name: 0 for one in kind if pa.types.is_list(one.type)}
        integers = [one for one in kind if pa.types.is_integer(one.type) or pa.types.is_floating(one.type)]
        named = any(_PAIRED.search(name) for name in (*numbers, *columns))
        if pairs_of([numbers]) or pairs_of([columns]) or named or 1 < len(integers) < len(numbers):
            return True
        return any(may_hold_spans_of_type(one.type) for one in kind)
    if pa.types.is_list(kind):
        inner = kind.value_type
        return pa.types.is_list(inner) or pa.types.is_string(inner) or may_hold_spans_of_type(inner)
    return False


def is_whole(value: Any) -> bool:
    """Say whether a value is a whole number, also one that is written with a fraction of zero."""
    return is_number(value) or (isinstance(value, float) and value.is_integer())


def is_digits(value: Any) -> bool:
    """Say whether a value is a string of digits."""
    return isinstance(value, str) and _DIGITS.fullmatch(value) is not None


def _parts(value: Any) -> Iterator[Any]:
    """Yield the objects in a value, and the items of its lists."""
    if isinstance(value, Mapping):
        yield value
        for member in value.values():
            yield from _parts(member)
    elif isinstance(value, list):
        for item in value:
            if not isinstance(item, Mapping):
                yield item
            yield from _parts(item)


def _may_be_span(part: Any, text: str | None) -> bool:
    if isinstance(part, str):
        match = _TWO.fullmatch(part)
        return match is not None and _within(match[1], match[2], text)
    if isinstance(part, list):
        numbers = [item for item in part if not isinstance(item, str)]
        return len(numbers) == 2 and all(map(is_whole, numbers)) and _within(numbers[0], numbers[1], text)
    if not isinstance(part, Mapping):
        return False
    first = {name: value[0] for name, value in part.items() if isinstance(value, list) and value}
    return (
        any(_are_offsets(one, text) for one in (part, first))
        or _has_words(part, text or "")
        or any(_PAIRED.search(name) and _may_be_span(value, text) for name, value in part.items())
    )


def _are_offsets(members: Mapping[str, Any], text: str | None) -> bool:
    """Say whether two members are called as offsets are, and lie within a text; digits in a string are a number."""
    numbers = {name: number for name, value in members.items() if (number := _number(value)) is not None}
    named = {**members, **numbers}
    return any(_within(numbers[one], numbers.get(other, 0), text) for one, other in pairs_of([named]))


def _number(value: Any) -> int | None:
    return int(value) if is_digits(value) or is_whole(value) else None


def _within(first: Any, second: Any, text: str | None) -> bool:
    """Say whether two offsets, or an offset and a length, lie within a text, in whatever unit they count."""
    if text is None:
        return True
    size = len(text.encode(errors="replace"))
    return 0 <= int(first) <= size and 0 <= int(second) <= size


def _has_words(members: Mapping[str, Any], text: str) -> bool:
    """Say whether a member holds the words of a text that stand between two others, whatever they are called."""
    numbers = [int(value) for value in members.values() if is_whole(value)]
    words = [value for value in members.values() if isinstance(value, str) and value]
    return len(numbers) > 1 and any(
        low + len(word) in numbers and text.startswith(word, low) for low in numbers if low >= 0 for word in words
    )
