"""The folder of a server: cut off, full, spoilt or in use, it is completed or refused in one sentence."""

import errno
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
from spanproof.cli.labelstudio import labelstudio
from spanproof.labelstudio import server, server_folder
from spanproof.labelstudio.server_folder import ServerError, credentials, demand_alone
from spanproof.systems import process
from support.killed import steps
from support.labelstudio_tasks import ANA

ARTICLES = [sound(id=f"a{k}", entities=[ANA]) for k in range(2)]


def run(*arguments: object, **environment: str) -> Result:
    result = CliRunner().invoke(labelstudio, [str(argument) for argument in arguments], env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


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


def test_a_server_that_doesn_t_answer_is_waited_for_in_words_and_no_line_of_its_log_is_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_REPORTING", 0.5)
    monkeypatch.setenv(server.PATIENCE, "2")
    program = "import time; print('warnings.warn(self.APPS_NOT_READY)', flush=True); time.sleep(600)"
    reports: list[str] = []
    with (tmp_path / "server.log").open("a+b") as log:
        silent = process.start([sys.executable, "-c", program], log)
        url = f"http://127.0.0.1:{server._free_port()}"
        waiting = server.Server(url, "user", "password", "token", tmp_path, silent)
        with pytest.raises(ServerError) as refused:
            server._await_answer(waiting, reports.append)
        silent.end(patience=10)
    assert len(reports) >= 2
    assert all(report.startswith("waiting for Label Studio to answer, ") for report in reports)
    assert "doesn't answer after 2 s" in str(refused.value)
    assert f"{server.PATIENCE}=4 waits 4 s" in str(refused.value)
    assert str(tmp_path / "server.log") in str(refused.value)
    assert "APPS_NOT_READY" not in str(refused.value)


@pytest.mark.parametrize("wanted", ["0", "soon", "-1", "2.5"])
def test_a_limit_that_is_no_number_of_seconds_is_named(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    monkeypatch.setenv(server.PATIENCE, wanted)
    with pytest.raises(ServerError, match="expected a number of seconds"):
        server._patience()
