"""Semantic versions of a corpus, and by how much one must rise for what changed."""

import re
from typing import Literal

Bump = Literal["major", "minor", "patch"]
Version = tuple[int, int, int]

RULE = (
    "PATCH: the same records, serialised otherwise, or only documentation. MINOR: only additions. MAJOR: a record that "
    "was there changed or went, be it by a corrected label. While the version is 0.y.z, MAJOR raises y, and MINOR and "
    "PATCH raise z. A version may rise by more than that, never by less."
)
"""What each part of a version of a dataset means (Croissant 1.1; Semantic Versioning 2.0.0, item 4)."""

_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")


def parse(version: str) -> Version:
    """The numbers of a version ``x.y.z``.

    Raises:
        ValueError: it is none.
    """
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError(
            f"{version!r} is no version; right is x.y.z in digits, as 0.2.0: no v, no suffix, no leading 0"
        )
    major, minor, patch = map(int, found.groups())
    return major, minor, patch


def least(old: Version, bump: Bump | None) -> Version:
    """The least version that may follow ``old`` where ``bump`` is asked for; ``old`` itself where nothing is."""
    x, y, z = old
    if bump is None:
        return old
    if bump == "major":
        return (x + 1, 0, 0) if x else (0, y + 1, 0)
    return (x, y + 1, 0) if bump == "minor" and x else (x, y, z + 1)


def contradiction(old_version: str, new_version: str, bump: Bump | None) -> str | None:
    """Why ``new_version`` can't be the release after ``old_version`` with these changes; None where it can.

    Raises:
        ValueError: one of them is no version.
    """
    needed = least(parse(old_version), bump)
    if parse(new_version) >= needed:
        return None
    right = ".".join(map(str, needed))
    if bump is None:
        return f"{new_version} is below {old_version}; right is {right} or above"
    return (
        f"the changes since {old_version} are {bump.upper()}, and {new_version} is too low; right is {right} or above"
    )
