"""Who annotated a task, and whose version of its document counts: the one with the star, else the only one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.corpus.findings import Finding
from spanproof.labelstudio.credit import changer_of, is_as_chosen, is_as_noted, starrer_of
from spanproof.labelstudio.from_task import Pulled, from_task
from spanproof.labelstudio.regions import META
from spanproof.labelstudio.tasks import Task, TaskAnnotation, digest
from spanproof.schema.schema import Schema

_ANEW = "began a new annotation beside the one that was sent; delete one of the two, or a star on one"

UNKNOWN = "unknown"
"""Who gave a star that ``star`` didn't give, and who changed what was sent under it: a server keeps only who touched it
last."""


@dataclass(frozen=True)
class Version:
    """One annotation of a task.

    Attributes:
        annotation: the annotation.
        person: who made it; of one that was sent, who changed it.
        touched_by: who touched it last: changed it, or gave or took a star.
        pulled: the document that it has.
        is_as_sent: whether it is what was sent, unchanged.
        is_anew: whether it owes nothing to what was sent, though another one does.
        is_own: whether nobody else changed it; False where nobody can know.
        decided_by: who gave it the star; :data:`UNKNOWN` where ``star`` didn't, None where it has none.
        is_changed_since: whether it was changed after that; None where nobody can know.
    """

    annotation: TaskAnnotation
    person: str
    touched_by: str
    pulled: Pulled
    is_as_sent: bool
    is_anew: bool
    is_own: bool
    decided_by: str | None
    is_changed_since: bool | None


def person_of(people: Mapping[int, str], user: Any) -> str:
    """Return whose something is; of drafts the server gives the address itself."""
    if isinstance(user, str):
        return user
    return people.get(user, f"user {user}") if type(user) is int else "nobody"


def versions_of(task: Task, schema: Schema, people: Mapping[int, str]) -> tuple[list[Version], list[Finding]]:
    """Return the submitted versions of a task's document, and why others can't be read.

    Who made an annotation keeps the credit for it, whoever changed it last: to star one is a change for the server.

    Args:
        task: the task, from which something can be read.
        schema: the schema of the documents.
        people: the e-mail addresses of the server's users, by their ids.
    """
    versions, findings = [], []
    submitted = [annotation for annotation in task.annotations if not annotation.is_skipped]
    for annotation in submitted:
        pulled = from_task({"data": task.data}, schema, {"result": annotation.result})
        if not isinstance(annotation.result, list):
            findings += [
                replace(finding, document=task.name, message=f"annotation {annotation.id}: {finding.message}")
                for finding in pulled.findings
            ]
            continue
        is_same = digest(pulled.document, schema) == task.sent
        is_as_sent = annotation.is_sent and is_same and not is_as_chosen(task, annotation)
        is_anew = not _owes(annotation) and any(map(_owes, submitted))
        changer = changer_of(task, annotation)
        author = changer if annotation.is_sent and not is_as_sent else annotation.author
        person = UNKNOWN if author is None else person_of(people, author)
        touched_by, is_own = person_of(people, annotation.changed_by), changer is not None and changer == author
        decision = _decision(task, annotation, people)
        versions.append(Version(annotation, person, touched_by, pulled, is_as_sent, is_anew, is_own, *decision))
    return versions, findings


def _decision(task: Task, annotation: TaskAnnotation, people: Mapping[int, str]) -> tuple[str | None, bool | None]:
    """Return who gave an annotation its star, and whether it was changed after that, as far as somebody can know."""
    starrer = starrer_of(task, annotation)
    if starrer is None:
        return UNKNOWN if annotation.is_starred else None, None
    return person_of(people, starrer), not is_as_noted(task, annotation)


def _owes(annotation: TaskAnnotation) -> bool:
    """Whether an annotation has regions that were sent, or copies of them."""
    items = annotation.result if isinstance(annotation.result, list) else []
    metas = (item.get("meta") for item in items if isinstance(item, Mapping))
    return any(isinstance(meta, Mapping) and META in meta for meta in metas)


def chosen(task: Task, versions: Sequence[Version], overlap: int, findings: list[Finding]) -> Version | None:
    """Return the version that is the document now; None where nobody's is, or it is undecided.

    Args:
        task: the task.
        versions: the versions of its document.
        overlap: how many people are to annotate a task.
        findings: takes why there is none, and what was passed over.
    """
    name, latest = task.name, latest_of(versions)
    starred = [version for version in versions if version.annotation.is_starred]
    if len(starred) > 1:
        message = f"task {task.id} has {len(starred)} annotations with a star; expected one"
        findings.append(Finding("several-stars", "error", message, name))
        return None
    if starred:
        return starred[0]
    for person, count in Counter(version.person for version in versions if not version.is_as_sent).items():
        if count > 1:
            message = f"{person} made {count} annotations; the last one counts"
            findings.append(Finding("several-annotations", "info", message, name))
    if not latest:
        return next((version for version in versions if version.is_as_sent), None)
    if len(latest) > 1:
        right = "expected a star on the one that counts"
        findings.append(Finding("several-annotators", "error", f"was annotated by {_named(latest)}; {right}", name))
        return None
    (version,) = latest
    if version.is_anew:
        findings.append(Finding("begun-again", "error", f"{version.person} {_ANEW}", name))
        return None
    if overlap > 1 and not version.annotation.is_sent:
        message = f"1 of {overlap} people has annotated it ({version.person}); a star on this version takes it"
        findings.append(Finding("unfinished", "info", message, name))
        return None
    return version


def _named(versions: Sequence[Version]) -> str:
    return ", ".join(sorted(version.person for version in versions))


def latest_of(versions: Sequence[Version]) -> list[Version]:
    """Return the last version of each person who made one; what was sent is nobody's as long as it is unchanged."""
    own = [version for version in versions if not version.is_as_sent]
    by_day = sorted(own, key=lambda version: version.annotation.day)
    return list({version.person: version for version in by_day}.values())


def on_day(day: str, before: str) -> str:
    """Return a day after some words; nothing where it isn't known.

    Args:
        day: the date, or the time, as the server gives it.
        before: the words.
    """
    return f"{before}{day[:10]}" if day else ""


def unsubmitted(task: Task, people: Mapping[int, str]) -> list[Finding]:
    """Return findings about drafts and skipped annotations, which aren't pulled.

    Args:
        task: the task.
        people: the e-mail addresses of the server's users, by their ids.
    """
    findings = []
    for user, annotation, day in task.drafts:
        about = f" to annotation {annotation}" if annotation else ""
        message = f"{person_of(people, user)} left a draft{about}{on_day(day, ' of ')} unsubmitted"
        findings.append(Finding("draft", "info", f"{message}; it is not pulled", task.name))
    for annotation in task.annotations:
        if annotation.is_skipped:
            message = f"{person_of(people, annotation.author)} skipped task {task.id}{on_day(annotation.day, ' on ')}"
            findings.append(Finding("skipped", "info", message, task.name))
    return findings
