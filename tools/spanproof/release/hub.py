"""The journey to the hub: a dataset folder becomes a tagged version on Hugging Face, fetched back and compared."""

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

if TYPE_CHECKING:
    from huggingface_hub import HfApi


class PublishError(Exception):
    """The version is not published; the message says why. What is repaired is published by another run."""


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
    folder: str | Path,
    repo_id: str,
    *,
    version: str,
    private: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Published:
    """Publish a dataset folder as the version of a dataset repository; do nothing if it stands there already.

    The repository becomes the folder: files that the folder no longer has are deleted. What the hub then serves is
    fetched into a new cache and compared byte for byte, and only then tagged ``v{version}``. A version that exists with
    other content is never changed. The token is read from ``HF_TOKEN``.

    Args:
        folder: the dataset, with its card; the card's configurations must all have this version.
        repo_id: ``organisation/name``; created if it doesn't exist.
        version: ``x.y.z``.
        private: create a private repository; refused if the repository exists and is public.
        progress: called with each step, in words.

    Raises:
        PublishError: the folder holds a hidden file or a link, is not of this version, the tag exists with other
            content, the hub can't be reached, refuses, or serves other bytes. Nothing is tagged then, unless the
            message says so.
    """
    folder = Path(folder)
    _require_plain(folder)
    files = _files(folder)
    _require_version(folder, version)
    tag = f"v{version}"
    tell = progress or _silently
    with _client(repo_id) as api:
        api.create_repo(repo_id, repo_type="dataset", private=private, exist_ok=True)
        if private and not api.dataset_info(repo_id).private:
            raise PublishError(f"{repo_id} exists and is public; to be published was a private dataset")
        if any(ref.name == tag for ref in api.list_repo_refs(repo_id, repo_type="dataset").tags):
            tell(f"{tag} exists: comparing what {repo_id} serves")
            commit = _commit(api, repo_id, tag)
            if different := _differences(files, api, repo_id, commit):
                raise PublishError(
                    f"{tag} of {repo_id} exists with other content ({different}); a published version "
                    "is not changed: publish this folder as a new version"
                )
            tell(f"{tag} of {repo_id} is there already, the same in every byte: nothing to do")
            return Published(repo_id, version, tag, commit, files, new=False)
        tell(f"uploading {len(files)} files to {repo_id}")
        commit = _uploaded(folder, api, repo_id, version)
        tell(f"fetching back what {repo_id} serves")
        if different := _differences(files, api, repo_id, commit):
            raise PublishError(f"{repo_id} serves something else than was uploaded ({different}); it is not tagged")
        api.create_tag(repo_id, repo_type="dataset", tag=tag, revision=commit, tag_message=f"Release {version}")
        if (tagged := _commit(api, repo_id, tag)) != commit:
            raise PublishError(f"the tag {tag} of {repo_id} was made for commit {commit}, and names {tagged}")
    tell(f"{tag} of {repo_id} is published and proved")
    return Published(repo_id, version, tag, commit, files, new=True)


def _silently(step: str) -> None:
    """Return the progress that nobody follows."""


def _uploaded(folder: Path, api: "HfApi", repo_id: str, version: str) -> str:
    """Return the commit that makes the repository the folder: without delete_patterns, dropped files would stay."""
    message = f"Release {version}"
    info = api.upload_folder(
        repo_id=repo_id, repo_type="dataset", folder_path=folder, commit_message=message, delete_patterns=["*"]
    )
    return str(info.oid)


def _files(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file in a folder, by its path there."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _require_plain(folder: Path) -> None:
    """Refuse a folder with what no build makes and what may be a secret: a hidden file, a link, a device.

    The Hub's own ``.gitattributes`` may be there.

    Raises:
        PublishError: there is such a file, which would be on the Hub for everyone.
    """
    for path in sorted(folder.rglob("*")):
        plain = path.is_file() or path.is_dir()
        if path.is_symlink() or not plain or (path.name.startswith(".") and path != folder / ".gitattributes"):
            what = "a link" if path.is_symlink() else "hidden" if plain else "no regular file"
            raise PublishError(f"{path} is {what}; expected nothing but the files of a build; nothing is published")


def _require_version(folder: Path, version: str) -> None:
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise PublishError(f"{version!r} is no version; right would be x.y.z, as 1.0.0")
    card = folder / "README.md"
    try:
        settings = yaml.parse(yaml.head_of(card.read_text("utf-8"))[0])
    except (OSError, ValueError) as error:
        raise PublishError(f"{card}: there is no card that can be read: {error}") from error
    configs = settings.get("configs") if isinstance(settings, dict) else None
    if not isinstance(configs, list) or not configs or not all(isinstance(config, dict) for config in configs):
        raise PublishError(f"{card}: the card has no configs; each should have version: {version}")
    for config in configs:
        if (has := str(config.get("version"))) != version:
            raise PublishError(
                f"{card}: config {config.get('config_name')} has version {has}, to be published: {version}"
            )


@contextmanager
def _client(repo_id: str) -> Iterator["HfApi"]:
    """Yield the client, with the token of the environment; whatever it raises is a PublishError."""
    from huggingface_hub import HfApi, constants

    token = os.environ.get("HF_TOKEN", "").strip()
    if not re.fullmatch(r"[!-~]+", token):  # refused here, because the client would show it in its error
        state = "holds characters that no token has" if token else "is not set"
        raise PublishError(f"HF_TOKEN {state}: it should be a token that may write to {repo_id}")
    try:
        yield HfApi(token=token)
    except PublishError:
        raise
    except Exception as error:  # what the client raises has no base: httpx's errors, OSError, ValueError, RuntimeError
        raise PublishError(f"{repo_id} at {constants.ENDPOINT}: {_said(error)}") from error


def _said(error: BaseException) -> str:
    """Return an error of the client in words: without addresses, which can be signed."""
    from huggingface_hub.errors import HfHubHTTPError

    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        message = f"the hub answers {status} {error.server_message or error.response.reason_phrase}"
        return f"{message}; HF_TOKEN should be a token that may write there" if status in (401, 403) else message
    message = f"{type(error).__name__}: {error}"
    return f"{message} {_said(error.__cause__)}" if isinstance(error.__cause__, HfHubHTTPError) else message


def _commit(api: "HfApi", repo_id: str, revision: str) -> str:
    return str(api.dataset_info(repo_id, revision=revision).sha)


def _differences(files: Mapping[str, str], api: "HfApi", repo_id: str, commit: str) -> str:
    """How a commit, fetched into a cache of its own, differs from the files; empty if it doesn't."""
    with tempfile.TemporaryDirectory() as cache:
        fetched = api.snapshot_download(repo_id, repo_type="dataset", revision=commit, cache_dir=cache)
        served = _files(Path(fetched))
    if ".gitattributes" not in files:
        served.pop(".gitattributes", None)  # the hub's own
    differences = [f"{name} differs" for name in files if name in served and served[name] != files[name]]
    differences += [f"{name} is missing there" for name in files if name not in served]
    differences += [f"{name} is there alone" for name in served if name not in files]
    return ", ".join(differences[:3]) + (f" and {len(differences) - 3} more" if len(differences) > 3 else "")
