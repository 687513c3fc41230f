"""Boards (the scores of systems on one task) and runs of systems: for a terminal, as Markdown, as JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from spanproof.bench.board import Board
from spanproof.bench.records import Run
from spanproof.bench.tables import (
    answer_table,
    ceiling,
    label_table,
    measures,
    pair_table,
    run_table,
    score_of,
    score_table,
)
from spanproof.metrics.boundaries import VARIANTS
from spanproof.metrics.compare import ComparedScore
from spanproof.metrics.label_sets import TABLES, own_labels
from spanproof.metrics.score import Score
from spanproof.metrics.significance import LEAST
from spanproof.metrics.task_layers import node_of_layer, tasks_of
from spanproof.metrics.tasks.annotations import FRAGMENTED
from spanproof.schema.schema import Schema
from spanproof.table import StyledLine, Table, bulleted, listed, markdown, terminal, wrapped

_IN_SAMPLE = (
    "* marks in-sample scores: the authors of the system saw {corpus}, or a registry gathered from it, while they "
    "wrote it. Such a score doesn't show how good the system is on other texts. Nor does a comparison with it. Rows "
    "with * come after all others. A system can have * for some measures only, such as the values of times."
)
_MAY_BE_IN_SAMPLE = (
    "* marks systems whose authors saw {corpus}, or a registry gathered from it, while they wrote them. If this gold "
    "has texts of it, their scores are in-sample: they don't show how good the systems are on other texts."
)
_CAPTION = (
    "A score is F1, or accuracy where its measure says so, over all labels together. P is precision, R is recall, and "
    "– means undefined, not 0.",
    "Square brackets hold the 95 % interval: the score over all documents like these is probably in it. It says "
    "nothing about documents of another kind. It is a bootstrap. For a score of 0 or 1 it is computed with an exact "
    "formula instead; clusters have no such formula, so there a score of 0 or 1 has no interval.",
    "strict compares spans as they are. convention-free first trims English determiners, titles and possessives from "
    "the edges of names and times, and punctuation from the edges of quotations.",
)
_ALIGNED = (
    "aligned measures give partial credit. Quotations are paired one to one by the tokens that their contents share. "
    "For each part of a quotation we compute how much of it the paired quotation also has; without a pair this is 0. "
    "P is the mean over the predicted parts, R over the gold parts. So a content that is one token too short loses "
    "only that token."
)
_PAIRS = (
    "A pair is the score of the first system minus that of the second, with the interval of this difference. If the "
    "intervals of two systems overlap, they can still differ: look at the pair."
)
_P = (
    "p is how often these two systems would differ at least this much if their answers were exchanged at random, "
    "{unit} by {unit}. A large p doesn't show that two systems are equal. Accuracies have no p, because each system's "
    "accuracy is over different spans."
)

_ANSWERS = (
    "Each request asks for one layer of one part of a text. answered: how many requests got a usable answer; what the "
    "others would have found counts as missed. placed: quoted words that have a place in the text; it is proved unless "
    "the table says likely. unplaced: quoted words that don't occur in the text, or occur several times. malformed: "
    "items that don't have the shape that was asked for. What is unplaced or malformed counts as spurious. tokens: in "
    "requests + in answers, as the server counts them."
)


@dataclass(frozen=True)
class BenchReport:
    """What was measured.

    Attributes:
        boards: the scores.
        runs: of the systems on the boards; none where a prediction was scored that no run made.
        schema: that of the gold, to tell which labels a system never gives; without it that isn't told.
        by_label: whether the first table of a board is of its labels.
    """

    boards: Sequence[Board]
    runs: Sequence[Run] = ()
    schema: Schema | None = None
    by_label: bool = False


def captions(boards: Sequence[Board]) -> list[str]:
    """Return how the numbers of boards are to be read: intervals, p, asterisks."""
    lines = [*_CAPTION]
    if any(measure.startswith("aligned ") for board in boards for measure, _ in measures(board)):
        lines.append(_ALIGNED)
    compared = [scores.drawn for board in boards if board.pairs for scores in board.scores.values()]
    lines += [_PAIRS] if compared else []
    units = sorted({scores.unit.removesuffix("s") for board in boards for scores in board.scores.values()})
    lines += [_P.format(unit=" or ".join(units))] if max(compared, default=0) >= LEAST else []
    if any(any(board.in_sample.values()) for board in boards):
        is_known = all(board.developed_with for board in boards)
        lines.append((_IN_SAMPLE if is_known else _MAY_BE_IN_SAMPLE).format(corpus=boards[0].corpus_in_sight))
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
    lines = [f"{name} {doubt}." for name, scores in board.scores.items() for doubt in scores.doubts]
    lines.append(_lead(board).caution)
    shown = {measure for measure, _ in measures(board)}
    by_convention = (score.caution for scores in board.scores.values() for score in scores.scores
                     if score.measure in shown and "MUC is 0" in score.caution)  # fmt: skip
    lines += [caution for caution in dict.fromkeys(by_convention) if caution not in lines][:1]
    if board.pairs:
        n, number, unit = len(board.pairs), first.drawn, first.unit
        few = f"There is no p: with fewer than {LEAST} {unit} it can't be below .05, and here there are {number}."
        corrected = f"p is two-sided, and corrected for the {n} pairs of this board (Holm)."
        lines.append(few if number < LEAST else corrected if n > 1 else "p is two-sided.")
    return [*lines, *ceilings([board], runs, schema), *absences(board)]


def ceilings(boards: Iterable[Board], runs: Sequence[Run], schema: Schema | None) -> list[str]:
    """Return which labels systems never give and what that costs, a sentence for all systems of which it is true."""
    names: dict[str, list[str]] = {}
    for board in boards:
        for run in (run for run in runs if run.system.name in board.scores):
            if limit := never_given(board, run, schema):
                names.setdefault(limit, []).append(run.system.name)
    every = ((limit, list(dict.fromkeys(of_limit))) for limit, of_limit in names.items())
    return [f"{', '.join(unique)} never give{'s'[: len(unique) == 1]} {limit}" for limit, unique in every]


def absences(board: Board) -> list[str]:
    """Return of which parts a system has nothing here, though gold has some, a sentence for all that lack the same."""
    names: dict[str, list[str]] = {}
    for name, scores in board.scores.items():
        whole = (score for score in reversed(scores.scores) if (score.variant, score.part) == (VARIANTS[0], None))
        strict = {score.measure: score for score in whole}  # of several layers, the first
        lacking = [measure for measure, score in strict.items() if score.n[0] and not score.n[1]]
        shown = [measure.removeprefix("aligned ") for measure, _ in measures(board) if measure.startswith("aligned ")]
        parts = [part for part in shown if f"aligned {part}" in lacking]
        if parts and "content" not in parts:
            names.setdefault(f"no {', no '.join(parts)} here, so scores of these are 0.", []).append(name)
        if FRAGMENTED in lacking and (every := strict["exact"]).n[1]:
            most = 1 - strict[FRAGMENTED].n[0] / every.n[0]
            limit = f"exact recall can't be above {most:.3f} here, and exact F1 not above {2 * most / (1 + most):.3f}."
            names.setdefault(f"no annotation of several fragments here, so {limit}", []).append(name)
        links = strict.get("links across")
        if links and links.n[1] and links.precision is None and links.recall == 0:
            names.setdefault("each mention a cluster of its own here, so MUC and links are 0.", []).append(name)
    return [f"{', '.join(of)} give{'s'[: len(of) == 1]} {lack}" for lack, of in names.items()]


def _lead(board: Board) -> Score:
    """Return the score whose caution and signature stand for the board: the first system's on the first measure."""
    first = next(iter(board.scores.values()))
    return score_of(first, measures(board)[0][0], VARIANTS[0]) or first.scores[0]


def as_text(report: BenchReport, *, color: bool = False) -> str:
    """Return the tables for a terminal, as wide as they are, and the notes in lines of 100 characters.

    What holds for all boards stands once, at the end.
    """
    blocks: list[list[Table | StyledLine]] = [[run_table(report.runs)]] if report.runs else []
    answers = answer_table(report.runs)
    blocks += [[answers, wrapped(_ANSWERS)]] if answers else []
    for board in report.boards:
        pairs, of_labels = pair_table(board), label_table(board) if report.by_label else None
        blocks.append([board.title, *((of_labels, "") if of_labels else ()), score_table(board)])
        if pairs:
            blocks.append([pairs])
        lines = notes(board, report.runs, report.schema)
        blocks.append([*map(listed, lines), f"signature: {_lead(board).signature}"])
    if report.boards:
        blocks.append(["How to read", *map(listed, captions(report.boards))])
    if scored := [run for run in report.runs if any(run.system.name in board.scores for board in report.boards)]:
        blocks.append(["Limits of the systems", *map(listed, limits(scored))])
    return "\n".join(terminal(block, color=color) for block in blocks)


def as_markdown(report: BenchReport) -> str:
    """Return the tables for a page."""
    parts = [markdown(run_table(report.runs)), bulleted(limits(report.runs))] if report.runs else []
    answers = answer_table(report.runs)
    parts += [markdown(answers), bulleted([_ANSWERS])] if answers else []
    parts += [bulleted(captions(report.boards))] if report.boards else []
    for board in report.boards:
        tables = [pair_table(board), label_table(board) if report.by_label else None]
        parts += [section(board, report.runs, report.schema, [table for table in tables if table])]
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
    fair = [name for name in board.scores if "" not in board.in_sample.get(name, ())]
    seen = [name for name in board.scores if name not in fair]
    tables = [markdown(score_table(board, systems)) for systems in (fair, seen) if systems]
    if seen and fair:
        tables.insert(
            1, f"{'In-sample: w' if board.developed_with else 'W'}ritten by authors who saw {board.corpus_in_sight}:"
        )
    return "\n\n".join([f"## {board.title}", *tables, *map(markdown, comparison), *below])


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
        "tally": run.outcomes and run.outcomes.as_json,
    }


def _board_value(board: Board) -> dict[str, Any]:
    return {
        "task": board.task,
        "labels": board.labels,
        "layer": board.layer,
        "in_sample": {name: list(members) for name, members in board.in_sample.items() if members},
        "coverage": {name: asdict(scores.coverage) for name, scores in board.scores.items()},
        "scores": {name: [asdict(score) for score in scores.scores] for name, scores in board.scores.items()},
        "pairs": [
            {"first": a, "second": b, "scores": [_comparison_value(comparison) for comparison in comparisons]}
            for (a, b), comparisons in board.pairs.items()
        ],
    }


def _comparison_value(comparison: ComparedScore) -> dict[str, Any]:
    """Return a comparison with null for what is undefined: JSON has no NaN."""
    value = asdict(comparison)
    value["difference"] = {name: None if number != number else number for name, number in value["difference"].items()}
    return value


def never_given(board: Board, run: Run, schema: Schema | None) -> str:
    """Return the labels that gold may have and the system never gives, and what that costs at least.

    Empty without a schema, and where gold has none of them either.
    """
    layers = tasks_of(schema, run.system.predicts) if schema else []
    layer = next((layer for task, layer in layers if task == board.task and board.layer in (None, layer)), None)
    if layer is None or schema is None:
        return ""
    node = node_of_layer(schema, layer)
    if node.kind_member is None or not own_labels(node, node.kind_member):
        return ""
    table = TABLES.get(board.labels or "", own_labels(node, node.kind_member))
    predicted = {table.get(label) for label in run.system.predicts[layer]}
    of_gold = dict.fromkeys(table.get(label) for label in own_labels(node, node.kind_member))
    never = [label for label in of_gold if label is not None and label not in predicted]
    if not never:
        return ""
    shared = [label for label in of_gold if label is not None and label in predicted]
    most = ceiling(board, run.system.name, shared)
    if most is None:
        return f"{', '.join(never)}."
    if most[0] == 1:
        return ""
    lead = measures(board)[0][0]
    limit = f"{lead} recall can't be above {most[0]:.3f} here, and {lead} F1 not above {most[1]:.3f}."
    return f"{', '.join(never)}. So {limit}"


OUTPUTS = {"text": as_text, "markdown": as_markdown, "json": as_json}
