"""JSON as RFC 8259 has it, in and out: the one parser of everything that a stranger wrote.

Nothing else in the package calls the parser of the standard library, which takes NaN, reads a huge number as infinity,
lets the last of two members win, and ends with a traceback on what is nested too deeply.
"""

import json
import math
import re
import sys
from collections.abc import Callable
from typing import Any

DEPTH = 64
"""How deep lists and objects may lie in each other: what walks a value recursively stays within Python's limit."""

_LONG, _KNOWN, _SHORT = 1 << 24, 1 << 16, 64
"""From how many characters on JSON is long; how many of its strings are kept once, and up to which length."""
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class NestingError(ValueError):
    """Lists and objects lie too deep in each other."""


def parse(content: str | bytes, *, lone_surrogates: bool = False) -> Any:
    """Parse JSON: no NaN or Infinity, no number beyond the largest, no member twice, nothing nested too deeply.

    Args:
        content: the JSON; bytes are a whole file in UTF-8, which may begin with a byte order mark.
        lone_surrogates: whether a string may hold half of a surrogate pair. A document may, it is judged later.

    Returns:
        Objects as dictionaries, lists, strings, numbers, booleans, None.

    Raises:
        ValueError: what is wrong, and at which line and column where that is known.
    """
    text = content if isinstance(content, str) else _decoded(content)
    try:
        value = (_DECODER if len(text) < _LONG else _sharing()).decode(text)
    except json.JSONDecodeError as error:
        if text.startswith("\ufeff"):
            raise ValueError(
                "not JSON: begins with a byte order mark, as a line does where files were joined"
            ) from error
        where = f"line {error.lineno} column" if "\n" in text.rstrip("\r\n") else "column"
        what = "something follows the value" if error.msg == "Extra data" else error.msg.removesuffix(" at")
        raise ValueError(f"not JSON: {what} at {where} {error.colno}") from error
    except ValueError as error:
        raise _clear(error) from error
    except RecursionError as error:
        raise _too_deep() from error
    _demand_flat(value)
    if not lone_surrogates and _SURROGATE.search(text):
        _demand_characters(value)
    return value


def parse_at(text: str, start: int) -> tuple[Any, int]:
    """Parse the JSON value that begins somewhere in a text, whatever follows it.

    Args:
        text: the text, such as the answer of a language model.
        start: the first code point of the value.

    Returns:
        The value, and the code point after its last.

    Raises:
        NestingError: it is nested too deeply.
        ValueError: no usable value begins there.
    """
    try:
        value, end = _DECODER.raw_decode(text, start)
    except ValueError as error:
        raise _clear(error) from error
    except RecursionError as error:
        raise _too_deep() from error
    _demand_flat(value)
    return value, end


def dump(value: Any) -> str:
    """Return JSON on one line, in the characters themselves; escaped where they can't be written as UTF-8."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte 0x{content[error.start]:02x} at byte {error.start + 1}") from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"not usable JSON: the member {twice!r} appears twice in one object")
    return members


def _sharing() -> json.JSONDecoder:
    """Return a decoder that keeps equal strings once: a million spans have few labels and words."""
    known: dict[str, str] = {}

    def once(value: Any) -> Any:
        if type(value) is not str or len(value) > _SHORT:
            return value
        return known.setdefault(value, value) if len(known) < _KNOWN else known.get(value, value)

    return _decoder(lambda pairs: _members([(name, once(value)) for name, value in pairs]))


def _decoder(members: Callable[[list[tuple[str, Any]]], dict[str, Any]]) -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=members, parse_float=_real, parse_constant=_no_constant)


def _no_constant(name: str) -> None:
    raise ValueError(f"not JSON: {name} isn't allowed")


def _real(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"not usable JSON: the number {_cut(digits)} is too large")
    return number


def _clear(error: ValueError) -> ValueError:
    """Return an error in our words where it is Python's about an integer; it refuses those of thousands of digits."""
    most = sys.get_int_max_str_digits()
    ours = not str(error).startswith("Exceeds the limit")
    return error if ours else ValueError(f"not usable JSON: a number has more than {most} digits")


def _cut(digits: str) -> str:
    return digits if len(digits) <= 20 else f"{digits[:20]}..."


_DECODER = _decoder(_members)


def _too_deep() -> NestingError:
    return NestingError(f"not usable JSON: nested too deeply; expected {DEPTH} levels at most")


def _demand_flat(value: Any) -> None:
    level: list[Any] = [[value]]
    for _ in range(DEPTH + 1):
        members = (container.values() if type(container) is dict else container for container in level)
        level = [inner for some in members for inner in some if type(inner) is list or type(inner) is dict]
        if not level:
            return
    raise _too_deep()


def _demand_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = ascii(error.object[error.start]).strip("'")
        raise ValueError(f"not usable JSON: a string holds {half}, half of a surrogate pair") from error
