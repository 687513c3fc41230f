"""The tables of a board (the scores of systems on one task) and of runs of systems."""

import math
from collections.abc import Collection, Iterable
from itertools import chain

from spanproof.bench.board import Board
from spanproof.bench.records import Run
from spanproof.metrics.boundaries import VARIANTS, Variant
from spanproof.metrics.compare import ComparedScore
from spanproof.metrics.score import Score, Scores
from spanproof.metrics.significance import holm
from spanproof.metrics.task_layers import Task
from spanproof.table import Table, shown_label

_CLUSTERINGS = ("CoNLL", "MUC", "B³", "CEAF-e", "LEA")
_ALSO: dict[Task, tuple[tuple[str, str | None], ...]] = {
    "quotations": (
        *(("exact", "direct"), ("overlap", "direct"), ("content+source", None), ("content+source", "direct")),
        *(("content+cue", None), ("speaker accuracy", None)),
        *((f"aligned {part}", None) for part in ("content", "source", "cue", "speaker", "attribution")),
    ),
    "timex3": (("TempEval-3 relaxed", None), ("TempEval-3 value", None), ("value accuracy", None)),
    "clusters": tuple((f"{measure} {over}", None) for over in ("across", "within") for measure in _CLUSTERINGS),
    "utterances": tuple(
        (f"{prefix}{measure} across", None) for prefix in ("", "relaxed ") for measure in (*_CLUSTERINGS, "links")
    ),
}


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


def answer_table(runs: Iterable[Run]) -> Table | None:
    """Return what became of the requests and answers of each system that asks a server; None where none does."""
    rows = []
    for run in runs:
        outcomes = run.outcomes
        if outcomes is None:
            continue
        tokens = "–" if not any(outcomes.tokens) else "{:,} + {:,}".format(*outcomes.tokens)
        cost = "–" if outcomes.cost is None else f"{outcomes.cost:.4f}"
        annotations = f"{outcomes.annotations:,}" + (f" ({len(outcomes.likely):,} likely)" if outcomes.likely else "")
        unplaced = f"{len(outcomes.unplaced) - outcomes.malformed:,}"
        answered = f"{outcomes.answered:,} of {outcomes.requests:,}"
        rows.append(
            (run.system.name, answered, annotations, unplaced, f"{outcomes.malformed:,}", tokens,
             _seconds(outcomes.seconds), cost)
        )  # fmt: skip
    columns = ("system", "answered", "placed", "unplaced", "malformed", "tokens", "time of requests", "cost")
    return Table(columns, tuple(rows)) if rows else None


def score_table(board: Board, systems: Collection[str] | None = None) -> Table:
    """Return a heading for each measure and a row for each system, strict and convention-free side by side.

    The best comes first. Systems whose authors saw the corpus come last.

    Args:
        board: the scores.
        systems: those that are shown; all by default.
    """
    rows: list[tuple[str, ...]] = []
    for measure, part in measures(board):
        rows.append((f"{measure}, {part} only" if part else measure,))
        for name in ranked(board, measure, part):
            if systems is not None and name not in systems:
                continue
            cells = [_score_cells(score_of(board.scores[name], measure, variant, part)) for variant in VARIANTS]
            rows.append((board.marked(name, measure), *chain.from_iterable(cells)))
    return Table(("system", "strict F1", "P", "R", "convention-free F1", "P", "R"), tuple(rows))


def ranked(board: Board, measure: str, part: str | None = None) -> list[str]:
    """Return the systems by their strict score, the best first, after all others those in-sample; undefined last."""

    def rank(name: str) -> tuple[bool, float]:
        score = score_of(board.scores[name], measure, VARIANTS[0], part)
        in_sample = board.marked(name, measure) != name
        return in_sample, -1.0 if score is None or score.value is None else score.value

    return sorted(board.scores, key=lambda name: (rank(name)[0], -rank(name)[1]))


def ceiling(board: Board, name: str, labels: Collection[str]) -> tuple[float, float] | None:
    """Return the greatest recall and F1, on the board's first measure, of a system that gives only some labels.

    None if gold has none of these labels.

    Args:
        board: the scores, by label too.
        name: the system.
        labels: the labels that it gives.
    """
    measure = measures(board)[0][0]
    layer = next(score.layer for score in board.scores[name].scores if score.measure == measure)
    gold = {score.part: score.n[0] for score in board.scores[name].scores
            if (score.layer, score.measure, score.variant) == (layer, measure, VARIANTS[0])}  # fmt: skip
    if not gold.get(None) or not gold.keys() & {*labels}:
        return None
    recall = sum(n for part, n in gold.items() if part in labels) / gold[None]
    return recall, 2 * recall / (1 + recall)


def label_table(board: Board) -> Table | None:
    """Return a row for each label, and for all together, on the first measure, strict; None where there are none.

    Of one prediction with what it has of each label, precision and recall; of several with the F1 of each.
    """
    measure = measures(board)[0][0]
    parts = list(dict.fromkeys(score.part for scores in board.scores.values() for score in scores.scores
                               if (score.measure, score.variant) == (measure, "strict")))  # fmt: skip
    if len(parts) < 2:
        return None
    of_part = {part: [score_of(scores, measure, "strict", part) for scores in board.scores.values()] for part in parts}
    rows = []
    for part, scores in of_part.items():
        first = next(score for score in scores if score)
        cells = [score_cell(score) if score else "–" for score in scores]
        if len(scores) == 1:
            _, precision, recall = _score_cells(first)
            cells = [str(first.n[1]), precision or "–", recall or "–", *cells]
        rows.append((shown_label(part), str(first.n[0]), *cells))
    columns = ("predicted", "P", "R", "F1") if len(board.scores) == 1 else tuple(board.scores)
    return Table((f"label, {measure}", "gold", *columns), tuple(rows))


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
    """Return each system less every one that is below it on the first measure, with the interval; None without any.

    Bold is what is told apart: where p < .05 by Holm; where there is no p, where the interval doesn't contain 0.
    """
    measure = measures(board)[0][0]
    names = sorted(board.scores, key=lambda name: -(_value(board, name, measure, variant) or 0))
    cells: dict[tuple[str, str], str] = {}
    for (a, b), compared, p in zip(board.pairs, *_differences(board, measure, variant), strict=True):
        is_above = names.index(a) < names.index(b)
        cells[(a, b) if is_above else (b, a)] = _matrix_cell(compared, p, 1 if is_above else -1)
    marks = {name: board.marked(name, measure) for name in names}
    rows = [(marks[name], *(cells.get((name, other), "") for other in names[1:])) for name in names[:-1]]
    columns = (f"{measure}, {variant}", *(marks[name] for name in names[1:]))
    return Table(columns, tuple(rows)) if {*cells.values()} - {"–"} else None


def _matrix_cell(compared: ComparedScore | None, p: float, sign: int) -> str:
    """Return a difference with its interval, or that of the second less the first, bold where it is told apart."""
    if compared is None or math.isnan(compared.difference.difference):
        return "–"
    low, high = sorted(sign * end for end in compared.interval or (0, 0))
    text = f"{sign * compared.difference.difference:+.3f}" + (
        f" [{low:+z.3f}, {high:+z.3f}]" if compared.interval else ""
    )
    return f"**{text}**" if (low > 0 or high < 0 if math.isnan(p) else p < 0.05) else text


def _differences(board: Board, measure: str, variant: Variant) -> tuple[list[ComparedScore | None], list[float]]:
    """Return the difference of each pair of systems and its p, corrected by Holm.

    None and NaN where it isn't defined.
    """
    compared = []
    for (first, _), comparisons in board.pairs.items():
        score = score_of(board.scores[first], measure, variant)
        same = (comparison for comparison in comparisons if score and comparison.signature == score.signature)
        compared.append(next(same, None))
    return compared, holm([math.nan if one is None else one.difference.p for one in compared])


def _difference_cells(compared: ComparedScore | None, p: float) -> tuple[str, str]:
    if compared is None or math.isnan(compared.difference.difference):
        return "–", "–"
    interval = f" [{compared.interval[0]:+.3f}, {compared.interval[1]:+.3f}]" if compared.interval else ""
    return f"{compared.difference.difference:+.3f}{interval}", "–" if math.isnan(p) else _p(p)


def _value(board: Board, name: str, measure: str, variant: Variant) -> float | None:
    score = score_of(board.scores[name], measure, variant)
    return score.value if score else None


def measures(board: Board) -> list[tuple[str, str | None]]:
    """Return the measures that are shown of a board, each of all things (None) or of a part of them.

    Systems are compared on the first.
    """
    known = dict.fromkeys((score.measure, score.part) for scores in board.scores.values() for score in scores.scores)
    shown = [pair for pair in (("exact", None), ("overlap", None), *_ALSO.get(board.task, ())) if pair in known]
    if board.task in ("annotations", "relations"):
        shown = []
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
    """Return the value of a score with its interval, where it has one."""
    interval = f" [{score.interval[0]:.3f}, {score.interval[1]:.3f}]" if score.interval else ""
    return "–" if score.value is None else f"{score.value:.3f}{interval}"


def _p(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
