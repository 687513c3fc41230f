"""``spanproof score``: predictions against gold, side by side."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from spanproof.bench.board import Board, board
from spanproof.bench.fitting import known_labels
from spanproof.bench.records import tally_of
from spanproof.bench.render import OUTPUTS, BenchReport
from spanproof.bench.shapes import in_one_shape
from spanproof.bench.soundness import demand_sound, sound_scores
from spanproof.cli.labels import LAYER, MAP, chosen_labels, labels_option, renamed_labels
from spanproof.cli.options import (
    FILE,
    RESAMPLES,
    SCHEMA,
    corpus_schema,
    output_option,
    print_as,
    read_corpus,
    refuse,
    say,
)
from spanproof.corpus.documents import Corpus
from spanproof.corpus.relabelling import relabelled
from spanproof.formats.schemas import chosen_schema
from spanproof.metrics.label_sets import LabelTable
from spanproof.metrics.score import Scores
from spanproof.metrics.task_layers import TASKS, Task, tasks_there
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema


@click.command("score")
@click.argument("gold", type=FILE)
@click.argument("predicted", nargs=-1, required=True, type=FILE, metavar="PREDICTED...")
@click.option(
    "--task",
    metavar="TASK",
    help="entities, quotations, timex3, clusters, utterances, annotations (of any layer, of fragments too), relations; "
    "default: the first three, as far as gold has them, else annotations.",
)
@labels_option("For entities, for both sides")
@MAP
@LAYER
@SCHEMA
@RESAMPLES
@output_option(OUTPUTS)
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

    GOLD and PREDICTED are what check reads: files or folders of any format that it knows; where their shapes differ
    (gold of CoNLL, predictions of doccano), names are compared over the texts that both have.

    All are checked first, and not scored where spans can't be read or are counted otherwise than in gold. Documents
    that PREDICTED lacks count as empty, and are told.

    Prints precision, recall and F1 by label and in all, with their intervals, strict and convention-free; of several
    predictions every two compared.

    \b
    spanproof score gold.jsonl mine.jsonl
    spanproof score gold.jsonl mine.jsonl theirs.jsonl --map PER=PERSON --task entities
    spanproof bench score gold.jsonl mine.jsonl           the same command

    Exit codes: 0 scored, 1 scored, but not all was answered or nothing was found, 2 unusable input.
    """
    known = next((name for name in TASKS if name == task), None)
    if task is not None and known is None:
        refuse(f"{task!r} isn't a task; expected one of {', '.join(TASKS)}")
    schema, *others = _schemas(schema_file, [gold, *predicted])
    table, renaming = chosen_labels(labels), renamed_labels(renamed)
    shaped = any(other.json != schema.json for other in others)
    if shaped and known not in (None, "entities"):
        refuse(f"gold and predictions have different shapes, in which {known} can't be compared; expected entities")
    try:
        reference = demand_sound(read_corpus(gold, schema), str(gold))
        read = {
            name: (path, relabelled(read_corpus(path, other), renaming))
            for (name, path), other in zip(_named(predicted), others, strict=True)
        }
        if shaped:
            boards = [board("entities", _shaped_scores(gold, reference, read, table, renaming, layer, resamples))]
        else:
            tasks = [known] if known else tasks_there(schema, known_labels(reference), layer)
            boards = [_board(one, (gold, reference), read, table, renaming, layer, resamples) for one in tasks]
    except ValueError as error:
        refuse(str(error))
    print_as(OUTPUTS, output, BenchReport(boards, by_label=True))
    doubts = {f"{name} {doubt}": None for of in boards for name, one in of.scores.items() for doubt in one.doubts}
    for doubt in doubts:
        say(doubt)
    sys.exit(1 if doubts else 0)


def _schemas(file: Path | None, paths: Sequence[Path]) -> list[Schema]:
    """Return the schema of gold and of each prediction: one for all; of several shapes each its own."""
    if file is None:
        try:
            chosen_schema(paths)
        except SchemaError:
            return [corpus_schema(None, [path]) for path in paths]
    return [corpus_schema(file, paths)] * len(paths)


def _shaped_scores(
    gold: Path,
    reference: Corpus,
    guesses: Mapping[str, tuple[Path, Corpus]],
    table: str | LabelTable | None,
    renamed: Mapping[str, str],
    layer: str | None,
    resamples: int,
) -> dict[str, Scores]:
    """Return the scores of names of predictions that have another shape than gold; see :func:`_board`."""
    scores: dict[str, Scores] = {}
    for name, (path, guess) in guesses.items():
        right, answer = in_one_shape(reference, demand_sound(guess, str(path)), layer)
        paths = (str(gold), str(path))
        scores[name] = sound_scores(
            right, answer, "entities", names=paths, labels=table, layer="spans", renamed=renamed, resamples=resamples
        )
    return scores


def _named(paths: tuple[Path, ...]) -> list[tuple[str, Path]]:
    """Return what predictions are called: the names of the files, where each has one of its own, else their paths."""
    names = [path.stem or str(path) for path in paths]
    return list(zip(names if len(set(names)) == len(names) else map(str, paths), paths, strict=True))


def _board(
    task: Task,
    gold: tuple[Path, Corpus],
    guesses: Mapping[str, tuple[Path, Corpus]],
    table: str | LabelTable | None,
    renamed: Mapping[str, str],
    layer: str | None,
    resamples: int,
) -> Board:
    """Return the predictions side by side on one task.

    Args:
        task: the task.
        gold: its path and the corpus.
        guesses: by name the path and the corpus of each prediction.
        table: the label set of names.
        renamed: what labels of the predictions were renamed to.
        layer: see ``--layer``.
        resamples: draws for each interval.
    """
    scores: dict[str, Scores] = {}
    for name, (path, guess) in guesses.items():
        scores[name] = sound_scores(
            gold[1],
            guess,
            task,
            names=(str(gold[0]), str(path)),
            labels=table,
            layer=layer,
            renamed=renamed,
            resamples=resamples,
            tally=tally_of(path),
        )
    return board(task, scores)
