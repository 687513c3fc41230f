"""The tasks of a project as they come from a server, which has checked little of them, by the documents of a corpus."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.corpus.documents import Corpus, demand_readable
from spanproof.corpus.findings import Finding
from spanproof.labelstudio.frames import is_frame
from spanproof.labelstudio.layout import Layout
from spanproof.schema.layers import canonical
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

SENT = "sent"
"""The member of a task's ``meta`` that has the digest of the document that was sent."""


@dataclass(frozen=True)
class TaskAnnotation:
    """An annotation of a task.

    Attributes:
        id: its id on the server.
        result: its regions and relations; whatever the server has, if that is no list.
        author: who made it; of one that was sent, who sent it.
        changed_by: who changed it last. To star it is a change too, for all that the server tells.
        day: when that was.
        is_skipped: whether its author skipped the task.
        is_starred: whether it has the star, which says that it is right.
        is_sent: whether a push made it.
    """

    id: Any
    result: Any
    author: Any
    changed_by: Any
    day: str
    is_skipped: bool
    is_starred: bool
    is_sent: bool

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "TaskAnnotation":
        """Return an annotation of what a server gives."""
        return cls(
            id=raw.get("id"),
            result=raw.get("result"),
            author=raw.get("completed_by"),
            changed_by=raw.get("updated_by"),
            day=str(raw.get("updated_at") or ""),
            is_skipped=bool(raw.get("was_cancelled")),
            is_starred=bool(raw.get("ground_truth")),
            is_sent=raw.get("import_id") is not None,
        )


@dataclass(frozen=True)
class Task:
    """A task of a project.

    Attributes:
        id: its id on the server.
        name: what identifies its document; ``task`` and its own id where a push didn't make it.
        data: what is shown of it, and what a push kept of its document.
        sent: the digest of the document that was sent; None where none was.
        meta: what a push and ``star`` keep with the task, beside what is shown.
        annotations: its annotations.
        drafts: what people began and didn't submit: who, on which annotation, on which day.
        predictions: version of a model and result, of each prediction.
    """

    id: Any
    name: str
    data: Mapping[str, Any]
    sent: str | None
    meta: Mapping[str, Any]
    annotations: tuple[TaskAnnotation, ...]
    drafts: tuple[tuple[Any, Any, str], ...]
    predictions: tuple[tuple[Any, Any], ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "Task":
        """Return a task of what a server gives; what isn't as a server gives it is left out."""
        data, meta, name = raw.get("data"), raw.get("meta"), None
        if isinstance(data, Mapping):
            name = data.get("id")
        meta = meta if isinstance(meta, Mapping) else {}
        sent = meta.get(SENT)
        return cls(
            id=raw.get("id"),
            name=name if isinstance(name, str) else f"task {raw.get('id')}",
            data=data if isinstance(data, Mapping) else {},
            sent=sent if isinstance(sent, str) else None,
            meta=meta,
            annotations=tuple(TaskAnnotation.of(item) for item in _objects(raw.get("annotations"))),
            drafts=tuple(
                (item.get("user"), item.get("annotation"), _day(item)) for item in _objects(raw.get("drafts"))
            ),
            predictions=tuple(
                (item.get("model_version"), item.get("result")) for item in _objects(raw.get("predictions"))
            ),
        )

    @property
    def problem(self) -> str | None:
        """Why nothing can be read from the task; None where it is as a push made it."""
        if not isinstance(self.data.get("text"), str):
            return "has no text"
        if not is_frame(self.data.get("document")):
            return "lacks what was kept of its document"
        return None


_MEMBERS = ("id", "data", "meta", "annotations", "drafts", "predictions")
_OF_ANNOTATIONS = frozenset(
    ("id", "result", "completed_by", "updated_by", "updated_at", "was_cancelled", "ground_truth", "import_id")
)


def kept(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task as a server lists it with what is ever read of it: many tasks are held at once."""
    task = {name: raw[name] for name in _MEMBERS if name in raw}
    if isinstance(task.get("annotations"), list):
        task["annotations"] = [
            {name: value for name, value in one.items() if name in _OF_ANNOTATIONS} if isinstance(one, Mapping) else one
            for one in task["annotations"]
        ]
    return task


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _day(draft: Mapping[str, Any]) -> str:
    return str(draft.get("updated_at") or draft.get("created_at") or "")[:10]


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest(document: Document, schema: Schema) -> str:
    """Return a SHA-256 that is the same for every order of the annotations, and for null as for what is left out."""
    return hashlib.sha256(canonical(_without_nulls(document), schema.root, schema).encode()).hexdigest()


def _without_nulls(value: Any) -> Any:
    """Return a value without the members that are null."""
    if isinstance(value, Mapping):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def by_name(corpus: Corpus) -> dict[str, Document]:
    """Return the documents of a corpus by what identifies them: their key, or the hash of their text without one.

    Raises:
        ValueError: the corpus has what couldn't be read, a document has no name, or that of another one.
        SchemaError: the schema has spans of no text or of several.
    """
    documents: dict[str, Document] = {}
    member = corpus.schema.key or Layout.of(corpus.schema).text
    for document in demand_readable(corpus).documents():
        value = document.get(member) if isinstance(document, Mapping) else None
        if not isinstance(value, str):
            problem = f"a document has no {member}" if value is None else f"the {member} of a document is {value!r:.40}"
            raise ValueError(f"{problem}; expected a string, a different one for each")
        name = value if corpus.schema.key else sha256_of(value)
        if name in documents:
            raise ValueError(f"{member} {name!r} is shared by several documents; expected a different one for each")
        documents[name] = document
    return documents


def by_document(tasks: Iterable[Mapping[str, Any]]) -> dict[str, list[Task]]:
    """Return tasks by the name of their document; one that wasn't made by a push by ``task`` and its own id.

    Args:
        tasks: the tasks, as the server gives them.
    """
    named: dict[str, list[Task]] = {}
    for task in map(Task.of, tasks):
        named.setdefault(task.name, []).append(task)
    return named


def conflict(name: str, document: Document, tasks: Sequence[Task], schema: Schema) -> Finding | None:
    """Return why the tasks of a document can't stand for it: there are several, or the text is another.

    Args:
        name: what identifies the document.
        document: the document in the corpus.
        tasks: its tasks in the project, at least one.
        schema: the schema of the corpus.
    """
    if len(tasks) > 1:
        ids = ", ".join(str(task.id) for task in tasks)
        message = f"has the tasks {ids}; expected one: delete the others on the server"
        return Finding("two-tasks", "error", message, name)
    (task,), text = tasks, document.get(Layout.of(schema).text)
    if task.problem:
        message = f"task {task.id} {task.problem}: it was changed on the server; delete it and push again"
        return Finding("task-unreadable", "error", message, name)
    if task.data.get("sha256") != sha256_of(str(text)) or task.data["text"] != text:
        message = f"task {task.id} has another text; pull it, delete the task, and push again"
        return Finding("other-text", "error", message, name)
    return None


def stranger(task: Task, documents: Iterable[str]) -> Finding:
    """Return the finding about a task of no document of the corpus; an error where it has the text of one.

    Args:
        task: the task.
        documents: the hashes of the texts of the corpus.
    """
    text = task.data.get("text")
    if isinstance(text, str) and sha256_of(text) in documents:
        message = f"task {task.id} has the text of a document, but not its name; delete it and push again"
        return Finding("task-renamed", "error", message, task.name)
    message = f"the corpus has no such document (task {task.id}); it is not pulled"
    return Finding("not-ours", "info", message, task.name)
