"""``spanproof labelstudio config``."""

from pathlib import Path

import click

from spanproof.cli.labelstudio_project import layable_schema, say_kept
from spanproof.cli.options import SCHEMA_ALONE
from spanproof.labelstudio.config import config as config_of


@click.command()
@SCHEMA_ALONE
def config(schema_file: Path | None) -> None:
    """Print the labeling config of a schema, the XML that Label Studio expects.

    push does this for every project that it creates; you need it only if you create a project yourself.

    \b
    spanproof labelstudio config --schema my.schema.json > config.xml

    Exit codes: 0 printed, 2 a schema that can't be used or has no text to annotate.
    """
    schema = layable_schema(schema_file)
    say_kept(schema)
    click.echo(config_of(schema))
