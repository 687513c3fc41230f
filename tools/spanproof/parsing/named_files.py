"""Files that a stranger's data names: found inside of a folder alone, and read only if they are regular files."""

import os
import stat
from pathlib import Path, PurePosixPath

_MOST = 1 << 30


def is_inside(name: object) -> bool:
    """Say whether a value is a relative path that doesn't climb."""
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def boundary_of(folder: Path) -> Path:
    """Return the folder that links in a folder may lead into: itself; of a snapshot in the Hub's cache, all snapshots.

    A snapshot there is a folder of links to ``blobs`` beside ``snapshots``.
    """
    resolved = folder.resolve()
    return resolved.parents[1] if resolved.parent.name == "snapshots" else resolved


def named_file(folder: Path, name: str, boundary: Path | None = None) -> Path:
    """Return the file that data names by its path from a folder.

    Args:
        folder: where the path begins.
        name: the path, as the data has it.
        boundary: the folder that the file must lie in, after all links; ``folder`` by default, in which case the path
            may not climb at all.

    Raises:
        ValueError: it is absolute, climbs or leads out of the boundary, isn't there, or is no regular file.
    """
    shown = repr(name if len(name) <= 100 else f"{name[:100]}...")
    expected = f"expected the path of a file inside {boundary or folder}"
    limit = boundary.resolve() if boundary else boundary_of(folder)
    # What lies outside isn't even asked for, so that no message tells whether it is there.
    plain = is_inside(name.replace("../", "") if boundary else name)
    path = Path(os.path.normpath(folder.resolve() / name))
    if not plain or not path.is_relative_to(limit):
        raise ValueError(f"{shown} leads out of the folder; {expected}")
    try:
        path = path.resolve(strict=True)
        regular = stat.S_ISREG(path.stat().st_mode)
    except (OSError, RuntimeError) as error:
        raise ValueError(f"{shown}: {getattr(error, 'strerror', None) or 'its links never end'}; {expected}") from None
    if not path.is_relative_to(limit):
        raise ValueError(f"{shown} leads out of the folder; {expected}")
    if not regular:
        raise ValueError(f"{shown} isn't a regular file; {expected}")
    return path


def content_of(path: Path) -> bytes:
    """Return the content of a file that data named.

    Raises:
        ValueError: it can't be read, is no regular file (any more), or has more than a GiB.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST:
                raise ValueError(f"{path.name}: expected a regular file of a GiB at most")
            return file.read()
    except OSError as error:
        raise ValueError(f"{path.name} can't be read: {error.strerror}") from error
