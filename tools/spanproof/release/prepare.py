"""The journey of a release: what changed since the last one, the version that this asks for, every file that states it.

A repository has its corpus in ``annotations/gold``, its dataset in ``dataset``, its releases as git tags ``vx.y.z``.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from spanproof._version import RELEASED, __version__
from spanproof.checks.check import check
from spanproof.formats.discovery import read
from spanproof.formats.files import replace_file
from spanproof.publication.folder import Publication
from spanproof.release.build import build
from spanproof.release.hub import Published
from spanproof.revisions.diff import Diff, diff
from spanproof.revisions.git import opened
from spanproof.revisions.render import changelog
from spanproof.revisions.semver import Version, contradiction, least, parse

# Where a release is stated, beside what is built: the pattern's groups are what stands before and after.
_STATED = (
    ("tools/spanproof/_version.py", r'(^__version__ = ")[^"]*(")', "version"),
    ("tools/spanproof/_version.py", r'(^RELEASED = ")[^"]*(")', "date"),
    ("CITATION.cff", r"(^version: )\S+()", "version"),
    ("CITATION.cff", r"(^date-released: )\S+()", "date"),
)
_RECORDS = "annotations/releases.jsonl"
_MARK = "<!-- what changed in the corpus -->"


class ReleaseError(Exception):
    """The release can't be made; ``exit_code`` is 1 where something contradicts, 2 where something is unusable."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Prepared:
    """A release that stands in the working copy: ``since`` is the tag it follows, ``changed`` the files written."""

    version: str
    date: str
    since: str | None
    diff: Diff | None
    changed: tuple[str, ...]


def prepare(root: Path, version: str | None = None, date: str = RELEASED) -> Prepared:
    """Makes the working copy a release: version, day, changelog, dataset. Doing it twice changes nothing more.

    Args:
        root: the repository.
        version: ``x.y.z``; by default the least that the changes since the last release ask for.
        date: the day of the release, ``YYYY-MM-DD``.

    Raises:
        ReleaseError: the version contradicts the changes or is released already.
        BuildError: the corpus doesn't pass the check.
        ValueError: the version is none, or a corpus can't be read.
    """
    since = last_release(root)
    difference = None if since is None else _diff_since(root, since)
    version = version or _next(since, difference)
    _require(root, version, since, difference)
    written = _texts(root, version, date, difference)
    built = build(root / "annotations" / "gold", root / "dataset", version=version, date=date)
    changed = [name for name, text in written.items() if (root / name).read_text("utf-8") != text]
    for name in changed:
        replace_file(root / name, written[name].encode())
    prepared = Prepared(version, date, since, difference, (*changed, *(f"dataset/{name}" for name in built.changed)))
    require_sound(root / "dataset")
    return prepared


def last_release(root: Path, before: str | None = None) -> str | None:
    """The tag of the newest release of a repository, or of the newest before a version; None where there is none."""
    found = _releases(root)
    older = [version for version in found if before is None or version < parse(before)]
    return found[max(older)] if older else None


def _releases(root: Path) -> dict[Version, str]:
    """The tags of releases, by their version."""
    done = subprocess.run(("git", "tag", "--list", "v*"), cwd=root, capture_output=True, text=True, check=False)
    found = {}
    for tag in done.stdout.split():
        try:
            found[parse(tag[1:])] = tag
        except ValueError:
            continue
    return found


def _diff_since(root: Path, since: str, corpus: str = "annotations/gold") -> Diff:
    with opened(since, root) as path:
        old, new = read(path), read(root / corpus)
        for error in (*old.errors, *new.errors):
            raise ReleaseError(f"{error.path}: {error.problem}", 2)
        return diff(old, new)


def _next(since: str | None, difference: Diff | None) -> str:
    if since is None or difference is None:
        return __version__
    return ".".join(map(str, least(parse(since[1:]), difference.bump or "patch")))


def _require(root: Path, version: str, since: str | None, difference: Diff | None) -> None:
    if parse(version) in _releases(root):
        raise ReleaseError(f"{version} is released: the tag v{version} exists; right is a version above it")
    if since is not None and difference is not None:
        contradicts = contradiction(since[1:], version, difference.bump)
        if contradicts:
            raise ReleaseError(contradicts)


def require_sound(dataset: Path) -> None:
    """Refuses a dataset folder with errors or warnings.

    Raises:
        ReleaseError: the first finding, and how many there are.
    """
    found = [finding for finding in check(dataset).findings if finding.severity != "info"]
    if found:
        first = f"{found[0].code} {found[0].file}: {found[0].message}"
        raise ReleaseError(f"{first} ({len(found)} in all: spanproof check {dataset})")


def require_version(root: Path, version: str) -> None:
    """Refuses a version of the dataset folder that contradicts what changed since the release before it.

    Raises:
        ReleaseError: it is too low; the message says what would be right.
    """
    since = last_release(root, before=version)
    contradicts = since and contradiction(since[1:], version, _diff_since(root, since, "dataset").bump)
    if contradicts:
        raise ReleaseError(contradicts)


def version_of(dataset: Path) -> str:
    """The version that the card of a dataset states.

    Raises:
        ReleaseError: there is no card, or it states none.
    """
    configs = Publication.read(dataset).configs
    version = configs[0].entry.get("version") if configs else None
    if version is None:
        raise ReleaseError(f"{dataset}/README.md states no version; `spanproof release prepare` makes one", 2)
    return str(version)


def _texts(root: Path, version: str, date: str, difference: Diff | None) -> Mapping[str, str]:
    """The files that state the release, as they will be."""
    texts: dict[str, str] = {}
    values = {"version": version, "date": date}
    for name, pattern, what in _STATED:
        if (root / name).is_file():
            text = texts.get(name) or (root / name).read_text("utf-8")
            quoted = f'"{values[what]}"' if pattern.endswith(r"\S+()") and what == "date" else values[what]
            texts[name] = re.sub(pattern, rf"\g<1>{quoted}\g<2>", text, count=1, flags=re.MULTILINE)
    if (root / "CHANGELOG.md").is_file():
        texts["CHANGELOG.md"] = logged((root / "CHANGELOG.md").read_text("utf-8"), version, date, difference)
    return texts


def logged(log: str, version: str, date: str, difference: Diff | None) -> str:
    """A changelog with the release at its head: what stood there as unreleased, and what changed in the corpus."""
    head, *sections = re.split(r"^(?=## )", log, flags=re.MULTILINE)
    top = sections[0].partition("\n") if sections else ("", "", "")
    own = sections and ("unreleased" in top[0].lower() or top[0].startswith(f"## {version} "))
    body = top[2].partition(_MARK)[0].strip("\n") if own else ""
    rest = sections[1:] if own else sections
    entry = f"{_MARK}\n{changelog(difference)}" if difference is not None else ""
    parts = (part for part in (f"## {version} ({date})", body, entry.strip("\n")) if part)
    return head + "\n\n".join(parts) + "\n" + "\n" * bool(rest) + "".join(rest)


def record(root: Path, published: Published) -> Path:
    """Writes down what was published: tags of a hub can be made anew, a commit and hashes can't.

    A line a version and repository in ``annotations/releases.jsonl``; what is there already stays.
    """
    file = root / _RECORDS
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    entry = {name: value for name, value in asdict(published).items() if name != "new"}
    line = json.dumps({**entry, "files": dict(sorted(published.files.items()))})
    if line not in lines:
        replace_file(file, "".join(f"{known}\n" for known in [*lines, line]).encode())
    return file
