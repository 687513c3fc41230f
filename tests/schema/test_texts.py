"""Objects of a record with texts or tokens of their own: offsets are counted there, the record is one document."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Batch, Corpus
from spanproof.corpus.shapes import ShapeError
from spanproof.schema.schema import Schema
from spanproof.testing.strategies import documents, mutations
from support import examples

INT, STRING = {"type": "integer"}, {"type": "string"}


def span(text: str, **members: Any) -> dict[str, Any]:
    properties = {"b": INT, "e": INT, "w": STRING, **members}
    binding = {"text": text, "start": "b", "end": "e", "surface": "w"}
    return {"type": "object", "spanOf": binding, "required": ["b", "e", "w"], "properties": properties}


def listed(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "required": [*properties], "properties": properties}}


NAMES = {"type": "array", "key": "id", "overlap": "forbid", "items": span("2/said", id={**STRING, "minLength": 1})}
POINT = span("summary", of={"type": ["string", "null"], "refersTo": ["/turns/*/names/*/id"]})
DIALOGUE: dict[str, Any] = {
    "type": "object",
    "key": "id",
    "required": ["id", "summary", "points", "turns"],
    "properties": {
        "id": {**STRING, "minLength": 1},
        "summary": STRING,
        "points": {"type": "array", "items": POINT},
        "turns": listed(said=STRING, names=NAMES),
    },
}
TAGS = {"type": "array", "items": STRING, "spanOf": {"tokens": "1/tokens", "tags": "BIO"}}
TRIPLE = {
    "type": "array",
    "prefixItems": [INT, INT, {"type": "string", "enum": ["PER", "LOC"]}],
    "spanOf": {"tokens": "2/tokens", "start": 0, "end": 1, "inclusive": True},
    "labelledBy": 2,
}
SENTENCES: dict[str, Any] = {
    "type": "object",
    "key": "id",
    "required": ["id", "sentences"],
    "properties": {
        "id": {**STRING, "minLength": 1},
        "sentences": listed(
            tokens={"type": "array", "items": STRING}, tags=TAGS, ner={"type": "array", "items": TRIPLE}
        ),
    },
}
SPOKEN = {
    "id": "a",
    "summary": "Ana met Rui.",
    "points": [{"b": 0, "e": 3, "w": "Ana", "of": "n1"}],
    "turns": [
        {"said": "I am Ana", "names": [{"id": "n1", "b": 5, "e": 8, "w": "Ana"}]},
        {"said": "Rui here", "names": [{"id": "n2", "b": 0, "e": 3, "w": "Rui"}]},
    ],
}
PARSED = {
    "id": "a",
    "sentences": [
        {"tokens": ["Ana", "left"], "tags": ["B-PER", "O"], "ner": [[0, 0, "PER"]]},
        {"tokens": [], "tags": [], "ner": []},
        {"tokens": ["So", "Rui", "Costa"], "tags": ["O", "B-PER", "I-PER"], "ner": [[1, 2, "PER"]]},
    ],
}


def batch(record: Any, schema: dict[str, Any]) -> Batch:
    (only,) = Corpus.of([record], Schema.of(schema)).batches
    return only


def judged(schema: dict[str, Any], record: Any) -> list[tuple[str, Any]]:
    return [(finding.code, finding.written) for finding in check(Corpus.of([record], Schema.of(schema))).findings]


def changed(record: Any, *path: Any, **members: Any) -> Any:
    """The record with other members of the object at a path; those that are None are gone."""
    record = copy.deepcopy(record)
    there = record
    for step in path:
        there = there[step]
    there.update(members)
    for name in [name for name, value in members.items() if value is None]:
        del there[name]
    return record


def test_offsets_are_counted_in_the_text_of_their_object_and_references_lead_between_these() -> None:
    schema = Schema.of(DIALOGUE)
    (document,) = Corpus.of([SPOKEN], schema).documents()
    assert [turn["names"][0]["start"] for turn in document["turns"]] == [5, 9]
    report = check(Corpus.of([SPOKEN], schema))
    assert (report.documents, report.spans, report.proved, report.findings) == (1, 3, 3, ())


@pytest.mark.parametrize(
    ("record", "findings"),
    [
        (changed(SPOKEN, "turns", 1, "names", 0, b=1, e=4), [("SP106", ("turns", 1, "names", 0))]),
        (changed(SPOKEN, "turns", 1, "names", 0, b=6, e=12), [("SP101", ("turns", 1, "names", 0, "e"))]),
        (changed(SPOKEN, "turns", 0, "names", 0, b=9, e=12), [("SP101", ("turns", 0, "names", 0, "b")),
                                                              ("SP101", ("turns", 0, "names", 0, "e"))]),
        (changed(SPOKEN, "points", 0, of="n3"), [("SP501", ("points", 0, "of"))]),
        (changed(SPOKEN, "points", 0, b=1, e=4), [("SP106", ("points", 0))]),
        ({**SPOKEN, "turns": [], "points": []}, []),
    ],
)  # fmt: skip
def test_a_fault_in_one_of_the_texts_is_found_there(record: Any, findings: Any) -> None:
    assert judged(DIALOGUE, record) == findings


def test_spans_whose_object_lacks_its_text_are_unread() -> None:
    report = check(Corpus.of([changed(SPOKEN, "turns", 1, said=None)], Schema.of(DIALOGUE)))
    assert (report.proved, report.with_errors + report.unread) == (2, 1)
    nothing = {**changed(changed(SPOKEN, "turns", 1, said=None), "turns", 0, said=None), "points": []}
    report = check(Corpus.of([nothing], Schema.of(DIALOGUE)))
    assert (report.proved, report.with_errors + report.unread) == (0, 2)


def test_a_correction_stays_in_its_text() -> None:
    before = batch(SPOKEN, DIALOGUE)
    document = before.document(0)
    document["turns"][1]["names"][0].update(start=13, end=17, text="here")
    (record,) = before.with_changes({0: document}, Schema.of(DIALOGUE)).records
    assert record.written == changed(SPOKEN, "turns", 1, "names", 0, b=4, e=8, w="here")
    document["turns"][1]["names"][0].update(start=5, end=8, text="Ana")
    with pytest.raises(ShapeError, match="lies outside of the string"):
        before.with_changes({0: document}, Schema.of(DIALOGUE))


def test_tokens_and_tags_are_those_of_their_sentence() -> None:
    before = batch(PARSED, SENTENCES)
    document = before.document(0)
    spans = [one for sentence in document["sentences"] for name in ("tags", "ner") for one in sentence[name]]
    words = [document["text"][one["start"] : one["end"]] for one in spans]
    assert words == ["Ana", "Ana", "Rui Costa", "Rui Costa"]
    assert judged(SENTENCES, PARSED) == []
    document["sentences"][2]["tags"][0]["label"] = "LOC"
    (record,) = before.with_changes({0: document}, Schema.of(SENTENCES)).records
    assert record.written == changed(PARSED, "sentences", 2, tags=["O", "B-LOC", "I-LOC"])
    assert judged(SENTENCES, changed(PARSED, "sentences", 0, tags=["B-PER"])) == [("SP002", ("sentences", 0, "tags"))]
    assert judged(SENTENCES, changed(PARSED, "sentences", 0, ner=[[0, 2, "PER"]]))[0][0] == "SP105"
    empty = [{**PARSED, "sentences": sentences} for sentences in ([], PARSED["sentences"][1:2])]
    assert [judged(SENTENCES, record) for record in empty] == [[], []]


def test_the_record_is_the_document_if_the_schema_says_so() -> None:
    alone = {name: value for name, value in DIALOGUE["properties"].items() if name in ("id", "turns")}
    schema = {"type": "object", "key": "id", "properties": alone}
    record = {name: SPOKEN[name] for name in alone}
    assert [len(Corpus.of([record], Schema.of(each))) for each in (schema, {**schema, "documents": ""})] == [2, 1]
    assert judged({**schema, "documents": ""}, record) == []


@pytest.mark.parametrize("schema", [DIALOGUE, SENTENCES], ids=["texts", "tokens"])
@given(data=st.data())
@settings(max_examples=examples(20), suppress_health_check=list(HealthCheck))
def test_drawn_records_are_sound_and_mutations_break_them(schema: dict[str, Any], data: st.DataObject) -> None:
    compiled = Schema.of(schema)
    record = data.draw(documents(compiled))
    assert [finding for finding in check(Corpus.of([record], compiled)).findings if finding.severity != "info"] == []
    mutation, after = data.draw(mutations(record, compiled))
    assert check(Corpus.of([after], compiled)).findings, mutation.name


def test_a_wrong_unit_in_turns_is_found_and_its_cause_told_where_each_turn_is_a_document() -> None:
    """A turn has too few spans to prove a unit: turns bear each other out."""
    offsets = {"start": {"type": "integer"}, "end": {"type": "integer"}, "text": {"type": "string"}}
    span = {"type": "object", "spanOf": {"text": "2/text", "surface": "text"}, "properties": offsets}
    turn = {"type": "object", "properties": {"text": {"type": "string"}, "names": {"type": "array", "items": span}}}
    members = {"id": {"type": "string"}, "turns": {"type": "array", "items": turn}}
    schema = Schema.of({"type": "object", "key": ["id", "#"], "documents": "/turns/*", "properties": members})
    records: list[dict[str, Any]] = []
    for d, names in enumerate([("Ana Silva", "Bo Lund"), ("Rio", "Acme"), ("Rui Costa", "Ida")]):
        records.append({"id": str(d), "turns": []})
        for k in range(4):
            text = f"{'😀 ' * (k + 1)}I saw {names[0]} today 🎉 near {names[1]}, {k} times."
            at = [(len(text[: text.index(name)].encode("utf-16-le")) // 2, name) for name in names]
            found = [{"start": start, "end": start + len(name), "text": name} for start, name in at]
            records[-1]["turns"].append({"text": text, "names": found})
    report = check(Corpus.of(records, schema))
    assert (report.spans, report.with_errors) == (24, 24)
    causes = {(one.cause.name, one.level) for one in report.findings if one.code == "SP106" and one.cause}
    assert causes == {("utf-16", "proved")}


@pytest.mark.parametrize(("key", "names"), [("#", ["0", "1"]), ("id", ["r#0", "r#1"]), (["id", "#"], ["r#0", "r#1"])])
def test_documents_of_a_record_are_called_by_their_number(key: Any, names: list[str]) -> None:
    offsets = {"start": {"type": "integer"}, "end": {"type": "integer"}}
    span = {"type": "object", "spanOf": "text", "properties": offsets}
    turn = {"type": "object", "properties": {"text": {"type": "string"}, "names": {"type": "array", "items": span}}}
    members = {"id": {"type": "string"}, "turns": {"type": "array", "items": turn}}
    schema = Schema.of({"type": "object", "key": key, "documents": "/turns/*", "properties": members})
    turns = [{"text": "Ana", "names": [{"start": 0, "end": 9}]}] * 2
    report = check(Corpus.of([{"id": "r", "turns": turns}], schema))
    assert [one.document for one in report.findings if one.code == "SP105"] == names
