"""``spanproof bench run``: predictions of systems, and their scores."""

import functools
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import click

from spanproof.bench import run as running
from spanproof.bench.board import Board, Labels, boards
from spanproof.bench.held_out import hold_out
from spanproof.bench.records import Run, shown_to_others
from spanproof.bench.render import OUTPUTS, BenchReport
from spanproof.bench.soundness import demand_sound, known_to
from spanproof.cli.amounts import Amount
from spanproof.cli.asked_systems import asked_systems
from spanproof.cli.briefing import Briefing, briefing_options, show_prompts
from spanproof.cli.gold import bench_gold
from spanproof.cli.labels import LAYER, MAP, chosen_labels, labels_option, renamed_labels
from spanproof.cli.options import (
    FILE,
    NEW_FOLDER,
    RESAMPLES,
    SCHEMA,
    end_on_sigterm,
    output_option,
    own_corpus,
    print_as,
    progress_of,
    refuse,
    say,
)
from spanproof.corpus.documents import Corpus
from spanproof.corpus.relabelling import demand_renaming
from spanproof.publication.facts import Facts
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError

CORPUS = click.option("--corpus", type=FILE, help="The gold corpus; default: that of this repository.")
AGAIN = click.option("--again", is_flag=True, help="Predict again even if a prediction exists.")
TIMEOUT = click.option("--timeout", type=Amount(min=1), help="Seconds after which a system is stopped; default: never.")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SYSTEM...")
@CORPUS
@click.option(
    "--out", type=NEW_FOLDER, default=Path("predictions"), show_default=True, help="Folder of the predictions."
)
@AGAIN
@TIMEOUT
@labels_option("Label set under which entities are scored", "that of each system")
@MAP
@LAYER
@briefing_options
@SCHEMA
@RESAMPLES
@output_option(OUTPUTS)
def run(
    names: tuple[str, ...],
    corpus: Path | None,
    out: Path,
    again: bool,
    timeout: float | None,
    labels: str | None,
    renamed: tuple[str, ...],
    layer: str | None,
    briefing: Briefing,
    schema_file: Path | None,
    resamples: int,
    output: str,
) -> None:
    """Predict with systems (bench systems lists them), each in its own process, and score the predictions.

    A prediction is a corpus, OUT/SYSTEM.jsonl, which check, diff, show and bench score can read. A prediction that
    exists already for the same texts and the same version of the system is kept. OUT/runs says how each was made.

    What a system finds is put into the layers of the gold: names into the layer with labels, times into the one with
    TIMEX3 values, quotations into the one with their parts. A layer that the gold lacks isn't asked for. Labels that
    the gold doesn't have are reported; --map and --labels say what they correspond to.

    A language model (openai:MODEL@URL) gets a prompt with the layers and labels of the gold, as the schema describes
    them, or your own prompt, whose file name you write after a #. All requests and answers are kept in OUT/requests, so
    an interrupted run continues where it stopped. If more than 5 % of the requests get no usable answer, there is no
    prediction.

    Prints the time and memory of each run, then the scores for each task with their intervals, and a comparison of each
    pair of systems.

    \b
    spanproof bench run spacy-sm quotes-baseline
    spanproof bench run gliner --corpus my.jsonl --schema my.schema.json --out mine
    spanproof bench run openai:MODEL@http://127.0.0.1:8080/v1#short.txt --example doc-1 --show-prompt

    Exit codes: 0 all were scored, 1 a system failed (the others are scored), 2 unusable input.
    """
    end_on_sigterm()
    everything = bench_gold(corpus, schema_file)
    known, table, renaming = systems(), chosen_labels(labels), renamed_labels(renamed)
    try:
        chosen = [known.find(name) for name in dict.fromkeys(names)]
        gold, examples = hold_out(demand_sound(everything, "the gold"), briefing.examples)
        if renaming:
            own = {label for one in chosen if not one.adapt for of in one.predicts.values() for label in of}
            demand_renaming(renaming, own, known_to(everything, table))
        brief = briefing.brief(gold, examples, layer) if any(system.adapt for system in chosen) else None
        asked = asked_systems(gold, chosen, brief, (table, renaming, layer))
        if briefing.show_prompt:
            show_prompts([one.system for one in asked])
        running.demand_measurable(gold, [one.system for one in asked])
        predicted = functools.partial(running.run, held_out=briefing.examples, again=again, timeout=timeout)
        runs = []
        for one in asked:
            with progress_of(f"{one.system.name}:") as progress:
                runs.append(predicted(one.system, gold, out, fit=one.fit, brief=one.brief, progress=progress))
        scored, runs = boards_of(gold, runs, resamples, corpus, Labels(table, renaming))
    except (MissingSystemError, ValueError) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{out}: {error.strerror or error}")
    _end(BenchReport(scored, runs, gold.schema), output)


def _end(report: BenchReport, output: str) -> NoReturn:
    """Print a report, say which systems failed, and end."""
    print_as(OUTPUTS, output, report)
    failed = [run for run in report.runs if run.problem]
    for run in failed:
        say(f"{run.system.name} failed: {run.problem}")
    sys.exit(1 if failed else 0)


def boards_of(
    gold: Corpus, runs: Sequence[Run], resamples: int, path: Path | None, labels: Labels | None = None
) -> tuple[list[Board], list[Run]]:
    """Score the predictions of some runs.

    Args:
        gold: the reference.
        runs: the runs; those with a problem are left out.
        resamples: how many resamples the intervals are drawn from.
        path: where the gold is; None for the repository's own. The facts beside it say what it is called.
        labels: how labels of names are compared; by default under the sets that systems tell apart.

    Returns:
        The boards, and the runs: where a prediction can't be scored, ``problem`` of its run says why.
    """
    predictions = {run.system.name: (run.system, run.path) for run in runs if not run.problem}
    facts = Facts.beside(path or own_corpus())
    title = facts.title if facts.get("development") else None
    held_out = {run.system.name: shown_to_others(run, runs) for run in runs}
    scored, problems = boards(gold, predictions, resamples, title, labels, held_out)
    return scored, [replace(run, problem=problems.get(run.system.name, run.problem)) for run in runs]
