"""Files replaced whole or not at all."""

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from spanproof.formats.addresses import is_address

_UNFINISHED = ".unfinished"
"""The end of the name of a file that is being written; one that a killed process left has it still."""


def replace_file(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file whole or not at all: a temporary file beside it takes its place.

    What is no file but a device or a pipe (``/dev/null``, ``/dev/stdout``) is written into.

    Args:
        path: the file.
        content: its content, or the parts of it, of which one is in memory at a time.

    Raises:
        OSError: it can't be written; the error names this file, not the temporary one.
    """
    if is_address(path):
        raise OSError(errno.EINVAL, "is an address; expected a file or folder on this machine", str(path))
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as device:
                device.writelines((content,) if isinstance(content, bytes) else content)
        else:
            _replace(path, content)
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def is_unfinished(path: Path) -> bool:
    """Say whether a file is what an interrupted :func:`replace_file` left."""
    return path.name.startswith(".") and path.name.endswith(_UNFINISHED)


def _replace(path: Path, content: bytes | Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines((content,) if isinstance(content, bytes) else content)
        mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        if path.exists() and hasattr(os, "chown"):
            with contextlib.suppress(PermissionError):
                os.chown(name, path.stat().st_uid, path.stat().st_gid)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def irreplaceable(path: Path) -> str | None:
    """Say why a file isn't to be replaced by a corrected one; None if it may be.

    A new file in the place of a link would leave what is linked as it was. A file that the system doesn't let us write
    is meant to stay, though its folder would let us replace it.
    """
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return f"is a symbolic link; expected a file, such as {path.resolve()}"
    if status.st_nlink > 1:
        return f"has {status.st_nlink} names (hard links); expected a file of one name"
    if not os.access(path, os.W_OK):  # what an administrator may write isn't read-only to them, whatever its mode
        return "is read-only; expected a file that may be written"
    return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
