"""One thread that predicts for many requests: few may wait, and what nobody waits for any more isn't predicted.

The thread is a daemon: a process that is told to stop doesn't wait for a model.
"""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

PLACES = 8
"""How many requests may be read, wait and be answered at the same time."""


class AbandonedError(Exception):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, eq=False)
class Job:
    """A request that is to be answered.

    Attributes:
        content: the body of the request.
        answer: what is answered, once it is.
        is_abandoned: whether nobody waits for it any more.
    """

    content: bytes
    answer: "Future[Any]" = field(default_factory=Future)
    is_abandoned: threading.Event = field(default_factory=threading.Event)

    def demand_waiting(self) -> None:
        """Raise where nobody waits for the answer any more.

        Raises:
            AbandonedError: nobody does.
        """
        if self.is_abandoned.is_set():
            raise AbandonedError


@dataclass(frozen=True, eq=False)
class Predictor:
    """Answers jobs, one after the other, in a thread of its own.

    Attributes:
        work: answers a job; it asks the job now and then whether anybody waits still.
        jobs: those that wait; there are never more than the places, since each has one.
        places: the free ones.
    """

    work: Callable[[Job], Any]
    jobs: "queue.SimpleQueue[Job]" = field(default_factory=queue.SimpleQueue)
    places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(PLACES))

    def __post_init__(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._run, daemon=True, name="predictor").start()

    async def answer(self, content: bytes, departure: Awaitable[None]) -> Any:
        """Return the answer to a request.

        Args:
            content: the body of the request.
            departure: ends when the client has gone.

        Raises:
            AbandonedError: the client has gone; what isn't predicted yet won't be.
        """
        job = Job(content)
        self.jobs.put(job)
        answered, leaving = asyncio.wrap_future(job.answer), asyncio.ensure_future(departure)
        try:
            await asyncio.wait({answered, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not answered.done():
                raise AbandonedError
            return answered.result()
        finally:
            job.is_abandoned.set()
            leaving.cancel()
            answered.cancel()

    def _run(self) -> None:
        while True:
            job = self.jobs.get()
            if not job.answer.set_running_or_notify_cancel():
                continue
            try:
                job.answer.set_result(self.work(job))
            except BaseException as error:  # A model may raise anything, and the next request must be answered.
                job.answer.set_exception(error)
