"""Programs that run in processes of their own: started, asked, waited for, ended with all that they started."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_GLANCE = 0.2
"""Seconds between two looks at a process that is waited for."""


@dataclass(frozen=True, eq=False)
class Process:
    """A program that was started.

    Attributes:
        popen: its process.
        log: what it writes to standard error, and to standard output where it isn't asked anything.
        own_group: whether it leads a process group of its own, to which all belong that it starts.
    """

    popen: "subprocess.Popen[bytes]"
    log: IO[bytes]
    own_group: bool = True

    @property
    def running(self) -> bool:
        """Whether it hasn't ended yet."""
        return self.popen.poll() is None

    def ask(self, question: bytes) -> bytes:
        """Write a line and return the line that it answers, with its line feed; without one where it has ended."""
        assert self.popen.stdin is not None
        try:
            self.popen.stdin.write(question + b"\n")
            self.popen.stdin.flush()
        except BrokenPipeError:
            return b""
        return self.read_line()

    def read_line(self) -> bytes:
        """Return the next line that it writes, with its line feed; without one where it has ended."""
        assert self.popen.stdout is not None
        return self.popen.stdout.readline()

    def wait(self, limit: float | None = None, glance: Callable[[], object] | None = None) -> bool:
        """Wait until it ends.

        Args:
            limit: seconds to wait at most; None for no limit.
            glance: called several times a second meanwhile, and once at the end.

        Returns:
            Whether it ended in time.
        """
        begun = time.monotonic()
        while True:
            with suppress(subprocess.TimeoutExpired):
                self.popen.wait(_GLANCE)
            if glance:
                glance()
            if self.popen.returncode is not None:
                return True
            if limit is not None and time.monotonic() - begun > limit:
                return False

    def end(self, patience: float = 5) -> None:
        """End it, and its group: by SIGTERM, and after some seconds, or where others are left of the group, SIGKILL."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                if self.own_group:
                    os.killpg(self.popen.pid, number)
                else:
                    self.popen.send_signal(number)
                self.popen.wait(patience)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self.popen.wait()
        for stream in (self.popen.stdin, self.popen.stdout):
            if stream:
                with suppress(OSError):  # What was still to be written to a process that is gone.
                    stream.close()

    def messages(self) -> list[str]:
        """Return the lines of its log that aren't blank."""
        return messages(self.log)

    def reason(self) -> str:
        """Return in one line why it ended: the signal, or else the last line of its log, or else its exit status."""
        status = self.popen.wait()
        if status < 0:
            return f"its process was ended by {_signal_name(-status)}"
        return last_message(self.log) or f"its process exited with {status}"


def start(
    command: Sequence[str],
    log: IO[bytes],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    pipes: bool = False,
    own_group: bool = True,
) -> Process:
    """Start a program.

    Args:
        command: the program and its arguments.
        log: a file, open for appending and reading, that takes its messages.
        env: its environment variables; None for those of this process.
        cwd: its working directory; None for that of this process.
        pipes: whether lines are written to its standard input and read from its standard output; if not, the input is
            empty and the output goes into the log.
        own_group: whether it leads a process group of its own, which a signal to this one's group doesn't reach.

    Raises:
        OSError: it can't be started.
    """
    popen = subprocess.Popen(
        command,
        stdin=subprocess.PIPE if pipes else subprocess.DEVNULL,
        stdout=subprocess.PIPE if pipes else log,
        stderr=log,
        env=env,
        cwd=cwd,
        start_new_session=own_group,
    )
    return Process(popen, log, own_group)


def last_message(log: IO[bytes]) -> str:
    """Return the last line of a log that isn't blank; an empty string where there is none."""
    return next(reversed(messages(log)), "")


def messages(log: IO[bytes]) -> list[str]:
    """Return the lines of a log that aren't blank."""
    log.seek(0)
    lines = (line.strip() for line in log.read().decode("utf-8", "replace").splitlines())
    return [line for line in lines if line]


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def peak_memory() -> int:
    """Return how many bytes of memory this process has had at its peak; programs that it started don't count."""
    status = Path("/proc/self/status")
    if status.exists():  # There ru_maxrss is at least that of the process that started this one.
        peak = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        if peak:
            return int(peak[0]) * 1024
    maximum = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return maximum if sys.platform == "darwin" else maximum * 1024
