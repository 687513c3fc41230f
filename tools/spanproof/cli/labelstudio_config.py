"""``spanproof labelstudio config``."""

from pathlib import Path

import click

from spanproof.cli.labelstudio_project import layable_schema, say_kept
from spanproof.cli.options import SCHEMA
from spanproof.labelstudio.config import config as config_of


@click.command()
@SCHEMA
def config(schema_file: Path | None) -> None:
    """Print the labeling config that a schema gives, as Label Studio takes it: XML.

    push gives it to a project that it makes; this is for a project that you make yourself.

    \b
    spanproof labelstudio config --schema my.schema.json > config.xml

    Exit codes: 0 printed, 2 a schema that can't be used or has no text to annotate.
    """
    schema = layable_schema(schema_file)
    say_kept(schema)
    click.echo(config_of(schema))
