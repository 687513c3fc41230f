"""``spanproof bench score``: a corpus of predictions against gold."""

from pathlib import Path

import click

from spanproof.bench.board import board
from spanproof.bench.render import OUTPUTS, BenchReport
from spanproof.cli.options import (
    FILE,
    RESAMPLES,
    SCHEMA,
    corpus_schema,
    output_option,
    print_as,
    read_corpus,
    refuse,
)
from spanproof.metrics.score import score
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

    GOLD and PREDICTED are files (.jsonl, .parquet, .json) or folders of them. Documents that PREDICTED lacks count as
    empty.

    Prints precision, recall and F1 with their intervals, strict and convention-free; the JSON has every label.

    \b
    spanproof bench score gold.jsonl mine.jsonl --task entities --labels conll-4

    Exit codes: 0 scored, 2 unusable input.
    """
    known = next((name for name in TASKS if name == task), None)
    if known is None:
        refuse(f"{task!r} is no task; right is one of {', '.join(TASKS)}")
    schema = corpus_schema(schema_file, [gold, predicted])
    corpora = read_corpus(gold, schema), read_corpus(predicted, schema)
    try:
        scores = score(*corpora, known, labels=labels, layer=layer, resamples=resamples)
    except ValueError as error:
        refuse(str(error))
    print_as(OUTPUTS, output, BenchReport([board(known, {predicted.stem or str(predicted): scores})]))
