"""``spanproof labelstudio push``."""

import sys
from pathlib import Path

import click

from spanproof.cli.labelstudio_project import (
    INSTRUCTIONS,
    PROJECT,
    URL,
    connected,
    layable_corpus,
    print_findings,
    refusing,
    say_kept,
    send,
    shown_instructions,
)
from spanproof.cli.options import PATH, STATED_SCHEMA, refuse


@click.command()
@PATH
@STATED_SCHEMA
@URL
@PROJECT
@click.option(
    "--as",
    "kind",
    type=click.Choice(["gold", "predictions"]),
    default="gold",
    show_default=True,
    help="Send as annotations (gold), or as predictions of a model.",
)
@click.option("--model-version", metavar="NAME", help="Name of the model that made the predictions.")
@click.option("--draft", is_flag=True, help="Annotators start from these predictions instead of from nothing.")
@click.option("--overlap", type=click.IntRange(1, 100), help="How many people annotate each document; default: one.")
@INSTRUCTIONS
@click.option(
    "--annotator",
    "annotators",
    multiple=True,
    metavar="ADDRESS",
    help="An annotator; may be repeated. Documents are assigned in turn, and each page says to whom.",
)
@click.option(
    "--update-config", is_flag=True, help="Replace the project's config with that of the schema if they differ."
)
@click.option(
    "--force",
    is_flag=True,
    help="With --update-config: even if annotations use labels or fields that the new config lacks.",
)
def push(
    path: Path | None,
    schema_file: Path | None,
    url: str | None,
    title: str | None,
    kind: str,
    model_version: str | None,
    draft: bool,
    overlap: int | None,
    instructions: Path | None,
    annotators: tuple[str, ...],
    update_config: bool,
    force: bool,
) -> None:
    """Send a corpus to a project, which is created if it doesn't exist.

    Annotated documents become annotations, others become tasks to annotate, and machine output becomes predictions.
    Documents that are already there aren't sent again, so after a lost connection you simply push once more. If a
    document has changed in your corpus, it replaces what was sent, unless somebody has changed that in Label Studio. If
    Label Studio would silently change or lose annotations of a document, the command refuses, and sends nothing.

    \b
    spanproof labelstudio push --project Talks --overlap 2 --instructions annotations/GUIDELINES.md
    spanproof labelstudio push spacy.jsonl --project Talks --as predictions --model-version spacy-3.8

    Exit codes: 0 the project holds the corpus, 1 findings, 2 unusable input or no server.
    """
    if (kind == "predictions") != (model_version is not None):
        refuse("--as predictions and --model-version NAME go together")
    if draft and model_version is None:
        refuse("--draft is of predictions; expected --as predictions and --model-version NAME too")
    corpus = layable_corpus(path, schema_file)
    say_kept(corpus.schema)
    with refusing():
        shown = shown_instructions(instructions)
        sdk = connected(url)
        pushed = send(corpus, sdk, title, model_version, update_config, force, overlap, shown, annotators, draft)
    sys.exit(print_findings(pushed.findings, corpus))
