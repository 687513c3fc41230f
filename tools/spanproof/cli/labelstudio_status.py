"""``spanproof labelstudio status``."""

import sys
from pathlib import Path

import click

from spanproof.cli.labelstudio_project import PROJECT, URL, connected, layable_corpus, print_findings, refusing
from spanproof.cli.options import PATH, STATED_SCHEMA
from spanproof.labelstudio.status import status as status_of


@click.command()
@PATH
@STATED_SCHEMA
@URL
@PROJECT
def status(path: Path | None, schema_file: Path | None, url: str | None, title: str | None) -> None:
    """Show which documents a project holds, and how far each person has got.

    Prints how many tasks are untouched, begun, done, skipped and reviewed (starred), overall and for each person, and a
    line for each document that is missing or has another text there. Annotations that a push sent aren't counted for
    any person. Nothing is changed.

    \b
    spanproof labelstudio status my.jsonl --project Talks

    Exit codes: 0 it holds the corpus, 1 documents are missing or have another text, 2 unusable input or no server.
    """
    corpus = layable_corpus(path, schema_file)
    with refusing():
        summary = status_of(corpus, connected(url), title)
    if summary.project is not None:
        click.echo(f"{summary.project.title}  {summary.project.address}")
    rows = {name: getattr(summary, name) for name in ("tasks", "untouched", "begun", "done", "skipped", "reviewed")}
    rows |= {f"predictions of {version}": count for version, count in summary.predictions.items()}
    for name, count in rows.items():
        click.echo(f"  {name:<12} {count:,}")
    for person, work in summary.people.items():
        counts = ", ".join(f"{name} {count:,}" for name, count in vars(work).items())
        click.echo(f"  {person}: {counts}")
    sys.exit(print_findings(summary.findings, corpus))
