"""Runs of systems over the texts of a gold corpus, each in a process of its own, and the boards of their scores.

The process of a system is given the texts without annotations, and the one registry that the system asks for, never
the gold. What it predicts is saved as a corpus, with a record of how it was made beside it.
"""

import dataclasses
import hashlib
import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from spanproof import environments
from spanproof.bench.scoring import Compared, Scores, Task, compare, score
from spanproof.corpus import Corpus, Registries
from spanproof.format import dump, replace_file
from spanproof.formats import read
from spanproof.formats.jsonl import JSONL
from spanproof.prediction import annotate, predicted
from spanproof.schema import Schema
from spanproof.system import System, source, unfit

_PREDICT = "from spanproof.cli.benchmarking import bench; bench(['predict', *__import__('sys').argv[1:]])"


@dataclass(frozen=True)
class Cost:
    """What a prediction took: seconds to load the system, to predict; bytes of memory, the whole process at its peak.

    The memory is that of the interpreter and this toolkit too.
    """

    load: float
    predict: float
    memory: int


@dataclass(frozen=True)
class Record:
    """How a prediction was made: of which inputs (a digest of texts, registry, schema, system), into which bytes."""

    inputs: str
    output: str
    cost: Cost


@dataclass(frozen=True)
class Run:
    """A system and its prediction: the corpus at ``path``, or the ``problem`` that there is none.

    ``kept``: it was there from an earlier run of the same system over the same texts; the cost is of that run.
    """

    system: System
    path: Path
    cost: Cost | None = None
    kept: bool = False
    problem: str | None = None


@dataclass(frozen=True)
class Board:
    """Systems on one task: the scores by their names, and each pair of them compared."""

    task: Task
    scores: Mapping[str, Scores]
    pairs: Mapping[tuple[str, str], Sequence[Compared]]


def tasks_of(layers: Iterable[str], schema: Schema) -> dict[Task, str]:
    """What can be asked of a system that predicts some layers, and the layer that answers."""
    found: dict[Task, str] = {}
    for layer in layers:
        node = schema.nodes.get((layer, "*"))
        if node is not None and node.get("quotation"):
            found["quotations"] = layer
        elif node is not None and node.get("timex3"):
            found["timex3"] = layer
        elif node is not None and node.get("labelledBy"):
            found["entities"] = layer
    return found


def on(gold: Corpus, guess: Corpus, task: Task, layers: Iterable[str], resamples: int) -> Scores:
    """The scores of a prediction on a task that its layers allow.

    Raises:
        ValueError: see :func:`spanproof.bench.scoring.score`.
    """
    layer = tasks_of(layers, gold.schema)[task] if task == "entities" else None
    return score(gold, guess, task, layer=layer, resamples=resamples)


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
        source(document, gold.schema)
    return documents


def run(
    system: System,
    documents: Sequence[Mapping[str, Any]],
    schema: Schema,
    registries: Registries,
    out: Path,
    *,
    again: bool = False,
) -> Run:
    """A system's prediction of documents in ``out``: the one that is there, or one that is made in a new process.

    Whatever the system does, an exit or a crash too, becomes the run's problem.

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
    inputs = _digest(dump([system.signature, seen, schema.json, texts]).encode())
    there, record = path.exists(), _record(book)
    if there and not again:
        if record is None or record.output != _digest(path.read_bytes()):
            return Run(system, path, problem=f"{path} isn't as {system.name} predicted it: move it, or --again")
        if record.inputs == inputs:
            return Run(system, path, record.cost, kept=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        JSONL.write(folder / "texts.jsonl", texts, schema)
        replace_file(folder / "schema.json", dump(schema.json).encode())
        replace_file(folder / "registries.json", dump(seen).encode())
        log, problem = _process(system, folder)
        if problem:
            replace_file(out / "runs" / f"{path.stem}.log", log)
            return Run(system, path, problem=problem)
        content = (folder / "predicted.jsonl").read_bytes()
        cost = Cost(**json.loads((folder / "cost.json").read_bytes()))
    # In this order an interruption leaves no prediction, never one with the record of another.
    path.unlink(missing_ok=True)
    replace_file(book, f"{dump(asdict(Record(inputs, _digest(content), cost)))}\n".encode())
    replace_file(path, content)
    return Run(system, path, cost)


def predict(system: System, folder: Path) -> None:
    """The other end of a run, in the system's process: ``texts.jsonl`` to ``predicted.jsonl`` and ``cost.json``.

    Raises:
        Exception: whatever the system raises; :class:`spanproof.system.PredictionError` for an unsound answer.
    """
    schema = Schema.read(folder / "schema.json")
    texts = list(read(folder / "texts.jsonl", schema, {}).documents())
    begun = time.perf_counter()
    answer = system.load(json.loads((folder / "registries.json").read_bytes()))
    loaded = time.perf_counter()
    made = list(annotate(system, answer, texts, schema))
    cost = Cost(loaded - begun, time.perf_counter() - loaded, _memory())
    JSONL.write(folder / "predicted.jsonl", made, schema)
    replace_file(folder / "cost.json", dump(asdict(cost)).encode())


def boards(gold: Corpus, runs: Iterable[Run], resamples: int) -> tuple[list[Board], list[Run]]:
    """The scores of the runs, task by task, and the runs again: one that can't be scored has its problem now."""
    told, found = [], dict[Task, dict[str, Scores]]()
    for each in runs:
        try:
            if each.problem is None:
                guess = read(each.path, gold.schema, {})
                layers = each.system.predicts
                made = {task: on(gold, guess, task, layers, resamples) for task in tasks_of(layers, gold.schema)}
                for task, scores in made.items():
                    found.setdefault(task, {})[each.system.name] = scores
            told.append(each)
        except ValueError as error:
            told.append(dataclasses.replace(each, problem=f"can't be scored: {error}"))
    return [board(task, scores) for task, scores in found.items()], told


def board(task: Task, scores: Mapping[str, Scores]) -> Board:
    """The scores of systems on one task and gold, with every pair of the systems compared on what isn't an accuracy.

    An accuracy is over the spans that a system found. Exchanging answers exchanges which were found, too: two systems
    with one wrong value each, of 38 and of 47, get p = 0.004 for what one found more, not for its values.
    """
    pairs = {}
    for a, b in combinations(scores, 2):
        given = {each.signature for each in scores[a].scores if each.measure.endswith("accuracy")}
        pairs[a, b] = [each for each in compare(scores[a], scores[b]) if each.signature not in given]
    return Board(task, scores, pairs)


def _process(system: System, folder: Path) -> tuple[bytes, str | None]:
    """Predicts in a new process: what that said, and what went wrong."""
    command = [str(environments.python(system)), "-P", "-c", _PREDICT, system.name, str(folder)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = [line.strip() for line in done.stdout.decode("utf-8", "replace").splitlines() if line.strip()]
    if done.returncode < 0:
        return done.stdout, f"the process of {system.name} was ended by {_signal(-done.returncode)}"
    if done.returncode:
        return done.stdout, lines[-1] if lines else f"the process of {system.name} exited with {done.returncode}"
    if not (folder / "predicted.jsonl").exists() or not (folder / "cost.json").exists():
        return done.stdout, f"the process of {system.name} ended without an answer"
    return done.stdout, None


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


def _record(path: Path) -> Record | None:
    try:
        found = json.loads(path.read_bytes())
        return Record(found["inputs"], found["output"], Cost(**found["cost"]))
    except (OSError, ValueError, TypeError, LookupError):
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
