"""``spanproof new``."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from spanproof.checks.check import check
from spanproof.cli.options import NEW_FOLDER, STATED_SCHEMA, own_corpus, read_schema, reason_of, refuse, say
from spanproof.corpus.blank import blank
from spanproof.corpus.documents import Corpus
from spanproof.corpus.repository import Repository
from spanproof.formats.article import layout, stand_off
from spanproof.formats.discovery import companion
from spanproof.formats.files import replace_file
from spanproof.parsing.json import parse
from spanproof.schema.schema import Schema
from spanproof.text import timex

_ABSENCE = ("SP005", "SP007", "SP008")
"""Rules about annotations that a corpus lacks: a new document has none."""


@click.command()
@click.argument("texts", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="TEXT...")
@click.option("--language", help="Language of the texts, a BCP 47 tag (en).")
@click.option("--dct", metavar="DATE", help="The day from which relative dates are counted (2025-02-26).")
@click.option("--title", help="Title, if the schema has one.")
@click.option("--set", "others", multiple=True, metavar="MEMBER=VALUE", help="Another member, JSON or a plain string.")
@click.option("--folder", type=NEW_FOLDER, help="Folder for the article files; default: the repository's own corpus.")
@STATED_SCHEMA
def new(
    texts: tuple[Path, ...],
    language: str | None,
    dct: str | None,
    title: str | None,
    others: tuple[str, ...],
    folder: Path | None,
    schema_file: Path | None,
) -> None:
    """Make an article file without annotations for each text file, ready for labelstudio push.

    An article file has the name of its text and refers to it. A text that is outside of the folder and its repository
    is copied into the folder. Missing registries are created, empty. Nothing is overwritten, and if one file can't be
    written, none is.

    \b
    spanproof new report.txt --language en --dct 2025-02-26
    spanproof new letters/*.txt --schema letter.schema.json --folder corpus

    Exit codes: 0 made, 2 unusable input.
    """
    schema, target = read_schema(schema_file, [folder] if folder else []), folder or own_corpus()
    if target.exists() and not target.is_dir():
        refuse(f"{target} is a file, and article files go into a folder; expected --folder FOLDER")
    if schema.lens is not None:
        refuse(
            "an article file has spans as start, end and text, and this schema has them otherwise; write JSON"
            " Lines, one line for each text with its lists empty: `spanproof labelstudio push FILE.jsonl` takes them"
        )
    members = _members(schema, language, title, others)
    files: dict[Path, bytes] = {}
    for path in texts:
        for file, content in _article(path, target, schema, members, dct).items():
            if file in files or file.exists():
                refuse(f"{file} already exists, or two texts share its name; expected a different name for each text")
            files[file] = content
    for name in schema.registries:
        if companion(target / "new.json", f"{name}.json") is None:
            files[target.parent / f"{name}.json"] = b"{}\n"
    for file, content in files.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, content)
        except OSError as error:
            refuse(f"{reason_of(error)}; the files named as written are complete, the others weren't written")
        say(f"{file}: written")


def _members(schema: Schema, language: str | None, title: str | None, others: Sequence[str]) -> dict[str, Any]:
    """Return what is known of every document, by member."""
    members: dict[str, Any] = {"language": language, "title": title}
    members = {name: value for name, value in members.items() if value is not None}
    for other in others:
        name, equals, value = other.partition("=")
        if not equals:
            refuse(f"--set {other}: expected MEMBER=VALUE")
        node = schema.root.fields.get(name)
        try:
            members[name] = value if node is not None and node.kind == "string" else parse(value)
        except ValueError:
            members[name] = value
    return members


def _article(path: Path, folder: Path, schema: Schema, members: dict[str, Any], dct: str | None) -> dict[Path, bytes]:
    """Return the article file of a text, and the copy of the text where it must be copied, by their paths."""
    try:
        content = path.read_bytes()
        text = content.decode()
    except OSError as error:
        refuse(f"{path}: {error.strerror}")
    except UnicodeDecodeError as error:
        refuse(f"{path} is not UTF-8: byte {error.start + 1}")
    if not text.strip():
        refuse(f"{path} holds no text")
    known = members if dct is None else {**members, "dct": _dct(dct, text)}
    try:
        document = blank(text, path.stem, schema, known)
    except ValueError as error:
        refuse(f"{path}: {error}" + ("; --dct and --set give one" if "demands" in str(error) else ""))
    faults = [
        finding
        for finding in check(Corpus.of([document], schema)).findings
        if finding.severity == "error" and finding.code not in _ABSENCE
    ]
    if faults:
        refuse(f"{path}: {faults[0]}")
    repository = Repository.around(folder)
    limit = repository.root if repository else folder
    is_near = path.resolve().is_relative_to(limit.resolve())
    named = Path(os.path.relpath(path.resolve(), folder.resolve())) if is_near else Path(path.name)
    article = layout(stand_off(document, named.as_posix(), schema)).encode()
    return ({} if is_near else {folder / path.name: content}) | {folder / f"{path.stem}.json": article}


def _dct(value: str, text: str) -> dict[str, str]:
    """Return the day of a document: stated where the text has it in these characters, else inferred."""
    if problem := timex.problem(value):
        refuse(f"--dct {value}: {problem.message}")
    is_stated = value in text
    return {"value": value, "source": "stated" if is_stated else "inferred", "evidence": value if is_stated else ""}
