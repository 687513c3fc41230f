"""Stripped documents joined again onto texts that somebody has.

A text with the same hash is the text: that is proved, and the document is what it was. One that differs by its line
ends, a byte order mark or its normal form alone is known to come from the text, which is restored and proved by its
hash. Of any other one only the blocks that stand in it are known. Onto these two the annotations are carried over by
:func:`spanproof.revisions.rebase.rebase`; that is no proof.
"""

import copy
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from spanproof.conversion.blocks import of_json, recovered, sha256
from spanproof.conversion.kinds import text_member
from spanproof.conversion.ledger import LedgerRow
from spanproof.revisions.rebase import Rebased, rebase
from spanproof.revisions.render_rebase import REASONS
from spanproof.schema.paths import Path, json_path
from spanproof.schema.schema import Schema
from spanproof.schema.shapes import STRIPPED, is_stripped

How = Literal["same", "variant", "changed", "missing"]
_BOM = "\ufeff"
_GONE = "the passage that holds its words isn't in the new text"
"""Its words may still be there: of the old text only blocks are known."""

_VARIANTS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("its line ends", lambda text: text.replace("\r\n", "\n")),
    ("its line ends", lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n")),
    ("a byte order mark", lambda text: text.removeprefix(_BOM) if text.startswith(_BOM) else _BOM + text),
    ("white space at its end", str.rstrip),
    ("white space at its end", lambda text: text.rstrip() + "\n"),
    ("its normal form", lambda text: unicodedata.normalize("NFC", text)),
    ("its normal form", lambda text: unicodedata.normalize("NFD", text)),
)
"""How copies of a text differ, and what makes the other one of it."""


@dataclass(frozen=True)
class Joined:
    """What became of a stripped document.

    Attributes:
        id: what identifies it.
        document: the document with its text; None without any.
        how: ``same``: the text is proved by its hash. ``variant``: the text is restored from the one at hand, proved,
            and the annotations are carried over. ``changed``: as far as blocks are the same they are carried over.
            ``missing``: no text is its.
        difference: by what a variant differs, in words.
        rebased: what became of each annotation that was carried over; None where none had to be.
        losses: what is not in the document any more.
    """

    id: str
    document: dict[str, Any] | None
    how: How
    difference: str = ""
    rebased: Rebased | None = None
    losses: tuple[LedgerRow, ...] = ()


def demand_header(record: Any) -> Mapping[str, Any]:
    """Return the value if it is the first record of a stripped file.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(record, Mapping) or not is_stripped(record) or "schema" not in record:
        raise ValueError(
            f"isn't a beginning of a stripped file; expected an object whose form is {STRIPPED!r}, with a schema"
        )
    return record


def demand_stripped(record: Any) -> Mapping[str, Any]:
    """Return the value if it is a record that :func:`spanproof.conversion.strip.stripped` made.

    Raises:
        ValueError: it is something else, or was changed so that it can't be read; the message says where.
    """
    if not isinstance(record, Mapping) or not is_stripped(record):
        raise ValueError(f"isn't a stripped document; expected an object whose form is {STRIPPED!r}")
    text, words = record.get("text"), record.get("words")
    shape = {"text": text, "document": record.get("document"), "words": words}
    for name, value in shape.items():
        if not isinstance(value, Mapping):
            raise ValueError(f"{name} of the stripped document isn't an object")
    length, digest = text.get("length"), text.get("sha256")  # type: ignore[union-attr]
    stretches = text.get("blocks")  # type: ignore[union-attr]
    if type(length) is not int or not isinstance(digest, str) or not isinstance(stretches, list):
        raise ValueError("text of the stripped document lacks its length, sha256, or blocks")
    if not all(isinstance(one, list) and list(map(type, one)) == [int, str, str] for one in stretches):
        raise ValueError("a block of the text isn't an array of length, digest and white space")
    if sum(one[0] + len(one[2]) for one in stretches) != length or any(one[0] < 0 for one in stretches):
        raise ValueError(f"the blocks of the text aren't as long as the text, {length} characters")
    for pointer, place in words.items():  # type: ignore[union-attr]
        if not (isinstance(place, list) and list(map(type, place)) == [int, int] and _lies(place, length)):
            raise ValueError(f"{pointer} of words isn't a start and length in the text")
        if _holder(record["document"], pointer) is None:
            raise ValueError(f"{pointer} of words leads to nothing in the document")
    return record


def _lies(place: Sequence[int], length: int) -> bool:
    return place[0] >= 0 and place[1] >= 0 and sum(place) <= length


def joined(record: Mapping[str, Any], texts: Mapping[str, str], schema: Schema, name: str | None = None) -> Joined:
    """Return a stripped document with the text that is its.

    Args:
        record: the stripped document, approved by :func:`demand_stripped`.
        texts: the texts at hand, by their names.
        schema: what the document is.
        name: the text to take where none has the hash.

    Raises:
        ValueError: the schema has spans of several texts, or annotations can't be carried over under it.
    """
    digest, key = record["text"]["sha256"], str(record.get("id") or "")
    for text in texts.values():
        if sha256(text) == digest:
            document = _with_words(record, text, schema)
            return Joined(key, document, "same", losses=tuple(_omitted(record, key)))
    for text in texts.values() if name is None else [texts[name]]:
        for difference, variant in _VARIANTS:
            if sha256(old := variant(text)) == digest:
                return _carried(record, old, text, schema, "variant", difference)
    if name is None:
        why = "no text at hand has its hash or its name"
        return Joined(key, None, "missing", losses=(LedgerRow(key, "document", key, why),))
    old, unknown = recovered(of_json(record["text"]["blocks"]), texts[name])
    return _carried(record, old, texts[name], schema, "changed", "", unknown)


def _carried(
    record: Mapping[str, Any], old: str, new: str, schema: Schema, how: How, difference: str, unknown: str = ""
) -> Joined:
    """Return a document carried over to a text that differs from its own.

    Args:
        record: the stripped document.
        old: its own text, as far as it is known.
        new: the text at hand.
        schema: what the document is.
        how: how they differ.
        difference: the same in words.
        unknown: what stands for a character of the text that isn't known; empty where it is known whole.
    """
    key = str(record.get("id") or "")
    document = _with_words(record, old, schema)
    moved = rebase(document, new, schema)
    losses = [*_omitted(record, key), *_refused(moved, key, unknown)]
    carried = moved.document
    if unknown:
        losses += _unknown_words(carried, unknown, key)
        carried = _cleaned(carried, unknown)
    return Joined(key, carried, how, difference, moved, tuple(losses))


def _refused(moved: Rebased, key: str, unknown: str) -> Iterator[LedgerRow]:
    for move in moved.moves:
        if move.status == "refused":
            start, end = move.old or (None, None)
            words = (move.old_surface or "").replace(unknown, "") if unknown else move.old_surface or ""
            why = _GONE if move.reason in (None, "gone") else REASONS[move.reason]
            yield LedgerRow(
                key, "span", str(move.label or json_path(move.path)), why, str(move.id or ""), start, end, words
            )
    for cut in moved.cuts:
        yield LedgerRow(key, "attribute", json_path(cut.path), "what it names isn't in the text", value=cut.value)


def _omitted(record: Mapping[str, Any], key: str) -> Iterator[LedgerRow]:
    for pointer in record.get("omitted") or ():
        yield LedgerRow(key, "attribute", str(pointer), "it was left out when the text was stripped")


def _unknown_words(value: Any, unknown: str, key: str, path: Path = ()) -> Iterator[LedgerRow]:
    if isinstance(value, str) and unknown in value:
        yield LedgerRow(key, "attribute", json_path(path), "it is in a part of the text that differs")
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for step, member in items:
        yield from _unknown_words(member, unknown, key, (*path, step))


def _cleaned(value: Any, unknown: str) -> Any:
    """Return a value with null for strings of which not all is known."""
    if isinstance(value, str):
        return None if unknown in value else value
    if isinstance(value, Mapping):
        return {name: _cleaned(member, unknown) for name, member in value.items()}
    return [_cleaned(item, unknown) for item in value] if isinstance(value, list) else value


def _with_words(record: Mapping[str, Any], text: str, schema: Schema) -> dict[str, Any]:
    """Return the document with a text and all words of it."""
    document: dict[str, Any] = {text_member(schema): text, **copy.deepcopy(dict(record["document"]))}
    for pointer, (start, length) in record["words"].items():
        holder, step = _holder(document, pointer)  # type: ignore[misc]
        holder[step] = text[start : start + length]
    ordered: Iterable[str] = (*schema.root.fields, *document)
    return {name: document[name] for name in dict.fromkeys(ordered) if name in document}


def _holder(document: Any, pointer: str) -> tuple[Any, Any] | None:
    """Return what holds the value at a JSON Pointer, and the step to it; None where there is no such value."""
    *above, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    try:
        for step in above:
            document = document[int(step) if isinstance(document, list) else step]
        at: Any = int(last) if isinstance(document, list) else last
        document[at]
    except (KeyError, IndexError, ValueError, TypeError):
        return None
    return document, at
