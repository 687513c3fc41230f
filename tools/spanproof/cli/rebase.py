"""``spanproof rebase``."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spanproof.cli.options import FILE, read_schema, refuse, say

if TYPE_CHECKING:
    from spanproof.revisions.rebase import Rebased
    from spanproof.schema.schema import Schema

_REASONS = {
    "gone": "its words are gone",
    "ambiguous": "it could stand at more than one place",
    "apart": "its parts came to stand in another order or far from each other",
    "part": "a part of it, or what it is a part of, can't follow",
    "reference": "it refers to an annotation that can't follow",
    "overlap": "it would overlap another annotation as its list forbids",
    "unsound": "its offsets or stored surface are wrong in the old text; run spanproof check",
}


@click.command()
@click.argument("old", type=FILE)
@click.argument("new_text", type=FILE)
@click.option("--schema", "schema_file", type=FILE, help="Schema of a document; default: the annotated article.")
@click.option("--id", "key", help="The document of OLD to take, if it holds several.")
@click.option("--out", type=FILE, help="Write the rebased document: .json an article file, .jsonl a line.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def rebase(old: Path, new_text: Path, schema_file: Path | None, key: str | None, out: Path | None, output: str) -> None:
    """Carry the annotations of a document over to its corrected text.

    OLD is an article file, or a JSONL or Parquet file with the document; NEW_TEXT is the corrected text, UTF-8, read
    byte for byte (a byte order mark and CRLF stay). An annotation follows whole, or is refused and listed.

    Nothing is written without --out. An article file names its text, so the one written names NEW_TEXT, relative to
    its own folder; put NEW_TEXT where it is to stay first. OLD itself may be given as --out. Refused annotations are
    written as they were to a file beside it, with .refused after its name.

    Exit codes: 0 every annotation follows, 1 some are refused, 2 unusable input.
    """
    from spanproof.revisions.rebase import rebase as rebase_

    if out is not None and not out.name.endswith((".json", ".jsonl")):
        refuse(f"{out}: right is a file that ends in .json or .jsonl")
    schema = read_schema(schema_file)
    document = _document(old, schema, key)
    try:
        rebased = rebase_(document, new_text.read_bytes().decode(), schema)
    except UnicodeDecodeError as error:
        refuse(f"{new_text} is not UTF-8: byte {error.start + 1}")
    except OSError as error:
        refuse(f"{new_text}: {error.strerror}")
    except ValueError as error:
        refuse(f"{old}: {error}")
    if out is not None:
        try:
            _write(rebased, out, new_text, schema)
        except OSError as error:
            refuse(f"{out}: {error.strerror}")
    click.echo(_as_json(rebased) if output == "json" else _as_text(rebased), nl=False)
    sys.exit(1 if rebased.counts["refused"] else 0)


def _document(path: Path, schema: "Schema", key: str | None) -> Any:
    from spanproof.formats.discovery import read

    corpus = read(path, schema, registries={})
    if corpus.errors:
        refuse(f"{corpus.errors[0].path}: {corpus.errors[0].problem}")
    documents = list(corpus.documents())
    if key is not None:
        documents = [each for each in documents if isinstance(each, dict) and each.get(schema.key or "") == key]
    if len(documents) != 1 or not isinstance(documents[0], dict):
        which = "" if key is None else f" with the id {key!r}"
        refuse(f"{path}: {len(documents)} documents{which}; right is one, chosen by --id")
    return documents[0]


def _write(rebased: "Rebased", out: Path, new_text: Path, schema: "Schema") -> None:
    from spanproof.formats.article import layout, stand_off
    from spanproof.formats.files import replace_file
    from spanproof.formats.json import dump

    content = dump(rebased.document) + "\n"
    if out.name.endswith(".json"):
        named = Path(os.path.relpath(new_text.resolve(), out.resolve().parent)).as_posix()
        content = layout(stand_off(rebased.document, named, schema))
    beside = out.with_name(f"{out.name}.refused")
    if rebased.refused:
        items = ",\n".join(dump({"path": path, "annotation": item}) for path, item in rebased.refused)
        replace_file(beside, f"[\n{items}\n]\n".encode())
        say(f"spanproof: refused annotations are in {beside}")
    replace_file(out, content.encode())


def _as_json(rebased: "Rebased") -> str:
    import json
    from dataclasses import asdict

    report = {
        "counts": rebased.counts,
        "moves": [asdict(move) for move in rebased.moves],
        "refused": [{"path": path, "annotation": item} for path, item in rebased.refused],
        "cuts": [asdict(cut) for cut in rebased.cuts],
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def _as_text(rebased: "Rebased") -> str:
    lines = []
    for move in rebased.moves:
        if move.status in ("kept", "shifted"):
            continue
        name = " ".join(str(part) for part in (move.label, move.id) if part is not None)
        where = "" if move.old is None else f" {move.old[0]}:{move.old[1]}"
        line = f"{move.status:8} {_pointer(move.path)} ({name}){where} {move.old_surface!r}"
        if move.new is not None:
            line += f" -> {move.new[0]}:{move.new[1]}" + (f" {move.new_surface!r}" if move.status == "edited" else "")
        if move.reason is not None:
            line += f": {_REASONS[move.reason]}"
        if move.rivals:
            line += ": " + ", ".join(f"{start}:{end}" for start, end in move.rivals)
        lines.append(line)
    lines += [
        f"cut      {_pointer(cut.path)} named {cut.value!r}, which is refused; it is null now" for cut in rebased.cuts
    ]
    lines.append(", ".join(f"{count} {status}" for status, count in rebased.counts.items()))
    return "\n".join(lines) + "\n"


def _pointer(path: tuple[str | int, ...]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
