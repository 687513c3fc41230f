"""Class labels: names become ids and ids names."""

from pathlib import Path

import datasets
import pyarrow as pa
import pytest

from spanproof import check
from spanproof.formats import class_labels as labels
from support.documents import ROOT


def test_ids_beyond_the_names_become_digits_and_unknown_names_are_refused() -> None:
    feature = {"_type": "ClassLabel", "names": ["a", "b"]}
    assert labels.decoded(pa.array([1, None, 7, -1]), feature).to_pylist() == ["b", None, "7", "-1"]
    with pytest.raises(ValueError, match="'c' isn't one of the labels a, b"):
        labels.encoded(pa.array(["a", "c"]), feature, pa.int64())
    assert labels.features_of(pa.schema([])) == {}
    assert labels.features_of(pa.schema([], {b"huggingface": b"no json"})) == {}


@pytest.mark.slow
def test_what_load_dataset_gives_is_a_corpus_with_its_labels_by_name(tmp_path: Path) -> None:
    folder = ROOT / "dataset"
    splits = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    for loaded in (splits, splits["test"]):
        report = check(loaded)
        assert [finding for finding in report.findings if finding.severity == "error"] == []
        assert report.documents == 5
    assert check(splits["test"].select([])).documents == 0
    assert check(folder / "data" / "articles" / "test-00000-of-00001.parquet").documents == 5
    some = splits["test"].select([3, 1])
    assert check(some).documents == 2
