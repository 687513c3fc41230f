"""``spanproof rules``, ``explain`` and ``matrix``: what is checked, and what that is worth."""

from pathlib import Path

import click

from spanproof.cli.options import FILE, own_corpus, read_schema, refuse


@click.command()
@click.option("--output", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
def rules(output: str) -> None:
    """List the rules: code, severity, name, what is wrong."""
    from spanproof.checks import catalogue

    write = {"text": catalogue.as_text, "json": catalogue.as_json, "markdown": catalogue.as_markdown}
    click.echo(write[output](), nl=False)


@click.command()
@click.argument("code")
def explain(code: str) -> None:
    """Explain a rule, by code (SP106) or name (text-differs): why, an example that breaks it, its correction."""
    from spanproof.checks import catalogue

    try:
        click.echo(catalogue.explain(code), nl=False)
    except KeyError as error:
        refuse(str(error.args[0]))


@click.command()
@click.argument("path", required=False, type=FILE)
@click.option("--schema", "schema_file", type=FILE, help="Schema of a document; default: the annotated article.")
def matrix(path: Path | None, schema_file: Path | None) -> None:
    """Break a sound corpus in every known way and show what the check and the corrections make of it."""
    from spanproof.formats.discovery import read
    from spanproof.testing.matrix import as_markdown
    from spanproof.testing.matrix import matrix as matrix_

    schema = read_schema(schema_file)
    corpus = read(path or own_corpus(), schema)
    if corpus.errors:
        refuse(f"{corpus.errors[0].path}: {corpus.errors[0].problem}")
    click.echo(as_markdown(matrix_(corpus.documents(), schema)), nl=False)
