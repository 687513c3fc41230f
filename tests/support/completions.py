"""A server on this computer that answers as an OpenAI-compatible endpoint does, or in another way."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes] | None
"""Status, headers, body; None drops the connection."""
Answer = Callable[[dict[str, Any], int], Reply]
"""Takes the body of a request and its number from 1, returns the reply."""


def completion(content: Any, reason: str | None = "stop", **message: Any) -> Reply:
    """A chat completion."""
    choice = {"message": {"role": "assistant", "content": content, **message}, "finish_reason": reason}
    body = {"choices": [choice], "usage": {"prompt_tokens": 100, "completion_tokens": 10}}
    return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


def failing(status: int, message: str = "no", **headers: str) -> Reply:
    """A response with an error."""
    return status, headers, json.dumps({"error": {"message": message}}).encode()


def layer_of(body: Mapping[str, Any]) -> str:
    """The layer that a request asks for."""
    rules = body["messages"][0]["content"]
    return str(rules.partition('{"')[2].partition('"')[0])


def part_of(body: Mapping[str, Any]) -> str:
    """The text that a request asks about."""
    return str(body["messages"][1]["content"].partition("The text:\n\n")[2])


@contextmanager
def server(answer: Answer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An endpoint: its address, and what it was asked so far."""
    asked: list[dict[str, Any]] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                asked.append({**body, "path": self.path, "key": self.headers.get("Authorization")})
                count = len(asked)
            reply = answer(body, count)
            if reply is None:
                self.close_connection = True
                return
            status, headers, content = reply
            with suppress(OSError):  # who asked may have gone
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{httpd.server_port}/v1", asked
        finally:
            httpd.shutdown()
            thread.join()
