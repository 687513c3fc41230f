"""What the columns of a file of CoNLL hold: which has the tokens, which have tags."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

DOCSTART = "-DOCSTART-"
"""What the line begins with that begins a document."""
_TAG = re.compile(r"O|[BIESLUM][-_].+", re.DOTALL)
_NUMBER = re.compile(r"\d+")
_ALONE = re.compile(r"[A-Z][A-Z0-9_-]*")
_MOST_LABELS = 40
_NAMES = frozenset({"token", "tokens", "word", "words", "form"})
"""What the column of tokens is called, in lower case, where the first row names the columns."""
_ROW_OF_BRACKET = re.compile(rb"[\[{<][\t ](?:[^\n]*[\t ])?(?:O|[BIESLUM]-\S+)\r?\n")
_WORD_NUMBER = re.compile(r"\d+(?:[-.]\d+)?")


@dataclass(frozen=True)
class TagColumns:
    """What the columns of a file hold.

    Attributes:
        separator: what stands between them: a tab, or blanks.
        width: how many there are.
        token: the number of that with the tokens.
        tags: the numbers of those with tags; where there are several, each is a layer.
    """

    separator: str
    width: int
    token: int
    tags: tuple[int, ...]

    def cells(self, line: str) -> list[str]:
        """Return the cells of a line."""
        return _cells(line, self.separator)

    def are_names(self, cells: Sequence[str]) -> bool:
        """Say whether cells of the first row name the columns: that of tokens is called so, and no other is a tag."""
        tags = [cells[k] for k in self.tags]
        return cells[self.token].lower() in _NAMES and not any(map(_TAG.fullmatch, tags))

    def is_comment(self, line: str) -> bool:
        """Say whether a line that begins with ``#`` is a comment, and no token of that name."""
        if not line.startswith("#"):
            return False
        cells = self.cells(line)
        return not (len(cells) == self.width and _TAG.fullmatch(cells[self.tags[-1]]))


def begins_with_bracket(head: bytes) -> bool:
    """Say whether the first token of a file is a bracket, which no JSON or XML is before a tag."""
    return _ROW_OF_BRACKET.match(head) is not None


def are_of_conllu(columns: TagColumns, lines: Sequence[str]) -> bool:
    """Say whether lines have the ten columns of CoNLL-U, which begin with the number of a word."""
    if columns.width != 10 or columns.separator != "\t":
        return False
    rows = [line for line in lines if line.strip() and not line.startswith("#")]
    return sum(_WORD_NUMBER.fullmatch(line.split("\t")[0]) is not None for line in rows) * 2 >= len(rows)


def _cells(line: str, separator: str) -> list[str]:
    cells = line.split(separator)
    return [cell for cell in cells if cell] if separator == " " and "" in cells else cells


def columns_of(lines: Sequence[str], *, alone: bool = True) -> TagColumns | None:
    """Return what the columns of some lines hold; None where none of them holds tags.

    Args:
        lines: lines of a file, those of sentences and others.
        alone: whether labels without positions (``PER``, ``O``) are tags, as many a column is that has none.
    """
    rows = [line for line in lines if line.strip() and not line.startswith((DOCSTART, "#"))] or [
        line for line in lines if line.strip() and not line.startswith(DOCSTART)
    ]
    if not rows:
        return TagColumns(" ", 2, 0, (1,)) if any(line.startswith(DOCSTART) for line in lines) else None
    separator = "\t" if sum("\t" in line for line in rows) * 2 > len(rows) else " "
    cells = [_cells(line, separator) for line in rows]
    widths = Counter(map(len, cells))
    width = max(widths, key=lambda number: widths[number], default=0)
    even = [row for row in cells if len(row) == width]
    tagged = [k for k in range(width) if _are_tags([row[k] for row in even])]
    if not tagged and alone and _are_labels([row[-1] for row in even]):
        tagged = [width - 1]
    if width < 2 or not tagged:
        return None
    if tagged == [0]:
        return TagColumns(separator, width, width - 1, (0,))
    numbered = width > 2 and all(_NUMBER.fullmatch(row[0]) for row in even) and len(even) > 1
    token = 1 if numbered and 1 not in tagged else 0
    return TagColumns(separator, width, token, tuple(k for k in tagged if k != token))


def _are_tags(cells: Sequence[str]) -> bool:
    """Say whether nine of ten cells are tags, one of which isn't O."""
    inside = sum(number for cell, number in Counter(cells).items() if cell != "O" and _TAG.fullmatch(cell))
    return inside > 0 and (cells.count("O") + inside) * 10 >= len(cells) * 9


def _are_labels(cells: Sequence[str]) -> bool:
    """Say whether cells are labels without positions: a third is O, and the others are few names in capitals."""
    others = {cell for cell in cells if cell != "O"}
    return cells.count("O") * 3 >= len(cells) and len(others) <= _MOST_LABELS and all(map(_ALONE.fullmatch, others))
