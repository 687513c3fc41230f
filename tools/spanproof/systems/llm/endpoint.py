"""``openai:MODEL@URL``: any language model behind an OpenAI-compatible endpoint, its answers placed in the text."""

import hashlib
import json
import os
import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import regex

from spanproof.schema.paths import Registries
from spanproof.systems.llm.answer import items_of, read_answer
from spanproof.systems.llm.prompt import Question, questions
from spanproof.systems.system import Annotations, Family, MissingSystemError, PartialAnswer, Predict, Source, System
from spanproof.text.segmentation import Extent, sentences

if TYPE_CHECKING:
    import httpx2

OFFICIAL = "https://api.openai.com/v1"
KEY, BASE = "OPENAI_API_KEY", "OPENAI_BASE_URL"
_THING = re.compile(r"(?P<model>.+?)(?:@(?P<url>https?://.*))?")
# What looks like an address in the name of a model, but is none: the texts would go to another server than is meant.
_ADDRESS = re.compile(r"://|@[^@/]+(?::[0-9]+(?:/.*)?|/v1)/?$")
_PART = 2000  # Code points; the answer to a page stays within what models give at once.
_TRIES, _LONGEST_PAUSE = 4, 60.0
_FAILURES = 3
_CONNECT, _ANSWER = 10.0, 600.0  # Seconds.
_LATER = (408, 409, 429, 500, 502, 503, 504)
_FATAL = {401: f"the key in ${KEY} isn't taken", 403: f"the key in ${KEY} has no right to it", 404: "nothing is there"}
_LIMITS = (
    "What the model and its server can do; the name says which, and nothing says that the server keeps to it. It is "
    "asked at temperature 0 with a seed, where the server takes them: the same answer twice isn't promised. One "
    f"request a layer and part of a text: whole paragraphs, sentences of longer ones, up to {_PART} code points; a "
    "quotation whose source stands in another part has none. The model gives words, no offsets: they are placed where "
    "they stand alone, as they are or else by NFC, shapes of marks, blanks, case, or where the order of the answers "
    "leaves one place. Words that stand at several places, or at none, and malformed items aren't in the prediction, "
    "so that no score counts them as spurious: a warning counts them. A source or cue is the nearest to the content. "
    "No entity_id, speaker, mod or anchor; each quotation is an utterance of its own. A value that is no TIMEX3 value "
    "becomes one that says nothing. The labels are explained to it in a line each, after the guidelines of "
    "the corpus that the toolkit was developed with, without an example of a text. Whether a model saw the texts or "
    "their annotations in training is not known."
)


class AnswerError(ValueError):
    """A request that got no usable answer: what came in its place."""


@dataclass(frozen=True)
class Endpoint:
    """A model on a server.

    Attributes:
        model: its name there.
        url: the address of the server's API, ``http://127.0.0.1:8000/v1``.
        key: the key that the server asks for; None if it asks for none.
        patience: how many seconds an answer may take.
        pause: waits for some seconds.
        refused: the options that the server has turned out not to take.
    """

    model: str
    url: str
    key: str | None = field(default=None, repr=False)
    patience: float = _ANSWER
    pause: Callable[[float], None] = time.sleep
    refused: set[str] = field(default_factory=set)

    def client(self) -> "httpx2.Client":
        """Return a client of the server, to be closed."""
        import httpx2

        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        # A server on this computer is asked directly, whatever proxy there is.
        away = urlsplit(self.url).hostname not in ("127.0.0.1", "localhost", "::1")
        timeout = httpx2.Timeout(self.patience, connect=_CONNECT)
        return httpx2.Client(headers=headers, timeout=timeout, follow_redirects=True, trust_env=away)

    def ask(self, http: "httpx2.Client", rules: str, text: str, answer: Mapping[str, Any]) -> "httpx2.Response":
        """Return the server's response to a text; options that it refuses are left out, now and from then on.

        Args:
            http: the client.
            rules: what the model is to do.
            text: the text.
            answer: the JSON Schema of an answer.

        Raises:
            AnswerError: there is none, or it is an error.
            MissingSystemError: it doesn't know the key or the model.
        """
        form = {"type": "json_schema", "json_schema": {"name": "annotations", "strict": True, "schema": answer}}
        messages = [{"role": "system", "content": rules}, {"role": "user", "content": text}]
        options = {"temperature": 0, "seed": 0, "response_format": form}
        tried = [name for name in options if name not in self.refused]
        while True:
            body = {"model": self.model, "messages": messages, **{name: options[name] for name in tried}}
            response = self._sent(http, body)
            if response.status_code not in (400, 422) or not tried:
                break
            # The options that the error names, or else one by one from the last.
            error = response.text.replace("json_schema", "response_format")
            named = [name for name in tried if name in error] or tried[-1:]
            tried = [name for name in tried if name not in named]
        if response.status_code in _FATAL:
            raise MissingSystemError(f"{self}: {_FATAL[response.status_code]}: {self._excerpt(response)}")
        if not response.is_success:
            raise AnswerError(f"HTTP {response.status_code}: {self._excerpt(response)}")
        self.refused.update(options.keys() - set(tried))
        return response

    def _sent(self, http: "httpx2.Client", body: Mapping[str, Any]) -> "httpx2.Response":
        """Return the response to a request, which is sent again where the server may take it later."""
        import httpx2

        problem = ""
        for attempt in range(_TRIES):
            wait = 2.0**attempt
            try:
                response = http.post(f"{self.url}/chat/completions", json=body)
            except httpx2.ReadTimeout:  # It is at work: to ask again would make it slower yet.
                raise AnswerError(f"no answer within {self.patience:g} seconds") from None
            except httpx2.RequestError as error:
                problem = f"{type(error).__name__}: {error}"
            else:
                if response.status_code not in _LATER:
                    return response
                problem = f"HTTP {response.status_code}: {self._excerpt(response)}"
                later = response.headers.get("retry-after", "")
                wait = float(later) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", later) else wait
            if attempt < _TRIES - 1:
                self.pause(min(wait, _LONGEST_PAUSE))
        raise AnswerError(f"{problem} ({_TRIES} times)")

    def _excerpt(self, response: "httpx2.Response") -> str:
        content = " ".join(response.text.split())
        return (content.replace(self.key, "***") if self.key else content)[:200]

    def __str__(self) -> str:
        return f"{self.model} at {self.url}"


def content_of(response: "httpx2.Response") -> str:
    """Return what the model wrote.

    Raises:
        AnswerError: it wrote nothing, or the answer is cut off, or the response is another thing.
    """
    try:
        choice = response.json()["choices"][0]
        content, reason = choice["message"].get("content"), choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise AnswerError(f"the response isn't a chat completion: {response.text[:80]!r}") from None
    if reason == "length":
        raise AnswerError("the answer is cut off, at the greatest length that the server allows")
    if not isinstance(content, str):
        refusal = choice["message"].get("refusal")
        raise AnswerError(f"the model said nothing ({reason or 'no reason given'}{f': {refusal}' if refusal else ''})")
    return content


def parts(text: str, language: str = "en", limit: int = _PART) -> list[Extent]:
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


def _message(source: Source, part: Extent) -> str:
    day = f"The day of the text is {source.dct}.\n" if source.dct else ""
    return f"{day}The text:\n\n{source.text[slice(*part)]}"


def predict(endpoint: Endpoint, sources: Sequence[Source]) -> Iterator[Annotations]:
    """Yield what a model predicts of texts, one after the other.

    What fails is warned (:class:`spanproof.systems.system.PartialAnswer`), the rest goes on.

    Args:
        endpoint: the model.
        sources: the texts.

    Raises:
        MissingSystemError: it can't be had: the key or the model isn't known, or three requests in a row failed.
    """
    failures: list[str] = []

    def ask(source: Source, part: Extent, question: Question, http: "httpx2.Client") -> list[dict[str, Any]]:
        where = f"{source.id!r}, {question.layer} of {part[0]}:{part[1]}"
        try:
            response = endpoint.ask(http, question.rules, _message(source, part), question.answer)
        except AnswerError as error:
            failures.append(str(error))
            if len(failures) == _FAILURES:
                raise MissingSystemError(f"{endpoint}: {_FAILURES} requests in a row failed: {error}") from None
            warnings.warn(PartialAnswer(f"{where}: {error}"), stacklevel=2)
            return []
        failures.clear()
        try:
            items = items_of(content_of(response), question)
        except ValueError as error:
            warnings.warn(PartialAnswer(f"{where}: {error}"), stacklevel=2)
            return []
        answer = read_answer(items, question, source.text[slice(*part)], source.id, part[0])
        if answer.lost or answer.changed:
            warnings.warn(PartialAnswer(f"{where}: {answer}"), stacklevel=2)
        return answer.annotations

    with endpoint.client() as http:
        for source in sources:
            cut = parts(source.text, source.language)
            yield {q.layer: [item for part in cut for item in ask(source, part, q, http)] for q in questions()}


def endpoint_of(argument: str, environment: Mapping[str, str]) -> Endpoint:
    """Return the endpoint of ``MODEL@URL``, or of ``MODEL`` at the URL in the environment, or else at OpenAI.

    Args:
        thing: the model and its address.
        environment: environment variables, of which :data:`KEY` and :data:`BASE` are read.

    Raises:
        ValueError: it is no model and address, or the address holds what it mustn't.
    """
    match = _THING.fullmatch(argument)
    if match is None or _ADDRESS.search(match["model"]):
        raise ValueError(f"{argument!r} isn't a model and its address; expected MODEL@http://HOST/v1")
    url = (match["url"] or environment.get(BASE) or OFFICIAL).rstrip("/")
    try:
        address = urlsplit(url)
        right = address.scheme in ("http", "https") and address.hostname and (address.port is None or address.port > 0)
    except ValueError:
        right = False
    if not right:
        raise ValueError(f"{url!r} isn't an address; expected MODEL@http://HOST/v1")
    if address.username is not None or address.password is not None or address.query or address.fragment:
        raise ValueError(f"an address holds no user, password, query or fragment here; a key stands in ${KEY}")
    return Endpoint(match["model"], url, environment.get(KEY, "").strip() or None)


def make(argument: str) -> System:
    """Return the system of ``MODEL@URL``; see :func:`endpoint_of`.

    Raises:
        ValueError: there is none of it.
    """
    endpoint = endpoint_of(argument, os.environ)

    def load(_: Registries) -> Predict:
        if endpoint.url == OFFICIAL and not endpoint.key:
            raise MissingSystemError(f"openai:{argument} needs a key: ${KEY}")
        if endpoint.key and not (endpoint.key.isascii() and endpoint.key.isprintable()):
            raise MissingSystemError(f"the key in ${KEY} holds characters that no key has")
        return lambda sources: predict(endpoint, sources)

    # With other rules, or another server behind $OPENAI_BASE_URL, it is another version: predictions aren't kept.
    prompts = json.dumps([endpoint.url, _PART, [[question.rules, question.answer] for question in questions()]])
    return System(
        name=f"openai:{argument}",
        version=f"2+{hashlib.sha256(prompts.encode()).hexdigest()[:8]}",
        licence="not known: the server's",
        weights="not known: the model's",
        predicts={question.layer: question.labels for question in questions()},
        limits=_LIMITS,
        open=load,
        requires=("httpx2>=2.0,<3",),
    )


FAMILY = Family(
    name="openai",
    argument="MODEL@URL",
    about=f"a language model behind an OpenAI-compatible endpoint (its key in ${KEY}), @URL or ${BASE}",
    make=make,
)
