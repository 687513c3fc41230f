"""``spanproof build``."""

import sys
from pathlib import Path

import click

from spanproof.checks.render import OUTPUTS
from spanproof.cli.options import FILE, FOLDER, own_corpus, print_as, say


@click.command()
@click.option("--out", type=FILE, help="Folder of the dataset; default: dataset/ of the repository.")
@click.option("--gold", type=FOLDER, help="The corpus; default: annotations/gold of the repository.")
def build(out: Path | None, gold: Path | None) -> None:
    """Build the Hugging Face dataset of the corpus, load it back and summarise it.

    The corpus must pass the check. Files are replaced whole; the same corpus gives the same bytes.

    \b
    spanproof build --out dataset

    Exit codes: 0 built, 1 the corpus doesn't pass the check, 2 unusable input.
    """
    from spanproof.release.build import BuildError, summary
    from spanproof.release.build import build as build_

    gold = gold or own_corpus()
    out = out or gold.parent.parent / "dataset"
    try:
        built = build_(gold, out)
    except BuildError as error:
        if error.report is not None:
            print_as(OUTPUTS, "text", error.report)
        say(f"spanproof: {error}")
        sys.exit(error.exit_code)
    click.echo(summary(built, color=sys.stdout.isatty()), nl=False)
