"""The build: the same corpus gives the same bytes, and what is loaded is what was annotated."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import datasets
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spanproof._version import __version__
from spanproof.checks.check import check
from spanproof.corpus.waivers import Waiver
from spanproof.formats.discovery import read
from spanproof.formats.parquet import parquet_table
from spanproof.publication.facts import Facts
from spanproof.publication.folder import Publication
from spanproof.release import build as building
from spanproof.release.build import BuildError, Built, build, load
from spanproof.release.measured import agreement
from spanproof.release.summary import summary
from spanproof.schema.schema import Schema
from support.corpora import FOREIGN
from support.documents import ROOT
from support.publication import VERSION

pytestmark = pytest.mark.slow

GOLD = ROOT / "annotations" / "gold"
PARQUET = "data/articles/test-00000-of-00001.parquet"
CONFIGS = ("articles", "entities", "quotes", "dates", "tokens", "utterances", "registry", "challenge")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(GOLD, tmp_path_factory.mktemp("build") / "dataset")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of the annotations and of the dataset, to change."""
    for part in ("annotations", "dataset", "tools/leaderboard"):
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)  # texts may stand anywhere in the repository of a corpus
    return tmp_path


def parts(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def rows_of(folder: Path, config: str, cache: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = datasets.load_dataset(
        str(folder), config, split="test", cache_dir=str(cache)
    ).to_list()
    return rows


def test_what_is_committed_is_what_is_built(built: Built) -> None:
    committed = parts(ROOT / "dataset")
    made = parts(built.out)
    assert made.keys() == committed.keys()
    writers = {pq.ParquetFile(folder / PARQUET).metadata.created_by for folder in (built.out, ROOT / "dataset")}
    for name, content in made.items():
        if name.endswith(".parquet"):
            assert parquet_table(committed[name]).equals(parquet_table(content), check_metadata=True)
        # Another version of pyarrow writes the same table in other bytes, which have other hashes.
        if len(writers) == 1:
            assert committed[name] == content, f"{name} is stale: spanproof build writes it anew"


def test_building_again_changes_no_file(built: Built) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.out.rglob("*")}
    assert build(GOLD, built.out).changed == ()
    assert {path: path.stat().st_mtime_ns for path in built.out.rglob("*")} == before


def test_the_same_bytes_in_another_process(built: Built, tmp_path: Path) -> None:
    script = "import sys; from spanproof.release.build import build; build(*sys.argv[1:])"
    subprocess.run([sys.executable, "-c", script, GOLD, tmp_path / "dataset"], check=True, env={"PYTHONHASHSEED": "7"})
    assert parts(tmp_path / "dataset") == parts(built.out)


def test_what_is_no_more_is_removed(repository: Path) -> None:
    """What an earlier build has listed as its own, and what an interrupted one has left."""
    dataset = repository / "dataset"
    extra = dataset / "data" / "old" / "test.parquet"
    extra.parent.mkdir()
    extra.write_bytes(b"old")
    left = dataset / ".README.md.abcd.unfinished"
    left.write_bytes(b"half")
    (dataset / "SHA256SUMS").open("a").write(f"{'0' * 64}  data/old/test.parquet\n")
    changed = build(repository / "annotations" / "gold", dataset).changed
    assert set(changed) == {"data/old/test.parquet", ".README.md.abcd.unfinished", "SHA256SUMS"}
    assert not extra.exists()
    assert not left.exists()


def test_one_label_changes_what_follows_from_it_and_nothing_else(repository: Path) -> None:
    file = repository / "annotations" / "gold" / "28c5c7bc61b1027f.json"
    text = file.read_text("utf-8")
    changed = text.replace('"text": "Cold War", "label": "EVENT"', '"text": "Cold War", "label": "ORG"')
    changed = changed.replace('"text": "Doha", "label": "GPE"', '"text": "Doha", "label": "LOC"', 1)
    assert changed != text
    file.write_text(changed, "utf-8")
    waiver = Waiver("SP601", "for the test")
    built = build(repository / "annotations" / "gold", repository / "dataset", waivers=(waiver,))
    data = {f"data/{name}/test-00000-of-00001.parquet" for name in ("articles", "entities", "tokens", "challenge")}
    assert set(built.changed) - {"picture.svg"} == {
        *(*data, "README.md", "croissant.json", "label-studio/tasks.json", "SHA256SUMS"),
    }


def test_a_rebuilt_folder_is_never_read_from_an_old_cache(repository: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    before = rows_of(repository / "dataset", "entities", cache)
    file = repository / "annotations" / "gold" / "28c5c7bc61b1027f.json"
    file.write_text(
        file.read_text("utf-8").replace('"text": "Doha", "label": "GPE"', '"text": "Doha", "label": "LOC"'), "utf-8"
    )
    build(repository / "annotations" / "gold", repository / "dataset", waivers=(Waiver("SP601", "for the test"),))
    after = rows_of(repository / "dataset", "entities", cache)
    assert [row["label_name"] for row in before] != [row["label_name"] for row in after]


@pytest.mark.parametrize("config", CONFIGS)
def test_the_same_rows_by_every_way(config: str, built: Built, tmp_path: Path) -> None:
    file = built.out / "data" / config / "test-00000-of-00001.parquet"
    plain = pq.read_table(file)
    rows = plain.to_pylist()
    assert rows
    assert rows_of(built.out, config, tmp_path) == rows
    streamed = datasets.load_dataset(str(built.out), config, split="test", streaming=True, cache_dir=str(tmp_path))
    assert list(streamed) == rows
    assert datasets.Dataset(plain).features == streamed.features
    assert polars.read_parquet(file).to_dicts() == rows
    columns = plain.to_pandas()
    assert list(columns.columns) == plain.column_names
    assert columns[plain.column_names[0]].tolist() == [row[plain.column_names[0]] for row in rows]


def test_a_strangers_five_lines_load_every_configuration_offline(tmp_path: Path) -> None:
    script = """
import datasets
for config in datasets.get_dataset_config_names("./dataset"):
    rows = datasets.load_dataset("./dataset", config, split="test")
    print(config, rows.num_rows, rows.info.version)
"""
    # A proxy that nothing listens on: whoever asks the network fails.
    environment = {"HF_HOME": str(tmp_path), "HTTPS_PROXY": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "1", "PATH": ""}
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    lines = [line.split() for line in ran.stdout.splitlines()]
    assert [line[0] for line in lines] == list(CONFIGS)
    assert all(int(line[1]) > 0 and line[2] == VERSION for line in lines)


def test_every_span_is_its_slice_after_loading(built: Built) -> None:
    gold = {document["id"]: document for document in read(GOLD).documents()}
    loaded = {document["id"]: document for document in read(built.out).documents()}
    assert loaded == gold


def test_the_published_dataset_passes_the_check_with_its_own_waivers(built: Built) -> None:
    report = check([built.out])
    assert report.exit_code == 0
    assert report.waived
    assert not report.unused


def test_the_summary_names_every_article(built: Built) -> None:
    shown = summary(built)
    assert all(row in shown for row in built.dataset.configs[0].table["id"].to_pylist())
    assert f"version {VERSION}" in shown


def test_a_folder_of_another_version_is_refused(repository: Path) -> None:
    card = repository / "dataset" / "README.md"
    card.write_text(card.read_text("utf-8").replace(f"version: {VERSION}", "version: 9.9.9"), "utf-8")
    with pytest.raises(BuildError, match=r"9\.9\.9"):
        load(repository / "dataset", "articles", "test", VERSION)


def test_nothing_is_written_where_the_corpus_does_not_pass(repository: Path) -> None:
    file = repository / "annotations" / "gold" / "28c5c7bc61b1027f.json"
    file.write_text(file.read_text("utf-8").replace('"start": 21, "end": 28', '"start": 22, "end": 28'), "utf-8")
    with pytest.raises(BuildError) as refused:
        build(repository / "annotations" / "gold", repository / "new")
    assert refused.value.exit_code == 1
    assert not (repository / "new").exists()


def test_articles_are_byte_for_byte() -> None:
    for path in GOLD.glob("*.json"):
        data = json.loads(path.read_text("utf-8"))
        text = (path.parent / data["text_file"]).read_bytes()
        assert hashlib.sha256(text).hexdigest() == data["sha256"]
        assert path.stem == data["id"]


def test_one_version_everywhere() -> None:
    """The dataset and the toolkit have one each; the citation states both."""
    import importlib.metadata

    import yaml

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == __version__
    assert importlib.metadata.version("spanproof") == __version__
    assert (ROOT / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1].startswith(__version__)
    stated = Facts.beside(GOLD)
    version, released = stated.get("version"), stated.get("released")
    (cited,) = citation["references"]
    assert (cited["title"], cited["version"], cited["date-released"]) == (stated.get("name"), version, released)
    publication = Publication.read(ROOT / "dataset")
    assert {str(entry["version"]) for _, entry, _ in publication.configs} == {version}
    assert (publication.croissant["version"], publication.croissant["datePublished"]) == (version, released)
    assert f"Version {version}." in publication.body


def test_a_build_that_loads_as_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "load", lambda *_: pa.table({"id": ["x"]}))
    with pytest.raises(BuildError, match="articles isn't what was built"):
        build(ROOT / "annotations" / "gold", tmp_path / "dataset")
    assert not (tmp_path / "dataset").exists()


def test_a_card_without_passes_says_so(tmp_path: Path) -> None:
    words, page = agreement(tmp_path, Schema.article())
    assert "There aren't two passes" in words
    assert page is None
    for name in "abc":
        (tmp_path / name).mkdir(exist_ok=True)
    with pytest.raises(ValueError, match=r"3 passes \(a, b, c\); expected two"):
        agreement(tmp_path, Schema.article())


@pytest.mark.parametrize("where", ["file", "corpus", "stranger", "no card"])
def test_what_stands_where_the_dataset_should_is_left_alone(where: str, tmp_path: Path) -> None:
    corpus, schema = FOREIGN["minimal"].write(tmp_path / "corpus")
    out = tmp_path / "out"
    if where == "file":
        out.write_text("mine")
    elif where in ("stranger", "no card"):
        (out / "data").mkdir(parents=True)
        (out / "data" / "mine.txt").write_text("mine")
        if where == "stranger":
            (out / "README.md").write_text("# Mine\n")
    else:
        out = corpus = corpus.parent
    before = parts(tmp_path)
    with pytest.raises(BuildError, match="expected a new or empty folder") as refused:
        build(corpus, out, schema=Schema.read(schema))
    assert refused.value.exit_code == 2
    assert parts(tmp_path) == before


def test_what_was_measured_must_be_usable(tmp_path: Path) -> None:
    corpus, schema = FOREIGN["letters"].write(tmp_path / "corpus")
    board = tmp_path / "corpus" / "leaderboard"
    board.mkdir()
    (board / "summary.md").write_text("Best: none.")
    with pytest.raises(BuildError, match=r"no leaderboard\.svg; expected what `spanproof bench report --page` wrote"):
        build(corpus, tmp_path / "out", schema=Schema.read(schema))
    (board / "leaderboard.svg").write_text("<svg/>")
    build(corpus, tmp_path / "out", schema=Schema.read(schema))
    assert "Best: none." in Publication.read(tmp_path / "out").body
    for name in "ab":
        shutil.copytree(
            tmp_path / "corpus",
            tmp_path / "corpus" / "passes" / name,
            ignore=shutil.ignore_patterns("leaderboard", "passes", "*.schema.json"),
        )
    build(corpus, tmp_path / "out", schema=Schema.read(schema))
    assert "| persons | all | 2 |" in Publication.read(tmp_path / "out").files["AGREEMENT.md"].decode()
    (tmp_path / "corpus" / "passes" / "a" / "corpus.jsonl").write_text("{")
    with pytest.raises(BuildError, match=r"corpus\.jsonl:1: not JSON"):
        build(corpus, tmp_path / "out", schema=Schema.read(schema))


def test_a_leaderboard_that_the_settings_name_and_is_not_there_is_no_missing_section(repository: Path) -> None:
    (repository / "tools" / "leaderboard" / "summary.md").unlink()
    with pytest.raises(BuildError, match=r"leaderboard has no summary\.md; expected the leaderboard that the settings"):
        build(repository / "annotations" / "gold", repository / "out")


def test_a_version_that_is_asked_for_is_in_the_dataset(tmp_path: Path) -> None:
    corpus, schema = FOREIGN["letters"].write(tmp_path / "corpus")
    built = build(corpus, tmp_path / "out", schema=Schema.read(schema), version="3.2.1", date="2031-01-02")
    assert json.loads((built.out / "dataset.json").read_text("utf-8")) == {"version": "3.2.1", "released": "2031-01-02"}
    assert load(built.out, "persons", "train", "3.2.1").num_rows == 2
