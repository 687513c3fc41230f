"""Changes of a document, and how they are made."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Step = str | int


@dataclass(frozen=True)
class Edit:
    """One change of a document: the member or item at ``path`` becomes ``value``, or goes."""

    path: tuple[Step, ...]
    value: Any = None
    remove: bool = False


def apply(document: Any, edits: Sequence[Edit]) -> Any:
    """Return the document with the edits made, members first and removals last; the original stays as it is."""
    changed = copy.deepcopy(document)
    removals = sorted((e for e in edits if e.remove), key=lambda e: [str(s).zfill(9) for s in e.path], reverse=True)
    for edit in (*(e for e in edits if not e.remove), *removals):
        owner = changed
        for step in edit.path[:-1]:
            owner = owner[step]
        if edit.remove:
            del owner[edit.path[-1]]
        else:
            owner[edit.path[-1]] = edit.value
    return changed
