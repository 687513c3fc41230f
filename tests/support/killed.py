"""Processes that are killed in the middle of their work, at any step that changes a file: nothing of theirs runs on."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_CHANGING = ("os.rename", "os.remove", "os.mkdir", "os.chmod", "os.chown", "tempfile.mkstemp", "sqlite3.connect")
_KILLED = 9


def killed(action: Callable[[], object], folder: Path, step: int) -> bool:
    """Whether a process of its own, which does something, was killed before its n-th change of a file in a folder.

    It ends there without a word, as by SIGKILL: no handler runs, and what it has open stays as it is.
    """
    child = os.fork()
    if child == 0:
        changed = 0

        def watch(event: str, arguments: Any) -> None:
            nonlocal changed
            changes = event in _CHANGING or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR))
            if changes and any(str(folder) in str(argument) for argument in arguments):
                changed += 1
                if changed > step:
                    os._exit(_KILLED)

        signal.alarm(60)
        sys.addaudithook(watch)
        try:
            action()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFEXITED(status), "it hangs"
    return os.WEXITSTATUS(status) == _KILLED


def steps(action: Callable[[], object], folder: Path, begin: Callable[[], object]) -> Iterator[int]:
    """Kills an action at one step after the other until it isn't reached; yields after each kill.

    ``begin`` puts everything as it is before the action.
    """
    step = 0
    while True:
        begin()
        if not killed(action, folder, step):
            return
        yield step
        step += 1
