"""What a project lacks of a corpus, and what is refused, without a server."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof import labelstudio
from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.labelstudio.assignment import hint_of, hinted, shares
from spanproof.labelstudio.credit import CREDIT, noted
from spanproof.labelstudio.pull import annotated
from spanproof.labelstudio.status import summary
from spanproof.labelstudio.tasks import SENT, Task, digest
from spanproof.labelstudio.upload import missing
from spanproof.schema.schema import Schema
from spanproof.testing.strategies import documents
from support import examples
from support.labelstudio_tasks import ANA, DOCUMENT, PEOPLE, relabelled, task_of


@given(documents())
def test_what_is_pushed_is_there_and_comes_back(document: Any) -> None:
    corpus, task = Corpus.of([document]), task_of(document)
    again = missing(corpus, [task])
    assert (again.size, again.present) == (0, 1)
    assert list(annotated(corpus, [task], PEOPLE).over(corpus).documents()) == list(corpus.documents())
    assert summary(corpus, [task], PEOPLE).findings == ()


@given(st.integers(0, 30), st.lists(st.emails(), min_size=1, max_size=6, unique=True), st.data())
def test_documents_go_round_evenly(count: int, annotators: list[str], data: st.DataObject) -> None:
    overlap = data.draw(st.integers(1, len(annotators)))
    people = shares([str(k) for k in range(count)], annotators, overlap)
    assert all(len(set(of)) == len(of) == overlap for of in people.values())
    times = Counter(person for of in people.values() for person in of)
    assert max((times[person] for person in annotators), default=0) - min(times[person] for person in annotators) <= 1
    assert sum(times.values()) == count * overlap


@pytest.mark.parametrize(
    ("annotators", "words"),
    [(["a", "a"], "named twice"), (["a"], "1 annotators for 2"), (["a, b", "c"], "hint"), (["", "c"], "hint")],
)
def test_hints_that_can_t_be_given_are_refused(annotators: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        shares(["x"], annotators, 2)


@settings(max_examples=examples(15))
@given(documents())
def test_a_hint_stays_and_changes_nothing_else(document: Any) -> None:
    corpus, name = Corpus.of([document]), str(document["id"])
    (task,) = missing(corpus, [], people={name: ("ana", "ben")}).create
    assert hint_of(task["data"]) == "ana, ben"
    (plain,) = missing(corpus, []).create
    assert hint_of(plain["data"]) == ""
    assert task["data"]["about"].endswith(plain["data"]["about"])
    assert {**task, "data": {**task["data"], "about": ""}} == {**plain, "data": {**plain["data"], "about": ""}}
    there = {**task_of(document), "data": task["data"], "meta": {"sent": "other"}}
    for update in missing(corpus, [there], people={name: ("zoe",)}).update:
        assert hint_of(update.content["data"]) == "ana, ben"
    assert hinted(task["data"], ("zoe",)) == task["data"]


def test_null_and_left_out_are_the_same_gold(letters: Schema) -> None:
    whole = {**DOCUMENT, "entities": [{**ANA, "prefix": None, "suffix": None}], "damage": None}
    assert digest(whole, Schema.article()) == digest(DOCUMENT, Schema.article())
    assert digest(whole, Schema.article()) != digest(
        sound(id="a", entities=[{**ANA, "label": "ORG"}]), Schema.article()
    )


def test_two_tasks_of_a_document_are_a_finding_of_every_command() -> None:
    tasks = [task_of(DOCUMENT, 1), task_of(DOCUMENT, 2)]
    for findings in (
        missing(Corpus.of([DOCUMENT]), tasks).findings,
        annotated(Corpus.of([DOCUMENT]), tasks, PEOPLE).findings,
        summary(Corpus.of([DOCUMENT]), tasks, PEOPLE).findings,
    ):
        assert [str(finding) for finding in findings] == [
            "error[two-tasks] a: has the tasks 1, 2; expected one: delete the others on the server"
        ]


@pytest.mark.parametrize(
    ("second", "message"),
    [(DOCUMENT, "id 'a' is shared by several documents"), ({**DOCUMENT, "id": None}, "a document has no id")],
)
def test_documents_that_cannot_be_told_apart_are_refused(second: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        missing(Corpus.of([DOCUMENT, second]), [])


@pytest.mark.parametrize("command", [labelstudio.push, labelstudio.pull, labelstudio.status])
def test_what_is_no_corpus_is_refused_with_what_makes_one(command: Any) -> None:
    with pytest.raises(TypeError, match=r"expected a Corpus, got the path 'c\.jsonl'; spanproof\.read"):
        command("c.jsonl", None) if command is labelstudio.status else command("c.jsonl", None, check)


def test_a_corpus_that_would_be_spoilt_is_refused_and_no_server_is_asked() -> None:
    spoilt = Corpus.of([{**DOCUMENT, "entities": [{**ANA, "text": "Anna Silva"}]}])
    pushed = labelstudio.push(spoilt, None, check)
    assert [finding.code for finding in pushed.findings] == ["SP106"]
    assert (pushed.project, pushed.sent, pushed.present) == (None, 0, 0)


def test_gold_that_changed_replaces_what_was_sent_but_not_what_somebody_changed() -> None:
    changed = Corpus.of([{**DOCUMENT, "entities": [{**ANA, "label": "ORG"}]}])
    (update,) = missing(changed, [task_of(DOCUMENT)]).update
    assert (update.task, update.annotation, update.is_sent) == (1, 1, False)
    annotation = {**update.content["annotations"][0], "id": 1, "import_id": 1}
    (unmarked,) = missing(changed, [{**task_of(DOCUMENT), "annotations": [annotation]}]).update
    assert unmarked.is_sent
    edited = task_of(DOCUMENT)
    edited["annotations"] = [relabelled(edited, "GPE", id=1, import_id=1)]
    assert missing(Corpus.of([DOCUMENT]), [edited]).present == 1
    (finding,) = missing(changed, [edited]).findings
    assert str(finding).startswith("error[both-changed] a: changed here and in task 1 since it was sent")


def test_what_star_noted_stays_when_the_mark_of_what_was_sent_follows() -> None:
    task = task_of(DOCUMENT)
    task["annotations"] = [relabelled(task, "ORG", completed_by=2, ground_truth=True)]
    now = Task.of(task)
    task["meta"] = noted(now, now.annotations[0], 1)
    pulled = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    (update,) = missing(pulled.over(Corpus.of([DOCUMENT])), [task]).update
    assert update.is_sent
    assert update.content["meta"][CREDIT] == task["meta"][CREDIT]
    assert update.content["meta"][SENT] != task["meta"][SENT]


def test_predictions_are_added_once_for_each_version_of_a_model() -> None:
    corpus, task = Corpus.of([DOCUMENT]), task_of(DOCUMENT)
    ((number, prediction),) = missing(corpus, [task], "m1").predict
    assert (number, prediction["model_version"]) == (1, "m1")
    assert missing(corpus, [], "m1").create[0]["predictions"] == [prediction]
    task["predictions"] = [prediction]
    assert missing(corpus, [task], "m1").present == 1
    assert len(missing(corpus, [task], "m2").predict) == 1
    other = Corpus.of([{**DOCUMENT, "entities": []}])
    assert [finding.code for finding in missing(other, [task], "m1").findings] == ["other-prediction"]
