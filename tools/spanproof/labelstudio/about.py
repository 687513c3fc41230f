"""What people are shown of a document beside its text, or beside a name that is a hash, which nobody knows it by."""

import re
from collections.abc import Collection, Iterator, Mapping

from spanproof.corpus.documents import Corpus
from spanproof.labelstudio.holders import title
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.tasks import sha256_of
from spanproof.schema.node import Node
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.text.display import opening, visible

_LONGEST = 200


def about(document: Document, schema: Schema) -> str:
    """Return the strings and times of a document that are no text and no hash, each after its name, in one line."""
    shown = {name: _value(node, document.get(name)) for name, node in schema.root.fields.items()}
    parts = [f"{title(name)}: {value}" for name, value in shown.items() if value and name not in schema.texts]
    line = " · ".join(parts) or "-"
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _value(node: Node, value: object) -> str:
    """Return a string, or the value of a time, in one line; an empty string for what is neither."""
    if node.timex3 and isinstance(value, dict):
        value = value.get(node.timex3.value)
    return " ".join(value.split()) if isinstance(value, str) and not node.hash_of else ""


def openings(corpus: Corpus, names: Collection[str | None]) -> dict[str, str]:
    """Return the first words of documents whose names are hashes, by name; of one that has no text there are none.

    Args:
        corpus: the corpus, which may be unsound.
        names: the documents that are asked about.
    """
    wanted = {name for name in names if name and re.fullmatch(r"[0-9a-f]{12,}", name)}
    member, known = Layout.of(corpus.schema).text, {}
    for document in corpus.documents() if wanted else ():
        text = document.get(member)
        if isinstance(text, str):
            name = document.get(corpus.schema.key) if corpus.schema.key else sha256_of(text)
            if name in wanted:
                known[name] = "".join(map(visible, opening(text, _barred(document, corpus.schema))))
    return known


def _barred(document: Document, schema: Schema) -> Iterator[tuple[int, int]]:
    """Yield the extents of a text that carry no annotations, such as a line of credits."""
    for name, node in schema.root.fields.items():
        items = document.get(name)
        for item in items if node.bars and isinstance(items, list) else ():
            if node.bars and isinstance(item, Mapping) and item.get(node.bars.member) in node.bars.values:
                start, end = item.get("start"), item.get("end")
                if type(start) is int and type(end) is int and 0 <= start <= end:
                    yield start, end
