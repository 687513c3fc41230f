"""``spanproof agree``."""

from pathlib import Path

import click

from spanproof.cli.options import FILE, read_schema, refuse


@click.command()
@click.argument("a", type=FILE)
@click.argument("b", type=FILE)
@click.option("--schema", "schema_file", type=FILE, help="Schema of a document; default: the annotated article.")
@click.option("--resamples", type=click.IntRange(min=1), default=1000, show_default=True, help="Bootstrap resamples.")
@click.option("--output", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
def agree(a: Path, b: Path, schema_file: Path | None, resamples: int, output: str) -> None:
    """Agreement of two corpora over the same texts: two annotators, two releases, a system and gold.

    Per layer and part: exact and overlap F1, token and unitizing alpha, kappa on matched labels, agreement of
    values and references, clustering of entities and utterances; each with a 95 % bootstrap interval.
    """
    from spanproof.formats.discovery import read
    from spanproof.metrics import render as tables
    from spanproof.metrics.agreement import agree as agreement

    schema = read_schema(schema_file)
    try:
        found = agreement(read(a, schema, {}), read(b, schema, {}), resamples=resamples)
    except ValueError as error:
        refuse(str(error))
    write = {"text": tables.as_text, "json": tables.as_json, "markdown": tables.as_markdown}
    click.echo(write[output](found), nl=False)
