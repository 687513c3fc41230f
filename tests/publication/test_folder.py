"""The published folder: what datasets makes of it. Each trap is shown to bite where the counter-measure is taken away.

Traps are numbered T1 to T13, here, in test_card.py, test_croissant.py, and for those that need a hub in test_hub.py and
test_load.py. A test that fails because a trap bites no longer says that its counter-measure may go.
"""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spanproof.checks.judging import publication_findings
from spanproof.checks.rules import CATALOGUE
from spanproof.publication.folder import Publication
from spanproof.release import build as building
from spanproof.release.build import BuildError, Made, build, make
from support.documents import ROOT
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
    assert codes_of(dataset_copy) == {"SP703", "SP711"}


def test_t9_datasets_can_not_compress_so_pyarrow_writes(dataset_copy: Path, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        load_config(dataset_copy).to_parquet(tmp_path / "x.parquet", compression="zstd")
    for file in dataset_copy.rglob("*.parquet"):
        groups = pq.ParquetFile(file).metadata.row_group(0)
        assert {groups.column(k).compression for k in range(groups.num_columns)} == {"ZSTD"}


def lay(folder: Path, kind: str, outside: Path) -> str:
    """Lay something in a dataset folder that no build has made; return its path there."""
    outside.mkdir(exist_ok=True)
    (outside / "secret.txt").write_text("hf_secret")
    names = {"hidden": ".env", "hidden below": "data/.token", "hidden folder": "articles/.ssh/id", "notes": "notes.txt"}
    name = names.get(kind, kind.replace(" ", "-"))
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(outside / "secret.txt")
    elif kind == "linked folder":
        path.symlink_to(outside, target_is_directory=True)
    elif kind == "link inside":
        path.symlink_to(folder / "README.md")
    elif kind == "link to nothing":
        path.symlink_to(outside / "nothing")
    else:
        path.write_text("hf_secret")
    return name


FOREIGN = ("hidden", "hidden below", "hidden folder", "notes", "pipe", "link", "linked folder", "link inside",
           "link to nothing")  # fmt: skip


@pytest.fixture(scope="module")
def made() -> Made:
    """The dataset of gold, as build makes it before it looks at a folder."""
    return make(ROOT / "annotations" / "gold")


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_no_build_has_made_is_found_and_never_built_over(
    kind: str, dataset_copy: Path, tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "make", lambda *_, **__: made)
    name = lay(dataset_copy, kind, tmp_path / "outside")
    findings = list(publication_findings(Publication.read(dataset_copy), CATALOGUE))
    assert [(finding.code, finding.file) for finding in findings] == [("SP711", f"{dataset_copy}/{name}")]
    assert "hf_secret" not in findings[0].message
    with pytest.raises(BuildError, match="or a dataset that build has made, without") as refused:
        build(ROOT / "annotations" / "gold", dataset_copy)
    assert name in str(refused.value)
    assert refused.value.exit_code == 2
    assert os.path.lexists(dataset_copy / name)


def test_what_git_and_the_hub_keep_in_a_folder_is_no_part_of_it(dataset_copy: Path) -> None:
    for name in (".git/config", ".cache/huggingface/download/x.metadata", ".gitattributes"):
        (dataset_copy / name).parent.mkdir(parents=True, exist_ok=True)
        (dataset_copy / name).write_text("x")
    assert codes_of(dataset_copy) == set()
    assert build(ROOT / "annotations" / "gold", dataset_copy).changed == ()


def test_a_snapshot_of_the_hub_is_made_of_links_and_sound(dataset_copy: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "datasets--org--talks" / "snapshots" / "c0ffee"
    blobs = snapshot.parents[1] / "blobs"
    blobs.mkdir(parents=True)
    for k, path in enumerate(sorted(path for path in dataset_copy.rglob("*") if path.is_file())):
        link = snapshot / path.relative_to(dataset_copy)
        link.parent.mkdir(parents=True, exist_ok=True)
        path.rename(blobs / str(k))
        link.symlink_to(blobs / str(k))
    assert codes_of(snapshot) == set()
    lay(snapshot, "link", tmp_path / "outside")
    assert codes_of(snapshot) == {"SP711"}
