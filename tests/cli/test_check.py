"""``spanproof check`` on a terminal and on a full disk."""

import gzip
import io
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from spanproof.checks.examples import sound
from spanproof.checks.patch import Patch
from spanproof.cli import main
from spanproof.cli.options import progress_of
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
    assert b"\x1b[34m\x1b[1minfo[SP402]" in seen


@pytest.mark.slow
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("length", [1, 30_000])
def test_ctrl_c_ends_lines_of_json_with_a_whole_one(length: int, unbuffered: str, tmp_path: Path) -> None:
    """The reader doesn't read, so that the signal comes in the middle of a line."""
    wrong = {**ANA, "text": "Bea " * length}
    many = [sound(entities=[{**wrong, "id": f"e{k}"} for k in range(max(5, 3_000 // length))])]
    JSONL.write(tmp_path / "a.jsonl", many, Schema.article())
    command = [sys.executable, "-m", "spanproof", "check", "a.jsonl", "--output", "jsonl"]
    environment, pipe = {**os.environ, "PYTHONUNBUFFERED": unbuffered}, subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        first = os.read(process.stdout.fileno(), 1)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        rest, _ = process.communicate(timeout=60)
    *findings, summary = (json.loads(line) for line in (first + rest).splitlines())
    assert {one["type"] for one in findings} == {"finding"}
    assert (summary["type"], summary["interrupted"], process.returncode) == ("summary", True, 130)
    assert len(findings) == summary["error"] + summary["warning"] + summary["info"]


@pytest.mark.parametrize(("expected", "left"), [(100, "about 30 s left"), (None, ""), (0, ""), (25, ""), (20, "")])
def test_progress_says_what_is_left_where_that_is_known(
    expected: int | None, left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    clock = iter([0.0, 10.0])
    monkeypatch.setattr("spanproof.cli.options.time.monotonic", lambda: next(clock))
    monkeypatch.setattr(sys, "stderr", Terminal())
    with click.Context(main), progress_of("checking", lambda: expected) as advance:
        assert advance is not None
        advance(25)
    assert isinstance(sys.stderr, Terminal)
    shown = sys.stderr.getvalue()
    assert "checking 25 documents, 10 s, 2 a second" in shown
    assert ("left" in shown) == bool(left)
    assert left in shown


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
        monkeypatch.setattr("spanproof.cli.corrections.patches_of", fails)
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
    assert "would resolve 1 SP107" in result.stderr
    assert "--fix --likely would resolve 1 SP203 more, which isn't proved" in result.stderr
    summary = "before these corrections: 1 document, 3 spans: 1 proved, 2 with errors; 2 errors; 1 fixable; 1 likely"
    assert summary in result.stderr
    assert "after these corrections: 1 error" in result.stderr
    assert trimmed.read_bytes() == before
    plain = [line for line in result.stdout.splitlines() if not line.startswith("#")]
    assert [line[0] for line in plain if '"Bob"' in line] == ["+"]
    assert any("likely" in line for line in result.stdout.splitlines() if line.startswith("#"))


@pytest.mark.parametrize(
    ("name", "reason"), [("t.csv", "`spanproof convert` makes JSON Lines"), ("t.jsonl.gz", "unpacked"), ("t.jsonl", "")]
)
def test_no_correction_is_promised_that_cannot_be_written(name: str, reason: str, tmp_path: Path) -> None:
    text, words = "Great soup, friendly waiters!", ((7, "soup"), (13, "friendly"), (22, "waiters"))
    spans = [{"start": at, "end": at + len(word), "text": word, "label": "A"} for at, word in words]
    rows = "".join(f'{at},{at + len(word)},{word},A,"{text}"\n' for at, word in words)
    line = json.dumps({"text": text, "spans": spans}) + "\n"
    content = ("start,end,words,label,text\n" + rows if name == "t.csv" else line).encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    result = run(tmp_path / name)
    assert result.exit_code == 1
    assert "cause (proved)" in result.stdout
    promised = "--fix" in result.stdout or "fixable" in result.stdout
    summary = json.loads(run(tmp_path / name, "--output", "jsonl").stdout.splitlines()[-1])
    assert (promised, summary["fixable"]) == ((False, 0) if reason else (True, 3))
    assert result.stderr.count("corrections aren't written") == bool(reason)
    assert reason in result.stderr
    assert run(tmp_path / name, "--fix").exit_code == (2 if reason else 0)


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


def test_a_fix_is_undone_where_settings_name_the_corpus(trimmed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(trimmed.parent)
    (trimmed.parent / "spanproof.toml").write_text(f"paths = ['{trimmed.name}']\n")
    before = trimmed.read_bytes()
    undo = run("--fix").stderr.split("--undo ")[1].split("`")[0]
    assert trimmed.read_bytes() != before
    assert run("--undo", undo).exit_code == 0
    assert trimmed.read_bytes() == before


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
    assert "fixable" not in result.stdout
    assert kind.removesuffix("s") in result.stdout
    assert 'fixable": true' not in run(file, "--fix", "--output", "jsonl").stdout
    assert file.read_bytes() == before
    assert not list(trimmed.parent.glob("*.patch"))


@pytest.mark.parametrize("arguments", [("--diff", "--fix"), ("--likely",), ("--undo", "x.patch", "--fix")])
def test_options_that_exclude_one_another_are_refused(arguments: tuple[str, ...], trimmed: Path) -> None:
    assert run(*arguments, trimmed).exit_code == 2


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A corpus with one unknown label in each of forty documents."""
    path = tmp_path / "many.jsonl"
    wrong = {**ANA, "start": 0, "end": 9, "label": "PERSN"}
    documents = [sound(id=f"d{k}", text=f"Ana Silva {k}", entities=[wrong]) for k in range(40)]
    JSONL.write(path, documents, Schema.article())
    return path


def test_many_findings_are_shown_by_kind_and_all_are_counted(many: Path) -> None:
    lines = run(many, "--select", "unknown-label").stdout.splitlines()
    assert lines[0] == "error[SP201] unknown-label x 40  entities PERSN  in 40 documents"
    assert "40 findings of 1 kind" in lines[-2]
    assert lines[-1].endswith("; 40 errors")
    every = run(many, "--select", "SP201", "--show", "all").stdout
    assert every.count("error[SP201]") == 40
    some = run(many, "--select", "SP201", "--show", "all", "--max-findings", 3).stdout.splitlines()
    assert sum(line.startswith("error[SP201]") for line in some) == 3
    assert some[-2] == "and 37 more findings: --max-findings 40"
    assert some[-1].endswith("; 40 errors")
    assert run(many, "--select", "SP201", "--show", "none").stdout.splitlines() == lines[-1:]
    table = run(many, "--statistics", "--select", "SP201").stdout.splitlines()
    assert table[0].split() == ["code", "rule", "severity", "layer", "findings", "documents", "fixable"]
    assert table[1].split() == ["SP201", "unknown-label", "error", "entities", "40", "40", "0"]


def test_lines_of_json_come_as_findings_do_and_end_with_the_numbers(many: Path) -> None:
    *findings, last = map(json.loads, run(many, "--output", "jsonl", "--max-findings", 5).stdout.splitlines())
    assert [finding["type"] for finding in findings] == ["finding"] * 5
    assert (last["type"], last["version"], last["error"]) == ("summary", 1, last["codes"]["SP201"])
    assert len(run(many, "--output", "jsonl", "--show", "none").stdout.splitlines()) == 1


def test_quiet_says_findings_and_nothing_else(many: Path, tmp_path: Path) -> None:
    loud, quiet = run(many, "--show", "all"), run(many, "--show", "all", "-q")
    assert quiet.stderr == ""
    assert loud.stdout.startswith(quiet.stdout)
    JSONL.write(tmp_path / "a.jsonl", [sound()], Schema.article())
    clean = run(tmp_path / "a.jsonl", "-q")
    assert (clean.exit_code, clean.output) == (0, "")
    missing = run(tmp_path / "none.jsonl", "-q")
    assert missing.exit_code == 2
    assert "SP001" in missing.stdout


def test_the_exit_code_is_what_is_asked_for_but_never_clean_of_what_is_unreadable(many: Path, tmp_path: Path) -> None:
    warned = tmp_path / "warned.jsonl"
    JSONL.write(warned, [sound(entities=[{**ANA, "start": 0, "end": 2, "text": "An"}])], Schema.article())
    assert run(warned, "--select", "SP109").exit_code == 1
    assert run(warned, "--select", "SP109", "--fail-on", "error").exit_code == 0
    assert run(many, "--fail-on", "error").exit_code == 1
    assert run(many, "--exit-zero").exit_code == 0
    assert run(many, "--exit-zero", "--diff").exit_code == 0
    assert run(tmp_path / "none.jsonl", "--exit-zero", "--fail-on", "error").exit_code == 2


def test_an_unknown_rule_is_refused_with_the_nearest_name(many: Path) -> None:
    result = run(many, "--select", "text-difers")
    assert result.exit_code == 2
    assert "did you mean text-differs?" in result.stderr


def test_github_gets_a_page_too(many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    assert run(many, "--output", "github").stdout.startswith("::error ")
    assert page.read_text().startswith("## spanproof check\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "none" / "summary.md"))
    refused = run(many, "--output", "github")
    assert refused.exit_code == 2
    assert "GITHUB_STEP_SUMMARY" in refused.stderr
