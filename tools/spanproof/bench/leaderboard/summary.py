"""The leaderboard in short: the piece of the card of its gold."""

from collections.abc import Sequence

from spanproof.bench import tables
from spanproof.bench.board import Board
from spanproof.bench.records import Run
from spanproof.bench.render import never_given
from spanproof.metrics.boundaries import VARIANTS
from spanproof.metrics.intervals import what_is_drawn
from spanproof.schema.schema import Schema
from spanproof.table import Table, bulleted, markdown

_OURS = "written with these articles, or the registry gathered from them, in sight"
_SUMMARY = """\
![F1 of every system with its 95 % interval.](leaderboard.svg)

{table}

{seen_table}- F1 with its 95 % interval, for which {drawn}.
- convention-free: determiners, titles and possessives at the edges of a span don't count.
- `three` has persons, places and organisations alone, for systems that tell no more apart.
{ceilings}
- Differences, errors, the spans that every system misses and those that several add: {home}.
- Hashes of the gold: {signature}."""


def summary(boards: Sequence[Board], home: str | None, runs: Sequence[Run] = (), schema: Schema | None = None) -> str:
    """Return the piece of a dataset's card: a row a system and task, those in-sample in a table of their own.

    Args:
        boards: all of them.
        home: where the pages of the leaderboard are in the project's repository; None where they are in none.
        runs: of the systems, to tell what they never give.
        schema: that of the gold.
    """
    fair, in_sample = list[tuple[str, ...]](), list[tuple[str, ...]]()
    signatures = {}
    for board in boards:
        groups: dict[bool, list[tuple[str, ...]]] = {False: [], True: []}
        for name in tables.ranked(board, "exact"):
            pair = [tables.score_of(board.scores[name], "exact", variant) for variant in VARIANTS]
            row = (name, *(tables.score_cell(score) if score else "–" for score in pair))
            groups[board.marked(name, "exact") != name].append(row)
            signatures[board.task] = pair[0].signature.partition("data:")[2].partition("|")[0] if pair[0] else "–"
        fair += [(board.title,), *groups[False]] if groups[False] else []
        in_sample += [(board.title,), *groups[True]] if groups[True] else []
    table, seen_table = (
        markdown(Table(("system", "strict", "convention-free"), tuple(rows))) if rows else ""
        for rows in (fair, in_sample)
    )
    data = ", ".join(f"{task} {digest}" for task, digest in signatures.items())
    developed = any(board.developed_with for board in boards)
    seen = _OURS if developed else f"written with {boards[0].corpus_in_sight}, or its registry, in sight"
    place = f"`{home}` of the project's repository" if home else "the pages of the leaderboard"
    drawn = what_is_drawn(next(iter(boards[0].scores.values())).documents) if boards else ""
    shown = f"In-sample, {seen}:\n\n{seen_table}\n\n" if seen_table else ""
    limits: dict[str, list[str]] = {}
    for board in boards:
        for run in (run for run in runs if run.system.name in board.scores):
            for line in never_given(board, run, schema):
                limits.setdefault(line.removeprefix(f"{run.system.name} "), []).append(run.system.name)
    ceilings = bulleted(f"{', '.join(dict.fromkeys(names))}: {limit}" for limit, names in limits.items())
    ceilings = ceilings or "- Every system gives every label that gold has."
    filled = _SUMMARY.format(drawn=drawn, table=table, signature=data, seen_table=shown, home=place, ceilings=ceilings)
    return filled.rstrip() + "\n"
