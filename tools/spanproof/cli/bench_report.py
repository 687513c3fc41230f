"""``spanproof bench report``: boards and a leaderboard from predictions that are there, with nothing installed."""

import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import click

from spanproof.bench.render import OUTPUTS, BenchReport
from spanproof.cli.bench_run import CORPUS, boards_of
from spanproof.cli.options import (
    FOLDER,
    NEW_FOLDER,
    RESAMPLES,
    SCHEMA,
    output_option,
    print_as,
    read_corpus,
    read_schema,
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
    """Score the predictions that bench run has left, without running anything.

    With --page it writes a leaderboard: README.md, an analysis of errors for each task, plots, scores.json, and
    summary.md for a dataset's card. What lies in that folder is taken in: reviews.jsonl (verdicts on spans that systems
    dispute) and stress.json (what bench stress --output json printed).

    \b
    spanproof bench report predictions --page leaderboard

    Exit codes: 0 scored, 2 unusable input.
    """
    from spanproof.bench.records import saved
    from spanproof.formats.files import replace_file

    gold = read_corpus(corpus, read_schema(schema_file))
    try:
        runs = saved(predictions)
        if not runs:
            raise ValueError(f"{predictions} holds no predictions; right is the OUT folder of bench run")
        boards, runs = boards_of(gold, runs, resamples)
        for run in runs:
            if run.problem:
                raise ValueError(f"{run.system.name}: {run.problem}")
        if page is None:
            print_as(OUTPUTS, output, BenchReport(boards, runs, gold.schema))
            return
        pages, review = _pages()
        reviews, stress = page / "reviews.jsonl", page / "stress.json"
        lines = reviews.read_text("utf-8").split("\n") if reviews.exists() else ()
        verdicts = [_object(line, f"{reviews}:{k}", review) for k, line in enumerate(lines, 1) if line.strip()]
        shown = (
            _object(stress.read_text("utf-8"), str(stress), ("transformations", "systems")) if stress.exists() else None
        )
        made = pages(gold, boards, runs, resamples, verdicts, shown, own=corpus is None)
        for name, content in made.items():
            replace_file(page / name, content)
    except ValueError as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.filename or page}: {error.strerror or error}")
    say(f"{page}: {', '.join(made)}")


def _object(text: str, where: str, members: Collection[str]) -> dict[str, Any]:
    """A JSON object that has these members.

    Raises:
        ValueError: it is none, or lacks some; the message says where.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{where}: {error}; right is a JSON object with {', '.join(members)}") from None
    lacking = [name for name in members if name not in found] if isinstance(found, dict) else members
    if not isinstance(found, dict) or lacking:
        raise ValueError(f"{where}: there is no {', '.join(lacking)}; right is a JSON object with {', '.join(members)}")
    return found


def _pages() -> tuple[Callable[..., dict[str, bytes]], Collection[str]]:
    try:
        from spanproof.bench.leaderboard.pages import REVIEW, pages
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        refuse("a leaderboard has plots, which need matplotlib: pip install 'spanproof[bench]'")
    return pages, REVIEW
