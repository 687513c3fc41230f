"""What came of a project: documents as they are annotated now, each annotator's, and what there is to say of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.corpus.documents import Corpus, demand_corpus
from spanproof.corpus.findings import Finding
from spanproof.labelstudio import client
from spanproof.labelstudio.from_task import Pulled, from_task
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.regions import META
from spanproof.labelstudio.tasks import SENT, Task, by_document, by_name, conflict, digest
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

_ANEW = "began an annotation anew beside the one that was sent; right is to delete one of the two on the server"
_DELETED = "has no task: it was deleted, or never pushed"


@dataclass(frozen=True)
class Pull:
    """What came of a project.

    Attributes:
        documents: the documents that have one annotated version, by name.
        passes: the documents that several people annotated, by person and name.
        findings: an ``error`` for each document that isn't pulled though it is annotated; else what there is to know.
    """

    documents: Mapping[str, Document]
    passes: Mapping[str, Mapping[str, Document]]
    findings: tuple[Finding, ...]

    def over(self, corpus: Corpus) -> Corpus:
        """Return the corpus with the annotated version of each document that has one."""
        return Corpus.of(
            (self.documents.get(name, old) for name, old in by_name(corpus).items()), corpus.schema.canonical
        )


@dataclass(frozen=True)
class _Version:
    """One annotation of a task: who made it, when, whether it is gold as it was sent or owes nothing to that."""

    person: str
    day: str
    is_as_sent: bool
    is_anew: bool
    pulled: Pulled


def pull(corpus: Corpus, sdk: Any, title: str | None = None) -> Pull:
    """Return the documents of a corpus as they are annotated in a project.

    Args:
        corpus: the corpus that was pushed.
        sdk: the client of the server, from :func:`spanproof.labelstudio.client.connect`.
        title: the title of the project; by default that of the corpus's schema.

    Raises:
        ClientError: the server can't be value_at, or has no such project.
        TypeError: ``corpus`` is no corpus; the message says how to make one.
        ValueError: the documents of the corpus can't be told apart.
    """
    corpus = demand_corpus(corpus).load()
    project = client.existing(sdk, title or client.title_of(corpus.schema))
    return annotated(corpus, client.fetch(project), client.people(project))


def annotated(corpus: Corpus, tasks: Sequence[Task], people: Mapping[int, str]) -> Pull:
    """Return the documents of a corpus as they are annotated in tasks; :func:`pull` asks a server for them.

    Args:
        corpus: the corpus that was pushed.
        tasks: the tasks of the project, as the server gives them.
        people: the e-mail addresses of the server's users, by their ids.

    Raises:
        ValueError: the documents of the corpus can't be told apart.
    """
    remaining = by_document(tasks)
    documents: dict[str, Document] = {}
    passes: dict[str, dict[str, Document]] = {}
    findings: list[Finding] = []
    for name, document in by_name(corpus).items():
        own = remaining.pop(name, [])
        not_pushed = Finding("not-pushed", "info", _DELETED, name)
        if finding := conflict(name, document, own, corpus.schema) if own else not_pushed:
            findings.append(finding)
            continue
        versions, more = _versions(name, document, own[0], corpus.schema, people)
        findings += more
        for person, version in versions.items():
            if len(versions) > 1:
                passes.setdefault(person, {})[name] = version.pulled.document
            elif not version.is_anew:
                documents[name] = version.pulled.document
    for name, own in remaining.items():
        ids = ", ".join(str(task["id"]) for task in own)
        message = f"the corpus has no such document (task {ids}); it is not pulled"
        findings.append(Finding("not-ours", "info", message, name))
    return Pull(documents, passes, tuple(findings))


def _versions(
    name: str, document: Document, task: Task, schema: Schema, people: Mapping[int, str]
) -> tuple[dict[str, _Version], list[Finding]]:
    """Return each person's version of a document, and what there is to say of them and of the task."""
    findings = _unsubmitted(name, task, people)
    readable, unreadable = _read(name, document, task, schema, people)
    findings += unreadable
    versions = _latest(name, readable, findings)
    findings += [_changed(name, version) for version in versions.values() if not version.is_as_sent]
    if len(versions) == 1:
        anew = [version.person for version in versions.values() if version.is_anew]
        findings += [Finding("begun-anew", "error", f"{person} {_ANEW}", name) for person in anew]
    elif versions:
        message = f"was annotated by {', '.join(sorted(versions))}"
        findings.append(Finding("several-annotators", "error", message, name))
    elif not unreadable and not any(annotation["was_cancelled"] for annotation in task["annotations"]):
        message = f"task {task['id']} has no submitted annotation"
        findings.append(Finding("unfinished", "info", message, name))
    return versions, findings


def _unsubmitted(name: str, task: Task, people: Mapping[int, str]) -> list[Finding]:
    """Return findings about drafts and skipped annotations, which aren't pulled."""
    findings = []
    for draft in task["drafts"]:
        about = f" to annotation {draft['annotation']}" if draft.get("annotation") else ""
        message = f"{_person(people, draft.get('user'))} left a draft{about} of {_day(draft)} unsubmitted"
        findings.append(Finding("draft", "info", f"{message}; it is not pulled", name))
    for annotation in task["annotations"]:
        if annotation["was_cancelled"]:
            message = f"{_person(people, annotation['completed_by'])} skipped task {task['id']} on {_day(annotation)}"
            findings.append(Finding("skipped", "info", message, name))
    return findings


def _read(
    name: str, document: Document, task: Task, schema: Schema, people: Mapping[int, str]
) -> tuple[list[_Version], list[Finding]]:
    """Return the submitted annotations that can be read over the document's own text, and why others can't.

    Gold as it was sent is nobody's work once there is another annotation.
    """
    versions, findings, text = [], [], Layout.of(schema).text
    for annotation in task["annotations"]:
        if annotation["was_cancelled"]:
            continue
        pulled, where = from_task(task, schema, annotation), f"annotation {annotation['id']}"
        own = [replace(finding, document=name, message=f"{where}: {finding.message}") for finding in pulled.findings]
        if pulled.document[text] != document.get(text):
            message = f"{where} has another text; right is the corpus's own"
            own.append(Finding("other-text", "error", message, name))
        findings += own
        if any(finding.severity == "error" for finding in own):
            continue
        gold = annotation["ground_truth"]
        is_as_sent = gold and digest(pulled.document, schema) == (task.get("meta") or {}).get(SENT)
        person = (annotation.get("updated_by") if gold else None) or annotation["completed_by"]
        is_anew = not _owes(annotation) and any(map(_owes, task["annotations"]))
        versions.append(_Version(_person(people, person), annotation["updated_at"], is_as_sent, is_anew, pulled))
    return [version for version in versions if not version.is_as_sent] or versions, findings


def _owes(annotation: Mapping[str, Any]) -> bool:
    """Whether an annotation has regions that were sent, or copies of them."""
    return any(META in (item.get("meta") or {}) for item in annotation["result"])


def _latest(name: str, versions: Sequence[_Version], findings: list[Finding]) -> dict[str, _Version]:
    """Return each person's last version; adds a finding for a person who has several."""
    latest = {version.person: version for version in sorted(versions, key=lambda version: version.day)}
    for person, count in Counter(version.person for version in versions).items():
        if count > 1:
            message = f"{person} made {count} annotations; the last one counts"
            findings.append(Finding("several-annotations", "info", message, name))
    return latest


def _changed(name: str, version: _Version) -> Finding:
    """Return the finding that somebody changed a document."""
    counts = Counter(version.pulled.origins.values())
    regions = ", ".join(f"{count} {origin}" for origin, count in sorted(counts.items())) or "none"
    return Finding("changed", "info", f"by {version.person}, {version.day[:10]}: regions {regions}", name)


def _person(people: Mapping[int, str], user: Any) -> str:
    """Return whose something is; of drafts the server gives the address itself."""
    return user if isinstance(user, str) else people.get(user, f"user {user}")


def _day(item: Mapping[str, Any]) -> str:
    """Return the day on which a draft or an annotation was last changed."""
    return str(item.get("updated_at") or item.get("created_at") or "")[:10]
