"""What is sent to a project and what comes of it, without a server: batches, marks, several tasks and annotations."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read, write
from spanproof.formats.json import parse
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.labelstudio.client import batches
from spanproof.labelstudio.pull import annotated
from spanproof.labelstudio.status import summary
from spanproof.labelstudio.tasks import digest
from spanproof.labelstudio.upload import missing
from spanproof.labelstudio.write_back import save
from spanproof.schema.schema import Schema, article
from spanproof.testing.strategies import documents
from support.labelstudio_schemas import events

ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}
DOCUMENT = sound(id="a", entities=[ANA])
PEOPLE = {1: "ana@example.org", 2: "ben@example.org"}


def held(document: Any, number: int = 1, schema: Schema | None = None, **fields: Any) -> dict[str, Any]:
    """A task as a server has it once a document was pushed."""
    (task,) = missing(Corpus.of([document], schema), []).create
    about = {"id": 1, "completed_by": 1, "updated_by": None, "was_cancelled": False, "updated_at": "2026-01-01T00:00Z"}
    annotations = [about | dict(task["annotations"][0])]
    return {**task, "id": number, "annotations": annotations, "drafts": [], "predictions": []} | fields


def another(task: dict[str, Any], label: str, **fields: Any) -> dict[str, Any]:
    """An annotation more, with the first region relabelled."""
    first = task["annotations"][0]
    result = [
        {**each, "value": {**each["value"], "labels": [label]}} if each["type"] == "labels" else each
        for each in first["result"]
    ]
    return first | {"id": 2, "ground_truth": False, "result": result} | fields


@given(documents())
def test_what_is_pushed_is_there_and_comes_back(document: Any) -> None:
    corpus, task = Corpus.of([document]), held(document)
    again = missing(corpus, [task])
    assert (again.size, again.present) == (0, 1)
    assert list(annotated(corpus, [task], PEOPLE).documents.values()) == list(corpus.documents())
    assert summary(corpus, [task]).findings == ()


@given(st.lists(st.integers(0, 3_000_000), max_size=30))
def test_batches_hold_all_in_order_and_are_small(sizes: list[int]) -> None:
    tasks = [{"data": {"k": k, "text": "x" * (size // 100)}} for k, size in enumerate(sizes * 5)]
    made = list(batches(tasks))
    assert [task for batch in made for task in batch] == tasks
    assert all(0 < len(batch) <= 100 for batch in made)


def test_large_tasks_go_alone() -> None:
    tasks = [{"data": {"text": "x" * 5_000_000}}] * 3
    assert [len(batch) for batch in batches(tasks)] == [1, 1, 1]


def test_null_and_left_out_are_the_same_gold(letters: Schema) -> None:
    whole = {**DOCUMENT, "entities": [{**ANA, "prefix": None, "suffix": None}], "damage": None}
    assert digest(whole, article()) == digest(DOCUMENT, article())
    assert digest(whole, article()) != digest(sound(id="a", entities=[{**ANA, "label": "ORG"}]), article())


def test_two_tasks_of_a_document_are_a_finding_of_every_command() -> None:
    tasks = [held(DOCUMENT, 1), held(DOCUMENT, 2)]
    for findings in (
        missing(Corpus.of([DOCUMENT]), tasks).findings,
        annotated(Corpus.of([DOCUMENT]), tasks, PEOPLE).findings,
        summary(Corpus.of([DOCUMENT]), tasks).findings,
    ):
        assert [str(finding) for finding in findings] == [
            "error[two-tasks] a: has the tasks 1, 2; right is one: delete the others on the server"
        ]


def test_the_last_annotation_of_a_person_counts() -> None:
    task = held(DOCUMENT)
    late = another(task, "ORG", updated_at="2026-01-03T00:00Z")
    early = another(task, "GPE", id=3, updated_at="2026-01-02T00:00Z")
    task["annotations"] += [late, early]
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    assert found.documents["a"]["entities"][0]["label"] == "ORG"
    assert "info[several-annotations] a: ana@example.org made 2 annotations; the last one counts" in map(
        str, found.findings
    )


def test_gold_as_it_was_sent_is_nobodys_pass() -> None:
    task = held(DOCUMENT)
    task["annotations"].append(another(task, "ORG", completed_by=2))
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    assert found.passes == {}
    assert found.documents["a"]["entities"][0]["label"] == "ORG"


def test_an_annotation_begun_anew_does_not_replace_gold_in_silence() -> None:
    task = held(DOCUMENT)
    about = {"from_name": "span", "to_name": "text", "type": "labels", "id": "x", "origin": "manual"}
    drawn = {**about, "value": {"start": 0, "end": 3, "text": "Ana", "labels": ["ORG"]}}
    task["annotations"].append(another(task, "ORG", completed_by=2, result=[drawn]))
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    assert found.documents == {}
    assert "error[begun-anew] a: ben@example.org began an annotation anew" in "\n".join(map(str, found.findings))
    del task["annotations"][0]
    assert annotated(Corpus.of([DOCUMENT]), [task], PEOPLE).documents["a"]["entities"][0]["text"] == "Ana"


def test_gold_that_somebody_changed_and_an_annotation_are_two_passes() -> None:
    task = held(DOCUMENT)
    task["annotations"].append(another(task, "ORG", completed_by=2))
    task["annotations"][0] = another(task, "GPE", id=1, ground_truth=True, updated_by=1)
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    labels = {person: each["a"]["entities"][0]["label"] for person, each in found.passes.items()}
    assert labels == {"ana@example.org": "GPE", "ben@example.org": "ORG"}
    assert found.documents == {}


def test_a_task_that_was_not_pushed_is_told() -> None:
    stranger = {"id": 7, "data": {"text": "x"}, "annotations": [], "drafts": [], "predictions": []}
    found = annotated(Corpus.of([DOCUMENT]), [stranger, held(DOCUMENT)], PEOPLE)
    assert [finding.code for finding in found.findings] == ["not-ours"]
    assert found.findings[0].severity == "info"


@pytest.mark.parametrize("name", ["c.jsonl", "c.parquet"])
def test_documents_are_written_in_place_and_the_others_stay(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write(Corpus.of([DOCUMENT, {**DOCUMENT, "id": "b"}, {**DOCUMENT, "id": "c"}]), path)
    before = list(read(path).documents())
    changed = {**before[1], "entities": [{**before[1]["entities"][0], "label": "ORG"}]}
    assert save(read(path), {"b": changed}) == [path]
    assert list(read(path).documents()) == [before[0], changed, before[2]]


def test_what_was_deleted_goes_and_what_the_file_adds_stays(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    headline = {"start": 0, "end": 3}
    written = {"url": "u", "headline": headline, "source": "Ana met.", "layers": {"names": [], "events": []}, "x": 1}
    JSONL.write(path, [written], events())
    corpus = read(path, events())
    (document,) = corpus.documents()
    del document["headline"]
    save(corpus, {"u": document})
    del written["headline"]
    assert parse(path.read_text("utf-8")) == written


@pytest.mark.parametrize(
    ("second", "message"),
    [(DOCUMENT, "id 'a' is that of several documents"), ({**DOCUMENT, "id": None}, "a document has no id")],
)
def test_documents_that_cannot_be_told_apart_are_refused(second: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        missing(Corpus.of([DOCUMENT, second]), [])


def test_a_corpus_that_cannot_be_read_whole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("{", "utf-8")
    with pytest.raises(ValueError, match=r"c\.jsonl:1"):
        annotated(read(tmp_path / "c.jsonl"), [], PEOPLE)


def test_a_line_keeps_what_it_leaves_out(tmp_path: Any) -> None:
    path = tmp_path / "c.jsonl"
    JSONL.write(path, [DOCUMENT, {**DOCUMENT, "id": "b"}], article())
    before = path.read_bytes()
    save(read(path), {document["id"]: document for document in read(path).documents()})
    assert path.read_bytes() == before
