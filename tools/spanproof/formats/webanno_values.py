r"""Values in WebAnno TSV 3: escaped characters, stacked values, and the number that says which annotation has one.

``PER[1]|a\|b[2]`` are two annotations of one token; ``*`` is one without a value, ``_`` is none.
Source: the user guide of INCEpTION, appendix A, WebAnno TSV 3.3.
"""

import re
from collections.abc import Mapping

_VALUE_SIGNS = {
    "\\": "\\\\", "[": "\\[", "]": "\\]", "|": "\\|", "_": "\\_", "->": "\\->", ";": "\\;", "\t": "\\t", "\n": "\\n",
    "\r": "\\r", "*": "\\*",
}  # fmt: skip
_TEXT_SIGNS = {"\\": "\\\\", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
_LETTERS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_VALUE = re.compile(r"[\\\[\]|_;\t\n\r*]|->")
_TEXT = re.compile(r"[\\\t\r\b\f]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_STACK = re.compile(r"((?:[^\\|]|\\.)*)(?:\||$)", re.DOTALL)
_SLOT = re.compile(r"(?:^|;)((?:[^\\;]|\\.)*)", re.DOTALL)
_BRACKET = re.compile(r"[\[\]]")
_NUMBERED = re.compile(r"(?P<value>(?:[^\\]|\\.)*?)(?:\[(?P<number>\d{1,9})\])?", re.DOTALL | re.ASCII)


def escaped_value(value: str) -> str:
    """Return a value of a feature as a column has it."""
    return _VALUE.sub(lambda sign: _VALUE_SIGNS[sign[0]], value)


def escaped_text(text: str) -> str:
    """Return words of the text as a line has them; a line feed stays."""
    return _TEXT.sub(lambda sign: _TEXT_SIGNS[sign[0]], text)


def unescaped(value: str, letters: Mapping[str, str] = _LETTERS) -> str:
    """Return what is escaped in a value or in words."""
    return _ESCAPED.sub(lambda sign: letters.get(sign[1], sign[1]), value)


def stacked(column: str) -> list[tuple[str, str | None]]:
    """Return the values of a column, escaped still, each with its number if it has one; none where there is none."""
    if column in ("_", ""):
        return []
    parts = [part[1] for part in _STACK.finditer(column) if part.start() < len(column) or column.endswith("|")]
    values = [_NUMBERED.fullmatch(part) for part in parts]
    return [(value["value"], value["number"]) for value in values if value is not None]


def value_of(escaped: str) -> str | None:
    """Return a value; None where an annotation has none."""
    return None if escaped == "*" else unescaped(escaped)


def stacked_references(column: str) -> list[tuple[str, str | None]]:
    """Return the values of a column that names other annotations, without numbers: those are of the others."""
    return [] if column in ("_", "") else [(value, None) for value in column.split("|")]


def slots(value: str) -> list[str]:
    """Return the roles, or what is in them, of one annotation, escaped still; none where nothing is in them."""
    return [] if value in ("*", "_") else [slot[1] for slot in _SLOT.finditer(value)]


def has_bracket(escaped: str) -> bool:
    """Say whether a value has a bracket that isn't escaped."""
    return _BRACKET.search(_ESCAPED.sub("", escaped)) is not None
