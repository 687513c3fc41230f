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
from spanproof.checks.fix import Patch
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
    JSONL.write(path, [sound(entities=[ANA])], Schema.article())
    before = path.read_bytes()

    def fails(*_: Any, **__: Any) -> None:
        raise error

    if isinstance(error, OSError):
        monkeypatch.setattr(Patch, "write", fails)
    else:
        monkeypatch.setattr("spanproof.cli.check.patches", fails)
    result = CliRunner().invoke(main, ["check", str(path), "--fix"])
    assert result.exit_code == 2
    assert str(error.args[-1]) in result.stderr
    assert path.read_bytes() == before
