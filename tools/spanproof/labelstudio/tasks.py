"""The tasks of a project by the documents of a corpus: names, hashes, and tasks that can't stand for their document."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spanproof.corpus.documents import Corpus, demand_readable
from spanproof.corpus.findings import Finding
from spanproof.labelstudio.layout import Layout
from spanproof.schema.layers import canonical
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

SENT = "sent"
"""The member of a task's ``meta`` that has the digest of the gold that was sent."""
Task = Mapping[str, Any]


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
            raise ValueError(f"a document has no {member}; right is one of its own for each")
        name = value if corpus.schema.key else sha256_of(value)
        if name in documents:
            raise ValueError(f"{member} {name!r} is that of several documents; right is one of its own for each")
        documents[name] = document
    return documents


def by_document(tasks: Iterable[Task]) -> dict[str, list[Task]]:
    """Return tasks by the name of their document; one that wasn't made by a push by ``task`` and its own id."""
    named: dict[str, list[Task]] = {}
    for task in tasks:
        named.setdefault(str(task["data"].get("id", f"task {task['id']}")), []).append(task)
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
        ids = ", ".join(str(task["id"]) for task in tasks)
        message = f"has the tasks {ids}; right is one: delete the others on the server"
        return Finding("two-tasks", "error", message, name)
    if tasks[0]["data"].get("sha256") != sha256_of(str(document.get(Layout.of(schema).text))):
        message = f"task {tasks[0]['id']} has another text; right is to pull it, delete the task, and push again"
        return Finding("other-text", "error", message, name)
    return None
