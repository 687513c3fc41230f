"""``spanproof bench``: systems measured on a gold corpus."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from spanproof.bench import run
from spanproof.checks.predictions import faults
from spanproof.cli.commands import Commands
from spanproof.cli.options import FILE, say
from spanproof.systems import worker
from spanproof.systems.prediction import PredictionError, Prove
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError, System

_PLACES = {
    "systems": ("bench_systems:listing", "List the known systems, and what each one still needs."),
    "install": ("bench_systems:install", "Install what a system needs."),
    "run": ("bench_run:run", "Run systems and score their predictions."),
    "score": ("score:scoring", "Score corpora of predictions, as `spanproof score` does."),
    "report": ("bench_report:reporting", "Score existing predictions and write a leaderboard."),
    "stress": ("bench_stress:stress", "Rewrite texts and measure how much predictions change."),
}


@click.group(cls=Commands, places=_PLACES)
def bench() -> None:
    """Measure systems on a gold corpus: how well they find names, quotations and expressions of time.

    \b
    spanproof bench systems                    what can be run here
    spanproof bench run spacy-sm gazetteer     predict and score
    spanproof bench score gold.jsonl mine.jsonl --task entities
    """


@bench.command(hidden=True)
@click.argument("name")
@click.argument("folder", type=FILE)
def predict(name: str, folder: Path) -> None:
    """Predict in the process of one system, which ``run`` starts in the environment of that system."""
    _be_process(run.predict, name, folder)


@bench.command(hidden=True)
@click.argument("name")
@click.argument("folder", type=FILE)
def answer(name: str, folder: Path) -> None:
    """Answer in the process of one system, which ``stress --shrink`` starts and asks again and again."""
    _be_process(worker.answer, name, folder)


def _be_process(serve: Callable[[System, Path, Prove], None], name: str, folder: Path) -> None:
    try:
        serve(systems().find(name), folder, faults)
    except (MissingSystemError, PredictionError) as error:
        say(" ".join(str(error).split()))
        sys.exit(1)
