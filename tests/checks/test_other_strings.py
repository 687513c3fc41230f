"""Lists of spans that agree with another string of their record: nothing is proved of them in the one that is named."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.report import Report
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema

WORDS = ("Ana Silva", "Bo", "Lisbon", "Porto", "Carla", "Riga")
TEXT = "Ana Silva met Bo in Lisbon. Later she flew to Porto with Carla, then Riga."
SPAN = {
    "type": "object",
    "spanOf": "text",
    "properties": {name: {"type": "integer"} for name in ("start", "end")} | {"text": {"type": "string"}},
}


def spans_in(text: str) -> list[dict[str, Any]]:
    return [{"start": text.find(word), "end": text.find(word) + len(word), "text": word} for word in WORDS]


def checked(records: list[dict[str, Any]], **more: Any) -> Report:
    """The report of a check by a schema that names ``text`` as the text of all spans."""
    properties = {"id": {"type": "string"}, "text": {"type": "string"}, "spans": {"type": "array", "items": SPAN}}
    schema = {"type": "object", "key": "id", "properties": properties | more}
    return check(Corpus.of(records, Schema.of(schema)))


def causes(report: Report) -> set[tuple[str | None, str]]:
    return {(f.document, f.cause.name if f.cause else "") for f in report.findings if f.code in ("SP105", "SP106")}


LEADS = st.sampled_from(["NEWS: ", "She said: ", "In short, and as it was told: ", "\n\n"])


@settings(max_examples=20)
@given(
    LEADS,
    st.sampled_from(["answer", "inner", "listed", "turns"]),
    st.integers(0, 2),
    st.integers(0, 8),
    st.booleans(),
)
def test_spans_of_another_string_are_never_moved(lead: str, where: str, off: int, others: int, ahead: bool) -> None:
    other = lead + TEXT
    spans = spans_in(other)
    for span in spans[:off]:
        span["start"] += 1
    strings = {
        "answer": {"answer": other},
        "inner": {"meta": {"answer": other}},
        "listed": {"answer": other},
        "turns": {"turns": [{"text": "Yes."}, {"text": other}]},
    }
    late = {"id": "late", "text": TEXT, "spans": spans, **strings[where]}
    drifted = [{"id": f"d{k}", "text": TEXT, "spans": spans_in(other)} for k in range(others)]
    records = [late, *drifted] if ahead else [*drifted, late]
    report = checked(records, **({"answer": {"type": "string"}} if where == "listed" else {}))
    assert [f for f in report.findings if f.document == "late" and f.fix] == []
    assert {name for document, name in causes(report) if document == "late"} == {"another-string"}
    assert all(name != "another-string" for document, name in causes(report) if document != "late")
    alone = checked([{**late, **dict.fromkeys(strings[where])}])
    assert off or "proved" in {f.level for f in alone.findings if f.fix}  # what is proved where no other string is


def test_the_cause_names_both_strings_and_how_many_spans_agree() -> None:
    report = checked([{"id": "d", "text": TEXT, "spans": spans_in(f"NEWS: {TEXT}"), "answer": f"NEWS: {TEXT}"}])
    statements = {f.cause.statement for f in report.findings if f.cause}
    assert statements == {"all 6 spans of the list agree with 'answer' as they are; expected them in 'text'"}
    assert report.exit_code == 1


@pytest.mark.parametrize(
    "title", [TEXT, "Ana Silva", "Bo", "", None, "Something else, and longer than that: all of it."]
)
def test_strings_in_which_fewer_spans_stand_change_nothing(title: str | None) -> None:
    spans = [{**span, "start": span["start"] + 3, "end": span["end"] + 3} for span in spans_in(TEXT)]
    report = checked([{"id": "d", "text": TEXT, "title": title, "spans": spans}])
    assert report.findings.fixable["proved"] == len(WORDS)


def test_each_list_of_a_record_is_asked_for_itself() -> None:
    lead = "NEWS: "
    record = {"id": "d", "text": TEXT, "answer": lead + TEXT, "spans": spans_in(TEXT), "marks": spans_in(lead + TEXT)}
    report = checked([record], marks={"type": "array", "items": SPAN})
    assert {(f.layer, f.cause and f.cause.name) for f in report.findings} == {("marks", "another-string")}
    assert report.proved == len(WORDS)


@pytest.mark.parametrize("unit", ["code point", "utf-16"])
def test_spans_of_another_turn_are_not_moved_within_theirs(unit: str) -> None:
    turns = [
        {"words": TEXT, "ents": spans_in(f"Yes, {TEXT}")},
        {"words": f"Yes, {TEXT}", "ents": spans_in(f"Yes, {TEXT}")},
    ]
    span = {**SPAN, "spanOf": {"text": "words", "start": "start", "end": "end", "surface": "text", "unit": unit}}
    turn = {
        "type": "object",
        "properties": {"words": {"type": "string"}, "ents": {"type": "array", "items": span}},
    }
    schema = {
        "type": "object",
        "documents": "/turns/*",
        "properties": {"turns": {"type": "array", "items": turn}},
    }
    report = check(Corpus.of([{"turns": turns}], Schema.of(schema)))
    named = {f.cause.statement for f in report.findings if f.cause}
    assert named == {"all 6 spans of the list agree with '/turns/1/words' as they are; expected them in 'words'"}
    assert report.findings.fixable["proved"] == 0


def test_a_lone_span_proves_nothing_where_its_words_stand_in_another_string() -> None:
    records = [
        {"id": f"d{k}", "text": f"{name} met Bo.", "other": f"Later {name} met Bo.", "spans": [span]}
        for k, name in enumerate(["Ana", "Eva", "Ida", "Kim", "Lea", "Mia", "Pia"])
        for span in [{"start": 6, "end": 9, "text": name}]
    ]
    report = checked(records)
    assert report.findings.fixable["proved"] == 0
    assert {f.cause.statement for f in report.findings if f.cause} == {
        "the only span of its list agrees with 'other' as it is; expected them in 'text'"
    }


def test_a_digit_that_stands_in_another_string_by_chance_says_nothing() -> None:
    text = "It rained on 3 days."
    digest = "00000000000000300000000"
    report = checked([{"id": "d", "text": text, "sha256": digest, "spans": [{"start": 14, "end": 15, "text": "3"}]}])
    assert causes(report) & {("d", "another-string")} == set()
