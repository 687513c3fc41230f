"""``spanproof agree``."""

from pathlib import Path

import click

from spanproof.cli.options import FILE, RESAMPLES, SCHEMA, output_option, print_as, read_schema, refuse
from spanproof.formats.discovery import read
from spanproof.metrics import agreement, render


@click.command()
@click.argument("a", type=FILE)
@click.argument("b", type=FILE)
@SCHEMA
@RESAMPLES
@output_option(render.OUTPUTS)
def agree(a: Path, b: Path, schema_file: Path | None, resamples: int, output: str) -> None:
    """Measure how far two corpora over the same texts agree: two annotators, two releases, a system and gold.

    A and B are files (.jsonl, .parquet, .json) or folders of them, with the same documents in any order.

    Prints for every layer, and each of its labels: exact and overlap F1, token and unitizing alpha of the spans; kappa
    of the labels, values and references of spans with the same offsets; how alike entities and utterances are
    clustered. Each has a 95 % bootstrap interval. Who is A and who is B makes no difference.

    \b
    spanproof agree passes/ana passes/bob
    spanproof agree gold.jsonl release.parquet --output json

    Exit codes: 0 measured, 2 unusable input (also where documents or texts differ).
    """
    schema = read_schema(schema_file)
    try:
        scores = agreement.agree(read(a, schema, {}), read(b, schema, {}), resamples=resamples)
    except ValueError as error:
        refuse(str(error))
    print_as(render.OUTPUTS, output, scores)
