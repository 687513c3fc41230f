"""``spanproof bench stress``: what rewriting texts does to systems."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from spanproof.bench import run as running
from spanproof.bench.fitting import asked_layers
from spanproof.bench.soundness import demand_sound
from spanproof.bench.stress.measuring import Stressed
from spanproof.bench.stress.measuring import stress as stress_system
from spanproof.bench.stress.render import OUTPUTS, StressReport
from spanproof.bench.stress.shrinking import Broken, Trial, smallest
from spanproof.cli.asked_systems import AskedSystem, asked_systems
from spanproof.cli.bench_run import AGAIN, CORPUS, TIMEOUT
from spanproof.cli.gold import bench_gold
from spanproof.cli.labels import LAYER, MAP, renamed_labels
from spanproof.cli.options import (
    NEW_FOLDER,
    RESAMPLES,
    SCHEMA,
    end_on_sigterm,
    output_option,
    print_as,
    progress_of,
    refuse,
    say,
)
from spanproof.corpus.documents import Corpus
from spanproof.revisions.transformations.catalogue import Transformation, chosen
from spanproof.systems.brief import Brief
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError
from spanproof.systems.worker import worker


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SYSTEM...")
@CORPUS
@click.option(
    "--transformation",
    "some",
    multiple=True,
    metavar="NAME",
    help="A transformation (an unknown NAME makes the command list them); may be repeated. Default: all.",
)
@click.option("--shrink", is_flag=True, help="Show the smallest text for which the predictions change.")
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Attempts for each text that is shrunk.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Seed of the random names, orders, days and samples."
)
@click.option(
    "--out",
    type=NEW_FOLDER,
    default=Path("predictions") / "stress",
    show_default=True,
    help="Folder of the predictions.",
)
@AGAIN
@TIMEOUT
@MAP
@LAYER
@SCHEMA
@RESAMPLES
@output_option(OUTPUTS)
def stress(
    names: tuple[str, ...],
    corpus: Path | None,
    some: tuple[str, ...],
    shrink: bool,
    examples: int,
    seed: int,
    out: Path,
    again: bool,
    timeout: float | None,
    renamed: tuple[str, ...],
    layer: str | None,
    schema_file: Path | None,
    resamples: int,
    output: str,
) -> None:
    """Rewrite texts so that their annotations stay true, and measure how much the predictions of systems change.

    Names are replaced with other aliases, quotation marks and characters with other forms of the same, dates are
    written in another style, and sentences are put into another order. The gold is carried over to the new texts
    exactly, and the predictions are carried back to the original texts. OUT/SYSTEM.jsonl has the predictions of all
    texts. As in bench run, what a system finds is put into the layers of the gold.

    Prints F1 before and after each transformation, and how similar the predictions are.

    \b
    spanproof bench stress spacy-sm --transformation marks-curly --shrink

    Exit codes: 0 all were measured, 1 a system failed, 2 unusable input.
    """
    if shrink:
        import_module("hypothesis")  # refused before the minutes of the rest
    end_on_sigterm()
    gold = bench_gold(corpus, schema_file)
    known, renaming = systems(), renamed_labels(renamed)
    stressed: list[Stressed] = []
    options: dict[str, Any] = {"seed": seed, "resamples": resamples, "again": again, "timeout": timeout}
    try:
        transformations = chosen(some)
        named = [known.find(name) for name in dict.fromkeys(names)]
        demand_sound(gold, "the gold")
        brief = Brief(asked_layers(gold, layer)) if any(system.adapt for system in named) else None
        asked = asked_systems(gold, named, brief, (None, renaming, layer))
        running.demand_measurable(gold, [one.system for one in asked])
        for one in asked:
            with progress_of(f"{one.system.name}:") as progress:
                how = {**options, "fit": one.fit, "brief": one.brief, "progress": progress}
                stressed.append(stress_system(one.system, gold, transformations, out, **how))
    except (MissingSystemError, ValueError) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{out}: {error.strerror or error}")
    shrunk = zip(stressed, asked, strict=True) if shrink else ()
    _end(stressed, gold, transformations, _shrink(shrunk, gold, transformations, seed, examples), output)


def _end(
    stressed: Sequence[Stressed],
    gold: Corpus,
    transformations: Sequence[Transformation],
    shrunk: tuple[Mapping[str, Sequence[Broken]], Sequence[str]],
    output: str,
) -> NoReturn:
    """Print what was measured, say which systems and searches failed, and end."""
    broken, unfinished = shrunk
    print_as(OUTPUTS, output, StressReport(stressed, transformations, gold.schema, broken))
    runs = [result.run for result in stressed]
    failures = [*(f"{run.system.name} failed: {run.problem}" for run in runs if run.problem), *unfinished]
    for failure in failures:
        say(failure)
    sys.exit(1 if failures else 0)


def _shrink(
    stressed: Iterable[tuple[Stressed, AskedSystem]],
    gold: Corpus,
    transformations: Sequence[Transformation],
    seed: int,
    examples: int,
) -> tuple[dict[str, list[Broken]], list[str]]:
    """Return the smallest broken texts by the names of systems, and why a search ended before all were found."""
    broken: dict[str, list[Broken]] = {}
    failures = []
    for shown, one in stressed:
        if shown.effects:
            broken[shown.run.system.name], failure = _shrunk(shown, one, gold, transformations, seed, examples)
            failures += [failure] if failure else []
    return broken, failures


def _shrunk(
    stressed: Stressed,
    asked: AskedSystem,
    gold: Corpus,
    transformations: Sequence[Transformation],
    seed: int,
    examples: int,
) -> tuple[list[Broken], str | None]:
    """Return the smallest text of each break, and what ended the search before all were found."""
    system, documents = stressed.run.system, list(gold.documents())
    rows = {name: {row for effect in effects for row in effect.broken} for name, effects in stressed.effects.items()}
    smallest_texts: list[Broken] = []
    with worker(system, gold.schema.canonical, gold.registries, asked.fit, asked.brief) as answer:
        for transformation in transformations:
            broken = [documents[row] for row in sorted(rows.get(transformation.name, ()))]
            if broken:
                say(f"{system.name}: shrinking what breaks under {transformation.name}")
            try:
                least = smallest(Trial(system, answer, gold, transformation, seed), broken, examples)
            except MissingSystemError as error:
                return smallest_texts, str(error)
            smallest_texts += [least] if least else []
    return smallest_texts, None
