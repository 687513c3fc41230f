"""What is interrupted, or can't be written, is completed by another run, and nothing is half there."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from spanproof.checks.examples import sound
from spanproof.cli import main
from spanproof.corpus.repository import Repository
from spanproof.formats import files
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.release.build import BuildError
from spanproof.release.prepare import prepare
from spanproof.release.steps import ReleaseError
from spanproof.schema.schema import Schema
from support.hub import Hub
from support.releases import PREPARE, PUBLISH, REPO, git, ran, repository

pytestmark = pytest.mark.slow

ANA = {"id": "e1", "start": 1, "end": 10, "text": "Ana Silva", "label": "PERSON", "entity_id": None}
STEPS = 7
INTERRUPT = """
from spanproof.release import publish as publishing, hub, steps

def interrupted(after):
    count = iter(range(99))
    def run(all_steps, progress):
        def broken(step):
            def do():
                step.do()
                if next(count) == after:
                    raise KeyboardInterrupt
            return steps.Step(step.name, step.lacking, do)
        return steps.run([broken(step) for step in all_steps], progress)
    publishing.run = run
"""


def state(root: Path) -> dict[str, bytes]:
    kept = (path for path in sorted(root.rglob("*")) if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in kept if not files.is_unfinished(path)}


def test_a_publication_that_is_interrupted_after_any_step_is_completed_by_the_next_run(tmp_path: Path) -> None:
    first = repository(tmp_path / "first")
    runs: list[tuple[Path, list[str]]] = [(first, PREPARE)]
    with Hub() as hub:
        assert ran(hub, tmp_path / "home", runs)[0][0] == 0
        roots = [shutil.copytree(first, tmp_path / f"way-{k}") for k in range(STEPS)]
        runs = []
        for k, root in enumerate(roots):
            command = [f"org/way-{k}" if word == REPO else word for word in PUBLISH]
            runs += [(root, ["python", f"interrupted({k})"]), (root, command), (root, command), (root, command)]
        results = ran(hub, tmp_path / "home", runs, before=INTERRUPT)
    for k, root in enumerate(roots):
        _, broken, completed, again = results[4 * k : 4 * k + 4]
        assert broken[0] == 130, broken
        assert "interrupted" in broken[1]
        assert completed[0] == 0, completed
        assert completed[1].count("done already") == k + 1
        assert again[1].count("done already") == STEPS
        (line,) = (root / "data" / "releases.jsonl").read_text().splitlines()
        tagged = hub.repos[f"org/way-{k}"].tags["v0.1.0"]
        assert json.loads(line)["commit"] == tagged.oid
        assert [commit.title for commit in tagged.history()] == ["Release 0.1.0", "initial commit"]
        served = {name: file.content for name, file in tagged.files.items() if name != ".gitattributes"}
        assert served == {name.removeprefix("dataset/"): content for name, content in state(root).items()
                          if name.startswith("dataset/")}  # fmt: skip
        log = git(root, "log", "--format=%s").splitlines()
        assert log == [f"Record the release 0.1.0 on org/way-{k}", "Release 0.1.0", "A corpus"]
        assert not git(root, "status", "--porcelain")
        assert git(root, "rev-list", "-1", "v0.1.0") == git(root, "rev-parse", "HEAD~1")


class Killed(BaseException):
    """What no code catches."""


FAULTS: dict[str, Callable[[Path], BaseException]] = {
    "disk full": lambda path: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)),
    "read-only": lambda path: PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path)),
    "killed": lambda path: Killed(),
}


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Let the n-th write from now fail, once; one that is killed leaves what it had begun to write."""
    real = files._replace

    def fail(fault: str, at: int) -> None:
        count = iter(range(10_000))

        def replace(path: Path, content: bytes) -> None:
            if next(count) != at:
                return real(path, content)
            if fault == "killed":
                path.parent.mkdir(parents=True, exist_ok=True)
                path.with_name(f".{path.name}.half.unfinished").write_bytes(content[:3])
            raise FAULTS[fault](path)

        monkeypatch.setattr(files, "_replace", replace)

    return fail


def own(root: Path) -> Repository:
    found = Repository.around(root)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """A repository, and what it is when its first release is prepared."""
    root = repository(tmp_path_factory.mktemp("interrupted") / "letters")
    whole = shutil.copytree(root, root.with_name("whole"))
    prepare(own(whole), None, "2030-01-01")
    return root, state(whole)


@pytest.mark.parametrize("name", ["data/dataset.json", "data/CHANGELOG.md", "dataset/README.md"])
@pytest.mark.parametrize("there", [True, False])
def test_a_release_writes_through_no_link(
    corpus: tuple[Path, dict[str, bytes]], tmp_path: Path, name: str, there: bool
) -> None:
    root = shutil.copytree(corpus[0], tmp_path / "letters")
    link, outside = root / name, tmp_path / "outside"
    if there or link.is_file():
        outside.write_bytes(link.read_bytes() if link.is_file() else b"# Changes\n")
    link.unlink(missing_ok=True)
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(outside)
    before, kept = state(root), outside.read_bytes() if outside.is_file() else None
    with pytest.raises((ReleaseError, BuildError), match=r"link|isn't by"):
        prepare(own(root), None, "2030-01-01")
    assert state(root) == before
    assert link.is_symlink()
    assert (outside.read_bytes() if outside.is_file() else None) == kept


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", [12, 18, 25])
def test_what_a_prepare_could_not_write_the_next_one_writes(
    fault: str, at: int, corpus: tuple[Path, dict[str, bytes]], failing: Callable[[str, int], None], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Twelve writes are those of the proof, in a folder of its own; then come the dataset and the statements."""
    root = shutil.copytree(corpus[0], tmp_path / "letters")
    monkeypatch.chdir(root)
    failing(fault, at)
    if fault == "killed":
        with pytest.raises(Killed):
            CliRunner().invoke(main, PREPARE, catch_exceptions=False)
    else:
        refused = CliRunner().invoke(main, PREPARE)
        assert refused.exit_code == 2
        assert refused.output.startswith("spanproof: ")
        assert os.strerror(errno.ENOSPC if fault == "disk full" else errno.EACCES) in refused.output
        assert ".unfinished" not in refused.output
    prepare(own(root), None, "2030-01-01")
    assert state(root) == corpus[1]
    assert not [path for path in (root / "dataset").rglob("*") if files.is_unfinished(path)]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_a_fix_could_not_write_the_next_one_writes(
    fault: str, failing: Callable[[str, int], None], tmp_path: Path
) -> None:
    file = tmp_path / "a.jsonl"
    JSONL.write(file, [sound(entities=[{**ANA, "start": 0, "text": "Ana Silva "}])], Schema.article())
    before = file.read_bytes()
    failing(fault, 0)
    if fault == "killed":
        with pytest.raises(Killed):
            CliRunner().invoke(main, ["check", str(file), "--fix"], catch_exceptions=False)
    else:
        refused = CliRunner().invoke(main, ["check", str(file), "--fix"])
        assert isinstance(refused.exception, SystemExit), refused.output
        assert refused.exit_code == 2
    assert file.read_bytes() == before
    fixed = CliRunner().invoke(main, ["check", str(file), "--fix"])
    assert isinstance(fixed.exception, SystemExit | None), fixed.output
    assert b'"Ana Silva"' in file.read_bytes()
