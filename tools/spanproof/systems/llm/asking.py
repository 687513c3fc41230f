"""Asking: texts to requests, many under way at once, and answers to annotations, with a count of all that was lost."""

import asyncio
import time
import warnings
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import regex

from spanproof.parsing.json import parse
from spanproof.systems.brief import Brief
from spanproof.systems.llm.answer import ReadAnswer, items_of, read_answer
from spanproof.systems.llm.completion import completion_of, tokens_of
from spanproof.systems.llm.event_loop import running
from spanproof.systems.llm.failure import ANOTHER_SEED, UNHEARD, AnswerError
from spanproof.systems.llm.question import Question
from spanproof.systems.llm.sending import OPTIONS, Endpoint, Reply
from spanproof.systems.llm.store import Exchange, StoredRequest
from spanproof.systems.outcomes import RequestOutcomes
from spanproof.systems.prediction import PredictionError
from spanproof.systems.system import Annotations, MissingSystemError, PartialAnswer, Source
from spanproof.text.segmentation import Extent, sentences

if TYPE_CHECKING:
    import httpx2

PART = 2000
"""How long a part of a text may be (code points): the answer to a page stays within what models give at once."""
SEEDS = (0, 1)
"""What an answer is asked for with, and once more where it can't be read."""
_IN_A_ROW = 3
_FEW = 3


def parts(text: str, language: str = "en", limit: int = PART) -> list[Extent]:
    """Return a text in parts that are asked about by themselves.

    A part is as many whole paragraphs as the limit lets, else sentences; a sentence that is longer is a part by itself.
    Every character but white space lies in one part.

    Args:
        text: the text.
        language: its language, a BCP 47 tag.
        limit: how long a part may be (code points).
    """
    cut = sentences(text, language)
    pieces: list[Extent] = []
    for line in regex.finditer(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+", text):
        within = [sentence for sentence in cut if line.start() <= sentence[0] and sentence[1] <= line.end()]
        whole = within and within[-1][1] - within[0][0] <= limit
        pieces += [(within[0][0], within[-1][1])] if whole else within
    joined: list[Extent] = []
    for start, end in pieces:
        if joined and end - joined[-1][0] <= limit:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def message(source: Source, part: Extent) -> str:
    """Return what a model is given to annotate: the day of a text, where it is known, and a part of it."""
    day = f"The day of the text is {source.dct}.\n" if source.dct else ""
    return f"{day}The text:\n\n{source.text[slice(*part)]}"


@dataclass
class Asker:
    """Asks a model about texts.

    Attributes:
        endpoint: the model.
        questions: what is asked, each with what the model is told to do.
        brief: how it may be asked.
        outcomes: what became of the last texts.
    """

    endpoint: Endpoint
    questions: Sequence[tuple[Question, str]]
    brief: Brief
    outcomes: RequestOutcomes = field(default_factory=RequestOutcomes)

    def __call__(self, sources: Sequence[Source]) -> Iterator[Annotations]:
        """Yield what a model predicts of texts, one after the other; requests run ahead of what is yielded.

        What fails is warned (:class:`spanproof.systems.system.PartialAnswer`) and counted, the rest goes on.

        Args:
            sources: the texts.

        Raises:
            MissingSystemError: the model can't be had: the key or the model isn't known, or nothing answers.
            PredictionError: too many requests have no usable answer, so that what there is is no prediction.
        """
        self.outcomes = RequestOutcomes()
        sent_before = self.endpoint.sent
        with running() as runs:
            run = _Run(self, self.endpoint.client(self.brief.concurrency), asyncio.Semaphore(self.brief.concurrency))
            waiting: deque[_Asked] = deque()
            left = iter(replace(source, id=source.id or str(k)) for k, source in enumerate(sources, 1))
            try:
                while True:
                    done = runs(run.next_answer(waiting, left))
                    self.outcomes.sent = self.endpoint.sent - sent_before
                    if done is None:
                        break
                    yield done
            finally:
                runs(run.end(waiting))
        self._end()

    def _end(self) -> None:
        """Reckon the cost, and refuse a prediction of which too much is missing."""
        price = self.brief.prices.get(self.endpoint.model)
        if price:
            asked, answered = self.outcomes.tokens
            self.outcomes.cost = (asked * price["input"] + answered * price["output"]) / 1e6
        if self.outcomes.problem:
            raise PredictionError(f"{self.endpoint}: {self.outcomes.problem}{self.rest}")

    @property
    def rest(self) -> str:
        """What is said behind a failure: that no answer is lost."""
        return f"; answers are kept in {self.brief.store}, the next run asks for the rest" if self.brief.store else ""


@dataclass
class _Asked:
    """A text whose questions are under way."""

    source: Source
    tasks: Sequence["asyncio.Task[tuple[Question, list[Mapping[str, Any]]]]"]


@dataclass
class _Run:
    """One prediction: its client, how many may ask at once, how many failures came in a row, whether it is over."""

    asker: Asker
    http: "httpx2.AsyncClient"
    free: asyncio.Semaphore
    unheard: int = 0
    ended: bool = False

    async def next_answer(self, waiting: deque[_Asked], left: Iterator[Source]) -> Annotations | None:
        """Return what is predicted of the next text, with requests for further ones under way; None at the end."""
        ahead = 2 * self.asker.brief.concurrency
        while sum(not task.done() for asked in waiting for task in asked.tasks) < ahead and len(waiting) < ahead:
            source = next(left, None)
            if source is None:
                break
            cut = parts(source.text, source.language)
            tasks = [
                asyncio.create_task(self.answered(source, part, question, instructions))
                for question, instructions in self.asker.questions
                for part in cut
            ]
            waiting.append(_Asked(source, tasks))
        if not waiting:
            return None
        answers: dict[str, list[Mapping[str, Any]]] = {question.layer: [] for question, _ in self.asker.questions}
        for question, annotations in await asyncio.gather(*waiting[0].tasks):
            answers[question.layer] += annotations
        waiting.popleft()
        return answers

    async def end(self, waiting: deque[_Asked]) -> None:
        """Give up what is under way still, and close the connections."""
        under_way = [task for asked in waiting for task in asked.tasks]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self.http.aclose()

    async def answered(
        self, source: Source, part: Extent, question: Question, instructions: str
    ) -> tuple[Question, list[Mapping[str, Any]]]:
        """Return what is annotated of a layer in a part of a text; count and tell what isn't."""
        outcomes, endpoint = self.asker.outcomes, self.asker.endpoint
        where = f"{source.id!r}, {question.layer} of {part[0]}:{part[1]}"
        bodies = [endpoint.body(instructions, message(source, part), question.answer, seed) for seed in SEEDS]
        async with self.free:
            if self.ended:
                return question, []
            outcomes.requests += 1
            try:
                items = await self._items(bodies, question)
            except MissingSystemError:
                self.ended = True
                raise
            except AnswerError as error:
                outcomes.failures[error.kind] = outcomes.failures.get(error.kind, 0) + 1
                warnings.warn(PartialAnswer(f"{where}: {error}"), stacklevel=2)
                return question, []
        answer = read_answer(items, question, source.text[slice(*part)], source.id, part[0])
        self._count(answer, source, question, where)
        return question, [annotation for annotation, _ in answer.annotations]

    def _count(self, answer: ReadAnswer, source: Source, question: Question, where: str) -> None:
        outcomes = self.asker.outcomes
        outcomes.annotations += len(answer.annotations)
        outcomes.unplaced += answer.unplaced
        for annotation, level in answer.annotations:
            if level != "proved":
                pieces = annotation[question.pieces] if question.pieces else [annotation]
                outcomes.likely.append((source.id, question.layer, pieces[0]["start"], pieces[-1]["end"]))
        lost = [f"{item.words[:80]!r} {item.why}" if item.words else item.why for item in answer.unplaced]
        for faults, what in ((lost, "not placed"), (answer.changed, "changed")):
            more = f"; and {len(faults) - _FEW} more" if len(faults) > _FEW else ""
            if faults:
                of = len(answer.annotations) + len(answer.unplaced)
                warning = f"{where}: {len(faults)} of {of} answers {what}: {'; '.join(faults[:_FEW])}{more}"
                warnings.warn(PartialAnswer(warning), stacklevel=2)

    async def _items(self, bodies: Sequence[Mapping[str, Any]], question: Question) -> list[Any]:
        """Return the items of an answer that is kept, or else of one that is asked for.

        Raises:
            AnswerError: there is none that can be used.
            MissingSystemError: see :meth:`Endpoint.ask`, or nothing answers.
        """
        outcomes, endpoint = self.asker.outcomes, self.asker.endpoint
        entries = [StoredRequest(self.asker.brief.store, endpoint.url, body) for body in bodies]
        for entry in entries:
            if kept := entry.answer:
                content = kept.response.encode("utf-8", "surrogateescape")
                try:
                    items = items_of(completion_of(content).content, question)
                except AnswerError:  # Somebody has changed the file: it is asked for again.
                    continue
                outcomes.reused += 1
                self._spend(content, kept.seconds, entry.wanted, kept.request)
                return items
            if not entry.failed:  # The next seed was tried only after a failure.
                break
        for entry in entries[:-1]:
            try:
                return await self._asked(entry, question)
            except AnswerError as error:
                if error.kind not in ANOTHER_SEED:
                    raise
        return await self._asked(entries[-1], question)

    async def _asked(self, entry: StoredRequest, question: Question) -> list[Any]:
        """Ask once, and keep what comes."""
        endpoint, begun, body = self.asker.endpoint, time.monotonic(), entry.wanted
        reply = Reply(0, b"", body)
        failure: AnswerError | None = None
        items: list[Any] = []
        try:
            reply = await endpoint.ask(self.http, body)
            try:
                items = items_of(completion_of(reply.body).content, question)
            except AnswerError:  # What is no answer is told and kept without the key, however short that is.
                reply = replace(reply, body=endpoint.redacted(reply.body))
                items = items_of(completion_of(reply.body).content, question)
        except AnswerError as error:
            failure = error
        seconds = round(time.monotonic() - begun, 3)
        response = reply.body.decode("utf-8", "surrogateescape")
        why = str(failure) if failure else None
        entry.keep(Exchange(endpoint.url, reply.request, response, reply.status, seconds, why))
        self._spend(reply.body, seconds, body, reply.request)
        self._demand_heard(failure)
        if failure:
            raise failure
        return items

    def _spend(self, body: bytes, seconds: float, wanted: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
        """Count the tokens and seconds of a request, and what of it the server didn't take."""
        outcomes = self.asker.outcomes
        try:
            asked, answered = tokens_of(parse(body, lone_surrogates=True))
        except ValueError:
            asked, answered = 0, 0
        outcomes.tokens = (outcomes.tokens[0] + asked, outcomes.tokens[1] + answered)
        outcomes.seconds = round(outcomes.seconds + seconds, 3)
        outcomes.left_out = sorted(
            {*outcomes.left_out, *(name for name in OPTIONS if name in wanted and name not in sent)}
        )

    def _demand_heard(self, failure: AnswerError | None) -> None:
        """Demand that a server still answers: as many in a row as are under way at once may fail, or three.

        Raises:
            MissingSystemError: more did.
        """
        self.unheard = self.unheard + 1 if failure and failure.kind in UNHEARD else 0
        if self.unheard >= max(_IN_A_ROW, self.asker.brief.concurrency):
            raise MissingSystemError(
                f"{self.asker.endpoint}: {self.unheard} requests in a row got no answer: {failure}{self.asker.rest}"
            )
