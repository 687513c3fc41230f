"""A system loaded once in a process of its own, and asked again and again, as shrinking does.

It is given texts alone, one list of documents a line, as :mod:`spanproof.bench.run` gives them.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spanproof.formats.files import replace_file
from spanproof.formats.json import dump
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema
from spanproof.systems import environments
from spanproof.systems.prediction import PredictionError, annotate, predicted
from spanproof.systems.system import MissingSystemError, System

Answer = Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]]
"""Documents in, the same with what the system predicts of them; PredictionError where that is unsound."""

_SERVE = "import sys; from spanproof.systems.process import serve; serve(*sys.argv[1:])"


@contextmanager
def served(system: System, schema: Schema, registries: Registries) -> Iterator[Answer]:
    """A system in a process that ends with the context.

    Raises:
        MissingSystemError: it can't be had, or its process ended, when it is first asked: with its last line.
    """
    interpreter = environments.python(system)
    if interpreter is None:
        raise MissingSystemError(str(system.missing))
    own = system.registry
    with TemporaryDirectory() as name:
        folder, log = Path(name), Path(name, "log")
        seen = {own: registries[own]} if own and own in registries else {}
        replace_file(folder / "schema.json", dump(schema.json).encode())
        replace_file(folder / "registries.json", dump(seen).encode())
        command = [str(interpreter), "-P", "-c", _SERVE, system.name, name]
        with log.open("wb") as err:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=err,
                start_new_session=True,
                env=environments.variables(),
            )
            with process:
                try:
                    yield partial(_answer, process, log, system, schema)
                finally:
                    # The group, as a system may have started others.
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
                    with suppress(BrokenPipeError):
                        if process.stdin:
                            process.stdin.close()


def _answer(
    process: "subprocess.Popen[bytes]",
    log: Path,
    system: System,
    schema: Schema,
    documents: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    silent = replace(system, predicts={})
    said = _asked(process, json.dumps([predicted(document, {}, silent, schema) for document in documents]))
    if said is None:
        last = environments.last_line(log) or "without a word"
        raise MissingSystemError(f"the process of {system.name} ended: {last}")
    if isinstance(said, str):
        raise PredictionError(said)
    return list(said)


def _asked(process: "subprocess.Popen[bytes]", question: str) -> Any:
    """The line that comes back; None where the process is no more."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(question.encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        return None
    line = process.stdout.readline()
    return json.loads(line) if line.endswith(b"\n") else None


def serve(name: str, place: str) -> None:
    """The other end: a line of documents in, a line of documents, or of what went wrong, out."""
    from spanproof.systems.registry import systems

    # What a system prints is no answer.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    folder = Path(place)
    schema = Schema.read(folder / "schema.json")
    system = systems().find(name)
    predict = system.load(json.loads((folder / "registries.json").read_bytes()))
    for line in sys.stdin:
        try:
            said: Any = list(annotate(system, predict, json.loads(line), schema))
        except Exception as error:  # whatever a system raises of one text, it may be asked for the next
            said = f"{type(error).__name__}: {error}"
        print(json.dumps(said), file=out, flush=True)
