"""Requests to a Label Studio server that change nothing, so that they can be sent again."""

import time
from typing import Any

_PAUSES = (0.5, 1.0, 2.0)
"""Seconds before a request is sent again."""


def answer_to(sdk: Any, path: str, **query: Any) -> Any:
    """Return a server's answer to a GET, asked again where it fails: with SQLite it answers 500 while others write.

    Args:
        sdk: the client of the server.
        path: the path under the server's address.
        query: the parameters.
    """
    ask = sdk._client_wrapper.httpx_client.request
    answer = ask(path, method="GET", params=query)
    for pause in _PAUSES:
        if answer.status_code < 500:
            break
        time.sleep(pause)
        answer = ask(path, method="GET", params=query)
    return answer
