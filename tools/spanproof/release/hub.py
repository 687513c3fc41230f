"""The journey to the hub: the files of a dataset become a tagged version on Hugging Face, fetched back and compared."""

import functools
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spanproof.parsing import yaml
from spanproof.publication.folder import walk
from spanproof.release.steps import ReleaseError, Step, run

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_ATTRIBUTES = ".gitattributes"
"""The Hub's own file, which it makes itself."""


class PublishError(ReleaseError):
    """The version is not published; the message says why. What is repaired is published by another run."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message, exit_code)


@dataclass(frozen=True)
class Published:
    """What stands on the hub under a tag: worth writing down, because a hub's tags can be moved.

    ``commit`` is what the tag named, ``files`` the sha256 of every file; ``new`` is false if all this was there before.
    """

    repo_id: str
    version: str
    tag: str
    commit: str
    files: Mapping[str, str]
    new: bool


def publish(
    files: Mapping[str, bytes],
    repo_id: str,
    *,
    version: str,
    private: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Published:
    """Publish the files of a dataset as the version of a dataset repository; do nothing if they stand there already.

    Args:
        files: contents by path, with the card; its configurations must all have this version.
        repo_id: ``organisation/name``; created if it doesn't exist.
        version: ``x.y.z``.
        private: create a private repository; refused if the repository exists and is public.
        progress: called with each step, in words.

    Raises:
        ReleaseError: the files are not of this version, the tag exists with other content, the hub can't be reached,
            refuses, or serves other bytes. Nothing is tagged then, unless the message says so.
    """
    require_version(files, version)
    with connected(files, repo_id, version, private) as hub:
        hub.demand_free()
        return hub.published(bool(run(hub.steps, progress or _silently)))


def _silently(step: str) -> None:
    """Return the progress that nobody follows."""


@dataclass(frozen=True)
class Hub:
    """A dataset repository of the hub, and the version that is to stand there.

    The repository becomes the files: others that it had are deleted. What the hub then serves is fetched into a new
    cache and compared byte for byte, and only then tagged. A version that exists with other content is never changed.
    """

    api: "HfApi"
    repo_id: str
    version: str
    files: Mapping[str, bytes]
    private: bool

    @property
    def tag(self) -> str:
        """The tag of the version."""
        return f"v{self.version}"

    @property
    def exists(self) -> bool:
        """Whether there is the repository, for this token."""
        return self.api.repo_exists(self.repo_id, repo_type="dataset")

    def tags(self) -> Mapping[str, str]:
        """Return the commit of every tag; none where there is no repository."""
        if not self.exists:
            return {}
        return {tag: self._commit(tag) for tag in self._tags()}

    def _tags(self) -> list[str]:
        return [ref.name for ref in self.api.list_repo_refs(self.repo_id, repo_type="dataset").tags]

    def _commit(self, revision: str) -> str:
        return str(self.api.dataset_info(self.repo_id, revision=revision).sha)

    @functools.cached_property
    def seen(self) -> str | None:
        """The newest commit when the release began: what has come since is another's, and is not written over."""
        return self._commit("main") if self.exists else None

    def demand_free(self) -> None:
        """Refuse a repository in which the version can't stand; nothing is changed.

        Raises:
            PublishError: it is public and should be private, has the version with other content, or was changed since.
        """
        assert self.api.whoami()
        if self.seen is None:
            return
        if self.private and not self.api.dataset_info(self.repo_id).private:
            raise PublishError(f"{self.repo_id} exists and is public; to be published was a private dataset")
        if self.tag not in self._tags():
            return
        if different := self.different(self._commit(self.tag)):
            raise PublishError(
                f"{self.tag} of {self.repo_id} exists with other content ({different}); a published version "
                "is not changed: publish these files as a new version"
            )
        if different := self.different(self.seen):
            raise PublishError(
                f"{self.repo_id} was changed after {self.tag} ({different}); expected what was published: put it back "
                "on the hub, or publish a new version"
            )

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that make the version stand on the hub."""
        return (
            Step(f"create {self.repo_id}", lambda: "" if self.exists else "it doesn't exist", self._create),
            Step(f"upload {len(self.files)} files, fetch them back, compare", self._unlike, self._upload),
            Step(f"tag {self.tag} on {self.repo_id}", self._untagged, self._tag),
        )

    def published(self, new: bool) -> Published:
        """Return what stands on the hub."""
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}
        return Published(self.repo_id, self.version, self.tag, self._commit(self.tag), hashes, new)

    def _create(self) -> None:
        self.api.create_repo(self.repo_id, repo_type="dataset", private=self.private, exist_ok=True)

    def _unlike(self) -> str:
        different = self.different(self._commit("main"))
        return f"{self.repo_id} serves something other than what was uploaded ({different}); it is not tagged" * bool(
            different
        )

    def _upload(self) -> None:
        """Make one commit that makes the repository the files."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        gone = self._stated("main").keys() - self.files.keys() - {_ATTRIBUTES}
        adds = [CommitOperationAdd(name, content) for name, content in self.files.items()]
        deletes = [CommitOperationDelete(name) for name in sorted(gone)]
        self.api.create_commit(
            self.repo_id,
            [*adds, *deletes],
            repo_type="dataset",
            commit_message=f"Release {self.version}",
            parent_commit=self.seen,
        )

    def _untagged(self) -> str:
        if self.tag not in self._tags():
            return f"{self.repo_id} has no tag {self.tag}"
        tagged = self._commit(self.tag)
        different = self.different(tagged)
        return f"{self.tag} names {tagged}, whose content is another ({different})" * bool(different)

    def _tag(self) -> None:
        commit = self._commit("main")
        message = f"Release {self.version}"
        self.api.create_tag(self.repo_id, repo_type="dataset", tag=self.tag, revision=commit, tag_message=message)
        if (tagged := self._commit(self.tag)) != commit:
            raise PublishError(f"the tag {self.tag} of {self.repo_id} was made for commit {commit}, and names {tagged}")

    def _stated(self, revision: str) -> dict[str, str]:
        """Return what the hub says that each file is: the sha256 of a large one, the id of the blob of another."""
        from huggingface_hub.hf_api import RepoFile

        entries = self.api.list_repo_tree(self.repo_id, repo_type="dataset", revision=revision, recursive=True)
        files = (entry for entry in entries if isinstance(entry, RepoFile))
        return {file.path: file.lfs.sha256 if file.lfs else file.blob_id for file in files}

    def different(self, commit: str) -> str:
        """Return how a commit differs from the files; empty if it doesn't.

        First what the hub states is compared. Where that is the same, all is fetched into a cache of its own, and
        compared byte for byte.
        """
        stated = self._stated(commit)
        alike = {
            name: content
            for name, content in self.files.items()
            if stated.get(name) in (hashlib.sha256(content).hexdigest(), _blob(content))
        }
        if stated.keys() - {_ATTRIBUTES} != alike.keys() - {_ATTRIBUTES}:
            return _told(self.files, {name: alike.get(name) for name in stated})
        with tempfile.TemporaryDirectory() as cache:
            fetched = self.api.snapshot_download(self.repo_id, repo_type="dataset", revision=commit, cache_dir=cache)
            served = {name: path.read_bytes() for name, path in walk(Path(fetched)).files.items()}
        return _told({name: content for name, content in self.files.items() if name != _ATTRIBUTES}, served)


def _blob(content: bytes) -> str:
    """Return the id that git gives a file."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _told(files: Mapping[str, bytes], there: Mapping[str, bytes | None]) -> str:
    """Return in words how what is there differs from the files."""
    differences = [f"{name} differs" for name in sorted(files) if name in there and there[name] != files[name]]
    differences += [f"{name} is missing there" for name in sorted(files) if name not in there]
    differences += [f"{name} is only there" for name in sorted(there) if name not in files and name != _ATTRIBUTES]
    return ", ".join(differences[:3]) + (f" and {len(differences) - 3} more" if len(differences) > 3 else "")


def require_version(files: Mapping[str, bytes], version: str) -> None:
    """Refuse files whose card isn't of a version in every configuration.

    Raises:
        PublishError: what the card says.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise PublishError(f"{version!r} isn't a version; expected x.y.z, such as 1.0.0")
    try:
        settings = yaml.parse(yaml.head_of(files["README.md"].decode())[0])
    except (KeyError, ValueError) as error:
        raise PublishError(f"README.md: there is no card that can be read: {error}") from error
    configs = settings.get("configs") if isinstance(settings, dict) else None
    if not isinstance(configs, list) or not configs or not all(isinstance(config, dict) for config in configs):
        raise PublishError(f"README.md: the card has no configs; each should have version: {version}")
    for config in configs:
        if (has := str(config.get("version"))) != version:
            raise PublishError(
                f"README.md: config {config.get('config_name')} has version {has}, to be published: {version}"
            )


@contextmanager
def connected(files: Mapping[str, bytes], repo_id: str, version: str, private: bool) -> Iterator[Hub]:
    """Yield the repository on the hub, with the token of the environment; what the client raises is a PublishError."""
    from huggingface_hub import HfApi, constants

    token = os.environ.get("HF_TOKEN", "").strip()
    if not re.fullmatch(r"[!-~]+", token):  # refused here, because the client would show it in its error
        state = "holds characters that no token has" if token else "is not set"
        raise PublishError(f"HF_TOKEN {state}: it should be a token that may write to {repo_id}")
    try:
        yield Hub(HfApi(token=token), repo_id, version, files, private)
    except ReleaseError:
        raise
    except Exception as error:  # what the client raises has no base: httpx's errors, OSError, ValueError, RuntimeError
        raise PublishError(f"{repo_id} at {constants.ENDPOINT}: {_said(error)}") from error


def _said(error: BaseException) -> str:
    """Return an error of the client in words: without addresses, which can be signed."""
    from huggingface_hub.errors import HfHubHTTPError

    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        message = f"the hub answers {status} {error.server_message or error.response.reason_phrase}"
        if status == 412:
            return f"{message}; somebody else has published there in the meantime: look at it, and run again"
        return f"{message}; HF_TOKEN should be a token that may write there" if status in (401, 403) else message
    message = f"{type(error).__name__}: {error}"
    return f"{message} {_said(error.__cause__)}" if isinstance(error.__cause__, HfHubHTTPError) else message
