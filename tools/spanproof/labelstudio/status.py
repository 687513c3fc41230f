"""What a project holds of a corpus, in numbers, and how far everybody is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from spanproof.corpus.documents import Corpus, demand_corpus
from spanproof.corpus.findings import Finding
from spanproof.labelstudio import client, projects
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.tasks import Task, by_document, by_name, conflict, sha256_of, stranger
from spanproof.labelstudio.versions import Version, latest_of, person_of, versions_of
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class Work:
    """How many tasks a person has begun, done and skipped, and how many of what they did has the star.

    Attributes:
        begun: tasks with a draft of theirs that isn't submitted.
        done: tasks with an annotation that they made, or changed.
        skipped: tasks that they skipped.
        reviewed: tasks where the star is on what they did.
    """

    begun: int = 0
    done: int = 0
    skipped: int = 0
    reviewed: int = 0


@dataclass(frozen=True)
class Status:
    """What a project holds of a corpus.

    Attributes:
        tasks: how many tasks it has.
        untouched: how many of them nobody has begun: what was sent is nobody's work.
        begun: how many somebody has begun, and fewer have annotated than should.
        done: how many are annotated by as many as should.
        skipped: how many somebody skipped.
        reviewed: how many have a star.
        people: the work of each person.
        predictions: how many predictions there are of each version of a model.
        findings: the documents of the corpus that are missing or have another text, and tasks of no document.
        project: the project itself.
    """

    tasks: int
    untouched: int
    begun: int
    done: int
    skipped: int
    reviewed: int
    people: Mapping[str, Work]
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
    project = projects.existing(sdk, projects.title_of(corpus.schema, title))
    tasks, people = client.fetch(project), client.people(project)
    return replace(summary(corpus, tasks, people, project.overlap), project=project)


@dataclass
class _Counts:
    """The states of tasks and the work of people, counted task by task."""

    states: Counter[str] = field(default_factory=Counter)
    work: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, task: Task, versions: Sequence[Version], people: Mapping[int, str], overlap: int) -> None:
        """Count a task."""
        done = {version.person for version in latest_of(versions)}
        begun = {person_of(people, user) for user, *_ in task.drafts}
        skipped = {person_of(people, item.author) for item in task.annotations if item.is_skipped}
        starred = [version for version in versions if version.annotation.is_starred]
        reviewed = {version.person for version in starred if not version.is_as_sent}
        for member, persons in (("begun", begun), ("done", done), ("skipped", skipped), ("reviewed", reviewed)):
            for person in persons:
                self.work.setdefault(person, Counter())[member] += 1
        is_done = len(done) >= overlap or (bool(done) and any(version.annotation.is_sent for version in versions))
        state = "done" if is_done or starred else "begun" if done or begun else "skipped" if skipped else "untouched"
        self.states[state] += 1
        self.states["skipping"] += bool(skipped)
        self.states["reviewed"] += bool(starred)


def summary(corpus: Corpus, tasks: Sequence[Mapping[str, Any]], people: Mapping[int, str], overlap: int = 1) -> Status:
    """Return what the tasks of a project hold of a corpus; :func:`status` asks a server for them.

    Args:
        corpus: the corpus.
        tasks: the tasks of the project, as the server gives them.
        people: the e-mail addresses of the server's users, by their ids.
        overlap: how many people are to annotate a task.
    """
    remaining, documents, counts = by_document(tasks), by_name(corpus), _Counts()
    findings: list[Finding] = []
    predictions: Counter[str] = Counter()
    for own in remaining.values():
        for task in own:
            predictions.update({str(version) for version, _ in task.predictions})
            counts.add(task, _versions(task, corpus.schema, people), people, overlap)
    for name, document in documents.items():
        own = remaining.pop(name, [])
        missing = Finding("not-pushed", "error", "has no task", name)
        if finding := conflict(name, document, own, corpus.schema) if own else missing:
            findings.append(finding)
    hashes = {sha256_of(str(document.get(Layout.of(corpus.schema).text))) for document in documents.values()}
    findings += [stranger(task, hashes) for own in remaining.values() for task in own]
    return Status(
        tasks=len(tasks),
        untouched=counts.states["untouched"],
        begun=counts.states["begun"],
        done=counts.states["done"],
        skipped=counts.states["skipping"],
        reviewed=counts.states["reviewed"],
        people={person: Work(**work) for person, work in sorted(counts.work.items())},
        predictions=dict(sorted(predictions.items())),
        findings=tuple(findings),
    )


def _versions(task: Task, schema: Schema, people: Mapping[int, str]) -> list[Version]:
    """Return the versions of a task's document; none where nothing can be read from it."""
    return [] if task.problem else versions_of(task, schema, people)[0]
