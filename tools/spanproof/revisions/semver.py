"""Semantic versions of a corpus, and by how much one must rise for what changed."""

import re
from typing import Literal

Bump = Literal["major", "minor", "patch"]
Version = tuple[int, int, int]

RULE = (
    "PATCH: no row changed; descriptions may have. MINOR: rows were added and no old row changed, so whoever selects "
    "the old rows has the old release. MAJOR: an old row changed or is gone. An added annotation changes the row of "
    "its document, and every score on it, so it is MAJOR. While the version is 0.y.z, MAJOR raises y, and MINOR and "
    "PATCH raise z. A version may rise by more than that, never by less."
)
"""What each part of a version of a dataset means (after Croissant 1.1; Semantic Versioning 2.0.0, item 4)."""

_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")


def parse(version: str) -> Version:
    """Return the numbers of a version ``x.y.z``.

    Raises:
        ValueError: it is none.
    """
    match = _VERSION.fullmatch(version)
    if match is None:
        raise ValueError(
            f"{version!r} isn't a version; expected x.y.z in digits, as 0.2.0: no v, no suffix, no leading 0"
        )
    major, minor, patch = map(int, match.groups())
    return major, minor, patch


def least(old: Version, bump: Bump | None) -> Version:
    """Return the least version that may follow ``old`` where ``bump`` is asked for; ``old`` itself where nothing is."""
    x, y, z = old
    if bump is None:
        return old
    if bump == "major":
        return (x + 1, 0, 0) if x else (0, y + 1, 0)
    return (x, y + 1, 0) if bump == "minor" and x else (x, y, z + 1)


def contradiction(old_version: str, new_version: str, bump: Bump | None) -> str | None:
    """Return why a version can't be that of the release after another one; None where it can.

    Args:
        old_version: of the release before.
        new_version: of the release.
        bump: what the changes between them ask for.

    Raises:
        ValueError: one of them is no version.
    """
    needed = least(parse(old_version), bump)
    if parse(new_version) >= needed:
        return None
    right = ".".join(map(str, needed))
    if bump is None:
        return f"{new_version} is below {old_version}; expected {right} or above"
    return (
        f"the changes since {old_version} are {bump.upper()}, and {new_version} is too low; expected {right} or above"
    )
