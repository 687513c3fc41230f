"""The first words of a document, by which people know it where its name is a hash, which nobody does."""

import re
from collections.abc import Iterator, Mapping

from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.text.display import opening, visible

_HASH = re.compile(r"[0-9a-f]{12,}(-\d+)?")


def is_hash(name: str) -> bool:
    """Say whether the name of a document looks like a hash, or one with a number behind it."""
    return _HASH.fullmatch(name) is not None


def opening_of(document: Document, schema: Schema, member: str | None = None) -> str:
    """Return the first words of a document that carry annotations; empty where it has no text.

    Args:
        document: the document, which may be unsound.
        schema: its schema.
        member: the text; by default the first that the schema has.
    """
    member = member or next(iter(schema.texts), "")
    text = document.get(member)
    if not isinstance(text, str):
        return ""
    return "".join(map(visible, opening(text, _barred(document, schema, member))))


def _barred(document: Document, schema: Schema, member: str) -> Iterator[tuple[int, int]]:
    """Yield the extents of a text that carry no annotations, such as a line of credits."""
    for name, node in schema.root.fields.items():
        bars, items = node.bars, document.get(name)
        if bars is None or node.items is None or node.items.span_of != member or not isinstance(items, list):
            continue
        for item in items:
            if isinstance(item, Mapping) and item.get(bars.member) in bars.values:
                start, end = item.get("start"), item.get("end")
                if type(start) is int and type(end) is int and 0 <= start <= end:
                    yield start, end
