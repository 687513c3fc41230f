"""What a corpus holds, in numbers: annotations by layer and label, documents, characters, languages, odd texts."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

import regex

from spanproof.publication.documents import Documents
from spanproof.schema.layers import Layer
from spanproof.schema.node import Node


def label_counts(documents: Documents) -> Mapping[str, Mapping[str, int]]:
    """Return for each layer how many annotations have each label, the most frequent first; none where it has none."""
    return {layer.name: _labels(layer, documents) for layer in documents.layers}


def _labels(layer: Layer, documents: Documents) -> Mapping[str, int]:
    member = layer.node.label
    if member is None:
        return {}
    values = (item.get(member) for document in documents.rows for item in layer.items(document))
    counts = Counter("no label" if label is None else str(label) for label in values)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def annotations(layer: Layer, documents: Documents) -> int:
    """Return how many annotations of a layer there are in all documents."""
    return sum(len(layer.items(document)) for document in documents.rows)


def counted(layer: Layer, documents: Documents, k: int) -> int | None:
    """Return how many annotations of a layer a document has; None where it lacks the layer, which says nothing."""
    value = documents.rows[k].get(layer.node.place[0])
    return None if value is None else len(layer.items(documents.rows[k]))


def created(documents: Documents) -> list[str] | None:
    """Return the creation time of each document; None where the schema has none."""
    nodes = documents.schema.having(Node.timex3)
    times = [(node.place[0], timex.value) for node, timex in nodes if len(node.place) == 1 and timex.type is None]
    if not times:
        return None
    member, value = times[0]
    return [str((document.get(member) or {}).get(value) or "–") for document in documents.rows]


def texts(documents: Documents) -> list[str]:
    """Return every text that spans are of, of every document that has it."""
    texts = (documents.text(k, member) for k in range(len(documents.rows)) for member in documents.texts)
    return [text for text in texts if text is not None]


def languages(documents: Documents) -> list[str]:
    """Return the languages that documents state in their member ``language``, as codes of ISO 639."""
    tags = {str(document.get("language") or "").split("-")[0].lower() for document in documents.rows}
    return sorted(tag for tag in tags if re.fullmatch(r"[a-z]{2,3}", tag) and tag != "und")


def oddities(texts: list[str]) -> str:
    """Return what may surprise in texts, and in how many of them."""
    counts = {
        "not in the normal form NFC": sum(not unicodedata.is_normalized("NFC", text) for text in texts),
        "with Chinese characters": sum(bool(regex.search(r"\p{Han}", text)) for text in texts),
        "beginning with a space": sum(text.startswith(" ") for text in texts),
    }
    return ", ".join(f"{n} of {len(texts)} {what}" for what, n in counts.items())
