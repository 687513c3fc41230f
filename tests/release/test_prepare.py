"""A release of ours is prepared: its version follows from what changes in what is published, and all state it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.repository import Repository
from spanproof.publication.folder import Publication
from spanproof.release.prepare import prepare
from spanproof.release.publish import version_of
from spanproof.release.statements import logged
from spanproof.release.steps import ReleaseError
from support.documents import ROOT
from support.releases import git, identify, save

pytestmark = pytest.mark.slow

PARTS = ("annotations", "dataset", "tools/leaderboard", "CITATION.cff", "pyproject.toml")
EVENT = ('"text": "Cold War", "label": "EVENT"', '"text": "Cold War", "label": "ORG"')


def own(root: Path) -> Repository:
    repository = Repository.around(root)
    assert repository is not None
    return repository


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the release 0.1.0 of the corpus."""
    root = tmp_path_factory.mktemp("release") / "repository"
    for part in PARTS:
        (root / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, root / part)
    log = root / "annotations" / "CHANGELOG.md"
    head = re.split(r"(?m)^## ", log.read_text("utf-8"))[0]
    log.write_text(f"{head}## Unreleased\n\n- The corpus.\n", "utf-8")
    git_of(root)
    prepare(own(root), "0.1.0", "2030-01-01")
    save(root, "0.1.0")
    git(root, "tag", "v0.1.0")
    return root


@pytest.fixture
def repository(released: Path, tmp_path: Path) -> Path:
    return shutil.copytree(released, tmp_path / "repository")


def git_of(root: Path) -> None:
    git(root, "init", "-q")
    identify(root)


def relabel(root: Path) -> None:
    """Cold War becomes an ORG in gold and registry."""
    for name in ("28c5c7bc61b1027f", "3d6420707d2b56da"):
        file = root / "annotations" / "gold" / f"{name}.json"
        file.write_text(file.read_text("utf-8").replace(*EVENT), "utf-8")
    registry = root / "annotations" / "entities.json"
    entries = json.loads(registry.read_text("utf-8"))
    entries["cold-war"]["type"] = "ORG"
    registry.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", "utf-8")


def state(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_a_changed_label_asks_for_a_version_and_everything_states_it_once(repository: Path) -> None:
    relabel(repository)
    before = state(repository)
    made = prepare(own(repository), None, "2030-02-01")
    assert (made.version, made.since) == ("0.2.0", "v0.1.0")
    assert {difference.level for difference in made.differences} == {"major"}
    after = state(repository)
    assert {name for name in after if after[name] != before.get(name)} == set(made.changed)
    data = {f"dataset/data/{name}/test-00000-of-00001.parquet" for name in ("articles", "entities", "tokens")}
    pages = {f"dataset/{name}" for name in ("README.md", "croissant.json", "dataset.json", "entities.json",
                                            "CHANGELOG.md", "SHA256SUMS")}  # fmt: skip
    stated = {"CITATION.cff", "annotations/CHANGELOG.md", "annotations/dataset.json"}
    assert data | pages | stated <= set(made.changed)
    assert 'version: 0.2.0\n    date-released: "2030-02-01"\n' in after["CITATION.cff"].decode()
    log = after["dataset/CHANGELOG.md"].decode()
    assert log.index("## 0.2.0 (2030-02-01)") < log.index("Cold War") < log.index("## 0.1.0 (2030-01-01)")
    assert check([repository / "dataset"]).exit_code == 0
    assert version_of(Publication.read(repository / "dataset")) == "0.2.0"
    assert prepare(own(repository), None, "2030-02-01").changed == ()
    assert state(repository) == after


def test_another_wording_of_a_remark_is_a_patch(repository: Path) -> None:
    registry = repository / "annotations" / "entities.json"
    entries = json.loads(registry.read_text("utf-8"))
    entries["cold-war"]["description"] = "A war."
    registry.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", "utf-8")
    made = prepare(own(repository), None, "2030-02-01")
    assert made.version == "0.1.1"
    assert "PATCH registry entities: remarks are worded otherwise" in {
        f"{difference.level.upper()} {difference.what}" for difference in made.differences
    }


def test_a_version_that_contradicts_the_changes_is_refused_and_nothing_is_written(repository: Path) -> None:
    relabel(repository)
    before = state(repository)
    for version, right in (("0.1.1", "0.2.0"), ("0.0.9", "below 0.1.0"), ("0.1.0", "is released")):
        with pytest.raises(ReleaseError, match=re.escape(right)):
            prepare(own(repository), version, "2030-02-01")
    with pytest.raises(ValueError, match=r"isn.t a version"):
        prepare(own(repository), "v0.2", "2030-02-01")
    assert state(repository) == before


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
