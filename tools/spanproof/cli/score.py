"""``spanproof score``: predictions against gold, side by side."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from spanproof.bench.board import Board, board
from spanproof.bench.errors.aligned import SPANS
from spanproof.bench.records import outcomes_of
from spanproof.bench.render import OUTPUTS, BenchReport
from spanproof.bench.shapes import in_one_shape
from spanproof.bench.soundness import columns_alone, demand_sound, known_to, sound_scores
from spanproof.bench.times import with_times
from spanproof.cli.fetching import CORPUS, fetching
from spanproof.cli.gold import say_matched_by_order, say_unscored
from spanproof.cli.labels import LAYER, MAP, chosen_labels, labels_option, renamed_labels
from spanproof.cli.options import (
    RESAMPLES,
    SCHEMA,
    output_option,
    print_as,
    refuse,
    say,
)
from spanproof.cli.score_shapes import ReadPrediction, check_of, schemas_of
from spanproof.conversion.source import side_at
from spanproof.corpus.documents import Corpus, demand_readable
from spanproof.corpus.relabelling import demand_renaming, labels_of, relabelled
from spanproof.metrics.label_sets import LabelTable
from spanproof.metrics.score import Scores
from spanproof.metrics.task_layers import TASKS, Task, layer_to_name, layers_of, tasks_of


@click.command("score")
@click.argument("gold", type=CORPUS)
@click.argument("predicted", nargs=-1, required=True, type=CORPUS, metavar="PREDICTED...")
@click.option(
    "--task",
    metavar="TASK",
    help="entities, quotations, timex3, clusters, utterances, annotations (of any layer, with fragments) or relations; "
    "default: the one that fits each layer of the gold.",
)
@labels_option("Label set for the entities of both sides")
@MAP
@LAYER
@SCHEMA
@RESAMPLES
@output_option(OUTPUTS)
@fetching("gold", "predicted")
def scoring(
    gold: Path,
    predicted: tuple[Path, ...],
    task: str | None,
    labels: str | None,
    renamed: tuple[str, ...],
    layer: str | None,
    schema_file: Path | None,
    resamples: int,
    output: str,
) -> None:
    """Score predictions against the gold over the same texts.

    GOLD and PREDICTED are files or folders of any format that check reads. If they have different forms (the gold in
    CoNLL, the predictions from doccano), only entities are scored, on the texts that both have.

    Both are checked first. If spans can't be read, or offsets are counted differently from the gold, there is no score.
    Documents that PREDICTED lacks count as empty and are reported.

    Prints precision, recall and F1 with their intervals, for each label and overall, strict and convention-free; and a
    comparison of each pair of PREDICTED.

    \b
    spanproof score gold.jsonl mine.jsonl
    spanproof score gold.jsonl mine.jsonl theirs.jsonl --map PERSON=PER --task entities
    spanproof bench score gold.jsonl mine.jsonl           the same command

    Exit codes: 0 scored; 1 scored, but documents are missing, nothing was found or the gold lacks a label; 2 unusable
    input.
    """
    known = next((name for name in TASKS if name == task), None)
    if task is not None and known is None:
        refuse(f"{task!r} isn't a task; expected one of {', '.join(TASKS)}")
    table, renaming = chosen_labels(labels), renamed_labels(renamed)
    try:
        reference, *guesses = _sides(schema_file, gold, predicted)
        shaped = any(guess.schema.json != reference.schema.json for guess in guesses)
        if shaped and known not in (None, "entities"):
            refuse(f"gold and predictions have different shapes, in which {known} can't be compared; expected entities")
        if renaming:
            demand_renaming(renaming, set().union(*map(labels_of, guesses)), known_to(reference, table))
        read = {
            name: ReadPrediction(path, relabelled(guess, renaming), check_of(path, gold, guess.schema, schema_file))
            for (name, path), guess in zip(_named(predicted), guesses, strict=True)
        }
        if shaped:
            if known is None and layer is None:
                _say_only_names(reference)
            boards = [board("entities", _shaped_scores(gold, reference, read, table, renaming, layer, resamples))]
        else:
            asked = _asked(reference, [guess.corpus for guess in read.values()], known, layer)
            boards = _boards(asked, (gold, reference), read, table, renaming, resamples)
    except ValueError as error:
        refuse(str(error))
    print_as(OUTPUTS, output, BenchReport(boards, by_label=True))
    doubts = {f"{name} {doubt}": None for of in boards for name, one in of.scores.items() for doubt in one.doubts}
    for doubt in doubts:
        say(doubt)
    sys.exit(1 if doubts else 0)


def _sides(file: Path | None, gold: Path, predicted: Sequence[Path]) -> list[Corpus]:
    """Return gold, once it is sound, and each prediction, as they are scored."""
    schema, *others = schemas_of(file, gold, predicted)
    reference = demand_sound(with_times(say_unscored(side_at(gold, schema, columns_alone))), str(gold))
    sides = [
        demand_readable(side_at(path, other, columns_alone)) for path, other in zip(predicted, others, strict=True)
    ]
    return [reference, *(with_times(side, reference) for side in sides)]


def _asked(
    gold: Corpus, guesses: Sequence[Corpus], task: Task | None, layer: str | None
) -> list[tuple[Task, str | None]]:
    """Return the tasks, each with the layer that answers where it has to be named; say what gold has besides.

    Names, quotations and times are scored wherever gold has them, other layers where some prediction has them too.

    Args:
        gold: the reference.
        guesses: the predictions.
        task: the one that is meant; None for all.
        layer: the layer that is meant; None for all.
    """
    say_matched_by_order(gold)
    every = [(one, name) for one, name in tasks_of(gold.schema, layers_of(gold)) if layer in (None, name)]
    asked = [(one, name) for one, name in every if task in (None, one)]
    if layer is None and task is None and any(one in SPANS for one, _ in asked):
        predicted = {name for guess in guesses for name in layers_of(guess, filled=True)}
        left_out = [name for one, name in asked if one not in SPANS and name not in predicted]
        if left_out:
            option = f"--layer {left_out[0]}"
            say(f"not scored, since no prediction has anything there: {', '.join(left_out)} ({option} scores it)")
        asked = [pair for pair in asked if pair[1] not in left_out]
    named = [(one, layer_to_name(gold.schema, one, name)) for one, name in asked]
    return named or [(task or "annotations", layer)]


def _say_only_names(gold: Corpus) -> None:
    """Say which layers of gold aren't scored where predictions have another shape."""
    others = [name for task, name in tasks_of(gold.schema, layers_of(gold)) if task != "entities"]
    if others:
        say(
            "only names are scored, because the predictions don't have the form of the gold; not scored: "
            f"{', '.join(others)}. The signature is about the names alone, so it differs from that of the whole gold"
        )


def _shaped_scores(
    gold: Path,
    reference: Corpus,
    guesses: Mapping[str, ReadPrediction],
    table: str | LabelTable | None,
    renamed: Mapping[str, str],
    layer: str | None,
    resamples: int,
) -> dict[str, Scores]:
    """Return the scores of names of predictions that have another shape than gold; see :func:`_board`."""
    scores: dict[str, Scores] = {}
    for name, (path, guess, check) in guesses.items():
        right, answer, records = in_one_shape(reference, demand_sound(guess, str(path), check), layer)
        paths = (str(gold), str(path))
        scores[name] = sound_scores(
            right,
            answer,
            "entities",
            names=paths,
            labels=table,
            layer="spans",
            renamed=renamed,
            resamples=resamples,
            records=records,
        )
    return scores


def _named(paths: tuple[Path, ...]) -> list[tuple[str, Path]]:
    """Return what predictions are called: the names of the files, where each has one of its own, else their paths."""
    names = [path.stem or str(path) for path in paths]
    return list(zip(names if len(set(names)) == len(names) else map(str, paths), paths, strict=True))


def _boards(
    asked: Sequence[tuple[Task, str | None]],
    gold: tuple[Path, Corpus],
    guesses: Mapping[str, ReadPrediction],
    table: str | LabelTable | None,
    renamed: Mapping[str, str],
    resamples: int,
) -> list[Board]:
    """Return a board for each task; a label set is that of names, and no other task takes one."""
    of_names = any(task == "entities" for task, _ in asked)
    return [
        _board((task, layer), gold, guesses, None if of_names and task != "entities" else table, renamed, resamples)
        for task, layer in asked
    ]


def _board(
    asked: tuple[Task, str | None],
    gold: tuple[Path, Corpus],
    guesses: Mapping[str, ReadPrediction],
    table: str | LabelTable | None,
    renamed: Mapping[str, str],
    resamples: int,
) -> Board:
    """Return the predictions side by side on one task.

    Args:
        asked: the task, and the layer that answers where it has to be named.
        gold: its path and the corpus.
        guesses: the predictions, by name.
        table: the label set of names.
        renamed: what labels of the predictions were renamed to.
        resamples: draws for each interval.
    """
    scores: dict[str, Scores] = {}
    for name, (path, guess, check) in guesses.items():
        scores[name] = sound_scores(
            gold[1],
            guess,
            asked[0],
            names=(str(gold[0]), str(path)),
            labels=table,
            layer=asked[1],
            renamed=renamed,
            resamples=resamples,
            outcomes=outcomes_of(path),
            shown_by=check,
        )
    return board(asked[0], scores, layer=asked[1])
