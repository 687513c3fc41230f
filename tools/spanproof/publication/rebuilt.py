"""A dataset built anew from its own folder, to be compared with what is there."""

import itertools
from collections.abc import Mapping

import pyarrow as pa

from spanproof.corpus.documents import Corpus, batch_of_columns
from spanproof.formats.class_labels import decoded, features_of
from spanproof.formats.schemas import SCHEMA
from spanproof.parsing.json import parse
from spanproof.publication.card import MEASURED
from spanproof.publication.dataset import Dataset
from spanproof.publication.facts import Facts
from spanproof.publication.files import pages, sums
from spanproof.publication.folder import CITATION, SUMS, Publication
from spanproof.schema.schema import Schema


def rebuilt(publication: Publication) -> tuple[Mapping[str, pa.Table], Mapping[str, bytes]]:
    """Return the tables and the other files of a dataset as they would be built from its documents, schema and facts.

    The list of hashes is among them where all else is as it would be, so that it is told of no fault that has a cause
    elsewhere. What can't be made from these (the agreement of annotators, the leaderboard) is taken from its card.

    Args:
        publication: a dataset in which no other rule of publications finds anything.

    Raises:
        ValueError: the folder has no schema, or its schema or facts can't be used.
    """
    if SCHEMA not in publication.files:
        raise ValueError(f"there is no {SCHEMA}, so nothing can be rebuilt; expected the schema of the documents")
    schema = Schema.of(parse(publication.files[SCHEMA]))
    default = next((config for config in publication.configs if config.entry.get("default")), publication.configs[0])
    table = publication.table(default.paths[0])
    columns = decoded(table.to_struct_array().combine_chunks(), features_of(table.schema))
    batch = batch_of_columns(pa.RecordBatch.from_struct_array(columns), schema, [(None, None)] * table.num_rows)
    contents = {name: publication.files.get(f"{name}.json") for name in schema.registries}
    registries = {name: parse(content) for name, content in contents.items() if content is not None}
    dataset = Dataset.of(Corpus(schema, (batch,), registries), Facts.of(publication.files))
    measured = {
        name: publication.body.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0] for name in MEASURED
    }
    texts = {name: text.encode() for name, text in pages(dataset, publication.files, measured).items()}
    if all(publication.files.get(name) == text for name, text in texts.items()):
        names = publication.listed or publication.files.keys() - {CITATION}
        texts[SUMS] = sums({name: publication.files[name] for name in names})
    return {c.path: c.table for c in dataset.configs}, texts


def first_stale_line(stale: bytes, fresh: bytes) -> tuple[int, str]:
    """Return the first line (from 1) in which a file differs from what would be built, and the two in words.

    Args:
        stale: the file as it is.
        fresh: the file as it would be built, which is another.
    """
    lines = itertools.zip_longest(stale.decode("utf-8", "replace").split("\n"), fresh.decode().split("\n"))
    line, (is_, right) = next((k, pair) for k, pair in enumerate(lines, 1) if pair[0] != pair[1])
    return line, f"stale: {_cut(is_)} here, {_cut(right)} as it would be built"


def _cut(line: str | None) -> str:
    return "nothing" if line is None else repr(line if len(line) <= 80 else line[:79] + "…")
