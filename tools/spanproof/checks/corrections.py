"""Corrections of a document: which are offered, which can be made together, where they are once others are made."""

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.checks.runs import Found
from spanproof.corpus.documents import Batch
from spanproof.corpus.edits import Edit, apply, moves
from spanproof.corpus.findings import Finding
from spanproof.schema.paths import Path

Wanted = Callable[[Finding], bool]
"""Whether the correction of a finding is asked for."""
Steps = tuple[Sequence[Edit], ...]
"""Edits, those of each step for the document as the step before left it."""
Moved = Callable[[Path], Path | None]
"""Where a path leads in a corrected document; None where what it led to is gone."""
Key = tuple[str, Path]
"""The code and the path of a finding."""


@dataclass(frozen=True)
class Outcome:
    """What became of the corrections of one document.

    Attributes:
        steps: the edits of all corrections that could be made, those of each step for the document as the step before
            left it.
        ending: returns the findings that are gone, as they are kept; few ask for them.
        left: the findings of the document as it is now.
        refused: why the correction of a finding that stays can't be made, by its code and path.
    """

    steps: Steps
    ending: Callable[[], tuple[Found, ...]]
    left: Sequence[Finding]
    refused: Mapping[Key, str]

    @functools.cached_property
    def ended(self) -> tuple[Found, ...]:
        """Return the findings that are gone, as they are kept."""
        return self.ending()

    def then(self, later: "Outcome | None") -> "Outcome":
        """Return this and what became of other corrections after it, as one; None where there were no others."""
        if later is None:
            return replace(self, refused={}) if self.refused else self
        steps = self.steps + later.steps
        return Outcome(steps, lambda: self.ended + later.ended, later.left, later.refused)

    def made(self, document: Any) -> Any:
        """Return the document with the edits made, given it, perhaps as its file has it (its text stands elsewhere)."""
        for edits in self.steps:
            document = apply(document, edits)
        return document


def made(batch: Batch, outcomes: Mapping[int, Outcome]) -> dict[int, Any]:
    """Return documents of a batch, by their row, with what corrections were made of them."""
    return {row: outcomes[row].made(document) for row, document in batch.some(list(outcomes)).items()}


@dataclass(frozen=True, eq=False)
class Correction:
    """Edits that are made together, and the findings that they are to end."""

    edits: tuple[Edit, ...]
    cures: tuple[Finding, ...]


def offered(findings: Iterable[Finding], wanted: Wanted) -> list[Correction]:
    """Return the corrections of findings that are asked for; several findings may have one."""
    cures: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.fix and wanted(finding):
            cures[id(finding.fix)].append(finding)
    return [Correction(group[0].fix, tuple(group)) for group in cures.values()]


def compatible(corrections: Iterable[Correction]) -> list[Correction]:
    """Return the corrections that don't edit what an earlier one edits otherwise."""
    corrections = list(corrections)
    if len(corrections) < 2:
        return corrections
    edits: dict[Path, Edit] = {}
    around: set[Path] = set()
    kept = []
    for one in corrections:
        if all(
            edits.get(edit.path, edit) == edit
            and edit.path not in around
            and not any(edit.path[:k] in edits for k in range(len(edit.path)))
            for edit in one.edits
        ):
            edits.update({edit.path: edit for edit in one.edits})
            around.update(edit.path[:k] for edit in one.edits for k in range(len(edit.path)))
            kept.append(one)
    return kept


def carried(corrections: Iterable[Correction], moved: Moved) -> list[Correction]:
    """Return corrections for a document in which paths have moved, without those of what is gone."""
    result = []
    for one in corrections:
        edits = [(moved(edit.path), edit) for edit in one.edits]
        cures = [(moved(finding.path), finding) for finding in one.cures]
        if all(path is not None for path, _ in edits):
            result.append(
                Correction(
                    tuple(edit._replace(path=path) for path, edit in edits if path is not None),
                    tuple(replace(finding, path=path) for path, finding in cures if path is not None),
                )
            )
    return result


def through(steps: Steps) -> Moved:
    """Return where paths lead after several steps."""
    moved_by = [moves(step) for step in steps]

    def moved(path: Path) -> Path | None:
        for move in moved_by:
            there = move(path)
            if there is None:
                return None
            path = there
        return path

    return moved


def item_of(path: Path) -> Path:
    """Return the innermost item of a list on a path; the path itself where none is."""
    last = max((k for k, step in enumerate(path) if isinstance(step, int)), default=len(path) - 1)
    return path[: last + 1]
