"""Ctrl-C: one sentence and one exit code, however early it comes."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

INTERRUPTED = 128 + signal.SIGINT
"""The exit code of a command that somebody ended by Ctrl-C, as shells have it."""


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back until a block has ended: within an import it may come out as another error.

    Where signals can't be held back (Windows), nothing is.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def tell_interruption() -> NoReturn:
    """Say that somebody interrupted, and exit as shells have it."""
    sys.stderr.write("spanproof: interrupted\n")
    sys.exit(INTERRUPTED)
