"""Where a corpus is read from: a path, or what a path held at a git revision."""

import io
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spanproof.corpus.repository import Repository


@contextmanager
def opened(name: str, repository: Path = Path()) -> Iterator[Path]:
    """Open the corpus that a path or a git revision names, as a path for as long as the context lasts.

    A revision is unpacked whole, so that texts and registries beside the corpus are there.

    Args:
        name: a file, a folder of corpus files or the folder of a dataset; or a revision, ``v0.1.0`` or
            ``v0.1.0:annotations/passes``, without a path that of the corpus that the repository's pyproject.toml names.
            What is both is the path.
        repository: the git repository of the revision; the one that one stands in by default.

    Raises:
        ValueError: it is neither, or there is nothing at that place.
    """
    if Path(name).exists():
        yield Path(name)
        return
    revision, _, inside = name.partition(":")
    commit = _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not revision or commit is None:
        raise ValueError(f"{name} is neither a file or folder nor a git revision, as v0.1.0 or HEAD~1:PATH")
    root = Path((_git(repository, "rev-parse", "--show-toplevel") or b"").decode().rstrip("\n"))
    inside = inside or _corpus(repository, root, name)
    archive = _git(root, "-c", "core.autocrlf=false", "archive", "--format=zip", commit.decode().strip())
    if archive is None:
        raise ValueError(f"{name}: git can't archive this revision")
    with tempfile.TemporaryDirectory(prefix="spanproof-") as folder:
        zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
        path = Path(folder, inside)
        if not path.exists() or not path.resolve().is_relative_to(Path(folder).resolve()):
            raise ValueError(f"{revision} holds no {inside}; expected a path from the root of the repository")
        yield path


def _corpus(repository: Path, root: Path, name: str) -> str:
    """Return the corpus that the pyproject.toml of a repository names, as a path from the root of the repository."""
    own = Repository.around(repository)
    if own is None or not own.root.resolve().is_relative_to(root.resolve()):
        expected = f'{name}:PATH, or corpus = "PATH" under [tool.spanproof] in pyproject.toml'
        raise ValueError(f"{name} names no path, and the repository names no corpus; expected {expected}")
    return (own.root.resolve() / own.corpus).relative_to(root.resolve()).as_posix()


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git prints; None where it fails or is not there."""
    try:
        done = subprocess.run(("git", *arguments), cwd=folder, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
