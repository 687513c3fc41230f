"""``spanproof strip``."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from spanproof.cli.apart import demand_apart
from spanproof.cli.options import (
    FILE,
    SCHEMA,
    corpus_schema,
    output_option,
    print_as,
    read_corpus,
    reason_of,
    refuse,
)
from spanproof.conversion import ledger as ledgers
from spanproof.conversion.ledger import Ledger, LedgerRow
from spanproof.conversion.strip import Stripped, header, stripped
from spanproof.corpus.documents import Corpus
from spanproof.formats.files import replace_file
from spanproof.parsing.json import dump
from spanproof.schema.paths import spans_in

LEDGER = click.option("--ledger", type=FILE, help="Write the whole ledger to a JSON file.")
STRICT = click.option("--strict", is_flag=True, help="Write nothing if anything is lost.")


@click.command()
@click.argument("source", type=FILE)
@click.argument("target", type=FILE)
@SCHEMA
@LEDGER
@STRICT
@output_option(ledgers.OUTPUTS)
def strip(source: Path, target: Path, schema_file: Path | None, ledger: Path | None, strict: bool, output: str) -> None:
    """Remove the texts from a corpus, to share its annotations where the texts may not be shared.

    SOURCE is any corpus that spanproof can read; TARGET becomes a file of JSON Lines that begins with the schema. It
    holds only the length of each text, its SHA-256, and the hashes of its blocks (sentences, joined to at least 64
    characters). Surfaces, contexts and whatever else occurs in the text become a start and a length; `spanproof join`
    puts the words back if you have the text. A string that has 20 or more consecutive characters in common with the
    text, but doesn't occur there as a whole (such as a note with a quotation), can't be restored. It is left out and
    listed. Labels, identifiers and single short words in other members stay, so look through the file before you share
    it.

    \b
    spanproof strip my.jsonl my.stripped.jsonl
    spanproof join my.stripped.jsonl texts/ --out my.jsonl

    Exit codes: 0 join can restore everything, 1 something is left out, 2 unusable input.
    """
    demand_apart([source, schema_file], target, ledger)
    schema = corpus_schema(schema_file, [source])
    corpus = read_corpus(source, schema).load()
    documents = [(number, document) for number, document in enumerate(corpus.documents(), 1)]
    records = list(_stripped(source, documents, corpus))
    lost: tuple[LedgerRow, ...] = tuple(loss for record in records for loss in record.losses)
    spans = sum(1 for _, document in documents for _ in spans_in(document, corpus.schema))
    result = Ledger(str(source), f"{target}, without texts", len(records), spans, lost)
    content = "".join(f"{dump(record)}\n" for record in (header(corpus.schema), *(one.record for one in records)))
    finish(result, {} if strict and lost else {target: content.encode()}, ledger, output)


def _stripped(source: Path, documents: list[tuple[int, Any]], corpus: Corpus) -> Iterator[Stripped]:
    if not documents:
        refuse(f"{source}: there is no document; expected at least one")
    for number, document in documents:
        try:
            yield stripped(document, corpus.schema)
        except ValueError as error:
            refuse(f"{source}, document {number}: {error}")


def finish(result: Ledger, files: dict[Path, bytes], ledger: Path | None, output: str) -> None:
    """Write files and the ledger, print it, and exit: with 1 if anything is lost.

    Args:
        result: the ledger.
        files: the content of each file to be written.
        ledger: the file of the ledger; None for none.
        output: the form in which it is printed.
    """
    try:
        for path, content in files.items():
            replace_file(path, content)
        if ledger is not None:
            replace_file(ledger, map(str.encode, ledgers.as_json(result)))
    except OSError as error:
        refuse(reason_of(error))
    print_as(ledgers.OUTPUTS, output, result)
    sys.exit(1 if result.rows else 0)
