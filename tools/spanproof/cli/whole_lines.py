"""Lines that are written whole, whatever interrupts the command."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click


def write_line(line: str) -> None:
    """Write a line, with its end, to standard output; Ctrl-C is obeyed after it, and at once if pressed again."""
    with _uninterrupted():
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            click.echo(line, nl=False)
            return
        sys.stdout.flush()
        left = memoryview(line.encode())
        while left:  # with PYTHONUNBUFFERED a signal ends a write in the middle, and text would lose its rest
            left = left[stream.write(left) :]
        stream.flush()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back until the block is done; pressed again, it ends the block."""
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[tuple[int, Any]] = []

    def hold(number: int, frame: Any) -> None:
        pressed.append((number, frame))
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, hold)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        before(*pressed[0])
