"""Documents without their texts: annotations with offsets and lengths, and what proves that a text is theirs.

Every string that holds words of the text is taken out: surfaces, contexts, and any other that stands in the text. Where
the text has it, its place is kept, so that :mod:`spanproof.conversion.join` puts it back; a string that only shares
words with the text is left out.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.conversion.blocks import blocks, in_json, sha256
from spanproof.conversion.kinds import text_member
from spanproof.conversion.ledger import LedgerRow
from spanproof.conversion.standoff import json_pointer
from spanproof.schema.node import Node
from spanproof.schema.paths import Path, objects, place_of, value_at, values_at
from spanproof.schema.schema import Schema
from spanproof.schema.shapes import STRIPPED
from spanproof.text.quote_selector import MEMBERS

_RUN = 20
"""A string that shares so many characters with the text, white space apart, is words of the text."""
_LONG = 8
"""A string of one word that stands in the text and is so long is taken for words of the text."""


def header(schema: Schema) -> dict[str, Any]:
    """Return the first record of a stripped file: the schema of its documents."""
    return {"form": STRIPPED, "schema": schema.written}


@dataclass(frozen=True)
class Stripped:
    """A record without the text, and the strings that a join can't put back."""

    record: dict[str, Any]
    losses: tuple[LedgerRow, ...] = ()


def stripped(document: Any, schema: Schema) -> Stripped:
    """Return a document without the words of its text.

    Args:
        document: the canonical document; it isn't changed.
        schema: what the document is.

    Returns:
        The record: ``text`` has the length (code points) and SHA-256 of the text, and its blocks; ``document`` is the
        document with null for each string of words; ``words`` has the start and length of each by its JSON Pointer;
        ``omitted`` are those that don't stand in the text as they are.

    Raises:
        ValueError: the document holds no text, or the schema has spans of several texts.
    """
    member = text_member(schema)
    if not isinstance(document, Mapping) or not isinstance(document.get(member), str):
        raise ValueError(f"the document has no text at {member!r}")
    text = document[member]
    strings = {path: value for path, value in _strings(document, ()) if path != (member,)}
    places = dict(_places(document, schema, strings, text))
    runs = _Runs(text)
    omitted = set(_left(strings, places, runs))
    omitted |= {path for path in _always(document, schema) if path in strings and path not in places and strings[path]}
    names = {path for path, _ in _names(document, ()) if _shares(path[-1], runs)}
    kept = _kept(document, (), {*places, *omitted}, names)
    del kept[member]
    record = {
        "form": STRIPPED,
        "id": document.get(schema.key) if schema.key else None,
        "text": {"length": len(text), "sha256": sha256(text), "blocks": in_json(blocks(text))},
        "document": kept,
        "words": {json_pointer(path): list(place) for path, place in places.items()},
    }
    gone = sorted(map(json_pointer, omitted)) + sorted(json_pointer(path[:-1]) for path in names)
    if gone:
        record["omitted"] = gone
    why = "it shares words with the text but doesn't occur in it word for word"
    losses = tuple(LedgerRow(str(record["id"]), "attribute", pointer, why) for pointer in gone)
    return Stripped(record, losses)


def _strings(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield every string of a value with its path, in order."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _strings(member, (*path, name))
    elif isinstance(value, list):
        for k, item in enumerate(value):
            yield from _strings(item, (*path, k))


def _names(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield every member of the objects in a value, by its path."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for step, member in items:
        if isinstance(step, str):
            yield (*path, step), member
        yield from _names(member, (*path, step))


def _always(document: Any, schema: Schema) -> Iterator[Path]:
    """Yield the paths of the strings that are words of the text by what they are, of whatever length."""
    for path, node, value in objects(document, schema.root):
        if node.span_of:
            yield from ((*path, name) for name in MEMBERS if name in value)
        if node.annotation is not None and node.annotation.text:
            there = value.get(node.annotation.text)
            yield (*path, node.annotation.text)
            if isinstance(there, list):
                yield from ((*path, node.annotation.text, k) for k in range(len(there)))
    for joined in schema.lens.texts if schema.lens else ():
        yield from (path for place in joined.pieces for path, _ in values_at(document, place))


def _places(
    document: Any, schema: Schema, strings: Mapping[Path, str], text: str
) -> Iterator[tuple[Path, tuple[int, int]]]:
    """Yield the paths of the strings that are words of the text, each with its start there and its length."""
    always = set(_always(document, schema))
    for path, value in strings.items():
        node = schema.nodes.get(place_of(path))
        is_long = len(value) >= _LONG or len(value.split()) > 1
        if value and (path in always or (is_long and not (node and _is_name(node, path, schema)))):
            start = _start(document, path, value, text)
            if start >= 0:
                yield path, (start, len(value))


def _is_name(node: Node, path: Path, schema: Schema) -> bool:
    """Say whether a string is a label, an identifier, or a hash, and no words."""
    listed = schema.nodes.get(place_of(path[:-2])) if len(path) > 1 else None
    is_key = path[-1] == schema.key if len(path) == 1 else listed is not None and listed.key == path[-1]
    return bool(node.allowed is not None or node.refers_to or node.hash_of or is_key)


def _start(document: Any, path: Path, value: str, text: str) -> int:
    """Return where a string stands in the text: a surface at its span, its context around it, others where first."""
    owner = value_at(document, path[:-1])
    wanted = {}
    if isinstance(owner, Mapping) and type(owner.get("start")) is int and type(owner.get("end")) is int:
        start, end = owner["start"], owner["end"]
        wanted = {"text": start, "prefix": start - len(value), "suffix": end}
    at = wanted.get(str(path[-1]), -1)
    return at if at >= 0 and text[at : at + len(value)] == value else text.find(value)


class _Runs:
    """The runs of characters of a text, without its white space and in one form."""

    def __init__(self, text: str) -> None:
        whole = _plain(text)
        self.runs = {whole[k : k + _RUN] for k in range(len(whole) - _RUN + 1)}
        self.whole = whole


def _plain(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())


def _shares(words: Any, runs: _Runs) -> bool:
    """Say whether a string shares a run of characters with the text, or is a short text itself."""
    plain = _plain(str(words))
    if len(runs.whole) < _RUN:
        return bool(runs.whole) and runs.whole in plain and len(runs.whole) >= _LONG
    return any(plain[k : k + _RUN] in runs.runs for k in range(len(plain) - _RUN + 1))


def _left(strings: Mapping[Path, str], places: Mapping[Path, Any], runs: _Runs) -> Iterator[Path]:
    """Yield the paths of strings that share words with the text, alone or together with those of the same kind."""
    by_place: dict[tuple[str, ...], list[Path]] = defaultdict(list)
    for path in strings:
        if path not in places:
            by_place[place_of(path)].append(path)
    for paths in by_place.values():
        alone = [path for path in paths if _shares(strings[path], runs)]
        others = [path for path in paths if path not in set(alone)]
        yield from alone
        if _shares("".join(strings[path] for path in others), runs):
            yield from others


def _kept(value: Any, path: Path, gone: set[Path], names: set[Path]) -> Any:
    """Return a value with null for strings that go, without members whose names are words of the text."""
    if path in gone:
        return None
    if isinstance(value, Mapping):
        return {n: _kept(v, (*path, n), gone, names) for n, v in value.items() if (*path, n) not in names}
    return [_kept(v, (*path, k), gone, names) for k, v in enumerate(value)] if isinstance(value, list) else value
