"""Pieces of Markdown that hold whatever a stranger's corpus has in it: tables, code, fences."""

import re
from collections.abc import Iterable, Sequence

from spanproof.table import Table, markdown


def line(words: object) -> str:
    """Return words on one line."""
    return re.sub(r"\s*[\r\n]+\s*", " ", str(words))


def code(words: object) -> str:
    """Return words as code in a line, whatever backticks they have."""
    text = line(words)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{'`' * (longest + 1)}{pad}{text}{pad}{'`' * (longest + 1)}"


def fence(text: str, language: str = "") -> str:
    """Return a text as a block of code, whatever backticks it has."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{text}\n{marks}"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table whose cells hold words, each on one line."""
    return markdown(Table(tuple(header), tuple(tuple(map(line, row)) for row in rows), left=len(header)))


def listed(words: Iterable[str]) -> str:
    """Return words as a list in a sentence: ``a, b and c``."""
    *head, last = words
    return f"{', '.join(head)} and {last}" if head else last
