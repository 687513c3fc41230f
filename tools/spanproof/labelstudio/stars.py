"""Stars: which annotation of a task counts. The pages of the Community server have no button that gives one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.corpus.findings import Finding
from spanproof.labelstudio import client, projects
from spanproof.labelstudio.credit import noted
from spanproof.labelstudio.tasks import Task, by_document
from spanproof.labelstudio.versions import Version, versions_of
from spanproof.schema.schema import Schema

SENT = "sent"
"""Stands for what a push sent, in the place of a person; an address has an @."""


@dataclass(frozen=True)
class Stars:
    """What came of giving stars: how many were added, how many were there already, and why none was."""

    added: int
    present: int
    findings: tuple[Finding, ...]


def give(sdk: Any, schema: Schema, wanted: Mapping[str, str], title: str | None = None) -> Stars:
    """Give the star of each document to somebody's annotation, and take it from the others of that document.

    Where one of them can't be found, no star is given. Cut off in the middle, another run gives the rest.

    Args:
        sdk: the client of the server, from :func:`spanproof.labelstudio.client.connect`.
        schema: the schema of the documents.
        wanted: the address of who annotated, or :data:`SENT`, by the name of the document.
        title: the title of the project; by default that of the schema.

    Raises:
        ClientError: the server can't be reached, or has no such project.
    """
    project = projects.existing(sdk, projects.title_of(schema, title))
    people, tasks = client.people(project), by_document(client.fetch(project))
    chosen: list[tuple[Task, Version]] = []
    findings: list[Finding] = []
    for name, person in wanted.items():
        own = tasks.get(name, [])
        if len(own) != 1 or own[0].problem:
            reason = own[0].problem if len(own) == 1 else "is not there" if not own else "is there several times"
            message = f"its task {reason}; expected a document that was pushed"
            findings.append(Finding("no-task", "error", message, name))
            continue
        versions, _ = versions_of(own[0], schema, people)
        version = _of(versions, person)
        if version is None:
            there = ", ".join(sorted({_named(version) for version in versions}))
            right = f"expected {there}" if there else "nobody has submitted one yet"
            findings.append(Finding("no-version", "error", f"{person} has no annotation of it; {right}", name))
        else:
            chosen.append((own[0], version))
    if findings:
        return Stars(0, 0, tuple(findings))
    with client.answered(client.url_of(sdk)):
        user = sdk.users.whoami().id
    changed = [_starred(sdk, task, version, user) for task, version in chosen]
    return Stars(sum(changed), len(changed) - sum(changed), ())


def _named(version: Version) -> str:
    return SENT if version.is_as_sent else version.person


def _of(versions: Sequence[Version], person: str) -> Version | None:
    """Return the last version of a person; None where there is none."""
    own = [version for version in versions if _named(version) == person]
    return max(own, key=lambda version: version.annotation.day, default=None)


def _starred(sdk: Any, task: Task, version: Version, user: int) -> bool:
    """Give an annotation the star of its task; say whether anything was changed.

    The others lose theirs first: cut off in between, none counts, and a pull says so. Before that it is noted who
    changed them and who gives the star, which a server forgets. One that was changed under its star is given it anew.
    """
    changes = [
        annotation
        for annotation in sorted(task.annotations, key=lambda one: one is version.annotation)
        if annotation.is_starred != (annotation is version.annotation)
    ]
    meta = noted(task, version.annotation, user)
    with client.answered(client.url_of(sdk), sending=True):
        if meta is not None:
            sdk.tasks.update(str(task.id), meta=meta)
        for annotation in changes:
            sdk.annotations.update(annotation.id, ground_truth=annotation is version.annotation)
    return bool(changes) or meta is not None
