"""Tables on a terminal and on a page."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from spanproof.table import Table, bulleted, cells, escaped, markdown, terminal, wrapped

CELLS = st.text("ab|中😀é –*", max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(2, 4))
    row = st.lists(CELLS.map(lambda cell: f"{cell}."), min_size=width, max_size=width)
    rows = draw(st.lists(row | st.lists(st.just("heading"), min_size=1, max_size=1), max_size=5))
    return Table(tuple(draw(row)), tuple(map(tuple, rows)), left=draw(st.integers(0, width)))


@given(tables())
def test_columns_of_a_terminal_stand_under_one_another(table: Table) -> None:
    lines = terminal([table]).splitlines()
    assert len(lines) == 1 + len(table.rows)
    assert all(line == line.rstrip() for line in lines)
    width = max(cell_len(line) for line in lines)
    for row, line in zip((table.header, *table.rows), lines, strict=True):
        assert len(row) == 1 or all(cell.strip() in line for cell in row)
        if len(row) > 1 and table.left < len(row):
            assert cell_len(line) == width or "heading" in lines


@given(tables())
def test_a_page_has_as_many_cells_in_every_row(table: Table) -> None:
    lines = markdown(table).splitlines()
    assert len(lines) == 2 + len(table.rows)
    for line in lines:
        assert line.replace("\\|", "").count("|") == len(table.header) + 1
    assert lines[1].split(" | ")[0].startswith("| ---:" if table.left == 0 else "| ---")


def test_a_heading_stands_over_rows_that_are_indented() -> None:
    table = Table(("system", "F1"), (("exact",), ("spacy", "0.900"), ("overlap",), ("spacy", "1")))
    assert terminal([table]) == "system      F1\nexact\n  spacy  0.900\noverlap\n  spacy      1\n"
    assert markdown(table).splitlines()[2:4] == ["| **exact** |  |", "| spacy | 0.900 |"]


def test_colours_only_where_they_are_asked_for() -> None:
    parts = [(("a", "bold red"), ("b", "")), Table(("x", "y"), (("1", "2"),))]
    assert terminal(parts) == "ab\nx  y\n1  2\n"
    assert "\x1b[" in terminal(parts, color=True)


def test_markup_of_a_text_is_no_markup() -> None:
    assert terminal(["[bold]x[/bold] :smile:"]) == "[bold]x[/bold] :smile:\n"
    assert escaped("a|b") == "a\\|b"
    assert bulleted(["*: a note"]) == "- \\*: a note"


def test_a_line_is_never_broken_but_a_note_is() -> None:
    assert terminal(["x " * 500]).count("\n") == 1
    assert max(map(len, wrapped("word " * 100).splitlines())) <= 100


@given(st.text(st.characters(codec="utf-8", categories=("L", "Mn", "N", "P", "S", "Zs"))))
def test_a_text_is_as_wide_as_rich_says_but_for_pictures_of_several_characters(text: str) -> None:
    # Shades of skin are symbols of another category, and parts of pictures all the same.
    known = [one for one in text if unicodedata.category(one) != "So" and not "\U0001f3fb" <= one <= "\U0001f3ff"]
    assert cells("".join(known)) == sum(map(cell_len, known))
