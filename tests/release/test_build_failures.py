"""Ways in which a build can fail: each is told in one sentence, no file is half there, the next build completes it."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spanproof.cli import main
from spanproof.formats import files
from spanproof.release import build as building
from spanproof.schema.schema import Schema
from support.killed import steps
from support.releases import edit, other_role, repository

pytestmark = pytest.mark.slow
EARLIER = ("nothing", "the dataset of another corpus")
REFUSED = "expected a new or empty folder, or a dataset that build has made, without other files"


def parts(folder: Path) -> dict[str, bytes]:
    there = (path for path in sorted(folder.rglob("*")) if path.is_file() and not files.is_unfinished(path))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in there}


SCHEMA = "data/letters.schema.json"


class Place:
    """A repository whose corpus is to be built, where another corpus was built before, or nothing."""

    def __init__(self, root: Path) -> None:
        self.root, self.out, self.kept = root, root / "dataset", root.with_name("kept")
        built = self.build()
        assert built.exit_code == 0, built.output
        self.old, _ = parts(self.out), shutil.copytree(self.out, self.kept)
        edit(root, other_role)
        self.made = building.make(root / "data" / "corpus.jsonl", schema=Schema.read(root / SCHEMA))
        self.new = {name: bytes(content) for name, content in self.made.contents.items()}
        assert sum(self.new[name] != content for name, content in self.old.items()) > 4

    def build(self) -> Result:
        before = Path.cwd()
        os.chdir(self.root)
        try:
            return CliRunner().invoke(main, ["build"])
        finally:
            os.chdir(before)

    def begin(self, earlier: str) -> dict[str, bytes]:
        """Put there what was built earlier; return it."""
        if self.out.is_symlink() or self.out.is_file():
            self.out.unlink()
        shutil.rmtree(self.out, ignore_errors=True)
        if earlier == "nothing":
            return {}
        shutil.copytree(self.kept, self.out)
        return self.old

    def completed(self) -> None:
        """Demand that the next build completes what was begun, and leaves nothing of it."""
        built = self.build()
        assert built.exit_code == 0, built.output
        assert parts(self.out) == self.new
        assert not [path for path in self.out.rglob("*") if files.is_unfinished(path)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(repository(tmp_path_factory.mktemp("failures") / "letters"))


@pytest.fixture
def proved(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be written is made and proved already: what is tried here is how it is written, many times."""
    monkeypatch.setattr(building, "make", lambda *_, **__: place.made)
    monkeypatch.setattr(building, "_prove", lambda *_: None)
    monkeypatch.setattr(building, "_require_sound", lambda *_: None)


@pytest.mark.usefixtures("proved")
@pytest.mark.parametrize("earlier", EARLIER)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS], ids=["disk full", "denied", "read-only"])
@pytest.mark.parametrize("step", ["mkstemp", "replace"])
def test_what_a_build_could_not_write_the_next_one_writes(
    place: Place, monkeypatch: pytest.MonkeyPatch, earlier: str, number: int, step: str
) -> None:
    """Every file fails once: when it is begun, or when it takes its place."""
    owner: object = files.tempfile if step == "mkstemp" else Path
    real: Callable[..., object] = getattr(owner, step)
    fails_at = 0
    while True:
        old, count = place.begin(earlier), iter(range(999))

        def failing(*arguments: object, **options: object) -> object:
            if next(count) == fails_at:  # noqa: B023 - it is called within this round
                raise OSError(number, os.strerror(number), str(arguments[0]) if arguments else None)
            return real(*arguments, **options)

        with monkeypatch.context() as patched:
            patched.setattr(owner, step, failing)
            failed = place.build()
        if failed.exit_code == 0:
            break
        assert failed.exit_code == 2
        (sentence,) = failed.output.splitlines()
        assert sentence.startswith(f"spanproof: {place.out}/")
        assert sentence.endswith(os.strerror(number))
        assert ".unfinished" not in sentence
        left = parts(place.out)
        assert all(content in (old.get(name), place.new.get(name)) for name, content in left.items())
        assert len(left) >= len(old)
        place.completed()
        fails_at += 1
    assert fails_at == sum(old.get(name) != content for name, content in place.new.items())


@pytest.mark.usefixtures("proved")
@pytest.mark.parametrize("earlier", [pytest.param(EARLIER[0], marks=pytest.mark.full), EARLIER[1]])
def test_a_build_that_is_killed_at_any_step_is_completed_by_the_next(place: Place, earlier: str) -> None:
    old: dict[str, bytes] = {}
    count = 0
    for step in steps(place.build, place.out, lambda: old.update(place.begin(earlier))):
        left = parts(place.out)
        assert all(content in (old.get(name), place.new.get(name)) for name, content in left.items())
        place.completed()
        count = step + 1
    assert count > len(place.new)


@pytest.mark.parametrize("earlier", EARLIER)
def test_what_fails_while_a_build_is_proved_changes_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, earlier: str
) -> None:
    """The proof is written elsewhere, and that disk may be full too."""
    old = place.begin(earlier)

    def full(name: str | None = None, **_: object) -> object:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path))

    with monkeypatch.context() as patched:
        patched.setattr(building.tempfile, "TemporaryDirectory", full)
        failed = place.build()
    assert (failed.exit_code, failed.output) == (2, f"spanproof: {tmp_path}: No space left on device\n")
    assert parts(place.out) == old
    place.completed()


def a_link(place: Place, elsewhere: Path, name: str) -> Path:
    inside = place.out / name
    shutil.move(inside, elsewhere / "outside")
    inside.symlink_to(elsewhere / "outside")
    return inside


def nowhere(place: Place, elsewhere: Path, _: str) -> Path:
    shutil.rmtree(place.out)
    place.out.symlink_to(elsewhere / "gone")
    return place.out


def a_pipe(place: Place, _: Path, name: str) -> Path:
    os.mkfifo(place.out / name)
    return place.out / name


def a_file(place: Place, _: Path, name: str) -> Path:
    (place.out / name).write_text("mine")
    return place.out / name


IN_THE_WAY: dict[str, tuple[Callable[[Place, Path, str], Path], str, str]] = {
    "the card is a link": (a_link, "README.md", "is a link"),
    "the list of files is a link": (a_link, "SHA256SUMS", "is a link"),
    "a table is a link": (a_link, "data/persons/test-00000-of-00001.parquet", "is a link"),
    "a folder is a link": (a_link, "data", "is a link"),
    "the dataset is a link to nothing": (nowhere, "", "is a link to"),
    "a pipe": (a_pipe, "pipe", "isn't a regular file"),
    "a file of others": (a_file, "notes.txt", "isn't a file of the build"),
    "a hidden file": (a_file, ".env", "is hidden"),
}


@pytest.mark.usefixtures("proved")
@pytest.mark.parametrize("name", IN_THE_WAY)
def test_what_is_in_the_way_of_a_build_is_named_and_left_alone(place: Place, tmp_path: Path, name: str) -> None:
    place.begin(EARLIER[1])
    lay, where, words = IN_THE_WAY[name]
    culprit = lay(place, tmp_path, where)
    links = {path for path in [place.out, *place.out.rglob("*")] if path.is_symlink()}
    before, outside = parts(place.out), parts(tmp_path)
    refused = place.build()
    assert refused.exit_code == 2
    (sentence,) = refused.output.splitlines()
    assert sentence.startswith(f"spanproof: {culprit} {words}")
    assert sentence.endswith(REFUSED)
    assert (parts(place.out), parts(tmp_path)) == (before, outside)
    assert all(link.is_symlink() for link in links)
