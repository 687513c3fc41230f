"""A corpus as files for somebody else's server, and what comes back as a file."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given

from spanproof.checks.examples import sound
from spanproof.cli.labelstudio import labelstudio
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.labelstudio.config import config
from spanproof.labelstudio.exchange import read_tasks, write_tasks
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.pull import annotated
from spanproof.labelstudio.tasks import by_name
from spanproof.labelstudio.write_back import alone, unshared
from spanproof.schema.schema import Schema
from spanproof.testing.strategies import documents
from support.documents import ROOT
from support.labelstudio_tasks import ANA, DOCUMENT


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(labelstudio, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def imported(tasks: list[Any]) -> list[Any]:
    """Tasks as a server exports them that imported a file: it numbers everything anew, and keeps the old numbers."""
    for number, task in enumerate(tasks, 7):
        for annotation in task["annotations"]:
            annotation |= {"import_id": annotation["id"], "id": number, "completed_by": 3, "was_cancelled": False}
            annotation |= {"updated_at": "2026-01-01T00:00Z", "updated_by": None}
        task |= {"id": number, "drafts": [], "predictions": [1, 2]}
    return tasks


@given(document=documents())
def test_what_is_written_comes_back_equal(tmp_path_factory: pytest.TempPathFactory, document: Any) -> None:
    corpus, folder = Corpus.of([document]), tmp_path_factory.mktemp("export")
    configuration, file = write_tasks(corpus, folder)
    assert configuration.read_text("utf-8").strip() == config(Schema.article()).strip()
    file.write_text(json.dumps(imported(list(read_tasks(file)))), "utf-8")
    pulled = annotated(corpus, read_tasks(file), {})
    assert list(pulled.over(corpus).documents()) == list(corpus.documents())
    assert [finding for finding in pulled.findings if finding.severity == "error"] == []


def test_a_correction_comes_back_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    JSONL.write(path, [DOCUMENT], Schema.article())
    assert run("export", path, "--out", tmp_path / "out").exit_code == 0
    tasks = imported(json.loads((tmp_path / "out" / "tasks.json").read_bytes()))
    for item in tasks[0]["annotations"][0]["result"]:
        if item["type"] == "labels":
            item["value"]["labels"] = ["ORG"]
    back = tmp_path / "back.json"
    back.write_text(json.dumps(tasks), "utf-8")
    shown = run("import", back, path)
    assert (shown.exit_code, "nothing is written" in shown.output) == (0, True)
    assert '"PERSON" → "ORG"' in shown.output
    assert run("import", back, path, "--write").exit_code == 0
    (document,) = read(path, Schema.article()).documents()
    assert [entity["label"] for entity in document["entities"]] == ["ORG"]


SHAPES = ("dialogue.jsonl", "doccano.jsonl", "gliner.json", "spacy.json", "spert.jsonl", "tokens-and-tags.jsonl")
"""Arrays, strings with offsets elsewhere, tokens, BIO tags, turns with a joined text: files of schema/examples."""


@pytest.mark.parametrize("name", SHAPES)
def test_what_is_written_elsewhere_has_the_shape_of_the_corpus(tmp_path: Path, name: str) -> None:
    for file in (name, f"{name.partition('.')[0]}.schema.json"):
        shutil.copy(ROOT / "schema" / "examples" / file, tmp_path / file)
    path, beside = tmp_path / name, tmp_path / f"{name.partition('.')[0]}.schema.json"
    schema = Schema.read(beside)
    corpus = read(path, schema)
    label = Layout.of(schema).labels[-1].value
    back = relabelled_export(path, tmp_path / "tasks", label, "--schema", beside)
    out = tmp_path / f"out{path.suffix}"
    asked = ("--schema", beside, "--with-errors")
    assert run("import", back, path, *asked, "--out", out).exit_code == 0
    shutil.copy(path, tmp_path / f"written{path.suffix}")
    assert run("import", back, tmp_path / f"written{path.suffix}", *asked, "--write").exit_code == 0
    written = read(tmp_path / f"written{path.suffix}", schema)
    assert list(read(out, schema).records()) == list(written.records()) != list(corpus.records())
    name, document = next(iter(by_name(written).items()))
    own = alone(corpus, {name: document})
    assert list(own.documents()) == [document]
    if not (schema.lens and schema.lens.documents):
        assert list(own.records()) == list(written.records())[:1]


def relabelled_export(path: Path, out: Path, label: str, *options: object) -> Path:
    """A file as a server exports it, in which somebody gave every region another label."""
    assert run("export", path, "--out", out, *options).exit_code == 0
    tasks = imported(json.loads((out / "tasks.json").read_bytes()))
    for item in (
        item for task in tasks for one in task["annotations"] for item in one["result"] if item["type"] == "labels"
    ):
        item["value"]["labels"] = [label]
    (out / "back.json").write_text(json.dumps(tasks), "utf-8")
    return out / "back.json"


def test_of_two_commands_that_write_at_once_one_says_so_or_both_are_right(tmp_path: Path) -> None:
    path, labels = tmp_path / "c.jsonl", ("ORG", "NORP")
    JSONL.write(path, [{**DOCUMENT, "id": f"a{k}"} for k in range(50)], Schema.article())
    files = [relabelled_export(path, tmp_path / label, label) for label in labels]
    code = "from spanproof.cli.labelstudio import labelstudio; labelstudio()"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, "import", str(file), str(path), "--write"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for file in files
    ]
    said = [one.communicate(timeout=300)[1] for one in both]
    codes = [one.returncode for one in both]
    written = {
        entity["label"] for document in read(path, Schema.article()).documents() for entity in document["entities"]
    }
    assert len(written) == 1
    assert 0 in codes
    assert written <= {label for label, number in zip(labels, codes, strict=True) if number == 0}
    for number, words in zip(codes, said, strict=True):
        assert number in (0, 2), words
        assert number == 0 or words.strip().splitlines()[-1].endswith(("run the command again", "that has ended")), (
            words
        )
        assert "Traceback" not in words


def test_files_that_changed_since_they_were_read_or_that_another_one_writes_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    JSONL.write(path, [DOCUMENT], Schema.article())
    corpus = read(path, Schema.article()).load()
    with unshared(corpus, path), pytest.raises(ValueError, match="another command is writing into"):  # noqa: SIM117
        with unshared(corpus, path):
            raise AssertionError
    JSONL.write(path, [{**DOCUMENT, "id": "b"}, DOCUMENT], Schema.article())
    before = path.read_bytes()
    with pytest.raises(ValueError, match="was changed since it was read"), unshared(corpus, path):
        raise AssertionError
    assert path.read_bytes() == before


def test_predictions_are_written_as_such(tmp_path: Path) -> None:
    write_tasks(Corpus.of([DOCUMENT]), tmp_path, "m1")
    (task,) = read_tasks(tmp_path / "tasks.json")
    assert (task["annotations"], [one["model_version"] for one in task["predictions"]]) == ([], ["m1"])


def test_what_would_be_spoilt_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    JSONL.write(path, [sound(id="a", entities=[{**ANA, "text": "Anna Silva"}])], Schema.article())
    refused = run("export", path, "--out", tmp_path / "out")
    assert (refused.exit_code, "nothing is written" in refused.output) == (1, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("tasks", [[], [{"id": 1, "data": {"text": "x"}, "annotations": []}]])
def test_a_file_without_a_task_of_the_corpus_is_no_success(tmp_path: Path, tasks: list[Any]) -> None:
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps(tasks), "utf-8")
    refused = run("import", file, ROOT / "annotations" / "gold")
    assert refused.exit_code == 2
    assert "holds no task of a document of the corpus" in refused.output


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"{}", b"[1]", b"[{}]", b'[{"annotations": 3}]', b'[{"id": 1, "text": "x"}]']
)
def test_what_is_no_export_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "tasks.json"
    file.write_bytes(content)
    refused = run("import", file, ROOT / "annotations" / "gold")
    assert refused.exit_code == 2
    assert str(file) in refused.output
    assert len(refused.output.strip().splitlines()) == 1
    assert ("holds an object, not a list of tasks" in refused.output) == (content == b"{}")
