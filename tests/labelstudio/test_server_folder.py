"""The failure table: what a full disk, an unreadable file, a broken connection, a second run leave behind.

Nothing is half written, and what is said is one sentence.
"""

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spanproof.checks.examples import sound
from spanproof.cli import labelstudio_pull
from spanproof.cli.labelstudio import labelstudio
from spanproof.formats import files
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.labelstudio import server, server_folder
from spanproof.labelstudio.pull import annotated
from spanproof.labelstudio.server_folder import ServerError, credentials, demand_alone
from spanproof.schema.schema import Schema
from support.killed import steps
from support.labelstudio_tasks import ANA, PEOPLE, relabelled, task_of

ARTICLES = [sound(id=f"a{k}", entities=[ANA]) for k in range(2)]


def run(*arguments: object, **environment: str) -> Result:
    result = CliRunner().invoke(labelstudio, [str(argument) for argument in arguments], env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two articles, each in a file of its own, and a server where the second was relabelled."""
    for article in ARTICLES:
        JSONL.write(tmp_path / "corpus" / f"{article['id']}.jsonl", [article], Schema.article())
    return tmp_path / "corpus"


@pytest.fixture
def pulled(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [task_of(article, number) for number, article in enumerate(ARTICLES, 1)]
    for task in tasks:
        task["annotations"] = [relabelled(task, "ORG", id=2)]
    monkeypatch.setattr(labelstudio_pull, "connected", lambda _: None)
    monkeypatch.setattr(labelstudio_pull, "pull_corpus", lambda corpus, *_, **__: annotated(corpus, tasks, PEOPLE))


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.mark.usefixtures("pulled")
@pytest.mark.parametrize("files_written", [0, 1])
def test_a_full_disk_leaves_each_file_whole(corpus: Path, monkeypatch: pytest.MonkeyPatch, files_written: int) -> None:
    before, replace, count = content(corpus), os.replace, iter(range(9))

    def replaced(*arguments: Any) -> None:
        (replace if next(count) < files_written else full)(*arguments)

    monkeypatch.setattr(files.os, "replace", replaced)
    failed = run("pull", corpus, "--write")
    assert failed.exit_code == 2
    last = failed.stderr.strip().splitlines()[-1]
    assert last == f"spanproof: {corpus / f'a{files_written}.jsonl'}: No space left on device"
    monkeypatch.undo()
    after = content(corpus)
    assert after.keys() == before.keys()
    assert sum(after[name] != before[name] for name in before) == files_written
    assert all(text in (before[name], before[name].replace(b"PERSON", b"ORG")) for name, text in after.items())


@pytest.mark.usefixtures("pulled")
@pytest.mark.parametrize("option", ["--out", "--passes", "--decisions"])
def test_what_can_t_be_written_is_a_sentence(corpus: Path, tmp_path: Path, option: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    before = content(corpus)
    failed = run("pull", corpus, option, tmp_path / "file" / "below.jsonl")
    assert failed.exit_code in (0, 2)  # There are no passes where each document has one version.
    assert content(corpus) == before


@pytest.mark.usefixtures("pulled")
def test_a_pull_that_is_killed_at_any_step_is_completed_by_the_next(corpus: Path, tmp_path: Path) -> None:
    before = content(corpus)
    wanted = {name: text.replace(b"PERSON", b"ORG") for name, text in before.items()}
    files = ["--write", "--decisions", tmp_path / "d.jsonl", "--out", tmp_path / "out.jsonl"]

    def begin() -> None:
        for path in [*corpus.rglob(".*"), *tmp_path.glob("*.jsonl"), *tmp_path.glob(".*.jsonl.*")]:
            path.unlink()
        for name, text in before.items():
            (corpus / name).write_bytes(text)

    count = 0
    for step in steps(lambda: run("pull", corpus, *files), tmp_path, begin):
        count = step + 1
        left = {name: text for name, text in content(corpus).items() if not name.startswith(".")}
        assert left.keys() == before.keys()
        assert all(text in (before[name], wanted[name]) for name, text in left.items())
        for file in tmp_path.glob("*.jsonl"):
            assert file.read_bytes().endswith(b"}\n")
        assert run("pull", corpus, *files).exit_code == 0
        assert {name: text for name, text in content(corpus).items() if not name.startswith(".")} == wanted
        assert (tmp_path / "out.jsonl").read_bytes().count(b"ORG") == len(before)
    assert count > 10


def test_guidelines_that_are_no_text_are_named_before_a_server_is_asked(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "guidelines.md").write_bytes(b"# Names\n\xff")
    there = {"LABEL_STUDIO_URL": "http://127.0.0.1:9", "LABEL_STUDIO_API_KEY": "token"}
    instructions = ("--instructions", tmp_path / "guidelines.md")
    for command, more in (("push", ()), ("export", ("--out", tmp_path / "out"))):
        failed = run(command, corpus, *instructions, *more, **there)
        assert failed.exit_code == 2
        assert failed.output.splitlines()[-1].startswith(
            f"spanproof: {tmp_path / 'guidelines.md'} is not UTF-8: byte 9"
        )
    assert not (tmp_path / "out").exists()


def test_a_server_that_can_t_be_reached_is_a_sentence(corpus: Path) -> None:
    there = {"LABEL_STUDIO_URL": "http://127.0.0.1:9", "LABEL_STUDIO_API_KEY": "token"}
    for command in ("push", "pull", "status"):
        failed = run(command, corpus, **there)
        assert failed.exit_code == 2
        *notes, problem = failed.output.strip().splitlines()
        assert all(note.startswith("Label Studio has no field for ") for note in notes)
        assert "doesn't answer" in problem


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with a database in it as Label Studio has one, of the tables that are touched."""
    (tmp_path / "template").mkdir()
    file = tmp_path / "template" / server_folder.DATABASE
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE htx_user (id INTEGER, email TEXT, password TEXT)")
        database.execute("CREATE TABLE authtoken_token (key TEXT, user_id INTEGER)")
        database.execute("INSERT INTO htx_user VALUES (1, ?, '')", (server_folder.USER,))
        database.execute("INSERT INTO authtoken_token VALUES ('', 1)")
    monkeypatch.setattr(server, "_installed", lambda _: tmp_path / "label-studio")
    monkeypatch.setattr(server, "_prepare_template", lambda *_: None)
    monkeypatch.setattr(server, "cache", lambda: tmp_path)
    return file


@pytest.mark.parametrize("step", ["write_text", "replace", "copyfile"])
def test_a_folder_that_was_cut_off_is_completed_by_the_next_start(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = tmp_path / "demo"
    monkeypatch.setattr(server_folder.shutil if step == "copyfile" else Path, step, full)
    with pytest.raises(ServerError, match="No space left on device"):
        server.start(folder)
    monkeypatch.undo()
    assert not (folder / server_folder.DATABASE).exists()
    first = credentials(folder, template)
    assert credentials(folder, template) == first
    assert all(first)


def test_a_demo_that_is_killed_at_any_step_of_its_folder_is_completed_by_the_next(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_folder, "_hashed", str.upper)  # a million rounds of it take a second
    folder = tmp_path / "demo"
    count = 0
    for step in steps(lambda: credentials(folder, template), folder, lambda: shutil.rmtree(folder, True)):
        count = step + 1
        password, token = credentials(folder, template)
        assert credentials(folder, template) == (password, token)
        with closing(sqlite3.connect(folder / server_folder.DATABASE)) as database:
            assert database.execute("SELECT key FROM authtoken_token").fetchall() == [(token,)]
        assert folder.stat().st_mode & 0o077 == 0
        assert [file.name for file in folder.iterdir() if file.stat().st_mode & 0o077] == []
    assert count > 5


@pytest.mark.parametrize("secrets", ["", "one\n", "a\nb\nc\n"])
def test_a_folder_whose_secrets_were_spoilt_is_refused(template: Path, tmp_path: Path, secrets: str) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "secrets").write_text(secrets)
    with pytest.raises(ServerError, match="isn't a password and token"):
        server.start(tmp_path / "demo")


def test_two_servers_don_t_run_over_one_folder(tmp_path: Path) -> None:
    (tmp_path / "process").write_text("4711")
    with (tmp_path / "server.log").open("a+b") as one, (tmp_path / "server.log").open("a+b") as other:
        demand_alone(one, tmp_path)
        with pytest.raises(ServerError, match=r"runs over .* already \(process 4711\)"):
            demand_alone(other, tmp_path)


def test_the_lock_lives_as_long_as_the_server(tmp_path: Path) -> None:
    with (tmp_path / "server.log").open("a+b") as log:
        demand_alone(log, tmp_path)
        running = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=log)
    with (tmp_path / "server.log").open("a+b") as log, pytest.raises(ServerError, match="process unknown"):
        demand_alone(log, tmp_path)
    running.kill()
    running.communicate()
    with (tmp_path / "server.log").open("a+b") as log:
        demand_alone(log, tmp_path)
