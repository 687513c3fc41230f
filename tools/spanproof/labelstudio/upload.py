"""What a project lacks of a corpus: nothing that is there is sent again, and nothing over what people changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.labelstudio.from_task import from_task
from spanproof.labelstudio.tasks import SENT, Task, by_document, by_name, conflict, digest
from spanproof.labelstudio.to_task import prediction, to_task
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class Update:
    """A task that gets other content.

    Attributes:
        task: the id of the task.
        annotation: the id of the annotation to replace; None for one that is to be made.
        content: the task as it is to be.
        is_sent: whether the annotation is there already, and only the mark of it is missing.
    """

    task: int
    annotation: int | None
    content: Task
    is_sent: bool


@dataclass(frozen=True)
class Upload:
    """What a project lacks of a corpus.

    Attributes:
        create: the tasks to create.
        update: the tasks to update.
        predict: the predictions to add, each after the id of its task.
        present: how many documents are there already as they are.
        findings: what stands in the way of others.
    """

    create: tuple[Task, ...]
    update: tuple[Update, ...]
    predict: tuple[tuple[int, dict[str, Any]], ...]
    present: int
    findings: tuple[Finding, ...]

    @property
    def size(self) -> int:
        """How many documents have something to be sent."""
        return len(self.create) + len(self.update) + len(self.predict)


def missing(corpus: Corpus, tasks: Sequence[Task], model_version: str | None = None) -> Upload:
    """Return what the tasks of a project lack of a corpus.

    Gold that changed since it was sent replaces what was sent, unless somebody changed that meanwhile.

    Args:
        corpus: the corpus.
        tasks: the tasks of the project, as the server gives them.
        model_version: None for gold, which becomes annotations; else whose output the corpus is, which becomes
            predictions.

    Raises:
        ValueError: the documents of the corpus can't be told apart, or one has no text.
    """
    schema, there = corpus.schema, by_document(tasks)
    create: list[Task] = []
    update: list[Update] = []
    predict: list[tuple[int, dict[str, Any]]] = []
    findings: list[Finding] = []
    present = 0
    for name, document in by_name(corpus).items():
        own = there.get(name, [])
        if not own:
            create.append(_task(document, schema, model_version))
            continue
        step = conflict(name, document, own, schema) or (
            _update(name, document, own[0], schema)
            if model_version is None
            else _predict(name, document, own[0], schema, model_version)
        )
        if isinstance(step, Finding):
            findings.append(step)
        elif isinstance(step, Update):
            update.append(step)
        elif step is not None:
            predict.append(step)
        else:
            present += 1
    return Upload(tuple(create), tuple(update), tuple(predict), present, tuple(findings))


def _task(document: Document, schema: Schema, model_version: str | None) -> dict[str, Any]:
    """Return a task with gold, marked with the digest of what was sent; or one with a prediction alone."""
    task = to_task(document, schema)
    if model_version is not None:
        return {**task, "annotations": [], "predictions": [prediction(document, schema, model_version)]}
    return {**task, "meta": {SENT: digest(document, schema)}}


def _update(name: str, document: Document, task: Task, schema: Schema) -> Update | Finding | None:
    """Return what brings the gold of a task up to date; None where it was sent as it is."""
    sent, now = (task.get("meta") or {}).get(SENT), digest(document, schema)
    if sent == now:
        return None
    content = _task(document, schema, None)
    gold = [annotation for annotation in task["annotations"] if annotation["ground_truth"]]
    if not gold and sent is None:
        return Update(task["id"], None, content, is_sent=False)
    if len(gold) == 1:
        there = digest(from_task(task, schema, gold[0]).document, schema)
        if there in (sent, now):
            return Update(task["id"], gold[0]["id"], content, is_sent=there == now)
    message = f"changed here and in task {task['id']} since it was sent; right is to pull first"
    return Finding("both-changed", "error", message, name)


def _predict(
    name: str, document: Document, task: Task, schema: Schema, model_version: str
) -> tuple[int, dict[str, Any]] | Finding | None:
    """Return the prediction that a task lacks, after the task's id; None where the task has it."""
    own = prediction(document, schema, model_version)
    results = [item["result"] for item in task["predictions"] if item["model_version"] == model_version]
    if not results:
        return task["id"], own
    if own["result"] in results:
        return None
    right = "right is a name for each version of a model"
    message = f"task {task['id']} has another prediction of {model_version}; {right}"
    return Finding("other-prediction", "error", message, name)
