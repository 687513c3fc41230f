"""Work in processes of their own: the order of results, and what becomes of the processes."""

import multiprocessing
import os
import signal
import time
from itertools import count
from multiprocessing.connection import Connection

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


class UnpackableError(Exception):
    """An error that takes more than its words, so that it can't be unpacked."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")


def cut(_: int, value: int) -> int:
    raise EOFError("Compressed file ended before the end-of-stream marker was reached")


def unpackable(_: int, value: int) -> int:
    raise UnpackableError("a.jsonl", "no end")


def test_an_error_is_told_as_it_is_and_not_as_the_end_of_a_process() -> None:
    with pytest.raises(EOFError, match="Compressed file ended"):
        list(in_order(cut, 0, range(3), 2))
    with pytest.raises(RuntimeError, match=r"UnpackableError: a\.jsonl: no end"):
        list(in_order(unpackable, 0, range(3), 2))


def ended_while_it_answers(_: int, value: int) -> int:
    """End the process when half of its answer is in the pipe."""
    if value == 1:
        pytest.MonkeyPatch().setattr(Connection, "_send", half_of)
    return value


def half_of(pipe: Connection, content: bytes) -> None:
    os.write(pipe.fileno(), content[: len(content) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_is_ended_while_it_answers_is_told() -> None:
    with pytest.raises(WorkerError, match="was ended before its part was done"):
        list(in_order(ended_while_it_answers, 0, range(100), 2))
