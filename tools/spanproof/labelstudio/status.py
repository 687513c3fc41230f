"""What a project holds of a corpus, in numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.corpus.documents import Corpus, demand_corpus
from spanproof.corpus.findings import Finding
from spanproof.labelstudio import client
from spanproof.labelstudio.tasks import Task, by_document, by_name, conflict


@dataclass(frozen=True)
class Status:
    """What a project holds of a corpus.

    Attributes:
        tasks: how many tasks it has.
        annotated: how many of them have an annotation that wasn't skipped.
        skipped: how many have one that was skipped.
        drafts: how many drafts there are.
        predictions: how many predictions there are of each version of a model.
        findings: the documents of the corpus that are missing or have another text, and tasks of no document.
        project: the project itself.
    """

    tasks: int
    annotated: int
    skipped: int
    drafts: int
    predictions: Mapping[str, int]
    findings: tuple[Finding, ...]
    project: client.Project | None = None


def status(corpus: Corpus, sdk: Any, title: str | None = None) -> Status:
    """Return what a project holds of a corpus.

    Args:
        corpus: the corpus.
        sdk: the client of the server, from :func:`spanproof.labelstudio.client.connect`.
        title: the title of the project; by default that of the corpus's schema.

    Raises:
        ClientError: the server can't be reached, or has no such project.
        TypeError: ``corpus`` is no corpus; the message says how to make one.
        ValueError: the documents of the corpus can't be told apart.
    """
    corpus = demand_corpus(corpus).load()
    project = client.existing(sdk, title or client.title_of(corpus.schema))
    return replace(summary(corpus, client.fetch(project)), project=project)


def summary(corpus: Corpus, tasks: Sequence[Task]) -> Status:
    """Return what the tasks of a project hold of a corpus; :func:`status` asks a server for them."""
    remaining, findings = by_document(tasks), []
    for name, document in by_name(corpus).items():
        own = remaining.pop(name, [])
        missing = Finding("not-pushed", "error", "has no task", name)
        if finding := conflict(name, document, own, corpus.schema) if own else missing:
            findings.append(finding)
    findings += [Finding("not-ours", "info", "is in the project alone", name) for name in remaining]
    versions = Counter(prediction["model_version"] for task in tasks for prediction in task["predictions"])
    skipped = [[annotation["was_cancelled"] for annotation in task["annotations"]] for task in tasks]
    return Status(
        tasks=len(tasks),
        annotated=sum(not all(flags) for flags in skipped),
        skipped=sum(any(flags) for flags in skipped),
        drafts=sum(len(task["drafts"]) for task in tasks),
        predictions=dict(sorted(versions.items())),
        findings=tuple(findings),
    )
