"""The documents of a corpus kept on disk, each to be had by its name, so that memory doesn't grow with them."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.corpus.documents import Corpus, demand_readable
from spanproof.corpus.pairs import names_of_keys
from spanproof.corpus.spool import Spool
from spanproof.schema.layers import canonical
from spanproof.schema.node import Node
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

_WORDS = {"string": str, "integer": int}


@dataclass(frozen=True)
class KeptDocuments:
    """Documents by what they are called: their key, or the hash of their texts where the schema has none.

    Attributes:
        places: the number of each document.
        kept: the documents.
    """

    places: Mapping[str, int]
    kept: Spool

    @classmethod
    def of(cls, corpus: Corpus) -> "KeptDocuments":
        """Read a corpus once, batch by batch.

        Raises:
            ValueError: something could not be read, a document has no key of its own or not the shape that the schema
                gives it; the message names it.
        """
        schema, kept = corpus.schema, Spool()
        keys, hashes = list[Any](), list[str]()
        for document in _documents(corpus):
            kept.append(document)
            if schema.key:
                keys.append(document.get(schema.key))
            else:
                texts = [document.get(member) for member in schema.texts]
                hashes.append(hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:12])
        names = names_of_keys(keys, schema.key) if schema.key else _numbered(hashes, kept, schema)
        return cls({name: k for k, name in enumerate(names)}, kept)

    def find(self, name: str) -> Document | None:
        """Return the document of a name; None where there is none."""
        document: Document | None = self.kept[self.places[name]] if name in self.places else None
        return document


def _documents(corpus: Corpus) -> Iterator[Document]:
    for batch in corpus.batches:
        demand_readable(Corpus(corpus.schema, (batch,)))
        for row, document in enumerate(batch.documents()):
            yield _whole(document or {}, corpus.schema.root, "$") if row in batch.raw else document


def _numbered(hashes: list[str], kept: Spool, schema: Schema) -> list[str]:
    """Return hashes, each with which document of it is meant; equal texts are numbered by what else they have."""
    of_hash: dict[str, list[int]] = defaultdict(list)
    for k, digest in enumerate(hashes):
        of_hash[digest].append(k)
    names = [f"{digest}-1" for digest in hashes]
    for digest, several in of_hash.items():
        if len(several) > 1:
            several.sort(key=lambda k: canonical(kept[k], schema.root, schema))
            for number, k in enumerate(several, 1):
                names[k] = f"{digest}-{number}"
    return names


def _whole(value: Any, node: Node, where: str) -> Any:
    """Return a document that columns can't hold, its listed members all there.

    Raises:
        ValueError: it has not the shape that the schema gives it.
    """
    if value is None:
        return None
    if node.kind == "object" and isinstance(value, Mapping):
        listed = {name: _whole(value.get(name), sub, f"{where}.{name}") for name, sub in node.fields.items()}
        return {**listed, **{name: sub for name, sub in value.items() if name not in listed}}
    if node.items is not None and isinstance(value, list):
        return [_whole(item, node.items, f"{where}[{k}]") for k, item in enumerate(value)]
    plain = node.kind not in ("object", "array") and not isinstance(value, Mapping | list)
    if plain and isinstance(value, _WORDS.get(node.kind, object)):
        return value
    raise ValueError(
        f"{where} is {json.dumps(value)[:60]}, expected a value of type {node.kind}; run spanproof check for details"
    )
