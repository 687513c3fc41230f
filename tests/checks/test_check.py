"""The check of paths: progress, and what can not be opened."""

from pathlib import Path
from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.schema import Schema


def test_progress_counts_documents(tmp_path: Path) -> None:
    JSONL.write(tmp_path / "a.jsonl", [sound(), sound(id="b", text="x")], Schema.article())
    done: list[int] = []
    check([tmp_path / "a.jsonl"], progress=done.append)
    assert done == [2]


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    JSONL.write(path, [sound()], Schema.article())

    def fails(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", fails)
    assert [(f.code, f.file, f.message) for f in check([path]).findings] == [("SP001", str(path), "Permission denied")]
