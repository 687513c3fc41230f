"""What a command reads and what it writes are different files."""

from collections.abc import Iterable
from pathlib import Path

from spanproof.cli.options import refuse


def demand_apart(reads: Iterable[Path | None], *writes: Path | None) -> None:
    """Refuse to write a file that the same command reads: its content would be gone.

    Args:
        reads: files and folders that are read.
        writes: those that are written; None for one that nobody asked for.
    """
    there = [path for path in reads if path is not None and path.exists()]
    for target in writes:
        if target is not None and target.exists() and any(map(target.samefile, there)):
            refuse(f"{target} is what this command reads; expected another name to write to")
