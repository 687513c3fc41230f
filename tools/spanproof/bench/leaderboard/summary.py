"""The leaderboard in short: the piece of the card of its gold."""

from collections.abc import Sequence

from spanproof.bench import tables
from spanproof.bench.board import Board
from spanproof.metrics.boundaries import VARIANTS
from spanproof.metrics.intervals import what_is_drawn
from spanproof.table import Table, markdown

_OURS = "written with these articles, or the registry gathered from them, in sight"
_SUMMARY = """\
![F1 of every system with its 95 % interval.](leaderboard.svg)

{table}

F1 with its 95 % interval, for which {drawn}. convention-free: determiners, titles and possessives at the edges of
a span don't count. *: {seen}. The table `three` has
persons, places and organisations alone, for systems that tell no more apart. Differences, errors, the spans that every
system misses and those that several add: {home}. Hashes of the gold:
{signature}."""


def summary(boards: Sequence[Board], home: str | None) -> str:
    """Return the piece of a dataset's card: a row a system and task.

    Args:
        boards: all of them.
        home: where the pages of the leaderboard are in the project's repository; None where they are in none.
    """
    rows: list[tuple[str, ...]] = []
    signatures = {}
    for board in boards:
        rows.append((board.title,))
        pairs = {
            name: [tables.score_of(scores, "exact", variant) for variant in VARIANTS]
            for name, scores in board.scores.items()
        }
        for name, pair in sorted(pairs.items(), key=lambda item: -((item[1][0] and item[1][0].value) or 0)):
            rows.append((board.marked(name, "exact"), *(tables.score_cell(score) if score else "–" for score in pair)))
            signatures[board.task] = pair[0].signature.partition("data:")[2].partition("|")[0] if pair[0] else "–"
    table = markdown(Table(("system", "strict", "convention-free"), tuple(rows)))
    data = ", ".join(f"{task} {digest}" for task, digest in signatures.items())
    developed = any(board.developed_with for board in boards)
    seen = _OURS if developed else f"written with {boards[0].corpus_in_sight}, or its registry, in sight"
    place = f"`{home}` of the project's repository" if home else "the pages of the leaderboard"
    drawn = what_is_drawn(next(iter(boards[0].scores.values())).documents) if boards else ""
    return _SUMMARY.format(drawn=drawn, table=table, signature=data, seen=seen, home=place) + "\n"
