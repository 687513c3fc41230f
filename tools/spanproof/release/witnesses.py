"""Who knows which releases there are: changelog, git, hub, record. Where they disagree, nobody is believed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.parsing.json import parse as parse_json
from spanproof.publication.changelog import sections
from spanproof.release.steps import ReleaseError
from spanproof.revisions.semver import Version, parse


@dataclass(frozen=True)
class Witness:
    """One who knows releases: ``name`` in a sentence, ``cure`` what to do where it lacks one (``{}`` is the version).

    One that knows none says that there is none; but with ``silent`` it says nothing then: a hub on which nothing was
    published yet doesn't deny what git knows.
    """

    name: str
    versions: frozenset[Version]
    cure: str
    silent: bool = False

    def newest(self, before: Version | None = None) -> Version | None:
        """Return the newest release, or the newest before a version."""
        return max((v for v in self.versions if before is None or v < before), default=None)


def of_changelog(log: str, name: str) -> Witness:
    """Return what a changelog tells as released."""
    released = [section.version for section in sections(log)[1] if section.released]
    return Witness(name, _versions(released), f"give {name} its section ## {{}} (YYYY-MM-DD)")


def of_git(tags: Iterable[str]) -> Witness:
    """Return what the tags of a git repository say."""
    return Witness(
        "git",
        _tagged(tags),
        "git fetch --tags; a version that was prepared and never released is prepared again by its name",
    )


def of_hub(tags: Iterable[str], repo_id: str) -> Witness:
    """Return what the tags of a dataset repository on the hub say."""
    return Witness(repo_id, _tagged(tags), "git checkout v{}, and publish it from there")


def of_record(entries: Sequence[Mapping[str, Any]], name: str, repo_id: str | None = None) -> Witness:
    """Return what the record of publications says of a repository on the hub; of all of them where none is named."""
    published = [str(e.get("version")) for e in entries if repo_id in (None, e.get("repo_id"))]
    return Witness(
        name, _versions(published), f"publish {{}} again from its tag, and keep the line in {name}", silent=True
    )


def entries_of(record: str, name: str) -> list[Mapping[str, Any]]:
    """Return the lines of a record.

    Raises:
        ReleaseError: a line isn't a JSON object.
    """
    entries = list[Mapping[str, Any]]()
    for number, line in enumerate(record.splitlines(), 1):
        try:
            entry = parse_json(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            raise ReleaseError(
                f"{name}:{number} isn't a JSON object; expected a line for each version that was published", 2
            )
        entries.append(entry)
    return entries


def agreed(witnesses: Sequence[Witness], version: Version | None = None) -> Version | None:
    """Return the newest release, or the newest before a version, that all witnesses know; None where all know of none.

    Raises:
        ReleaseError: two of them disagree, or one knows a release above the version.
    """
    for witness in witnesses:
        newest = witness.newest()
        if version is not None and newest is not None and newest > version:
            raise ReleaseError(
                f"{written(version)} is below {written(newest)}, which {witness.name} knows as released; expected a "
                "version above it"
            )
    speaking = [w for w in witnesses if not w.silent or w.newest(version) is not None]
    for first in speaking:
        for other in speaking:
            one, two = first.newest(version), other.newest(version)
            if one is not None and (two is None or two < one):
                knows = "no release" if two is None else f"{written(two)} as the newest release"
                raise ReleaseError(
                    f"{first.name} knows the release {written(one)}, and {other.name} {knows}"
                    f"{f' before {written(version)}' if version else ''}; expected them to agree: "
                    f"{other.cure.format(written(one))}"
                )
    return speaking[0].newest(version) if speaking else None


def require_order(witnesses: Sequence[Witness], version: Version) -> None:
    """Refuse a version that a later witness knows and an earlier one doesn't: a release reaches them in their order.

    Raises:
        ReleaseError: which two.
    """
    for k, later in enumerate(witnesses):
        for earlier in witnesses[:k]:
            if version in later.versions and version not in earlier.versions:
                raise ReleaseError(
                    f"{later.name} knows the release {written(version)}, and {earlier.name} doesn't; expected them to "
                    f"agree: {earlier.cure.format(written(version))}"
                )


def written(version: Version) -> str:
    """Return a version as ``x.y.z``."""
    return ".".join(map(str, version))


def _tagged(tags: Iterable[str]) -> frozenset[Version]:
    return _versions(tag[1:] for tag in tags if tag.startswith("v"))


def _versions(stated: Iterable[str | None]) -> frozenset[Version]:
    versions = set()
    for version in stated:
        try:
            versions.add(parse(version or ""))
        except ValueError:
            continue
    return frozenset(versions)
