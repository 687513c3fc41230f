"""A function over many values, in processes of their own."""

import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future
    from multiprocessing.connection import Connection

Shared = TypeVar("Shared")
Value = TypeVar("Value")
Result = TypeVar("Result")

_AHEAD = 3
"""How many values are given out for each process before the first of them is awaited."""


class WorkerError(RuntimeError):
    """A process was ended from outside before it had done its part."""


class _EndedError(Exception):
    """The process at the other end of a pipe is gone."""


def in_order(
    function: Callable[[Shared, Value], Result], shared: Shared, values: Iterable[Value], jobs: int
) -> Iterator[Result]:
    """Yield what a function makes of each value, in their order, each in one of some processes.

    No more values are asked for than keep the processes busy. Where this one ends, or what is yielded isn't asked for
    any more, so do they.

    Args:
        function: is given what all calls share, and a value. It stands at the top of a module.
        shared: is sent to each process once.
        values: what is sent to a process, one at a time.
        jobs: how many processes.

    Raises:
        WorkerError: a process was ended, by somebody or for want of memory.
    """
    from concurrent.futures import ThreadPoolExecutor

    workers = _Workers()
    waiting: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(jobs)
    try:
        workers.start(function, shared, jobs)
        for value in values:
            waiting.append(pool.submit(workers.call, value))
            if len(waiting) >= _AHEAD * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except _EndedError as error:
        raise WorkerError(
            f"one of {jobs} processes was ended before its part was done, by somebody or for want of memory; "
            "expected all to come to their end, perhaps with fewer jobs"
        ) from error
    finally:
        workers.end()
        pool.shutdown(cancel_futures=True)


class _Workers:
    """Some processes, of which a call takes one that is free."""

    def __init__(self) -> None:
        self._all: list[_Worker] = []
        self._free: queue.SimpleQueue[_Worker] = queue.SimpleQueue()

    def start(self, function: Callable[[Any, Any], Any], shared: Any, jobs: int) -> None:
        """Start them; where the system gives fewer, `end` ends those that there are."""
        import multiprocessing
        from multiprocessing.reduction import ForkingPickler

        ForkingPickler.register(MappingProxyType, lambda mapping: (MappingProxyType, (dict(mapping),)))
        # A process that is forked has read the package already; beside other threads it may hang.
        way = "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"
        for _ in range(jobs):
            self._all.append(_Worker(multiprocessing.get_context(way), function, shared))
            self._free.put(self._all[-1])

    def call(self, value: Any) -> Any:
        """Return what a process makes of a value."""
        worker = self._free.get()
        try:
            return worker.call(value)
        finally:
            self._free.put(worker)

    def end(self) -> None:
        """End all, whatever they do: one that has only begun would outlive a signal that can be handled."""
        for worker in self._all:
            worker.process.kill()
        for worker in self._all:
            worker.process.join()


class _Worker:
    """A process that does one call after the other, and a pipe to it that no other process writes to.

    A queue that several write to is lost where one of them is ended while it writes: who reads it waits for ever.
    """

    def __init__(self, context: Any, function: Callable[[Any, Any], Any], shared: Any) -> None:
        self._pipe, other = context.Pipe()
        self.process = context.Process(target=_work, args=(other, function, shared))
        self.process.start()
        other.close()

    def call(self, value: Any) -> Any:
        """Return what the process makes of a value, or raise what it raises.

        Raises:
            _EndedError: the process is ended before.
        """
        try:
            self._pipe.send(value)
            result, error = self._pipe.recv()
        except (EOFError, OSError) as broken:
            raise _EndedError from broken
        if error is not None:
            raise error
        return result


def _work(pipe: "Connection[Any, Any]", function: Callable[[Any, Any], Any], shared: Any) -> None:
    """Do calls until the process is ended, by the one that it works for or with it."""
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        value = pipe.recv()
        answer: tuple[Any, Exception | None]
        try:
            answer = (function(shared, value), None)
        except Exception as error:
            error.add_note(traceback.format_exc())
            answer = (None, _sendable(error))
        pipe.send(answer)


def _sendable(error: Exception) -> Exception:
    """Return an error that arrives at another process: itself, or its name and words where it can't be packed."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # what a stranger's error does when it is packed is anything
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
