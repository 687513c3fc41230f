"""The traps of Hugging Face and Croissant: each is shown to bite where the counter-measure is taken away.

Those that need a hub are in test_hub.py, test_publishing.py and test_loading.py. A test that fails because a trap bites
no longer says that its counter-measure may go.
"""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spanproof._version import __version__
from spanproof.checks.check import publication_findings
from spanproof.checks.rules import CATALOGUE
from spanproof.publication.folder import Publication
from support.documents import ROOT

ENTITIES = "data/entities/test-00000-of-00001.parquet"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The published dataset, to spoil."""
    return Path(shutil.copytree(ROOT / "dataset", tmp_path / "dataset"))


def load(folder: Path, config: str = "entities", **how: Any) -> datasets.Dataset:
    return datasets.load_dataset(str(folder), config, split="test", cache_dir=str(folder.parent / "cache"), **how)


def codes(folder: Path) -> set[str]:
    return {finding.code for finding in publication_findings(Publication.read(folder), CATALOGUE)}


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


def test_t1_a_rewritten_folder_is_read_from_the_stale_cache(folder: Path) -> None:
    """Hashing the version and the content into ``configs[]`` is what ends it; test_build.py has the counter-measure."""
    change(folder / "README.md", lambda card: re.sub(r"\n  (description|version): .*", "", card))
    before = load(folder)["label"][:]
    other_labels(folder)
    assert load(folder)["label"][:] == before
    change(
        folder / "README.md",
        lambda card: card.replace("config_name: entities\n", "config_name: entities\n  description: x\n", 1),
    )
    assert set(load(folder)["label"]) == {0}


def test_t3_a_revision_of_a_folder_is_ignored_by_datasets_and_not_by_us(folder: Path) -> None:
    from spanproof.release.load import LoadError
    from spanproof.release.load import load as load_version

    assert load(folder, revision="v9.9.9").num_rows > 0
    cache = folder.parent / "cache"
    assert load_version(folder, "entities", version=__version__, cache_dir=cache).num_rows > 0
    with pytest.raises(LoadError, match=re.escape(__version__)):
        load_version(folder, "entities", version="9.9.9", cache_dir=cache)


def test_t4_a_version_under_dataset_info_is_ignored(folder: Path) -> None:
    assert str(load(folder).info.version) == __version__

    def moved(card: str) -> str:
        without = card.replace(f"  version: {__version__}\n", "")
        return without.replace(
            "dataset_info:\n- config_name: articles\n", "dataset_info:\n- config_name: articles\n  version: 3.2.1\n"
        )

    change(folder / "README.md", moved)
    assert str(load(folder, "articles").info.version) == "0.0.0"


def test_t5_labels_in_another_order_in_the_yaml_relabel_silently(folder: Path) -> None:
    right = load(folder)
    swapped = folder.parent / "swapped" / "dataset"
    shutil.copytree(folder, swapped)

    def swap(card: str) -> str:
        return card.replace("'0': PERSON", "'0': ?").replace("'4': GPE", "'4': PERSON").replace("'0': ?", "'0': GPE")

    change(swapped / "README.md", swap)
    wrong = load(swapped)
    assert [wrong.features["label"].int2str(k) for k in wrong["label"]] != right["label_name"][:]
    assert codes(swapped) == {"SP704"}


def test_t5_numbers_that_no_label_has_load(folder: Path) -> None:
    table = pq.read_table(folder / ENTITIES)
    column = table.schema.names.index("label")
    ids = pa.array([77, -1, *table["label"].to_pylist()[2:]], pa.int64())
    pq.write_table(table.set_column(column, table.schema.field("label"), ids), folder / ENTITIES)
    assert load(folder)["label"][:1] == [77]
    assert "SP705" in codes(folder)


def test_t6_a_column_of_the_yaml_alone_is_null_in_every_row(folder: Path) -> None:
    change(
        folder / "README.md",
        lambda card: card.replace(
            "  - name: label_name\n", "  - name: nothing\n    dtype: string\n  - name: label_name\n", 1
        ),
    )
    assert set(load(folder)["nothing"]) == {None}
    assert codes(folder) == {"SP704"}


def test_t7_a_layer_is_a_list_of_structs_and_not_a_struct_of_lists(folder: Path) -> None:
    assert "sequence:" not in (folder / "README.md").read_text("utf-8")
    assert isinstance(load(folder, "articles")[0]["entities"], list)
    change(
        folder / "README.md",
        lambda card: card.replace("  - name: entities\n    list:\n", "  - name: entities\n    sequence:\n", 1),
    )
    with pytest.raises(datasets.exceptions.DatasetGenerationError):
        load(folder, "articles")
    assert codes(folder) == {"SP704"}


def test_t8_a_script_named_as_the_folder_makes_it_unloadable(folder: Path) -> None:
    assert not list(folder.rglob("*.py"))
    (folder / "dataset.py").touch()
    with pytest.raises(RuntimeError, match="scripts are no longer supported"):
        load(folder)
    assert codes(folder) == {"SP703"}


def test_t9_datasets_can_not_compress_so_pyarrow_writes(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        load(folder).to_parquet(tmp_path / "x.parquet", compression="zstd")
    for file in folder.rglob("*.parquet"):
        groups = pq.ParquetFile(file).metadata.row_group(0)
        assert {groups.column(k).compression for k in range(groups.num_columns)} == {"ZSTD"}


def test_t11_the_validator_passes_what_the_specification_forbids(folder: Path) -> None:
    import mlcroissant

    def cut(text: str) -> str:
        described = json.loads(text)
        for member in ("name", "description", "url", "creator", "license"):
            del described[member]
        described["distribution"][0]["sha256"] = "0" * 64
        return json.dumps(described)

    change(folder / "croissant.json", cut)
    assert not mlcroissant.Dataset(jsonld=str(folder / "croissant.json")).metadata.issues.errors
    assert codes(folder) == {"SP707", "SP709"}


def test_t12_croissant_can_not_hold_a_struct_in_a_list_of_structs(folder: Path) -> None:
    """So its members stand in its place: test_publication.py loads them. A field for the struct loads nothing."""
    import mlcroissant

    def nested(text: str) -> str:
        described = json.loads(text)
        (articles,) = (records for records in described["recordSet"] if records["@id"] == "articles")
        (quotes,) = (field for field in articles["field"] if field["@id"] == "articles/quotes")
        (start,) = (field for field in quotes["subField"] if field["@id"] == "articles/quotes/source/start")
        source = {**start["source"], "transform": {"jsonPath": "source"}}
        quotes["subField"] = [{**start, "source": source, "dataType": "sc:Text"}]
        return json.dumps(described)

    change(folder / "croissant.json", nested)
    with pytest.raises(Exception, match=r"articles\.parquet"):
        list(mlcroissant.Dataset(jsonld=str(folder / "croissant.json")).records("articles"))


def test_t13_a_media_type_that_croissant_does_not_know_loads_nothing(folder: Path) -> None:
    import mlcroissant

    change(
        folder / "croissant.json", lambda text: text.replace("application/x-parquet", "application/vnd.apache.parquet")
    )
    with pytest.raises(Exception, match="parquet"):
        list(mlcroissant.Dataset(jsonld=str(folder / "croissant.json")).records("entities"))
