"""``spanproof bench score``: a corpus of predictions against gold."""

import sys
from pathlib import Path

import click

from spanproof.bench.board import board
from spanproof.bench.render import OUTPUTS, BenchReport
from spanproof.bench.soundness import sound_scores
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
from spanproof.metrics.task_layers import TASKS


@click.command("score")
@click.argument("gold", type=FILE)
@click.argument("predicted", type=FILE)
@click.option(
    "--task",
    required=True,
    metavar="TASK",
    help="entities, quotations, timex3, clusters, utterances, annotations (of any layer, of fragments too), relations.",
)
@click.option(
    "--labels",
    metavar="TABLE",
    help="For entities, for both sides: ontonotes-18, ontonotes-16, conll-4, three, muc-7, ace-5, wnut-5.",
)
@click.option("--layer", metavar="NAME", help="Which layer, where the schema has several that can be asked for.")
@SCHEMA
@RESAMPLES
@output_option(OUTPUTS)
def scoring(
    gold: Path,
    predicted: Path,
    task: str,
    labels: str | None,
    layer: str | None,
    schema_file: Path | None,
    resamples: int,
    output: str,
) -> None:
    """Score a corpus of predictions against the gold over the same texts.

    GOLD and PREDICTED are files (.jsonl, .parquet, .json) or folders of them. Both are checked first, and not scored
    where spans can't be read or are counted otherwise than in gold. Documents that PREDICTED lacks count as empty, and
    are told.

    Prints precision, recall and F1 with their intervals, strict and convention-free; the JSON has every label.

    \b
    spanproof bench score gold.jsonl mine.jsonl --task entities --labels conll-4

    Exit codes: 0 scored, 1 scored, but not all was answered or nothing was found, 2 unusable input.
    """
    known = next((name for name in TASKS if name == task), None)
    if known is None:
        refuse(f"{task!r} is no task; right is one of {', '.join(TASKS)}")
    schema = corpus_schema(schema_file, [gold, predicted])
    corpora = read_corpus(gold, schema), read_corpus(predicted, schema)
    try:
        names = str(gold), str(predicted)
        scores = sound_scores(*corpora, known, names=names, labels=labels, layer=layer, resamples=resamples)
    except ValueError as error:
        refuse(str(error))
    name = predicted.stem or str(predicted)
    print_as(OUTPUTS, output, BenchReport([board(known, {name: scores})]))
    for doubt in scores.doubts:
        say(f"{name} {doubt}")
    sys.exit(1 if scores.doubts else 0)
