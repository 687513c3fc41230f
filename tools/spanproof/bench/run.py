"""Runs of systems over the texts of a gold corpus, each in a process of its own.

The process of a system is given the texts without annotations, and the one registry that the system needs, never the
gold. What it predicts is saved as a corpus, with a record of how it was made beside it.
"""

import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from spanproof.bench.records import Cost, Record, Run, description, digest, record_of, run_of
from spanproof.bench.soundness import demand_sound
from spanproof.corpus.documents import Corpus
from spanproof.corpus.shapes import ShapeError
from spanproof.formats.discovery import read
from spanproof.formats.files import replace_file
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.metrics.score import score
from spanproof.metrics.task_layers import tasks_of
from spanproof.parsing.json import dump, parse
from spanproof.schema.paths import Document
from spanproof.systems import environments, process
from spanproof.systems.brief import Brief
from spanproof.systems.fitting import SystemFit
from spanproof.systems.outcomes import KeepsOutcomes, RequestOutcomes
from spanproof.systems.prediction import Prove, annotate, without_annotations
from spanproof.systems.process import peak_memory
from spanproof.systems.system import Annotations, PartialAnswer, Predict, Source, System, source_of, unfit
from spanproof.systems.worker import command, hand_over, own_registry, taken_over

Progress = Callable[[int], None]
"""Is told how many documents more have been answered."""


def demand_measurable(gold: Corpus, systems: Iterable[System]) -> None:
    """Demand of a gold corpus that systems can be measured on it.

    Args:
        gold: the corpus.
        systems: those that are to be run; one that predicts nothing that the schema has demands nothing.

    Raises:
        ValueError: it can't be read or scored, holds nothing, or a document has no text; the message says where.
    """
    demand_sound(gold, "the gold")
    predicted_layers = [system.predicts for system in systems if not unfit(system, gold.schema)]
    tasks = {task: None for layers in predicted_layers for task in tasks_of(gold.schema, layers)}
    for task, layer in tasks:
        score(gold, gold, task, layer=layer, resamples=0)
    for k, document in enumerate(gold.documents()):
        if not isinstance(document, Mapping):
            raise ValueError(f"document {k + 1} is {type(document).__name__}; expected an object")
        source_of(document, gold.schema)


def run(
    system: System,
    corpus: Corpus,
    out: Path,
    *,
    fit: SystemFit | None = None,
    brief: Brief | None = None,
    held_out: Sequence[str] = (),
    again: bool = False,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Run:
    """Return a system's prediction of a corpus: the one that is in a folder, or one that is made in a new process.

    Whatever the system does, an exit or a crash too, becomes the ``problem`` of the run.

    Args:
        system: what predicts.
        corpus: of which only the texts, languages and creation times are shown to it, and the registry that it needs.
        out: folder of predictions.
        fit: how the system fits the schema, where it is a fitted one.
        brief: what is asked of a system that adapts to the schema; its requests are kept in ``requests`` of the folder.
        held_out: the documents of gold that the corpus lacks, since some system was shown them; for the record.
        again: predict anew what is there.
        timeout: seconds after which the process is ended; None for none.
        progress: is told how many documents more have been answered.

    Raises:
        OSError: ``out`` can't be written.
    """
    schema, path = corpus.schema, out / f"{quote(system.name, safe='')}.jsonl"
    problem = environments.missing(system) or unfit(system, schema)
    if problem is None and system.registry and system.registry not in corpus.registries:
        problem = f"{system.name} needs the registry {system.registry}: {system.registry}.json beside the corpus"
    if problem:
        return Run(system, path, problem=problem)
    texts = [without_annotations(document, schema) for document in corpus.documents()]
    seen = own_registry(system, corpus.registries)
    inputs = digest(dump([system.signature, seen, schema.json, texts, *([fit.as_json] if fit else [])]).encode())
    if path.exists() and not again:
        kept = _kept(system, path, inputs)
        if kept:
            return kept
    with TemporaryDirectory() as name:
        folder = Path(name)
        JSONL.write(folder / "texts.jsonl", texts, schema)
        asked = brief and replace(brief, store=(out / "requests").absolute())
        hand_over(folder, system, schema, corpus.registries, fit, asked)
        problem = _run_process(system, folder, timeout, progress)
        if problem:
            replace_file(_beside(path, ".log"), (folder / "log").read_bytes())
            return Run(system, path, problem=problem)
        try:
            _in_shape_of(corpus, folder / "predicted.jsonl")
        except ShapeError as error:
            return Run(system, path, problem=f"what it says can't be written as the corpus is: {error}")
        return _saved(system, path, inputs, folder, tuple(held_out))


def _beside(path: Path, suffix: str) -> Path:
    return path.parent / "runs" / f"{path.stem}{suffix}"


def _kept(system: System, path: Path, inputs: str) -> Run | None:
    """Return the run that left a prediction; None if its inputs were others, so that it has to be made anew."""
    book = _beside(path, ".json")
    record = record_of(book)
    if record is None or record.output != digest(path.read_bytes()):
        return Run(system, path, problem=f"{path} isn't as {system.name} predicted it: move it, or --again")
    if record.inputs != inputs:
        return None
    now = parse(dump(description(system)), lone_surrogates=True)
    if record.system != now:
        replace_file(book, f"{dump(asdict(replace(record, system=now)))}\n".encode())
    return run_of(record, system, path)


def _in_shape_of(corpus: Corpus, path: Path) -> None:
    """Write predictions, which are canonical documents, in the shape in which the documents of a corpus are written.

    Raises:
        ShapeError: one can't be said in that shape.
    """
    if corpus.schema.lens is None:
        return
    predicted = read(path, corpus.schema.canonical, {}).documents()
    records: list[Any] = []
    for batch in corpus.batches:
        of_batch = dict(enumerate(islice(predicted, batch.columns.num_rows)))
        records += [record.written for record in batch.with_changes(of_batch, corpus.schema).records]
    JSONL.write(path, records, corpus.schema)


def _saved(system: System, path: Path, inputs: str, folder: Path, held_out: tuple[str, ...]) -> Run:
    """Save what :func:`predict` left in a folder, with its record."""
    content = (folder / "predicted.jsonl").read_bytes()
    report = parse((folder / "report.json").read_bytes(), lone_surrogates=True)
    outcomes = report["tally"] and RequestOutcomes.of(report["tally"])
    cost = Cost(**report["cost"])
    record = Record(description(system), inputs, digest(content), cost, tuple(report["faults"]), outcomes, held_out)
    # In this order an interruption leaves no prediction, never one with the record of another.
    path.unlink(missing_ok=True)
    replace_file(_beside(path, ".json"), f"{dump(asdict(record))}\n".encode())
    replace_file(path, content)
    return replace(run_of(record, system, path), kept=False)


def _run_process(system: System, folder: Path, timeout: float | None, progress: Progress | None) -> str | None:
    """Let a new process predict in a folder, with its output in ``log`` there; return what went wrong."""
    answered, reported = folder / "answered", 0

    def tell() -> None:
        nonlocal reported
        number = answered.read_text() if progress and answered.exists() else ""
        if progress and number.isdecimal() and int(number) > reported:
            progress(int(number) - reported)
            reported = int(number)

    with (folder / "log").open("a+b") as log:
        running = process.start(command(system, "predict", folder), log, env=environments.variables())
        try:
            in_time = running.wait(timeout, tell)
        finally:
            running.end()
        if not in_time:
            return f"{system.name} had not answered after {timeout:g} s and was ended"
        if running.popen.returncode:
            return running.reason()
    if not (folder / "predicted.jsonl").exists() or not (folder / "report.json").exists():
        return f"the process of {system.name} ended without an answer"
    return None


def predict(system: System, folder: Path, prove: Prove) -> None:
    """Be the process of a run: read ``texts.jsonl``, write ``predicted.jsonl`` and ``report.json``.

    Args:
        system: the system.
        folder: what :func:`spanproof.systems.worker.hand_over` was given, with the texts.
        prove: the check of predictions.

    Raises:
        Exception: whatever the system raises; :class:`spanproof.systems.prediction.PredictionError` for an unsound
            answer.
    """
    system, schema, registries = taken_over(folder, system)
    texts: list[Document] = list(read(folder / "texts.jsonl", schema.canonical, {}).documents())
    begun = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PartialAnswer)
        answer = system.load_alone(registries)
        loaded = time.perf_counter()
        predicted = annotate(system, _counted(answer, folder / "answered"), texts, schema, prove)
    cost = Cost(loaded - begun, time.perf_counter() - loaded, peak_memory())
    faults = [str(warning.message) for warning in caught if issubclass(warning.category, PartialAnswer)]
    for warning in caught:
        if not issubclass(warning.category, PartialAnswer):
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    JSONL.write(folder / "predicted.jsonl", predicted, schema)
    outcomes = answer.outcomes.as_json if isinstance(answer, KeepsOutcomes) else None
    replace_file(folder / "report.json", dump({"cost": asdict(cost), "faults": faults, "tally": outcomes}).encode())


def _counted(answer: Predict, file: Path) -> Predict:
    """Return what gives the same answers, and writes their number into a file as they come."""

    def counted(sources: Sequence[Source]) -> Iterator[Annotations]:
        for k, annotations in enumerate(answer(sources), 1):
            file.write_text(str(k))
            yield annotations

    return counted
