"""Settings of a project in ``spanproof check``: what they replace, and what is said of them."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spanproof.checks.examples import sound
from spanproof.cli import main
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.schema import Schema
from support.documents import LETTER, LETTERS
from support.failures import demand_refusal

SPAN = {"id": "e1", "start": 0, "end": 2, "text": "An", "label": "PERSN", "entity_id": None}


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, in which one stands, with a corpus below it that has a warning and an error."""
    (tmp_path / "data").mkdir()
    JSONL.write(tmp_path / "data" / "a.jsonl", [sound(entities=[SPAN])], Schema.article())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_settings_take_the_place_of_options_and_are_said(project: Path) -> None:
    (project / "spanproof.toml").write_text('paths = ["data"]\nselect = ["splits-word"]\nfail-on = "error"\n')
    settled = run()
    assert settled.exit_code == 0
    assert "SP109" in settled.stdout
    assert "SP201" not in settled.stdout
    assert "spanproof.toml: settings used: select, fail-on, paths" in settled.stderr
    assert run("--fail-on", "warning").exit_code == 1
    assert "SP201" in run("data/a.jsonl", "--select", "SP2").stdout
    assert run("-q").stderr == ""


def test_what_is_ignored_in_some_paths_stays_in_others_and_is_not_corrected(project: Path) -> None:
    padded = {**SPAN, "end": 10, "text": "Ana Silva ", "label": "PERSON"}
    for name in ("a", "b"):
        JSONL.write(project / "data" / f"{name}.jsonl", [sound(id=name, entities=[padded])], Schema.article())
    (project / "pyproject.toml").write_text('[tool.spanproof.per-path-ignores]\n"data/a.*" = ["SP107"]\n')
    result = run("data", "--select", "SP107")
    assert [line for line in result.stdout.splitlines() if line.startswith("error")] == [
        "error[SP107] edge-space  data/b.jsonl:1  b $.entities[0] (e1)"
    ]
    before = (project / "data" / "a.jsonl").read_bytes()
    run("data", "--fix", "--select", "SP107")
    assert (project / "data" / "a.jsonl").read_bytes() == before
    assert '"Ana Silva"' in (project / "data" / "b.jsonl").read_text("utf-8")
    (project / "data" / "a.jsonl").write_text("{")
    (project / "pyproject.toml").write_text('[tool.spanproof.per-path-ignores]\n"*" = ["SP"]\n')
    assert run("data").exit_code == 2  # what can't be read is never ignored


def test_the_schema_of_a_project_is_that_of_corpora_that_have_none(project: Path) -> None:
    import json

    (project / "letters.schema.json").write_text(json.dumps(LETTERS))
    JSONL.write(project / "data" / "letters.jsonl", [LETTER], Schema.of(LETTERS))
    (project / "spanproof.toml").write_text('schema = "letters.schema.json"\n')
    result = run("data/letters.jsonl")
    assert (result.exit_code, result.stderr) == (0, "spanproof.toml: settings used: schema\n")
    beside = {**LETTERS, "required": [*LETTERS["required"], "nothing"]}
    beside["properties"] = {**LETTERS["properties"], "nothing": {"type": "string"}}
    (project / "data" / "letters.schema.json").write_text(json.dumps(beside))
    assert "SP002" in run("data/letters.jsonl").stdout
    (project / "spanproof.toml").write_text('schema = "none.json"\n')
    demand_refusal(["check", "data/a.jsonl"], 2, "none.json: No such file")


def test_a_file_may_be_named_and_two_projects_are_refused(project: Path) -> None:
    (project / "other.toml").write_text('ignore = ["SP"]\n')
    assert run("data/a.jsonl", "--config", "other.toml").exit_code == 0
    (project / "spanproof.toml").write_text("")
    (project / "data" / "spanproof.toml").write_text("")
    JSONL.write(project / "b.jsonl", [sound()], Schema.article())
    demand_refusal(["check", "data/a.jsonl", "b.jsonl"], 2, "expected corpora of one project")
    assert run("data/a.jsonl", "b.jsonl", "--config", "other.toml").exit_code == 1 - 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("output = 'jsn'", "output is 'jsn'; expected one of text, json"),
        ("show = 'some'", "expected one of all, grouped, none"),
        ("fail-on = 'info'", "expected one of error, warning"),
        ("select = ['text-difers']", "did you mean text-differs"),
        ("[per-path-ignores]\n'*' = ['SP99']", "SP99: no rule has this code"),
        ("baseline = 'none.json'", "none.json: No such file"),
        ("slect = []", "did you mean select"),
        ("paths = ['none']", "no such file or folder"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(text: str, words: str, project: Path) -> None:
    (project / "spanproof.toml").write_text(text)
    demand_refusal(["check"] if "paths" in text else ["check", "data/a.jsonl"], 2, words)
    demand_refusal(["check", "--config", "none.toml"], 2, "none.toml: No such file")
