"""The journey of a release, second half: what is prepared is committed, tagged, uploaded, compared, written down.

One act of steps. It can be interrupted anywhere, and is completed by running it again.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from spanproof.corpus.repository import Repository
from spanproof.formats.discovery import companion
from spanproof.formats.files import replace_file
from spanproof.publication.changelog import newest
from spanproof.publication.facts import FACTS
from spanproof.publication.folder import SUMS, Publication
from spanproof.release.build import make
from spanproof.release.hub import Hub, Published, connected, require_version
from spanproof.release.prepare import changelog_of, record_of, require_level, require_sound, schema_of, since_release
from spanproof.release.steps import ReleaseError, Step, run
from spanproof.release.witnesses import Witness, agreed, of_changelog, of_git, of_hub, of_record, require_order
from spanproof.release.working_copy import WorkingCopy
from spanproof.revisions.semver import parse


@dataclass(frozen=True)
class _Release:
    """A release as it stands in the working copy, and everything that was demanded of it alone."""

    repository: Repository
    copy: WorkingCopy
    version: str
    files: Mapping[str, bytes]

    @property
    def tag(self) -> str:
        return f"v{self.version}"

    @property
    def own(self) -> set[str]:
        """The files beside the dataset that a release writes, by their paths in the repository."""
        root, gold = self.repository.root, self.repository.root / self.repository.corpus
        facts = companion(gold, FACTS) or gold.parent / FACTS
        beside = {file.relative_to(root).as_posix() for file in (facts, changelog_of(self.repository))}
        return {*beside, *(statement.file for statement in self.repository.states), "CITATION.cff"}

    def uncommitted(self) -> list[str]:
        """Return what of the release isn't committed."""
        folder = f"{self.repository.dataset}/"
        paths = self.copy.uncommitted()
        return [path for path in paths if path in self.own or path.startswith(folder)]


def publish(
    repository: Repository, repo_id: str, *, private: bool = False, progress: Callable[[str], None]
) -> Published:
    """Publish the dataset of a repository as the version that its card states; do nothing that is done already.

    Before anything is changed anywhere it must be what the corpus builds, pass the check, be committed but for what
    ``prepare`` has written, and be of a version that follows from what it changes in the release before, on which the
    changelog, git, the hub and the record agree.

    Args:
        repository: the repository.
        repo_id: ``organisation/name``; created if it doesn't exist. The token is read from ``HF_TOKEN``.
        private: create a private repository; refused if the repository exists and is public.
        progress: called with each step, in words.

    Returns:
        What stands on the hub; ``new`` is false if it stood there before.

    Raises:
        ReleaseError: it can't be published; the message says why, and what is right.
        BuildError: the corpus doesn't pass the check, or can't be built.
    """
    release = _prepared(repository)
    with connected(release.files, repo_id, release.version, private) as hub:
        hub.demand_free()
        _require_order(release, hub)
        progress(f"{release.version} is built, sound, and follows from what was released before")
        run(_local(release), progress)
        published = hub.published(bool(run(hub.steps, progress)))
        run(_recorded(release, published), progress)
    return published


def _prepared(repository: Repository) -> _Release:
    """Return the release that stands in the working copy.

    Raises:
        ReleaseError: it isn't whole.
    """
    copy = WorkingCopy(repository.root)
    copy.demand_whole()
    dataset = repository.root / repository.dataset
    there = Publication.read(dataset) if dataset.is_dir() else Publication(dataset.as_posix())
    for name, what in sorted(there.foreign({*there.listed, SUMS})):
        raise ReleaseError(f"{dataset / name} {what}; expected nothing but the files of a build; nothing is published")
    version = version_of(there)
    files = make(repository.root / repository.corpus, schema=schema_of(repository)).contents
    stale = [name for name in {*files, *there.listed} if files.get(name) != there.files.get(name)]
    if stale:
        names = f"{', '.join(sorted(stale)[:3])}{' and others' if len(stale) > 3 else ''}"
        raise ReleaseError(f"{dataset} isn't what the corpus builds ({names}); expected it: spanproof release prepare")
    require_version(files, version)
    require_sound(dataset, None)
    release = _Release(repository, copy, version, files)
    others = sorted(set(copy.uncommitted()) - set(release.uncommitted()) - {repository.releases})
    if others:
        more = " and others" if len(others) > 3 else ""
        raise ReleaseError(f"{', '.join(others[:3])}{more}: not committed; expected what is published to be committed")
    if release.tag in copy.tags() and not copy.is_same_at(release.tag, repository.dataset):
        raise ReleaseError(
            f"the tag {release.tag} has another dataset, and a release is not changed; expected a new version: "
            "spanproof release prepare"
        )
    return release


def version_of(dataset: Publication) -> str:
    """Return the version that the card of a dataset states.

    Raises:
        ReleaseError: there is no card, or it states none.
    """
    version = dataset.configs[0].entry.get("version") if dataset.configs else None
    if version is None:
        raise ReleaseError(f"{dataset.at}/README.md states no version; `spanproof release prepare` makes one", 2)
    return str(version)


def _require_order(release: _Release, hub: Hub) -> None:
    """Refuse a version that the witnesses don't agree on, or that is too low for what it changes.

    Raises:
        ReleaseError: who says what.
    """
    version, repository = parse(release.version), release.repository
    log = changelog_of(repository)
    text = log.read_text("utf-8") if log.is_file() else ""
    name = log.relative_to(repository.root).as_posix()
    section = newest(text)
    if section is None or section.version != release.version:
        raise ReleaseError(
            f"{name} doesn't tell {release.version} as its newest release; expected it: spanproof release prepare"
        )
    entries, tags = record_of(repository), hub.tags()
    on_hub = of_hub(tags, hub.repo_id), of_record(entries, repository.releases, hub.repo_id)
    published: tuple[Witness, ...] = tuple(replace(w, silent=not any(w.versions for w in on_hub)) for w in on_hub)
    witnesses = (of_changelog(text, name), of_git(release.copy.tags()), *published)
    before = agreed(witnesses, version)
    require_order(witnesses, version)
    for entry in entries:
        moved = entry.get("repo_id") == hub.repo_id and entry.get("version") == release.version
        if moved and entry.get("commit") != tags.get(release.tag):
            raise ReleaseError(
                f"{release.tag} of {hub.repo_id} names {tags.get(release.tag)}, and {repository.releases} has "
                f"{entry.get('commit')}; expected the commit that was published: somebody has moved the tag"
            )
    if before is not None:
        now = Publication("dataset", release.files)
        require_level(before, release.version, since_release(repository, before, now))


def _local(release: _Release) -> tuple[Step, ...]:
    copy, message = release.copy, f"Release {release.version}"
    return (
        Step(
            "commit what prepare has written",
            lambda: ", ".join(release.uncommitted()),
            lambda: copy.commit(release.uncommitted(), message),
        ),
        Step(
            f"tag {release.tag} in git",
            lambda: "" if release.tag in copy.tags() else f"git has no tag {release.tag}",
            lambda: copy.make_tag(release.tag, message),
        ),
    )


def _recorded(release: _Release, published: Published) -> tuple[Step, ...]:
    """Return the steps that write down what was published: a hub's tags can be made anew, a commit and hashes can't."""
    repository, copy = release.repository, release.copy
    file = repository.root / repository.releases
    entry: dict[str, Any] = {name: value for name, value in asdict(published).items() if name != "new"}
    line = json.dumps({**entry, "files": dict(sorted(published.files.items()))})

    def lines() -> list[str]:
        return file.read_text("utf-8").splitlines() if file.is_file() else []

    return (
        Step(
            f"write commit and hashes into {repository.releases}",
            lambda: "" if line in lines() else f"{repository.releases} lacks its line",
            lambda: replace_file(file, "".join(f"{known}\n" for known in [*lines(), line]).encode()),
        ),
        Step(
            f"commit {repository.releases}",
            lambda: repository.releases if repository.releases in copy.uncommitted() else "",
            lambda: copy.commit([repository.releases], f"Record the release {release.version} on {published.repo_id}"),
        ),
    )
