"""``spanproof convert``."""

import sys
from collections.abc import Iterator, MutableSequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import click

from spanproof.cli.apart import demand_apart
from spanproof.cli.fetching import CORPUS, fetching
from spanproof.cli.options import (
    FILE,
    SCHEMA,
    corpus_schema,
    output_option,
    print_as,
    read_schema,
    reason_of,
    refuse,
)
from spanproof.cli.strip import LEDGER, STRICT
from spanproof.conversion import ledger as ledgers
from spanproof.conversion.convert import converted
from spanproof.conversion.destination import destination_of
from spanproof.conversion.ledger import Ledger, LedgerRow
from spanproof.conversion.source import source_of, unread_of
from spanproof.corpus.documents import Batch, Corpus, demand_readable
from spanproof.corpus.spool import Spool
from spanproof.formats.addresses import with_addresses
from spanproof.formats.files import replace_file


@click.command()
@click.argument("source", type=CORPUS)
@click.argument("target", type=FILE)
@SCHEMA
@click.option("--to", "name", metavar="NAME", help="Format of TARGET; default: by its file ending.")
@click.option("--as", "target_schema", type=FILE, help="Write records of this schema (JSON Lines, JSON, Parquet).")
@click.option(
    "--layer",
    "layers",
    multiple=True,
    help="Take only this layer, with its parts (or this label, if there are no layers); may be repeated.",
)
@LEDGER
@STRICT
@output_option(ledgers.OUTPUTS)
@fetching("source")
def convert(
    source: Path,
    target: Path,
    schema_file: Path | None,
    name: str | None,
    target_schema: Path | None,
    layers: tuple[str, ...],
    ledger: Path | None,
    strict: bool,
    output: str,
) -> None:
    """Convert a corpus to another format, with a ledger of what is lost.

    SOURCE is any corpus that spanproof can read; TARGET is a file, or a folder if the format needs one. The ledger
    lists every annotation and attribute that TARGET can't hold: what, where, and why. Everything else is in TARGET: it
    is first written to a temporary place, read back and compared. The table shows one example of each kind of loss;
    --ledger and --output json have all of them.

    JSON Lines, JSON and Parquet hold stand-off documents (schema/stand-off.schema.json), which lose nothing, or records
    of your own schema, named with --as. Formats with one layer keep the longer of two overlapping spans. --layer picks
    the layers that you want.

    \b
    spanproof convert brat/ corpus.jsonl
    spanproof convert corpus.jsonl brat/ --to brat --ledger lost.json
    spanproof convert corpus.jsonl names.conll --layer entities
    spanproof convert corpus.jsonl spacy.json --as schema/examples/spacy.schema.json

    Exit codes: 0 nothing is lost, 1 something is, 2 unusable input.
    """
    try:
        demand_apart([source, schema_file, target_schema], target, ledger)
        schema = None if target_schema is None else read_schema(target_schema)
        to = destination_of(target, name, schema)
        read_as = corpus_schema(schema_file, [source])
        corpus = source_of(source, read_as)
        readable = replace(corpus, batches=_readable(corpus))
        conversion = converted(readable, to.leaf, schema, layers, lambda: cast("MutableSequence[Any]", Spool()))
        unread, notes = unread_of(source, read_as)
        rows = cast("MutableSequence[LedgerRow]", conversion.rows)
        for row in unread:
            rows.append(row)
        counts = conversion.number, conversion.spans
        result = Ledger(
            with_addresses(str(source)), f"{target}: {to.title}", *counts, rows, (*conversion.notes, *notes)
        )
        if not conversion.number:
            refuse(f"{source}: there is no document; expected at least one")
        if not (strict and rows):
            to.write(conversion.documents, target)
        if ledger is not None:
            replace_file(ledger, map(str.encode, ledgers.as_json(result)))
    except (OSError, ValueError) as error:
        refuse(reason_of(error))
    print_as(ledgers.OUTPUTS, output, result)
    sys.exit(1 if rows else 0)


def _readable(corpus: Corpus) -> Iterator[Batch]:
    """Yield the batches of a corpus of which everything can be read.

    Raises:
        ValueError: something can't be; the message names the file, the line and the problem.
    """
    for batch in corpus.batches:
        demand_readable(replace(corpus, batches=(batch,)))
        yield batch
