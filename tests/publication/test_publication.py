"""Datasets of other corpora, built end to end by the command: what they state, that they load, and that they pass."""

import contextlib
import io
import re
import shutil
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from spanproof.cli import main
from spanproof.formats.discovery import read
from spanproof.publication.folder import Publication
from support.corpora import FOREIGN, Foreign
from support.own_words import names, runs, sentences

pytestmark = pytest.mark.slow

BUILT = [name for name, corpus in FOREIGN.items() if corpus.documents]


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="module", params=BUILT)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Foreign, Path, str]:
    """A corpus that isn't ours, the folder of its dataset, and what the command printed."""
    folder = tmp_path_factory.mktemp("foreign")
    corpus, schema = FOREIGN[request.param].write(folder / "corpus")
    code, output = run("build", "--gold", corpus, "--schema", schema, "--out", folder / "dataset")
    assert code == 0, output
    return FOREIGN[request.param], folder / "dataset", output


def test_every_configuration_loads_as_it_was_written(built: tuple[Foreign, Path, str], tmp_path: Path) -> None:
    _, folder, _ = built
    configs = datasets.get_dataset_config_names(str(folder))
    assert configs == [config.name for config in Publication.read(folder).configs]
    for config in configs:
        loaded = datasets.load_dataset(str(folder), config, split="train", cache_dir=str(tmp_path))
        (file,) = (folder / "data" / config).glob("*.parquet")
        assert loaded.to_list() == pq.read_table(file).to_pylist() != []


def test_documents_come_back(built: tuple[Foreign, Path, str]) -> None:
    """With the members that the schema lists; what is null in all of them is null again."""
    corpus, folder, _ = built
    key = corpus.schema.get("key")
    found = list(read(folder).documents())
    listed = [{k: v for k, v in d.items() if k in corpus.schema["properties"]} for d in corpus.documents]
    for document, back in zip(sorted(listed, key=lambda d: str(d[key])) if key else listed, found, strict=True):
        assert _without_null(back) == _without_null(document)


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_null(sub) for name, sub in value.items() if sub is not None}
    return [_without_null(item) for item in value] if isinstance(value, list) else value


def test_the_dataset_passes_the_check_without_a_word_of_its_schema(built: tuple[Foreign, Path, str]) -> None:
    code, output = run("check", built[1])
    assert code == 0, output


def test_the_dataset_says_no_word_of_ours(built: tuple[Foreign, Path, str]) -> None:
    _, folder, output = built
    own, said = names(), sentences()
    for text in (output, *(path.read_text("utf-8") for path in folder.iterdir() if path.is_file())):
        assert [name for name in own if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)] == []
        assert said & set(runs(text)) == set()


def test_what_is_not_stated_is_said_not_to_be(built: tuple[Foreign, Path, str]) -> None:
    _, folder, output = built
    publication = Publication.read(folder)
    assert not {"license", "pretty_name", "task_categories", "annotations_creators"} & publication.settings.keys()
    assert "## Licence\n\nNot stated." in publication.body
    assert "## How the annotations were made\n\nNot stated." in publication.body
    assert "Version: not stated." in publication.body
    assert "croissant.json" not in publication.files
    assert not any("version" in config.entry for config in publication.configs)
    assert "license.url" in output


def test_the_quick_start_prints_what_the_card_says(
    built: tuple[Foreign, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(built[1], tmp_path / "dataset")
    body = Publication.read(folder).body
    match = re.search(r"```+python\n(.*?)\n```+\n\nprints\n\n```+\n(.*?)\n```", body, re.DOTALL)
    assert match
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(match[1], "card", "exec"), {})
    assert printed.getvalue().rstrip("\n") == match[2]


def test_building_from_the_dataset_gives_the_dataset(built: tuple[Foreign, Path, str], tmp_path: Path) -> None:
    """Schema, registries and facts are in it: nothing of where it came from is needed."""
    code, output = run("build", "--gold", built[1], "--out", tmp_path / "again")
    assert code == 0, output
    one, other = (
        {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        for folder in (built[1], tmp_path / "again")
    )
    assert one == other


@pytest.mark.parametrize("name", [name for name in FOREIGN if name not in BUILT])
def test_a_corpus_without_documents_is_refused(name: str, tmp_path: Path) -> None:
    corpus, schema = FOREIGN[name].write(tmp_path / "corpus")
    code, output = run("build", "--gold", corpus, "--schema", schema, "--out", tmp_path / "dataset")
    assert code == 2
    assert "holds no document" in output
    assert not (tmp_path / "dataset").exists()
