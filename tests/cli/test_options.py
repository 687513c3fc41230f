"""A table of errors that are easily made: each is an exit code and one sentence that helps, never a traceback."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spanproof.checks.examples import sound
from spanproof.cli import main
from support.failures import demand_refusal

LINE = json.dumps(dict(sound()), ensure_ascii=False) + "\n"
SPANS = {"type": "array", "items": {"type": "object", "spanof": "text"}}

FILES: dict[str, Any] = {
    "ok.jsonl": LINE,
    "empty.jsonl": "",
    "blank.jsonl": "\n\n",
    "cut.jsonl": LINE + LINE[:40],
    "latin.jsonl": LINE.replace("Lisbon", "Zoë").encode("latin-1", "replace"),
    "utf16.jsonl": (LINE * 600).encode("utf-16"),
    "corpus.xyz": "hello",
    "picture.png": b"\x89PNG\r\n\x1a\n123",
    "cut.parquet": b"PAR1xx",
    "cut.json": '{"a": 1,',
    "cut.jsonl.gz": gzip.compress(LINE.encode() * 100)[:30],
    "numbers.jsonl": "1\n2\n",
    "texts/readme.txt": "x",
    "bad.json": "{",
    "list.json": "[]",
    "typo.json": json.dumps({"type": "object", "properties": {"text": {"type": "string"}, "e": SPANS}}),
    "waived/a.jsonl": LINE,
    "waived/waivers.json": '[{"code": "SP106", "reason": "x", "documnt": "a"}]',
    "cut-waivers/a.jsonl": LINE,
    "cut-waivers/waivers.json": '[{"code":',
    "no-list/a.jsonl": LINE,
    "no-list/waivers.json": '{"code": "SP106"}',
    "registry/a.jsonl": LINE,
    "registry/entities.json": "3",
}

TABLE: list[tuple[str, int, str]] = [
    ("check none.jsonl", 2, "there is no such file or folder"),
    ("check corpus.xyz", 2, r"unknown kind of file.*\.jsonl"),
    ("check picture.png", 2, r"\.jsonl"),
    ("check empty.jsonl", 2, "the file holds no document"),
    ("check blank.jsonl", 2, "the file holds no document"),
    ("check cut.jsonl", 2, r"SP001\] unreadable  cut.jsonl:2"),
    ("check latin.jsonl", 2, "bytes can't tell which; expected UTF-8"),
    ("check utf16.jsonl", 2, "UTF-16"),
    ("check cut.parquet", 2, "not readable as Parquet"),
    ("check cut.json", 2, "not JSON: .* at column 9"),
    ("check cut.jsonl.gz", 2, "(?i)truncated"),
    ("check numbers.jsonl", 2, "expected a schema of your own"),
    ("check texts", 2, "the folder holds no corpus"),
    ("check nothing", 2, "the folder holds no corpus"),
    ("check ok.jsonl --schema none.json", 2, "none.json: No such file"),
    ("check ok.jsonl --schema bad.json", 2, "bad.json: not JSON"),
    ("check ok.jsonl --schema list.json", 2, "expected the JSON Schema of a document"),
    ("check ok.jsonl --schema typo.json", 2, "did you mean 'spanOf'"),
    ("check ok.jsonl --schema texts", 2, "texts: Is a directory"),
    ("check ok.jsonl --registry none", 2, "'none' does not exist"),
    ("check registry/a.jsonl", 2, "registry is an object"),
    ("check waived/a.jsonl", 2, 'did you mean "document"'),
    ("check cut-waivers/a.jsonl", 2, "not JSON"),
    ("check no-list/a.jsonl", 2, "expected a list of"),
    ("check ok.jsonl --select text-difers", 2, "did you mean text-differs"),
    ("check ok.jsonl --ignore SP9", 2, "no rule has this code"),
    ("check ok.jsonl --diff --fix", 2, "can't be combined"),
    ("check ok.jsonl --likely", 2, "belongs to --diff or --fix"),
    ("check ok.jsonl --nonsense", 2, "No such option"),
    ("check ok.jsonl --max-findings -1", 2, "Invalid value"),
    ("check ok.jsonl --certificate texts", 2, "texts: Is a directory"),
    ("check --undo none.patch", 2, "none.patch: No such file"),
    ("check --undo ok.jsonl", 2, "no patch of corrections"),
    (f"check {'x' * 300}.jsonl", 2, "File name too long"),
    ("check ok.jsonl --certificate ok.jsonl", 2, "what this command reads"),
    ("check ok.jsonl --write-baseline texts/../ok.jsonl", 2, "what this command reads"),
    ("strip ok.jsonl ok.jsonl", 2, "what this command reads"),
    ("strip ok.jsonl new.jsonl --ledger ok.jsonl", 2, "what this command reads"),
    ("convert ok.jsonl new.conll --ledger ok.jsonl", 2, "what this command reads"),
    ("score numbers.jsonl ok.jsonl", 2, "numbers.jsonl"),
    ("check", 2, r'expected the PATH of a corpus, or paths = \["PATH"\] under'),
    ("prove", 2, "No such command 'prove'"),
    ("explain SP999", 2, "similar are"),
    ("verify bad.json ok.jsonl", 2, "bad.json"),
    ("agree ok.jsonl", 2, "expected two or more"),
    ("agree none.jsonl ok.jsonl", 2, "no such file or folder"),
    ("diff none.jsonl ok.jsonl", 2, "none.jsonl is neither a file or folder nor a git revision"),
    ("diff ok.jsonl", 2, "expected NEW as well as OLD"),
    ("rebase ok.jsonl none.txt", 2, "none.txt: No such file"),
    ("show none.jsonl", 2, "no such file or folder"),
    ("matrix none.jsonl", 2, "no such file or folder"),
    ("build", 2, "expected a --gold, and where --out"),
    ("build --gold ok.jsonl", 2, "expected --out"),
    ("new texts/readme.txt", 2, "expected a --folder"),
    ("bench run spacy-sm", 2, "expected a --corpus"),
    ("bench run nosuch --corpus ok.jsonl", 2, "no system 'nosuch'. There are"),
    ("release prepare", 2, 'expected corpus = "PATH"'),
    ("labelstudio push ok.jsonl", 2, "LABEL_STUDIO_URL"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of things that are easily wrong, in which one stands."""
    for name, content in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "nothing").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABEL_STUDIO_URL", "")
    return tmp_path


@pytest.mark.parametrize(("command", "code", "words"), TABLE, ids=[command for command, _, _ in TABLE])
def test_a_mistake_is_one_sentence_and_an_exit_code(command: str, code: int, words: str, folder: Path) -> None:
    demand_refusal(command.split(), code, words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[tool.spanproof\n", "pyproject.toml.*TOML"),
        ("[tool.spanproof]\ncorpus = 'none'\n", "none, which pyproject.toml names"),
    ],
)
def test_what_a_repository_says_wrongly_is_named(content: str, words: str, folder: Path) -> None:
    (folder / "pyproject.toml").write_text(content)
    demand_refusal(["check"], 2, words)


def test_a_file_without_rights_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def denied(self: Path, *arguments: Any, **names: Any) -> Any:
        if self.name == "ok.jsonl":
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *arguments, **names)

    monkeypatch.setattr(Path, "open", denied)
    demand_refusal(["check", "ok.jsonl"], 2, "Permission denied")


def test_a_full_disk_is_named_with_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("spanproof.corpus.spool._IN_MEMORY", -1)
    monkeypatch.setattr("spanproof.corpus.spool.tempfile.TemporaryFile", full)
    demand_refusal(["check", "ok.jsonl"], 2, "TMPDIR.*No space left on device")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", ["check cut.jsonl", "check ok.jsonl --output json", "rules", "--version"])
def test_output_that_finds_no_room_is_never_a_result(arguments: str, unbuffered: str, folder: Path) -> None:
    command = [sys.executable, "-m", "spanproof", *arguments.split()]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}  # else all is written as the program ends
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            command, cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment
        )
    said = ended.stderr.splitlines()
    assert (ended.returncode, said[-1]) == (2, "spanproof: the output can't be written: No space left on device")


def test_an_interrupted_command_exits_as_a_shell_has_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("spanproof.cli.check.check_corpus", interrupted)
    demand_refusal(["check", "ok.jsonl"], 130, "interrupted")
    monkeypatch.setattr("spanproof.cli.labelstudio_config.layable_schema", interrupted)
    demand_refusal(["labelstudio", "config"], 130, "interrupted")


@pytest.mark.slow
def test_a_process_is_interrupted_by_ctrl_c(folder: Path) -> None:
    command = [sys.executable, "-m", "spanproof", "check", "-"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdin=pipe, stderr=pipe, stdout=pipe) as process:
        assert process.stdin
        process.stdin.write(b" " * 1_000_000)  # more than a pipe holds, so that this returns when the check reads
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        process.wait(60)
        assert process.stderr
        said = process.stderr.read().decode()
    assert (process.returncode, said.splitlines()[-1]) == (130, "spanproof: interrupted")


def test_the_root_of_a_repository_is_its_corpus(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.spanproof]\ncorpus = "ok.jsonl"\n')
    result = CliRunner().invoke(main, ["check", "."])
    assert (result.exit_code, result.stderr) == (0, ".: the corpus ok.jsonl, as pyproject.toml says\n")


def test_registries_and_waivers_in_a_folder_are_no_documents(folder: Path) -> None:
    (folder / "registry" / "entities.json").write_text("{}")
    (folder / "registry" / "waivers.json").write_text("[]")
    result = CliRunner().invoke(main, ["check", "registry", "--ignore", "SP512"])
    assert result.exit_code == 0, result.output
    assert "registry: read as registries, not as documents: entities.json" in result.stderr
    assert result.stdout.startswith("1 document,")
