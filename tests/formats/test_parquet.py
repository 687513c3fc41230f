"""Parquet: a correction keeps what it does not touch."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.formats.discovery import read
from spanproof.formats.parquet import FORMAT as PARQUET
from spanproof.schema.schema import Schema
from support.publication import DATASET


@pytest.mark.parametrize(("length", "most"), [(10, 40), (1 << 20, 16), (20 << 20, 1)])
def test_few_long_documents_are_read_at_a_time(length: int, most: int, tmp_path: Path) -> None:
    number, path = min(40, (60 << 20) // length), tmp_path / "articles.parquet"
    prose = random.Random(1).randbytes(length // 2).hex()
    PARQUET.write(path, [sound(id=f"{k}", text=f"{prose}{k}") for k in range(number)], Schema.article())
    batches = list(PARQUET.read(path, Schema.article()))
    assert most // 2 < max(batch.columns.num_rows for batch in batches) <= most
    assert [line for batch in batches for _, line in batch.origin] == [*range(1, number + 1)]


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_a_member_that_appears_twice_is_an_error_as_in_json(within: bool, ending: str, tmp_path: Path) -> None:
    table, path = pa.Table.from_pylist([sound()]), tmp_path / f"articles.{ending}"
    if within:
        start = pa.StructArray.from_arrays([pa.array([0]), pa.array([1])], ["start", "start"])
        entities = pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), start)
        table = table.set_column(table.schema.get_field_index("entities"), "entities", entities)
    else:
        table = table.append_column("text", pa.array(["Another text."]))
    if ending == "parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_stream(path, table.schema) as stream:
            stream.write_table(table)
    report = check(read(path, Schema.article()))
    assert report.exit_code == 2
    assert [finding.code for finding in report.findings] == ["SP001"]
    assert f"the member '{'start' if within else 'text'}' appears twice" in report.findings[0].message


def test_a_correction_keeps_ids_and_features(tmp_path: Path) -> None:
    path = tmp_path / "articles.parquet"
    path.write_bytes((DATASET / "data" / "articles" / "test-00000-of-00001.parquet").read_bytes())
    before = pq.read_table(path)
    path.write_bytes(PARQUET.amend(path, {1: lambda document: {**document, "language": "de"}}, Schema.article()))
    after = pq.read_table(path)
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after["language"].to_pylist() == ["de", "en", "en", "en", "en"]
    assert after.drop_columns(["language"]).equals(before.drop_columns(["language"]))
