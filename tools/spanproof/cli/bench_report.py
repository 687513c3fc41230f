"""``spanproof bench report``: boards and a leaderboard from predictions that are there, with nothing installed."""

from pathlib import Path

import click

from spanproof.bench.held_out import hold_out
from spanproof.bench.render import OUTPUTS, BenchReport
from spanproof.cli.bench_run import CORPUS, boards_of
from spanproof.cli.gold import bench_gold
from spanproof.cli.options import (
    FOLDER,
    NEW_FOLDER,
    RESAMPLES,
    SCHEMA,
    output_option,
    own_corpus,
    print_as,
    refuse,
    say,
)


@click.command("report")
@click.argument("predictions", type=FOLDER, default=Path("predictions"))
@CORPUS
@click.option("--page", type=NEW_FOLDER, help="Folder of a leaderboard to write: pages, plots, scores.")
@SCHEMA
@RESAMPLES
@output_option(OUTPUTS)
def reporting(
    predictions: Path, corpus: Path | None, page: Path | None, schema_file: Path | None, resamples: int, output: str
) -> None:
    """Score the predictions that bench run has written, without running a system.

    --page writes a leaderboard: README.md, an analysis of the errors for each task, plots, scores.json, and summary.md
    for the card of a dataset. If dataset.json names the repository of the gold on the Hub, it also writes
    .eval_results/SYSTEM.yaml, which the author of a system puts into the repository of the model. Files of your own in
    that folder are included: intro.md (what readers should know about the gold and the systems), reviews.jsonl
    (verdicts on spans about which systems disagree), reviews.md (how these were made) and stress.json (what bench
    stress --output json printed).

    \b
    spanproof bench report predictions --page leaderboard

    Exit codes: 0 scored, 2 unusable input.
    """
    from spanproof.bench.leaderboard.beside import Beside
    from spanproof.bench.records import saved
    from spanproof.formats.files import replace_file
    from spanproof.publication.facts import Facts

    everything = bench_gold(corpus, schema_file)
    try:
        runs = saved(predictions)
        if not runs:
            raise ValueError(f"{predictions} holds no predictions; expected the OUT folder of bench run")
        held_out = sorted({name for run in runs for name in run.held_out})
        gold, _ = hold_out(everything, held_out)
        if held_out:
            say(f"not scored, since a system was shown them: {', '.join(held_out)}")
        boards, runs = boards_of(gold, runs, resamples, corpus)
        for run in runs:
            if run.problem:
                raise ValueError(f"{run.system.name}: {run.problem}")
        if page is None:
            print_as(OUTPUTS, output, BenchReport(boards, runs, gold.schema))
            return
        from spanproof.bench.leaderboard.eval_results import eval_results
        from spanproof.bench.leaderboard.pages import pages as pages_of

        facts = Facts.beside(corpus or own_corpus())
        pages = pages_of(gold, boards, runs, resamples, Beside.read(page))
        pages |= eval_results(boards, facts.get("repository"))
        for name, content in pages.items():
            replace_file(page / name, content)
    except ValueError as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.filename or page}: {error.strerror or error}")
    say(f"{page}: {', '.join(pages)}")
