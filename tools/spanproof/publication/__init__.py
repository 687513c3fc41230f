"""The dataset as it is published: every file as bytes, made from the corpus."""

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from spanproof.corpus.documents import Corpus, batch_of_columns
from spanproof.formats.class_labels import decoded, features_of
from spanproof.formats.parquet import parquet_bytes
from spanproof.publication import facts
from spanproof.publication.card import TOLD, card, citation
from spanproof.publication.configs import Config, configs
from spanproof.publication.croissant import croissant
from spanproof.publication.folder import Publication
from spanproof.publication.picture import picture
from spanproof.schema.paths import Registries
from spanproof.schema.schema import article

_LICENSE = f"""\
# Licence

{facts.RIGHTS}

CC BY 4.0: <{facts.ANNOTATIONS_LICENSE}>. It covers the members of every configuration that
annotate (zones, entities, quotations, dates, damage, tags), the registries, the card and the descriptions. It doesn't
cover the texts of the articles and the excerpts of them, which belong to their publishers.
"""


def files(corpus: Corpus, version: str, date: str, told: Mapping[str, str] | None = None) -> dict[str, bytes]:
    """Every file of the dataset but the articles' texts, by its path in it; the same corpus gives the same bytes.

    Args:
        corpus: articles that pass the check, with their registries.
        version: the semantic version, digits ``x.y.z``.
        date: the day of the release, ``YYYY-MM-DD``.
        told: what the card tells that can't be made from the articles, as Markdown: ``agreement``, ``leaderboard``.
    """
    tables = configs(corpus)
    made: dict[str, bytes] = {config.path: parquet_bytes(config.table) for config in tables}
    return made | _texts(tables, made, corpus.registries, version, date, told or {})


def _texts(
    tables: tuple[Config, ...],
    data: Mapping[str, bytes],
    registries: Registries,
    version: str,
    date: str,
    told: Mapping[str, str],
) -> dict[str, bytes]:
    rows = tables[0].table.select(["id", "text"]).to_pylist()
    text = {
        **{f"articles/{row['id']}.txt": row["text"] for row in rows},
        **{f"{name}.json": _indented(entries) for name, entries in registries.items()},
        "README.md": card(tables, data, registries, version, told),
        "LICENSE.md": _LICENSE,
        "croissant.json": croissant(tables, data, version, date, citation(version)),
        "picture.svg": picture(_shown(tables[0]), tables[0].schema),
    }
    return {name: content.encode() for name, content in text.items()}


def _indented(entries: Mapping[str, Any]) -> str:
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"


def _shown(articles: Config) -> Mapping[str, Any]:
    """The article that the picture shows: the one with the most annotations in its first 800 characters."""
    layers = ("entities", "quotes", "dates")

    def marks(row: Mapping[str, Any]) -> int:
        return sum(span["start"] < 800 for layer in layers for span in row[layer])

    rows: list[dict[str, Any]] = articles.table.to_pylist()
    return max(rows, key=marks)


def anew(publication: Publication) -> tuple[Mapping[str, pa.Table], Mapping[str, bytes]]:
    """The tables, and the other files, as they would be built from the articles of a publication whose rules 701 to 709
    find nothing; what can't be made from them (day of release, agreement, leaderboard) is taken from it.
    """
    schema = article()
    table = publication.table("data/articles/test-00000-of-00001.parquet")
    columns = decoded(table.to_struct_array().combine_chunks(), features_of(table.schema))
    batch = batch_of_columns(pa.RecordBatch.from_struct_array(columns), schema, [(None, None)] * table.num_rows)
    files = {name: publication.files.get(f"{name}.json") for name in schema.registries}
    registries = {name: json.loads(file) for name, file in files.items() if file is not None}
    tables = configs(Corpus(schema, (batch,), registries))
    version = str(publication.settings["configs"][0]["version"])
    date = publication.croissant["datePublished"]
    told = {each: publication.body.partition(f"<!-- {each} -->")[2].partition(f"<!-- /{each} -->")[0] for each in TOLD}
    return {c.path: c.table for c in tables}, _texts(tables, publication.files, registries, version, date, told)
