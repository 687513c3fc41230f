"""What a project lacks of a corpus: nothing is sent that is there, and nothing over what people changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.labelstudio.from_task import from_task
from spanproof.labelstudio.status import SENT, Note, Task, by_document, digest, name_of, unequal
from spanproof.labelstudio.to_task import prediction, to_task
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class Update:
    """A task that gets other content: its id, the id of the annotation to replace (None: to be made).

    With ``is_sent`` the annotation is there already, and only the mark of it is missing.
    """

    task: int
    annotation: int | None
    content: Task
    is_sent: bool


@dataclass(frozen=True)
class Push:
    """Tasks to create, tasks to update, predictions to add (with the id of their task); what stands in the way."""

    create: tuple[Task, ...]
    update: tuple[Update, ...]
    predict: tuple[tuple[int, dict[str, Any]], ...]
    present: int
    notes: tuple[Note, ...]

    @property
    def size(self) -> int:
        """How many documents have something to be sent."""
        return len(self.create) + len(self.update) + len(self.predict)


def push(
    tasks: Sequence[Task], documents: Iterable[Document], schema: Schema, model_version: str | None = None
) -> Push:
    """What a project that holds ``tasks`` lacks of a corpus.

    Documents are gold without a model's name and become annotations; with one they are its output and become
    predictions. Gold that changed since it was sent replaces what was sent, unless somebody changed that meanwhile.
    """
    there = by_document(tasks)
    create: list[Task] = []
    update: list[Update] = []
    predict: list[tuple[int, dict[str, Any]]] = []
    notes: list[Note] = []
    present = 0
    for document in documents:
        name = name_of(document, schema)
        mine = there.get(name, [])
        if not mine:
            create.append(_task(document, schema, model_version))
            continue
        step = unequal(mine, document, schema) or (
            _update(mine[0], document, schema)
            if model_version is None
            else _predict(mine[0], document, schema, model_version)
        )
        if isinstance(step, Note):
            notes.append(step)
        elif isinstance(step, Update):
            update.append(step)
        elif step is not None:
            predict.append(step)
        else:
            present += 1
    return Push(tuple(create), tuple(update), tuple(predict), present, tuple(notes))


def _task(document: Document, schema: Schema, model_version: str | None) -> dict[str, Any]:
    """A task with gold, marked with what was sent; or one with a prediction alone."""
    task = to_task(document, schema)
    if model_version is not None:
        task["annotations"] = []
        task["predictions"] = [prediction(document, schema, model_version)]
        return task
    task["meta"] = {**task.get("meta", {}), SENT: digest(document, schema)}
    return task


def _update(task: Task, document: Document, schema: Schema) -> Update | Note | None:
    """What brings a task's gold up to date; nothing where it was sent as it is."""
    sent, now = (task.get("meta") or {}).get(SENT), digest(document, schema)
    if sent == now:
        return None
    content = _task(document, schema, None)
    gold = [annotation for annotation in task["annotations"] if annotation["ground_truth"]]
    if not gold and sent is None:
        return Update(task["id"], None, content, is_sent=False)
    if len(gold) == 1:
        held = digest(from_task(task, schema, gold[0]).document, schema)
        if held in (sent, now):
            return Update(task["id"], gold[0]["id"], content, is_sent=held == now)
    message = f"changed here and in task {task['id']} since it was sent; right is to pull first"
    return Note("both-changed", name_of(document, schema), message)


def _predict(
    task: Task, document: Document, schema: Schema, model_version: str
) -> tuple[int, dict[str, Any]] | Note | None:
    """The prediction that a task lacks."""
    made = prediction(document, schema, model_version)
    named = [each for each in task["predictions"] if each["model_version"] == model_version]
    if not named:
        return task["id"], made
    if any(each["result"] == made["result"] for each in named):
        return None
    message = (
        f"task {task['id']} has another prediction of {model_version}; right is a name for each version of a model"
    )
    return Note("other-prediction", name_of(document, schema), message)
