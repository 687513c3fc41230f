"""``spanproof labelstudio star``."""

import sys
from pathlib import Path

import click

from spanproof.cli.labelstudio_project import PROJECT, URL, connected, layable_schema, print_findings, refusing
from spanproof.cli.options import SCHEMA_ALONE, refuse, say
from spanproof.labelstudio.stars import give


@click.command()
@click.argument("choices", nargs=-1, required=True, metavar="DOCUMENT=PERSON...")
@SCHEMA_ALONE
@URL
@PROJECT
def star(choices: tuple[str, ...], schema_file: Path | None, url: str | None, title: str | None) -> None:
    """Choose whose annotation of a document counts: it gets the star, and pull takes it.

    DOCUMENT is the identifier of a document. PERSON is an address as pull and status print it, or "sent" for what a
    push sent. The owner of the token is recorded as the person who decided. A document has one star: giving it to one
    annotation takes it from the others. If that annotation is changed later, pull says by whom; run star again to
    confirm it. If one of the annotations can't be found, no star is given. The Community server has no button for
    stars. Where a server has one, pull takes its stars too, but can't know who gave them.

    \b
    spanproof labelstudio star report=ana@localhost.test brief=ben@localhost.test --project Talks

    Exit codes: 0 the stars are given, 1 a document or an annotation can't be found, 2 unusable input or no server.
    """
    wanted: dict[str, str] = {}
    for choice in choices:
        name, mark, person = choice.rpartition("=")
        if not (name and mark and person):
            refuse(f"{choice!r} says nobody's annotation; expected DOCUMENT=PERSON, as report=ana@localhost.test")
        if wanted.setdefault(name, person) != person:
            refuse(f"{name} is given to {wanted[name]} and to {person}; expected one star a document")
    schema = layable_schema(schema_file)
    with refusing():
        stars = give(connected(url), schema, wanted, title)
    code = print_findings(stars.findings)
    say("no star is given" if code else f"stars: {stars.added} given, {stars.present} there already")
    sys.exit(code)
