"""The leaderboard: from predictions that are kept, the scores as data, the pages and the plots.

Everything follows from the gold, the predictions with their records, and what lies in the folder beside the pages
(prose, reviews of what systems dispute, results of ``bench stress``); so a test can tell whether the pages are fresh.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from spanproof.bench import render as report
from spanproof.bench import tables
from spanproof.bench.board import Board
from spanproof.bench.errors import page
from spanproof.bench.errors.aligned import SPANS
from spanproof.bench.errors.analysis import Analysis, analyse
from spanproof.bench.held_out import without
from spanproof.bench.leaderboard import plots, stress
from spanproof.bench.leaderboard.beside import Beside
from spanproof.bench.leaderboard.summary import summary
from spanproof.bench.records import Run, shown_to_others
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.significance import LEAST
from spanproof.table import Table, bulleted, markdown

_INTRO = """\
# Leaderboard

How good are these systems on {documents} of gold? Each board below is one task: named entities, quotations, expressions
of time (TIMEX3), which names are one entity (clusters), and which quotations render one utterance. `spanproof bench
report` computed every number from stored predictions. These are ordinary corpora: `spanproof check`, `diff` and `show`
read them."""
_COST = """\
Seconds are those of one run. Memory is the peak of the Python process, without programs that it starts (node, java)."""
_MATRIX = """\
Is one better? Each cell is the F1 of its row minus the F1 of its column, with the 95 % interval of this difference.
Bold means {bold}."""
_BOLD = "p < .05, corrected for the number of pairs (Holm)"
_BOLD_WITHOUT_P = "that the interval doesn't contain 0; with many pairs, some are bold by chance"
_ERRORS = """\
What goes wrong, and where? P, R and F1 are strict and count exact matches. Brackets hold 95 % intervals.
[How to read](README.md#how-to-read) explains measures and asterisks."""
_SENTENCE_END = re.compile(r"(?<=[.)]) +(?=[A-Z])")
_DISPUTES = """\
The spans below were trimmed first (convention-free): determiners, titles, possessives and quotation marks at their
edges are gone. In-sample systems aren't counted here."""


def pages(
    gold: Corpus, boards: Sequence[Board], runs: Sequence[Run], resamples: int, beside: Beside | None = None
) -> dict[str, bytes]:
    """Return the files of the leaderboard, by name.

    Args:
        gold: the reference.
        boards: all of them, as :func:`spanproof.bench.board.boards` gives them.
        runs: behind them.
        resamples: draws for the intervals of the error analysis.
        beside: what lies in the folder of the pages; nothing by default.

    Raises:
        ValueError: a prediction can't be laid beside the gold.
    """
    beside = beside or Beside()
    files: dict[str, bytes] = {}
    documents = f"{len(gold)} document{'s'[: len(gold) != 1]}"
    parts = [_INTRO.format(documents=documents), *([beside.intro] if beside.intro else [])]
    parts += ["![F1 of every system with its interval.](leaderboard.svg)", markdown(_systems(runs)), _COST]
    parts += ["## How to read", bulleted(report.captions(boards))]
    for board in boards:
        name = board.title.replace(", ", "-")
        matrix = tables.difference_matrix(board, "strict")
        drawn = max(scores.drawn for scores in board.scores.values())
        of_row = _MATRIX.format(bold=_BOLD if drawn >= LEAST else _BOLD_WITHOUT_P)
        parts += [report.section(board, runs, gold.schema, []), *([of_row, markdown(matrix)] if matrix else [])]
        if board.task in SPANS:
            parts.append(f"What goes wrong, and where gold is disputed: [errors](errors-{name}.md).")
            files |= _errors(name, gold, board, runs, resamples, beside)
    if beside.stress:
        parts.append(stress.section(beside.stress))
        files |= stress.pictures(beside.stress)
    parts += ["## Limits of the systems", _limits(runs)]
    files["README.md"] = ("\n\n".join(part.strip() for part in parts) + "\n").encode()
    files["leaderboard.svg"] = plots.forest({board.title: _lines(board) for board in boards})
    files["summary.md"] = summary(boards, beside.home, runs, gold.schema).encode()
    # A name alone, so that the bytes don't depend on where the folder is.
    named = [replace(run, path=Path(run.path.name)) for run in runs]
    files["scores.json"] = report.as_json(report.BenchReport([_shown(board) for board in boards], named)).encode()
    return files


def _limits(runs: Sequence[Run]) -> str:
    """Return the limits of each system as a list, a line a sentence."""
    lines = []
    for name, limits in (line.split(": ", 1) for line in report.limits(runs)):
        lines.append(bulleted([name]))
        lines += [f"  {bulleted([sentence])}" for sentence in _SENTENCE_END.split(limits)]
    return "\n".join(lines)


def _systems(runs: Sequence[Run]) -> Table:
    """Return the systems without the last column: here all predictions are kept ones."""
    table = tables.run_table(runs)
    return replace(table, header=table.header[:-1], rows=tuple(row[:-1] for row in table.rows))


def _shown(board: Board) -> Board:
    """Return the board with what pages show: those measures, and the pairs compared on the first."""
    measures = {measure for measure, _ in tables.measures(board)}
    first = tables.measures(board)[0]
    kept = {
        name: replace(scores, scores=tuple(score for score in scores.scores if score.measure in measures))
        for name, scores in board.scores.items()
    }
    signatures = {
        score.signature for scores in kept.values() for score in scores.scores if (score.measure, score.part) == first
    }
    pairs = {
        names: [comparison for comparison in pair if comparison.signature in signatures]
        for names, pair in board.pairs.items()
    }
    return replace(board, scores=kept, pairs=pairs)


def _errors(
    name: str,
    gold: Corpus,
    board: Board,
    runs: Sequence[Run],
    resamples: int,
    beside: Beside,
) -> dict[str, bytes]:
    """Return the page of errors of a board and its plot.

    Gold is disputed by systems whose authors hadn't seen it, and not for a determiner: convention-free.
    """
    predictions = {
        run.system.name: without(read(run.path, gold.schema, {}), shown_to_others(run, runs))
        for run in runs
        if run.system.name in board.scores
    }
    fair = {name: prediction for name, prediction in predictions.items() if "" not in board.in_sample.get(name, ())}
    marked = {board.marked(name, "exact"): prediction for name, prediction in predictions.items()}
    analysed = partial(analyse, gold, task=board.task, labels=board.labels, layer=board.layer)
    every = analysed(predictions=marked, resamples=resamples)
    disputed = analysed(predictions=fair, variant="convention-free", resamples=0)
    verdicts = {
        (review["article"], review["start"], review["end"], review["label"]): review["verdict"]
        for review in beside.reviews
        if (review["task"], review.get("layer"), review["labels"]) == (board.task, board.layer, board.labels)
    }
    lines = [
        f"# {board.title}: errors",
        f"![Recall by label and system.](labels-{name}.svg)",
        _ERRORS,
        page.as_markdown(every),
        f"{_DISPUTES}\n{beside.reviewers}" if beside.reviewers and verdicts else _DISPUTES,
        page.disputes_as_markdown(disputed, verdicts),
    ]
    content = "\n\n".join(part.strip() for part in lines) + "\n"
    return {f"errors-{name}.md": content.encode(), f"labels-{name}.svg": _labels(every)}


def _labels(analysis: Analysis) -> bytes:
    """Recall of each system on each label of gold."""
    parts = {
        errors.system: {part.name: part for part in errors.parts if part.by == "label"} for errors in analysis.systems
    }
    counts = {name: part.gold for by_part in parts.values() for name, part in by_part.items() if part.gold}
    recall = {
        system: {name: by_part[name].recall if by_part[name].predicted else None for name in counts if name in by_part}
        for system, by_part in parts.items()
    }
    columns = {name: f"{name} {n:,}" for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}
    return plots.heat(columns, recall, "Recall", "beside a label its spans in gold; –: never given")


def _lines(board: Board) -> list[plots.Line]:
    measure, _ = tables.measures(board)[0]
    return [
        plots.line(name, scores, board.marked(name, measure) != name, measure) for name, scores in board.scores.items()
    ]
