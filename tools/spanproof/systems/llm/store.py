"""The store of requests: what a server was asked and what it answered, byte by byte, under the digest of the request.

An answer that was kept is never paid for twice: a run that was ended goes on where it stopped. What came in the place
of an answer is kept beside it, to be looked at, and asked again. No header is kept, so no key.
"""

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spanproof.formats.files import replace_file
from spanproof.parsing.json import dump, parse


@dataclass(frozen=True)
class Exchange:
    """A request and what came back.

    Attributes:
        url: the address that was asked.
        request: the body of the request, as it was sent.
        response: the body of the response; bytes that are no UTF-8 stand as lone surrogates.
        status: its HTTP status.
        seconds: how long it took, with what was tried again.
        failure: what came in the place of an answer; None for an answer.
    """

    url: str
    request: Mapping[str, Any]
    response: str
    status: int
    seconds: float
    failure: str | None = None


@dataclass(frozen=True)
class StoredRequest:
    """The place of one request in a folder: an answer, and beside it what came in the place of one.

    Attributes:
        folder: the folder; None keeps nothing.
        url: the address.
        wanted: the body of the request with all its options, of which the server may have refused some.
    """

    folder: Path | None
    url: str
    wanted: Mapping[str, Any]

    @functools.cached_property
    def path(self) -> Path | None:
        """The file of the answer; None where nothing is kept."""
        if self.folder is None:
            return None
        digest = hashlib.sha256(json.dumps([self.url, self.wanted], sort_keys=True).encode()).hexdigest()
        return self.folder / digest[:2] / f"{digest}.json"

    @property
    def failed(self) -> bool:
        """Whether a failure is kept."""
        return self.path is not None and self._beside(self.path).is_file()

    @property
    def answer(self) -> Exchange | None:
        """The answer; None where there is none that can be read."""
        if self.path is None or not self.path.is_file():
            return None
        try:
            exchange = Exchange(**parse(self.path.read_bytes(), lone_surrogates=True))
            exchange.response.encode("utf-8", "surrogateescape")
        except (OSError, ValueError, TypeError, AttributeError):
            return None
        sound = isinstance(exchange.seconds, int | float) and isinstance(exchange.request, Mapping)
        return exchange if sound and exchange.failure is None else None

    def keep(self, exchange: Exchange) -> None:
        """Keep an exchange.

        Raises:
            OSError: it can't be written.
        """
        if self.path is not None:
            kept = self.path if exchange.failure is None else self._beside(self.path)
            replace_file(kept, f"{dump(vars(exchange))}\n".encode())

    @staticmethod
    def _beside(path: Path) -> Path:
        return path.with_suffix(".failed.json")
