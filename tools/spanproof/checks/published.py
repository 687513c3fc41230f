"""The sound dataset, that the examples of the rules about a publication are changes of."""

import functools
import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pyarrow as pa

from spanproof.checks.examples import PUBLISHED
from spanproof.corpus.documents import Corpus
from spanproof.formats.parquet import parquet_bytes, parquet_table
from spanproof.publication.dataset import Dataset
from spanproof.publication.facts import Facts
from spanproof.publication.files import files, sums
from spanproof.publication.folder import SUMS, Publication
from spanproof.schema.schema import Schema

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
