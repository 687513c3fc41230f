"""The leaderboard in short: the piece of the card of its gold."""

from collections.abc import Sequence

from spanproof.bench import tables
from spanproof.bench.board import Board
from spanproof.bench.records import Run
from spanproof.bench.render import ceilings
from spanproof.metrics.boundaries import VARIANTS
from spanproof.metrics.intervals import trust
from spanproof.schema.schema import Schema
from spanproof.table import Table, bulleted, markdown

_OURS = "written by authors who saw these documents, or a registry gathered from them"
_IN_SAMPLE = (
    "- These scores are in-sample: {scores}. The systems were {seen}, so these scores can't be compared"
    " with the others.\n"
)
_MAY_BE_IN_SAMPLE = (
    "- Not in the table: {scores}. The systems were {seen}. If this gold has texts of it, they are in-sample.\n"
)
_SUMMARY = """\
![F1 of every system with its 95 % interval.](leaderboard.svg)

{table}

- Numbers are F1 with its 95 % interval. {drawn}
- convention-free first trims determiners, titles, possessives and quotation marks from the edges of spans.
{in_sample}- `three` has only persons, places and organisations, for systems that don't distinguish more.
{ceilings}
- {home} has the differences between systems, their errors, and the spans in dispute.
- Hashes of the gold: {signature}."""


def summary(every: Sequence[Board], home: str | None, runs: Sequence[Run] = (), schema: Schema | None = None) -> str:
    """Return the piece of a dataset's card: a row a system and task of spans, those in-sample below the table.

    Args:
        every: all boards.
        home: where the pages of the leaderboard are in the project's repository; None where they are in none.
        runs: of the systems, to tell what they never give.
        schema: that of the gold.
    """
    boards = [board for board in every if tables.measures(board)[0][0] == "exact"]
    fair, in_sample = list[tuple[str, ...]](), list[str]()
    signatures = {}
    for board in boards:
        rows: list[tuple[str, ...]] = [(board.title,)]
        for name in tables.ranked(board, "exact"):
            pair = [tables.score_of(board.scores[name], "exact", variant) for variant in VARIANTS]
            strict, free = (tables.score_cell(score) if score else "–" for score in pair)
            if board.marked(name, "exact") == name:
                rows.append((name, strict, free))
            else:
                in_sample.append(f"{name} {strict} ({board.title})")
            signatures[board.task] = pair[0].signature.partition("data:")[2].partition("|")[0] if pair[0] else "–"
        fair += rows if len(rows) > 1 else []
    table = markdown(Table(("system", "strict", "convention-free"), tuple(fair))) if fair else ""
    data = ", ".join(f"{task} {digest}" for task, digest in signatures.items())
    developed = any(board.developed_with for board in boards)
    seen = _OURS if developed else f"written by authors who saw {boards[0].corpus_in_sight}, or its registry"
    place = f"`{home}` in the project's repository" if home else "The leaderboard"
    first = next(iter(boards[0].scores.values())) if boards else None
    drawn = trust(first.drawn, unit=first.unit) if first else ""
    shown = (_IN_SAMPLE if developed else _MAY_BE_IN_SAMPLE).format(seen=seen, scores="; ".join(in_sample))
    shown = shown if in_sample else ""
    limits = bulleted(ceilings(boards, runs, schema)) or "- Every system gives every label that gold has."
    filled = _SUMMARY.format(drawn=drawn, table=table, signature=data, in_sample=shown, home=place, ceilings=limits)
    return filled.rstrip() + "\n"
