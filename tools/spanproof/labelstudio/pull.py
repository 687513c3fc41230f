"""What came of a project: documents as they are annotated now, each annotator's, and what there is to say of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.labelstudio.from_task import Pulled, from_task
from spanproof.labelstudio.regions import META
from spanproof.labelstudio.status import SENT, Note, Task, by_document, digest, hash_of, name_of, unequal
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

_ANEW = "began an annotation anew beside the one that was sent; right is to delete one of the two on the server"
_DELETED = "has no task: it was deleted, or never pushed"


@dataclass(frozen=True)
class Pull:
    """Documents by name that have one annotated version, the versions of each annotator, notes.

    ``passes`` has the documents that several people annotated, by person and name.
    """

    documents: Mapping[str, Document]
    passes: Mapping[str, Mapping[str, Document]]
    notes: tuple[Note, ...]

    def over(self, corpus: Corpus) -> list[Document]:
        """The documents of a corpus, those that have an annotated version in it."""
        named = ((name_of(document, corpus.schema), document) for document in corpus.documents())
        return [self.documents.get(name, document) for name, document in named]


@dataclass(frozen=True)
class _Version:
    """One annotation of a task: who made it, when, whether it is gold as it was sent or owes nothing to that."""

    person: str
    day: str
    is_as_sent: bool
    is_anew: bool
    pulled: Pulled


def pull(tasks: Sequence[Task], corpus: Iterable[Document], schema: Schema, people: Mapping[int, str]) -> Pull:
    """The annotated versions of a corpus's documents; ``people`` names the server's users by id."""
    there = by_document(tasks)
    documents: dict[str, Document] = {}
    passes: dict[str, dict[str, Document]] = {}
    notes: list[Note] = []
    for document in corpus:
        name = name_of(document, schema)
        mine = there.pop(name, [])
        hindrance = unequal(mine, document, schema) if mine else Note("not-pushed", name, _DELETED, False)
        if hindrance:
            notes.append(hindrance)
            continue
        task = mine[0]
        notes += _unsubmitted(name, task, people)
        versions, broken = _versions(name, task, document, schema, people)
        notes += broken
        by_person = _latest(name, versions, notes)
        notes += [_told(name, version) for version in by_person.values() if not version.is_as_sent]
        if len(by_person) == 1:
            (version,) = by_person.values()
            if version.is_anew:
                notes.append(Note("begun-anew", name, f"{version.person} {_ANEW}"))
            else:
                documents[name] = version.pulled.document
        elif by_person:
            notes.append(Note("several-annotators", name, f"was annotated by {', '.join(sorted(by_person))}"))
            for person, version in by_person.items():
                passes.setdefault(person, {})[name] = version.pulled.document
        elif not broken and not any(each["was_cancelled"] for each in task["annotations"]):
            notes.append(Note("unfinished", name, f"task {task['id']} has no submitted annotation", False))
    for name, mine in there.items():
        ids = ", ".join(str(task["id"]) for task in mine)
        notes.append(Note("not-ours", name, f"the corpus has no such document (task {ids}); it is not pulled", False))
    return Pull(documents, passes, tuple(notes))


def _unsubmitted(name: str, task: Task, people: Mapping[int, str]) -> list[Note]:
    """Drafts and skipped annotations, which aren't pulled."""
    notes = []
    for draft in task["drafts"]:
        about = f" to annotation {draft['annotation']}" if draft.get("annotation") else ""
        who = f"{_person(people, draft.get('user'))} left a draft{about} of {_day(draft)} unsubmitted"
        notes.append(Note("draft", name, f"{who}; it is not pulled", False))
    for annotation in task["annotations"]:
        if annotation["was_cancelled"]:
            who = _person(people, annotation["completed_by"])
            notes.append(Note("skipped", name, f"{who} skipped task {task['id']} on {_day(annotation)}", False))
    return notes


def _versions(
    name: str, task: Task, document: Document, schema: Schema, people: Mapping[int, str]
) -> tuple[list[_Version], list[Note]]:
    """The submitted annotations that can be read over the document's own text, and why others can't.

    Gold as it was sent is nobody's work once there is another annotation.
    """
    found, notes = [], []
    for annotation in task["annotations"]:
        if annotation["was_cancelled"]:
            continue
        pulled = from_task(task, schema, annotation)
        where = f"annotation {annotation['id']}"
        told = [
            Note(each.name, name, f"{where} {each.place}: {each.message}; right is {each.right}", is_finding)
            for is_finding, group in ((True, pulled.problems), (False, pulled.notes))
            for each in group
        ]
        if hash_of(pulled.document, schema) != hash_of(document, schema):
            told.append(Note("other-text", name, f"{where} has another text; right is the corpus's own"))
        notes += told
        if any(note.is_finding for note in told):
            continue
        gold = annotation["ground_truth"]
        is_as_sent = gold and digest(pulled.document, schema) == (task.get("meta") or {}).get(SENT)
        by = (annotation.get("updated_by") if gold else None) or annotation["completed_by"]
        is_anew = not _owes(annotation) and any(map(_owes, task["annotations"]))
        found.append(_Version(_person(people, by), annotation["updated_at"], is_as_sent, is_anew, pulled))
    return [each for each in found if not each.is_as_sent] or found, notes


def _owes(annotation: Mapping[str, Any]) -> bool:
    """Whether an annotation has regions that were sent, or copies of them."""
    return any(META in (region.get("meta") or {}) for region in annotation["result"])


def _latest(name: str, versions: Sequence[_Version], notes: list[Note]) -> dict[str, _Version]:
    """Each person's last version."""
    by_person: dict[str, _Version] = {}
    for version in sorted(versions, key=lambda each: each.day):
        by_person[version.person] = version
    for person, n in Counter(each.person for each in versions).items():
        if n > 1:
            notes.append(
                Note("several-annotations", name, f"{person} made {n} annotations; the last one counts", False)
            )
    return by_person


def _told(name: str, version: _Version) -> Note:
    counts = Counter(version.pulled.audit.values())
    how = ", ".join(f"{n} {origin}" for origin, n in sorted(counts.items()))
    return Note("changed", name, f"by {version.person}, {version.day[:10]}: regions {how or 'none'}", False)


def _person(people: Mapping[int, str], number: Any) -> str:
    """Whose it is; of drafts the server tells the address itself."""
    return number if isinstance(number, str) else people.get(number, f"user {number}")


def _day(thing: Mapping[str, Any]) -> str:
    return str(thing.get("updated_at") or thing.get("created_at") or "")[:10]
