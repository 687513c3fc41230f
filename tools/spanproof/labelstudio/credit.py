"""Who changed what was sent. To give a star is a change too, and the server keeps only who made the last one.

Before ``star`` changes an annotation, it notes in the task's ``meta`` who had changed it and what it held. The note
counts as long as the annotation holds the same.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from spanproof.labelstudio.tasks import Task, TaskAnnotation
from spanproof.parsing.json import dump

CREDIT = "changed"
"""The member of a task's ``meta`` that has the notes, by the ids of the annotations."""


def changer_of(task: Task, annotation: TaskAnnotation) -> Any:
    """Return the id of the user who changed an annotation last, but for its star; None where nobody can know."""
    notes = task.meta.get(CREDIT)
    note = notes.get(str(annotation.id)) if isinstance(notes, Mapping) else None
    if isinstance(note, Mapping) and note.get("result") == _hash(annotation.result):
        return note.get("by")
    return None if annotation.is_starred else annotation.changed_by


def noted(task: Task, annotations: Iterable[TaskAnnotation]) -> dict[str, Any] | None:
    """Return the ``meta`` of a task with notes on annotations whose star is about to change; None if it has them.

    Args:
        task: the task.
        annotations: the annotations; of one that no push made, its author is its author whoever changes it.
    """
    old = task.meta.get(CREDIT)
    notes = dict(old) if isinstance(old, Mapping) else {}
    for annotation in annotations:
        by = changer_of(task, annotation) if annotation.is_sent else None
        if by is not None:
            notes[str(annotation.id)] = {"by": by, "result": _hash(annotation.result)}
    return {**task.meta, CREDIT: notes} if notes != (old or {}) else None


def _hash(result: Any) -> str:
    return hashlib.sha256(dump(result).encode("utf-8", "surrogatepass")).hexdigest()
