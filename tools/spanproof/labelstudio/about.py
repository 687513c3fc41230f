"""What an annotator is shown of a document beside its text, in one line: when it was written, in which language."""

from spanproof.labelstudio.holders import title
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
