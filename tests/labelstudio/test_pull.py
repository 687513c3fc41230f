"""What comes of a project, without a server: several annotations, people and tasks of one document."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.cli.labelstudio_pull import take_over
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.labelstudio.credit import CREDIT, noted
from spanproof.labelstudio.pull import annotated
from spanproof.labelstudio.tasks import Task
from spanproof.labelstudio.upload import missing
from support.labelstudio_tasks import DOCUMENT, PEOPLE, relabelled, task_of


def test_the_last_annotation_of_a_person_counts() -> None:
    task = task_of(DOCUMENT)
    late = relabelled(task, "ORG", updated_at="2026-01-03T00:00Z")
    early = relabelled(task, "GPE", id=3, updated_at="2026-01-02T00:00Z")
    task["annotations"] += [late, early]
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    assert found.documents["a"]["entities"][0]["label"] == "ORG"
    assert "info[several-annotations] a: ana@example.org made 2 annotations; the last one counts" in map(
        str, found.findings
    )


def test_gold_as_it_was_sent_is_nobodys_pass() -> None:
    task = task_of(DOCUMENT)
    task["annotations"].append(relabelled(task, "ORG", completed_by=2))
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    assert set(found.passes) == {"ben@example.org"}
    assert found.documents["a"]["entities"][0]["label"] == "ORG"


def test_an_annotation_begun_anew_does_not_replace_gold_in_silence() -> None:
    task = task_of(DOCUMENT)
    about = {"from_name": "span", "to_name": "text", "type": "labels", "id": "x", "origin": "manual"}
    drawn = {**about, "value": {"start": 0, "end": 3, "text": "Ana", "labels": ["ORG"]}}
    task["annotations"].append(relabelled(task, "ORG", completed_by=2, result=[drawn]))
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    assert found.documents == {}
    assert "error[begun-again] a: ben@example.org began a new annotation" in "\n".join(map(str, found.findings))
    del task["annotations"][0]
    assert annotated(Corpus.of([DOCUMENT]), [task], PEOPLE).documents["a"]["entities"][0]["text"] == "Ana"


def test_gold_that_somebody_changed_and_an_annotation_are_two_passes() -> None:
    task = task_of(DOCUMENT)
    task["annotations"].append(relabelled(task, "ORG", completed_by=2))
    task["annotations"][0] = relabelled(task, "GPE", id=1, import_id=1, updated_by=1)
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    labels = {person: each["a"]["entities"][0]["label"] for person, each in found.passes.items()}
    assert labels == {"ana@example.org": "GPE", "ben@example.org": "ORG"}
    assert found.documents == {}


def test_the_star_decides_though_nobody_knows_who_gave_it() -> None:
    task = task_of(DOCUMENT)
    first = relabelled(task, "ORG", id=2, ground_truth=True, completed_by=2, updated_by=1)
    second = relabelled(task, "GPE", id=3, completed_by=3, updated_at="2026-01-09T00:00Z")
    task["annotations"] += [first, second]
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    assert found.documents["a"]["entities"][0]["label"] == "ORG"
    (decision,) = found.decisions
    assert (decision.person, decision.decided_by, decision.changed_since) == ("ben@example.org", "unknown", None)
    assert decision.touched_by == "ana@example.org"
    assert "starred by unknown, touched last by ana@example.org: " in found.findings[-1].message
    assert {row.decided_by for row in found.adjudications} == {"unknown"}
    assert set(found.passes) == {"ben@example.org", "user 3"}


def test_a_star_on_what_was_sent_outweighs_what_others_made() -> None:
    task = task_of(DOCUMENT)
    task["annotations"] = [task["annotations"][0] | {"ground_truth": True}, relabelled(task, "ORG", completed_by=2)]
    assert annotated(Corpus.of([DOCUMENT]), [task], PEOPLE).documents["a"]["entities"][0]["label"] == "PERSON"


def test_who_changed_what_was_sent_is_not_guessed_under_a_star() -> None:
    task = task_of(DOCUMENT)
    task["annotations"] = [relabelled(task, "ORG", id=1, import_id=1, ground_truth=True, updated_by=1)]
    (decision,) = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE).decisions
    assert (decision.person, decision.decided_by) == ("unknown", "unknown")


def decisions_of(task: dict[str, Any]) -> list[tuple[str, str | None, bool | None, str]]:
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE).decisions
    return [(one.person, one.decided_by, one.changed_since, one.touched_by) for one in found]


def test_star_notes_who_changed_what_was_sent_and_who_decided() -> None:
    ana, ben = PEOPLE.values()
    task = task_of(DOCUMENT)
    changed = relabelled(task, "ORG", id=1, import_id=1, updated_by=2)
    own = relabelled(task, "GPE", id=2, import_id=None, completed_by=1, updated_by=1, ground_truth=True)
    before = Task.of({**task, "annotations": [changed, own]})
    meta = noted(before, before.annotations[0], 1)
    assert meta is not None
    assert list(meta[CREDIT]) == ["1", "2"]
    assert meta["sent"] == before.sent
    starred = {**changed, "ground_truth": True, "updated_by": 1}
    task |= {"meta": meta, "annotations": [starred]}
    assert decisions_of(task) == [(ben, ana, False, ana)]
    now = Task.of(task)
    assert noted(now, now.annotations[0], 2) is None
    task["annotations"] = [{**starred, "ground_truth": False}]
    assert decisions_of(task) == [(ben, None, None, ana)]
    # It is corrected under its star: who gave that stays known, and so does who corrected, who has the work now.
    corrected = relabelled(task, "GPE", id=1, import_id=1, updated_by=2, ground_truth=True)
    task["annotations"] = [corrected]
    assert decisions_of(task) == [(ben, ana, True, ben)]
    now = Task.of(task)
    task |= {"meta": noted(now, now.annotations[0], 1), "annotations": [{**corrected, "updated_by": 1}]}
    assert decisions_of(task) == [(ben, ana, False, ana)]


def test_the_work_stays_whose_it_is_when_it_is_taken_and_pushed() -> None:
    task = task_of(DOCUMENT)
    changed = relabelled(task, "ORG", id=1, import_id=1, updated_by=2)
    before = Task.of({**task, "annotations": [changed]})
    starred = {**changed, "ground_truth": True, "updated_by": 1}
    task |= {"meta": noted(before, before.annotations[0], 1), "annotations": [starred]}
    ana, ben = PEOPLE.values()
    assert decisions_of(task) == [(ben, ana, False, ana)]
    gold = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE).over(Corpus.of([DOCUMENT]))
    (update,) = missing(gold, [task]).update
    task["meta"] = update.content["meta"]
    assert missing(gold, [task]).size == 0
    (decision,) = annotated(gold, [task], PEOPLE).decisions
    assert (decision.person, decision.decided_by, decision.changed_since) == (ben, ana, False)


def test_who_corrects_under_a_star_is_not_who_decided() -> None:
    task = task_of(DOCUMENT)
    own = relabelled(task, "ORG", id=2, completed_by=2, updated_by=2)
    other = relabelled(task, "NORP", id=3, completed_by=3, updated_by=3)
    before = Task.of({**task, "annotations": [own, other]})
    task |= {"meta": noted(before, before.annotations[0], 1), "annotations": [{**own, "ground_truth": True}, other]}
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    assert [(row.decision, row.decided_by) for row in found.adjudications] == [("ORG", "ana@example.org")]
    assert "starred by ana@example.org: " in found.findings[-1].message
    task["annotations"][0] = relabelled(task, "GPE", id=2, completed_by=2, updated_by=3, ground_truth=True)
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    assert decisions_of(task) == [("ben@example.org", "ana@example.org", True, "user 3")]
    assert "starred by ana@example.org, changed since by user 3: " in found.findings[-1].message
    assert [(row.decision, row.decided_by) for row in found.adjudications] == [("GPE", "unknown")]


@given(st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda deep: st.lists(deep) | st.dictionaries(
    st.sampled_from(["1", "by", "result", "star", CREDIT]), deep)))  # fmt: skip
def test_notes_that_somebody_spoilt_are_no_notes(meta: Any) -> None:
    task = task_of(DOCUMENT)
    annotation = relabelled(task, "ORG", id=1, import_id=1, ground_truth=True, updated_by=1)
    task |= {"meta": meta, "annotations": [annotation]}
    assert [one.person for one in annotated(Corpus.of([DOCUMENT]), [task], PEOPLE).decisions] == ["unknown"]
    noted(Task.of(task), Task.of(task).annotations[0], 1)


def test_two_stars_decide_nothing() -> None:
    task = task_of(DOCUMENT)
    task["annotations"] += [
        relabelled(task, label, id=n, ground_truth=True, completed_by=n) for n, label in ((2, "ORG"), (3, "GPE"))
    ]
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    assert found.documents == {}
    assert [finding.code for finding in found.findings] == ["several-stars"]


def test_one_of_two_annotators_is_not_enough() -> None:
    task = task_of(DOCUMENT)
    task["annotations"] = [relabelled(task, "ORG", completed_by=2)]
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE, overlap=2)
    assert found.documents == {}
    assert [finding.code for finding in found.findings] == ["unfinished"]


def test_a_task_under_another_name_is_an_error() -> None:
    task = task_of(DOCUMENT)
    task["data"] = {**task["data"], "id": "b"}
    found = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)
    assert [(finding.code, finding.severity) for finding in found.findings] == [
        ("not-pushed", "info"),
        ("task-renamed", "error"),
    ]


def test_a_task_that_was_not_pushed_is_told() -> None:
    stranger = {"id": 7, "data": {"text": "x"}, "annotations": [], "drafts": [], "predictions": []}
    found = annotated(Corpus.of([DOCUMENT]), [stranger, task_of(DOCUMENT)], PEOPLE)
    assert [finding.code for finding in found.findings] == ["not-ours"]
    assert found.findings[0].severity == "info"


def test_a_corpus_that_cannot_be_read_whole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("{", "utf-8")
    with pytest.raises(ValueError, match=r"c\.jsonl:1"):
        annotated(read(tmp_path / "c.jsonl"), [], PEOPLE)


def told(capsys: pytest.CaptureFixture[str], task: dict[str, Any], base: dict[str, Any], **asked: Any) -> str:
    """What a pull prints."""
    corpus = Corpus.of([base])
    wanted: dict[str, Any] = dict.fromkeys(("out", "passes", "decisions", "adjudication", "color")) | asked
    take_over(corpus, annotated(corpus, [task], PEOPLE), Path(), False, **wanted)
    return capsys.readouterr().out


def test_what_waits_for_a_star_is_told_and_not_that_no_record_differs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    task = task_of(DOCUMENT)
    task["annotations"] += [relabelled(task, label, id=k, completed_by=k) for k, label in ((1, "ORG"), (2, "GPE"))]
    shown = told(capsys, task, DOCUMENT)
    assert "1 document waits for a decision: " in shown
    assert "No record differs" not in shown
    task["annotations"][-1]["result"] = "broken"
    task["annotations"].append(relabelled(task, "LOC", id=12, completed_by=2, result=[{"type": "labels", "value": {}}]))
    assert "pass-left-out" not in told(capsys, task, DOCUMENT)
    assert "pass-left-out" in told(capsys, task, DOCUMENT, passes=tmp_path / "passes")


def test_a_version_that_the_corpus_has_already_is_not_told_as_a_change(capsys: pytest.CaptureFixture[str]) -> None:
    task = task_of(DOCUMENT)
    task["annotations"] = [relabelled(task, "ORG", id=10, completed_by=1)]
    assert "info[changed]" in told(capsys, task, DOCUMENT)
    taken = annotated(Corpus.of([DOCUMENT]), [task], PEOPLE).documents["a"]
    shown = told(capsys, task, dict(taken))
    assert "info[changed]" not in shown
    assert "No record differs." in shown
