"""``spanproof labelstudio``."""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spanproof.cli.options import FILE, own_corpus, progress_of, read_schema, refuse, say

if TYPE_CHECKING:
    from spanproof.corpus.documents import Corpus, demand_readable
    from spanproof.corpus.findings import Finding
    from spanproof.labelstudio.pull import Pull
    from spanproof.labelstudio.push import Push
    from spanproof.schema.paths import Document
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
    corpus = read_corpus(path, shown_schema(schema_file))
    with refusing():
        pushed = send(corpus, connected(url), title, model_version, update_config)
    sys.exit(print_findings(pushed.findings))


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
    from spanproof.labelstudio.pull import pull as pull_
    from spanproof.revisions import render
    from spanproof.revisions.diff import diff

    corpus = read_corpus(path, shown_schema(schema_file))
    with refusing():
        pulled = pull_(corpus, connected(url), title)
        new = pulled.over(corpus)
        difference = diff(replace(corpus, registries={}), new)
    color = sys.stdout.isatty() if color is None else color
    click.echo(render.as_text(difference, color=color), nl=False, color=color)
    findings = [finding for finding in pulled.findings if passes is None or finding.code != "several-annotators"]
    code = print_findings(findings)
    changed = {change.document for change in difference.changes}
    with refusing():
        if write:
            _write_back(corpus, {name: document for name, document in pulled.documents.items() if name in changed})
        if out is not None:
            _write_out(new, out)
        if passes is not None:
            _write_passes(pulled, passes, corpus.schema)
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
    from spanproof.labelstudio.status import status as status_

    corpus = read_corpus(path, shown_schema(schema_file))
    with refusing():
        summary = status_(corpus, connected(url), title)
    if summary.project is not None:
        click.echo(f"{summary.project.title}  {summary.project.address}")
    rows = {name: getattr(summary, name) for name in ("tasks", "annotated", "skipped", "drafts")}
    rows |= {f"predictions of {version}": count for version, count in summary.predictions.items()}
    for name, count in rows.items():
        click.echo(f"  {name:<12} {count:,}")
    sys.exit(print_findings(summary.findings))


def shown_schema(file: Path | None) -> "Schema":
    """Return the schema in a file, if Label Studio can show its documents."""
    from spanproof.labelstudio.layout import Layout
    from spanproof.schema.node import SchemaError

    schema = read_schema(file)
    try:
        Layout.of(schema)
    except SchemaError as error:
        refuse(str(error))
    return schema


def read_corpus(path: Path | None, schema: "Schema") -> "Corpus":
    """Return the corpus of a path, in memory; one that can't be read whole is refused."""
    from spanproof.formats.discovery import read

    corpus = read(path or own_corpus(), schema).load()
    try:
        return demand_readable(corpus)
    except ValueError as error:
        refuse(str(error))


@contextmanager
def refusing() -> Iterator[None]:
    """Refuse, in one sentence, what a server or a file can't take, and a corpus that can't be pushed or pulled."""
    from spanproof.labelstudio.client import ClientError

    try:
        yield
    except (ClientError, OSError, ValueError) as error:
        refuse(str(error))


def connected(url: str | None) -> Any:
    """Return the client of the server.

    The token comes from the environment alone, so that no list of processes shows it.
    """
    from spanproof.labelstudio.client import connect

    token = os.environ.get("LABEL_STUDIO_API_KEY")
    if not url or not token:
        refuse("LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY say which server and whose token; one of them isn't set")
    return connect(url, token)


def send(corpus: "Corpus", sdk: Any, title: str | None, model_version: str | None, update_config: bool) -> "Push":
    """Push a corpus, and say how much was sent."""
    from spanproof.checks.check import check
    from spanproof.labelstudio.push import push as push_

    with progress_of("pushing") as progress:
        pushed = push_(
            corpus,
            sdk,
            check,
            title=title,
            model_version=model_version,
            update_config=update_config,
            progress=progress,
        )
    if pushed.project is None:
        say("spanproof: nothing is sent")
    else:
        kind = "gold" if model_version is None else f"predictions of {model_version}"
        counts = f"{pushed.sent} sent, {pushed.present} there already"
        say(f"{kind} in {pushed.project.title}: {counts} ({pushed.project.address})")
    return pushed


def print_findings(findings: Iterable["Finding"]) -> int:
    """Print findings, one a line; 1 where one is an error."""
    code = 0
    for finding in findings:
        click.echo(str(finding))
        code = max(code, int(finding.severity == "error"))
    return code


def _write_back(corpus: "Corpus", documents: "Mapping[str, Document]") -> None:
    """Write documents, by name, into the files that the corpus was read from."""
    from spanproof.labelstudio.write_back import save

    for path in save(corpus, documents):
        say(f"{path}: written")


def _write_out(corpus: "Corpus", path: Path) -> None:
    """Write a corpus into a file of its own."""
    from spanproof.formats.discovery import write

    write(corpus, path)
    say(f"{path}: written")


def _write_passes(pulled: "Pull", folder: Path, schema: "Schema") -> None:
    """Write each annotator's version into a folder of its own."""
    from spanproof.corpus.documents import Corpus
    from spanproof.formats.discovery import write

    for person, documents in pulled.passes.items():
        own = folder / re.sub(r"^\.|[^\w@.+-]", "_", person)
        write(Corpus.of(documents.values(), schema), own / "pass.jsonl")
        say(f"{own}: {len(documents)} documents")
    if len({frozenset(documents) for documents in pulled.passes.values()}) > 1:
        say("the annotators have different documents; spanproof agree takes two with the same ones")
