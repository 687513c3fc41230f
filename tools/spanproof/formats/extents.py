"""Where the value at a path stands in JSON text: lines and columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from spanproof.parsing.json import parse_at

_BLANK = " \t\r\n"


@dataclass(frozen=True)
class Extent:
    """A stretch of a file: first line and column, last line, and the column after the last.

    Lines count from 1; columns too, in code points.
    """

    line: int
    column: int
    end_line: int
    end_column: int


def extent_at(text: str, path: Sequence[str | int], first_line: int = 1) -> Extent | None:
    """Return where the value at a path stands in JSON text; None where there is none.

    Of a path that leads further than the text, the innermost value that is there.

    Args:
        text: JSON text.
        path: the steps from its value to the one asked for, ``("entities", 3, "start")``.
        first_line: the number of the first line of the text in its file.
    """
    try:
        at = _blanks(text, 1 if text.startswith("\ufeff") else 0)
        for step in path:
            inner = _member(text, at, step)
            if inner is None:
                break
            at = inner
        end = parse_at(text, at)[1]
    except (ValueError, IndexError):
        return None
    lines = text.count("\n", 0, at), text.count("\n", 0, end)
    begins = text.rfind("\n", 0, at), text.rfind("\n", 0, end)
    return Extent(first_line + lines[0], at - begins[0], first_line + lines[1], end - begins[1])


def _member(text: str, at: int, step: str | int) -> int | None:
    """Return where a member of the object, or an item of the array, at an offset begins; None without it."""
    if text[at] != ("[" if isinstance(step, int) else "{"):
        return None
    number, at = 0, _blanks(text, at + 1)
    while text[at] not in "]}":
        name: object = number
        if isinstance(step, str):
            name, at = parse_at(text, at)
            at = _blanks(text, _blanks(text, at) + 1)
        if name == step:
            return at
        at = _blanks(text, parse_at(text, at)[1])
        at = _blanks(text, at + 1) if text[at] == "," else at
        number += 1
    return None


def _blanks(text: str, at: int) -> int:
    """Return the offset of the first character from an offset on that is no white space of JSON."""
    while text[at] in _BLANK:
        at += 1
    return at
