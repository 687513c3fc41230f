"""What a project lacks of a corpus: nothing that is there is sent again, and nothing over what people changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.labelstudio.assignment import hinted
from spanproof.labelstudio.credit import taken
from spanproof.labelstudio.from_task import from_task
from spanproof.labelstudio.tasks import SENT, Task, TaskAnnotation, by_document, by_name, conflict, digest
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
        is_sent: whether what was sent, or what somebody made, is there already as the corpus has it, and only the mark
            is missing.
    """

    task: int
    annotation: int | None
    content: Mapping[str, Any]
    is_sent: bool


@dataclass(frozen=True)
class NewTasks(Sequence[Mapping[str, Any]]):
    """Tasks that a project lacks, each made when it is asked for: one is several times as large as its document.

    Attributes:
        documents: their documents, each with the people who are to annotate it.
        schema: the schema of the documents.
        model_version: None for gold; else whose output the documents are.
    """

    documents: Sequence[tuple[Document, Sequence[str]]]
    schema: Schema
    model_version: str | None

    def __len__(self) -> int:
        return len(self.documents)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return NewTasks(self.documents[index], self.schema, self.model_version)
        document, people = self.documents[index]
        task = _task(document, self.schema, self.model_version)
        return {**task, "data": hinted(task["data"], people)}


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

    create: NewTasks
    update: tuple[Update, ...]
    predict: tuple[tuple[int, dict[str, Any]], ...]
    present: int
    findings: tuple[Finding, ...]

    @property
    def size(self) -> int:
        """How many documents have something to be sent."""
        return len(self.create) + len(self.update) + len(self.predict)


def missing(
    corpus: Corpus,
    tasks: Sequence[Mapping[str, Any]],
    model_version: str | None = None,
    people: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Upload:
    """Return what the tasks of a project lack of a corpus.

    Gold that changed since it was sent replaces what was sent, unless somebody changed that meanwhile.

    Args:
        corpus: the corpus.
        tasks: the tasks of the project, as the server gives them.
        model_version: None for gold, which becomes annotations; else whose output the corpus is, which becomes
            predictions.
        people: who is to annotate each document, by its name; a hint that is there stays.

    Raises:
        ValueError: the documents of the corpus can't be told apart. That one has no text is said when its task is made.
    """
    schema, there = corpus.schema, by_document(tasks)
    create: list[tuple[Document, Sequence[str]]] = []
    update: list[Update] = []
    predict: list[tuple[int, dict[str, Any]]] = []
    findings: list[Finding] = []
    present = 0
    for name, document in by_name(corpus).items():
        own = there.get(name, [])
        if not own:
            create.append((document, people.get(name, ())))
            continue
        step = conflict(name, document, own, schema) or (
            _update(name, document, own[0], schema)
            if model_version is None
            else _predict(name, document, own[0], schema, model_version)
        )
        if isinstance(step, Finding):
            findings.append(step)
        elif isinstance(step, Update):
            data = hinted(step.content["data"], people.get(name, ()), own[0].data)
            meta = {**own[0].meta, **step.content["meta"]}  # what `star` noted there stays
            update.append(replace(step, content={**step.content, "data": data, "meta": meta}))
        elif step is not None:
            predict.append(step)
        else:
            present += 1
    return Upload(NewTasks(create, schema, model_version), tuple(update), tuple(predict), present, tuple(findings))


def _task(document: Document, schema: Schema, model_version: str | None) -> dict[str, Any]:
    """Return a task with the digest of what was sent, and with that as an annotation, or as a prediction.

    A document without a region is sent without an annotation: one that is empty would tell the server that somebody has
    done the task.
    """
    task = to_task(document, schema)
    if model_version is not None:
        return {**task, "annotations": [], "predictions": [prediction(document, schema, model_version)]}
    annotations = [annotation for annotation in task["annotations"] if annotation["result"]]
    return {**task, "annotations": annotations, "meta": {SENT: digest(document, schema)}}


def _update(name: str, document: Document, task: Task, schema: Schema) -> Update | Finding | None:
    """Return what brings the gold of a task up to date; None where it was sent as it is."""
    now = digest(document, schema)
    content = _task(document, schema, None)
    if task.sent == now:
        # Marked as sent, and not there: the server left it out, or somebody deleted it.
        is_gone = not task.annotations and not task.drafts and content["annotations"]
        return Update(task.id, None, content, is_sent=False) if is_gone else None
    sent = [annotation for annotation in task.annotations if annotation.is_sent]
    if not task.annotations or (not sent and task.sent is None):
        return Update(task.id, None, content, is_sent=not content["annotations"])
    there = {annotation.id: _digest(task, annotation, schema) for annotation in task.annotations}
    if now in there.values():
        meta = {name: note for one in sent if there[one.id] == now for name, note in taken(task, one).items()}
        return Update(task.id, None, {**content, "meta": {**content["meta"], **meta}}, is_sent=True)
    if len(sent) == 1 and there[sent[0].id] == task.sent:
        return Update(task.id, sent[0].id, content, is_sent=False)
    right = "pull --write first, and have what it holds back corrected"
    message = f"changed here and in task {task.id} since it was sent; {right}"
    return Finding("both-changed", "error", message, name)


def _digest(task: Task, annotation: TaskAnnotation, schema: Schema) -> str | None:
    """Return the digest of the document that an annotation has; None where it can't be read."""
    pulled = from_task({"data": task.data}, schema, {"result": annotation.result})
    broken = any(finding.severity == "error" for finding in pulled.findings)
    return None if broken else digest(pulled.document, schema)


def _predict(
    name: str, document: Document, task: Task, schema: Schema, model_version: str
) -> tuple[int, dict[str, Any]] | Finding | None:
    """Return the prediction that a task lacks, after the task's id; None where the task has it."""
    own = prediction(document, schema, model_version)
    results = [result for version, result in task.predictions if version == model_version]
    if not results:
        return task.id, own
    if own["result"] in results:
        return None
    right = "expected a name for each version of a model"
    message = f"task {task.id} has another prediction of {model_version}; {right}"
    return Finding("other-prediction", "error", message, name)
