"""Findings that are written down as known, or as right."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spanproof.checks.examples import sound
from spanproof.cli import main
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.schema import Schema
from support.failures import demand_refusal

TEXT = "Ana Silva met Bob."


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def write(path: Path, before: str = "", *names: str) -> None:
    text = before + TEXT
    spans = [
        {"id": f"e-{name}", "start": at, "end": at + len(name), "text": name, "label": "PERSON", "entity_id": None}
        for name in names
        for at in [text.index(name, len(before))]
    ]
    JSONL.write(path, [sound(id="first", text="Nothing."), sound(text=text, entities=spans)], Schema.article())


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two documents; in the second two parts of words are marked."""
    path = tmp_path / "a.jsonl"
    write(path, "", "An", "Bo")
    return path


def test_a_baseline_knows_findings_wherever_they_move_and_new_ones_fail(corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    written = run(corpus, "--write-baseline", file)
    assert (written.exit_code, written.stdout) == (0, "")
    assert "2 findings; with --baseline" in written.stderr
    again = run(corpus, "--baseline", file)
    assert again.exit_code == 0
    assert "no new findings; 2 known from the baseline" in again.stdout
    write(corpus, "Yesterday 😀. ", "An", "Bo", "Silv")
    moved = run(corpus, "--baseline", file)
    assert moved.exit_code == 1
    assert "'Silv'" in moved.stdout
    assert "1 warning; 2 known from the baseline" in moved.stdout
    write(corpus, "", "An")
    fewer = run(corpus, "--baseline", file)
    assert (fewer.exit_code, "1 of the baseline gone" in fewer.stdout) == (0, True)
    assert "gone" not in run(corpus, "--baseline", file, "--select", "SP3").stdout
    before = file.read_bytes()
    run(corpus, "--write-baseline", file)
    assert len(file.read_bytes()) < len(before)


def test_waivers_are_added_to_those_that_are_there_which_stay_as_they_are(corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "waivers.json"
    there = '[ {"code": "SP601",  "reason": "é"} ]\n'
    file.write_text(there, "utf-8")
    added = run(corpus, "--add-waiver", "parts of names are marked here", "--select", "splits-word")
    assert added.exit_code == 0, added.output
    assert f"{file}: 2 waivers of 2" in added.stderr
    assert file.read_text("utf-8").startswith('[ {"code": "SP601",  "reason": "é"}')
    entries = json.loads(file.read_text("utf-8"))
    assert [entry["text"] for entry in entries[1:]] == ["An", "Bo"]
    after = run(corpus)
    assert after.exit_code == 0
    assert "2 waived" in after.stdout
    write(corpus, "Before. ", "An", "Bo", "Silv")
    assert "1 warning; 2 waived" in run(corpus).stdout
    file.unlink()
    assert run(corpus, "--add-waiver", "so").exit_code == 0
    assert file.read_text("utf-8").splitlines()[0] == "["
    assert "nothing to waive" in run(corpus, "--add-waiver", "so").stderr


def test_what_cannot_be_read_is_neither_known_nor_right(corpus: Path, tmp_path: Path) -> None:
    corpus.write_text(corpus.read_text("utf-8") + "{\n", "utf-8")
    demand_refusal(["check", corpus, "--write-baseline", tmp_path / "b.json"], 2, "can't be in a baseline")
    demand_refusal(["check", corpus, "--add-waiver", "so"], 2, "can't be in waivers")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.jsonl"]


def test_what_cannot_be_written_down_is_refused(corpus: Path, tmp_path: Path) -> None:
    demand_refusal(["check", corpus, "--add-waiver", " "], 2, "expected why")
    demand_refusal(["check", corpus, "--baseline", tmp_path / "none.json"], 2, "none.json: No such file")
    demand_refusal(["check", corpus, "--baseline", corpus], 2, "a.jsonl: ")
    demand_refusal(["check", corpus, "--write-baseline", tmp_path], 2, "Is a directory")
    (tmp_path / "waivers.json").write_text("{")
    demand_refusal(["check", corpus, "--add-waiver", "so"], 2, "waivers.json: not JSON")
