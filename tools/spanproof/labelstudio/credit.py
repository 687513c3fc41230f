"""Who changed an annotation, and who gave it its star: a server keeps only who touched it last, by whatever change.

When ``star`` gives or takes a star, it notes in the task's ``meta`` who had changed the annotation, what it held and
who gives the star. Where a changed annotation is in the corpus by now, ``push`` notes who had changed it. Who changed
it counts as long as the annotation holds the same; who gave the star, as long as it has one.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from spanproof.labelstudio.tasks import Task, TaskAnnotation
from spanproof.parsing.json import dump

CREDIT = "changed"
"""The member of a task's ``meta`` that has the notes, by the ids of the annotations."""


def changer_of(task: Task, annotation: TaskAnnotation) -> Any:
    """Return the id of the user who changed an annotation last, but for its star; None where nobody can know."""
    if is_as_noted(task, annotation):
        return _user(task, annotation, "by")
    return annotation.changed_by if not annotation.is_starred or starrer_of(task, annotation) is not None else None


def starrer_of(task: Task, annotation: TaskAnnotation) -> Any:
    """Return the id of the user who gave an annotation its star; None where it has none or ``star`` didn't give it."""
    return _user(task, annotation, "star") if annotation.is_starred else None


def is_as_noted(task: Task, annotation: TaskAnnotation) -> bool:
    """Whether an annotation holds what it held when ``star`` last noted something about it."""
    return _note(task, annotation).get("result") == _hash(annotation.result)


def is_as_chosen(task: Task, annotation: TaskAnnotation) -> bool:
    """Whether an annotation holds what somebody had changed when it was noted, though it was sent as that meanwhile."""
    note = _note(task, annotation)
    known = starrer_of(task, annotation) is not None or note.get("taken") is True
    changed = _user(task, annotation, "by") is not None and note.get("sent") != task.sent
    return known and changed and is_as_noted(task, annotation)


def taken(task: Task, annotation: TaskAnnotation) -> dict[str, Any]:
    """Return the member of a task's ``meta`` that notes who changed an annotation which the corpus holds by now.

    Nothing where nobody can know who did. Where it is who sent it, it may be a push that was cut off.
    """
    by = changer_of(task, annotation)
    if by is None or by == annotation.author:
        return {}
    note = {"by": by, "result": _hash(annotation.result), "sent": task.sent, "taken": True}
    return {CREDIT: {**_notes(task), str(annotation.id): {**_note(task, annotation), **note}}}


def noted(task: Task, chosen: TaskAnnotation, user: int) -> dict[str, Any] | None:
    """Return the ``meta`` of a task with notes on all annotations whose star is about to change; None if it has them.

    Args:
        task: the task.
        chosen: the annotation that gets the star, or has it and is chosen again.
        user: the id of the user who gives it.
    """
    old = _notes(task)
    notes = dict(old)
    for annotation in task.annotations:
        is_chosen = annotation is chosen
        is_known = is_as_noted(task, annotation) and starrer_of(task, annotation) is not None
        if annotation.is_starred != is_chosen or (is_chosen and not is_known):
            by, result = changer_of(task, annotation), _hash(annotation.result)
            note = {"by": by, "result": result, "sent": task.sent}
            if is_as_chosen(task, annotation):
                note |= {"sent": _note(task, annotation).get("sent"), "taken": True}
            notes[str(annotation.id)] = {**note, "star": user} if is_chosen else note
    return {**task.meta, CREDIT: notes} if notes != old else None


def _notes(task: Task) -> Mapping[str, Any]:
    """Return the notes on the annotations of a task, by their ids."""
    notes = task.meta.get(CREDIT)
    return notes if isinstance(notes, Mapping) else {}


def _note(task: Task, annotation: TaskAnnotation) -> Mapping[str, Any]:
    """Return the note on an annotation; an empty one where there is none."""
    note = _notes(task).get(str(annotation.id))
    return note if isinstance(note, Mapping) else {}


def _user(task: Task, annotation: TaskAnnotation, member: str) -> int | None:
    """Return the id of a user that the note on an annotation has; None for what is no id."""
    user = _note(task, annotation).get(member)
    return user if type(user) is int else None


def _hash(result: Any) -> str:
    return hashlib.sha256(dump(result).encode("utf-8", "surrogatepass")).hexdigest()
