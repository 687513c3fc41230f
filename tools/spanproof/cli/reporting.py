"""``spanproof bench report``: boards and a leaderboard from predictions that are there, with nothing installed."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from spanproof.cli.benchmarking import OUTPUT, RESAMPLES, SCHEMA, boards_of, gold_of, written
from spanproof.cli.options import FILE, FOLDER, refuse, say


@click.command("report")
@click.argument("predictions", type=FOLDER, default=Path("predictions"))
@click.option("--corpus", type=FILE, help="The gold; default: this repository's.")
@click.option("--page", type=FILE, help="Folder of a leaderboard to write: pages, plots, scores.")
@SCHEMA
@RESAMPLES
@OUTPUT
def reporting(
    predictions: Path, corpus: Path | None, page: Path | None, schema_file: Path | None, resamples: int, output: str
) -> None:
    """Score the predictions that bench run has left, without running anything.

    With --page it writes a leaderboard: README.md, an analysis of errors for each task, plots, scores.json, and
    summary.md for a dataset's card. What lies in that folder is taken in: reviews.jsonl (verdicts on spans that systems
    dispute) and stress.json (what bench stress --output json printed).

    Exit codes: 0 scored, 2 unusable input.
    """
    from spanproof.bench.records import saved
    from spanproof.format import replace_file

    gold = gold_of(corpus, schema_file)
    try:
        runs = saved(predictions)
        if not runs:
            raise ValueError(f"{predictions} holds no predictions; right is the OUT folder of bench run")
        boards, runs = boards_of(gold, runs, resamples)
        for run in runs:
            if run.problem:
                raise ValueError(f"{run.system.name}: {run.problem}")
        if page is None:
            click.echo(written(output, boards, runs, gold.schema), nl=False)
            return
        pages = _pages()
        reviews, stress = page / "reviews.jsonl", page / "stress.json"
        made = pages(
            gold,
            boards,
            runs,
            resamples,
            [json.loads(line) for line in reviews.read_text("utf-8").splitlines()] if reviews.exists() else (),
            json.loads(stress.read_bytes()) if stress.exists() else None,
        )
        for name, content in made.items():
            replace_file(page / name, content)
    except (ValueError, LookupError) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.filename or page}: {error.strerror or error}")
    say(f"{page}: {', '.join(made)}")


def _pages() -> Callable[..., dict[str, bytes]]:
    try:
        from spanproof.bench.leaderboard import pages
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        refuse("a leaderboard has plots, which need matplotlib: pip install 'spanproof[bench]'")
    return pages
