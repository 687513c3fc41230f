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


TEXT = "Ana Silva met Ben Weiss in Lisbon."
OFFSETS = {"start": {"type": "integer"}, "end": {"type": "integer"}, "text": {"type": "string"}}
SPAN = {"type": "object", "spanOf": "text", "properties": OFFSETS}
NAME = SPAN | {"labelledBy": "label", "properties": OFFSETS | {"label": {"type": "string"}}}
PARTS = {"source": SPAN, "words": {"type": "array", "items": SPAN}}
LISTS = {
    "names": {"type": "array", "items": NAME},
    "quotations": {"type": "array", "items": SPAN | {"properties": OFFSETS | PARTS}},
}
KEYLESS = Schema.of(
    {"type": "object", "key": "id", "properties": {"id": {"type": "string"}, "text": {"type": "string"}} | LISTS}
)
EXTENTS = [(0, 9), (0, 3), (14, 23), (18, 23), (27, 33)]


def span(start: int, end: int, **members: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "text": TEXT[start:end]} | members


@st.composite
def keyless(draw: st.DrawFn) -> dict[str, Any]:
    """A version whose annotations have no keys: names, several with the same offsets; quotations with parts."""
    extents = st.sampled_from(EXTENTS)
    names = draw(st.lists(st.tuples(extents, st.sampled_from(["PERSON", "PLACE"])), unique=True))
    quotations = []
    for extent in draw(st.lists(extents, max_size=2, unique=True)):
        source = draw(st.none() | extents)
        words = [span(*one) for one in sorted(draw(st.lists(extents, max_size=2, unique=True)))]
        quotations.append(span(*extent, source=source and span(*source), words=words))
    labelled = [span(*extent, label=label) for extent, label in names]
    return {"id": "a", "text": TEXT, "names": labelled, "quotations": quotations}


def of_member(item: Any, member: str | None) -> Any:
    for step in member.split(".") if member else ():
        if step == "extent" and item is not None:
            return {name: item[name] for name in ("start", "end", "text")}
        item = item and item.get(step)
    return item


@settings(max_examples=examples(60))
@given(st.fixed_dictionaries({"ana": keyless(), "ben": keyless(), "zoe": keyless()}))
def test_each_value_is_what_that_annotator_has_and_none_is_lost(team: dict[str, dict[str, Any]]) -> None:
    chosen = team["ana"]
    rows = list(adjudications("a", chosen, chosen, starred("ana", chosen), team, KEYLESS))
    for row in rows:
        assert any(value != row.decision for value in row.passes.values())
        assert "ana" in row.by
        for person, value in row.passes.items():
            items = team[person][row.layer or ""]
            if value is not None:
                assert value in [of_member(item, row.field) for item in items]
            elif row.field is None:
                there = [one for one in [row.decision, *row.passes.values()] if one is not None]
                assert not any(one in items for one in there), (person, there)
    for layer in LISTS:
        of_layer = [row for row in rows if row.layer == layer]
        for person, document in team.items():
            for item in (item for item in document[layer] if item not in chosen[layer]):
                assert any(row.passes[person] == of_member(item, row.field) for row in of_layer)


def test_without_keys_what_one_lacks_says_nothing_about_the_others_of_that_person() -> None:
    """Ben has all of Ana's names but one, one of them with another label, and a date that she hasn't."""
    first, second, third = span(0, 9, label="PERSON"), span(14, 23, label="PERSON"), span(27, 33, label="PLACE")
    whole = {"id": "a", "text": TEXT, "quotations": []}
    ana = whole | {"names": [first, second]}
    ben = whole | {"names": [first | {"label": "PLACE"}, third]}
    rows = list(adjudications("a", ana, ana, starred("ana", ana), {"ana": ana, "ben": ben}, KEYLESS))
    assert [(row.field, dict(row.passes), row.decision, row.by) for row in rows] == [
        ("label", {"ana": "PERSON", "ben": "PLACE"}, "PERSON", ("ana",)),
        (None, {"ana": second, "ben": None}, second, ("ana",)),
        (None, {"ana": None, "ben": third}, None, ("ana",)),
    ]


def test_a_list_that_somebody_lacks_was_not_annotated_and_is_no_difference() -> None:
    ana = {"id": "a", "text": TEXT, "names": [span(0, 9, label="PERSON")], "quotations": [span(0, 9)]}
    ben = {"id": "a", "text": TEXT, "names": []}
    rows = list(adjudications("a", ana, ana, starred("ana", ana), {"ana": ana, "ben": ben}, KEYLESS))
    assert [row.layer for row in rows] == ["names"]
    assert [
        row.layer for row in adjudications("a", ben, ben, starred("ben", ben), {"ana": ana, "ben": ben}, KEYLESS)
    ] == ["names"]


def test_two_parts_that_differ_are_two_decisions() -> None:
    quoted = span(0, 33, source=span(0, 9), words=[span(14, 23), span(27, 33)])
    other = quoted | {"source": span(0, 3), "words": [span(18, 23)]}
    ana, ben = ({"id": "a", "text": TEXT, "names": [], "quotations": [one]} for one in (quoted, other))
    rows = list(adjudications("a", ana, ana, starred("ana", ana), {"ana": ana, "ben": ben}, KEYLESS))
    assert {row.field: row.passes["ben"] for row in rows} == {"source.extent": span(0, 3), "words": [span(18, 23)]}


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
