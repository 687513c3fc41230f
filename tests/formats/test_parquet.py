"""Parquet: a correction keeps what it does not touch."""

from pathlib import Path

import pyarrow.parquet as pq

from spanproof.formats.parquet import FORMAT as PARQUET
from spanproof.schema.schema import Schema
from support.publication import DATASET


def test_a_correction_keeps_ids_and_features(tmp_path: Path) -> None:
    path = tmp_path / "articles.parquet"
    path.write_bytes((DATASET / "data" / "articles" / "test-00000-of-00001.parquet").read_bytes())
    before = pq.read_table(path)
    path.write_bytes(PARQUET.amend(path, {1: lambda document: {**document, "language": "de"}}, Schema.article()))
    after = pq.read_table(path)
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after["language"].to_pylist() == ["de", "en", "en", "en", "en"]
    assert after.drop_columns(["language"]).equals(before.drop_columns(["language"]))
