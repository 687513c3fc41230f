"""A system loaded once in a process of its own, and asked again and again, as the shrinking of texts does.

It is given texts alone, one list of documents a line, and the one registry that it needs, never the gold annotations.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spanproof.formats.files import replace_file
from spanproof.parsing.json import dump, parse
from spanproof.schema.paths import Document, Registries
from spanproof.schema.schema import Schema
from spanproof.systems import environments, process
from spanproof.systems.brief import Brief
from spanproof.systems.fitting import SystemFit, fitted
from spanproof.systems.prediction import PredictionError, Prove, annotate, without_annotations
from spanproof.systems.process import Process
from spanproof.systems.system import MissingSystemError, System

Ask = Callable[[Sequence[Document]], list[dict[str, Any]]]
"""Takes documents, returns them with what a system predicts; raises PredictionError where that is unsound."""


def command(system: System, name: str, folder: Path) -> list[str]:
    """Return the command line of a process of a system, in the environment where the system can be had.

    Args:
        system: the system.
        name: the command of ``spanproof bench`` that its process is: ``predict`` or ``answer``.
        folder: what :func:`hand_over` was given.

    Raises:
        MissingSystemError: it can't be had.
    """
    interpreter = environments.python(system)
    if interpreter is None:
        raise MissingSystemError(str(system.missing))
    return [str(interpreter), "-P", "-m", "spanproof", "bench", name, system.name, str(folder)]


def own_registry(system: System, registries: Registries) -> Registries:
    """Return the registry that a system needs, by its name, and no other."""
    return {name: registries[name] for name in registries if name == system.registry}


def hand_over(
    folder: Path,
    system: System,
    schema: Schema,
    registries: Registries,
    fit: SystemFit | None = None,
    brief: Brief | None = None,
) -> None:
    """Write what a process of a system reads first: the schema, how it fits, and the registry that it needs.

    Args:
        folder: takes the files.
        system: the system.
        schema: the schema of the documents that it will be asked of.
        registries: those of the corpus.
        fit: how the system fits the schema, where its layers or labels are called otherwise.
        brief: what is asked of a system that adapts to a schema.
    """
    replace_file(folder / "brief.json", dump(brief and brief.as_json).encode())
    replace_file(folder / "fit.json", dump(fit and fit.as_json).encode())
    replace_file(folder / "schema.json", dump(schema.json).encode())
    replace_file(folder / "registries.json", dump(own_registry(system, registries)).encode())


def taken_over(folder: Path, system: System) -> tuple[System, Schema, Registries]:
    """Return the system in the words of the schema, the schema, and the registries that :func:`hand_over` wrote."""
    fit, brief, registries = (
        parse((folder / f"{name}.json").read_bytes(), lone_surrogates=True) for name in ("fit", "brief", "registries")
    )
    schema = Schema.read(folder / "schema.json")
    if brief and system.adapt:
        return system.adapt(schema.canonical, Brief.of(brief)), schema, registries
    return fitted(system, SystemFit(**fit), schema) if fit else system, schema, registries


@contextmanager
def worker(
    system: System,
    schema: Schema,
    registries: Registries,
    fit: SystemFit | None = None,
    brief: Brief | None = None,
) -> Iterator[Ask]:
    """Run a system in a process that ends with the context.

    Args:
        system: the system.
        schema: the schema of the documents that it will be asked of.
        registries: those of the corpus; the system sees the one that it needs.
        fit: see :func:`hand_over`.
        brief: likewise.

    Yields:
        What asks it; that raises MissingSystemError, with the reason, where the process has ended.

    Raises:
        MissingSystemError: it can't be had.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        hand_over(folder, system, schema, registries, fit, brief)
        with (folder / "log").open("a+b") as log:
            running = process.start(command(system, "answer", folder), log, env=environments.variables(), pipes=True)
            try:
                yield partial(_ask, running, system, schema)
            finally:
                running.end()


def _ask(running: Process, system: System, schema: Schema, documents: Sequence[Document]) -> list[dict[str, Any]]:
    line = running.ask(json.dumps([without_annotations(document, schema) for document in documents]).encode())
    if not line.endswith(b"\n"):
        raise MissingSystemError(f"{system.name} ended: {running.reason()}")
    answer = parse(line, lone_surrogates=True)
    if isinstance(answer, str):
        raise PredictionError(answer)
    return list(answer)


def answer(system: System, folder: Path, prove: Prove) -> None:
    """Be the process of a worker: a line of documents in, a line of predictions, or of what went wrong, out.

    Args:
        system: the system.
        folder: what :func:`hand_over` was given.
        prove: the check of predictions.
    """
    # What a system prints is no answer: it goes into the log.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    system, schema, registries = taken_over(folder, system)
    predict = system.load_alone(registries)
    for line in sys.stdin:
        try:
            reply: Any = annotate(system, predict, parse(line, lone_surrogates=True), schema, prove)
        except Exception as error:  # Whatever a system raises of one text, it may be asked of the next.
            reply = f"{type(error).__name__}: {error}"
        print(json.dumps(reply), file=out, flush=True)
