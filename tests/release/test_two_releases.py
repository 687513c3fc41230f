"""Two releases of our own corpus side by side: each by its revision, and what lies between them."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from spanproof.cli import main
from spanproof.release.build import build
from support.documents import ROOT
from support.hub import Hub
from support.publication import DATASET, VERSION, change

pytestmark = pytest.mark.slow

ARTICLE = "28c5c7bc61b1027f"
NEXT = "9.0.0"
DOWNLOADED = f"""
from datasets import load_dataset
from huggingface_hub import snapshot_download
from spanproof import Corpus, diff
from spanproof.formats.discovery import as_corpus
versions = ("{VERSION}", "{NEXT}")
rows = {{v: load_dataset("org/talks", revision=f"v{{v}}", split="test") for v in versions}}
folders = [snapshot_download("org/talks", repo_type="dataset", revision=f"v{{v}}") for v in versions]
damage = [next(row["damage"] for row in rows[v] if row["id"] == "{ARTICLE}") for v in versions]
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
    for name in ("annotations", "dataset"):
        shutil.copytree(ROOT / name, where / name)
    shutil.copy(ROOT / "pyproject.toml", where)
    change(where / f"annotations/gold/{ARTICLE}.json", _without_first_damage)
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
    assert (article, layer.strip(), change_.split()[:2]) == (ARTICLE, "damage", ["removed", "x1"])
    assert "MAJOR" in done.output
    same = CliRunner().invoke(main, ["diff", side_by_side["folders"][0], str(DATASET)])
    assert same.exit_code == 0, same.output
