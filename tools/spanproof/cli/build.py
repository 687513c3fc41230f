"""``spanproof build``."""

import sys
from pathlib import Path

import click

from spanproof.checks.render import OUTPUTS
from spanproof.cli.options import FILE, STATED_SCHEMA, own_corpus, own_repository, print_as, read_schema, refuse, say


@click.command()
@click.option("--gold", type=FILE, help="The corpus: a file or a folder; default: the repository's own.")
@STATED_SCHEMA
@click.option("--out", type=FILE, help="Folder of the dataset; default for the repository's own corpus: dataset/.")
def build(gold: Path | None, schema_file: Path | None, out: Path | None) -> None:
    """Make a Hugging Face dataset of a corpus, load it, compare it with the corpus, and summarise it.

    The corpus must pass the check; it may have any schema. The result is a folder with a card; a Parquet file for the
    documents and for each layer, and, if the schema has what they need, for tokens with BIO tags and for utterances;
    the schema, the registries, the texts and a picture; and a Croissant description, if enough is known for one.

    \b
    spanproof build --gold letters.jsonl --schema letters.schema.json --out dataset

    What the corpus itself can't say (name, licence, creator, how it was made) is read from dataset.json beside it; the
    card says what isn't stated. To write the card yourself, put a template, card.md, beside dataset.json. The page
    tools/docs/how-to/publish-a-corpus.md describes both. Files are always replaced as a whole; the same corpus gives
    the same bytes.

    Exit codes: 0 built, 1 the corpus or the dataset doesn't pass the check, 2 unusable input.
    """
    from spanproof.release.build import BuildError
    from spanproof.release.build import build as build_
    from spanproof.release.summary import summary

    if gold is not None and out is None:
        refuse("no folder to build in; expected --out with the folder of the dataset")
    schema = read_schema(schema_file, () if gold is None else (gold,))
    if gold is None:
        repository = own_repository()
        gold, out = own_corpus(), out or repository.root / repository.dataset
    assert out is not None
    try:
        built = build_(gold, out, schema=schema)
    except BuildError as error:
        if error.report is not None:
            print_as(OUTPUTS, "text", error.report)
        say(f"spanproof: {error}")
        sys.exit(error.exit_code)
    click.echo(summary(built, color=sys.stdout.isatty()), nl=False)
