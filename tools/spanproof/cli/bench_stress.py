"""``spanproof bench stress``: what rewriting texts does to systems."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spanproof.cli.bench import AGAIN, CORPUS, NEW_FOLDER, OUTPUT, RESAMPLES, SCHEMA, TIMEOUT, gold_of
from spanproof.cli.options import end_on_sigterm, progress_of, refuse, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spanproof.bench.stress.measuring import Stressed
    from spanproof.bench.stress.shrinking import Broken
    from spanproof.bench.stress.transformations import Transformation
    from spanproof.corpus.documents import Corpus


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SYSTEM...")
@CORPUS
@click.option(
    "--transformation",
    "some",
    multiple=True,
    metavar="NAME",
    help="One of them (a wrong NAME lists them); may be repeated. Default: all.",
)
@click.option("--shrink", is_flag=True, help="Show the smallest text on which each invariance breaks.")
@click.option(
    "--examples", type=click.IntRange(min=1), default=1000, show_default=True, help="Tries of each shrinking."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of names, orders, days and draws.")
@click.option(
    "--out",
    type=NEW_FOLDER,
    default=Path("predictions") / "stress",
    show_default=True,
    help="Folder of the predictions.",
)
@AGAIN
@TIMEOUT
@SCHEMA
@RESAMPLES
@OUTPUT
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
    schema_file: Path | None,
    resamples: int,
    output: str,
) -> None:
    """Rewrite texts so that their annotations stay true, and measure how much systems move.

    Names become other aliases, quotation marks and characters other forms, dates other styles, sentences another order;
    gold is carried along exactly, predictions back. OUT/SYSTEM.jsonl has the predictions of all texts.

    Exit codes: 0 all were measured, 1 a system failed, 2 unusable input.
    """
    if shrink and find_spec("hypothesis") is None:
        refuse("--shrink needs Hypothesis: pip install 'spanproof[strategies]'")
    end_on_sigterm()
    from spanproof.bench import run as running
    from spanproof.bench.stress import measuring
    from spanproof.bench.stress import render as report
    from spanproof.bench.stress.transformations import chosen
    from spanproof.systems.registry import systems
    from spanproof.systems.system import MissingSystemError

    gold = gold_of(corpus, schema_file)
    known = systems()
    try:
        transformations = chosen(some)
        asked = [known.find(name) for name in dict.fromkeys(names)]
        running.proved(gold, asked)
        found: list[Stressed] = []
        for system in asked:
            with progress_of(f"{system.name}:") as tick:
                stressed = measuring.stress(
                    system,
                    gold,
                    transformations,
                    out,
                    seed=seed,
                    resamples=resamples,
                    again=again,
                    patience=timeout,
                    tick=tick,
                )
            found.append(stressed)
    except (MissingSystemError, ValueError) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{out}: {error.strerror or error}")
    failed = [f"{each.run.system.name} failed: {each.run.problem}" for each in found if each.run.problem]
    broken: dict[str, list[Broken]] = {}
    for each in (each for each in found if shrink and each.effects):
        broken[each.run.system.name], problem = _shrunk(each, gold, transformations, seed, examples)
        failed += [problem] if problem else []
    told = report.StressReport(found, transformations, gold.schema, broken)
    written = {"json": report.as_json, "markdown": report.as_markdown, "text": report.as_text}[output]
    click.echo(written(told), nl=False)
    for problem in failed:
        say(problem)
    sys.exit(1 if failed else 0)


def _shrunk(
    stressed: "Stressed", gold: "Corpus", transformations: "Sequence[Transformation]", seed: int, examples: int
) -> "tuple[list[Broken], str | None]":
    """The smallest text of each break, and what ended the search before all were found."""
    from spanproof.bench.stress.shrinking import Trial, smallest
    from spanproof.systems.process import served
    from spanproof.systems.system import MissingSystemError

    system, documents = stressed.run.system, list(gold.documents())
    rows = {name: {row for effect in effects for row in effect.broken} for name, effects in stressed.effects.items()}
    found: list[Broken] = []
    with served(system, gold.schema, gold.registries) as answer:
        for each in transformations:
            broken = [documents[row] for row in sorted(rows.get(each.name, ()))]
            if broken:
                say(f"{system.name}: shrinking what breaks under {each.name}")
            try:
                least = smallest(Trial(system, answer, gold, each, seed), broken, examples)
            except MissingSystemError as error:
                return found, str(error)
            found += [least] if least else []
    return found, None
