"""What people are shown of a document beside its text, or beside a name that is a hash, which nobody knows it by."""

from collections.abc import Collection

from spanproof.corpus.documents import Corpus
from spanproof.corpus.opening import is_hash, opening_of
from spanproof.labelstudio.holders import title
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.tasks import sha256_of
from spanproof.schema.node import Node
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

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
    wanted = {name for name in names if name and is_hash(name)}
    member, known = Layout.of(corpus.schema).text, {}
    for document in corpus.documents() if wanted else ():
        text = document.get(member)
        if isinstance(text, str):
            name = document.get(corpus.schema.key) if corpus.schema.key else sha256_of(text)
            if name in wanted:
                known[name] = opening_of(document, corpus.schema, member)
    return known
