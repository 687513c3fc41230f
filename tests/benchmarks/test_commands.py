"""Four times the documents take a command about four times as long: none is quadratic in them."""

import gc
import json
import shutil
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from spanproof.checks.examples import sound
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.labelstudio.pull import annotated
from spanproof.labelstudio.upload import missing
from support.labelstudio_tasks import PEOPLE

ALLOWED = 6.5
"""Linear is 4, quadratic is 16; a shared machine adds some."""
SENTENCE = "Ana Silva met Bo Lee in Rio on Monday, and “we agree”, she said. "
NAMES = ("Ana Silva", "Bo Lee", "Rio")
COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check", "many.jsonl"),
    "check --diff": ("check", "drifted.jsonl", "--schema", "plain.schema.json", "--diff"),
    "check --fix": ("check", "fixed.jsonl", "--schema", "plain.schema.json", "--fix"),
    "check without a schema": ("check", "many-plain.jsonl"),
    "init": ("init", "plain.jsonl", "--out", "new.schema.json"),
    "diff": ("diff", "gold.jsonl", "changed.jsonl"),
    "agree": ("agree", "gold.jsonl", "changed.jsonl"),
    "score": ("score", "gold.jsonl", "changed.jsonl", "--task", "entities"),
    "convert": ("convert", "gold.jsonl", "gold.conll"),
    "strip": ("strip", "gold.jsonl", "stripped.jsonl"),
    "show": ("show", "gold.jsonl", "--out", "pages"),
    "join": ("join", "without.jsonl", "texts", "--out", "joined.jsonl"),
    "rebase": ("rebase", "book.jsonl", "book.txt", "--schema", "plain.schema.json", "--out", "rebased.jsonl"),
    "labelstudio export": ("labelstudio", "export", "gold.jsonl", "--out", "tasks"),
    "build": ("build", "--gold", "plain.jsonl", "--schema", "plain.schema.json", "--out", "dataset"),
}
MADE = {"gold.conll", "stripped.jsonl", "pages", "tasks", "new.schema.json", "joined.jsonl", "rebased.jsonl", "dataset"}


def document(number: int, drift: int = 0, changed: bool = False, sentences: int = 10) -> Any:
    """A document of sentences that differ from those of every other; its names may be off, or lack one."""
    drawn = Random(number)
    text = "".join(f"{' '.join(str(drawn.randrange(10**4)) for _ in range(8))} {SENTENCE}" for _ in range(sentences))
    spans, at = [], 0
    for k in range(sentences * len(NAMES)):
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
    book, many = document(0, sentences=10 * documents), [document(k) for k in range(10 * documents)]
    files = {
        "many.jsonl": many,  # where few documents take as long as none
        "many-plain.jsonl": [{name: each[name] for name in plain} for each in many],
        "book.jsonl": [{name: book[name] for name in plain}],
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
    (folder / "book.txt").write_text(book["text"].replace("5 Ana Silva met", "5 Later Ana Silva met"), "utf-8")
    (folder / "texts").mkdir()
    for row in files["gold.jsonl"]:
        (folder / "texts" / f"{row['id']}.txt").write_text(row["text"], "utf-8")
    stripped = CliRunner().invoke(main, ["strip", str(folder / "gold.jsonl"), str(folder / "without.jsonl")])
    assert stripped.exit_code == 0, stripped.output


def seconds(folder: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> float:
    """What a command takes of the processor: of few documents the least of two, since a first run imports modules."""
    monkeypatch.chdir(folder)
    taken = []
    for attempt in range(2 if folder.name == "small" else 1):
        given = [f"{attempt}-{each}" if each in MADE else each for each in arguments]
        shutil.copy("drifted.jsonl", "fixed.jsonl")
        gc.collect()
        begun = time.process_time()
        result = CliRunner().invoke(main, given)
        taken.append(time.process_time() - begun)
        assert result.exit_code in (0, 1), result.output[-1000:]
        assert not any(words in result.output for words in ("nothing was checked", "not built", "is left as it is"))
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
    print(f"{name}: {small:.3f} s, {large:.3f} s")
    assert large < ALLOWED * small, f"{small:.3f} s, {large:.3f} s"


@pytest.mark.slow
@pytest.mark.xdist_group("commands")
def test_four_times_the_tasks_take_a_push_and_a_pull_about_four_times_as_long() -> None:
    """What both do beside the requests: the tasks that are sent, what a second push compares, what comes back."""
    taken = []
    for documents in (40, 40, 160):
        corpus = Corpus.of([document(number) for number in range(documents)])
        gc.collect()
        begun = time.process_time()
        tasks: list[Any] = [{**task, "id": number} for number, task in enumerate(missing(corpus, []).create)]
        assert missing(corpus, tasks).present == documents == len(tasks)
        annotated(corpus, tasks, PEOPLE)
        taken.append(time.process_time() - begun)
    assert taken[2] < ALLOWED * min(taken[:2]), taken
