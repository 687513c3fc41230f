"""Objects of lists, one list a member, as rows and back."""

from collections.abc import Mapping, Sequence
from typing import Any


def rows_of(columns: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Return the rows of an object of lists, and what is wrong with it, in words; empty where nothing is.

    A list that is shorter than others lacks the members of the last rows; what is no list lacks all.

    Args:
        columns: the object.
    """
    sizes = {name: len(column) for name, column in columns.items() if isinstance(column, list)}
    problem = ""
    if len(sizes) < len(columns):
        problem = f"has no list in {next(name for name in columns if name not in sizes)!r}; expected one in each member"
    elif len({*sizes.values()}) > 1:
        counts = ", ".join(f"{number} {name}" for name, number in sizes.items())
        problem = f"has lists of different lengths ({counts}); expected one item for each span"
    longest = max(sizes.values(), default=0)
    rows = [{name: columns[name][k] for name, number in sizes.items() if k < number} for k in range(longest)]
    return rows, problem


def columns_of_rows(rows: Sequence[Any], before: Any) -> dict[str, list[Any]] | None:
    """Return rows as an object of lists; None where they aren't objects with the same members.

    Args:
        rows: the rows.
        before: the object that they take the place of, whose members keep their order; anything else for none.
    """
    old = before if isinstance(before, Mapping) else {}
    if not all(isinstance(column, list) for column in old.values()) or not all(
        isinstance(row, Mapping) for row in rows
    ):
        return None
    names = list(dict.fromkeys([*old, *(name for row in rows for name in row)]))
    if not all(row.keys() == {*names} for row in rows):
        return None
    return {name: [row[name] for row in rows] for name in names}
