"""``spanproof show``."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from spanproof.cli.fetching import CORPUS, fetching
from spanproof.cli.options import FILE, SCHEMA, corpus_schema, own_corpus, progress_of, refuse, say
from spanproof.corpus.documents import Batch, ReadError
from spanproof.formats.discovery import read
from spanproof.formats.files import replace_file
from spanproof.viewer import one_page, pages
from spanproof.viewer.book import book_of


@click.command()
@click.argument("path", type=CORPUS, required=False)
@click.option(
    "--out", type=FILE, default=Path("reader.html"), show_default=True, help="FILE.html, or a folder of pages."
)
@SCHEMA
@fetching("path")
def show(path: Path | None, out: Path, schema_file: Path | None) -> None:
    """Make web pages for reading a corpus: texts with every layer marked, registries, utterances, a timeline.

    PATH is a corpus (.jsonl, .parquet, .json, a folder); without it, the corpus of the repository that you are in. The
    result is static HTML that needs no network: one file, or a folder with a page for each article (better for more
    than about fifty).

    \b
    spanproof show                       reader.html of this repository's corpus
    spanproof show my.jsonl --out site   a folder of pages

    Exit codes: 0 made, 1 made from the part that could be read, 2 unusable input.
    """
    schema = corpus_schema(schema_file, [path] if path else [])
    path = path or own_corpus()
    corpus, errors = read(path, schema), list[ReadError]()
    book = book_of(replace(corpus, batches=_noted(corpus.batches, errors)))
    problems = [f"{error.path}{f':{error.line}' if error.line else ''}: {error.problem}" for error in errors]
    number = len(book.articles)
    if not number:
        refuse("\nspanproof: ".join(problems) or f"{path}: holds no document")
    whole = out.suffix.lower() == ".html"
    try:
        with progress_of("showing") as progress:
            for name, parts in [("", one_page(book))] if whole else pages(book, progress):
                replace_file(out / name, (part.encode("utf-8", "replace") for part in parts))
    except OSError as error:
        refuse(f"{error.filename or out}: {error.strerror}")
    for problem in problems:
        say(f"spanproof: {problem}")
    say(f"{out if whole else out / 'index.html'}: {number} {'document' if number == 1 else 'documents'}")
    sys.exit(1 if problems else 0)


def _noted(batches: Iterable[Batch], errors: list[ReadError]) -> Iterator[Batch]:
    """Yield batches, and note what of them can't be read."""
    for batch in batches:
        errors += (error for error in batch.errors if not error.repaired)
        yield batch
