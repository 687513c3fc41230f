"""Sending: one request to a language model behind an OpenAI-compatible endpoint, until there is an answer or none.

A redirect is not followed: the text would go to another server than is meant. What comes is cut off at a size and a
time, whatever the server does. The key stands in no error and in nothing that is kept.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from spanproof.systems.llm.failure import AnswerError
from spanproof.systems.system import MissingSystemError

if TYPE_CHECKING:
    import httpx2

KEY = "OPENAI_API_KEY"
OPTIONS = ("temperature", "seed", "response_format")
"""What may be left out of a request where the server doesn't take it."""
LARGEST = 8_000_000
"""How many bytes the body of a response may have."""

_SECRET = 16
"""Characters of a key that can't be words of an answer: shorter ones, as ``EMPTY`` or ``null``, are no secret."""
_TRIES, _LONGEST_PAUSE = 4, 60.0
_CONNECT, _SILENCE = 10.0, 300.0  # Seconds: until there is a connection, and until the next bytes come.
_LATER = (408, 409, 425, 429, 500, 502, 503, 504, 529)
_FATAL = {401: f"the key in ${KEY} isn't taken", 403: f"the key in ${KEY} has no right to it", 404: "nothing is there"}


@dataclass(frozen=True)
class Reply:
    """What came back.

    Attributes:
        status: the HTTP status.
        body: the body, without the key where it stood there; an answer keeps a short one, which may be a word of it.
        request: the body of the request as it was sent.
        later: how many seconds the server asks to wait; None where it doesn't.
        leads: where a redirect leads.
    """

    status: int
    body: bytes
    request: Mapping[str, Any]
    later: float | None = None
    leads: str = ""

    @property
    def excerpt(self) -> str:
        """The beginning of the body in one line."""
        return " ".join(self.body[:2000].decode("utf-8", "replace").split())[:200]


@dataclass
class Pace:
    """When the next request may be sent.

    Attributes:
        per_minute: how many may be sent in a minute; None for no limit.
        free: the time from which on one may be sent (of the clock of :func:`time.monotonic`).
    """

    per_minute: float | None = None
    free: float = 0.0

    def wait(self) -> float:
        """Return how many seconds a request has to wait that takes its turn now."""
        now = time.monotonic()
        at = max(self.free, now)
        self.free = at + 60 / self.per_minute if self.per_minute else self.free
        return at - now

    def hold(self, seconds: float) -> None:
        """Let no request be sent for some seconds: the server asked for it."""
        self.free = max(self.free, time.monotonic() + seconds)


@dataclass
class Endpoint:
    """A model on a server.

    Attributes:
        model: its name there.
        url: the address of the server's API, ``http://127.0.0.1:8000/v1``.
        key: the key that the server asks for; None if it asks for none.
        patience: how many seconds an answer may take, from the request to its last byte.
        silence: how many seconds may pass until the next bytes come.
        pace: when the next request may be sent.
        pause: waits for some seconds.
        refused: the options that the server has turned out not to take.
        sent: how many requests were sent.
    """

    model: str
    url: str
    key: str | None = field(default=None, repr=False)
    patience: float = 600.0
    silence: float = _SILENCE
    pace: Pace = field(default_factory=Pace)
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    refused: set[str] = field(default_factory=set)
    sent: int = 0

    def client(self, connections: int) -> "httpx2.AsyncClient":
        """Return a client of the server, to be closed.

        Args:
            connections: how many there may be at once.
        """
        import httpx2

        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        # A server on this computer is asked directly, whatever proxy there is.
        away = urlsplit(self.url).hostname not in ("127.0.0.1", "localhost", "::1")
        timeout = httpx2.Timeout(self.silence, connect=_CONNECT, pool=None)
        limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
        return httpx2.AsyncClient(
            headers={**headers, "Accept-Encoding": "identity"}, timeout=timeout, limits=limits, trust_env=away
        )

    def body(self, rules: str, text: str, answer: Mapping[str, Any], seed: int) -> dict[str, Any]:
        """Return the body of a request with all its options.

        Args:
            rules: what the model is to do.
            text: the text.
            answer: the JSON Schema of an answer.
            seed: for the server, where it takes one.
        """
        form = {"type": "json_schema", "json_schema": {"name": "annotations", "strict": True, "schema": answer}}
        messages = [{"role": "system", "content": rules}, {"role": "user", "content": text}]
        return {"model": self.model, "messages": messages, "temperature": 0, "seed": seed, "response_format": form}

    async def ask(self, http: "httpx2.AsyncClient", body: Mapping[str, Any]) -> Reply:
        """Return what a server answers with a status of 200; options that it refuses are left out from then on.

        Args:
            http: the client.
            body: of the request, with all its options.

        Raises:
            AnswerError: there is no answer.
            MissingSystemError: the server doesn't know the key or the model.
        """
        tried = [name for name in OPTIONS if name in body and name not in self.refused]
        while True:
            request = {name: value for name, value in body.items() if name not in OPTIONS or name in tried}
            reply = await self._sent(http, request)
            if reply.status not in (400, 422) or not tried:
                break
            # The options that the error names, or else one by one from the last.
            problem = reply.excerpt.replace("json_schema", "response_format")
            named = [name for name in tried if name in problem] or tried[-1:]
            tried = [name for name in tried if name not in named]
        if reply.status in _FATAL:
            raise MissingSystemError(f"{self}: {_FATAL[reply.status]}: {reply.excerpt}")
        if 300 <= reply.status < 400:
            raise AnswerError("redirect", f"HTTP {reply.status} to {reply.leads or 'nowhere'}, which isn't followed")
        if reply.status != 200:
            raise AnswerError("refused request", f"HTTP {reply.status}: {reply.excerpt}")
        self.refused.update(name for name in OPTIONS if name in body and name not in tried)
        return reply

    async def _sent(self, http: "httpx2.AsyncClient", request: Mapping[str, Any]) -> Reply:
        """Return the response to a request, which is sent again where the server may take it later."""
        import httpx2

        failure = AnswerError("unavailable", "")
        for attempt in range(_TRIES):
            if (turn := self.pace.wait()) > 0:
                await self.pause(turn)
            wait = 2.0**attempt
            try:
                async with asyncio.timeout(self.patience):
                    reply = await self._exchanged(http, request)
            except (TimeoutError, httpx2.ReadTimeout):  # It is at work: to ask again would make it slower yet.
                limit = min(self.patience, self.silence)
                raise AnswerError("no answer in time", f"after {limit:g} seconds or more") from None
            except (httpx2.RequestError, httpx2.InvalidURL) as error:
                failure = AnswerError("no connection", self.without_key(f"{type(error).__name__}: {error}"))
            else:
                if reply.status not in _LATER:
                    return reply
                failure = AnswerError("unavailable", f"HTTP {reply.status}: {reply.excerpt}")
                wait = wait if reply.later is None else reply.later
                self.pace.hold(min(wait, _LONGEST_PAUSE) if reply.later is not None else 0)
            if attempt < _TRIES - 1:
                await self.pause(min(wait, _LONGEST_PAUSE))
        raise AnswerError(failure.kind, f"{str(failure).partition(': ')[2]} ({_TRIES} times)")

    async def _exchanged(self, http: "httpx2.AsyncClient", request: Mapping[str, Any]) -> Reply:
        """Send a request once, and read the response as far as it may go."""
        self.sent += 1
        content = bytearray()
        sent = json.dumps(request).encode()
        headers = {"Content-Type": "application/json"}
        async with http.stream("POST", f"{self.url}/chat/completions", content=sent, headers=headers) as response:
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    raise AnswerError("too large", f"the response has more than {LARGEST:,} bytes")
        later = response.headers.get("retry-after", "")
        answer = response.status_code == 200 and len(self.key or "") < _SECRET
        return Reply(
            response.status_code,
            bytes(content) if answer else self.redacted(bytes(content)),
            request,
            float(later) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", later) else None,
            self.without_key(response.headers.get("location", ""))[:200],
        )

    def redacted(self, body: bytes) -> bytes:
        """Return the body of a response in which the key doesn't stand."""
        return body.replace(self.key.encode(), b"***") if self.key else body

    def without_key(self, message: str) -> str:
        """Return a message in which the key doesn't stand."""
        return message.replace(self.key, "***") if self.key else message

    def __str__(self) -> str:
        return f"{self.model} at {self.url}"
