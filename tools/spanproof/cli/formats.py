"""``spanproof formats``."""

import click

from spanproof.cli.options import output_option, print_as
from spanproof.conversion import lattice


@click.command()
@output_option(lattice.OUTPUTS)
def formats(output: str) -> None:
    """List the formats of annotations: their files, and what each keeps.

    `spanproof check` reads these formats and `spanproof convert` writes them. Besides these, there are JSON Lines,
    JSON and Parquet, which keep everything.

    \b
    spanproof formats                      files and features
    spanproof formats --output markdown    a page, with what is lost from one to another

    Exit codes: 0 listed.
    """
    print_as(lattice.OUTPUTS, output)
