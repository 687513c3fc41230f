"""``spanproof init``."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from spanproof.checks.check import check
from spanproof.cli.options import FILE, reason_of, refuse, say
from spanproof.formats.content import STANDARD_INPUT
from spanproof.formats.discovery import read
from spanproof.formats.files import replace_file
from spanproof.formats.folders import schema_place
from spanproof.formats.recognition import recognised, records_in
from spanproof.parsing.json import dump
from spanproof.schema.guess import Guess
from spanproof.schema.node import Json, SchemaError
from spanproof.schema.paths import objects
from spanproof.schema.schema import Schema
from spanproof.schema.shapes import OVERLAPS, observed, span_lists

_WIDTH, _OPENING = 168, 130
_LABELS = 30
_Steps = tuple[str, ...]


@click.command()
@click.argument("path", type=FILE)
@click.option("--out", type=FILE, help="The schema file; default: beside PATH, where `spanproof check` finds it.")
@click.option("--replace", is_flag=True, help="Overwrite an existing schema.")
def init(path: Path, out: Path | None, replace: bool) -> None:
    """Write a schema for a corpus that has none, from what its content shows.

    The schema says where the spans are, and in which text. You decide which labels exist and which spans may overlap;
    comments in the schema ($comment) describe the corpus as it is now, and `required` names the members that all
    records have. The new schema changes no result yet: `spanproof check PATH` reports the same with it, until you add
    rules or the corpus changes.

    To make it strict, write into it what your corpus demands: the `enum` of a label, `"overlap": "forbid"` (or
    `"nest"`) on a list of spans, and `"additionalProperties": false`.

    \b
    spanproof init my.jsonl             writes my.schema.json
    spanproof check my.jsonl            uses it

    Exit codes: 0 written, 2 unusable input.
    """
    file = out or schema_place(path)
    if out is None and path == STANDARD_INPUT:
        refuse("the standard input has no place beside it; name the schema file with --out FILE")
    if file.exists() and not replace:
        refuse(f"{file} already exists; expected another --out FILE, or --replace")
    try:
        taken = recognised([path])
    except SchemaError as error:
        refuse(str(error))
    report = check(read(path, taken))
    if not report.documents:
        first = next(iter(report.findings))
        refuse(f"{first.file or path}: {first.message}")
    if taken is None or taken.guess is None:
        refuse(f"{path}: holds annotated articles, whose schema needs no file")
    schema = with_observed(taken.written, path, taken.guess)
    try:
        replace_file(file, (laid_out(schema) + "\n").encode())
    except OSError as error:
        refuse(reason_of(error))
    say(f"{file}: written; {path} was read as {taken.guess.title}")
    if taken.guess.still_unchecked:
        say(f"not checked with this schema either (each check says so): {'; '.join(taken.guess.still_unchecked)}")


def with_observed(json: Json, path: Path, guess: Guess) -> Json:
    """Return the schema of a corpus with what is so in it as comments: labels, and how spans overlap.

    Args:
        json: a schema without policies.
        path: the corpus.
        guess: what the corpus was taken for.
    """
    title = "`required` names the members that every record has at present. A check ignores $comment."
    left = {"unchecked": [*guess.still_unchecked]} if guess.still_unchecked else {}
    whole: Json = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$comment": title, **left, **json}
    always = _always(json, path)
    whole = _requiring(whole, always)
    name, kind = guess.possible_key or ("", "")
    if name in always.get((), ()):
        whole = {**whole, "properties": {name: {"type": kind}, **whole["properties"]}}
    labels = _labels(path, Schema.of(json))
    for steps in span_lists(json, json):
        holds = next((word for word in OVERLAPS if _holds(path, observed(json, steps, overlap=word))), None)
        words = [f'overlap "{holds}" holds'] if holds else ["spans cross"]
        if seen := labels.get(steps[-1]):
            some = ", ".join(f"{label} {number}" for label, number in seen.most_common(_LABELS))
            words.append(f"labels are {some}{' and others' if len(seen) > _LABELS else ''}")
        whole = observed(whole, steps, **{"$comment": f"So far: {'; '.join(words)}."})
    return whole


def laid_out(value: Any, indent: str = "", column: int = 0) -> str:
    """Return JSON that a person reads: what fits on a line stands on one.

    Args:
        value: the value.
        indent: what its further lines begin with.
        column: how many characters stand before it on its first line.
    """
    line = dump(value)
    if column + len(line) <= _WIDTH or not isinstance(value, dict | list) or not value:
        return line
    if isinstance(value, dict):
        *others, (last, part) = value.items()
        head = dump(dict(others))[:-1] + (", " if others else "")
        head += f"{dump(last)}: "
        if column + len(head) < _OPENING:
            return f"{head}{laid_out(part, indent, column + len(head))}}}"
    inner = indent + " "
    names = [""] * len(value) if isinstance(value, list) else [f"{dump(name)}: " for name in value]
    parts = value if isinstance(value, list) else value.values()
    lines = [""]
    for k, (name, part) in enumerate(zip(names, parts, strict=True)):
        shown = name + laid_out(part, inner, len(inner) + len(name)) + ("," if k + 1 < len(value) else "")
        if "\n" in shown or "\n" in lines[-1] or len(inner) + len(lines[-1]) + len(shown) >= _WIDTH:
            lines.append("")
        lines[-1] += f" {shown}" if lines[-1] else shown
    opening, closing = "[]" if isinstance(value, list) else "{}"
    return "\n".join([opening, *(inner + one for one in lines if one), indent + closing])


def _always(json: Json, path: Path) -> Mapping[_Steps, frozenset[str]]:
    """Return the members that every record and every span has, and not as null, by the steps to it in a schema."""
    always: dict[_Steps, frozenset[str]] = {}

    def look(part: Any, value: Any, steps: _Steps) -> None:
        if isinstance(value, list) and isinstance(part.get("items"), Mapping):
            for item in value:
                look(part["items"], item, (*steps, "items"))
        elif isinstance(value, Mapping) and "properties" in part:
            names = frozenset(name for name, member in value.items() if member is not None)
            always[steps] = always.get(steps, names) & names
            for name in names & part["properties"].keys():
                look(part["properties"][name], value[name], (*steps, "properties", name))

    for record in records_in([path]):
        look(json, record, ())
    files = {f"{name}_file" for name in Schema.of(json).texts}  # an article file has these in the place of its texts
    always[()] = always.get((), frozenset()) - files
    asked = {(), *((*steps, "items") for steps in span_lists(json, json))}
    return {steps: names for steps, names in always.items() if steps in asked}


def _requiring(json: Any, always: Mapping[_Steps, frozenset[str]], steps: _Steps = ()) -> Any:
    """Return a JSON Schema that requires members, beside those that it requires."""
    if not isinstance(json, Mapping):
        return json
    parts = {name: _requiring(part, always, (*steps, name)) for name, part in json.items()}
    if names := always.get(steps, frozenset()) | {*json.get("required", ())} if "properties" in json else None:
        listed = [*json.get("required", ()), *(name for name in json["properties"] if name in names), *sorted(names)]
        parts["required"] = [*dict.fromkeys(listed)]
    return {**{name: part for name, part in parts.items() if name != "properties"}, **parts}


def _holds(path: Path, json: Json) -> bool:
    """Say whether a policy of overlap finds nothing in a corpus."""
    report = check(read(path, json), select=("SP205", "SP206"))
    return not any(finding.code in ("SP205", "SP206") for finding in report.findings)


def _labels(path: Path, schema: Schema) -> Mapping[str, Counter[str]]:
    """Count the labels in each list, by its name."""
    counts: dict[str, Counter[str]] = {}
    for document in read(path, schema).documents():
        for _, node, labelled in objects(document, schema.root):
            if node.label and isinstance(label := labelled.get(node.label), str):
                name = next(step for step in reversed(node.place) if step != "*")
                counts.setdefault(name, Counter())[label] += 1
    return counts
