"""The published dataset, the gold that it is built of, and corpora to build others of."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import settings
from hypothesis import strategies as st

from spanproof.checks.judging import publication_findings
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.publication.configs import Config
from spanproof.publication.dataset import Dataset
from spanproof.publication.facts import Facts
from spanproof.publication.folder import Publication
from spanproof.testing.strategies import documents
from support import examples
from support.documents import ROOT

DATASET = ROOT / "dataset"
GOLD = read(ROOT / "annotations" / "gold")
FACTS = Facts.beside(ROOT / "annotations" / "gold")
VERSION = FACTS.get("version")
CORPORA = st.lists(documents(), min_size=1, max_size=2, unique_by=lambda document: document["id"])
SOME = settings(max_examples=examples(30))
ENTITIES = "data/entities/test-00000-of-00001.parquet"


def by_name(corpus: Corpus) -> dict[str, Config]:
    """The configurations of a corpus of articles, with what is stated of ours."""
    return {config.name: config for config in Dataset.of(corpus, FACTS).configs}


def load_config(folder: Path, config: str = "entities", **how: Any) -> datasets.Dataset:
    return datasets.load_dataset(str(folder), config, split="test", cache_dir=str(folder.parent / "cache"), **how)


def change(file: Path, edit: Callable[[str], str]) -> None:
    before = file.read_text("utf-8")
    after = edit(before)
    assert after != before
    file.write_text(after, "utf-8")


def other_labels(folder: Path) -> None:
    """Every entity gets the first label, and the card the hash of the new file."""
    table = pq.read_table(folder / ENTITIES)
    column = table.schema.names.index("label")
    zeros = pa.array([0] * len(table), pa.int64())
    pq.write_table(table.set_column(column, table.schema.field("label"), zeros), folder / ENTITIES)


def codes_of(folder: Path) -> set[str]:
    """The codes of what the check finds in a published folder."""
    return {finding.code for finding in publication_findings(Publication.read(folder), CATALOGUE)}
