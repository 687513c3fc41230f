"""``spanproof agree``."""

import shlex
from collections import Counter
from pathlib import Path

import click

from spanproof.bench.soundness import CHECK, demand_sound
from spanproof.checks.predictions import OFFSETS
from spanproof.cli.fetching import CORPUS, fetching
from spanproof.cli.gold import say_matched_by_order
from spanproof.cli.options import RESAMPLES, SCHEMA, corpus_schema, output_option, print_as, refuse
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics import render
from spanproof.metrics.annotators import agree_all
from spanproof.schema.schema import Schema


@click.command()
@click.argument("corpora", type=CORPUS, nargs=-1, metavar="A B [C]...")
@SCHEMA
@RESAMPLES
@output_option(render.OUTPUTS)
@fetching("corpora")
def agree(corpora: tuple[Path, ...], schema_file: Path | None, resamples: int, output: str) -> None:
    """Measure how far annotations of the same texts agree, such as those of several annotators or two releases.

    A, B and so on are files (.jsonl, .parquet, .json) or folders of them, with their documents in any order. Each pair
    is compared on the documents that both have. A document or layer that one of them lacks is reported and left out; it
    never counts as agreement.

    Prints for every layer, and for each of its labels: exact and overlap F1, token alpha and unitizing alpha of the
    spans; kappa of the labels, values and references of spans with the same offsets; and how similar the clusters of
    entities and utterances are. For three or more, it first prints the token alpha over all of them and the mean F1 of
    the pairs, then the numbers of each pair (by label only with --output json). Every number but a mean has a 95 %
    bootstrap interval. The order of A and B makes no difference.

    \b
    spanproof agree passes/ana passes/bob
    spanproof agree passes/* --output json
    spanproof agree gold.jsonl release.parquet

    Exit codes: 0 measured, 2 unusable input (texts differ, offsets or words of spans are wrong, no document or no list
    of annotations is shared).
    """
    if len(corpora) < 2:
        refuse(f"{len(corpora)} corpora; expected two or more")
    schema = corpus_schema(schema_file, corpora)
    try:
        works = {name: _sound(path, schema) for name, path in zip(names(corpora), corpora, strict=True)}
        say_matched_by_order(next(iter(works.values())))
        scores = agree_all(works, resamples=resamples)
        if not scores.scores and not any(pair.agreement and pair.agreement.scores for pair in scores.pairs):
            refuse(f"nothing is compared, since no two of {', '.join(works)} have a list of annotations in common")
    except ValueError as error:
        refuse(str(error))
    print_as(render.OUTPUTS, output, scores)


def _sound(path: Path, schema: Schema) -> Corpus:
    """Return a corpus of which every span agrees with its text: the others can't agree with anything."""
    shown_by = f"{CHECK} {shlex.quote(str(path))}"
    return demand_sound(read(path, schema, {}), str(path), shown_by, codes=OFFSETS, done="compared")


def names(paths: tuple[Path, ...]) -> list[str]:
    """Return what annotators are called: the end of each path, all of it where two end alike, numbered if need be."""
    short = [path.name or str(path) for path in paths]
    if len(set(short)) < len(paths):
        short = [str(path) for path in paths]
    times: Counter[str] = Counter()
    for k, name in enumerate(short):
        times[name] += 1
        short[k] = name if times[name] == 1 else f"{name} ({times[name]})"
    return short
