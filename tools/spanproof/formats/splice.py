"""JSON text in which some values become others, with every other byte as it was.

Escapes, numbers as they were written (``1.50``), the order of members, line ends and blanks stay, except within a value
that changes.
"""

import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from spanproof.parsing.json import dump, parse, parse_at

_BLANK = " \t\r\n"
_STRING, _BLANKS = r'"[^"\\]*(?:\\.[^"\\]*)*"', r"[ \t\r\n]*"
_SCALAR = re.compile(rf'{_STRING}|[^\s"\[\]{{}},:]+')
"""A value that is no list or object."""
_NEXT = re.compile(rf"{_BLANKS}(?:,{_BLANKS})?")
"""What stands between a value and the next element, or the end."""
_MEMBER = re.compile(rf"{_STRING}{_BLANKS}:{_BLANKS}(?:({_SCALAR.pattern}){_NEXT.pattern})?")
"""A member of an object with what stands before the next one; of one that is a list or an object, what is before it."""
_UNKNOWN = object()
_MANY = 100  # items of a list that is written at once where it can be
_NESTED = (dict, list)
_SEPARATORS = ((", ", ": "), (",", ":"))  # as most programs write lists and objects


def spliced(text: str, value: Any, *, escapes: bool | None = None, old: Any = _UNKNOWN) -> str:
    """Return JSON text that holds another value, and is as it was wherever the two values are the same.

    Args:
        text: JSON text; what stands before and after its value stays as well.
        value: the value that it is to hold.
        escapes: whether new values are written in ASCII; by default where the text has escapes and no others.
        old: the value that it holds, where it was parsed already.

    Raises:
        ValueError: the text isn't JSON.
    """
    escaped = is_escaped(text.encode("utf-8", "surrogatepass")) if escapes is None else escapes
    start = _blanks(text, 1 if text.startswith("\ufeff") else 0)
    old = parse(text[start:], lone_surrogates=True) if old is _UNKNOWN else old
    changed, end = _becoming(text, start, old, value, escaped)
    return text[:start] + changed + text[end:]


def is_escaped(content: bytes) -> bool:
    """Say whether JSON has its other characters as escapes: there is one, and all else is ASCII."""
    return content.isascii() and b"\\u" in content


def same(a: Any, b: Any) -> bool:
    """Say whether two JSON values are the same in every type: 1 isn't true."""
    if a is b:
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(value, b[name]) for name, value in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and bool(a == b)


def _becoming(text: str, at: int, old: Any, new: Any, escaped: bool) -> tuple[str, int]:
    """Return the text of a value that becomes another, and the offset after the value as it is written.

    Args:
        text: JSON.
        at: where the value begins in it.
        old: the value.
        new: what it becomes.
        escaped: whether it is written in ASCII.
    """
    if same(old, new):
        end = _end(text, at)
        return text[at:end], end
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        return _object(text, at, old, new, escaped)
    if isinstance(old, list) and isinstance(new, list) and old and new:
        return _array(text, at, old, new, escaped)
    return _written(new, escaped), _end(text, at)


def _end(text: str, at: int) -> int:
    """Return the offset after a value that begins at another."""
    scalar = _SCALAR.match(text, at)
    return scalar.end() if scalar else parse_at(text, at)[1]


def _after_value(text: str, end: int) -> int:
    """Return the offset of the next element, or of the bracket that closes, after the end of a value."""
    there = _NEXT.match(text, end)
    assert there is not None
    return there.end()


def _object(text: str, start: int, old: dict[str, Any], new: dict[str, Any], escaped: bool) -> tuple[str, int]:
    bounds: list[tuple[int, int]] = []
    elements: list[tuple[int | None, str]] = []
    after = _blanks(text, start + 1)
    for name, value in old.items():  # the members are parsed in the order in which they are written
        first, there = after, _MEMBER.match(text, after)
        assert there is not None
        at, end, after = *there.span(1), there.end()
        becoming = new.get(name, value)
        if at < 0:
            at = after
            changed, end = _becoming(text, at, value, becoming, escaped)
            after = _after_value(text, end)
        else:
            changed = text[at:end] if becoming is value or same(becoming, value) else _written(becoming, escaped)
        if name in new:
            elements.append((len(bounds), text[first:at] + changed))
        bounds.append((first, end))
    added = (f"{_written(name, escaped)}: {_written(value, escaped)}" for name, value in new.items() if name not in old)
    return _joined(text, start, bounds, [*elements, *((None, element) for element in added)]), after + 1


def _at_once(text: str, start: int, old: list[Any], new: list[Any], escaped: bool) -> tuple[str, int] | None:
    """Return a long list of which only values change, if every byte of it is as it would be written; else None."""
    if len(old) < _MANY or not _has_members_of(old, new):
        return None
    for separators in _SEPARATORS:
        was = json.dumps(old, ensure_ascii=escaped, separators=separators)
        if text.startswith(was, start):
            now = json.dumps(new, ensure_ascii=escaped, separators=separators)
            return (now, start + len(was)) if _is_utf8(now) else None
    return None


def _is_utf8(text: str) -> bool:
    """Say whether a text can be written as UTF-8: it has no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_members_of(old: Any, new: Any) -> bool:
    """Say whether a value has lists, objects and members where another one has them, in the same order."""
    if type(old) is list and type(new) is list:
        return len(old) == len(new) and all(map(_has_members_of, old, new))
    if type(old) is dict and type(new) is dict:
        return list(old) == list(new) and all(
            _has_members_of(value, new[name])
            for name, value in old.items()
            if type(value) in _NESTED or type(new[name]) in _NESTED
        )
    return type(old) not in _NESTED and type(new) not in _NESTED


def _array(text: str, start: int, old: list[Any], new: list[Any], escaped: bool) -> tuple[str, int]:
    if at_once := _at_once(text, start, old, new, escaped):
        return at_once
    origins = _origins(old, new)
    becoming = {k: value for k, value in zip(origins, new, strict=True) if k is not None}
    bounds, changed = [], list[str]()
    at = _blanks(text, start + 1)
    for k, value in enumerate(old):
        now, end = _becoming(text, at, value, becoming.get(k, value), escaped)
        changed.append(now)
        bounds.append((at, end))
        at = _after_value(text, end)
    elements = [
        (k, _written(value, escaped) if k is None else changed[k]) for k, value in zip(origins, new, strict=True)
    ]
    return _joined(text, start, bounds, elements), at + 1


def _joined(
    text: str, start: int, bounds: Sequence[tuple[int, int]], elements: Sequence[tuple[int | None, str]]
) -> str:
    """Return an object or array with other elements.

    Args:
        text: JSON with the object or array as it was written.
        start: where it begins.
        bounds: start and end of each element that it had.
        elements: those that it shall have: which one it was, None for a new one, and its text.
    """
    between = text[bounds[0][1] : bounds[1][0]] if len(bounds) > 1 else ", "
    pieces, before = [text[start : bounds[0][0]]], None
    for number, (k, element) in enumerate(elements):
        neighbours = k is not None and before is not None and k == before + 1
        gap = text[bounds[k - 1][1] : bounds[k][0]] if neighbours and k else between
        pieces += [gap, element] if number else [element]
        before = k
    close = _blanks(text, bounds[-1][1]) + 1
    return "".join([*pieces, text[bounds[-1][1] : close]])


def _origins(old: Sequence[Any], new: Sequence[Any]) -> list[int | None]:
    """Say of each item of a list which one it was before; None for one that is new.

    Items that are the same are found again, as far as the two lengths allow; another item in their place has changed.
    """
    if len(old) == len(new):
        return list(range(len(old)))
    were, are = list(map(dump, old)), list(map(dump, new))
    places: tuple[dict[str, list[int]], ...] = (defaultdict(list), defaultdict(list))
    for keys, at in zip((were, are), places, strict=True):
        for k, key in enumerate(keys):
            at[key].append(k)
    origins: list[int | None] = []
    k = 0
    for j, key in enumerate(are):
        more = (len(were) - k) - (len(are) - j)
        again = _from(places[0][key], k)
        if again is not None and again - k <= max(more, 0):
            k = again
        elif k == len(were) or (more < 0 and (ahead := _from(places[1][were[k]], j)) and ahead - j <= -more):
            origins.append(None)
            continue
        origins.append(k)
        k += 1
    return origins


def _from(places: Sequence[int], first: int) -> int | None:
    """Return the first of some sorted places that isn't before another; None if none is."""
    at = bisect_left(places, first)
    return places[at] if at < len(places) else None


def _written(value: Any, escaped: bool) -> str:
    """Return a value as JSON, in its own characters or in ASCII."""
    if type(value) is int:
        return str(value)
    return json.dumps(value) if escaped else dump(value)


def _blanks(text: str, at: int) -> int:
    """Return the offset of the first character from an offset on that is no white space of JSON."""
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at
