"""``spanproof join``."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from spanproof.cli.apart import demand_apart
from spanproof.cli.options import FILE, output_option, print_as, read_schema, reason_of, refuse, say
from spanproof.cli.strip import LEDGER
from spanproof.conversion import ledger as ledgers
from spanproof.conversion.join import Joined, demand_header, demand_stripped, joined
from spanproof.conversion.ledger import Ledger, counted
from spanproof.corpus.records import created
from spanproof.corpus.shapes import ShapeError
from spanproof.formats.files import replace_file
from spanproof.formats.registry import endings, format_of
from spanproof.parsing.json import parse
from spanproof.schema.node import SchemaError
from spanproof.schema.paths import spans_in
from spanproof.schema.schema import Schema


@click.command()
@click.argument("source", metavar="STRIPPED", type=FILE)
@click.argument("texts", metavar="TEXT...", type=FILE, nargs=-1, required=True)
@click.option("--schema", "schema_file", type=FILE, help="Schema of a document; default: the one in STRIPPED.")
@click.option("--out", type=FILE, help="Write the documents: .jsonl, .parquet, or .json for one.")
@LEDGER
@click.option("--strict", is_flag=True, help="Take only texts with the same hash; write nothing unless all are there.")
@output_option(ledgers.OUTPUTS)
def join(
    source: Path,
    texts: tuple[Path, ...],
    schema_file: Path | None,
    out: Path | None,
    ledger: Path | None,
    strict: bool,
    output: str,
) -> None:
    """Put texts that you have back into annotations from which `spanproof strip` removed them.

    TEXT is a text file in UTF-8, read byte for byte, or a folder of .txt files. If a text has the SHA-256 that was
    stored for a document, it is proved to be the text of that document, and the document is restored as it was.
    Otherwise the text file that has the document's name is taken, or the only text for the only document.

    If that text differs from the original only in line endings, a byte order mark, white space at its end or its normal
    form, the original is restored, and the annotations are carried over from it. If it differs in any other way, only
    the annotations in unchanged blocks (a few sentences each) are carried over. In both cases the places in your text
    aren't proved, so each such document is listed, and so is what couldn't be carried over.

    Nothing is written without --out.

    \b
    spanproof join annotations.jsonl my-texts/ --out corpus.jsonl

    Exit codes: 0 nothing is lost, 1 something is, 2 unusable input.
    """
    if out is not None and format_of(out) is None:
        refuse(f"{out}: unknown kind of file; expected one that ends in {endings()}")
    demand_apart([source, *texts, schema_file], out, ledger)
    own, *records = _records(source)
    schema = _schema(source, own) if schema_file is None else read_schema(schema_file)
    at_hand = _texts(texts)
    results = [_joined(source, record, at_hand, schema, len(records)) for record in records]
    documents = [result.document for result in results if result.document is not None]
    spans = sum(1 for document in documents for _ in spans_in(document, schema))
    notes = tuple(_notes(results))
    lost = tuple(loss for result in results for loss in result.losses)
    result = Ledger(str(source), str(out or "nothing, without --out"), len(records), spans, lost, notes)
    is_exact = all(one.how == "same" for one in results)
    try:
        if out is not None and documents and (is_exact or not strict):
            _write(documents, out, schema)
        if ledger is not None:
            replace_file(ledger, map(str.encode, ledgers.as_json(result)))
    except (OSError, ValueError) as error:
        refuse(reason_of(error))
    print_as(ledgers.OUTPUTS, output, result)
    sys.exit(1 if lost or (strict and not is_exact) else 0)


def _records(source: Path) -> list[Mapping[str, Any]]:
    """Return the records of a stripped file, the first of which holds the schema."""
    records: list[Mapping[str, Any]] = []
    try:
        lines = source.read_bytes().splitlines()
    except OSError as error:
        refuse(f"{source}: {error.strerror}")
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                record = parse(line, lone_surrogates=True)
                records.append(demand_stripped(record) if records else demand_header(record))
            except ValueError as error:
                refuse(f"{source}:{number}: {error}")
    if len(records) < 2:
        refuse(f"{source}: there is no stripped document; expected at least one")
    return records


def _schema(source: Path, header: Mapping[str, Any]) -> Schema:
    """Return the schema that a stripped file states."""
    try:
        return Schema.of(header["schema"])
    except SchemaError as error:
        refuse(f"{source}: its schema can't be used: {error}")


def _texts(paths: tuple[Path, ...]) -> dict[Path, str]:
    """Return the texts in files, and in the text files of folders."""
    texts: dict[Path, str] = {}
    for path in paths:
        files = sorted(path.rglob("*.txt")) if path.is_dir() else [path]
        if not files:
            refuse(f"{path}: the folder holds no text; expected files that end in .txt")
        for file in files:
            try:
                texts[file] = file.read_bytes().decode()
            except UnicodeDecodeError as error:
                refuse(f"{file} is not UTF-8: byte {error.start + 1}")
            except OSError as error:
                refuse(f"{file}: {error.strerror}")
    return texts


def _joined(source: Path, record: Mapping[str, Any], at_hand: dict[Path, str], schema: Schema, count: int) -> Joined:
    key = str(record.get("id") or "")
    named = [str(path) for path in at_hand if path.stem == key]
    if not named and len(at_hand) == count == 1:
        named = [str(path) for path in at_hand]
    texts = {str(path): text for path, text in at_hand.items()}
    try:
        return joined(record, texts, schema, named[0] if len(named) == 1 else None)
    except ValueError as error:
        refuse(f"{source}, document {key}: {error}")


def _notes(results: list[Joined]) -> Iterator[str]:
    counts = Counter(result.how for result in results)
    if counts["same"]:
        yield f"{counted(counts['same'], 'document')}: proved, the text has the same SHA-256"
    for result in results:
        if result.rebased is not None:
            what = f"differs by {result.difference}" if result.difference else "differs"
            fates = ", ".join(f"{n} {status}" for status, n in result.rebased.counts.items() if n)
            name = result.id or "a document without identifier"
            yield f"{name}: not proved: the text {what}; annotations carried over: {fates or 'none'}"


def _write(documents: list[dict[str, Any]], out: Path, schema: Schema) -> None:
    known = format_of(out)
    assert known is not None  # refused before
    try:
        lens = schema.lens
        records: list[Any] = [created([document], lens) for document in documents] if lens else list(documents)
    except ShapeError as error:
        raise ValueError(f"{out}: the documents can't be written in the shape of their schema: {error}") from error
    known.write(out, records, schema)
    say(f"spanproof: {out} is written")
