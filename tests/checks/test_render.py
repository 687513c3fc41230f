"""Reports: what people and machines read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.render import as_github, as_json, as_sarif
from spanproof.checks.report import Report, as_text, shown, summary
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Excerpt
from spanproof.corpus.waivers import Waiver
from spanproof.text.display import visible
from support.documents import ROOT

ANA = {"id": "e1", "start": 1, "end": 10, "text": "Ana Silva", "label": "PERSON", "entity_id": None}


def report(**members: Any) -> Report:
    return check(Corpus.of([sound(**members)]))


def test_text_shows_the_place_in_its_sentence() -> None:
    lines = as_text(report(entities=[ANA])).splitlines()
    assert lines == [
        "error[SP106] text-differs  example $.entities[0] (e1)",
        "  the text there is 'na Silva ', the stored surface 'Ana Silva'",
        "  | Ana Silva said on Monday: “We meet in Lisbon.”",
        "  |  ^^^^^^^^^",
        "  = open: the surface stands at 0:9; nothing proves one of them",
        "1 document, 1 span: 1 with an error; 1 error",
    ]


def test_a_cause_stands_once_with_its_proof() -> None:
    text = "😀 Ana met Bob and Eve."
    spans = [
        {**ANA, "id": n, "start": k + 1, "end": k + 4, "text": n} for n, k in (("Ana", 2), ("Bob", 10), ("Eve", 18))
    ]
    shown_ = as_text(report(text=text, entities=spans))
    assert shown_.count("UTF-16") == 1
    assert "(3 of 3 agree)" in shown_
    assert "and 2 more of this document with this cause" in shown_
    assert "correction of the whole document" in shown_


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


def test_json_has_the_members_that_programs_rely_on() -> None:
    data = json.loads(as_json(report(entities=[ANA, {**ANA, "id": "e2", "label": "X"}])))
    assert set(data) == {"findings", "summary"}
    first = data["findings"][0]
    names = {"code", "severity", "document", "path", "id", "start", "end", "text", "message", "cause", "fixable"}
    assert {*names, "correction", "refused", "candidates"} <= set(first)
    assert (first["code"], first["path"], first["start"], first["fixable"]) == ("SP106", "$.entities[0]", 1, False)
    assert (first["correction"], first["candidates"]) == (None, [[0, 9]])
    assert data["summary"]["error"] == 3
    assert data["summary"]["exit_code"] == 1


def test_sarif_names_rules_results_and_places() -> None:
    log = json.loads(as_sarif(report(entities=[ANA])))
    (run,) = log["runs"]
    (result,) = run["results"]
    assert log["version"] == "2.1.0"
    assert result["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert result["level"] == "error"
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "example$.entities[0]"


def test_sarif_and_github_name_file_and_line(tmp_path: Any) -> None:
    from spanproof.checks.check import check
    from spanproof.formats.jsonl import FORMAT as JSONL
    from spanproof.schema.schema import Schema

    path = tmp_path / "a,b.jsonl"
    JSONL.write(path, [sound(id="x\ny", entities=[ANA])], Schema.article())
    found = check([path])
    region = json.loads(as_sarif(found))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert region == {"artifactLocation": {"uri": path.as_posix()}, "region": {"startLine": 1}}
    line = as_github(found)
    assert line.splitlines()[1:] == ["1 document, 1 span: 1 with an error; 1 error"]
    assert line.startswith(
        f"::error file={path.as_posix().replace(',', '%2C')},line=1,title=SP106 text-differs::x%0Ay $.entities[0]: "
    )


def test_waivers_are_counted_and_unused_ones_named() -> None:
    used = Waiver("SP106", "as printed", text="Ana Silva")
    unused = Waiver("SP106", "gone", document="other")
    found = check(Corpus.of([sound(entities=[ANA])], waivers=[used, unused]))
    assert (found.findings, len(found.waived), found.unused, found.exit_code) == ((), 1, (unused,), 0)
    assert "1 waived" in summary(found)
    assert "unused waiver: SP106 other: gone" in as_text(found)


@pytest.mark.parametrize("write", [as_text, as_json, as_sarif, as_github])
def test_a_clean_report_is_short(write: Any) -> None:
    assert "example" not in write(report())


def test_the_gold_report_is_information_alone() -> None:
    from spanproof.checks.check import check

    found = check([ROOT / "annotations" / "gold"])
    assert found.exit_code == 0
    assert {f.code for f in found.findings} <= {"SP402"}
    assert all(f.line and f.file for f in found.findings)
