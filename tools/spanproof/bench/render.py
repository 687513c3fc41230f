"""Boards (the scores of systems on one task) and runs of systems: for a terminal, as Markdown, as JSON."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from spanproof.bench.board import Board, tasks_of
from spanproof.bench.records import Run
from spanproof.metrics.boundaries import VARIANTS, Variant
from spanproof.metrics.compare import ComparedScore
from spanproof.metrics.label_sets import TABLES, own_labels
from spanproof.metrics.resampling import FEW, RandomisationTest, holm
from spanproof.metrics.score import Score, Scores
from spanproof.metrics.task_layers import Task
from spanproof.schema.schema import Schema
from spanproof.table import StyledLine, Table, bulleted, markdown, terminal, wrapped

_ALSO: dict[Task, tuple[tuple[str, str | None], ...]] = {
    "quotations": (
        *(("exact", "direct"), ("overlap", "direct"), ("content+source", None), ("content+source", "direct")),
        *(("content+cue", None), ("speaker accuracy", None)),
    ),
    "timex3": (("TempEval-3 relaxed", None), ("TempEval-3 value", None), ("value accuracy", None)),
    "clusters": tuple((measure, None) for measure in ("B³", "CEAF-e", "MUC", "LEA", "CoNLL")),
}
_IN_SAMPLE = (
    "*: written with istanbul-talks, or the registry gathered from it, in sight: its score on that corpus is "
    "in-sample, and so is every comparison with it."
)
_CAPTION = (
    "F1 (accuracy where it says so) with its 95 % bootstrap interval over sentences (articles, where clusters are "
    "scored), left out where it has no width; precision P, recall R; micro over labels. convention-free: determiners, "
    "titles, possessives at the edges of a name, and marks around what is said, don't count. –: undefined."
)
_P = (
    "p: two-sided, paired approximate randomisation over sentences, 10,000 exchanges, or all where there are no more; "
    "corrected by Holm for the pairs of a board. Accuracies are over other spans for each system, so they have no p."
)


@dataclass(frozen=True)
class BenchReport:
    """What was measured.

    Attributes:
        boards: the scores.
        runs: of the systems on the boards; none where a prediction was scored that no run made.
        schema: that of the gold, to tell which labels a system never gives; without it that isn't told.
    """

    boards: Sequence[Board]
    runs: Sequence[Run] = ()
    schema: Schema | None = None


def run_table(runs: Iterable[Run]) -> Table:
    """Return a row for each system that was run: its version, its licences, what it took, how its prediction came."""
    rows = []
    for run in runs:
        system, cost = run.system, run.cost
        figures = (
            ("–", "–", "–") if cost is None else (*map(_seconds, (cost.load, cost.predict)), _megabytes(cost.memory))
        )
        prediction = "failed" if run.problem else "kept" if run.kept else "made"
        rows.append((system.signature, system.licence, system.weights or "none", *figures, prediction))
    return Table(("system", "licence", "weights", "load", "predict", "memory", "prediction"), tuple(rows), left=3)


def score_table(board: Board) -> Table:
    """Return a heading for each measure and a row for each system, strict and convention-free side by side."""
    rows: list[tuple[str, ...]] = []
    for measure, part in measures(board):
        rows.append((f"{measure}, {part} only" if part else measure,))
        for name, scores in board.scores.items():
            cells = [_score_cells(score_of(scores, measure, variant, part)) for variant in VARIANTS]
            rows.append((board.marked(name, measure), *chain.from_iterable(cells)))
    return Table(("system", "strict F1", "P", "R", "convention-free F1", "P", "R"), tuple(rows))


def pair_table(board: Board) -> Table | None:
    """Return a row for each pair of systems: first less second on the first measure, and its p, corrected by Holm.

    None where there is no pair. The JSON has every measure and label.
    """
    measure = measures(board)[0][0]
    columns = [list(map(_difference_cells, *_differences(board, measure, variant))) for variant in VARIANTS]
    rows = [
        (f"{board.marked(a, measure)} − {board.marked(b, measure)}", *strict, *free)
        for (a, b), strict, free in zip(board.pairs, *columns, strict=True)
    ]
    return Table((f"pair, {measure}", "strict", "p", "convention-free", "p"), tuple(rows)) if rows else None


def difference_matrix(board: Board, variant: Variant) -> Table | None:
    """Return every system less every other on the first measure, bold where p < .05 by Holm; None without a pair."""
    measure = measures(board)[0][0]
    cells: dict[tuple[str, str], str] = {}
    for (a, b), difference, p in zip(board.pairs, *_differences(board, measure, variant), strict=True):
        for pair, sign in (((a, b), 1), ((b, a), -1)):
            text = "–" if difference is None else f"{sign * difference.difference:+.3f}"
            cells[pair] = f"**{text}**" if p < 0.05 else text
    names = sorted(board.scores, key=lambda name: -(_value(board, name, measure, variant) or 0))
    marks = [board.marked(name, measure) for name in names]
    rows = [(mark, *(cells.get((name, other), "") for other in names)) for name, mark in zip(names, marks, strict=True)]
    return Table((f"{measure}, {variant}", *marks), tuple(rows)) if cells else None


def _differences(board: Board, measure: str, variant: Variant) -> tuple[list[RandomisationTest | None], list[float]]:
    """The difference of each pair of systems and its p, corrected by Holm; None and NaN where it isn't defined."""
    differences = []
    for (first, _), comparisons in board.pairs.items():
        score = score_of(board.scores[first], measure, variant)
        same = (each.difference for each in comparisons if score and each.signature == score.signature)
        differences.append(next(same, None))
    return differences, holm([math.nan if difference is None else difference.p for difference in differences])


def _difference_cells(difference: RandomisationTest | None, p: float) -> tuple[str, str]:
    return ("–", "–") if difference is None or math.isnan(p) else (f"{difference.difference:+.3f}", _p(p))


def captions(boards: Sequence[Board]) -> list[str]:
    """Return how the numbers of boards are to be read: intervals, p, asterisks."""
    lines = [_CAPTION]
    if any(board.pairs for board in boards):
        lines.append(_P)
    if any(any(board.in_sample.values()) for board in boards):
        lines.append(_IN_SAMPLE)
    return lines


def limits(runs: Iterable[Run]) -> list[str]:
    """Return what systems say of their limits, and what they failed on."""
    lines = []
    for run in runs:
        lines.append(f"{run.system.name}: {run.system.limits}")
        lines += [f"{run.system.name} failed on parts of texts: {'; '.join(run.faults)}"] if run.faults else []
    return lines


def notes(board: Board, runs: Sequence[Run], schema: Schema | None) -> list[str]:
    """Return what is to be known of one board: how small its sample is, which labels systems never give."""
    first = next(iter(board.scores.values()))
    lines = [_lead(board).caution]
    if board.pairs:
        n, articles = len(board.pairs), first.documents
        bound = f" Over the {articles} articles no p could be below {2 / 2**articles:.2g}: p speaks of these articles."
        lines.append(f"p is corrected for {n} pair{'s' if n > 1 else ''}.{bound if articles < FEW else ''}")
    for run in runs:
        lines += _never_given(board, run, schema) if run.system.name in board.scores else []
    return lines


def _lead(board: Board) -> Score:
    """The score whose caution and signature stand for the board: the first system's on the first measure."""
    first = next(iter(board.scores.values()))
    return score_of(first, measures(board)[0][0], VARIANTS[0]) or first.scores[0]


def _value(board: Board, name: str, measure: str, variant: Variant) -> float | None:
    score = score_of(board.scores[name], measure, variant)
    return score.value if score else None


def as_text(report: BenchReport, *, color: bool = False) -> str:
    """Return the tables for a terminal, as wide as they are, and the notes in lines of 100 characters."""
    blocks: list[list[Table | StyledLine]] = [[run_table(report.runs)]] if report.runs else []
    for board in report.boards:
        pairs = pair_table(board)
        blocks.append([board.title, score_table(board)])
        if pairs:
            blocks.append([pairs])
        of_board = [run for run in report.runs if run.system.name in board.scores]
        lines = [*captions([board]), *limits(of_board), *notes(board, report.runs, report.schema)]
        blocks.append([*map(wrapped, lines), f"signature: {_lead(board).signature}"])
    return "\n".join(terminal(block, color=color) for block in blocks)


def as_markdown(report: BenchReport) -> str:
    """Return the tables for a page."""
    parts = [markdown(run_table(report.runs)), bulleted(limits(report.runs))] if report.runs else []
    parts += [bulleted(captions(report.boards))] if report.boards else []
    for board in report.boards:
        pairs = pair_table(board)
        parts += [section(board, report.runs, report.schema, [pairs] if pairs else [])]
    return "\n\n".join(parts) + "\n"


def section(board: Board, runs: Sequence[Run], schema: Schema | None, comparison: Sequence[Table]) -> str:
    """Return a board on a page: a heading of level 2, its scores, further tables, and what is to be known of it.

    Args:
        board: the scores to show.
        runs: of the systems on the board.
        schema: that of the gold, or None, see :class:`BenchReport`.
        comparison: tables that stand below that of the scores, as :func:`pair_table` gives one.
    """
    below = [bulleted(notes(board, runs, schema)), f"Signature: `{_lead(board).signature}`"]
    return "\n\n".join([f"## {board.title}", *map(markdown, (score_table(board), *comparison)), *below])


def as_json(report: BenchReport) -> str:
    """Return all scores, of every label too, and all comparisons as a JSON object."""
    value = {"systems": list(map(_run_value, report.runs)), "boards": list(map(_board_value, report.boards))}
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _run_value(run: Run) -> dict[str, Any]:
    return {
        **{name: getattr(run.system, name) for name in ("name", "version", "signature", "licence", "weights")},
        "predicts": {layer: list(labels) for layer, labels in run.system.predicts.items()},
        "limits": run.system.limits,
        "path": None if run.problem else str(run.path),
        "kept": run.kept,
        "faults": list(run.faults),
        "problem": run.problem,
        "cost": run.cost and asdict(run.cost),
    }


def _board_value(board: Board) -> dict[str, Any]:
    return {
        "task": board.task,
        "labels": board.labels,
        "in_sample": {name: list(members) for name, members in board.in_sample.items() if members},
        "scores": {name: [asdict(score) for score in scores.scores] for name, scores in board.scores.items()},
        "pairs": [
            {"first": a, "second": b, "scores": [_comparison_value(each) for each in comparisons]}
            for (a, b), comparisons in board.pairs.items()
        ],
    }


def _comparison_value(comparison: ComparedScore) -> dict[str, Any]:
    """A comparison with null for what is undefined: JSON has no NaN."""
    value = asdict(comparison)
    value["difference"] = {name: None if number != number else number for name, number in value["difference"].items()}
    return value


def measures(board: Board) -> list[tuple[str, str | None]]:
    """Return the measures that are shown of a board, each of all things (None) or of a part of them.

    Systems are compared on the first.
    """
    known = dict.fromkeys((score.measure, score.part) for scores in board.scores.values() for score in scores.scores)
    shown = [pair for pair in (("exact", None), ("overlap", None), *_ALSO.get(board.task, ())) if pair in known]
    return shown or [pair for pair in known if pair[1] is None]


def score_of(scores: Scores, measure: str, variant: str, part: str | None = None) -> Score | None:
    """Return the score of a part, or of all things without one; None where there is none.

    Where several layers or members have such a score, that of the layer itself comes first.

    Args:
        scores: the scores of one system.
        measure: as ``exact``.
        variant: ``strict`` or ``convention-free``.
        part: as a label, or ``direct``.
    """
    key = (measure, part, variant)
    return next((s for s in scores.scores if (s.measure, s.part, s.variant) == key), None)


def _score_cells(score: Score | None) -> tuple[str, str, str]:
    if score is None or score.value is None:
        return ("–", "", "")
    precision, recall = ("" if number is None else f"{number:.3f}" for number in (score.precision, score.recall))
    return score_cell(score), precision, recall


def score_cell(score: Score) -> str:
    """Return the value of a score with its interval.

    An interval without width, as of zeros alone, is left out: it would look like certainty.
    """
    low, high = score.intervals.get("sentences") or score.intervals.get("documents") or (0, 0)
    interval = f" [{low:.3f}, {high:.3f}]" if low < high else ""
    return "–" if score.value is None else f"{score.value:.3f}{interval}"


def _never_given(board: Board, run: Run, schema: Schema | None) -> list[str]:
    """A note of the labels that gold may have and the system never gives; none without a schema."""
    layer = tasks_of(run.system.predicts, schema).get(board.task) if schema else None
    if layer is None or schema is None:
        return []
    node = schema.nodes[layer, "*"]
    table = TABLES[board.labels] if board.labels else own_labels(node, node.label)
    predicted = {table.get(label) for label in run.system.predicts[layer]}
    of_gold = dict.fromkeys(table.get(label) for label in own_labels(node, node.label))
    never = [label for label in of_gold if label is not None and label not in predicted]
    return [f"{run.system.name} never gives {', '.join(never)}: what gold has of it is missed."] if never else []


def _p(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


OUTPUTS = {"text": as_text, "markdown": as_markdown, "json": as_json}
