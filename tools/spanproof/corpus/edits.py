"""Changes of a document, and how they are made."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.schema.paths import Path, value_at


@dataclass(frozen=True)
class Edit:
    """One change of a document: the member or item at ``path`` becomes ``value``, or goes."""

    path: Path
    value: Any = None
    remove: bool = False


def apply(document: Any, edits: Sequence[Edit]) -> Any:
    """Return a document with edits made to it; the document itself stays as it is.

    Values are set in the order of the edits, and removals come last, so that every path is one of the document as it
    was.

    Args:
        document: a document.
        edits: the changes; no path leads into what another edit sets.

    Raises:
        KeyError: a path leads into a member that isn't there.
        IndexError: a path leads to an item that isn't there.
    """
    changed = copy.deepcopy(document)
    for edit in edits:
        if not edit.remove:
            value_at(changed, edit.path[:-1])[edit.path[-1]] = edit.value
    # From the last to the first, what is within before what it is in, so that no item moves before its turn.
    for path in sorted((edit.path for edit in edits if edit.remove), key=_order, reverse=True):
        del value_at(changed, path[:-1])[path[-1]]
    return changed


def _order(path: Path) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (0, step) for step in path]
