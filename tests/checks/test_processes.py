"""Work in processes of their own: the order of results, and what becomes of the processes."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from itertools import count

import pytest

from spanproof.checks.processes import WorkerError, in_order

pytestmark = pytest.mark.slow


def slower_at_first(_: int, value: int) -> int:
    time.sleep(0.2 / (1 + value))
    return value * value


def ended(_: int, value: int) -> int:
    if value == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return value


def wrong(_: int, value: int) -> int:
    raise ValueError(f"{value} is wrong")


def test_results_come_in_order_and_no_process_stays() -> None:
    before = multiprocessing.active_children()
    assert list(in_order(slower_at_first, 0, range(6), 2)) == [0, 1, 4, 9, 16, 25]
    some = in_order(slower_at_first, 0, count(), 2)
    assert [next(some), next(some)] == [0, 1]
    some.close()
    assert multiprocessing.active_children() == before


def test_a_process_that_is_ended_is_told_and_what_came_before_it_is_there() -> None:
    results = []
    with pytest.raises(WorkerError, match="was ended before its part was done"):
        results.extend(in_order(ended, 0, range(100), 2))
    with pytest.raises(ValueError, match="0 is wrong"):
        list(in_order(wrong, 0, range(3), 2))


def ended_while_it_answers(_: int, value: int) -> bytes:
    """Return more than a pipe holds, and end the process when a part of it is there."""
    if value == 1:
        threading.Thread(target=end_in_the_middle, daemon=True).start()
        return bytes(10_000_000)
    return b""


def end_in_the_middle() -> None:
    main = threading.main_thread().ident
    assert main is not None
    while (frame := sys._current_frames()[main]).f_code.co_name != "_send" or len(frame.f_locals["buf"]) < 100:
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_is_ended_while_it_answers_is_told() -> None:
    with pytest.raises(WorkerError, match="was ended before its part was done"):
        list(in_order(ended_while_it_answers, 0, range(100), 2))
