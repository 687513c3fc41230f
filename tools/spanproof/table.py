"""What is printed: lines and tables for a terminal, tables and notes for a Markdown page."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import fill

StyledLine = str | tuple[tuple[str, str], ...]
"""A line of a terminal: plain, or pieces of text, each with its style in the words of rich (``bold red``)."""

_WIDTH = 100


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
    from rich.console import Console
    from rich.text import Text

    output = io.StringIO()
    # soft_wrap: a line is never broken, so that what reads the output finds a finding, or a row, on one line.
    console = Console(file=output, force_terminal=color, no_color=not color, highlight=False, soft_wrap=True)
    for part in parts:
        for line in _aligned(part) if isinstance(part, Table) else (part,):
            console.print(Text(line) if isinstance(line, str) else Text.assemble(*line))
    return output.getvalue()


def _aligned(table: Table) -> Iterator[StyledLine]:
    """Yield the lines of a table, its columns as wide as a terminal shows them; rows under a heading are indented."""
    from rich.cells import cell_len

    indent = "  " if any(len(row) == 1 for row in table.rows) else ""
    rows = [row if len(row) == 1 else (f"{indent}{row[0]}", *row[1:]) for row in table.rows]
    columns = zip(table.header, *(row for row in rows if len(row) > 1), strict=True)
    widths = [max(map(cell_len, column)) for column in columns]

    def line(row: tuple[str, ...]) -> str:
        blanks = [" " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=False)]
        cells = (c + b if k < table.left else b + c for k, (c, b) in enumerate(zip(row, blanks, strict=True)))
        return "  ".join(cells).rstrip()

    yield ((line(table.header), "bold"),)
    for row in rows:
        yield row[0] if len(row) == 1 else line(row)


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
