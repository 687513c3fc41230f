"""Runs of systems over the texts of a gold corpus, each in a process of its own.

The process of a system is given the texts without annotations, and the one registry that the system asks for, never
the gold. What it predicts is saved as a corpus, with a record of how it was made beside it.
"""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from spanproof.bench.board import on, tasks_of
from spanproof.bench.records import Cost, Record, Run, description, digest, record_of
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.formats.files import replace_file
from spanproof.formats.json import dump
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema
from spanproof.systems import environments
from spanproof.systems.prediction import annotate, predicted
from spanproof.systems.system import Annotations, PartialAnswer, Predict, Source, System, source_of, unfit

_PREDICT = "from spanproof.cli.bench import bench; bench(['predict', *__import__('sys').argv[1:]])"
_GLANCE = 0.2


def proved(gold: Corpus, systems: Iterable[System]) -> list[Mapping[str, Any]]:
    """The documents of a gold corpus on which these systems can be measured.

    Raises:
        ValueError: it can't be read or scored, holds nothing, or a document has no text; the message says where.
    """
    for error in gold.errors:
        raise ValueError(f"{error.path}: {error.problem}")
    if not len(gold):
        raise ValueError("the corpus holds no documents; right is one or more")
    fitting = [system.predicts for system in systems if not unfit(system, gold.schema)]
    for task, layer in {each: None for layers in fitting for each in tasks_of(layers, gold.schema).items()}:
        on(gold, gold, task, [layer], 0)
    documents = list(gold.documents())
    for k, document in enumerate(documents):
        if not isinstance(document, Mapping):
            raise ValueError(f"document {k + 1} is {type(document).__name__}; right is an object")
        source_of(document, gold.schema)
    return documents


def run(
    system: System,
    documents: Sequence[Mapping[str, Any]],
    schema: Schema,
    registries: Registries,
    out: Path,
    *,
    again: bool = False,
    patience: float | None = None,
    tick: Callable[[int], None] | None = None,
) -> Run:
    """A system's prediction of documents in ``out``: the one that is there, or one that is made in a new process.

    Whatever the system does, an exit or a crash too, becomes the run's problem.

    Args:
        system: what predicts.
        documents: of which only the texts, languages and creation times are shown to it.
        schema: of the documents.
        registries: beside them; the system sees the one that it asks for.
        out: folder of predictions.
        again: predict anew what is there.
        patience: seconds after which the process is ended; None for none.
        tick: is told how many documents more have been answered.

    Raises:
        OSError: ``out`` can't be written.
    """
    path = out / f"{quote(system.name, safe='')}.jsonl"
    book = out / "runs" / f"{path.stem}.json"
    problem = environments.missing(system) or unfit(system, schema)
    if problem is None and system.registry and system.registry not in registries:
        problem = f"{system.name} needs the registry {system.registry}: {system.registry}.json beside the corpus"
    if problem:
        return Run(system, path, problem=problem)
    seen: Registries = {system.registry: registries[system.registry]} if system.registry else {}
    silent = replace(system, predicts={})
    texts = [predicted(document, {}, silent, schema) for document in documents]
    inputs = digest(dump([system.signature, seen, schema.json, texts]).encode())
    there, record = path.exists(), record_of(book)
    if there and not again:
        if record is None or record.output != digest(path.read_bytes()):
            return Run(system, path, problem=f"{path} isn't as {system.name} predicted it: move it, or --again")
        if record.inputs == inputs:
            if record.system != (now := json.loads(dump(description(system)))):
                replace_file(book, f"{dump(asdict(replace(record, system=now)))}\n".encode())
            return Run(system, path, record.cost, record.faults, kept=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        JSONL.write(folder / "texts.jsonl", texts, schema)
        replace_file(folder / "schema.json", dump(schema.json).encode())
        replace_file(folder / "registries.json", dump(seen).encode())
        problem = _process(system, folder, patience, tick)
        if problem:
            replace_file(out / "runs" / f"{path.stem}.log", (folder / "log").read_bytes())
            return Run(system, path, problem=problem)
        content = (folder / "predicted.jsonl").read_bytes()
        told = json.loads((folder / "told.json").read_bytes())
    made = Record(description(system), inputs, digest(content), Cost(**told["cost"]), tuple(told["faults"]))
    # In this order an interruption leaves no prediction, never one with the record of another.
    path.unlink(missing_ok=True)
    replace_file(book, f"{dump(asdict(made))}\n".encode())
    replace_file(path, content)
    return Run(system, path, made.cost, made.faults)


def predict(system: System, folder: Path) -> None:
    """The other end of a run, in the system's process: ``texts.jsonl`` to ``predicted.jsonl`` and ``told.json``.

    Raises:
        Exception: whatever the system raises;
            :class:`spanproof.systems.prediction.PredictionError` for an unsound answer.
    """
    schema = Schema.read(folder / "schema.json")
    texts = list(read(folder / "texts.jsonl", schema, {}).documents())
    begun = time.perf_counter()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", PartialAnswer)
        answer = system.load(json.loads((folder / "registries.json").read_bytes()))
        loaded = time.perf_counter()
        made = list(annotate(system, _counted(answer, folder / "done"), texts, schema))
    cost = Cost(loaded - begun, time.perf_counter() - loaded, _memory())
    faults = [str(each.message) for each in warned if issubclass(each.category, PartialAnswer)]
    for each in warned:
        if not issubclass(each.category, PartialAnswer):
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    JSONL.write(folder / "predicted.jsonl", made, schema)
    replace_file(folder / "told.json", dump({"cost": asdict(cost), "faults": faults}).encode())


def _counted(answer: Predict, done: Path) -> Predict:
    """The same answers, with their number in a file as they come."""

    def counted(sources: Sequence[Source]) -> Iterator[Annotations]:
        for k, each in enumerate(answer(sources), 1):
            done.write_text(str(k))
            yield each

    return counted


def _process(system: System, folder: Path, patience: float | None, tick: Callable[[int], None] | None) -> str | None:
    """Predicts in a new process, whose output is ``log``: what went wrong."""
    command = [str(environments.python(system)), "-P", "-c", _PREDICT, system.name, str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=environments.variables(),
        )
        try:
            late = not _ended(process, folder / "done", patience, tick)
        finally:
            # The group, as a system may have started others, which would go on.
            _end(process)
    if late:
        return f"{system.name} had not answered after {patience:g} s and was ended"
    if process.returncode < 0:
        return f"the process of {system.name} was ended by {_signal(-process.returncode)}"
    if process.returncode:
        return environments.last_line(folder / "log") or (
            f"the process of {system.name} exited with {process.returncode}"
        )
    if not (folder / "predicted.jsonl").exists() or not (folder / "told.json").exists():
        return f"the process of {system.name} ended without an answer"
    return None


def _ended(
    process: "subprocess.Popen[bytes]", done: Path, patience: float | None, tick: Callable[[int], None] | None
) -> bool:
    """Waits for a process, and tells how far it is; whether it ended in time."""
    begun, told = time.monotonic(), 0
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GLANCE)
        text = done.read_text() if tick and done.exists() else ""
        if tick and text.isdecimal() and int(text) > told:
            tick(int(text) - told)
            told = int(text)
        if process.returncode is not None:
            return True
        if patience is not None and time.monotonic() - begun > patience:
            return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(5)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _memory() -> int:
    status = Path("/proc/self/status")
    if status.exists():  # there ru_maxrss is at least that of the process that started this one
        peak = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        if peak:
            return int(peak[0]) * 1024
    peak_of_self = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak_of_self if sys.platform == "darwin" else peak_of_self * 1024
