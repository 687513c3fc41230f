"""Every command can be found, is told of, and tells of itself."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from spanproof.cli import main
from spanproof.cli.commands import Commands
from support.documents import ROOT
from support.failures import PYTHON


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        elif not command.hidden:
            yield (*words, name), command


EVERY = dict(commands(main))


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_help_has_an_example_and_the_exit_codes(words: tuple[str, ...]) -> None:
    page = CliRunner().invoke(main, [*words, "--help"]).output
    lines = [line.strip() for line in page.splitlines()]
    assert any(line.startswith(f"spanproof {' '.join(words)}") for line in lines)
    assert "Exit codes: 0" in page
    assert EVERY[words].name == words[-1]


def test_a_group_lists_its_commands_and_hides_those_of_processes() -> None:
    for words in ((), ("bench",), ("labelstudio",)):
        listed = CliRunner().invoke(main, [*words, "--help"]).output
        listed = listed.partition("Commands:")[2]
        below = {command[len(words)] for command in EVERY if command[: len(words)] == words}
        assert below == {line.split()[0] for line in listed.splitlines() if line[:2] == "  " and line[2:3].strip()}


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(main, ["prove"])
    assert result.exit_code == 2
    assert "No such command 'prove'" in result.output


def test_commands_added_as_they_are_come_before_those_of_places() -> None:
    group = Commands("group", places={"far": ("rules:rules", "List the rules.")})
    group.add_command(click.Command("near", help="Stand here."))
    page = CliRunner().invoke(group, ["--help"]).output
    assert page.index("near  Stand here.") < page.index("far   List the rules.")


_SCHEMA = {
    "title": "Letters",
    "type": "object",
    "key": "letter",
    "required": ["letter", "transcript", "mentions"],
    "properties": {
        "letter": {"type": "string"},
        "transcript": {"type": "string"},
        "mentions": {
            "type": "array",
            "key": "mid",
            "description": "Persons and places.",
            "items": {
                "type": "object",
                "spanOf": {"text": "transcript", "start": "from", "end": "to", "surface": "surf"},
                "labelledBy": "cls",
                "required": ["mid", "cls", "from", "to", "surf"],
                "properties": {
                    "mid": {"type": "string"},
                    "cls": {"type": "string", "enum": ["PERSON", "PLACE"]},
                    "from": {"type": "integer"},
                    "to": {"type": "integer"},
                    "surf": {"type": "string"},
                },
            },
        },
    },
}
_SYSTEM = "openai:any@http://127.0.0.1:9/v1"
_CORPUS = {
    "check": "check my.jsonl",
    "verify": "verify proof.json my.jsonl",
    "matrix": "matrix my.jsonl",
    "show": "show my.jsonl --out page.html",
    "rebase": "rebase my.jsonl new.txt",
    "convert": "convert my.jsonl converted.jsonl",
    "strip": "strip my.jsonl stripped.jsonl",
    "diff": "diff my.jsonl other.jsonl",
    "agree": "agree my.jsonl other.jsonl",
    "score": "score my.jsonl other.jsonl",
    "new": "new new.txt --folder my --set letter=a --set mentions=[]",
    "labelstudio demo": "labelstudio demo my.jsonl --folder new.txt",
    "labelstudio push": "labelstudio push my.jsonl",
    "labelstudio status": "labelstudio status my.jsonl",
    "labelstudio pull": "labelstudio pull my.jsonl",
    "labelstudio export": "labelstudio export my.jsonl --out tasks",
    "labelstudio import": "labelstudio import tasks.json my.jsonl",
    "bench run": f"bench run {_SYSTEM} --corpus my.jsonl --show-prompt",
    "bench score": "bench score my.jsonl other.jsonl",
    "bench report": "bench report predictions --corpus my.jsonl",
    "bench stress": f"bench stress {_SYSTEM} --corpus my.jsonl --layer absent",
    "build": "build --gold my.jsonl --out built",
}
"""Each command that has a corpus and may be told its schema, with arguments."""
_LONG = {"matrix", "build"}
"""Commands that take seconds."""
_ALONE = {"join", "labelstudio config", "labelstudio star", "labelstudio serve"}


def _help(words: str) -> str:
    (option,) = (one for one in EVERY[tuple(words.split())].params if one.name == "schema_file")
    return str(vars(option)["help"])


def test_every_command_that_takes_a_schema_is_held() -> None:
    taking = {
        " ".join(words) for words, command in EVERY.items() if any(p.name == "schema_file" for p in command.params)
    }
    assert taking == {*_CORPUS, *_ALONE}
    assert {words for words in taking if "beside the corpus" in _help(words)} == {*_CORPUS}


def _outcome(folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, schema: str | None) -> tuple[int, str, Any]:
    """Return how a command ends in a new folder with a corpus, what it prints, and the files that it writes."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    text = "Şükrü gitti İzmir'e."
    mentions = [
        {"mid": "m1", "cls": "PERSON", "from": 0, "to": 5, "surf": "Şükrü"},
        {"mid": "m2", "cls": "PLACE", "from": 12, "to": 17, "surf": "İzmir"},
    ]
    for name in ("my", "predictions"):
        (folder / name).mkdir()
    (folder / "new.txt").write_text(text, "utf-8")
    (folder / "tasks.json").write_text("[]")
    (folder / "proof.json").write_text("{}")
    for name, some in (("my", mentions), ("other", mentions[:1])):
        document = {"letter": "a", "transcript": text, "mentions": some}
        (folder / f"{name}.jsonl").write_text(json.dumps(document) + "\n", "utf-8")
    shutil.copy("other.jsonl", "predictions/other.jsonl")
    before = {*folder.rglob("*")}
    if schema is not None:
        (folder / schema).write_text(json.dumps(_SCHEMA), "utf-8")
        before.add(folder / schema)
    arguments = [*command.split(), *(["--schema", schema] if schema == "own.json" else [])]
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    said = [line for line in result.output.splitlines() if "is beside the corpus" not in line]
    written = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path not in before and path.is_file()
    }
    return result.exit_code, "\n".join(said), written


@pytest.mark.parametrize(
    "words", [pytest.param(words, marks=[pytest.mark.full] if words in _LONG else []) for words in _CORPUS]
)
def test_a_schema_beside_a_corpus_is_used_as_if_it_was_named(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "x")
    command = _CORPUS[words]
    named = _outcome(tmp_path / "named", monkeypatch, command, "own.json")
    beside = _outcome(tmp_path / "beside", monkeypatch, command, "my.schema.json")
    without = _outcome(tmp_path / "without", monkeypatch, command, None)
    assert beside == named
    assert without != named
    assert "holds no documents" not in named[1]
    assert "no schema; read as" in without[1] if "else a guess" in _help(words) else without[0] == 2


LASTING = {("labelstudio", "demo"), ("labelstudio", "serve"), ("bench", "install")}
"""Commands that begin a server, or an installation."""
HOSTILE = ("empty.jsonl", "folder", "list.json", "picture.png", "loop", "ok.jsonl/inside", "none/inside.jsonl", "")


def with_one(command: click.Command, parameter: click.Parameter, value: str) -> Iterator[str]:
    """The words after a command of which one parameter has a value, and others that must be there a file."""
    for other in command.params:
        if isinstance(other, click.Argument):
            if other is parameter or other.required:
                yield value if other is parameter else "ok.jsonl"
        elif other is parameter or other.required:
            yield from (other.opts[0], value if other is parameter else "new")


@pytest.mark.parametrize(
    "values", [("x" * 300,), pytest.param(HOSTILE, marks=pytest.mark.full)], ids=["a long name", "others"]
)
def test_no_path_gives_a_traceback(values: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "")
    line = '{"id": "a", "text": "Ana.", "spans": [{"id": "s", "start": 0, "end": 3, "text": "Ana", "label": "PER"}]}\n'
    for words, command in EVERY.items():
        paths = [one for one in command.params if isinstance(one, click.Argument) or isinstance(one.type, click.Path)]
        for parameter in paths if words not in LASTING else ():
            for value in values:
                shutil.rmtree(folder := tmp_path / "folder", ignore_errors=True)
                (folder / "folder").mkdir(parents=True)
                monkeypatch.chdir(folder)
                for name, content in (("ok.jsonl", line), ("empty.jsonl", ""), ("list.json", "[1]")):
                    (folder / name).write_text(content)
                (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n123")
                (folder / "loop").symlink_to("loop")
                arguments = [*words, *with_one(command, parameter, value)]
                result = CliRunner().invoke(main, arguments, input="")
                assert result.exception is None or isinstance(result.exception, SystemExit), arguments
                assert result.exit_code in (0, 1, 2), arguments
                assert not PYTHON.search(result.stderr), (arguments, result.stderr)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="streams and devices of a shell")
@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        ("--help > /dev/full", 2, "the output can't be written: No space left on device"),
        ("rules | head -n 1", 0, ""),
        ("rules > /dev/full", 2, "the output can't be written: No space left on device"),
        ("check -q a.jsonl --certificate pipe & cat pipe >&2; wait $!", 0, '"proofs": []'),
        ("check -q a.jsonl >&-", 0, ""),
        ("check -q a.jsonl 2>&-", 0, ""),
        ("check - <&- >&2", 2, "the file is empty"),
    ],
)
def test_streams_and_devices(command: str, code: int, says: str, tmp_path: Path) -> None:
    line = '{"id": "a", "text": "Ana.", "spans": [{"id": "s", "start": 0, "end": 3, "text": "Ana", "label": "PER"}]}\n'
    (tmp_path / "a.jsonl").write_text(line)
    os.mkfifo(tmp_path / "pipe")
    done = run(f"{sys.executable} -m spanproof {command}", tmp_path)
    assert (done.returncode, "Traceback" in done.stderr, "ignored" in done.stderr) == (code, False, False), done.stderr
    assert says in done.stderr


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tools"), "PYTHONUNBUFFERED": ""}
    return subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another signal there")
@pytest.mark.parametrize("module", ["spanproof.cli", "spanproof.checks.report"])
def test_ctrl_c_within_an_import_is_told_as_later(module: str, tmp_path: Path) -> None:
    """It comes while a module is imported, in which it might come out as another error."""
    (tmp_path / "a.jsonl").write_text("{}\n")
    program = f"""
import builtins, os, signal, sys
imports = builtins.__import__
def interrupted(name, *others):
    if name == {module!r} and name not in sys.modules:
        os.kill(os.getpid(), signal.SIGINT)
    return imports(name, *others)
builtins.__import__ = interrupted
sys.argv = ["spanproof", "check", "a.jsonl"]
from spanproof.__main__ import main
main()
"""
    (tmp_path / "program.py").write_text(program)
    done = run(f"{sys.executable} program.py", tmp_path)
    assert (done.returncode, done.stderr) == (128 + signal.SIGINT, "spanproof: interrupted\n")
