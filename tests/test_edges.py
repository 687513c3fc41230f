"""What happens at the edges: a terminal, a full disk, odd schemas, values that no column takes."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.fix import Patch, patches
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.release import build as building
from spanproof.release.build import BuildError, build
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema, article
from support.documents import LETTER, LETTERS, ROOT

ANA = {"id": "e1", "start": 1, "end": 10, "text": "Ana Silva", "label": "PERSON", "entity_id": None}


@pytest.mark.slow
def test_a_terminal_sees_progress_and_colour() -> None:
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "spanproof", "check"]
    environment = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(command, stdout=follower, stderr=follower, cwd=ROOT, env=environment) as process:
        os.close(follower)
        seen = b""
        try:
            while chunk := os.read(leader, 4096):
                seen += chunk
        except OSError:
            pass
    os.close(leader)
    assert process.returncode == 0
    assert b"checking" in seen
    assert b"\x1b[1;34minfo[SP402]" in seen


def test_progress_counts_documents(tmp_path: Path) -> None:
    JSONL.write(tmp_path / "a.jsonl", [sound(), sound(id="b", text="x")], article())
    done: list[int] = []
    check([tmp_path / "a.jsonl"], progress=done.append)
    assert done == [2]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("it doesn't fit")])
def test_a_fix_that_cannot_be_written_is_told_and_loses_nothing(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    JSONL.write(path, [sound(entities=[ANA])], article())
    before = path.read_bytes()

    def fails(*_: Any, **__: Any) -> None:
        raise error

    if isinstance(error, OSError):
        monkeypatch.setattr(Patch, "write", fails)
    else:
        monkeypatch.setattr("spanproof.checks.fix.patches", fails)
    result = CliRunner().invoke(main, ["check", str(path), "--fix"])
    assert result.exit_code == 2
    assert str(error.args[-1]) in result.stderr
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    JSONL.write(path, [sound()], article())

    def fails(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", fails)
    assert [(f.code, f.file, f.message) for f in check([path]).findings] == [("SP001", str(path), "Permission denied")]


def test_files_of_no_format_have_no_corrections(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert list(patches(read(tmp_path / "a.txt"))) == []


def test_a_build_that_loads_as_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "load", lambda *_: pa.table({"id": ["x"]}))
    with pytest.raises(BuildError, match="articles isn't what was built"):
        build(ROOT / "annotations" / "gold", tmp_path / "dataset")
    assert not (tmp_path / "dataset").exists()


def test_a_card_without_passes_says_so(tmp_path: Path) -> None:
    assert "no two passes" in building.agreement(tmp_path)


def test_schemas_that_are_odd_but_right() -> None:
    with pytest.raises(SchemaError, match="a document is an object, not string"):
        Schema.of({"type": "string"})
    asked = Schema.of({"type": "object", "required": ["x", "y"], "properties": {"x": {"type": "string"}}})
    assert [f.message for f in check(Corpus.of([{"x": "a"}], asked)).findings] == [
        "'y' is missing; the schema requires it"
    ]


def test_numbers_that_no_json_has_are_found() -> None:
    letters = Schema.of(LETTERS)
    for weight in (float("nan"), float("inf")):
        corpus = Corpus.of([{**LETTER, "weight": weight, "year": weight}], letters)
        assert {f.json_path for f in check(corpus).findings} <= {"$.year", "$.weight"}
        assert corpus.table["weight"].to_pylist() == [None]


def test_parquet_with_strings_for_offsets_is_kept_raw(tmp_path: Path) -> None:
    persons = [{**person, "start": str(person["start"])} for person in LETTER["persons"]]
    pq.write_table(pa.Table.from_pylist([{**LETTER, "persons": persons}]), tmp_path / "a.parquet")
    report = check(read(tmp_path / "a.parquet", LETTERS))
    assert [f.code for f in report.findings] == ["SP101", "SP101"]


def bare(**keywords: Any) -> Schema:
    """Spans that don't store their text."""
    span = {"type": "object", "spanOf": "text", "properties": {n: {"type": "integer"} for n in ("start", "end")}}
    span["properties"]["of"] = {"type": "string"}  # type: ignore[index]
    names = {"type": "array", "items": span, **keywords}
    return Schema.of({"type": "object", "properties": {"text": {"type": "string"}, "names": names}})


def test_rules_on_surfaces_are_silent_where_none_is_stored() -> None:
    document = {"text": "Ana met Ana", "names": [{"start": 0, "end": 3, "of": "a"}, {"start": 8, "end": 11, "of": "b"}]}
    assert check(Corpus.of([document], bare(consistent=["of"]))).findings == ()
    exhaustive = bare(exhaustive={"registry": "names", "member": "of"})
    registries = {"names": {"a": {"aliases": ["Ana"]}, "b": {}}}
    assert check(Corpus.of([document], exhaustive, registries)).findings == ()
    assert [f.code for f in check(Corpus.of([{**document, "names": []}], exhaustive, registries)).findings] == [
        "SP510",
        "SP510",
    ]


def test_fragments_are_told_once_and_only_where_order_is_asked() -> None:
    names = [{"start": start, "end": start + 3, "of": "a"} for start in (16, 8, 0)]
    document = {"text": "Ana Bob Eve Joe Kim", "names": names}
    assert [f.code for f in check(Corpus.of([document], bare(inOrder=True))).findings] == ["SP208"]
    assert check(Corpus.of([document], bare(inOrder=False))).findings == ()
