"""Changes of a document, and how they are made."""

import copy
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from spanproof.schema.paths import Path


class Edit(NamedTuple):
    """One change of a document: the member or item at ``path`` becomes ``value``, or goes."""

    path: Path
    value: Any = None
    remove: bool = False


def apply(document: Any, edits: Sequence[Edit]) -> Any:
    """Return a document with edits made to it; the document itself stays as it is, and shares what isn't edited.

    Values are set in the order of the edits, and removals come last, so that every path is one of the document as it
    was.

    Args:
        document: a document.
        edits: the changes; no path leads into what another edit sets.

    Raises:
        KeyError: a path leads into a member that isn't there.
        IndexError: a path leads to an item that isn't there.
    """
    copies: dict[Path, Any] = {(): copy.copy(document)}

    def own(path: Path) -> Any:
        if path not in copies:
            holder = own(path[:-1])
            holder[path[-1]] = copies[path] = copy.copy(holder[path[-1]])
        return copies[path]

    for edit in edits:
        if not edit.remove:
            own(edit.path[:-1])[edit.path[-1]] = edit.value
    # From the last to the first, what is within before what it is in, so that no item moves before its turn.
    for path in sorted({edit.path for edit in edits if edit.remove}, key=_order, reverse=True):
        del own(path[:-1])[path[-1]]
    return copies[()]


def _order(path: Path) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (0, step) for step in path]


def moves(edits: Sequence[Edit]) -> Callable[[Path], Path | None]:
    """Return where paths of a document lead once edits are made to it: None for what goes."""
    removed = {edit.path for edit in edits if edit.remove}
    gone: dict[Path, list[int]] = defaultdict(list)
    for path in removed:
        if isinstance(path[-1], int):
            gone[path[:-1]].append(path[-1])
    for numbers in gone.values():
        numbers.sort()

    def moved(path: Path) -> Path | None:
        if any(path[:k] in removed for k in range(1, len(path) + 1)):
            return None
        return tuple(
            step - bisect_left(gone[path[:k]], step) if isinstance(step, int) and path[:k] in gone else step
            for k, step in enumerate(path)
        )

    return moved if removed else lambda path: path
