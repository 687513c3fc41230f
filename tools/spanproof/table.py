"""Tables and notes as people read them: aligned for a terminal, with pipes for a page."""

from dataclasses import dataclass
from textwrap import fill

_WIDTH = 100


@dataclass(frozen=True)
class Table:
    """Rows under a header; a row of one cell is a heading over those below. ``left`` columns are of words, not numbers.

    Cells are Markdown as they are, but for their pipes.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


def aligned(table: Table) -> str:
    """Columns as wide as they must be, without blanks at the ends of lines; what stands under a heading is indented."""
    indent = "  " if any(len(row) == 1 for row in table.rows) else ""
    rows = [row if len(row) == 1 else (f"{indent}{row[0]}", *row[1:]) for row in table.rows]
    widths = [
        max(map(len, column)) for column in zip(table.header, *(row for row in rows if len(row) > 1), strict=True)
    ]
    return "\n".join(_line(row, widths, table.left) for row in (table.header, *rows))


def piped(table: Table) -> str:
    """The table of a Markdown page."""
    width = len(table.header)
    rule = tuple("---" if k < table.left else "---:" for k in range(width))
    rows = [(f"**{row[0]}**", *[""] * (width - 1)) if len(row) == 1 else row for row in table.rows]
    return "\n".join(f"| {' | '.join(map(escaped, row))} |" for row in (table.header, rule, *rows))


def escaped(cell: str) -> str:
    """A text that doesn't end its cell."""
    return cell.replace("|", "\\|")


def wrapped(note: str) -> str:
    """A note of a terminal in 100 columns; what has no blanks stays whole."""
    return fill(note, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _line(row: tuple[str, ...], widths: list[int], left: int) -> str:
    if len(row) == 1:
        return row[0]
    cells = (each.ljust(w) if k < left else each.rjust(w) for k, (each, w) in enumerate(zip(row, widths, strict=True)))
    return "  ".join(cells).rstrip()
