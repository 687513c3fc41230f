"""A backend that many ask at once, that is sent too much, whose clients go, that is told to stop."""

import base64
import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the backend is tested with spanproof[labelstudio]")
pytest.importorskip("uvicorn", reason="the backend is tested with spanproof[labelstudio]")

from starlette.testclient import TestClient

from spanproof.checks.predictions import faults
from spanproof.cli.labelstudio_serve import _is_loopback
from spanproof.labelstudio import backend as backends
from spanproof.labelstudio.predictor import PLACES
from spanproof.schema.schema import Schema
from spanproof.systems.registry import systems
from spanproof.systems.system import System

SLOW = """
import socket, sys, time
from spanproof.checks.predictions import faults
from spanproof.labelstudio.backend import backend, serve
from spanproof.schema.schema import Schema
from spanproof.systems.system import System

def predict(sources):
    for source in sources:
        time.sleep(float(source.text))
        yield {"entities": []}

system = System("slow", "1", "MIT", None, {"entities": ("PERSON",)}, "", lambda _: predict)
with socket.create_server(("127.0.0.1", 0)) as listening:
    print(listening.getsockname()[1], flush=True)
    serve(backend(system, predict, Schema.article(), faults), listening)
"""


@contextmanager
def slow() -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A process whose system sleeps as many seconds as a text says, and its port."""
    with subprocess.Popen([sys.executable, "-c", SLOW], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def asked(port: int, *seconds: float) -> http.client.HTTPConnection:
    """A connection on which predictions for texts were asked for."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = json.dumps({"tasks": [{"data": {"text": str(second)}} for second in seconds]})
    connection.request("POST", "/predict", body)
    return connection


def awaited(condition: Callable[[], bool], seconds: float) -> float:
    """Waits until a condition holds; returns after how many seconds it did."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it doesn't become true"
        time.sleep(0.05)
    return time.monotonic() - begun


def status(port: int, path: str = "/health") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    return connection.getresponse().status


@pytest.mark.slow
def test_many_and_large_requests_clients_that_go_and_a_signal() -> None:
    with slow() as (process, port):
        large = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        large.putrequest("POST", "/predict")
        large.putheader("Content-Length", "200000000")
        large.endheaders()
        refused = large.getresponse()
        assert (refused.status, json.load(refused)) == (
            413,
            {"error": "the body has more than 32,000,000 bytes; expected fewer tasks in a request"},
        )
        unannounced = socket.create_connection(("127.0.0.1", port), timeout=20)
        unannounced.sendall(b"POST /predict HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n")
        sent, chunk = 0, b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        with pytest.raises(ConnectionError):  # noqa: PT012
            while sent < 200:
                unannounced.sendall(chunk)
                sent += 1
        assert sent < 100
        waiting = [asked(port, *[0.2] * 500) for _ in range(PLACES)]
        time.sleep(0.5)
        refused = asked(port, 0).getresponse()
        assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
        assert status(port) == 200
        for connection in waiting:
            connection.close()
        assert awaited(lambda: asked(port, 0).getresponse().status == 200, 10) < 5
        still = asked(port, 60)
        time.sleep(0.5)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        assert time.monotonic() - begun < 2
        still.close()


def app(system: System, password: str | None = None) -> TestClient:
    return TestClient(backends.backend(system, system.load(), Schema.article(), faults, password))


@pytest.mark.parametrize(
    "header",
    [None, "", "Basic", "Basic !", "Bearer geheim", "spanproof:geheim", "spanproof:", ":geheim", "other:geheim"],
)
def test_without_the_password_nothing_is_answered(header: str | None) -> None:
    client = app(systems().known["timex-baseline"], "geheim")
    if header and ":" in header and header != "spanproof:geheim":
        header = f"Basic {base64.b64encode(header.encode()).decode()}"
    for method, path in (("GET", "/health"), ("GET", "/versions"), ("POST", "/predict"), ("POST", "/setup")):
        reply = client.request(method, path, headers={} if header is None else {"Authorization": header})
        assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, "Basic")
    assert client.get("/health", auth=("spanproof", "geheim")).json()["status"] == "UP"


def test_a_body_as_long_as_it_may_be_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"tasks": []})
    client = app(systems().known["timex-baseline"])
    for limit, code in ((len(body), 200), (len(body) - 1, 413)):
        monkeypatch.setattr(backends, "LIMIT", limit)
        assert client.post("/predict", content=body).status_code == code
        assert client.post("/predict", content=iter([body[:3].encode(), body[3:].encode()])).status_code == code


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)]
    + [(host, False) for host in ("10.0.0.1", "", "localhost.example.org", "256.0.0.1")],
)
def test_a_password_is_needed_where_others_can_ask(host: str, is_loopback: bool) -> None:
    assert _is_loopback(host) is is_loopback


def test_what_is_asked_of_many_tasks_is_what_is_asked_of_each() -> None:
    system, schema = systems().known["timex-baseline"], Schema.article()
    tasks: list[Any] = [{"id": k + 1, "data": {"text": f"{k} met last week" if k % 5 else None}} for k in range(20)]
    whole = backends.answer(tasks, system, system.load(), schema, faults)
    single = [backends.answer([task], system, system.load(), schema, faults) for task in tasks]
    assert whole.results == tuple(result for one in single for result in one.results)
    assert whole.warnings == tuple(warning for one in single for warning in one.warnings)
