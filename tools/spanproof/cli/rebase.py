"""``spanproof rebase``."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from spanproof.cli.apart import demand_apart
from spanproof.cli.options import FILE, SCHEMA, corpus_schema, output_option, print_as, refuse, say
from spanproof.corpus.documents import Batch, Corpus, demand_readable
from spanproof.corpus.shapes import ShapeError
from spanproof.formats.article import layout, stand_off, text_of
from spanproof.formats.discovery import read
from spanproof.formats.files import replace_file
from spanproof.parsing.json import dump
from spanproof.revisions import rebase as revisions
from spanproof.revisions import render_rebase
from spanproof.schema.schema import Schema


@click.command()
@click.argument("old", type=FILE)
@click.argument("new_texts", metavar="NEW_TEXT...", type=FILE, nargs=-1, required=True)
@SCHEMA
@click.option(
    "--id",
    "key",
    help="The document of OLD to take, if it holds several: its key, or its number if the schema has none.",
)
@click.option("--out", type=FILE, help="Write the rebased document: .json as an article file, .jsonl as a line.")
@output_option(render_rebase.OUTPUTS)
def rebase(
    old: Path, new_texts: tuple[Path, ...], schema_file: Path | None, key: str | None, out: Path | None, output: str
) -> None:
    """Carry the annotations of a document over to its corrected text.

    OLD is an article file, or a JSONL or Parquet file with the document. NEW_TEXT is the corrected text in UTF-8, read
    byte for byte (a byte order mark and CRLF are kept). If the schema puts a text together from several strings, such
    as title and abstract, give a NEW_TEXT for each, in their order. If a document has tokens instead of a text, give
    one NEW_TEXT, with as many tokens, joined in the same way. An annotation is carried over whole, or is refused and
    listed.

    Prints each annotation that isn't simply kept or shifted: whether it was edited, moved or refused, and why.

    Nothing is written without --out, which may be OLD itself. An article file names the file of its text. The new
    article file names NEW_TEXT, by its path from the folder of the article file, so put NEW_TEXT in its final place
    first. Refused annotations are written, unchanged, to a file beside the output, with .refused after its name.

    \b
    spanproof rebase a.json a-corrected.txt                  show what is carried over
    spanproof rebase a.json a-corrected.txt --out a.json     write the result
    spanproof rebase all.jsonl b.txt --id b --out b.jsonl    one of many
    spanproof rebase one.jsonl title.txt abstract.txt        a text of two strings

    Exit codes: 0 all annotations are carried over, 1 some are refused, 2 unusable input.
    """
    if out is not None and not out.name.endswith((".json", ".jsonl")):
        refuse(f"{out}: expected a file that ends in .json or .jsonl")
    demand_apart([*new_texts, schema_file], out)
    schema = corpus_schema(schema_file, [old])
    corpus = _corpus(old, schema)
    batch, row = _document(corpus, old, key)
    if out is not None and out.exists() and out.samefile(old) and (others := sum(1 for _ in corpus.records()) - 1):
        refuse(f"{out} has {others} more record{'s'[: others > 1]}, which would be gone; expected another --out")
    try:
        rebased = revisions.rebase(batch.document(row), [_text(path) for path in new_texts], schema)
    except ValueError as error:
        refuse(f"{old}: {error}")
    if out is not None:
        try:
            _write(rebased, out, new_texts[0], batch, row, schema)
        except OSError as error:
            refuse(f"{out}: {error.strerror}")
        except ShapeError as error:
            refuse(f"{out}: the document can't be written in the shape of its schema: {error}")
        except ValueError as error:
            refuse(f"{out}: {error}")
    print_as(render_rebase.OUTPUTS, output, rebased)
    sys.exit(1 if rebased.counts["refused"] else 0)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        refuse(f"{path} is not UTF-8: byte {error.start + 1}")
    except OSError as error:
        refuse(f"{path}: {error.strerror}")


def _corpus(path: Path, schema: Schema) -> Corpus:
    try:
        return demand_readable(read(path, schema, {}).load())
    except ValueError as error:
        refuse(str(error))


def _document(corpus: Corpus, path: Path, key: str | None) -> tuple[Batch, int]:
    """Return the batch that holds the document, and its row there."""
    schema = corpus.schema
    documents = [(batch, row) for batch in corpus.batches for row in range(batch.columns.num_rows)]
    if key is not None:
        named = [(_key(batch.document(row), schema, n), (batch, row)) for n, (batch, row) in enumerate(documents, 1)]
        documents = [place for name, place in named if name == key]
    if len(documents) != 1 or not isinstance(documents[0][0].document(documents[0][1]), dict):
        which = "" if key is None else f" with the id {key!r}"
        chosen = "chosen by --id" if schema.key else "chosen by --id with its number, as the schema has no key"
        refuse(f"{path}: {len(documents)} documents{which}; expected one, {chosen}")
    return documents[0]


def _key(document: Any, schema: Schema, number: int) -> str | None:
    """Return by what a document is chosen: its key; its number in the file where the schema has none."""
    if schema.key is None:
        return str(number)
    key = document.get(schema.key) if isinstance(document, dict) else None
    return None if key is None else str(key)


def _write(rebased: revisions.Rebased, out: Path, new_text: Path, batch: Batch, row: int, schema: Schema) -> None:
    content = dump(rebased.document) + "\n"
    if batch.within:
        ((_, record),) = batch.changed({row: rebased.document})
        # A record that is an array would be read as the file's list of records.
        alone = isinstance(record, list) and out.name.endswith(".json")
        content = f"[\n{dump(record)}\n]\n" if alone else f"{dump(record)}\n"
    elif out.name.endswith(".json"):
        text_name = Path(os.path.relpath(new_text.resolve(), out.resolve().parent)).as_posix()
        text_of(out.parent, text_name)
        content = layout(stand_off(rebased.document, text_name, schema))
    beside = out.with_name(f"{out.name}.refused")
    if rebased.refused:
        items = ",\n".join(dump({"path": path, "annotation": item}) for path, item in rebased.refused)
        replace_file(beside, f"[\n{items}\n]\n".encode())
        say(f"spanproof: refused annotations are in {beside}")
    replace_file(out, content.encode())
