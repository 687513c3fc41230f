"""``spanproof diff``."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spanproof.cli.options import FILE, own_corpus, read_schema, refuse

if TYPE_CHECKING:
    from spanproof.corpus.documents import Corpus
    from spanproof.schema.schema import Schema


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option("--schema", "schema_file", type=FILE, help="Schema of a document; default: the annotated article.")
@click.option(
    "--output", type=click.Choice(["text", "json", "markdown", "changelog"]), default="text", show_default=True
)
@click.option("--stat", is_flag=True, help="Counts alone (text).")
@click.option("--color/--no-color", default=None, help="Colours; default: on a terminal.")
def diff(old: str, new: str | None, schema_file: Path | None, output: str, stat: bool, color: bool | None) -> None:
    """What changed between two releases of a corpus, and whether they are a major, minor or patch release apart.

    OLD and NEW are files (.jsonl, .parquet, .json), folders of them, the folder of a dataset, or
    git revisions of the repository that you stand in: v0.1.0, HEAD~1, HEAD~1:annotations/passes (annotations/gold
    without a path). A path goes before a revision of the same name. Without NEW it is the working copy's corpus.

    Offsets that moved with the text, references that follow a renumbering, another order of documents or annotations
    are no changes. Registries are compared where both sides have them.

    Exit codes: 0 no difference, 1 differences, 2 unusable input.
    """
    from spanproof.revisions import render as changes
    from spanproof.revisions.diff import diff as diff_

    if stat and output != "text":
        refuse("--stat goes with --output text alone")
    schema = read_schema(schema_file)
    with ExitStack() as stack:
        try:
            found = diff_(_read(stack, old, schema), _read(stack, new or str(own_corpus()), schema))
        except ValueError as error:
            refuse(str(error))
    if output == "text":
        color = sys.stdout.isatty() if color is None else color
        click.echo(changes.as_text(found, stat=stat, color=color), nl=False, color=color)
    else:
        write = {"json": changes.as_json, "markdown": changes.as_markdown, "changelog": changes.changelog}
        click.echo(write[output](found), nl=False)
    sys.exit(1 if found.changes else 0)


def _read(stack: ExitStack, name: str, schema: "Schema") -> "Corpus":
    from spanproof.formats.discovery import read
    from spanproof.revisions.git import opened

    path = stack.enter_context(opened(name))
    corpus = read(path, schema)
    for error in corpus.errors:
        place = f"{name}: {Path(error.path).name}" if str(path) != name else error.path
        raise ValueError(f"{place}{f':{error.line}' if error.line else ''}: {error.problem}")
    return corpus
