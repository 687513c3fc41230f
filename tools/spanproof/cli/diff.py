"""``spanproof diff``."""

import functools
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import click

from spanproof.cli.fetching import fetching
from spanproof.cli.options import (
    COLOR,
    SCHEMA,
    Outputs,
    corpus_schema,
    output_option,
    own_corpus,
    print_as,
    reason_of,
    refuse,
)
from spanproof.corpus.documents import Batch, Corpus
from spanproof.corpus.spool import UnwritableError
from spanproof.formats.discovery import read
from spanproof.formats.folders import is_publication
from spanproof.revisions import diff as revisions
from spanproof.revisions import render
from spanproof.revisions.git import opened
from spanproof.schema.schema import Schema


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@SCHEMA
@output_option(render.OUTPUTS)
@click.option("--stat", is_flag=True, help="Print only the counts (text).")
@COLOR
@fetching("old", "new")
def diff(
    old: str | Path, new: str | Path | None, schema_file: Path | None, output: str, stat: bool, color: bool | None
) -> None:
    """Show what changed between two versions of a corpus, and which kind of release the changes need.

    OLD and NEW are files (.jsonl, .parquet, .json), folders of them, the folder of a dataset, or git revisions of the
    repository that you are in: v0.1.0, HEAD~1, HEAD~1:PATH (without a path, the corpus that pyproject.toml names
    there). If a path and a revision have the same name, the path is meant. Without NEW, OLD is compared with the corpus
    in your working copy.

    Prints each change with its document, layer and place, the number of changes of each kind, and whether a release
    with them would be major, minor or patch. Some differences don't count as changes: offsets that moved with the text,
    references that follow a renumbering, and another order of documents or annotations (for which `spanproof release
    prepare` still asks for a minor version, because it compares rows). Registries are compared if both sides have them.

    \b
    spanproof diff v0.1.0                    since a release
    spanproof diff old.jsonl new.jsonl --stat
    spanproof diff HEAD --output changelog   an entry for CHANGELOG.md

    Exit codes: 0 no difference, 1 differences, 2 unusable input.
    """
    if stat and output != "text":
        refuse("--stat needs --output text")
    names = (str(old), str(new or own_corpus()))
    with ExitStack() as stack:
        try:
            places = [stack.enter_context(opened(name)) for name in names]
            asked = [] if new is None else places[1:] if is_publication(places[1]) else places
            schema = corpus_schema(schema_file, asked, names)
            before, after = (_read(name, path, schema) for name, path in zip(names, places, strict=True))
            changes = revisions.diff(before, after)
        except ValueError as error:
            refuse(str(error))
        except UnwritableError as error:
            refuse(reason_of(error))
    release = new is None or any(not Path(name).exists() or is_publication(Path(name)) for name in names)
    outputs: Outputs = {**render.OUTPUTS, "text": functools.partial(render.text_parts, stat=stat, release=release)}
    print_as(outputs, output, changes, color=color)
    sys.exit(1 if changes.changes else 0)


def _read(name: str, path: Path, schema: Schema) -> Corpus:
    """Return the corpus of a path or revision.

    Messages name the revision, not the temporary folder that it is read from.
    """
    corpus = read(path, schema)
    return replace(corpus, batches=_Readable(name, path, corpus.batches))


@dataclass(frozen=True)
class _Readable:
    """The batches of a path or revision, of which everything can be read.

    Attributes:
        name: what messages call it.
        path: where it is read from.
        batches: its batches.
    """

    name: str
    path: Path
    batches: Iterable[Batch]

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches.

        Raises:
            ValueError: something can't be read; the message names it.
        """
        for batch in self.batches:
            for error in batch.errors:
                if not error.repaired:
                    place = f"{self.name}: {Path(error.path).name}" if str(self.path) != self.name else error.path
                    raise ValueError(f"{place}{f':{error.line}' if error.line else ''}: {error.problem}")
            yield batch
