"""``spanproof bench run``: predictions of systems, and their scores."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from spanproof.bench import run as running
from spanproof.bench.board import Board, Labels, boards
from spanproof.bench.fitting import fit_to
from spanproof.bench.records import Run
from spanproof.bench.render import OUTPUTS, BenchReport
from spanproof.bench.soundness import demand_sound
from spanproof.cli.labels import LAYER, MAP, chosen_labels, labels_option, renamed_labels
from spanproof.cli.options import (
    FILE,
    NEW_FOLDER,
    RESAMPLES,
    SCHEMA,
    corpus_schema,
    end_on_sigterm,
    output_option,
    own_corpus,
    print_as,
    progress_of,
    read_corpus,
    refuse,
    say,
)
from spanproof.corpus.documents import Corpus
from spanproof.publication.facts import Facts
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError

CORPUS = click.option("--corpus", type=FILE, help="The gold; default: this repository's.")
AGAIN = click.option("--again", is_flag=True, help="Predict again even where a prediction exists.")
TIMEOUT = click.option(
    "--timeout", type=click.FloatRange(min=1), help="Seconds after which a system is stopped; default: never."
)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SYSTEM...")
@CORPUS
@click.option(
    "--out", type=NEW_FOLDER, default=Path("predictions"), show_default=True, help="Folder of the predictions."
)
@AGAIN
@TIMEOUT
@labels_option("Under which names are scored; default: that of each system")
@MAP
@LAYER
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
    schema_file: Path | None,
    resamples: int,
    output: str,
) -> None:
    """Predict with systems (bench systems lists them), each in a process of its own, and score what they say.

    A prediction is a corpus, OUT/SYSTEM.jsonl: check, diff, show and bench score read it. One that is there for the
    same texts and version of the system is kept. OUT/runs says how each was made.

    Systems answer in the words of the gold: names are what is labelled there, times
    what has TIMEX3 values, quotations what has parts. A layer that gold lacks isn't asked. Labels without a
    counterpart are told; --map and --labels say one.

    Prints what each run took, then for each task the scores with their intervals, and every two systems compared.

    \b
    spanproof bench run spacy-sm quotes-baseline
    spanproof bench run gliner --corpus my.jsonl --schema my.schema.json --out mine

    Exit codes: 0 all were scored, 1 a system failed (the others are scored), 2 unusable input.
    """
    end_on_sigterm()
    gold = read_corpus(corpus, corpus_schema(schema_file, [corpus] if corpus else []))
    known, table, renaming = systems(), chosen_labels(labels), renamed_labels(renamed)
    try:
        chosen = [known.find(name) for name in dict.fromkeys(names)]
        asked = [fit_to(demand_sound(gold, "the gold"), system, table, renaming, layer) for system in chosen]
        running.demand_measurable(gold, [system for system, _ in asked])
        runs = []
        for own, (system, fit) in zip(chosen, asked, strict=True):
            if fit and (lost := fit.left_out(own)):
                say(lost)
            with progress_of(f"{system.name}:") as progress:
                one = running.run(system, gold, out, fit=fit, again=again, timeout=timeout, progress=progress)
            runs.append(one)
        scored, runs = boards_of(gold, runs, resamples, corpus, Labels(table, renaming))
    except (MissingSystemError, ValueError) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{out}: {error.strerror or error}")
    print_as(OUTPUTS, output, BenchReport(scored, runs, gold.schema))
    failed = [run for run in runs if run.problem]
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
    scored, problems = boards(gold, predictions, resamples, facts.title if facts.get("development") else None, labels)
    return scored, [replace(run, problem=problems.get(run.system.name, run.problem)) for run in runs]
