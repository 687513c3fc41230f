"""JSON as RFC 8259 has it, in and out."""

import json
from typing import Any


def parse(text: str) -> Any:
    """Parse JSON as RFC 8259 has it: no NaN or Infinity, no member twice.

    Raises:
        ValueError: what is wrong, and at which line and column where that is known.
    """
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_members)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column" if "\n" in text.rstrip("\r\n") else "column"
        raise ValueError(f"not JSON: {error.msg} at {where} {error.colno}") from error
    except RecursionError as error:
        raise ValueError("not usable JSON: nested too deeply") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"not JSON: {name} is no number")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"not usable JSON: the member {twice!r} stands twice in one object")
    return members


def dump(value: Any) -> str:
    """Return JSON on one line, in the characters themselves; escaped where they can't be written as UTF-8."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text
