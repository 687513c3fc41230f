"""Reports: what people and machines read."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.excerpts import shown
from spanproof.checks.github import as_github, as_markdown
from spanproof.checks.lines import Detail, explained
from spanproof.checks.plain import as_dict, as_json
from spanproof.checks.report import Report, as_text, summary
from spanproof.checks.sarif import as_sarif
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Cause, Excerpt
from spanproof.corpus.waivers import Waiver
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.formats.parquet import FORMAT as PARQUET
from spanproof.schema.schema import Schema
from spanproof.text.display import visible
from support.documents import ROOT

ANA = {"id": "e1", "start": 1, "end": 10, "text": "Ana Silva", "label": "PERSON", "entity_id": None}


def report(**members: Any) -> Report:
    return check(Corpus.of([sound(**members)]))


def test_text_shows_the_place_in_its_sentence() -> None:
    lines = as_text(report(entities=[ANA])).splitlines()
    assert lines == [
        "error[SP106] text-differs  example $.entities[0] (e1)",
        "  the text here is 'na Silva '; the stored surface is 'Ana Silva'",
        "  | Ana Silva said on Monday: “We meet in Lisbon.”",
        "  |  ^^^^^^^^^",
        "  = open: the only place that fits is 0:9, but the annotated words may have been deleted",
        "1 document, 1 span: 1 with an error; 1 error",
    ]


def test_a_span_that_is_where_it_may_be_meant_is_told_so() -> None:
    spans = [
        {**ANA, "start": 9, "end": 15, "text": "Korner"},
        {**ANA, "id": "e2", "start": 0, "end": 5, "text": "Grüßt"},
    ]
    lines = as_text(report(text="Grüßt du Körner in Dresden?", entities=spans)).splitlines()
    assert "  the text here is 'Körner'; the stored surface is 'Korner', the same words except for accents" in lines
    said = "the surface occurs only at these offsets, written otherwise; nothing proves which of the two is off"
    assert f"  = open: {said}" in lines


def test_a_likely_correction_says_where_the_span_would_be() -> None:
    spans = [("Ana", 0), ("Bob", 8), ("Eve", 15)]
    entities = [{**ANA, "id": n, "start": k, "end": k + 3, "text": n} for n, k in spans]
    shown_ = as_text(report(text="Ana met Bob and Eve.", entities=entities))
    assert "  = likely at 16:19, not proved: --diff shows the correction of this annotation" in shown_


def test_places_where_a_span_may_be_meant_are_said_to_fit_since_they_may_be_written_otherwise() -> None:
    spans = [("Ana", 0), ("Bob", 14), ("Eve", 13)]
    entities = [{**ANA, "id": n, "start": k, "end": k + 3, "text": n} for n, k in spans]
    shown_ = as_text(report(text="Ana met Bob, Eve and Bob.", entities=entities))
    assert "  = open: the places that fit are 8:11, 21:24; nothing proves which one is meant" in shown_


def test_a_cause_stands_once_with_its_proof() -> None:
    text = "😀 Ana met Bob and Eve."
    spans = [
        {**ANA, "id": n, "start": k + 1, "end": k + 4, "text": n} for n, k in (("Ana", 2), ("Bob", 10), ("Eve", 18))
    ]
    shown_ = as_text(report(text=text, entities=spans))
    assert shown_.count("UTF-16") == 1
    assert "(each fits all 3 wrong spans)" in shown_
    assert "and 2 more in this document with the same cause" in shown_
    assert "correction of all spans of this text" in shown_


def test_a_cause_that_is_proved_for_some_spans_says_so_and_in_groups_of_which_document() -> None:
    some = Cause("edit", "the text was edited", 5, 8)
    assert explained(some) == "the text was edited (proved for 5 of 8 wrong spans)"
    assert explained(some, " of this document").endswith("(proved for 5 of 8 wrong spans of this document)")
    assert explained(replace(some, agree=8)) == "the text was edited (it fits all 8 wrong spans)"
    assert explained(replace(some, level="likely")) == "the text was edited (it fits 5 of 8 wrong spans)"


def test_colours_only_where_asked_for() -> None:
    assert "\x1b[" not in as_text(report(entities=[ANA]))
    assert "\x1b[" in as_text(report(entities=[ANA]), color=True)


def test_what_a_text_holds_cannot_act_on_a_terminal() -> None:
    text = "\x1b[31mAna\x07 \u202eSilva\u2028"
    found = as_text(report(text=text, entities=[{**ANA, "start": 0, "end": 3, "text": "[bold]x"}]))
    assert "\x1b" not in found
    assert "\u202e" not in found
    assert "<001B>[31mAna<0007> <202E>Silva<2028>" in found
    assert "[bold]x" in found


@given(st.text(alphabet="a é中😀\n\u200b\x00e\u0301", max_size=30), st.data())
def test_the_marks_are_as_wide_as_the_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    line, marks = shown(Excerpt(text, start, end))
    assert "\n" not in line
    width = sum(cell_len(visible(c)) for c in text[start:end])
    assert len(marks.lstrip()) <= max(1, width)
    assert marks.strip() == "^" * len(marks.strip())


@given(st.text(alphabet="a é中😀\u200b\x00e\u0301", max_size=80), st.integers(20, 60), st.data())
def test_an_excerpt_is_cut_at_the_width_and_shows_its_span(text: str, width: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    line, marks = shown(Excerpt(text, start, end), width)
    # What is invisible is shown as its code point, and a mark stands under a span of nothing.
    assert cell_len(line) <= width
    assert len(marks) <= width + 1
    before = "".join(map(visible, text[start:end]))
    under = "".join(c for c in line)[len(line) - len(line.lstrip("…")) :]
    whole = cell_len("".join(map(visible, text))) <= width
    assert whole or "…" in (line[:1], line[-1:])
    if whole:
        assert under.strip("…").find(before) >= 0


def test_json_has_the_members_that_programs_rely_on() -> None:
    data = json.loads(as_json(report(entities=[ANA, {**ANA, "id": "e2", "label": "X"}])))
    assert set(data) == {"version", "spanproof", "findings", "summary"}
    assert data["version"] == 1
    first = data["findings"][0]
    names = {"code", "severity", "document", "path", "id", "start", "end", "text", "message", "cause", "fixable"}
    assert {*names, "correction", "refused", "candidates"} <= set(first)
    assert (first["code"], first["path"], first["start"], first["fixable"]) == ("SP106", "$.entities[0]", 1, False)
    assert (first["correction"], first["candidates"]) == (None, [[0, 9]])
    assert data["summary"]["error"] == 3
    assert data["summary"]["exit_code"] == 1
    assert data["summary"]["layers"] == {"entities": 3}
    assert sum(data["summary"]["codes"].values()) == 3
    assert (first["layer"], first["label"], first["rule"]) == ("entities", "PERSON", "text-differs")


def test_json_says_what_it_does_not_show() -> None:
    found = report(entities=[ANA, {**ANA, "id": "e2", "label": "X"}])
    for detail, name, shown_ in ((Detail("none"), "findings", 0), (Detail(most=1), "findings", 1)):
        data = as_dict(found, detail=detail)
        assert len(data[name]) == shown_
        assert data["summary"]["not_shown"] == 3 - shown_
    data = as_dict(found, detail=Detail("grouped"))
    assert "findings" not in data
    assert sum(group["count"] for group in data["groups"]) == 3
    assert data["summary"]["not_shown"] == 0


def test_sarif_names_rules_results_and_places() -> None:
    log = json.loads(as_sarif(report(entities=[ANA])))
    (run,) = log["runs"]
    (result,) = run["results"]
    assert log["version"] == "2.1.0"
    assert result["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert result["level"] == "error"
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "example$.entities[0]"


def test_sarif_has_the_page_of_each_rule_and_its_address_once_there_is_one() -> None:
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"].get("urls", {})
    rules = json.loads(as_sarif(report()))["runs"][0]["tool"]["driver"]["rules"]
    assert all(rule["help"]["markdown"] for rule in rules)
    assert {"helpUri" in rule for rule in rules} == {"Documentation" in urls}


def test_sarif_and_github_name_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "a,b ü%.jsonl"
    JSONL.write(path, [sound(id="x\ny", entities=[ANA])], Schema.article())
    found = check([path])
    location = json.loads(as_sarif(found))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == path.as_uri()
    region = location["region"]
    assert (region["startLine"], region["endLine"]) == (1, 1)
    line = path.read_text("utf-8").splitlines()[0]
    assert json.loads(line[region["startColumn"] - 1 : region["endColumn"] - 1]) == ANA
    line = as_github(found)
    assert line.splitlines()[1:] == ["1 document, 1 span: 1 with an error; 1 error"]
    escaped = path.as_posix().replace("%", "%25").replace(",", "%2C")
    assert line.startswith(f"::error file={escaped},line=1,title=SP106 text-differs::x%0Ay $.entities[0]: ")


def test_sarif_names_files_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b").mkdir()
    JSONL.write(tmp_path / "a b" / "c.jsonl", [sound(entities=[ANA])], Schema.article())
    for path in (Path("a b", "c.jsonl"), tmp_path / "a b" / "c.jsonl"):
        (result,) = json.loads(as_sarif(check([path])))["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/c.jsonl"


def test_findings_of_parquet_name_the_row(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    documents = [sound(id=f"d{k}", text=f"Ana Silva {k}", entities=[ANA] if k == 2 else []) for k in range(4)]
    PARQUET.write(path, documents, Schema.article())
    found = check([path])
    assert {finding.line for finding in found.findings} == {3}
    assert f"{path} row 3  d2 $.entities[0]" in as_text(found)
    first = as_dict(found)["findings"][0]
    assert (first["row"], first["line"]) == (3, None)
    location = json.loads(as_sarif(found))["runs"][0]["results"][0]["locations"][0]
    assert location["properties"] == {"row": 3}
    assert "region" not in location["physicalLocation"]


def test_github_gets_as_many_as_it_shows_and_each_stands_for_its_kind() -> None:
    many = check(Corpus.of([sound(id=f"d{k}", entities=[{**ANA, "id": f"e{k}"}]) for k in range(25)]))
    *commands, last = as_github(many).splitlines()
    assert commands[0].endswith(" (25 like this)")
    assert len(commands) <= 10
    assert "25 errors" in last
    page = as_markdown(many)
    assert "| error | SP106 text-differs | entities | PERSON |" in page
    assert page.splitlines()[-1].endswith("| 25 |")


def test_numbered_documents_are_called_as_their_numbers_are_written(tmp_path: Path) -> None:
    """By every form, every rule, and every waiver; 0 is a number like the others, also where columns can't hold it."""
    names = {"type": "array", "key": "n", "items": {"spanOf": "text", "properties": {
        **{offset: {"type": "integer"} for offset in ("n", "start", "end")}, "text": {"type": "string"}}}}  # fmt: skip
    members = {"id": {"type": "integer"}, "text": {"type": "string"}, "names": names}
    schema = Schema.of({"type": "object", "key": "id", "properties": members})
    long = "Ana Silva said on Monday that the town council meets in Lisbon again, and that nobody else was invited. "
    wrong = {"n": 0, "start": 0, "end": 3, "text": "Rui"}
    documents = [{"id": k, "text": f"{long}{k}", "names": [wrong]} for k in range(2)]
    path = tmp_path / "numbered.jsonl"
    JSONL.write(path, documents, schema)
    (tmp_path / "numbered.schema.json").write_text(json.dumps(schema.written))
    found = check([path])
    assert {one.code: {f.document for f in found.findings if f.code == one.code} for one in found.findings} == {
        "SP106": {"0", "1"},
        "SP603": {"1"},
    }
    assert {one.id for one in found.findings} == {"0", None}
    assert f"{path}:1  0 $.names[0] (0)\n" in as_text(found, detail=Detail(show="all"))
    assert "of its text in common with 0\n" in as_text(found)
    assert "::0 $.names[0]: " in as_github(found)
    for form in (as_markdown, as_sarif, as_json):
        assert form(found)
    waiver = Waiver("SP106", "known", document="0")
    waived = check(Corpus.of(documents, schema, waivers=[waiver]))
    assert [one.document for one in waived.waived] == ["0"]
    assert not waived.unused
    odd = check(Corpus.of([{"id": 0, "text": "\ud800", "names": [wrong]}, {"id": 0, "text": "x", "names": []}], schema))
    assert {one.document for one in odd.findings} == {"0"}


@pytest.mark.parametrize("write", [as_text, as_github, as_markdown])
def test_no_form_for_people_is_reordered_by_a_text(write: Any) -> None:
    shown_ = write(report(id="a\u202eb", entities=[{**ANA, "text": "\u202ex\x1b[31m"}]))
    assert "\u202e" not in shown_
    assert "\x1b" not in shown_


def test_a_page_holds_no_markup_of_a_text() -> None:
    text = "Ana <b>x</b> | `y` *z* [a](b)"
    page = as_markdown(report(text=text, entities=[{**ANA, "start": 4, "end": 10, "text": "<i>|`q`"}]))
    assert "<" not in page
    assert "\\`q\\`" in page


def test_waivers_are_counted_and_unused_ones_named() -> None:
    used = Waiver("SP106", "as printed", text="Ana Silva")
    unused = Waiver("SP106", "gone", document="other")
    found = check(Corpus.of([sound(entities=[ANA])], waivers=[used, unused]))
    assert (found.findings, len(found.waived), found.unused, found.exit_code) == ((), 1, (unused,), 0)
    assert "1 waived" in summary(found)
    assert "unused waiver: SP106 other: gone" in as_text(found)


@pytest.mark.parametrize("write", [as_text, as_json, as_sarif, as_github, as_markdown])
def test_a_clean_report_is_short(write: Any) -> None:
    assert "sound-one" not in write(report(id="sound-one"))


def test_the_gold_report_is_information_alone() -> None:
    found = check([ROOT / "annotations" / "gold"])
    assert found.exit_code == 0
    assert {f.code for f in found.findings} <= {"SP402"}
    assert all(f.line and f.file for f in found.findings)
