"""What came of a project: documents as they are annotated now, each annotator's, and what there is to say of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.corpus.documents import Corpus, demand_corpus
from spanproof.corpus.findings import Finding
from spanproof.labelstudio import client, projects
from spanproof.labelstudio.adjudication import Adjudication, adjudications
from spanproof.labelstudio.drawn import RELATION_GONE
from spanproof.labelstudio.edits import grafted
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.passes import LEFT_OUT, comparable, unfit
from spanproof.labelstudio.precheck import Check
from spanproof.labelstudio.registering import Entries, new_entries, with_entries
from spanproof.labelstudio.settle import Settled, faulty, judge_of, settled
from spanproof.labelstudio.tasks import Task, by_document, by_name, conflict, digest, sha256_of, stranger
from spanproof.labelstudio.versions import Version, chosen, latest_of, on_day, unsubmitted, versions_of
from spanproof.schema.paths import Document

_DELETED = "has no task: it was deleted, or never pushed"
_DRAFTED = {"prediction": "from a prediction", "prediction-changed": "from a prediction and then changed"}
"""What is said of regions whose origin Label Studio gives as this; what people and pushes made it calls manual."""
_AT_ONCE = 500
"""How many documents are checked together: a check of one takes about as long as one of many."""


@dataclass(frozen=True)
class Decision:
    """Whose version a document has now.

    Attributes:
        document: what identifies the document.
        person: who annotated it.
        decided_by: who gave the version its star, ``unknown`` where ``star`` didn't; None where it was the only one.
        changed_since: whether it was changed after that; None where nobody can know, or it has no star.
        touched_by: who touched it last: changed it, or gave it the star.
        day: when that was.
        annotation: the id of the annotation on the server.
        among: all who annotated the document.
    """

    document: str
    person: str
    decided_by: str | None
    changed_since: bool | None
    touched_by: str
    day: str
    annotation: int
    among: tuple[str, ...]


@dataclass(frozen=True)
class Pull:
    """What came of a project.

    Attributes:
        documents: the documents that have one annotated version, by name.
        passes: the documents that each person annotated, by person and name.
        decisions: whose version each document has that somebody annotated.
        adjudications: what was decided where those who annotated a document differ.
        findings: an ``error`` for each edit, or document, that isn't taken over though somebody made it; else what
            there is to know.
        tasks: the task of each document.
        entries: what registries lack for what was taken, where it was asked to join them.
    """

    documents: Mapping[str, Document]
    passes: Mapping[str, Mapping[str, Document]]
    decisions: tuple[Decision, ...]
    adjudications: tuple[Adjudication, ...]
    findings: tuple[Finding, ...]
    tasks: Mapping[str, Task]
    entries: Mapping[str, Mapping[str, Any]]

    def over(self, corpus: Corpus) -> Corpus:
        """Return the corpus with the annotated version of each document that has one."""
        documents = (self.documents.get(name, old) for name, old in by_name(corpus).items())
        return Corpus.of(documents, corpus.schema.canonical)

    def told(self) -> dict[int, str]:
        """Return what each task's page is to say, by the task's id, where it doesn't say so yet.

        That is what is held back, and which relations went with an end, of which Label Studio doesn't ask.
        """
        rows: dict[str | None, list[str]] = {}
        for finding in self.findings:
            if finding.severity == "error" or finding.code == RELATION_GONE:
                rows.setdefault(finding.document, []).append(finding.message.partition(" (http")[0])
        now = {name: " • ".join(rows.get(name, ())) for name in self.tasks}
        return {task.id: now[name] for name, task in self.tasks.items() if now[name] != task.data.get("findings", "")}


def pull(corpus: Corpus, sdk: Any, check: Check | None, title: str | None = None, *, register: bool = False) -> Pull:
    """Return the documents of a corpus as they are annotated in a project.

    Args:
        corpus: the corpus that was pushed.
        sdk: the client of the server, from :func:`spanproof.labelstudio.client.connect`.
        check: finds what is wrong with a corpus, ``spanproof.check``: edits that bring an error are held back. None
            where they are to be taken.
        title: the title of the project; by default that of the corpus's schema.
        register: whether names that registries lack join them; else they are held back.

    Raises:
        ClientError: the server can't be reached, or has no such project.
        TypeError: ``corpus`` is no corpus; the message says how to make one.
        ValueError: the documents of the corpus can't be told apart.
    """
    corpus = demand_corpus(corpus).load()
    project = projects.existing(sdk, projects.title_of(corpus.schema, title))
    people, tasks = client.people(project), client.fetch(project)
    overlap, address = project.overlap, project.address
    return annotated(corpus, tasks, people, check, overlap=overlap, address=address, register=register)


def annotated(
    corpus: Corpus,
    tasks: Sequence[Mapping[str, Any]],
    people: Mapping[int, str],
    check: Check | None = None,
    *,
    overlap: int = 1,
    address: str = "",
    register: bool = False,
) -> Pull:
    """Return the documents of a corpus as they are annotated in tasks; :func:`pull` asks a server for them.

    Args:
        corpus: the corpus that was pushed.
        tasks: the tasks of the project, as the server gives them.
        people: the e-mail addresses of the server's users, by their ids.
        check: finds what is wrong with a corpus; None where edits that bring an error are taken.
        overlap: how many people are to annotate a task.
        address: the address of the project's page, for findings.
        register: whether names that registries lack join them.

    Raises:
        ValueError: the documents of the corpus can't be told apart.
    """
    puller = _Puller(corpus, people, check, overlap, register)
    remaining, documents = by_document(tasks), by_name(corpus)
    numbered: dict[str, Task] = {}
    names = list(documents)
    for first in range(0, len(names), _AT_ONCE):
        some = {name: (documents[name], remaining.pop(name, [])) for name in names[first : first + _AT_ONCE]}
        numbered |= puller.take_some(some, address)
    text = Layout.of(corpus.schema).text
    hashes = {sha256_of(str(document.get(text))) for document in documents.values()}
    puller.findings += [stranger(task, hashes) for own in remaining.values() for task in own]
    decisions, differing, findings = tuple(puller.decisions), tuple(puller.adjudications), tuple(puller.findings)
    return Pull(puller.documents, puller.passes, decisions, differing, findings, numbered, puller.entries)


def _not_pushed(name: str) -> Finding:
    return Finding("not-pushed", "info", _DELETED, name)


def _add_address(findings: list[Finding], first: int, address: str) -> None:
    """Add the address of a task to the findings from ``first`` on that ask for something."""
    for k in range(first, len(findings)):
        if findings[k].severity != "info":
            findings[k] = replace(findings[k], message=f"{findings[k].message} ({address})")


class _Puller:
    """What is taken from one task after another."""

    def __init__(
        self, corpus: Corpus, people: Mapping[int, str], check: Check | None, overlap: int, register: bool
    ) -> None:
        self.corpus, self.schema, self.people, self.overlap = corpus, corpus.schema, people, overlap
        self.check, self.register = check, register
        self.judged = replace(corpus, schema=corpus.schema.canonical, batches=())
        self.read: dict[str, tuple[list[Version], list[Finding]]] = {}
        self.faulty: set[str] = set()
        self.entries: Entries = {}
        self.documents: dict[str, Document] = {}
        self.passes: dict[str, dict[str, Document]] = {}
        self.decisions: list[Decision] = []
        self.adjudications: list[Adjudication] = []
        self.findings: list[Finding] = []

    def take_some(self, some: Mapping[str, tuple[Document, Sequence[Task]]], address: str) -> dict[str, Task]:
        """Take what there is of some documents; return the task of each that has one that can stand for it."""
        problems = {
            name: conflict(name, document, own, self.schema) if own else _not_pushed(name)
            for name, (document, own) in some.items()
        }
        numbered = {name: own[0] for name, (_, own) in some.items() if not problems[name]}
        self._look_over({name: (some[name][0], task) for name, task in numbered.items()})
        for name, (document, own) in some.items():
            before = len(self.findings)
            if finding := problems[name]:
                self.findings.append(finding)
            else:
                self.take(document, own[0])
            if own and address:
                _add_address(self.findings, before, f"{address}?task={own[0].id}")
        return numbered

    def _look_over(self, some: Mapping[str, tuple[Document, Task]]) -> None:
        """Read the versions of some documents, and check those that count together.

        Where that brings no error all is taken; the others are tried edit by edit.
        """
        self.read = {name: versions_of(task, self.schema, self.people) for name, (_, task) in some.items()}
        self.faulty = set()
        changed: dict[str, tuple[Document, Document]] = {}
        for name, (base, task) in some.items() if self.check else ():
            if version := chosen(task, self.read[name][0], self.overlap, []):
                document = grafted(base, version.pulled.document, self.schema)
                if any(finding.severity == "error" for finding in version.pulled.findings):
                    self.faulty.add(name)
                elif document != base:
                    changed[name] = base, document
        if self.check and changed:
            self.faulty |= faulty(changed, self.judged, self.check)

    def take(self, base: Document, task: Task) -> None:
        """Take the version that counts, and each annotator's where there are several."""
        self.findings += unsubmitted(task, self.people)
        versions, unreadable = self.read[task.name]
        self.findings += unreadable
        version = chosen(task, versions, self.overlap, self.findings)
        people = latest_of(versions)
        among = [one for one in people if one.is_own or one is not version]
        independent = among if len(among) > 1 else people
        several = people if len(people) > 1 else []
        sent = [one for one in versions if one.is_as_sent and one is not version]
        had, unreadable_parts = comparable(task.name, base, [*several, *sent], version, self.schema)
        self.findings += unreadable_parts
        alone = [] if several else people
        of_alone, left_out = comparable(task.name, base, alone, people[0] if people else None, self.schema)
        self.findings += [finding for finding in left_out if finding.code == LEFT_OUT]
        theirs = had | of_alone
        for one in (one for one in independent if one.person in theirs):
            self.passes.setdefault(one.person, {})[task.name] = theirs[one.person]
        if version is None:
            if not versions and not unreadable and not any(annotation.is_skipped for annotation in task.annotations):
                message = f"task {task.id} has no submitted annotation"
                self.findings.append(Finding("unfinished", "info", message, task.name))
            return
        outcome = self._settled(task.name, base, version)
        self.findings += [replace(finding, document=task.name) for finding in outcome.findings]
        self.documents[task.name] = outcome.document
        starred = grafted(base, version.pulled.document, self.schema)
        if had and not unfit(starred, self.schema):
            self.adjudications += adjudications(task.name, starred, outcome.document, version, had, self.schema)
        if not version.is_as_sent or version.decided_by:
            self.decisions.append(_decision(task, version, people))
            if digest(starred, self.schema) != digest(base, self.schema):  # else the corpus has it already
                self.findings.append(_changed(task.name, version))

    def _lacking(self, document: Document) -> Entries:
        """Return what registries lack for a document, beside what joined them before."""
        registries = with_entries(self.corpus.registries, self.entries)
        return new_entries(replace(self.corpus, registries=registries), document)

    def _settled(self, name: str, base: Document, version: Version) -> Settled:
        """Return a version as it is taken; names of it join the registries where that was asked for.

        A name joins by what is taken alone. Where what brought it is held back, all is judged again without it, until
        nothing that is taken needs what isn't there.
        """
        joining = self._lacking(grafted(base, version.pulled.document, self.schema)) if self.register else {}
        if not joining and not self.entries and name not in self.faulty:
            return settled(base, version, self.schema)
        while True:
            registries = with_entries(with_entries(self.corpus.registries, self.entries), joining)
            judge = self.check and judge_of(replace(self.judged, registries=registries), self.check)
            outcome = settled(base, version, self.schema, judge)
            taken = self._lacking(outcome.document) if self.register else {}
            if taken == joining or judge is None:
                self.entries = with_entries(self.entries, taken)
                return outcome
            joining = taken


def _decision(task: Task, version: Version, people: Sequence[Version]) -> Decision:
    among = tuple(sorted(one.person for one in people))
    star = version.decided_by, version.is_changed_since
    touched = version.touched_by, version.annotation.day[:10]
    return Decision(task.name, version.person, *star, *touched, version.annotation.id, among)


def _changed(name: str, version: Version) -> Finding:
    """Return the finding that somebody changed a document, and who decided for it."""
    counts = Counter(version.pulled.origins.values())
    drafted = [f"{counts[origin]} {words}" for origin, words in _DRAFTED.items() if counts[origin]]
    number = f"{counts.total()} region{'s' if counts.total() != 1 else ''}"
    regions = f"{number}, {', '.join(drafted)}" if drafted else number
    since = {True: f", changed since by {version.touched_by}", None: f", touched last by {version.touched_by}"}
    star = f", starred by {version.decided_by}{since.get(version.is_changed_since, '')}" if version.decided_by else ""
    message = f"by {version.person}{on_day(version.annotation.day, ', ')}{star}: {regions}"
    return Finding("changed", "info", message, name)
