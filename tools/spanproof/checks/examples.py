"""The sound article, and the sound dataset, that every rule's example is a change of."""

import functools
import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from spanproof.checks.rule import Rule
from spanproof.corpus.documents import Corpus
from spanproof.formats.parquet import parquet_bytes, parquet_table
from spanproof.publication.dataset import Dataset
from spanproof.publication.facts import Facts
from spanproof.publication.files import files, sums
from spanproof.publication.folder import SUMS, Publication
from spanproof.schema.schema import Schema

SOUND: Mapping[str, Any] = MappingProxyType(
    {
        "id": "example",
        "text": "Ana Silva said on Monday: “We meet in Lisbon.”",
        "language": "en",
        "dct": {"value": "2025-02-26", "source": "inferred", "evidence": "Monday"},
        "zones": [],
        "entities": [],
        "quotes": [],
        "dates": [],
    }
)

ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana-silva"}
LISBON = {"id": "e2", "start": 38, "end": 44, "text": "Lisbon", "label": "GPE", "entity_id": "lisbon"}


def one_entity(start: Any, end: Any, text: str, **members: Any) -> list[dict[str, Any]]:
    """Return the members of a sound article with one entity, at these offsets and with this surface."""
    return [{"entities": [{**ANA, "start": start, "end": end, "text": text, **members}]}]


def sound(**members: Any) -> dict[str, Any]:
    """Return the sound article with some members replaced; the hash follows the text."""
    document = {**SOUND, **members}
    document.setdefault("sha256", hashlib.sha256(document["text"].encode("utf-8", "surrogatepass")).hexdigest())
    return document


_QUOTE = {
    "id": "q1",
    "type": "direct",
    "start": 27,
    "end": 45,
    "text": "We meet in Lisbon.",
    "source": None,
    "cue": None,
}
_DATE = {"id": "d1", "start": 18, "end": 24, "text": "Monday", "type": "DATE", "value": "2025-02-24", "mod": None}
_ENTITY = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": None}
PUBLISHED = sound(
    entities=[_ENTITY],
    quotes=[{**_QUOTE, "speaker": None, "continues": None, "utterance": "meeting-in-lisbon"}],
    dates=[{**_DATE, "anchor": "dct"}],
)

FACTS = Facts(
    {
        "name": "example",
        "version": "1.0.0",
        "released": "2025-03-01",
        "url": "https://example.org",
        "creator": "Nobody",
        "description": "An article that nobody wrote.",
        "languages": ["en"],
        "license": {
            "id": "other",
            "name": "nobodys",
            "url": "https://example.org/licence",
            "file": "LICENSE.md",
        },
        "hub": {"task_categories": ["token-classification"]},
        "document": "article",
        "split": "test",
    },
    texts={"LICENSE.md": "Nobody may do anything with it.\n"},
)


def published(changes: Sequence[tuple[str, str, str]] = ()) -> Publication:
    """Return the dataset of one article, version 1.0.0, with changes: in which file, what becomes what there first.

    Of a Parquet file it is a column whose first value becomes a number; hashes and sizes of the file follow.
    """
    contents = dict(_published())
    for path, old, new in changes:
        before = contents[path]
        if not path.endswith(".parquet"):
            contents[path] = before.replace(old.encode(), new.encode(), 1)
            continue
        table = parquet_table(before)
        values = pa.array([int(new), *table[old].to_pylist()[1:]], table.schema.field(old).type)
        contents[path] = parquet_bytes(table.set_column(table.schema.names.index(old), table.schema.field(old), values))
        follow = {_hash(before): _hash(contents[path]), _hash(before)[:16]: _hash(contents[path])[:16]}
        follow |= {mark.format(len(before)): mark.format(len(contents[path])) for mark in ("_size: {}\n", '"{} B"')}
        for was, becomes in follow.items():
            contents = {name: content.replace(was.encode(), becomes.encode()) for name, content in contents.items()}
        contents[SUMS] = sums({name: content for name, content in contents.items() if name != SUMS})
    return Publication("dataset", contents)


@functools.cache
def _published() -> Mapping[str, bytes]:
    """Return the files of the sound dataset; to build them takes most of the time of an example."""
    return MappingProxyType(files(Dataset.of(Corpus.of([PUBLISHED], Schema.article()), FACTS)))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def broken(rule: Rule) -> list[dict[str, Any]]:
    """Return the documents that break a rule."""
    return completed(rule, rule.bad)


def schema_of(rule: Rule) -> Schema:
    """Return the schema of a rule's examples."""
    return Schema.article() if rule.schema is None else Schema.of(rule.schema)


def completed(rule: Rule, examples: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return examples of a rule as whole documents: of its own schema as they are, else as members of an article."""
    return [dict(document) if rule.schema is not None else sound(**document) for document in examples]
