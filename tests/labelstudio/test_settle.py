"""What comes back is judged: sound edits are taken, broken ones held back alone, and nothing is a traceback."""

import copy
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.labelstudio.pull import Pull, annotated
from spanproof.labelstudio.settle import judge_of
from spanproof.labelstudio.status import summary
from spanproof.labelstudio.upload import missing
from spanproof.parsing.json import dump
from spanproof.schema.schema import Schema
from support.documents import LETTER, LETTERS
from support.labelstudio_hostile import HOSTILE
from support.labelstudio_schemas import correspondence
from support.labelstudio_tasks import PEOPLE, task_of

ARTICLE = Schema.article()
TEXT = "Ana Silva said on Monday: “We meet in Lisbon.” Rio\nagreed."
ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}
LISBON = {"id": "e2", "start": 38, "end": 44, "text": "Lisbon", "label": "GPE", "entity_id": "lisbon"}
MONDAY = {"id": "d1", "start": 18, "end": 24, "text": "Monday", "type": "DATE", "value": "2025-02-24"}
QUOTE = {
    "id": "q1",
    "type": "direct",
    "start": 27,
    "end": 45,
    "text": "We meet in Lisbon.",
    "source": {"start": 0, "end": 9, "text": "Ana Silva"},
    "cue": {"start": 10, "end": 14, "text": "said"},
    "speaker": "ana",
    "continues": None,
    "utterance": "meet",
}


def read(document: Any, schema: Schema = ARTICLE) -> Any:
    """The document as a corpus has it."""
    return next(iter(Corpus.of([document], schema).documents()))


BASE = read(sound(id="a", text=TEXT, entities=[ANA, LISBON], quotes=[QUOTE], dates=[MONDAY]))
REGISTRIES: dict[str, dict[str, Any]] = {
    "entities": {
        "ana": {"name": "Ana Silva", "type": "PERSON", "aliases": ["Ana Silva"]},
        "lisbon": {"name": "Lisbon", "type": "GPE", "aliases": ["Lisbon"]},
    },
    "utterances": {"meet": {"text": "We meet", "speaker": "ana"}},
}
VALUES: tuple[Any, ...] = (5, None, [], "x", {})
DOCUMENTS: dict[str, tuple[Any, Schema]] = {
    "article": (BASE, ARTICLE),
    "letters": (LETTER, Schema.of(LETTERS)),
    "quotes": (read(HOSTILE["quotes"]), ARTICLE),
}


def corpus_of(document: Any, schema: Schema = ARTICLE) -> Corpus:
    return Corpus.of([document], schema, REGISTRIES if schema is ARTICLE else None)


def worked(document: Any, schema: Schema = ARTICLE, person: int = 1) -> dict[str, Any]:
    """The task of a document that somebody took over into an annotation of their own."""
    task = task_of(document, schema=schema)
    task["annotations"] = [{**task["annotations"][0], "id": 2, "import_id": None, "completed_by": person}]
    return task


def nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a JSON value with each of its members or indices."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in members:
        yield value, name
        yield from nodes(inner)


def mutants(task: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The task with every JSON node replaced by something else, one at a time, after what was replaced."""
    for k, _ in enumerate(nodes(task)):
        for value in VALUES:
            mutant = copy.deepcopy(task)
            owner, name = next(pair for n, pair in enumerate(nodes(mutant)) if n == k)
            if owner[name] != value:
                changed, owner[name] = (owner[name], name, value), value
                yield changed, mutant


def region(task: dict[str, Any], name: str, kind: str = "labels") -> dict[str, Any]:
    """The item of a region's label, or of its attribute."""
    items = task["annotations"][0]["result"]
    return next(item for item in items if item.get("id") == name and kind in (item["type"], item.get("from_name")))


def pulled(task: dict[str, Any], document: Any = BASE, schema: Schema = ARTICLE) -> Pull:
    return annotated(corpus_of(document, schema), [task], PEOPLE, check, address="http://here/projects/1/data")


def rows(pull: Pull) -> list[str]:
    return [str(finding) for finding in pull.findings if finding.severity == "error"]


def in_any_order(value: Any) -> Any:
    """A value whose lists have an order of their own: where a region was in its list says nothing of the text."""
    if isinstance(value, dict):
        return {name: in_any_order(inner) for name, inner in value.items()}
    return sorted(map(in_any_order, value), key=dump) if isinstance(value, list) else value


@pytest.mark.parametrize("step", [pytest.param(17, id="some"), pytest.param(1, marks=pytest.mark.full, id="all")])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_whatever_a_node_of_a_task_becomes_there_is_a_row_and_no_traceback(name: str, step: int) -> None:
    document, schema = DOCUMENTS[name]
    corpus = corpus_of(document, schema)
    for changed, mutant in islice(mutants(worked(document, schema)), 0, None, step):
        summary(corpus, [mutant], PEOPLE)
        missing(corpus, [mutant])
        result = annotated(corpus, [mutant], PEOPLE)
        after = next(iter(result.over(corpus).documents()))
        assert in_any_order(after) == in_any_order(document) or result.findings, (changed, after)


@given(st.data())
def test_no_mutant_brings_an_error_into_the_corpus(data: st.DataObject) -> None:
    task = worked(BASE)
    result = task["annotations"][0]["result"]
    for _ in range(data.draw(st.integers(1, 3))):
        owner, name = data.draw(st.sampled_from(list(nodes(result))))
        owner[name] = data.draw(st.sampled_from(VALUES))
    corpus = corpus_of(BASE)
    result = pulled(task)
    judge = judge_of(corpus, check)
    before = {str(finding) for finding in judge(BASE)}
    assert {str(finding) for finding in judge(next(iter(result.over(corpus).documents())))} <= before


def test_a_wrong_value_is_held_back_alone_and_says_where() -> None:
    task = worked(BASE)
    region(task, "dates-0", "dates_value")["value"]["text"] = ["Mon"]
    region(task, "entities-1")["value"]["labels"] = ["LOC"]
    result = pulled(task)
    assert result.documents["a"] == {**BASE, "entities": [BASE["entities"][0], {**BASE["entities"][1], "label": "LOC"}]}
    (row,) = rows(result)
    assert row.startswith("error[SP301] a: dates “Monday” 18-24 was changed and is held back: ")
    assert row.endswith("(http://here/projects/1/data?task=1)")
    with_errors = annotated(corpus_of(BASE), [task], PEOPLE)
    assert with_errors.documents["a"]["dates"][0]["value"] == "Mon"


def test_a_member_that_is_missing_is_named_once() -> None:
    task = worked(BASE)
    at = {"start": 47, "end": 50, "text": "Rio", "labels": ["direct"]}
    drawn = {"id": "n", "from_name": "span", "to_name": "text", "type": "labels", "origin": "manual", "value": at}
    task["annotations"][0]["result"] = [*task["annotations"][0]["result"], drawn]
    (row,) = [row for row in map(str, pulled(task).findings) if "Rio" in row]
    assert row.startswith(
        "error[SP002] a: quotes “Rio” 47-50 was added and is held back: utterance is missing or null; "
    )
    (row,) = [str(one) for one in annotated(corpus_of(BASE), [task], PEOPLE).findings if one.code == "value-missing"]
    assert "“Rio” 47-50: direct has no utterance; expected" in row


def test_a_name_joins_the_registry_by_what_is_taken_alone() -> None:
    task = worked(BASE)
    region(task, "entities-0", "entities_entity_id")["value"]["text"] = ["silva", "da-silva"]
    region(task, "entities-1", "entities_entity_id")["value"]["text"] = ["lisboa"]
    region(task, "quotes-0", "quotes_speaker")["value"]["text"] = ["silva"]
    corpus = corpus_of(BASE)
    held = annotated(corpus, [task], PEOPLE, check)
    assert next(iter(held.over(corpus).documents())) == BASE
    assert held.entries == {}
    joined = annotated(corpus, [task], PEOPLE, check, register=True)
    assert joined.entries == {"entities": {"lisboa": {"name": "Lisbon", "type": "GPE", "aliases": ["Lisbon"]}}}
    assert joined.documents["a"]["quotes"] == BASE["quotes"]
    assert joined.documents["a"]["entities"][1]["entity_id"] == "lisboa"


def test_what_is_sound_is_taken_together_though_neither_is_sound_alone() -> None:
    task = worked(BASE)
    region(task, "entities-0")["value"] |= {"start": 38, "end": 44, "text": "Lisbon"}
    region(task, "entities-1")["value"] |= {"start": 0, "end": 9, "text": "Ana Silva"}
    result = annotated(corpus_of(BASE), [task], PEOPLE, check)
    assert [entity["text"] for entity in result.documents["a"]["entities"]] == ["Lisbon", "Ana Silva"]


def drawn(name: str, start: int, end: int, words: str) -> dict[str, Any]:
    """The region of a place as a browser stores it."""
    value = {"start": start, "end": end, "text": words, "labels": ["GPE"]}
    return {"id": name, "from_name": "span", "to_name": "text", "type": "labels", "origin": "manual", "value": value}


def test_words_that_contradict_the_offsets_are_held_back_alone_and_the_cause_is_named() -> None:
    places = ("Rio", "Lisbon", "Porto", "Faro", "Évora", "Lagos", "Tomar", "Beja", "Braga")
    text = "😀 " + " 😀 ".join(places) + "."
    base = read(sound(id="a", text=text))
    task = task_of(base)
    at = {words: text.index(words) for words in places}
    wide = {words: len(text[:start].encode("utf-16-le")) // 2 for words, start in at.items()}
    result = [drawn(words, wide[words], wide[words] + len(words), words) for words in places[:-1]]
    result.append(drawn("right", at["Braga"], at["Braga"] + 5, "Braga"))
    about = {"id": 2, "completed_by": 1, "updated_at": "2026-01-01T00:00Z", "was_cancelled": False}
    task["annotations"] = [about | {"result": result}]
    found = annotated(Corpus.of([base]), [task], PEOPLE)
    assert [entity["text"] for entity in found.documents["a"]["entities"]] == ["Braga"]
    told = [row for row in rows(found) if "text-differs" in row]
    assert len(told) == 8
    assert "is stored with the words 'Lisbon', and the text has 'sbon 😀' at" in told[1]
    assert "cause: offsets are UTF-16 code units" in told[1]


@pytest.mark.parametrize("words", [None, "We meet\\nin  Lisbon.", "We meet in Lisbon."])
def test_blanks_that_a_browser_stores_otherwise_are_no_contradiction(words: str | None) -> None:
    base = read(sound(id="a", text="We meet\nin  Lisbon."))
    task = task_of(base)
    about = {"id": 2, "completed_by": 1, "updated_at": "2026-01-01T00:00Z", "was_cancelled": False}
    task["annotations"] = [about | {"result": [drawn("a", 0, 19, words or "")]}]
    if words is None:
        del task["annotations"][0]["result"][0]["value"]["text"]
    found = annotated(Corpus.of([base]), [task], PEOPLE)
    assert rows(found) == []
    assert [entity["text"] for entity in found.documents["a"]["entities"]] == ["We meet\nin  Lisbon."]


@given(st.data())
def test_what_is_told_of_one_annotator_is_told_of_several_and_none_of_it_is_compared(data: st.DataObject) -> None:
    task = worked(BASE)
    own, other = task["annotations"][0], copy.deepcopy(task["annotations"][0]) | {"id": 3, "completed_by": 2}
    owner, name = data.draw(st.sampled_from(list(nodes(own["result"]))))
    owner[name] = data.draw(st.sampled_from(VALUES))
    alone = annotated(corpus_of(BASE), [task], PEOPLE)
    told = [finding.message for finding in alone.findings if finding.severity == "error"]
    for star in (False, True):
        task["annotations"] = [own, other | {"ground_truth": star}]
        both = annotated(corpus_of(BASE), [task], PEOPLE)
        now = [finding for finding in both.findings if finding.severity == ("warning" if star else "error")]
        assert all(any(message in finding.message for finding in now) for message in told)
        left_out = [finding for finding in now if finding.code == "pass-left-out"]
        assert ("a" in both.passes.get(PEOPLE[1], {})) == (not left_out)
        errors = {finding.code for finding in alone.findings if finding.severity == "error"}
        assert left_out or errors <= {"part-alone", "relation-unlabelled"}


def test_a_part_that_no_arrow_leads_to_is_told_and_its_version_compared() -> None:
    task = worked(BASE)
    other = copy.deepcopy(task["annotations"][0]) | {"id": 3, "completed_by": 2}
    start = TEXT.index("said")
    cue = drawn("lone", start, start + 4, "said")
    other["result"].append(cue | {"value": cue["value"] | {"labels": ["cue"]}})
    task["annotations"].append(other)
    found = annotated(corpus_of(BASE), [task], PEOPLE)
    assert set(found.passes) == set(PEOPLE.values())
    assert [row for row in rows(found) if "isn't part of anything" in row]
    assert not [row for row in rows(found) if "pass-left-out" in row]


def several(count: int) -> tuple[Corpus, list[dict[str, Any]]]:
    """Documents, and tasks that people changed: soundly, with a wrong value, with an unknown name, or not at all.

    One document and one entry of the registry have an error from the beginning.
    """
    documents = [BASE | {"id": f"a{k}"} for k in range(count)]
    documents[1] |= {"entities": [{**ANA, "text": "Eva Silva"}, LISBON]}
    tasks = [{**worked(document), "id": k} for k, document in enumerate(documents)]
    for k, task in enumerate(tasks):
        if k % 4 in (1, 2):
            region(task, "entities-1")["value"]["labels"] = ["LOC"]
        if k % 4 == 2:
            region(task, "dates-0", "dates_value")["value"]["text"] = ["Mon"]
        if k % 8 == 3:
            region(task, "entities-0", "entities_entity_id")["value"]["text"] = [f"silva{k % 3}"]
    registries = {**REGISTRIES, "entities": {**REGISTRIES["entities"], "rio": {"name": "Rio", "type": "TOWN"}}}
    return Corpus.of(documents, ARTICLE, registries), tasks


@pytest.mark.parametrize("register", [False, True])
def test_documents_checked_together_are_taken_as_each_alone(register: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, tasks = several(16)
    together = annotated(corpus, tasks, PEOPLE, check, register=register)
    monkeypatch.setattr(import_module("spanproof.labelstudio.pull"), "faulty", lambda pairs, *_: set(pairs))
    assert together == annotated(corpus, tasks, PEOPLE, check, register=register)
    assert {finding.code for finding in together.findings if finding.severity == "error"} >= {"SP301"}
    assert together.documents["a1"]["entities"][1]["label"] == "LOC"


def test_sound_changes_of_many_documents_cost_one_check() -> None:
    corpus, tasks = several(60)
    checks: list[int] = []

    def counted(some: Corpus) -> Any:
        checks.append(len(list(some.documents())))
        return check(some)

    sound_ones = [task for k, task in enumerate(tasks) if k % 4 == 1]
    annotated(corpus, sound_ones, PEOPLE, counted)
    assert checks == [15, 15]


def test_a_relation_that_is_held_back_is_told_with_the_words_of_its_ends() -> None:
    schema = correspondence()
    names = {"Ana": 0, "Ben": 8}
    persons = [{"id": key, "start": at, "end": at + 3, "text": key, "kind": "sender"} for key, at in names.items()]
    relation = {"type": "sibling", "head": "Ana", "tail": "Ben"}
    others = {"persons": persons, "places": [], "relations": []}
    base = {"name": "a", "text": "Ana and Ben.", **others, "kinship": [relation]}
    changed = {**base, "kinship": [{**relation, "tail": "Ana"}]}
    (row,) = rows(pulled(worked(changed, schema), read(base, schema), schema))
    assert "kinship of “Ana” 0-3 and “Ana” 0-3 was changed and is held back: " in row
