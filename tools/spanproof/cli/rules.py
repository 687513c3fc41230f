"""``spanproof rules``, ``explain`` and ``matrix``: what is checked, and how well that works."""

from pathlib import Path

import click

from spanproof.checks import catalogue
from spanproof.cli.options import PATH, SCHEMA, corpus_schema, output_option, print_as, read_corpus, refuse
from spanproof.testing import matrix as detection


@click.command()
@output_option(catalogue.OUTPUTS)
def rules(output: str) -> None:
    """List the rules: code, severity, name, what is wrong.

    \b
    spanproof rules                      one line for each rule
    spanproof rules --output markdown    a page with an example of each

    Exit codes: 0 listed.
    """
    print_as(catalogue.OUTPUTS, output)


@click.command()
@click.argument("code")
def explain(code: str) -> None:
    """Explain a rule, by its code or name: why it exists, an example that breaks it, and the correction.

    \b
    spanproof explain SP106
    spanproof explain text-differs

    Exit codes: 0 explained, 2 no rule has this code or name (similar ones are suggested).
    """
    try:
        click.echo(catalogue.explain(code), nl=False)
    except KeyError as error:
        refuse(str(error.args[0]))


@click.command()
@PATH
@SCHEMA
def matrix(path: Path | None, schema_file: Path | None) -> None:
    """Break a sound corpus in every known way, and show what the check finds and the corrections restore.

    PATH is a corpus (.jsonl, .parquet, .json, a folder); without it, the corpus of the repository that you are in. Its
    files aren't changed.

    Prints a table in Markdown. Each row is one way of breaking a document. It counts the documents in which it was
    tried, in which the check found it, reported unrelated errors, or named the cause, and which the correction
    restored.

    \b
    spanproof matrix my.jsonl --schema my.schema.json

    Exit codes: 0 printed, 2 unusable input.
    """
    schema = corpus_schema(schema_file, [path] if path else [])
    corpus = read_corpus(path, schema)
    click.echo(detection.as_markdown(detection.matrix(corpus.documents(), schema)), nl=False)
