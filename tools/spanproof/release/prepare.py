"""The journey of a release: what changed since the last one, the version that this asks for, every file that states it.

A repository's pyproject.toml says where its corpus and its dataset are, see
:class:`spanproof.corpus.repository.Repository`; its releases are git tags ``vx.y.z``.
"""

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from spanproof.checks.check import check
from spanproof.corpus.documents import demand_readable
from spanproof.corpus.repository import Repository
from spanproof.formats.discovery import companion, read
from spanproof.formats.files import replace_file
from spanproof.publication.facts import FACTS, Facts
from spanproof.publication.folder import Publication
from spanproof.release.build import build
from spanproof.release.hub import Published
from spanproof.release.statements import restated
from spanproof.revisions.diff import Diff, diff
from spanproof.revisions.git import opened
from spanproof.revisions.semver import Version, contradiction, least, parse
from spanproof.schema.schema import Schema

_FIRST = "0.1.0"
"""The version of a first release, where none is stated."""


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


def prepare(repository: Repository, version: str | None, date: str) -> Prepared:
    """Make the working copy a release: version, day, changelog, dataset. Doing it twice changes nothing more.

    Args:
        repository: the repository.
        version: ``x.y.z``; None: the least that the changes since the last release ask for.
        date: the day of the release, ``YYYY-MM-DD``.

    Raises:
        ReleaseError: the version contradicts the changes or is released already.
        BuildError: the corpus doesn't pass the check.
        ValueError: the version is none, a corpus can't be read, or a file that is to state the release can't.
    """
    root, gold = repository.root, repository.root / repository.corpus
    since = last_release(root)
    difference = None if since is None else _diff_since(repository, since, repository.corpus)
    facts = Facts.beside(gold)
    version = version or _next(since, difference, facts.get("version"))
    _require(root, version, since, difference)
    written = restated(repository, version, date, difference)
    written[companion(gold, FACTS) or gold.parent / FACTS] = facts.released(version, date).files[FACTS]
    built = build(gold, root / repository.dataset, schema=_schema(repository), version=version, date=date)
    changed = [file for file, text in written.items() if not file.is_file() or file.read_text("utf-8") != text]
    for file in changed:
        replace_file(file, written[file].encode())
    names = [file.relative_to(root).as_posix() for file in changed]
    names += [f"{repository.dataset}/{name}" for name in built.changed]
    require_sound(root / repository.dataset, _schema(repository))
    return Prepared(version, date, since, difference, tuple(names))


def _schema(repository: Repository) -> Schema | None:
    """Return the schema that a repository names; None where that is the annotated article."""
    return Schema.read(repository.root / repository.schema) if repository.schema else None


def last_release(root: Path, before: str | None = None) -> str | None:
    """Return the tag of the newest release, or of the newest before a version; None where there is none."""
    releases = _releases(root)
    older = [version for version in releases if before is None or version < parse(before)]
    return releases[max(older)] if older else None


def _releases(root: Path) -> dict[Version, str]:
    """Return the tags of releases, by their version."""
    done = subprocess.run(("git", "tag", "--list", "v*"), cwd=root, capture_output=True, text=True, check=False)
    releases = {}
    for tag in done.stdout.split():
        try:
            releases[parse(tag[1:])] = tag
        except ValueError:
            continue
    return releases


def _diff_since(repository: Repository, since: str, corpus: str) -> Diff:
    """Return what changed in a corpus of a repository (a path in it) since a revision."""
    schema = _schema(repository)
    with opened(f"{since}:{corpus}", repository.root) as path:
        try:
            return diff(demand_readable(read(path, schema)), demand_readable(read(repository.root / corpus, schema)))
        except ValueError as error:
            raise ReleaseError(str(error), 2) from error


def _next(since: str | None, difference: Diff | None, stated: str | None) -> str:
    """Return the version that the changes ask for; of a first release the one that is stated."""
    if since is None or difference is None:
        return stated or _FIRST
    return ".".join(map(str, least(parse(since[1:]), difference.bump or "patch")))


def _require(root: Path, version: str, since: str | None, difference: Diff | None) -> None:
    if parse(version) in _releases(root):
        raise ReleaseError(f"{version} is released: the tag v{version} exists; right is a version above it")
    if since is not None and difference is not None:
        contradicts = contradiction(since[1:], version, difference.bump)
        if contradicts:
            raise ReleaseError(contradicts)


def require_sound(dataset: Path, schema: Schema | None) -> None:
    """Refuse a dataset folder with errors or warnings.

    Args:
        dataset: the folder.
        schema: that of its documents; the folder's own by default.

    Raises:
        ReleaseError: the first finding, and how many there are.
    """
    findings = [finding for finding in check(read(dataset, schema)).findings if finding.severity != "info"]
    if findings:
        first = f"{findings[0].code} {findings[0].file}: {findings[0].message}"
        raise ReleaseError(f"{first} ({len(findings)} in all: spanproof check {dataset})")


def require_version(repository: Repository, version: str) -> None:
    """Refuse a version of a repository's dataset that contradicts what changed since the release before it.

    Raises:
        ReleaseError: it is too low; the message says what would be right.
    """
    since = last_release(repository.root, before=version)
    if since is None:
        return
    if contradicts := contradiction(since[1:], version, _diff_since(repository, since, repository.dataset).bump):
        raise ReleaseError(contradicts)


def version_of(dataset: Path) -> str:
    """Return the version that the card of a dataset states.

    Raises:
        ReleaseError: there is no card, or it states none.
    """
    configs = Publication.read(dataset).configs
    version = configs[0].entry.get("version") if configs else None
    if version is None:
        raise ReleaseError(f"{dataset}/README.md states no version; `spanproof release prepare` makes one", 2)
    return str(version)


def record(repository: Repository, published: Published) -> Path:
    """Write down what was published: tags of a hub can be made anew, a commit and hashes can't.

    A line a version and repository in the file that the repository names; what is there already stays.
    """
    file = repository.root / repository.releases
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    entry = {name: value for name, value in asdict(published).items() if name != "new"}
    line = json.dumps({**entry, "files": dict(sorted(published.files.items()))})
    if line not in lines:
        replace_file(file, "".join(f"{known}\n" for known in [*lines, line]).encode())
    return file
