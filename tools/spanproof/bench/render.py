"""Boards and runs as people read them: for a terminal, as Markdown, as JSON."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from spanproof.bench.board import Board, tasks_of
from spanproof.bench.records import Run
from spanproof.metrics.label_sets import TABLES, own
from spanproof.metrics.resampling import FEW, Difference, holm
from spanproof.metrics.score import VARIANTS, Compared, Score, Scores, Task, Variant
from spanproof.schema.schema import Schema
from spanproof.table import Table, aligned, piped, wrapped

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


def listed(system_runs: Iterable[Run]) -> Table:
    """What was run: versions, licences, what it took."""
    rows = []
    for run in system_runs:
        system, cost = run.system, run.cost
        figures = (
            ("–", "–", "–") if cost is None else (*map(_seconds, (cost.load, cost.predict)), _megabytes(cost.memory))
        )
        done = "failed" if run.problem else "kept" if run.kept else "made"
        rows.append((system.signature, system.licence, system.weights or "none", *figures, done))
    return Table(("system", "licence", "weights", "load", "predict", "memory", "prediction"), tuple(rows), left=3)


def scored(board: Board) -> Table:
    """A heading a measure, a row a system, strict and convention-free side by side."""
    rows: list[tuple[str, ...]] = []
    for measure, part in measures(board):
        rows.append((f"{measure}, {part} only" if part else measure,))
        for name, scores in board.scores.items():
            found = [of_all(scores, measure, variant, part) for variant in VARIANTS]
            rows.append((board.marked(name, measure), *(cell for score in found for cell in _cells(score))))
    return Table(("system", "strict F1", "P", "R", "convention-free F1", "P", "R"), tuple(rows))


def compared(board: Board) -> Table | None:
    """A row a pair on the first measure: the difference of the first less the second and its p, by Holm.

    None where there is no pair; the JSON has every measure and label.
    """
    measure = measures(board)[0][0]
    columns = []
    for variant in VARIANTS:
        found = [_difference(board, pair, measure, variant) for pair in board.pairs]
        ps = holm([math.nan if each is None else each.p for each in found])
        columns.append([_told(each, p) for each, p in zip(found, ps, strict=True)])
    rows = [
        (f"{board.marked(a, measure)} − {board.marked(b, measure)}", *strict, *free)
        for (a, b), strict, free in zip(board.pairs, *columns, strict=True)
    ]
    return Table((f"pair, {measure}", "strict", "p", "convention-free", "p"), tuple(rows)) if rows else None


def _difference(board: Board, pair: tuple[str, str], measure: str, variant: str) -> Difference | None:
    score = of_all(board.scores[pair[0]], measure, variant)
    return next((each.difference for each in board.pairs[pair] if score and each.signature == score.signature), None)


def _told(found: Difference | None, p: float) -> tuple[str, str]:
    return ("–", "–") if found is None or p != p else (f"{found.difference:+.3f}", _p(p))


def reading(boards: Sequence[Board]) -> list[str]:
    """How the numbers of boards are to be read: intervals, p, asterisks."""
    found = [_CAPTION]
    if any(board.pairs for board in boards):
        found.append(_P)
    if any(any(board.in_sample.values()) for board in boards):
        found.append(_IN_SAMPLE)
    return found


def limits(runs: Iterable[Run]) -> list[str]:
    """What systems say of their limits, and what they failed on."""
    found = []
    for run in runs:
        found.append(f"{run.system.name}: {run.system.limits}")
        found += [f"{run.system.name} failed on parts of texts: {'; '.join(run.faults)}"] if run.faults else []
    return found


def notes(board: Board, runs: Sequence[Run], schema: Schema | None) -> list[str]:
    """What is to be known of one board: how small its sample is, what systems never give."""
    first = next(iter(board.scores.values()))
    found = [_lead(board).caution]
    if board.pairs:
        n, articles = len(board.pairs), first.documents
        bound = f" Over the {articles} articles no p could be below {2 / 2**articles:.2g}: p speaks of these articles."
        found.append(f"p is corrected for {n} pair{'s' if n > 1 else ''}.{bound if articles < FEW else ''}")
    for run in runs:
        found += _unasked(board, run, schema) if run.system.name in board.scores else []
    return found


def _lead(board: Board) -> Score:
    """The score whose caution and signature are told: the first system's on the first measure."""
    first = next(iter(board.scores.values()))
    return of_all(first, measures(board)[0][0], VARIANTS[0]) or first.scores[0]


def matrix(board: Board, variant: Variant) -> Table | None:
    """Every system less every other on the first measure, bold where p < .05 by Holm; None where there is no pair."""
    measure = measures(board)[0][0]
    found = [_difference(board, pair, measure, variant) for pair in board.pairs]
    ps = holm([math.nan if each is None else each.p for each in found])
    cells: dict[tuple[str, str], str] = {}
    for (a, b), each, p in zip(board.pairs, found, ps, strict=True):
        for pair, sign in (((a, b), 1), ((b, a), -1)):
            text = "–" if each is None else f"{sign * each.difference:+.3f}"
            cells[pair] = f"**{text}**" if p < 0.05 else text
    names = sorted(board.scores, key=lambda name: -(_value(board, name, measure, variant) or 0))
    marks = [board.marked(name, measure) for name in names]
    rows = [(mark, *(cells.get((name, other), "") for other in names)) for name, mark in zip(names, marks, strict=True)]
    return Table((f"{measure}, {variant}", *marks), tuple(rows)) if cells else None


def _value(board: Board, name: str, measure: str, variant: Variant) -> float | None:
    found = of_all(board.scores[name], measure, variant)
    return found.value if found else None


def as_text(boards: Sequence[Board], runs: Sequence[Run], schema: Schema | None = None) -> str:
    """The tables for a terminal, as wide as they are, the notes in 100 columns."""
    blocks = [aligned(listed(runs))] if runs else []
    for board in boards:
        pairs = compared(board)
        told = [f"{board.title}\n{aligned(scored(board))}", *([aligned(pairs)] if pairs else [])]
        there = [run for run in runs if run.system.name in board.scores]
        said = [*reading([board]), *limits(there), *notes(board, runs, schema)]
        blocks += [*told, "\n".join([*map(wrapped, said), f"signature: {_lead(board).signature}"])]
    return "\n\n".join(blocks) + "\n"


def as_markdown(boards: Sequence[Board], runs: Sequence[Run], schema: Schema | None = None) -> str:
    """The tables for a page."""
    parts = [piped(listed(runs)), bulleted(limits(runs))] if runs else []
    parts += [bulleted(reading(boards))] if boards else []
    for board in boards:
        pairs = compared(board)
        parts += [section(board, runs, schema, [pairs] if pairs else [])]
    return "\n\n".join(parts) + "\n"


def section(board: Board, runs: Sequence[Run], schema: Schema | None, comparison: Sequence[Table]) -> str:
    """A board on a page: its scores, a comparison, and what is to be known of it alone."""
    told = [bulleted(notes(board, runs, schema)), f"Signature: `{_lead(board).signature}`"]
    return "\n\n".join([f"## {board.title}", *map(piped, (scored(board), *comparison)), *told])


def bulleted(said: Iterable[str]) -> str:
    """Notes as a list on a page, whose asterisks are no markup."""
    return "\n".join("- " + note.replace("*", "\\*") for note in said)


def as_json(boards: Sequence[Board], runs: Sequence[Run]) -> str:
    """All scores, of every label too, and all comparisons as a JSON object."""
    made = {
        "systems": [
            {
                **{name: getattr(run.system, name) for name in ("name", "version", "signature", "licence", "weights")},
                "predicts": {layer: list(labels) for layer, labels in run.system.predicts.items()},
                "limits": run.system.limits,
                "path": None if run.problem else str(run.path),
                "kept": run.kept,
                "faults": list(run.faults),
                "problem": run.problem,
                "cost": run.cost and asdict(run.cost),
            }
            for run in runs
        ],
        "boards": [
            {
                "task": board.task,
                "labels": board.labels,
                "in_sample": {name: list(members) for name, members in board.in_sample.items() if members},
                "scores": {name: [asdict(score) for score in found.scores] for name, found in board.scores.items()},
                "pairs": [{"first": a, "second": b, "scores": _pair(pair)} for (a, b), pair in board.pairs.items()],
            }
            for board in boards
        ],
    }
    return json.dumps(made, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _pair(pair: Iterable[Compared]) -> list[dict[str, Any]]:
    """Comparisons with what is undefined as null: JSON has no NaN."""
    rows = [asdict(each) for each in pair]
    for row in rows:
        kept = row["difference"]
        row["difference"] = {name: None if value != value else value for name, value in kept.items()}
    return rows


def measures(board: Board) -> list[tuple[str, str | None]]:
    """What is shown of a board, the first of which systems are compared on: measures, of all things or of a part."""
    known = dict.fromkeys((score.measure, score.part) for each in board.scores.values() for score in each.scores)
    wanted = [each for each in (("exact", None), ("overlap", None), *_ALSO.get(board.task, ())) if each in known]
    return wanted or [each for each in known if each[1] is None]


def of_all(scores: Scores, measure: str, variant: str, part: str | None = None) -> Score | None:
    """The score of a part, or of all; that of the layer itself comes before those of its members."""
    wanted = (measure, part, variant)
    return next((s for s in scores.scores if (s.measure, s.part, s.variant) == wanted), None)


def _cells(score: Score | None) -> tuple[str, str, str]:
    if score is None or score.value is None:
        return ("–", "", "")
    precision, recall = ("" if number is None else f"{number:.3f}" for number in (score.precision, score.recall))
    return told(score), precision, recall


def told(score: Score) -> str:
    """The value with its interval; one without width, as of zeros alone, is left out: it would look like certainty."""
    low, high = score.intervals.get("sentences") or score.intervals.get("documents") or (0, 0)
    between = f" [{low:.3f}, {high:.3f}]" if low < high else ""
    return "–" if score.value is None else f"{score.value:.3f}{between}"


def _unasked(board: Board, run: Run, schema: Schema | None) -> list[str]:
    """The labels that gold may have and the system never gives."""
    layer = tasks_of(run.system.predicts, schema).get(board.task) if schema else None
    if layer is None or schema is None:
        return []
    node = schema.nodes[layer, "*"]
    table = TABLES[board.labels] if board.labels else own(node, node.get("labelledBy"))
    given = {table.get(label) for label in run.system.predicts[layer]}
    asked = dict.fromkeys(table.get(label) for label in own(node, node.get("labelledBy")))
    never = [label for label in asked if label is not None and label not in given]
    return [f"{run.system.name} never gives {', '.join(never)}: what gold has of it is missed."] if never else []


def _p(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
