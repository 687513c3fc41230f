"""The journey of a release, first half: what changed, the version that this asks for, every file that states it.

A repository's pyproject.toml says where its corpus and its dataset are, see
:class:`spanproof.corpus.repository.Repository`; its releases are git tags ``vx.y.z``.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spanproof.checks.check import check
from spanproof.corpus.documents import demand_readable
from spanproof.corpus.repository import Repository
from spanproof.formats.discovery import companion, read
from spanproof.formats.files import irreplaceable, replace_file
from spanproof.publication.changelog import CHANGELOG
from spanproof.publication.facts import FACTS, Facts
from spanproof.publication.folder import Publication
from spanproof.release.build import build, make
from spanproof.release.levels import Difference, differences, level_of
from spanproof.release.statements import logged, restated
from spanproof.release.steps import ReleaseError
from spanproof.release.witnesses import (
    agreed,
    entries_of,
    of_changelog,
    of_git,
    of_record,
    require_order,
    written,
)
from spanproof.release.working_copy import WorkingCopy
from spanproof.revisions.diff import Diff, diff
from spanproof.revisions.git import opened
from spanproof.revisions.semver import Version, contradiction, least, parse
from spanproof.schema.schema import Schema

_FIRST = "0.1.0"
"""The version of a first release, where none is stated."""


@dataclass(frozen=True)
class Prepared:
    """A release that stands in the working copy: ``since`` is the tag it follows, ``changed`` the files written.

    ``differences`` are what it changes in what is published.
    """

    version: str
    date: str
    since: str | None
    differences: tuple[Difference, ...]
    changed: tuple[str, ...]


def prepare(repository: Repository, version: str | None, date: str) -> Prepared:
    """Make the working copy a release: version, day, changelog, dataset. Doing it twice changes nothing more.

    What is published is compared, not the corpus: the dataset as it will be with that of the last release.

    Args:
        repository: the repository.
        version: ``x.y.z``; None: the least that the changes since the last release ask for.
        date: the day of the release, ``YYYY-MM-DD``.

    Raises:
        ReleaseError: the version contradicts the changes or is released already, or it isn't known what was released.
        BuildError: the corpus doesn't pass the check.
        ValueError: the version is none, a corpus can't be read, or a file that is to state the release can't.
    """
    asked = None if version is None else parse(version)
    before = _before(repository, asked)
    gold, schema = repository.root / repository.corpus, schema_of(repository)
    if before is None:
        return _write(repository, version or Facts.beside(gold).get("version") or _FIRST, date, None, ())
    to_be = Publication("dataset", make(gold, schema=schema, version=version or written(before), date=date).contents)
    changes = tuple(since_release(repository, before, to_be))
    chosen = version or written(least(before, level_of(changes) or "patch"))
    require_level(before, chosen, changes)
    return _write(repository, chosen, date, f"v{written(before)}", changes)


def _before(repository: Repository, version: Version | None) -> Version | None:
    """Return the last release, or the last before a version; None where there was none.

    Raises:
        ReleaseError: the version is released, or the witnesses disagree.
    """
    copy = WorkingCopy(repository.root)
    copy.demand_whole()
    log = changelog_of(repository).relative_to(repository.root).as_posix()
    git = of_git(copy.tags())
    record = of_record(record_of(repository), repository.releases)
    if version is not None and version in git.versions:
        raise ReleaseError(
            f"{written(version)} is released: the tag v{written(version)} exists; expected a version above it"
        )
    if version is not None:
        require_order((git, record), version)
    return agreed((of_changelog(copy.committed(log), log), git, record), version)


def _write(
    repository: Repository, version: str, date: str, since: str | None, changes: tuple[Difference, ...]
) -> Prepared:
    root, gold = repository.root, repository.root / repository.corpus
    texts = restated(repository, version, date)
    texts[companion(gold, FACTS) or gold.parent / FACTS] = Facts.beside(gold).released(version, date).files[FACTS]
    log = changelog_of(repository)
    text = log.read_text("utf-8") if log.is_file() else "# Changelog\n"
    texts[log] = logged(text, version, date, None if since is None else _corpus_since(repository, since))
    _require_replaceable(texts)
    built = build(gold, root / repository.dataset, schema=schema_of(repository), version=version, date=date,
                  changelog=texts[log])  # fmt: skip
    changed = [file for file, text in texts.items() if not file.is_file() or file.read_text("utf-8") != text]
    for file in changed:
        replace_file(file, texts[file].encode())
    names = [file.relative_to(root).as_posix() for file in changed]
    names += [f"{repository.dataset}/{name}" for name in built.changed]
    require_sound(root / repository.dataset, schema_of(repository))
    return Prepared(version, date, since, changes, tuple(names))


def _require_replaceable(files: Iterable[Path]) -> None:
    """Refuse files that a new one isn't to take the place of: a link would go, and what it leads to stay as it was.

    Raises:
        ReleaseError: the first of them, and what it is.
    """
    for file in files:
        if os.path.lexists(file) and (reason := irreplaceable(file)):
            raise ReleaseError(f"{file} {reason}", 2)


def since_release(repository: Repository, version: Version, now: Publication) -> list[Difference]:
    """Return in what a dataset differs from the one that was released as a version.

    Raises:
        ReleaseError: the dataset of that release, or this one, can't be read.
    """
    try:
        with opened(f"v{written(version)}:{repository.dataset}", repository.root) as path:
            return differences(Publication.read(path), now)
    except ValueError as error:
        raise ReleaseError(f"what v{written(version)} has published can't be compared: {error}", 2) from error


def require_level(before: Version, version: str, changes: Sequence[Difference]) -> None:
    """Refuse a version that is too low for what changed since the release before it.

    Raises:
        ReleaseError: what is right, and what changed.
    """
    level = level_of(changes)
    if contradicts := contradiction(written(before), version, level or "patch"):
        reasons = [difference.what for difference in changes if difference.level == level]
        more = f" and {len(reasons) - 3} more" if len(reasons) > 3 else ""
        raise ReleaseError(f"{contradicts} ({'; '.join(reasons[:3])}{more})" if reasons else contradicts)


def schema_of(repository: Repository) -> Schema | None:
    """Return the schema that a repository names; None where that is the annotated article."""
    return Schema.read(repository.root / repository.schema) if repository.schema else None


def changelog_of(repository: Repository) -> Path:
    """Return the changelog of a repository's dataset: beside its corpus, where it is made if it isn't there."""
    gold = repository.root / repository.corpus
    return companion(gold, CHANGELOG) or gold.parent / CHANGELOG


def record_of(repository: Repository) -> list[Mapping[str, Any]]:
    """Return what was written down of publications.

    Raises:
        ReleaseError: a line can't be read.
    """
    file = repository.root / repository.releases
    return entries_of(file.read_text("utf-8") if file.is_file() else "", repository.releases)


def _corpus_since(repository: Repository, since: str) -> Diff:
    """Return what changed in the corpus of a repository since a tag: for the changelog, in words."""
    schema = schema_of(repository) or Schema.article()
    with opened(f"{since}:{repository.corpus}", repository.root) as path:
        try:
            now = demand_readable(read(repository.root / repository.corpus, schema))
            return diff(demand_readable(read(path, schema)), now)
        except ValueError as error:
            raise ReleaseError(str(error), 2) from error


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
