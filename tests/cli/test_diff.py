"""``spanproof diff``: paths, datasets and git revisions, exit codes, outputs."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from spanproof.checks.examples import sound
from spanproof.cli.diff import diff
from spanproof.formats.article import layout, stand_off
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.formats.parquet import FORMAT as PARQUET
from spanproof.schema.schema import Schema
from support.documents import ROOT

ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}
DOCUMENT = sound(id="a", entities=[ANA])


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(diff, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(("git", *who, *arguments), cwd=folder, check=True, capture_output=True)


def write(folder: Path, document: dict[str, Any]) -> None:
    gold = folder / "annotations" / "gold"
    gold.mkdir(parents=True, exist_ok=True)
    (folder / "texts").mkdir(exist_ok=True)
    (folder / "texts" / "a.txt").write_text(document["text"], "utf-8", newline="")
    (gold / "a.json").write_text(layout(stand_off(document, "../../texts/a.txt", Schema.article())), "utf-8")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus under git with the tag v0.1.0, then a corrected label, a new text and a registry entry more."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "pyproject.toml").write_text('[tool.spanproof]\ncorpus = "annotations/gold"\n')
    write(folder, DOCUMENT)
    registry = folder / "annotations" / "entities.json"
    registry.write_text('{"ana": {"name": "Ana"}}')
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "tag", "v0.1.0")
    text = "Dr. " + DOCUMENT["text"]
    write(folder, sound(id="a", text=text, entities=[{**ANA, "start": 4, "end": 13, "label": "ORG"}]))
    registry.write_text('{"ana": {"name": "Ana"}, "lisbon": {"name": "Lisbon"}}')
    monkeypatch.chdir(folder / "annotations")
    return folder


def test_a_release_and_the_working_copy(repository: Path) -> None:
    result = run("v0.1.0", "--output", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert [(c["layer"], c["kind"], c["old"], c["new"]) for c in found["changes"][1:]] == [
        ("entities", "relabelled", "PERSON", "ORG"),
        ("registry:entities", "added", None, {"name": "Lisbon"}),
    ]
    assert found["changes"][0]["new"]["edits"] == [{"start": 0, "end": 4, "text": "Dr. "}]
    assert found["bump"] == "major"
    assert run("HEAD:annotations/gold", "v0.1.0").exit_code == 0


def test_the_text_output(repository: Path) -> None:
    output = run("v0.1.0").output
    assert 'relabelled e1 [4, 13) "Ana Silva" "PERSON" → "ORG"' in output
    assert "MAJOR: 3 changes" in output
    assert "MAJOR raises y" in output
    assert "carried: other offsets only because the text before it changed" in output
    assert "relabelled e1" not in run("v0.1.0", "--stat").output
    assert "\x1b[" in run("v0.1.0", "--color").output


def test_two_paths_that_are_no_releases_have_no_level_of_one(repository: Path) -> None:
    gold = str(repository / "annotations" / "gold")
    output = run(gold, gold).output
    assert output.endswith("No record differs.\n")
    assert "MAJOR" not in output


@pytest.mark.parametrize("output", ["markdown", "changelog"])
def test_the_outputs_for_people(output: str, repository: Path) -> None:
    assert "- relabelled entities e1" in run("v0.1.0", "--output", output).output


def test_a_path_goes_before_a_revision(repository: Path) -> None:
    shutil.copytree(repository / "annotations" / "gold", Path("v0.1.0"))
    assert run("v0.1.0").exit_code == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("v9.9.9", "neither a file or folder nor a git revision"),
        ("--upload-pack=x", "No such option"),
        (":annotations/gold", "neither"),
        ("v0.1.0:nowhere", "v0.1.0 holds no nowhere"),
        ("v0.1.0:../..", "holds no"),
        ("v0.1.0:texts", "holds no corpus"),
    ],
)
def test_what_is_nowhere(name: str, message: str, repository: Path) -> None:
    result = run(name)
    assert result.exit_code == 2
    assert message in result.output


def test_a_dataset_folder_and_missing_columns(tmp_path: Path) -> None:
    rows = tmp_path / "dataset" / "data" / "articles" / "test-00000-of-00001.parquet"
    rows.parent.mkdir(parents=True)
    PARQUET.write(rows, [DOCUMENT], Schema.article())
    pq.write_table(pq.read_table(rows).drop_columns(["damage"]), rows)
    card = "---\nconfigs:\n- config_name: articles\n  data_files: data/articles/*.parquet\n---\n"
    (tmp_path / "dataset" / "README.md").write_text(card)
    lines = tmp_path / "a.jsonl"
    JSONL.write(lines, [{**DOCUMENT, "damage": []}], Schema.article())
    result = run(tmp_path / "dataset", lines)
    assert (result.exit_code, result.output.splitlines()[0]) == (0, "No record differs.")
    (tmp_path / "dataset" / "entities.json").write_text("{}")
    assert "registry entities" in run(tmp_path / "dataset", lines).output


def test_our_corpus_is_its_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert run("dataset").exit_code == 0


def test_unusable_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text("{\n")
    JSONL.write(Path("b.jsonl"), [DOCUMENT], Schema.article())
    assert "a.jsonl:1: not JSON" in run("a.jsonl", "b.jsonl").output
    assert run("a.jsonl", "b.jsonl").exit_code == 2
    assert "expected NEW as well as OLD" in run("b.jsonl").output
    assert run("b.jsonl", "b.jsonl", "--stat", "--output", "json").exit_code == 2
    assert run("b.jsonl", "b.jsonl", "--schema", "none.json").exit_code == 2
