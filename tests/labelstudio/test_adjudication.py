"""Decisions where annotators differ: who had what, what holds, who chose it, and no reason that nobody gave."""

import copy
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.labelstudio.adjudication import adjudications
from spanproof.labelstudio.credit import noted as noted_by
from spanproof.labelstudio.from_task import Pulled
from spanproof.labelstudio.pull import Pull, annotated
from spanproof.labelstudio.tasks import Task, TaskAnnotation
from spanproof.labelstudio.versions import Version
from spanproof.revisions.diff import diff
from spanproof.schema.schema import Schema
from spanproof.testing.strategies import documents
from support import examples
from support.labelstudio_tasks import DOCUMENT, relabelled, task_of

PEOPLE = {1: "lead", 2: "ana", 3: "ben", 4: "zoe"}


def decided(*versions: dict[str, Any]) -> Pull:
    task = task_of(DOCUMENT)
    own = [
        relabelled(task, version.pop("label", "PERSON"), id=10 + k, completed_by=2 + k, updated_by=2 + k) | version
        for k, version in enumerate(versions)
    ]
    task["annotations"] += own
    for annotation in (now := Task.of(task)).annotations:
        task["meta"] |= (noted_by(now, annotation, 1) if annotation.is_starred else None) or {}
    return annotated(Corpus.of([DOCUMENT]), [task], PEOPLE)


def starred(person: str, document: dict[str, Any]) -> Version:
    pulled = Pulled(document, {}, (), {})
    return Version(TaskAnnotation.of({"result": []}), person, "lead", pulled, False, False, True, "lead", False)


def noted(label: str, note: Any) -> list[dict[str, Any]]:
    result = copy.deepcopy(relabelled(task_of(DOCUMENT), label)["result"])
    result[0]["meta"]["text"] = note
    return list(result)


def test_a_decision_names_who_had_what_and_why() -> None:
    result = noted("ORG", ["a company", "by E7"])
    pulled = decided({"ground_truth": True, "updated_by": 1, "result": result}, {"label": "GPE"}, {"label": "ORG"})
    (row,) = pulled.adjudications
    assert asdict(row) == {
        "document": "a",
        "layer": "entities",
        "start": 0,
        "end": 9,
        "text": "Ana Silva",
        "field": "label",
        "passes": {"ana": "ORG", "ben": "GPE", "zoe": "ORG"},
        "decision": "ORG",
        "by": ("ana", "zoe"),
        "decided_by": "lead",
        "reason": "a company by E7",
    }


def test_without_a_note_there_is_no_reason() -> None:
    (row,) = decided({"ground_truth": True, "label": "ORG"}, {"label": "GPE"}).adjudications
    assert row.reason is None


def test_what_one_lacks_is_a_decision_whether_it_is_there() -> None:
    (row,) = decided({"ground_truth": True}, {"result": []}).adjudications
    assert (row.field, row.passes["ben"], row.passes["ana"]) == (None, None, row.decision)
    assert row.decision["label"] == "PERSON"
    (row,) = decided({"ground_truth": True, "result": []}, {}).adjudications
    assert (row.field, row.passes["ana"], row.decision, row.by) == (None, None, None, ("ana",))
    assert row.passes["ben"]["label"] == "PERSON"


def test_where_nobody_decided_or_nobody_differs_there_is_no_decision() -> None:
    assert decided({"label": "ORG"}, {"label": "GPE"}).adjudications == ()
    assert decided({"label": "ORG", "ground_truth": True}, {"label": "ORG"}).adjudications == ()
    assert decided({"label": "ORG", "ground_truth": True}).adjudications == ()


LISBON = {"id": "e2", "start": 20, "end": 26, "text": "Lisbon", "label": "GPE", "entity_id": "lisbon"}


@pytest.mark.parametrize("number", ["e2", "e9"])
def test_what_is_held_back_is_not_decided_and_numbers_are_no_difference(number: str) -> None:
    """Ben's version has the star; a place of his is held back, as if Ana had been chosen, who has none."""
    schema, base = Schema.article(), copy.deepcopy(DOCUMENT)
    base["text"] = "Ana Silva arrived at Lisbon."
    starts = base["text"].index("Lisbon")
    lisbon = {**LISBON, "id": number, "start": starts, "end": starts + 6}
    ben = {**base, "entities": [{**base["entities"][0], "id": "e4"}, lisbon]}
    ana = {**base, "entities": [{**base["entities"][0], "id": "e7"}]}
    version = starred("ben", ben)
    team = {"ana": ana, "ben": ben}
    (row,) = adjudications("a", ben, ben, version, team, schema)
    assert (row.text, row.by, row.field) == ("Lisbon", ("ben",), None)
    assert list(adjudications("a", ben, ana, version, team, schema)) == []
    changed = {**ben, "entities": [{**ben["entities"][0], "label": "ORG"}, lisbon]}
    (row,) = adjudications("a", changed, {**changed, "entities": changed["entities"][:1]}, version, team, schema)
    assert (row.field, row.decision, row.passes["ana"]) == ("label", "ORG", "PERSON")
    removed = {**ben, "entities": [ben["entities"][0]]}
    assert list(adjudications("a", removed, ben, version, {"ana": ben, "ben": removed}, schema)) == []


def test_an_edit_that_breaks_a_rule_is_no_decision() -> None:
    task = task_of(DOCUMENT)
    result = copy.deepcopy(task["annotations"][0]["result"])
    (named,) = (item for item in result if item["from_name"] == "entities_entity_id")
    named["value"]["text"] = ["nobody-knows"]
    star = {"ground_truth": True, "id": 10, "completed_by": 3, "updated_by": 1, "result": result}
    task["annotations"] += [relabelled(task, "PERSON", **star), relabelled(task, "PERSON", id=11, completed_by=2)]
    corpus = Corpus.of([DOCUMENT], registries={"entities": {"ana": {"name": "Ana Silva", "type": "PERSON"}}})
    (row,) = annotated(corpus, [task], PEOPLE).adjudications
    assert (row.field, row.decision) == ("entity_id", "nobody-knows")
    found = annotated(corpus, [task], PEOPLE, check)
    assert [finding.code for finding in found.findings if finding.severity == "error"] == ["SP503"]
    assert found.documents["a"]["entities"][0]["entity_id"] == "ana"
    assert found.adjudications == ()


@st.composite
def passes(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    document = draw(documents())
    team = {}
    for person in ("ana", "ben", "zoe"):
        own = copy.deepcopy(document)
        for layer in ("zones", "entities", "dates"):
            own[layer] = [item for item in own[layer] if draw(st.integers(0, 3))]
        for entity in own["entities"]:
            entity["label"] = draw(st.sampled_from([entity["label"], "PERSON"]))
        known = {"dct", *(date["id"] for date in own["dates"])}
        for date in own["dates"]:
            if date.get("anchor") not in known:
                date.pop("anchor", None)
        team[person] = own
    return team


@settings(max_examples=examples(30))
@given(passes())
def test_every_difference_has_a_row_and_who_was_chosen_is_in_each(team: dict[str, dict[str, Any]]) -> None:
    schema, chosen = Schema.article(), team["ana"]
    version = starred("ana", chosen)
    rows = list(adjudications("a", chosen, chosen, version, team, schema))
    for person, document in team.items():
        count = len(diff(*(Corpus.of([side], schema.canonical) for side in (document, chosen))).changes)
        otherwise = [row for row in rows if person not in row.by and row.passes[person] != row.decision]
        assert len(otherwise) >= count
        if person == "ana":
            assert not otherwise
            assert all("ana" in row.by for row in rows)
    assert all(set(row.passes) == set(team) and row.reason is None for row in rows)
