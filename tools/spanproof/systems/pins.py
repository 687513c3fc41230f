"""Pinned requirements with their hashes, and how far an installer of them is."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from spanproof.systems import process

_PINS = Path(__file__).with_name("pins.txt")
_PINNED = re.compile(r"^\S+==.*(?:\n[ \t]+--hash.*)+", re.M)
"""A pinned requirement with the lines of its hashes."""
_REPORTING = 10
"""Seconds between two reports of an installation."""


def pinned(*requirements: str) -> list[str]:
    """Return those of requirements that are pinned with their hashes in our list, as pip reads them."""
    known = {entry.split(" ")[0]: entry for entry in _PINNED.findall(_PINS.read_text("utf-8"))}
    return [known[requirement] for requirement in requirements if requirement in known]


def progress(log: IO[bytes], report: Callable[[str], None], pins: Path | None) -> Callable[[], None]:
    """Return what reports, every some seconds, how many distributions an installer has come to."""
    total = len(_PINNED.findall(pins.read_text("utf-8"))) if pins else 0
    last = time.monotonic()

    def glance() -> None:
        nonlocal last
        if time.monotonic() - last < _REPORTING:
            return
        last = time.monotonic()
        lines = process.messages(log)
        begun = sum(line.startswith(("Collecting ", "Processing ")) for line in lines)
        unpacking = any(line.startswith("Installing collected") for line in lines)
        of = f" of {total}" if total else ""
        report("unpacking what was downloaded" if unpacking else f"{begun}{of} packages downloaded")

    return glance
