"""Findings that are kept as columns are those that would have been made one by one."""

import json
import pickle
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from spanproof.checks import causes
from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.checks.kept import KeptFindings
from spanproof.checks.lines import Detail
from spanproof.checks.report import Report, as_text
from spanproof.checks.runs import FindingRun
from spanproof.corpus.documents import Corpus
from spanproof.corpus.identity import identity_of
from spanproof.corpus.waivers import Waiver
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from spanproof.testing.open_world.cases import SCHEMA, document
from spanproof.testing.open_world.drifts import Drift, drifted
from spanproof.testing.open_world.texts import written

DRIFTS = (Drift(widths={"😀": 1}), Drift(shift=1, widths={"e": 1}), Drift(shift=4), Drift())


def drifting() -> list[dict[str, Any]]:
    """Documents that drift, of which some have other faults too, and sound ones."""
    random, documents = Random(7), []
    for number in range(10):
        text = written(random, 24)
        one = document(f"d{number}", *drifted(DRIFTS[number % len(DRIFTS)], text, text.mentions, random))
        if number % 5 == 3 and one["names"]:
            one["names"][0]["label"] = "name"
        if number % 5 == 2:
            one["unlisted"] = [number]
        if number % 5 == 4 and one["names"]:
            one["names"][len(one["names"]) // 2]["text"] += "?"
        documents.append(one)
    return documents


def told(report: Report) -> tuple[Any, ...]:
    details = Detail("all"), Detail("grouped"), Detail(statistics=True), Detail()
    return [*map(repr, report.findings)], *(as_text(report, detail=detail) for detail in details), report.counts


@pytest.fixture
def corpus() -> Corpus:
    return Corpus.of(drifting(), SCHEMA)


def renamed(documents: list[dict[str, Any]]) -> tuple[list[Any], Schema]:
    """The documents with other names for the offsets, and the schema that says so."""
    stated = json.loads(json.dumps(SCHEMA.written))
    spans = stated["properties"]["names"]["items"]
    spans["spanOf"] = {"text": "text", "start": "from", "end": "to"}
    spans["properties"] |= {"from": spans["properties"].pop("start"), "to": spans["properties"].pop("end")}
    spans["required"] = ["id", "from", "to", "label"]
    other = {"start": "from", "end": "to"}
    names = [[{other.get(k, k): v for k, v in span.items()} for span in one["names"]] for one in documents]
    return [{**one, "names": spans} for one, spans in zip(documents, names, strict=True)], Schema.of(stated)


def test_records_with_other_names_are_tried_together_as_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents, schema = renamed(drifting())
    file = tmp_path / "renamed.jsonl"
    lines = [json.dumps(one, ensure_ascii=k % 2 == 0) for k, one in enumerate(documents)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for opened in (read(file, schema), Corpus.of(documents, schema)):
        as_columns, corrected = check(opened), fix(opened)
        assert any(isinstance(one, FindingRun) for one in as_columns.findings.found())
        with monkeypatch.context() as patched:
            patched.setattr(causes, "_SPARSE", 0)
            one_by_one, again = check(opened), fix(opened)
        assert told(as_columns) == told(one_by_one)
        assert [*corrected.corpus.records()] == [*again.corpus.records()] != documents
        assert corrected.diff() == again.diff()
        assert sorted(map(repr, corrected.ended)) == sorted(map(repr, again.ended))
        assert corrected.refused == again.refused
    changed = [json.loads(line[1:]) for line in fix(read(file, schema)).diff().split("\n")[4:] if line.startswith("+")]
    assert changed == [one for one in corrected.corpus.records() if one not in documents]


def test_columns_are_the_findings_one_by_one(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    as_columns, corrected = check(corpus), fix(corpus)
    assert any(isinstance(one, FindingRun) for one in as_columns.findings.found())
    monkeypatch.setattr(causes, "_SPARSE", 0)
    one_by_one, again = check(corpus), fix(corpus)
    assert not any(isinstance(one, FindingRun) for one in one_by_one.findings.found())
    assert told(as_columns) == told(one_by_one)
    assert [*corrected.corpus.documents()] == [*again.corpus.documents()] != [*corpus.documents()]
    assert sorted(map(repr, corrected.ended)) == sorted(map(repr, again.ended))
    assert corrected.refused == again.refused


@pytest.mark.parametrize("members", [("document", "text"), ("text", "identity")])
def test_waivers_cover_columns_as_they_cover_findings(
    corpus: Corpus, members: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [one for one in check(corpus).findings if one.code == "SP106" and one.text][:20:5]
    entries = [{"document": one.document, "text": one.text, "identity": identity_of(one)} for one in some]
    waivers = (Waiver("SP106", "Meant so.", **{name: entry[name] for name in members}) for entry in entries)
    waived = replace(corpus, waivers=tuple(dict.fromkeys(waivers)))
    as_columns, corrected = check(waived), fix(waived)
    assert {(one.document, one.text) for one in as_columns.waived} == {(one.document, one.text) for one in some}
    assert any(isinstance(one, FindingRun) for one in as_columns.findings.found()) is ("document" in members)
    monkeypatch.setattr(causes, "_SPARSE", 0)
    one_by_one, again = check(waived), fix(waived)
    assert told(as_columns) == told(one_by_one)
    assert ([*as_columns.waived], as_columns.unused) == ([*one_by_one.waived], one_by_one.unused)
    assert [*corrected.corpus.documents()] == [*again.corpus.documents()] != [*corpus.documents()]
    assert sorted(map(repr, corrected.ended)) == sorted(map(repr, again.ended))
    assert corrected.refused == again.refused


def test_a_waiver_of_something_else_changes_nothing(corpus: Corpus) -> None:
    waived = replace(corpus, waivers=(Waiver("SP402", "It is meant so."),))
    assert [*check(waived).findings] == [*check(corpus).findings]
    assert [*fix(waived).corpus.documents()] == [*fix(corpus).corpus.documents()]


def test_many_columns_are_kept_on_the_disk_and_found_by_their_number(corpus: Corpus) -> None:
    every = [*check(corpus).findings.found()]
    kept = KeptFindings(one for _ in range(40) for one in every)
    findings = [*kept]
    assert len(kept) == len(findings) > 4_000
    for k in (0, 1, 1_999, 2_000, 2_001, len(kept) // 2, len(kept) - 1, -1):
        assert kept[k] == findings[k]
    assert kept[1_990:2_030] == tuple(findings[1_990:2_030])
    assert pickle.loads(pickle.dumps(kept)) == kept


def test_processes_hand_columns_over(corpus: Corpus, tmp_path: Path) -> None:
    for k, one in enumerate(corpus.documents()):
        (tmp_path / f"{k}.jsonl").write_text(json.dumps(one) + "\n", encoding="utf-8")
    assert told(check(read(tmp_path, schema=SCHEMA), jobs=2)) == told(check(read(tmp_path, schema=SCHEMA)))
