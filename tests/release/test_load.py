"""Loading gives the version asked for, or an error: from folders, a hub, a cache without one."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from spanproof.cli import main
from spanproof.release.build import build
from spanproof.release.load import LoadError, load
from support.documents import ROOT
from support.hub import Hub, card_of, release
from support.publication import DATASET, VERSION, change, load_config

pytestmark = pytest.mark.slow

CONFIGS = [config["config_name"] for config in card_of(ROOT / "dataset")["configs"]]
ATTEMPT = """
from spanproof.release.load import LoadError, load
def attempt(*args, **more):
    try:
        loaded = load(*args, **more)
        return [str(loaded.info.version), loaded.num_rows]
    except LoadError as error:
        return str(error)
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three versions, whose first configuration has 3, 2 and 1 rows, in folders of one name."""
    where = tmp_path_factory.mktemp("releases")
    return {f"{n}.0.0": release(where / str(n) / "dataset", f"{n}.0.0", rows=4 - n) for n in (1, 2, 3)}


@pytest.fixture(scope="module")
def hub(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Versions 1.0.0 and 2.0.0, published; 3.0.0 is not."""
    code = f"""
from pathlib import Path
from spanproof.release.hub import publish
for version, folder in {[(version, str(folders[version])) for version in ("1.0.0", "2.0.0")]}:
    files = {{p.relative_to(folder).as_posix(): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}}
    publish(files, "org/talks", version=version)
"""
    with Hub() as hub:
        hub.run(tmp_path_factory.mktemp("publisher"), code)
        yield hub


@pytest.mark.parametrize("config", CONFIGS)
def test_folders_of_one_name_and_one_cache_give_each_its_rows(
    folders: dict[str, Path], tmp_path: Path, config: str
) -> None:
    """T1: datasets keys its cache by the folder's name and the card, not by what is in the files."""
    for _ in range(2):
        for version, folder in folders.items():
            loaded = load(folder, config, version=version, cache_dir=tmp_path)
            file = next((folder / "data" / config).glob("*.parquet"))
            assert loaded.to_list() == pq.read_table(file).to_pylist()
    assert list(tmp_path.rglob("*.arrow"))


def test_a_rebuilt_folder_of_the_same_version_gives_its_new_rows(folders: dict[str, Path], tmp_path: Path) -> None:
    """T1, without a new version: the description in the card, the hash of the file, is what tells."""
    rebuilt = release(tmp_path / "dataset", "1.0.0", rows=1)
    counts = [load(folder, cache_dir=tmp_path / "cache").num_rows for folder in (folders["1.0.0"], rebuilt)]
    assert counts == [3, 1]


def test_what_is_not_there_is_an_error_that_says_what(folders: dict[str, Path], tmp_path: Path) -> None:
    """T3: a revision of a folder is ignored by load_dataset; here a version is compared."""
    folder = folders["1.0.0"]
    with pytest.raises(LoadError, match=r"gives articles version 1\.0\.0, asked for was 2\.0\.0"):
        load(folder, version="2.0.0", cache_dir=tmp_path)
    with pytest.raises(LoadError, match="nothing"):
        load(folder, "nothing", cache_dir=tmp_path)
    with pytest.raises(LoadError, match="train"):
        load(folder, split="train", cache_dir=tmp_path)
    for name in ("nowhere", "./org/talks", "/org", "a/b/c"):
        with pytest.raises(LoadError, match="there is no such folder"):
            load(name)
    broken = shutil.copytree(folder, tmp_path / "broken")
    file = next((broken / "data" / "articles").glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(LoadError):
        load(broken, cache_dir=tmp_path / "other")


def test_a_relative_folder_with_the_name_of_a_loader_is_a_folder(
    folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loaders of datasets ("json", "parquet") win over a relative folder of their name."""
    shutil.copytree(folders["2.0.0"], tmp_path / "parquet")
    monkeypatch.chdir(tmp_path)
    assert load("parquet", version="2.0.0", cache_dir=tmp_path / "cache").num_rows == 2


def test_every_version_online_offline_and_without_an_answer(hub: Hub, folders: dict[str, Path], tmp_path: Path) -> None:
    """T2: from one cache, each version is itself, and one that was never fetched is an error and not another."""
    ask = """
out = {str(v): attempt("org/talks", version=v) for v in ("1.0.0", "2.0.0", None, "3.0.0", "nope")}
"""
    nothing = 'out["none"] = attempt("org/none")\nout["config"] = attempt("org/talks", "nothing")'
    right = {"1.0.0": ["1.0.0", 3], "2.0.0": ["2.0.0", 2], "None": ["2.0.0", 2]}
    online = hub.run(tmp_path, ATTEMPT + ask + nothing)
    offline = hub.run(tmp_path, ATTEMPT + ask, HF_HUB_OFFLINE="1")
    with Hub() as closed:
        pass
    silent = closed.run(tmp_path, ATTEMPT + ask)
    for out in (online, offline, silent):
        assert {version: out[version] for version in right} == right
    assert online["3.0.0"] == "org/talks has no tag v3.0.0"
    assert "nor such a dataset on the hub" in online["none"]
    assert "nothing" in online["config"]
    for out in (offline, silent):
        assert out["3.0.0"] == "version 3.0.0 of org/talks is not whole in the cache, and the hub can't be reached"
        assert out["nope"].startswith("version nope of org/talks is not whole")


def test_a_cache_that_holds_parts_of_a_version_is_not_taken_for_it(hub: Hub, tmp_path: Path) -> None:
    """What the plain client fetched, one configuration: that may be given offline; the others are errors."""
    code = 'from datasets import load_dataset\nload_dataset("org/talks", "articles", revision="v1.0.0", split="test")'
    ask = f'{ATTEMPT}out = [attempt("org/talks", config, version="1.0.0") for config in {CONFIGS}]'
    hub.run(tmp_path, code)
    for config, said in zip(CONFIGS, hub.run(tmp_path, ask, HF_HUB_OFFLINE="1"), strict=True):
        assert ("whole" in said) or (config, said) == ("articles", ["1.0.0", 3])


def test_a_tag_over_a_card_of_another_version_is_refused(hub: Hub, folders: dict[str, Path], tmp_path: Path) -> None:
    """T15: made anew by others, a tag gives what it now names, if that has the version; else an error."""
    code = f"""
from huggingface_hub import HfApi
api, talks = HfApi(), dict(repo_id="org/moved", repo_type="dataset")
api.create_repo(**talks)
out = []
for folder in {[str(folders["1.0.0"]), str(release(tmp_path / "again", "1.0.0", rows=1)), str(folders["2.0.0"])]}:
    api.upload_folder(**talks, folder_path=folder)
    if out:
        api.delete_tag(**talks, tag="v1.0.0")
    api.create_tag(**talks, tag="v1.0.0")
    out.append(attempt("org/moved", version="1.0.0"))
"""
    first, again, other = hub.run(tmp_path / "home", ATTEMPT + code)
    assert (first, again) == (["1.0.0", 3], ["1.0.0", 1])
    assert other == "org/moved: the card gives articles version 2.0.0, asked for was 1.0.0"


def test_t3_a_revision_of_a_folder_is_ignored_by_datasets_and_not_by_us(dataset_copy: Path) -> None:
    assert load_config(dataset_copy, revision="v9.9.9").num_rows > 0
    cache = dataset_copy.parent / "cache"
    assert load(dataset_copy, "entities", version=VERSION, cache_dir=cache).num_rows > 0
    with pytest.raises(LoadError, match=re.escape(VERSION)):
        load(dataset_copy, "entities", version="9.9.9", cache_dir=cache)


DAMAGED = "28c5c7bc61b1027f"
NEXT = "9.0.0"
DOWNLOADED = f"""
from datasets import load_dataset
from huggingface_hub import snapshot_download
from spanproof import Corpus, diff
from spanproof.formats.discovery import as_corpus
versions = ("{VERSION}", "{NEXT}")
rows = {{v: load_dataset("org/talks", revision=f"v{{v}}", split="test") for v in versions}}
folders = [snapshot_download("org/talks", repo_type="dataset", revision=f"v{{v}}") for v in versions]
damage = [next(row["damage"] for row in rows[v] if row["id"] == "{DAMAGED}") for v in versions]
changes = diff(*(as_corpus(rows[v]) for v in versions))
out = {{
    "versions": [str(rows[v].info.version) for v in versions],
    "damage": [[annotation["id"] for annotation in layer] for layer in damage],
    "folders": folders,
    "changes": len(changes.changes),
}}
"""


@pytest.fixture(scope="module")
def side_by_side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What a user has of our corpus and of one with an annotation less, both published on one hub."""
    where = tmp_path_factory.mktemp("two")
    for name in ("annotations", "dataset", "tools/leaderboard"):
        shutil.copytree(ROOT / name, where / name)
    shutil.copy(ROOT / "pyproject.toml", where)
    change(where / f"annotations/gold/{DAMAGED}.json", _without_first_damage)
    log = where / "annotations/CHANGELOG.md"
    head = re.split(r"(?m)^## ", log.read_text("utf-8"))[0]
    log.write_text(f"{head}## {NEXT} (2030-01-01)\n\n- An annotation less.\n", "utf-8")
    build(where / "annotations/gold", where / "next", version=NEXT, date="2030-01-01")
    publish = f"""
from pathlib import Path
from spanproof.release.hub import publish
for version, folder in {[(VERSION, str(DATASET)), (NEXT, str(where / "next"))]}:
    files = {{p.relative_to(folder).as_posix(): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}}
    publish(files, "org/talks", version=version)
"""
    with Hub() as hub:
        hub.run(where / "publisher", publish)
        yield hub.run(where / "user", DOWNLOADED)


def _without_first_damage(article: str) -> str:
    lines = article.splitlines(keepends=True)
    first = next(k for k, line in enumerate(lines) if '"damage": [' in line) + 1
    assert json.loads(lines[first].strip().rstrip(","))["id"] == "x1"
    return "".join(lines[:first] + lines[first + 1 :])


def test_each_revision_gives_its_own_rows_in_one_process(side_by_side: dict[str, Any]) -> None:
    old, new = side_by_side["damage"]
    assert side_by_side["versions"] == [VERSION, NEXT]
    assert old == ["x1", *new]


def test_diff_names_what_lies_between_the_releases(side_by_side: dict[str, Any]) -> None:
    assert side_by_side["changes"] == 1
    done = CliRunner().invoke(main, ["diff", *side_by_side["folders"]])
    assert done.exit_code == 1, done.output
    article, layer, change_, *_ = done.output.splitlines()
    assert (article.split()[0], layer.strip(), change_.split()[:2]) == (DAMAGED, "damage", ["removed", "x1"])
    assert "MAJOR" in done.output
    same = CliRunner().invoke(main, ["diff", side_by_side["folders"][0], str(DATASET)])
    assert same.exit_code == 0, same.output
