"""The published folder: what datasets makes of it. Each trap is shown to bite where the counter-measure is taken away.

Traps are numbered T1 to T13, here, in test_card.py, test_croissant.py, and for those that need a hub in test_hub.py and
test_load.py. A test that fails because a trap bites no longer says that its counter-measure may go.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.publication import ENTITIES, codes_of, load_config


def test_t5_numbers_that_no_label_has_load(dataset_copy: Path) -> None:
    table = pq.read_table(dataset_copy / ENTITIES)
    column = table.schema.names.index("label")
    ids = pa.array([77, -1, *table["label"].to_pylist()[2:]], pa.int64())
    pq.write_table(table.set_column(column, table.schema.field("label"), ids), dataset_copy / ENTITIES)
    assert load_config(dataset_copy)["label"][:1] == [77]
    assert "SP705" in codes_of(dataset_copy)


def test_t8_a_script_named_as_the_folder_makes_it_unloadable(dataset_copy: Path) -> None:
    assert not list(dataset_copy.rglob("*.py"))
    (dataset_copy / "dataset.py").touch()
    with pytest.raises(RuntimeError, match="scripts are no longer supported"):
        load_config(dataset_copy)
    assert codes_of(dataset_copy) == {"SP703"}


def test_t9_datasets_can_not_compress_so_pyarrow_writes(dataset_copy: Path, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        load_config(dataset_copy).to_parquet(tmp_path / "x.parquet", compression="zstd")
    for file in dataset_copy.rglob("*.parquet"):
        groups = pq.ParquetFile(file).metadata.row_group(0)
        assert {groups.column(k).compression for k in range(groups.num_columns)} == {"ZSTD"}
