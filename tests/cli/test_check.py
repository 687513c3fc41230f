"""``spanproof check`` on a terminal and on a full disk."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spanproof.checks.examples import sound
from spanproof.checks.patch import Patch
from spanproof.cli import main
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.schema import Schema
from support.documents import ROOT

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


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("it doesn't fit")])
def test_a_fix_that_cannot_be_written_is_told_and_loses_nothing(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    JSONL.write(path, [sound(entities=[{**ANA, "start": 0, "text": "Ana Silva "}])], Schema.article())
    before = path.read_bytes()

    def fails(*_: Any, **__: Any) -> None:
        raise error

    if isinstance(error, OSError):
        monkeypatch.setattr(Patch, "write", fails)
    else:
        monkeypatch.setattr("spanproof.cli.check.patches_of", fails)
    result = CliRunner().invoke(main, ["check", str(path), "--fix"])
    assert result.exit_code == 2
    assert str(error.args[-1]) in result.stderr
    assert path.read_bytes() == before


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.fixture
def trimmed(tmp_path: Path) -> Path:
    """A corpus of one document with a blank at an edge, which is proved, and a duplicate, which is likely elsewhere."""
    path = tmp_path / "a.jsonl"
    text = "Ana Silva met Bob. Ana Silva left."
    spans = [{**ANA, "start": 0, "end": 9}, {**ANA, "id": "e2", "start": 0, "end": 9}]
    bob = {**ANA, "id": "e3", "start": 13, "end": 17, "text": " Bob"}
    JSONL.write(path, [sound(text=text, entities=[*spans, bob])], Schema.article())
    return path


def test_a_diff_has_the_exit_code_of_the_check_and_says_what_is_left(trimmed: Path) -> None:
    before = trimmed.read_bytes()
    result = run(trimmed, "--diff")
    assert result.exit_code == 1
    assert "would end 1 SP107" in result.stderr
    assert "--fix --likely would end 1 SP203 more, which isn't proved" in result.stderr
    assert "now 1 document, 3 spans: 1 proved, 2 with errors; 2 errors; 1 fixable; 1 likely fixable" in result.stderr
    assert "then 1 error" in result.stderr
    assert trimmed.read_bytes() == before
    plain = [line for line in result.stdout.splitlines() if not line.startswith("#")]
    assert [line[0] for line in plain if '"Bob"' in line] == ["+"]
    assert any("likely" in line for line in result.stdout.splitlines() if line.startswith("#"))


def test_what_cannot_be_read_is_not_nothing_to_correct(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"id": "\xff"}\n')
    result = run(tmp_path / "a.jsonl", "--diff")
    assert result.exit_code == 2
    assert "1 error" in result.stderr


def test_a_fix_is_undone_to_the_byte(trimmed: Path) -> None:
    before = trimmed.read_bytes()
    trimmed.chmod(0o640)
    fixed = run(trimmed, "--fix")
    undo = trimmed.with_name("a.jsonl.undo-1.patch")
    assert fixed.exit_code == 1
    assert f"--undo {undo}" in fixed.stderr
    assert b'"Bob"' in trimmed.read_bytes()
    assert trimmed.stat().st_mode & 0o777 == 0o640
    likely = run(trimmed, "--fix", "--likely")
    assert likely.exit_code == 0
    assert run("--undo", undo).exit_code == 2  # it has changed since
    assert run("--undo", undo.with_name("a.jsonl.undo-2.patch")).exit_code == 0
    assert run("--undo", undo).exit_code == 0
    assert trimmed.read_bytes() == before
    assert "already" in run("--undo", undo).stderr


@pytest.mark.parametrize("kind", ["symbolic link", "hard links", "read-only"])
def test_links_and_files_that_may_not_be_written_are_left_as_they_are(
    kind: str, trimmed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, file = trimmed.read_bytes(), trimmed.with_name("b.jsonl")
    if kind == "symbolic link":
        file.symlink_to(trimmed)
    elif kind == "hard links":
        file.hardlink_to(trimmed)
    else:
        trimmed.rename(file)
        monkeypatch.setattr(os, "access", lambda _, mode, **__: mode != os.W_OK)
    result = run(file, "--fix")
    assert result.exit_code == 1
    assert kind in result.stderr
    assert file.read_bytes() == before
    assert not list(trimmed.parent.glob("*.patch"))


@pytest.mark.parametrize("arguments", [("--diff", "--fix"), ("--likely",), ("--undo", "x.patch", "--fix")])
def test_options_that_exclude_one_another_are_refused(arguments: tuple[str, ...], trimmed: Path) -> None:
    assert run(*arguments, trimmed).exit_code == 2
