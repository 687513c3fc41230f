"""``spanproof labelstudio``."""

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spanproof.cli.options import FILE, own_corpus, progress_of, read_schema, refuse, say

if TYPE_CHECKING:
    from spanproof.corpus.documents import Corpus
    from spanproof.labelstudio.client import Project
    from spanproof.labelstudio.pull import Pull
    from spanproof.labelstudio.status import Note
    from spanproof.schema.schema import Schema

SCHEMA = click.option(
    "--schema", "schema_file", type=FILE, help="Schema of a document; default: the annotated article."
)
PATH = click.argument("path", type=FILE, required=False)
_URL = click.option(
    "--url", envvar="LABEL_STUDIO_URL", show_envvar=True, help="Address of the server, http://127.0.0.1:8080."
)
PROJECT = click.option("--project", "title", metavar="TITLE", help="Title of the project; default: the schema's.")


@click.group()
def labelstudio() -> None:
    """Annotate in Label Studio: the corpus goes in, comes back corrected, and nothing is lost.

    \b
    spanproof labelstudio demo           a private server with the corpus in it, to try
    spanproof labelstudio push           the corpus into a project of a server
    spanproof labelstudio pull           what annotators changed; --write takes it over

    The server is LABEL_STUDIO_URL, the token (Account & Settings there) LABEL_STUDIO_API_KEY. A document is known
    by its identifier and the hash of its text, never by an id of Label Studio. PATH is a corpus (.jsonl, .parquet,
    .json, a folder); without one it is annotations/gold of the repository that you stand in.
    """


@labelstudio.command()
@SCHEMA
def config(schema_file: Path | None) -> None:
    """Print the labeling config that a schema gives."""
    from spanproof.labelstudio.config import config as config_

    click.echo(config_(shown_schema(schema_file)))


@labelstudio.command()
@PATH
@SCHEMA
@_URL
@PROJECT
@click.option("--as", "kind", type=click.Choice(["gold", "predictions"]), default="gold", show_default=True)
@click.option("--model-version", metavar="NAME", help="Whose predictions they are.")
@click.option("--update-config", is_flag=True, help="Give the project the config of the schema where it has another.")
def push(
    path: Path | None,
    schema_file: Path | None,
    url: str | None,
    title: str | None,
    kind: str,
    model_version: str | None,
    update_config: bool,
) -> None:
    """Send a corpus to a project, which is made if it isn't there.

    Gold becomes annotations, machine output predictions. What is there already is not sent again; after a cut
    connection another push sends the rest. Gold that changed since it was sent replaces what was sent, but never what
    somebody changed meanwhile. Documents that Label Studio would spoil in silence are refused before anything is sent.

    Exit codes: 0 the project holds the corpus, 1 findings, 2 unusable input or no server.
    """
    if (kind == "predictions") != (model_version is not None):
        refuse("--as predictions and --model-version NAME go together")
    schema = shown_schema(schema_file)
    documents = list(read_corpus(path, schema).documents())
    from spanproof.labelstudio import client

    if guarded(documents, schema):
        say("spanproof: nothing is sent")
        sys.exit(1)
    title = title or title_of(schema)
    try:
        sdk = client.connect(*_server(url))
        project = project_of(sdk, title, schema, update_config)
        notes = send(project, documents, schema, model_version)
    except client.ClientError as error:
        refuse(str(error))
    sys.exit(print_notes(notes))


@labelstudio.command()
@PATH
@SCHEMA
@_URL
@PROJECT
@click.option("--write", is_flag=True, help="Take the changes over into the files of PATH.")
@click.option("--out", type=FILE, help="Write the corpus as it is annotated to this file (.jsonl, .parquet).")
@click.option("--passes", type=FILE, help="Write each annotator's version into a folder of this one, for agree.")
@click.option("--color/--no-color", default=None, help="Colours; default: on a terminal.")
def pull(
    path: Path | None,
    schema_file: Path | None,
    url: str | None,
    title: str | None,
    write: bool,
    out: Path | None,
    passes: Path | None,
    color: bool | None,
) -> None:
    """Show what annotators changed, and take it over with --write or --out.

    Texts are taken from the offsets, never from what Label Studio stored; drafts, unfinished and deleted tasks, and who
    changed what are told. A document that several people annotated stays as it is: --passes has their versions.

    Exit codes: 0 pulled, 1 findings (of what they concern nothing is written), 2 unusable input or no server.
    """
    from spanproof.corpus.documents import Corpus
    from spanproof.labelstudio import client
    from spanproof.labelstudio.pull import pull as pull_
    from spanproof.revisions import render as changes
    from spanproof.revisions.diff import diff

    schema = shown_schema(schema_file)
    corpus = read_corpus(path, schema)
    try:
        sdk = client.connect(*_server(url))
        project = _found(sdk, title or title_of(schema))
        pulled = pull_(client.fetch(project), corpus.documents(), schema, client.people(project))
        new = Corpus.of(pulled.over(corpus), schema)
        difference = diff(Corpus(schema, corpus.batches), new)
    except (client.ClientError, ValueError) as error:
        refuse(str(error))
    color = sys.stdout.isatty() if color is None else color
    click.echo(changes.as_text(difference, color=color), nl=False, color=color)
    code = print_notes([note for note in pulled.notes if passes is None or note.kind != "several-annotators"])
    changed = {change.document for change in difference.changes}
    try:
        _write(corpus, new, pulled, changed, write, out)
        _write_passes(pulled, passes, schema)
    except (OSError, ValueError) as error:
        refuse(str(error))
    if changed and not write and out is None:
        say("nothing is written; --write takes the changes over, --out FILE writes them elsewhere")
    sys.exit(code)


@labelstudio.command()
@PATH
@SCHEMA
@_URL
@PROJECT
def status(path: Path | None, schema_file: Path | None, url: str | None, title: str | None) -> None:
    """Tell what a project holds of a corpus: tasks, annotations, drafts, predictions, what is missing.

    Exit codes: 0 it holds the corpus, 1 documents are missing or have another text, 2 unusable input or no server.
    """
    from spanproof.labelstudio import client
    from spanproof.labelstudio import status as holding

    schema = shown_schema(schema_file)
    corpus = read_corpus(path, schema)
    try:
        project = _found(client.connect(*_server(url)), title or title_of(schema))
        found = holding.status(client.fetch(project), corpus.documents(), schema)
    except client.ClientError as error:
        refuse(str(error))
    click.echo(f"{project.title}  {project.address}")
    rows = {"tasks": found.tasks, "annotated": found.annotated, "skipped": found.skipped, "drafts": found.drafts}
    rows |= {f"predictions of {version}": n for version, n in found.predictions.items()}
    for name, n in rows.items():
        click.echo(f"  {name:<12} {n:,}")
    sys.exit(print_notes(found.notes))


def shown_schema(file: Path | None) -> "Schema":
    """The schema in a file, if Label Studio can show its documents."""
    from spanproof.labelstudio.layout import Layout
    from spanproof.schema.node import SchemaError

    schema = read_schema(file)
    try:
        Layout.of(schema)
    except SchemaError as error:
        refuse(str(error))
    return schema


def read_corpus(path: Path | None, schema: "Schema") -> "Corpus":
    """The corpus of a path, whose documents can be told apart."""
    from spanproof.formats.discovery import read
    from spanproof.labelstudio.status import name_of

    corpus = read(path or own_corpus(), schema)
    for error in corpus.errors:
        refuse(f"{error.path}{f':{error.line}' if error.line else ''}: {error.problem}")
    seen: set[str] = set()
    for document in corpus.documents():
        if not isinstance(document, dict) or (schema.key and not isinstance(document.get(schema.key), str)):
            refuse(f"a document has no {schema.key}; right is one of its own for each")
        name = name_of(document, schema)
        if name in seen:
            refuse(f"{schema.key or 'text'} {name!r} is that of several documents; right is one of its own for each")
        seen.add(name)
    return corpus


def _server(url: str | None) -> tuple[str, str]:
    """Address and token of the server; the token comes from the environment alone, so no process list shows it."""
    import os

    token = os.environ.get("LABEL_STUDIO_API_KEY")
    if not url or not token:
        refuse("LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY say which server and whose token; one of them isn't set")
    return url, token


def title_of(schema: "Schema") -> str:
    """The schema's title as Label Studio takes one: 3 to 50 characters."""
    return str(schema.json.get("title") or "spanproof")[:50].ljust(3, "_")


def _found(sdk: Any, title: str) -> "Project":
    from spanproof.labelstudio import client

    project = client.find(sdk, title)
    if project is None:
        refuse(f"there is no project {title!r}; push makes it, --project names another")
    return project


def guarded(documents: Iterable[Any], schema: "Schema") -> int:
    """Prints what Label Studio would spoil."""
    from spanproof.labelstudio.precheck import problems

    found = [problem for document in documents for problem in problems(document, schema)]
    for problem in found:
        click.echo(str(problem))
    return sum(problem.severity == "error" for problem in found)


def project_of(sdk: Any, title: str, schema: "Schema", update: bool) -> "Project":
    """The project of a title, made if it isn't there.

    One with another config is refused: the browser would drop what its config doesn't have.
    """
    from spanproof.labelstudio import client
    from spanproof.labelstudio.config import config as config_

    project = client.find(sdk, title) or client.create(sdk, title, schema)
    if project.config.strip() != config_(schema).strip():
        if not update:
            refuse(
                f"the config of {title!r} is not the schema's; push --update-config sets it, --project names another"
            )
        client.configure(project, schema)
    return project


def send(
    project: "Project", documents: Sequence[Any], schema: "Schema", model_version: str | None
) -> tuple["Note", ...]:
    """Sends what a project lacks, and says how much that was."""
    from spanproof.labelstudio import client
    from spanproof.labelstudio.push import push as push_

    lacking = push_(client.fetch(project), documents, schema, model_version)
    with progress_of("pushing") as progress:
        client.send(project, lacking, progress)
    what = "gold" if model_version is None else f"predictions of {model_version}"
    say(f"{what} in {project.title}: {lacking.size} sent, {lacking.present} there already ({project.address})")
    return lacking.notes


def print_notes(notes: Iterable["Note"]) -> int:
    """Prints notes; 1 where one is a finding."""
    code = 0
    for note in notes:
        click.echo(str(note))
        code = max(code, int(note.is_finding))
    return code


def _write(
    corpus: "Corpus", new: "Corpus", pulled: "Pull", changed: set[str | None], write: bool, out: Path | None
) -> None:
    from spanproof.formats.registry import format_of
    from spanproof.labelstudio.write_back import save

    if write:
        for path in save(corpus, {name: each for name, each in pulled.documents.items() if name in changed}):
            say(f"{path}: written")
    if out is not None:
        known = format_of(out)
        if known is None or known.name == "article":
            raise ValueError(f"{out}: right is a file that ends in .jsonl or .parquet")
        known.write(out, new.documents(), new.schema)
        say(f"{out}: written")


def _write_passes(pulled: "Pull", passes: Path | None, schema: "Schema") -> None:
    from spanproof.formats.jsonl import FORMAT as JSONL

    folders = []
    for person, documents in pulled.passes.items() if passes is not None else ():
        assert passes is not None
        folders.append(passes / re.sub(r"^\.|[^\w@.+-]", "_", person))
        JSONL.write(folders[-1] / "pass.jsonl", documents.values(), schema)
        say(f"{folders[-1]}: {len(documents)} documents")
    if len({frozenset(documents) for documents in pulled.passes.values()}) > 1:
        say("the annotators have different documents; spanproof agree takes two with the same ones")
