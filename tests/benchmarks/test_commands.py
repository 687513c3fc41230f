"""Four times the documents take a command about four times as long: none is quadratic in them."""

import gc
import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spanproof.checks.examples import sound
from spanproof.cli import main

ALLOWED = 6.5
"""Linear is 4, quadratic is 16; a shared machine adds some."""
SENTENCE = "Ana Silva met Bo Lee in Rio on Monday, and “we agree”, she said. "
NAMES = ("Ana Silva", "Bo Lee", "Rio")
COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check", "gold.jsonl"),
    "check --diff": ("check", "drifted.jsonl", "--schema", "plain.schema.json", "--diff"),
    "check without a schema": ("check", "plain.jsonl"),
    "init": ("init", "plain.jsonl", "--out", "new.schema.json"),
    "diff": ("diff", "gold.jsonl", "changed.jsonl"),
    "agree": ("agree", "gold.jsonl", "changed.jsonl"),
    "score": ("score", "gold.jsonl", "changed.jsonl", "--task", "entities"),
    "convert": ("convert", "gold.jsonl", "gold.conll"),
    "strip": ("strip", "gold.jsonl", "stripped.jsonl"),
    "show": ("show", "gold.jsonl", "--out", "pages"),
    "labelstudio export": ("labelstudio", "export", "gold.jsonl", "--out", "tasks"),
}


def document(number: int, drift: int = 0, changed: bool = False) -> Any:
    """A document of ten sentences that differ from those of every other; its names may be off, or lack one."""
    text = "".join(f"{number * 10 + k:07d} {SENTENCE}" for k in range(10))
    spans, at = [], 0
    for k in range(10 * len(NAMES)):
        name = NAMES[k % len(NAMES)]
        at = text.index(name, at)
        off = drift * (k // len(NAMES))
        one = {"id": f"e{k}", "start": at + off, "end": at + off + len(name), "text": name, "label": "PERSON"}
        spans.append({**one, "entity_id": name.lower().replace(" ", "-")})
        at += len(name)
    if changed:
        spans = spans[number % 3 :]
    return sound(id=f"d{number}", text=text, entities=spans)


def written(folder: Path, documents: int) -> None:
    """Write the files that the commands are given."""
    folder.mkdir()
    plain = ("id", "text", "entities")
    files = {
        "gold.jsonl": [document(k) for k in range(documents)],
        "changed.jsonl": [document(k, changed=True) for k in range(documents)],
        "plain.jsonl": [{name: document(k)[name] for name in plain} for k in range(documents)],
        "drifted.jsonl": [{name: document(k, drift=4)[name] for name in plain} for k in range(documents)],
    }
    for name, rows in files.items():
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    span = {
        "type": "object", "spanOf": "text", "labelledBy": "label",
        "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}, "text": {"type": "string"},
                       "label": {"type": "string"}},
    }  # fmt: skip
    schema = {"type": "object", "key": "id", "required": ["id", "text", "entities"],
              "properties": {"id": {"type": "string"}, "text": {"type": "string"},
                             "entities": {"type": "array", "items": span}}}  # fmt: skip
    (folder / "plain.schema.json").write_text(json.dumps(schema), "utf-8")


def seconds(folder: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> float:
    """What a command takes of the processor: of few documents the least of two, since a first run imports modules."""
    monkeypatch.chdir(folder)
    taken = []
    for attempt in range(2 if folder.name == "small" else 1):
        given = [f"{attempt}-{each}" if each in ("gold.conll", "stripped.jsonl", "pages", "tasks", "new.schema.json")
                 else each for each in arguments]  # fmt: skip
        gc.collect()
        begun = time.process_time()
        result = CliRunner().invoke(main, given)
        taken.append(time.process_time() - begun)
        assert result.exit_code in (0, 1), result.output[-1000:]
        assert "nothing was checked" not in result.output
    return min(taken)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("commands")
    for name, documents in (("small", 40), ("large", 160)):
        written(folder / name, documents)
    return folder / "small", folder / "large"


@pytest.mark.slow
@pytest.mark.xdist_group("commands")
@pytest.mark.parametrize("name", COMMANDS)
def test_four_times_the_documents_take_about_four_times_as_long(
    name: str, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = (seconds(folder, COMMANDS[name], monkeypatch) for folder in folders)
    assert large < ALLOWED * small, f"{small:.3f} s, {large:.3f} s"
