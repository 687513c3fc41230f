"""What the commands of Label Studio share: the project of a server, what goes there, what is told of it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from spanproof.checks.check import check
from spanproof.cli.options import corpus_schema, progress_of, read_corpus, read_schema, reason_of, refuse, say
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.labelstudio.about import openings
from spanproof.labelstudio.client import ClientError, connect
from spanproof.labelstudio.kept import kept_members
from spanproof.labelstudio.layout import Layout, not_shown
from spanproof.labelstudio.projects import kept_title
from spanproof.labelstudio.push import Push, push
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema

URL = click.option(
    "--url", envvar="LABEL_STUDIO_URL", show_envvar=True, help="Address of the server, http://127.0.0.1:8080."
)


def _title(_: click.Context, __: click.Parameter, title: str | None) -> str | None:
    """Refuse a title that Label Studio doesn't take, before a server is asked."""
    try:
        return title if title is None else kept_title(title)
    except ClientError as error:
        raise click.BadParameter(str(error)) from None


PROJECT = click.option(
    "--project",
    "title",
    metavar="TITLE",
    callback=_title,
    help="Title of the project; default: the schema's.",
)
INSTRUCTIONS = click.option(
    "--instructions",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with the guidelines. They are shown on the page of each task; after a push, Label Studio also shows "
    "them before annotators begin.",
)


def shown_instructions(file: Path | None) -> str | None:
    """Return the text of the file of the guidelines; None where none is named.

    Raises:
        ValueError: it isn't in UTF-8; the message names it.
    """
    try:
        return None if file is None else file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is not UTF-8: byte {error.start + 1}; expected a text in UTF-8") from None


def layable_schema(file: Path | None) -> Schema:
    """Return the schema in a file, for what names no corpus; refuse one whose documents Label Studio can't show."""
    return _layable(read_schema(file))


def layable_corpus(path: Path | None, schema_file: Path | None) -> Corpus:
    """Return a corpus with all its documents; refuse one that can't be read, or that Label Studio can't show.

    Args:
        path: where it is; None for the repository's own.
        schema_file: the schema that was named; None for that of the corpus.
    """
    schema = corpus_schema(schema_file, [path] if path else [])
    if schema.guess is not None:
        refuse("a guess can't say which labels annotators may choose; expected a schema beside the corpus, or --schema")
    return read_corpus(path, _layable(schema)).load()


def _layable(schema: Schema) -> Schema:
    """Return a schema; refuse one whose documents Label Studio can't show, and say what isn't drawn."""
    try:
        Layout.of(schema)
    except SchemaError as error:
        refuse(reason_of(error))
    for layer, problem in not_shown(schema).items():
        say(f"{layer}: relations that Label Studio doesn't show ({problem}); they stay as they are")
    return schema


def say_kept(schema: Schema) -> None:
    """Say which members of documents annotators can't change."""
    if kept := kept_members(schema):
        stay = "they stay as they are" if len(kept) > 1 else "it stays as it is"
        say(f"Label Studio has no field for {', '.join(kept)}; {stay}")


@contextmanager
def refusing() -> Iterator[None]:
    """Refuse, in one sentence, what a server or a file can't take, and a corpus that can't be pushed or pulled."""
    try:
        yield
    except (ClientError, OSError, ValueError) as error:
        refuse(reason_of(error))


def connected(url: str | None) -> Any:
    """Return the client of the server.

    The token comes only from the environment, so that no list of processes shows it.
    """
    token = os.environ.get("LABEL_STUDIO_API_KEY")
    if not url or not token:
        refuse("LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY say which server and whose token; one of them isn't set")
    return connect(url, token)


def send(
    corpus: Corpus,
    sdk: Any,
    title: str | None,
    model_version: str | None,
    update_config: bool = False,
    force: bool = False,
    overlap: int | None = None,
    instructions: str | None = None,
    annotators: Sequence[str] = (),
    draft: bool = False,
) -> Push:
    """Push a corpus, and say how much was sent.

    Args:
        corpus: what the project is to hold.
        sdk: the client of the server.
        title: of the project; None for that of the schema.
        model_version: whose predictions they are; None for gold.
        update_config: give a project with another config that of the schema instead of refusing it.
        force: also one that isn't ours, or whose annotations have what that config lacks.
        overlap: how many people are to annotate a task.
        instructions: the guidelines, which annotators are shown before they begin and on every page.
        annotators: who is to annotate, in turn.
        draft: annotators begin with the predictions.
    """
    with progress_of("pushing") as progress:
        pushed = push(
            corpus,
            sdk,
            check,
            title=title,
            model_version=model_version,
            update_config=update_config,
            force=force,
            overlap=overlap,
            instructions=instructions,
            annotators=annotators,
            draft=draft,
            progress=progress,
        )
    if pushed.project is None:
        say("spanproof: nothing is sent")
    else:
        kind = "documents" if model_version is None else f"predictions of {model_version}"
        counts = f"{pushed.sent} sent, {pushed.present} there already"
        say(f"project {pushed.project.title!r}: {kind}: {counts} ({pushed.project.address})")
    return pushed


def print_findings(findings: Sequence[Finding], corpus: Corpus | None = None) -> int:
    """Print findings, one a line; return 1 where one is an error, else 0.

    Beside the name of a document of the corpus that is a hash stand the first words of its text.
    """
    code = 0
    known = openings(corpus, {finding.document for finding in findings}) if corpus else {}
    for finding in findings:
        words = known.get(finding.document or "")
        click.echo(str(replace(finding, document=f"{finding.document} “{words}”") if words else finding))
        code = max(code, int(finding.severity == "error"))
    return code
