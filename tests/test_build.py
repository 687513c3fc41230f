"""The build: the same corpus gives the same bytes, and what is loaded is what was annotated."""

import shutil
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

from conftest import ROOT
from spanproof.building import VERSION, BuildError, Built, build, load, summary
from spanproof.checking import check_paths
from spanproof.formats import read

GOLD = ROOT / "annotations" / "gold"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(GOLD, tmp_path_factory.mktemp("dataset"))


def parts(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_what_is_committed_is_what_is_built(built: Built) -> None:
    committed = parts(ROOT / "dataset")
    for name, content in parts(built.out).items():
        assert committed.pop(name) == content, f"{name} is stale: spanproof build writes it anew"
    assert all(name.startswith("articles/") for name in committed)


def test_every_span_is_its_slice_after_loading(built: Built) -> None:
    rows = {row["id"]: row for row in datasets.Dataset(built.table).to_list()}
    gold = {document["id"]: document for document in read(GOLD).documents()}
    assert rows.keys() == gold.keys()
    for name, row in rows.items():
        assert row["text"] == gold[name]["text"]
        for layer in ("zones", "entities", "quotes", "dates"):
            assert len(row[layer]) == len(gold[name][layer]) or not gold[name][layer]
            for loaded, annotated in zip(row[layer], gold[name][layer], strict=True):
                assert loaded.items() <= annotated.items()
                assert row["text"][loaded["start"] : loaded["end"]] == loaded["text"]


def test_a_rebuilt_folder_is_never_read_from_an_old_cache(built: Built, tmp_path: Path) -> None:
    """The cache key of datasets knows neither path nor content: a changed folder of the same name gave the old rows."""
    folder, cache = tmp_path / "dataset", tmp_path / "cache"
    shutil.copytree(built.out, folder)

    def labels() -> list[str]:
        loaded = datasets.load_dataset(str(folder), split="test", cache_dir=str(cache))
        assert str(loaded.info.version) == VERSION
        return [entity["label"] for entity in loaded[0]["entities"]]

    before = labels()
    shutil.copytree(ROOT / "annotations", tmp_path / "annotations")
    shutil.copytree(ROOT / "dataset" / "articles", folder / "articles")
    file = tmp_path / "annotations" / "gold" / "28c5c7bc61b1027f.json"
    first = file.read_text("utf-8")
    file.write_text(first.replace('"text": "Cold War", "label": "EVENT"', '"text": "Cold War", "label": "ORG"').replace(
        '"text": "Doha", "label": "GPE"', '"text": "Doha", "label": "LOC"'), "utf-8")  # fmt: skip
    from spanproof.checking import Waiver

    build(tmp_path / "annotations" / "gold", folder, waivers=(Waiver("SP601", "for the test"),))
    assert labels() != before


def test_streaming_and_plain_pyarrow_give_the_same_rows(built: Built, tmp_path: Path) -> None:
    plain = pq.read_table(next(built.out.rglob("*.parquet")))
    streamed = datasets.load_dataset(str(built.out), split="test", streaming=True, cache_dir=str(tmp_path))
    assert list(streamed) == plain.to_pylist() == built.table.to_pylist()


def test_the_published_parquet_passes_the_check(built: Built) -> None:
    assert check_paths([next(built.out.rglob("*.parquet"))], ignore=["SP601"]).counts["error"] == 0


def test_the_features_of_the_card_are_those_of_the_parquet(built: Built, tmp_path: Path) -> None:
    builder = datasets.load_dataset_builder(str(built.out), cache_dir=str(tmp_path))
    schema = pq.read_schema(next(built.out.rglob("*.parquet")))
    assert builder.info.features == datasets.Features.from_arrow_schema(schema)


def test_the_summary_names_every_article(built: Built) -> None:
    shown = summary(built)
    assert all(row["id"] in shown for row in built.table.to_pylist())
    assert f"version {VERSION}" in shown


def test_a_folder_of_another_version_is_refused(built: Built, tmp_path: Path) -> None:
    folder = tmp_path / "dataset"
    shutil.copytree(built.out, folder)
    card = folder / "README.md"
    card.write_text(card.read_text("utf-8").replace(f"version: {VERSION}", "version: 9.9.9"), "utf-8")
    with pytest.raises(BuildError, match=r"9\.9\.9"):
        load(folder)


def test_articles_are_byte_for_byte() -> None:
    import hashlib
    import json

    for path in GOLD.glob("*.json"):
        data = json.loads(path.read_text("utf-8"))
        text = (path.parent / data["text_file"]).read_bytes()
        assert hashlib.sha256(text).hexdigest() == data["sha256"]
        assert path.stem == data["id"]
