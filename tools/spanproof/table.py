"""What is printed: lines and tables for a terminal, tables and notes for a Markdown page."""

import functools
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import fill

import click

StyledLine = str | tuple[tuple[str, str], ...]
"""A line of a terminal: plain, or pieces of text, each with its style: a colour, a weight, or both (``bold red``)."""

_WIDTH = 100
_WEIGHTS = ("bold", "dim")
_JAMO = ("\u1160", "\u11ff")
"""Vowels and final consonants of Hangul, which stand in the cell of the consonant before them."""


@dataclass(frozen=True)
class Table:
    """Rows under a header.

    Attributes:
        header: the names of the columns.
        rows: a cell a column; a row of one cell alone is a heading over the rows below it. Cells are Markdown as they
            are, but for their pipes.
        left: how many columns, from the first, hold words and are aligned to the left; the others hold numbers.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


def terminal(parts: Iterable[Table | StyledLine], *, color: bool = False) -> str:
    """Return what a terminal shows of lines and tables, however wide they are."""
    return "".join(terminal_lines(parts, color=color))


def terminal_lines(parts: Iterable[Table | StyledLine], *, color: bool = False) -> Iterator[str]:
    """Yield what a terminal shows of lines and tables, a line at a time."""
    lines = (line for part in parts for line in (_aligned(part) if isinstance(part, Table) else (part,)))
    yield from (f"{_styled(line, color)}\n" for line in lines)


def _styled(line: StyledLine, color: bool) -> str:
    if isinstance(line, str):
        return line
    return "".join(_with_style(text, style) if color and style else text for text, style in line)


def _with_style(text: str, style: str) -> str:
    words = style.split()
    colour = next((word for word in words if word not in _WEIGHTS), None)
    return click.style(text, fg=colour, **{word: True for word in words if word in _WEIGHTS})


def _aligned(table: Table) -> Iterator[StyledLine]:
    """Yield the lines of a table, its columns as wide as a terminal shows them; rows under a heading are indented."""
    indent = "  " if any(len(row) == 1 for row in table.rows) else ""
    rows = [row if len(row) == 1 else (f"{indent}{row[0]}", *row[1:]) for row in table.rows]
    columns = zip(table.header, *(row for row in rows if len(row) > 1), strict=True)
    widths = [max(map(cells, column)) for column in columns]

    def line(row: tuple[str, ...]) -> str:
        blanks = [" " * (width - cells(cell)) for cell, width in zip(row, widths, strict=False)]
        padded = (c + b if k < table.left else b + c for k, (c, b) in enumerate(zip(row, blanks, strict=True)))
        return "  ".join(padded).rstrip()

    yield ((line(table.header), "bold"),)
    for row in rows:
        yield row[0] if len(row) == 1 else line(row)


def cells(text: str) -> int:
    """Return how many columns of a terminal a text takes: none for a mark on the character before, two for a wide one.

    Each character counts for itself, so a sequence that a terminal shows as one picture counts for all of its parts.
    Source: Unicode Standard Annex 11.
    """
    return len(text) if text.isascii() else sum(map(_cells_of, text))


@functools.lru_cache(4096)
def _cells_of(character: str) -> int:
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Mc", "Cf") or _JAMO[0] <= character <= _JAMO[1]:
        return 0
    return 2 if category != "Cn" and unicodedata.east_asian_width(character) in "WF" else 1


def markdown(table: Table) -> str:
    """Return a table of a Markdown page, without a line end behind it."""
    width = len(table.header)
    rule = tuple("---" if k < table.left else "---:" for k in range(width))
    rows = [(f"**{row[0]}**", *[""] * (width - 1)) if len(row) == 1 else row for row in table.rows]
    return "\n".join(f"| {' | '.join(map(escaped, row))} |" for row in (table.header, rule, *rows))


def escaped(cell: str) -> str:
    """Return a text whose pipes don't end the cell that it stands in."""
    return cell.replace("|", "\\|")


def bulleted(notes: Iterable[str]) -> str:
    """Return notes as a list of a Markdown page; their asterisks are no markup."""
    return "\n".join("- " + note.replace("*", "\\*") for note in notes)


def wrapped(note: str, width: int = _WIDTH) -> str:
    """Return a note of a terminal in lines of at most so many characters; what has no blanks stays whole."""
    return fill(note, width, break_long_words=False, break_on_hyphens=False)


def shown_label(label: str | None) -> str:
    """Return a label as a table shows it: all labels together without one, and the empty label in quotation marks."""
    return "all" if label is None else label or '""'


def listed(note: str, width: int = _WIDTH) -> str:
    """Return a note as an item of a list of a terminal, wrapped like :func:`wrapped`."""
    return fill(
        note, width, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
