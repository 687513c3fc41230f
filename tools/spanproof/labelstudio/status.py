"""What a project holds of a corpus: its tasks by our documents, and a summary of them."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.schema.layers import canonical
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

SENT = "sent"
Task = Mapping[str, Any]


@dataclass(frozen=True)
class Note:
    """What there is to say of a document's task; ``is_finding`` where it needs somebody to act."""

    kind: str
    document: str
    message: str
    is_finding: bool = True

    def __str__(self) -> str:
        return f"{'error' if self.is_finding else 'info'}[{self.kind}] {self.document}: {self.message}"


@dataclass(frozen=True)
class Status:
    """How many tasks a project has, how many of them are annotated, skipped, have drafts or predictions."""

    tasks: int
    annotated: int
    skipped: int
    drafts: int
    predictions: Mapping[str, int]
    notes: tuple[Note, ...]


def name_of(document: Document, schema: Schema) -> str:
    """What identifies a document: its key, or the hash of its texts where the schema has none."""
    return str(document[schema.key]) if schema.key else hash_of(document, schema)


def hash_of(document: Document, schema: Schema) -> str:
    """The SHA-256 of a document's text; of several texts, that of their JSON list."""
    texts = [document.get(member) for member in dict.fromkeys(node.get("spanOf") for node in schema.spans)]
    whole = texts[0] if len(texts) == 1 and isinstance(texts[0], str) else json.dumps(texts)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def digest(document: Document, schema: Schema) -> str:
    """The SHA-256 of a document, the same for every order of its annotations, and for null as for what is left out."""
    return hashlib.sha256(canonical(_stated(document), schema.root, schema).encode()).hexdigest()


def _stated(value: Any) -> Any:
    """A value without the members that are null."""
    if isinstance(value, Mapping):
        return {name: _stated(sub) for name, sub in value.items() if sub is not None}
    return [_stated(item) for item in value] if isinstance(value, list) else value


def by_document(tasks: Iterable[Task]) -> dict[str, list[Task]]:
    """The tasks by the name of their document; one that wasn't made by a push by its own id."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(str(task["data"].get("id", f"task {task['id']}")), []).append(task)
    return found


def text_hash(task: Task) -> str:
    """The hash of the text that a task was made with."""
    return str(task["data"].get("sha256"))


def unequal(mine: Sequence[Task], document: Document, schema: Schema) -> Note | None:
    """Why a document's tasks can't stand for it: there are several, or the text is another."""
    name = name_of(document, schema)
    if len(mine) > 1:
        ids = ", ".join(str(task["id"]) for task in mine)
        return Note("two-tasks", name, f"has the tasks {ids}; right is one: delete the others on the server")
    if text_hash(mine[0]) != hash_of(document, schema):
        message = f"task {mine[0]['id']} has another text; right is to pull it, delete the task, and push again"
        return Note("other-text", name, message)
    return None


def status(tasks: Sequence[Task], corpus: Iterable[Document], schema: Schema) -> Status:
    """A summary of a project's tasks, and which documents of the corpus are missing or have another text."""
    there, notes = by_document(tasks), []
    for document in corpus:
        name = name_of(document, schema)
        mine = there.pop(name, [])
        note = unequal(mine, document, schema) if mine else Note("not-pushed", name, "has no task")
        if note:
            notes.append(note)
    notes += [Note("not-ours", name, "is in the project alone", False) for name in there]
    versions = Counter(each["model_version"] for task in tasks for each in task["predictions"])
    submitted = [[each["was_cancelled"] for each in task["annotations"]] for task in tasks]
    return Status(
        tasks=len(tasks),
        annotated=sum(not all(each) for each in submitted),
        skipped=sum(any(each) for each in submitted),
        drafts=sum(len(task["drafts"]) for task in tasks),
        predictions=dict(sorted(versions.items())),
        notes=tuple(notes),
    )
