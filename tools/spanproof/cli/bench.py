"""``spanproof bench``: systems measured on a gold corpus."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spanproof.cli.options import FILE, end_on_sigterm, own_corpus, progress_of, read_schema, refuse, say

if TYPE_CHECKING:
    from spanproof.bench.board import Board
    from spanproof.bench.records import Run
    from spanproof.corpus.documents import Corpus
    from spanproof.schema.schema import Schema

CORPUS = click.option("--corpus", type=FILE, help="The gold; default: this repository's.")
AGAIN = click.option("--again", is_flag=True, help="Predict anew what is there already.")
TIMEOUT = click.option(
    "--timeout", type=click.FloatRange(min=1), help="Seconds after which a system is ended; none by default."
)
NEW_FOLDER = click.Path(path_type=Path, file_okay=False)
SCHEMA = click.option(
    "--schema", "schema_file", type=FILE, help="Schema of a document; default: the annotated article."
)
RESAMPLES = click.option(
    "--resamples", type=click.IntRange(min=1), default=1000, show_default=True, help="Bootstrap resamples."
)
OUTPUT = click.option("--output", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)


@click.group()
def bench() -> None:
    """Measure systems on a gold corpus: names, quotations, expressions of time."""


@bench.command("systems")
def listing() -> None:
    """The systems that are known: version, licence, what they predict; or what is missing and how to install it."""
    from spanproof.systems import environments
    from spanproof.systems.registry import systems

    found = systems()
    width = max(len(system.signature) for system in found.known.values())
    for system in found.known.values():
        weights = f", weights {system.weights}" if system.weights else ""
        layers = ", ".join(
            f"{layer} ({len(labels)} label{'s'[: len(labels) != 1]})" for layer, labels in system.predicts.items()
        )
        lacks = environments.missing(system)
        told = f"missing: {lacks}" if lacks else f"{system.licence}{weights}; {layers}"
        click.echo(f"{system.signature:{width}}  {told}")
    for family in found.families.values():
        click.echo(f"{f'{family.name}:{family.argument}':{width}}  {family.about}")
    for problem in found.problems:
        say(problem)


@bench.command()
@click.argument("names", nargs=-1, required=True, metavar="SYSTEM...")
def install(names: tuple[str, ...]) -> None:
    """Install what systems run on, each into an environment of its own in the cache, over this one.

    Exit codes: 0 all can be had, 1 some can't.
    """
    from spanproof.systems import environments
    from spanproof.systems.registry import systems
    from spanproof.systems.system import MissingSystemError

    failed = False
    for name in dict.fromkeys(names):
        try:
            say(f"{name}: {environments.install(systems().find(name), say)}")
        except MissingSystemError as error:
            say(str(error))
            failed = True
    sys.exit(1 if failed else 0)


@bench.command()
@click.argument("names", nargs=-1, required=True, metavar="SYSTEM...")
@CORPUS
@click.option(
    "--out", type=NEW_FOLDER, default=Path("predictions"), show_default=True, help="Folder of the predictions."
)
@AGAIN
@TIMEOUT
@SCHEMA
@RESAMPLES
@OUTPUT
def run(
    names: tuple[str, ...],
    corpus: Path | None,
    out: Path,
    again: bool,
    timeout: float | None,
    schema_file: Path | None,
    resamples: int,
    output: str,
) -> None:
    """Predict with systems (bench systems lists them), each in a process of its own, and score what they say.

    A prediction is a corpus, OUT/SYSTEM.jsonl: check, diff, show and bench score read it. One that is there for the
    same texts and version of the system is kept. OUT/runs says how each was made.

    Exit codes: 0 all were scored, 1 a system failed (the others are scored), 2 unusable input.
    """
    from spanproof.bench import run as running
    from spanproof.systems.registry import systems
    from spanproof.systems.system import MissingSystemError

    end_on_sigterm()
    gold = gold_of(corpus, schema_file)
    known = systems()
    try:
        chosen = [known.find(name) for name in dict.fromkeys(names)]
        documents = running.proved(gold, chosen)
        runs = []
        for system in chosen:
            with progress_of(f"{system.name}:") as tick:
                runs.append(
                    running.run(
                        system, documents, gold.schema, gold.registries, out, again=again, patience=timeout, tick=tick
                    )
                )
        found, told = boards_of(gold, runs, resamples)
    except (MissingSystemError, ValueError) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{out}: {error.strerror or error}")
    click.echo(written(output, found, told, gold.schema), nl=False)
    failed = [each for each in told if each.problem]
    for each in failed:
        say(f"{each.system.name} failed: {each.problem}")
    sys.exit(1 if failed else 0)


@bench.command("score")
@click.argument("gold", type=FILE)
@click.argument("predicted", type=FILE)
@click.option("--task", required=True, metavar="TASK", help="entities, quotations, timex3, clusters, utterances.")
@click.option(
    "--labels",
    metavar="TABLE",
    help="For entities, for both sides: ontonotes-18, ontonotes-16, conll-4, three, muc-7, ace-5, wnut-5.",
)
@click.option("--layer", metavar="NAME", help="For entities and clusters: which layer, where its labels don't tell.")
@SCHEMA
@RESAMPLES
@OUTPUT
def scoring(
    gold: Path,
    predicted: Path,
    task: str,
    labels: str | None,
    layer: str | None,
    schema_file: Path | None,
    resamples: int,
    output: str,
) -> None:
    """Score a corpus of predictions against the gold over the same texts.

    Exit codes: 0 scored, 2 unusable input.
    """
    from spanproof.bench.board import board
    from spanproof.metrics.score import score
    from spanproof.metrics.task_layers import TASKS

    schema = read_schema(schema_file)
    asked = next((each for each in TASKS if each == task), None)
    if asked is None:
        refuse(f"{task!r} is no task; right is one of {', '.join(TASKS)}")
    try:
        found = score(
            _read(gold, schema), _read(predicted, schema), asked, labels=labels, layer=layer, resamples=resamples
        )
    except ValueError as error:
        refuse(str(error))
    click.echo(written(output, [board(asked, {predicted.stem or str(predicted): found})], [], None), nl=False)


@bench.command(hidden=True)
@click.argument("name")
@click.argument("folder", type=FILE)
def predict(name: str, folder: Path) -> None:
    """The process of one system, started by run."""
    from spanproof.bench import run as running
    from spanproof.systems.prediction import PredictionError
    from spanproof.systems.registry import systems
    from spanproof.systems.system import MissingSystemError

    try:
        running.predict(systems().find(name), folder)
    except (MissingSystemError, PredictionError) as error:
        say(" ".join(str(error).split()))
        sys.exit(1)


def gold_of(corpus: Path | None, schema_file: Path | None) -> "Corpus":
    """The gold that is asked for; this repository's by default."""
    return _read(corpus or own_corpus(), read_schema(schema_file))


def _read(path: Path, schema: "Schema") -> "Corpus":
    from spanproof.formats.discovery import read

    found = read(path, schema)
    for error in found.errors:
        refuse(f"{error.path}{f':{error.line}' if error.line else ''}: {error.problem}")
    return found


def boards_of(gold: "Corpus", runs: "list[Run]", resamples: int) -> "tuple[list[Board], list[Run]]":
    """The boards, and the runs again: one that can't be scored has its problem now."""
    from spanproof.bench.board import boards

    made, problems = boards(
        gold, {run.system.name: (run.system, run.path) for run in runs if not run.problem}, resamples
    )
    return made, [replace(run, problem=problems.get(run.system.name, run.problem)) for run in runs]


def written(output: str, boards: "list[Board]", runs: "list[Run]", schema: "Schema | None") -> str:
    """Boards in the form that is asked for."""
    from spanproof.bench import render as report

    if output == "json":
        return report.as_json(boards, runs)
    return (report.as_markdown if output == "markdown" else report.as_text)(boards, runs, schema)
