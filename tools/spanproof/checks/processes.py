"""A function over many values, in processes of their own."""

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Shared = TypeVar("Shared")
Value = TypeVar("Value")
Result = TypeVar("Result")

_AHEAD = 3
"""How many values are given out for each process before the first of them is awaited."""
_SHARED: ContextVar[Any] = ContextVar("shared")
"""What all calls of the process share."""


class WorkerError(RuntimeError):
    """A process was ended from outside before it had done its part."""


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
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing.reduction import ForkingPickler

    ForkingPickler.register(MappingProxyType, lambda mapping: (MappingProxyType, (dict(mapping),)))
    # A process that is forked has read the package already; beside other threads it may hang.
    way = "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context(way), _begin, (shared,))
    waiting: deque[Future[Result]] = deque()
    done = False
    try:
        for value in values:
            waiting.append(pool.submit(_call, function, value))
            if len(waiting) >= _AHEAD * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
        done = True
    except BrokenProcessPool as error:
        raise WorkerError(
            f"one of {jobs} processes was ended before its part was done, by somebody or for want of memory; "
            "expected all to come to their end, perhaps with fewer jobs"
        ) from error
    finally:
        if not done:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
        pool.shutdown(cancel_futures=True)


def _begin(shared: Any) -> None:
    """Begin a process: keep what is shared, and end where somebody ends the process that it works for."""
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _SHARED.set(shared)


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call(function: Callable[[Any, Value], Result], value: Value) -> Result:
    return function(_SHARED.get(), value)
