"""The store of requests: what a server was asked and what it answered, byte by byte, under the digest of the request.

An answer that was kept is never paid for twice: a run that was ended goes on where it stopped. What came in the place
of an answer is kept beside it, to be looked at, and asked again. No header is kept, so no key.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
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
class Store:
    """A folder of exchanges.

    Attributes:
        folder: where they are; None keeps nothing.
    """

    folder: Path | None = None

    def answer(self, url: str, wanted: Mapping[str, Any]) -> Exchange | None:
        """Return the answer to a request that is kept; None where there is none that can be read.

        Args:
            url: the address.
            wanted: the body of the request with all its options, of which the server may have refused some.
        """
        path = self._path(url, wanted)
        if path is None or not path.is_file():
            return None
        try:
            exchange = Exchange(**parse(path.read_bytes(), lone_surrogates=True))
            exchange.response.encode("utf-8", "surrogateescape")
        except (OSError, ValueError, TypeError, AttributeError):
            return None
        sound = isinstance(exchange.seconds, int | float) and isinstance(exchange.request, Mapping)
        return exchange if sound and exchange.failure is None else None

    def keep(self, wanted: Mapping[str, Any], exchange: Exchange) -> None:
        """Keep an exchange: an answer under the digest of the request, a failure beside it.

        Args:
            wanted: the body of the request with all its options.
            exchange: the request as it was sent, and what came back.

        Raises:
            OSError: it can't be written.
        """
        path = self._path(exchange.url, wanted)
        if path is not None:
            kept = path if exchange.failure is None else path.with_suffix(".failed.json")
            replace_file(kept, f"{dump(asdict(exchange))}\n".encode())

    def _path(self, url: str, wanted: Mapping[str, Any]) -> Path | None:
        digest = hashlib.sha256(json.dumps([url, wanted], sort_keys=True).encode()).hexdigest()
        return self.folder and self.folder / digest[:2] / f"{digest}.json"
