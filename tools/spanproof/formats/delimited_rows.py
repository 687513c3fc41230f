"""The rows of tables that are parted by commas, tabs or semicolons, with the lines in which they begin."""

import csv
import io
from collections.abc import Iterator

from spanproof.formats.encoding import LineError

_LONGEST_CELL = (1 << 31) - 1  # what a C long of Windows holds


def rows_of(content: str, delimiter: str, *, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table, each with its first line; a cell may be as long as it likes.

    Args:
        content: the table.
        delimiter: what parts its cells.
        strict: whether marks of quotation that aren't closed are an error.

    Raises:
        LineError: quotation marks aren't closed.
    """
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=strict)
        line = 1
        rows = []
        for row in reader:
            if row:
                rows.append((line, row))
            line = reader.line_num + 1
        if delimiter == "\t" and len(rows) > 1 and (plain := _plain_rows(content, len(rows[0][1]))):
            rows = plain
    except csv.Error as error:
        if delimiter != "\t":
            raise LineError(f"not a table: {error}", line) from None
        rows = _split_lines(content)  # marks of quotation are marks of quotation
    finally:
        csv.field_size_limit(before)
    yield from rows


def _split_lines(content: str) -> list[tuple[int, list[str]]]:
    lines = enumerate(content.replace("\r\n", "\n").split("\n"), 1)
    return [(number, text.split("\t")) for number, text in lines if text]


def _plain_rows(content: str, width: int) -> list[tuple[int, list[str]]] | None:
    """Return the lines of a table of tabs as its rows, if a cell that isn't closed in its line opens with a mark.

    Then the mark is one of the words: otherwise not every line would have a cell for each column.
    """
    rows = _split_lines(content)
    if any(len(row) != width for _, row in rows):
        return None
    opened = any(cell[:1] == '"' and (len(cell) == 1 or cell[-1] != '"') for _, row in rows for cell in row)
    return rows if opened else None
