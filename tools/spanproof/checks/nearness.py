"""Which corrections may have brought an error: those that touch what is wrong, or took out what is referred to."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from spanproof.checks.corrections import Correction, Moved, item_of
from spanproof.corpus.findings import Finding
from spanproof.schema.paths import Path, value_at

_DANGLING = "SP501"  # a reference to what isn't there, as to an item that was taken out


def near_of(
    corrections: Sequence[Correction], moved: Moved, before: Any, after: Any
) -> Callable[[Finding], Collection[Correction]]:
    """Return what tells which corrections touch what a finding is about, or take out what its reference named.

    Args:
        corrections: those that were made.
        moved: where paths lead in the corrected document.
        before: the document without them.
        after: the document with them.
    """
    touching: dict[Path, set[Correction]] = defaultdict(set)
    removing: dict[str | int, set[Correction]] = defaultdict(set)
    for one in corrections:
        for edit in one.edits:
            path = moved(item_of(edit.path))
            if path is not None:
                touching[path].add(one)
            for name in _names(value_at(before, edit.path)) if edit.remove else ():
                removing[name].add(one)

    def near(finding: Finding) -> Collection[Correction]:
        touched = {one for k in range(len(finding.path) + 1) for one in touching.get(finding.path[:k], ())}
        if touched or finding.code != _DANGLING:
            return touched
        named = value_at(after, finding.path)
        return removing.get(named, ()) if isinstance(named, str | int) else ()

    return near


def _names(item: Any) -> list[str | int]:
    """Return by what an item may be referred to: the words and numbers that it holds."""
    values = item.values() if isinstance(item, Mapping) else ()
    return [value for value in values if isinstance(value, str | int)]
