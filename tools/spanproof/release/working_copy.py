"""The working copy of a git repository: its tags, what is committed in it, and what isn't."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spanproof.formats.files import is_unfinished
from spanproof.release.steps import ReleaseError


@dataclass(frozen=True)
class WorkingCopy:
    """A folder in a git repository; paths are from there."""

    root: Path

    def demand_whole(self) -> None:
        """Refuse a folder that is in no git repository, or in a shallow clone of one, which lacks tags and history.

        Raises:
            ReleaseError: which of the two.
        """
        if (shallow := self._asked("rev-parse", "--is-shallow-repository")) is None:
            raise ReleaseError(f"{self.root} is in no git repository; expected one, whose tags are the releases", 2)
        if shallow == "true\n":
            raise ReleaseError(
                "this clone is shallow, so it can't tell what was released; expected a whole one: "
                "git fetch --unshallow --tags"
            )

    def tags(self) -> list[str]:
        """Return the tags whose names begin as those of versions."""
        return (self._asked("tag", "--list", "v*") or "").split()

    def committed(self, path: str) -> str:
        """Return the text of a file in the last commit; empty where it isn't there."""
        return self._asked("show", f"HEAD:./{path}") or ""

    def uncommitted(self) -> list[str]:
        """Return the files that differ from the last commit, or are in none."""
        prefix = self._run("rev-parse", "--show-prefix").rstrip("\n")
        entries = self._run("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", ".")
        paths = (entry[3:].removeprefix(prefix) for entry in entries.split("\0") if entry)
        return [path for path in paths if not is_unfinished(Path(path))]

    def commit(self, paths: Iterable[str], message: str) -> None:
        """Commit some files, and nothing else."""
        chosen = list(paths)
        self._run("add", "--all", "--", *chosen)
        self._run("commit", "--quiet", "-m", message, "--", *chosen)

    def make_tag(self, name: str, message: str) -> None:
        """Tag the last commit."""
        self._run("tag", "--annotate", "-m", message, "--", name)

    def is_same_at(self, tag: str, path: str) -> bool:
        """Say whether a file or folder is the same at a tag."""
        return self._asked("diff", "--quiet", f"refs/tags/{tag}", "--", path) is not None

    def _asked(self, *arguments: str) -> str | None:
        """Return what git prints; None where it fails."""
        done = self._done(*arguments)
        return done.stdout if done.returncode == 0 else None

    def _run(self, *arguments: str) -> str:
        done = self._done(*arguments)
        if done.returncode:
            lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
            raise ReleaseError(f"git {arguments[0]}: {'; '.join(lines[-2:]) or f'exit code {done.returncode}'}", 2)
        return done.stdout

    def _done(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(
                ("git", "-c", "core.quotePath=false", *arguments),
                cwd=self.root,
                capture_output=True,
                text=True,
                errors="surrogateescape",
                check=False,
            )
        except FileNotFoundError:
            raise ReleaseError("git isn't installed; releases are tags of git", 2) from None
