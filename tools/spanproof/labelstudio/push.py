"""A corpus into a project of Label Studio."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.corpus.documents import Corpus, demand_corpus
from spanproof.corpus.findings import Finding
from spanproof.labelstudio import client, projects
from spanproof.labelstudio.aids import Aids, not_listed
from spanproof.labelstudio.assignment import hint_of, hinted, shares
from spanproof.labelstudio.precheck import Check, precheck
from spanproof.labelstudio.tasks import by_name
from spanproof.labelstudio.upload import missing

_ROUNDS = 4
"""How often what a server left out is sent again."""


@dataclass(frozen=True)
class Push:
    """What came of a push.

    Attributes:
        project: the project; None where the corpus was refused, and so nothing was asked of the server.
        sent: how many documents were sent.
        present: how many were there already.
        findings: what can't be sent, and why.
    """

    project: client.Project | None
    sent: int
    present: int
    findings: tuple[Finding, ...]


def push(
    corpus: Corpus,
    sdk: Any,
    check: Check,
    *,
    title: str | None = None,
    model_version: str | None = None,
    update_config: bool = False,
    force: bool = False,
    overlap: int | None = None,
    instructions: str | None = None,
    annotators: Sequence[str] = (),
    draft: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Push:
    """Send to a project what it lacks of a corpus; the project is made if it isn't there.

    A corpus that would not come back whole is refused before anything is sent. After a cut connection another push
    sends the rest. A document that has no annotations yet becomes a task without one, which annotators are given.

    Args:
        corpus: the corpus.
        sdk: the client of the server, from :func:`spanproof.labelstudio.client.connect`.
        check: finds what is wrong with the corpus, ``spanproof.check``.
        title: the title of the project; by default that of the corpus's schema.
        model_version: None for gold, which becomes annotations; else whose output the corpus is, which becomes
            predictions.
        update_config: whether a project with another labeling config gets that of the schema; else it is refused.
        force: whether also a project that isn't ours, or whose annotations have what that config lacks.
        overlap: how many people are to annotate a task; None leaves the project as it is, one in a new project.
        instructions: the guidelines, Markdown or another text, which annotators are shown before they begin and on the
            page of each task; None leaves the project as it is.
        annotators: who is to annotate, in turn: each task's page says for whom it is. The server keeps nobody out.
        draft: whether annotators begin with these predictions, instead of with nothing.
        progress: is called with the number of documents that were sent since the last call.

    Raises:
        ClientError: the server can't be reached or refuses, or the project has another labeling config.
        SchemaError: the schema has spans of no text or of several.
        TypeError: ``corpus`` is no corpus; the message says how to make one.
        ValueError: the documents of the corpus can't be told apart, or too few annotators are named.
    """
    corpus = demand_corpus(corpus).load()
    if findings := precheck(corpus, check):
        return Push(None, 0, 0, findings)
    shares((), annotators, overlap or 1)
    name = projects.title_of(corpus.schema, title)
    aids = Aids.of(corpus, instructions)
    project = projects.open_project(sdk, name, corpus.schema, aids, update_config, force)
    project = projects.set_up(project, overlap, instructions)
    people = shares(list(by_name(corpus)), annotators, project.overlap)
    pushed = _sent(corpus, project, model_version, people, progress)
    if draft and pushed.sent + pushed.present:
        projects.set_up(project, None, None, model_version)
    return pushed


def _sent(
    corpus: Corpus,
    project: client.Project,
    model_version: str | None,
    people: Mapping[str, Sequence[str]],
    progress: Callable[[int], None] | None,
) -> Push:
    """Send to a project what it lacks, until it has all."""
    pushed: Push | None = None
    for _ in range(_ROUNDS):
        tasks = client.fetch(project)
        upload = missing(corpus, tasks, model_version, people)
        findings = (*_spare(project), *not_listed(corpus), *upload.findings)
        pushed = pushed or Push(project, upload.size, upload.present, findings)
        sent = client.send(project, upload, progress)
        client.withdraw_doubles(project, tasks, sent)
        if not sent.lacking:
            _assign(project, tasks, people)
            return pushed
    raise client.ClientError(f"the server left out {sent.lacking} annotations or predictions; expected it to take all")


def _spare(project: client.Project) -> list[Finding]:
    """Return the finding that pushes at once made more projects than one."""
    if not project.spare:
        return []
    ids = ", ".join(map(str, project.spare))
    message = (
        f"other projects called {project.title!r} are empty ({ids}): pushes at once made them; you can delete them"
    )
    return [Finding("spare-project", "info", message)]


def _assign(project: client.Project, tasks: Sequence[Mapping[str, Any]], people: Mapping[str, Sequence[str]]) -> None:
    """Put a hint for whom it is on each task that was there before and has none."""
    with client.answered(client.url_of(project.sdk), sending=True):
        for task in tasks:
            data = task.get("data")
            if isinstance(data, Mapping) and data.get("id") in people and not hint_of(data):
                project.sdk.tasks.update(str(task["id"]), data=hinted(data, people[data["id"]]))
