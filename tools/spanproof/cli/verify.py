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
    """Verify a certificate: repeat the counts on which its proofs are based.

    CERTIFICATE is the file that `spanproof check --certificate FILE` wrote. CORPUS is the corpus that was checked, as
    it was then or with the proved corrections made. The code that verifies shares nothing with the code that found the
    proofs. For each model of the certificate, it counts again how many spans the model explains, and how many spans
    confirm each of its parameters. It checks that simpler models don't explain the spans. It also compares the hashes
    of texts and spans.

    \b
    spanproof check my.jsonl --certificate proof.json
    spanproof verify proof.json my.jsonl

    Exit codes: 0 verified, 1 refuted (the false claims are listed), 2 unusable input, or a certificate without proofs:
    of a corpus in which no drift was proved there is nothing to verify.
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
    models = f"{len(proofs)} model{'s' * (len(proofs) != 1)}"
    click.echo(f"verified: the places of {placed} spans are proved by {models}")
