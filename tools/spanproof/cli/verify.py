"""``spanproof verify``."""

import sys
from pathlib import Path

import click

from spanproof.checks.certificate import texts_of
from spanproof.checks.verifier.verify import verify as refuted_claims
from spanproof.cli.options import FILE, SCHEMA, corpus_schema, reason_of, refuse
from spanproof.corpus.documents import demand_readable
from spanproof.formats.discovery import read
from spanproof.parsing.json import parse


@click.command()
@click.argument("certificate", type=FILE)
@click.argument("paths", nargs=-1, required=True, metavar="CORPUS...", type=FILE)
@SCHEMA
def verify(certificate: Path, paths: tuple[Path, ...], schema_file: Path | None) -> None:
    """Recount a certificate: whether a corpus was counted as its proofs say.

    CERTIFICATE is what `spanproof check --certificate FILE` wrote. CORPUS is the corpus that it was written of, as it
    was or with the proved corrections made. What recounts shares no code with what found the proofs. It counts every
    span again, the witnesses of every parameter and the simpler models that are refuted, and compares the hashes of
    texts and spans.

    \b
    spanproof check my.jsonl --certificate proof.json
    spanproof verify proof.json my.jsonl

    Exit codes: 0 verified, 1 refuted, with the claims that aren't so, 2 unusable input.
    """
    schema = corpus_schema(schema_file, paths)
    try:
        texts = texts_of(demand_readable(read(paths, schema)))
    except (OSError, ValueError) as error:
        refuse(reason_of(error))
    try:
        stated = parse(certificate.read_bytes())
        problems = refuted_claims(stated, texts)
    except OSError as error:
        refuse(reason_of(error))
    except ValueError as error:
        refuse(f"{certificate}: {error}")
    for problem in problems:
        click.echo(f"refuted: {problem}")
    if problems:
        sys.exit(1)
    proofs = stated["proofs"]
    placed = sum(len(text["placed"]) for proof in proofs for text in proof["texts"])
    click.echo(
        f"verified: {len(proofs)} {'model, which places' if len(proofs) == 1 else 'models, which place'} {placed} spans"
    )
