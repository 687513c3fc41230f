"""A release: the version follows from what changed, everything states it, and the hub serves it."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.corpus.repository import Repository
from spanproof.release.prepare import ReleaseError, last_release, prepare, record, require_version, version_of
from spanproof.release.statements import logged
from support.documents import ROOT
from support.hub import Hub

pytestmark = pytest.mark.slow

PARTS = ("annotations", "dataset", "CHANGELOG.md", "CITATION.cff", "pyproject.toml", "tools/spanproof/_version.py")
EVENT = ('"text": "Cold War", "label": "EVENT"', '"text": "Cold War", "label": "ORG"')


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    subprocess.run(("git", *identity, *arguments), cwd=root, check=True, capture_output=True)


def own(root: Path) -> Repository:
    found = Repository.around(root)
    assert found is not None
    return found


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the release 0.1.0 of the corpus."""
    root = tmp_path / "repository"
    for part in PARTS:
        (root / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, root / part)
    git(root, "init", "-q")
    prepare(own(root), "0.1.0", "2030-01-01")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "0.1.0")
    git(root, "tag", "v0.1.0")
    return root


def relabel(root: Path) -> None:
    """Cold War becomes an ORG in gold and registry."""
    for file in (
        root / "annotations" / "gold" / "28c5c7bc61b1027f.json",
        root / "annotations" / "gold" / "3d6420707d2b56da.json",
    ):
        file.write_text(file.read_text("utf-8").replace(*EVENT), "utf-8")
    registry = root / "annotations" / "entities.json"
    entries = json.loads(registry.read_text("utf-8"))
    entries["cold-war"]["type"] = "ORG"
    registry.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", "utf-8")


def state(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_a_changed_label_asks_for_a_version_and_everything_states_it(repository: Path) -> None:
    relabel(repository)
    before = state(repository)
    made = prepare(own(repository), None, "2030-02-01")
    assert (made.version, made.since) == ("0.2.0", "v0.1.0")
    after = state(repository)
    assert {name for name in after if after[name] != before.get(name)} == set(made.changed)
    data = {f"dataset/data/{name}/test-00000-of-00001.parquet" for name in ("articles", "entities", "tokens")}
    pages = {"dataset/README.md", "dataset/croissant.json", "dataset/dataset.json", "dataset/entities.json"}
    stated = {"tools/spanproof/_version.py", "CITATION.cff", "CHANGELOG.md", "annotations/dataset.json"}
    assert set(made.changed) - {"dataset/picture.svg"} == data | pages | stated
    assert '__version__ = "0.2.0"' in after["tools/spanproof/_version.py"].decode()
    assert "version: 0.2.0\n" in after["CITATION.cff"].decode()
    log = after["CHANGELOG.md"].decode()
    assert log.index("## 0.2.0 (2030-02-01)") < log.index("Cold War") < log.index("## 0.1.0 (2030-01-01)")
    assert check([repository / "dataset"]).exit_code == 0
    assert version_of(repository / "dataset") == "0.2.0"


def test_preparing_twice_changes_nothing_more(repository: Path) -> None:
    relabel(repository)
    prepare(own(repository), None, "2030-02-01")
    before = state(repository)
    assert prepare(own(repository), None, "2030-02-01").changed == ()
    assert state(repository) == before


def test_a_version_that_contradicts_the_changes_is_refused_and_nothing_is_written(repository: Path) -> None:
    relabel(repository)
    before = state(repository)
    for version, right in (("0.1.1", "0.2.0"), ("0.0.9", "0.2.0"), ("0.1.0", "is released")):
        with pytest.raises(ReleaseError, match=re.escape(right)):
            prepare(own(repository), version, "2030-02-01")
    with pytest.raises(ValueError, match="no version"):
        prepare(own(repository), "v0.2", "2030-02-01")
    assert state(repository) == before
    assert prepare(own(repository), "1.0.0", "2030-02-01").version == "1.0.0"


def test_without_a_change_it_is_a_patch(repository: Path) -> None:
    assert prepare(own(repository), None, "2030-02-01").version == "0.1.1"


def test_the_release_before_is_that_of_the_next_lower_version(repository: Path) -> None:
    for tag in ("v0.9.0", "v0.10.0", "vnext", "v1.0", "w2.0.0"):
        git(repository, "tag", tag)
    assert last_release(repository) == "v0.10.0"
    assert last_release(repository, before="0.10.0") == "v0.9.0"
    assert last_release(repository, before="0.1.0") is None


def test_a_dataset_whose_version_is_too_low_is_not_published(repository: Path) -> None:
    relabel(repository)
    prepare(own(repository), None, "2030-02-01")
    require_version(own(repository), "0.2.0")
    with pytest.raises(ReleaseError, match=re.escape("0.2.0")):
        require_version(own(repository), "0.1.5")


@given(
    st.lists(
        st.sampled_from(["## 0.2.0 (unreleased)\n\n- a\n", "## 0.1.0 (2030-01-01)\n\n- b\n", "## Unreleased\n- c\n"]),
        unique=True,
    )
)
def test_a_changelog_keeps_every_line_and_is_logged_once(sections: list[str]) -> None:
    log = "# Changelog\n\nWords.\n\n" + "\n".join(sections)
    once = logged(log, "0.2.0", "2030-02-01", None)
    assert logged(once, "0.2.0", "2030-02-01", None) == once
    assert once.startswith("# Changelog\n\nWords.\n\n## 0.2.0 (2030-02-01)\n")
    kept = [line for line in log.splitlines() if line.startswith("- ")]
    assert [line for line in once.splitlines() if line.startswith("- ")] == kept


def test_two_releases_are_published_and_each_is_loaded(repository: Path, tmp_path: Path) -> None:
    """The whole journey by the command line, with the unmodified clients."""
    code = """
import os, sys
from click.testing import CliRunner
from spanproof.cli import main
os.chdir({root!r})
ran = CliRunner().invoke(main, ["release", "publish", "org/talks"])
out = [ran.exit_code, ran.output]
"""
    load = """
import spanproof
from datasets import load_dataset
out = []
for version in ("0.1.0", "0.2.0"):
    ours = spanproof.load("org/talks", "entities", version=version)
    plain = load_dataset("org/talks", "entities", split="test", revision="v" + version)
    assert ours.to_list() == plain.to_list() and str(plain.info.version) == version
    out.append([row["label_name"] for row in ours if row["text"] == "Cold War"])
"""
    with Hub() as hub:
        publish = code.format(root=str(repository))
        first = hub.run(tmp_path / "home", publish)
        relabel(repository)
        stale = hub.run(tmp_path / "home", publish)
        prepare(own(repository), None, "2030-02-01")
        second = hub.run(tmp_path / "home", publish)
        again = hub.run(tmp_path / "home", publish)
        loaded = hub.run(tmp_path / "fresh", load)
        commits = {tag: commit.oid for tag, commit in hub.repos["org/talks"].tags.items()}
    assert first[0] == second[0] == again[0] == 0, (first, second, again)
    assert stale[0] == 0
    assert "there already" in again[1]
    assert loaded[0] != loaded[1]
    assert set(loaded[0]) == {"EVENT"}
    assert set(loaded[1]) == {"ORG"}
    lines = [
        json.loads(line) for line in (repository / "annotations" / "releases.jsonl").read_text("utf-8").splitlines()
    ]
    assert {line["tag"]: line["commit"] for line in lines} == commits
    assert all(len(digest) == 64 for line in lines for digest in line["files"].values())


def test_what_can_not_be_published_says_why(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    run = CliRunner().invoke
    assert "HF_TOKEN is not set" in (no_token := run(main, ["release", "publish", "org/talks"])).output
    assert no_token.exit_code == 2
    card = repository / "dataset" / "README.md"
    card.write_text(card.read_text("utf-8").replace("five", "six"), "utf-8")
    spoilt = run(main, ["release", "publish", "org/talks"])
    assert spoilt.exit_code == 1
    assert "SP710" in spoilt.output
    card.unlink()
    assert run(main, ["release", "publish", "org/talks"]).exit_code == 2
    assert run(main, ["release", "prepare", "--date", "tomorrow"]).exit_code == 2
    relabel(repository)
    low = run(main, ["release", "prepare", "0.1.1"])
    assert low.exit_code == 1
    assert "right is 0.2.0 or above" in low.output
    file = repository / "annotations" / "gold" / "28c5c7bc61b1027f.json"
    file.write_text(file.read_text("utf-8").replace('"start": 21, "end": 28', '"start": 22, "end": 28'), "utf-8")
    broken = run(main, ["release", "prepare"])
    assert broken.exit_code == 1
    assert "SP106" in broken.output


def test_a_record_is_written_once(tmp_path: Path) -> None:
    from spanproof.release.hub import Published

    published = Published("org/talks", "1.0.0", "v1.0.0", "c0ffee", {"b": "2", "a": "1"}, True)
    here = Repository(tmp_path, "gold")
    first = record(here, published).read_text("utf-8")
    assert record(here, published).read_text("utf-8") == first
    assert json.loads(first)["files"] == {"a": "1", "b": "2"}
