import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from spanproof.systems.process import Process, last_message, peak_memory, start

Start = Callable[..., Process]


@pytest.fixture
def python(tmp_path: Path) -> Iterator[Start]:
    """What starts a program in Python; all are ended after the test."""
    started: list[Process] = []
    logs: list[IO[bytes]] = []

    def run(code: str, **options: bool) -> Process:
        logs.append((tmp_path / f"log{len(logs)}").open("a+b"))
        started.append(start([sys.executable, "-c", code], logs[-1], **options))
        return started[-1]

    yield run
    for process in started:
        process.end()
    for log in logs:
        log.close()


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().split()[2] != "Z"


def written(path: Path) -> str:
    """What a process has written into a file, once it has."""
    for _ in range(300):
        if path.exists() and path.read_text():
            break
        time.sleep(0.1)
    return path.read_text()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("print('first', flush=True); raise ValueError('torn')", "ValueError: torn"),
        ("print('said'); print(flush=True); raise SystemExit(3)", "said"),
        ("raise SystemExit(3)", "its process exited with 3"),
        ("import os; os.kill(os.getpid(), 9)", "its process was ended by SIGKILL"),
        ("import os; print('said', flush=True); os.kill(os.getpid(), 40)", "its process was ended by signal 40"),
    ],
)
def test_why_it_ended_is_told(python: Start, code: str, reason: str) -> None:
    process = python(code)
    assert process.wait(60)
    assert process.reason() == reason
    assert not process.running


def test_a_question_is_answered_by_a_line_until_it_ends(python: Start) -> None:
    code = "import sys\nfor line in sys.stdin:\n    if line == 'end\\n': break\n    print(line, end='', flush=True)"
    echo = python(code, pipes=True)
    assert echo.ask("a\u2028😀".encode()) == "a\u2028😀\n".encode()
    assert [echo.ask(b"end"), echo.ask(b"more" * 100_000)] == [b"", b""]


def test_it_is_glanced_at_and_given_a_limit(python: Start) -> None:
    glances: list[int] = []
    process = python("import time; time.sleep(600)")
    begun = time.monotonic()
    assert not process.wait(0.5, lambda: glances.append(1))
    assert time.monotonic() - begun < 60
    assert len(glances) > 1
    assert process.running


@pytest.mark.parametrize("deaf", [False, True])
def test_it_is_ended_with_all_that_it_started(python: Start, tmp_path: Path, deaf: bool) -> None:
    ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN);" if deaf else ""
    child = f"import os, signal, sys, time; {ignore} open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}, {str(tmp_path / 'pid')!r}])"
    process = python(code)
    pid = int(written(tmp_path / "pid"))
    process.end(0.5)
    for _ in range(50):
        if not alive(pid):
            break
        time.sleep(0.1)
    assert not process.running
    assert not alive(pid)
    process.end()


def test_one_in_this_group_is_ended_alone(python: Start) -> None:
    process = python("import time; time.sleep(600)", own_group=False)
    assert os.getpgid(process.popen.pid) == os.getpgid(0)
    process.end()
    assert process.popen.returncode == -signal.SIGTERM


def test_a_log_that_is_read_is_written_on(tmp_path: Path) -> None:
    with (tmp_path / "log").open("a+b") as log:
        assert last_message(log) == ""
        log.write(b"one\n\n \xff\n")
        log.flush()
        assert last_message(log) == "\ufffd"
        log.write(b"two")
        log.flush()
    assert (tmp_path / "log").read_bytes() == b"one\n\n \xff\ntwo"


def test_the_peak_of_memory_is_that_of_this_process() -> None:
    before = peak_memory()
    block = bytearray(200 * 2**20)
    assert peak_memory() >= before
    assert len(block) < peak_memory()
