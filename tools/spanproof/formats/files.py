"""Files replaced whole or not at all."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a temporary file beside it takes its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
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
    if not os.access(path, os.W_OK):
        return "is read-only; expected a file that may be written"
    return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
