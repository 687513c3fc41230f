"""Files of models: where they are on this machine, a digest of them, and the tags that stand in them."""

import hashlib
import pickletools
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import regex

from spanproof.systems.labels import ontonotes_label

_HUB_NAME = regex.compile(r"[\w-][\w.-]*(?:/[\w.-]+)?")


def model_path(model: str) -> Path:
    """Return the file or folder of a model that is on this machine; nothing is downloaded.

    Args:
        model: a path, or ``NAME`` or ``NAME@REVISION`` of the Hugging Face Hub, looked up in its cache.

    Raises:
        ValueError: it is neither; the message has the command that downloads it.
    """
    if Path(model).exists():
        return Path(model)
    from huggingface_hub import snapshot_download

    name, _, revision = model.partition("@")
    try:
        return Path(snapshot_download(name, revision=revision or None, local_files_only=True))
    except (OSError, ValueError):
        if not _HUB_NAME.fullmatch(name):
            raise ValueError("no file or folder, and no name of the Hub") from None
        command = f"hf download {name}{f' --revision {revision}' if revision else ''}"
        raise ValueError(f"no file or folder, and no model of the Hub that is on this machine: {command}") from None


def digest(path: Path) -> str:
    """Return eight hexadecimal digits of the names and bytes of a model's files, so that two models are never mixed up.

    Hidden files and ``__pycache__`` don't count.
    """
    total = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else (path,):
        hidden = any(part.startswith(".") or part == "__pycache__" for part in file.relative_to(path).parts)
        if file.is_file() and not hidden:
            total.update(f"{file.relative_to(path).as_posix()}\0{_content(file)}\0".encode())
    return total.hexdigest()[:8]


def _content(path: Path) -> str:
    if path.is_symlink() and path.resolve().parent.name == "blobs":
        return path.resolve().name  # The cache of the Hub names files by their hash, so they needn't be read.
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def saved_tags(path: Path) -> set[str]:
    """Return the tags of names (``B-PER``, ``S-PER``) in a file that torch saved; no code in the file is run.

    Raises:
        ValueError: torch didn't save it.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                name = next(name for name in archive.namelist() if name.endswith("data.pkl"))
                with archive.open(name) as file:
                    return set(_tags(file))
        with path.open("rb") as file:  # Before torch 1.6: three pickles, then that of the content.
            return {tag for _ in range(4) for tag in _tags(file)}
    except (ValueError, StopIteration, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} isn't a file that torch saved: {error}") from None


def _tags(file: IO[bytes]) -> Iterator[str]:
    """Yield the tags among the strings of the next pickle in a file."""
    for _, argument, _ in pickletools.genops(file):
        text = argument.decode("utf-8", "replace") if isinstance(argument, bytes) else argument
        if isinstance(text, str) and text[:2] in ("B-", "S-") and ontonotes_label(text[2:]):
            yield text
