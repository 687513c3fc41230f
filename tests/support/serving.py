"""`spanproof labelstudio serve` as a process of its own."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from support.documents import ROOT


@contextmanager
def process(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Starts it with options, and ends it."""
    command = [sys.executable, "-c", "from spanproof.cli.labelstudio_serve import serve; serve()", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tools")}
    with subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            yield started
        finally:
            if started.poll() is None:
                started.kill()


def address_of(started: "subprocess.Popen[str]") -> str:
    """Where a process answers, once it does; what it says before that is skipped."""
    assert started.stderr is not None
    for line in started.stderr:
        if " answers at " in line:
            return line.split(" answers at ")[1].split(";")[0]
    raise AssertionError("it ended")


def ask(url: str, body: Any = None) -> Any:
    """What an address answers, JSON."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, data=None if body is None else json.dumps(body).encode())
    with direct.open(request, timeout=20) as reply:
        return json.load(reply)
