"""A corpus as tests of somebody's pytest: what fails, what is expected to, what is refused; alone and under xdist."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spanproof.checks.examples import sound
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.schema import Schema
from support.documents import LETTER, LETTERS, ROOT

pytestmark = pytest.mark.slow
PLUGIN = ("-p", "no:spanproof", "-p", "spanproof.testing.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:randomly")
SPAN = {"id": "e1", "start": 0, "end": 2, "text": "An", "label": "PERSON", "entity_id": None}


def run(folder: Path, *arguments: Any, code: int) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tools")}
    command = [sys.executable, "-m", "pytest", "-q", "-rxf", *PLUGIN, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    assert done.returncode == code, output
    assert "Traceback" not in output
    return output


def numbers(output: str) -> dict[str, int]:
    return {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|xfailed|error)", output)}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a test of its own and a corpus: sound, wrong, waived, and wrong with a waiver besides."""
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n")
    documents = [
        sound(id="sound"),
        sound(id="wrong", text="Bob came.", entities=[{**SPAN, "text": "Bo"}]),
        sound(id="waived", text="Ana went.", entities=[SPAN]),
        sound(
            id="both", text="Ana stayed.", entities=[SPAN, {**SPAN, "id": "e2", "start": 4, "end": 7, "text": "sta"}]
        ),
    ]
    JSONL.write(tmp_path / "my.jsonl", documents, Schema.article())
    (tmp_path / "waivers.json").write_text('[{"code": "SP109", "text": "An", "reason": "part of a name"}]')
    return tmp_path


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_each_document_is_a_test_and_a_waiver_an_expected_failure(workers: tuple[str, ...], project: Path) -> None:
    output = run(project, "--spanproof", "my.jsonl", *workers, code=1)
    assert numbers(output) == {"passed": 3, "failed": 2, "xfailed": 1}  # the own test, the sound one, the corpus
    assert "warning[SP109] splits-word" in output
    assert "'Bo' cuts a word in two; in whole words it would be 'Bob'" in output
    assert "XFAIL my.jsonl::waived - SP109: part of a name" in output
    assert "FAILED my.jsonl::both" in output
    assert "pytest_plugin.py" not in output


def test_the_documents_are_counted_as_tests_that_were_collected(project: Path) -> None:
    assert "my.jsonl::corpus\n\n6 tests collected" in run(project, "--spanproof", "my.jsonl", "--collect-only", code=0)


def test_the_marker_and_the_settings_of_pytest_and_of_the_project_count(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\nspanproof = my.jsonl\naddopts = --strict-markers\n")
    assert numbers(run(project, "-m", "spanproof", code=1)) == {"passed": 2, "failed": 2, "xfailed": 1}
    (project / "spanproof.toml").write_text('fail-on = "error"\n')
    assert numbers(run(project, code=0)) == {"passed": 4, "xfailed": 2}
    (project / "spanproof.toml").write_text('ignore = ["splits-word"]\n')
    assert numbers(run(project, code=0)) == {"passed": 6}


def test_what_belongs_to_no_document_fails_the_corpus_and_nothing_is_no_success(project: Path) -> None:
    with (project / "my.jsonl").open("a") as file:
        file.write("{\n")
    output = run(project, "--spanproof", "my.jsonl", code=1)
    assert "FAILED my.jsonl::corpus" in output
    (project / "empty.jsonl").write_text("")
    assert "FAILED empty.jsonl::corpus" in run(project, "--spanproof", "empty.jsonl", code=1)
    assert "there is no such file" in run(project, "--spanproof", "none.jsonl", code=1)


def test_another_schema_and_documents_without_keys(project: Path) -> None:
    schema = {name: value for name, value in LETTERS.items() if name != "key"}
    (project / "letters.json").write_text(json.dumps(schema))
    JSONL.write(project / "letters.jsonl", [LETTER, LETTER], Schema.of(schema))
    output = run(project, "--spanproof", "letters.jsonl", "--spanproof-schema", "letters.json", "-vv", code=0)
    assert "letters.jsonl::line 2 PASSED" in output
    (project / "bad.json").write_text("{")
    assert "bad.json: not JSON" in run(
        project, "--spanproof", "letters.jsonl", "--spanproof-schema", "bad.json", code=4
    )


def test_thousands_of_waived_findings_stay_expected_and_hide_no_other(project: Path) -> None:
    """Findings beyond the first thousands come from a file, other objects each time; documents may be numbered."""
    schema = json.loads(json.dumps(LETTERS))
    schema["properties"]["name"] = {"type": "integer"}
    (project / "numbered.schema.json").write_text(json.dumps(schema))
    role = LETTER["persons"][0]["role"]
    bodies = ["word " * 2600, "Dear Ana", "Dear Rui"]
    documents = [{"name": k, "body": body, "persons": [], "mentions": []} for k, body in enumerate(bodies)]
    documents[0]["persons"] = [{"n": f"p{k}", "start": 5 * k, "end": 5 * k + 2, "role": role} for k in range(2600)]
    documents[2]["persons"] = [{"n": "p", "start": 5, "end": 99, "role": role}]
    (project / "numbered.jsonl").write_text("".join(json.dumps(document) + "\n" for document in documents))
    waivers = [{"code": "SP109", "document": "0", "reason": "many"}]
    (project / "waivers.json").write_text(json.dumps(waivers))
    output = run(project, "--spanproof", "numbered.jsonl", code=1)
    assert "XFAIL numbered.jsonl::0 - SP109: many" in output
    assert "FAILED numbered.jsonl::2" in output
    assert numbers(output) == {"passed": 3, "failed": 1, "xfailed": 1}
