"""What other packages offer: rules, formats and systems, each as an entry point of a group."""

import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")


class PluginError(ValueError):
    """An entry point that can't be used: which, and why."""


def points_of(group: str) -> "Iterable[EntryPoint]":
    """Return the entry points of a group that installed packages have.

    The standard library is asked only where a package may have one: its import alone takes longer than most checks.
    """
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")]
    if finders == [PathFinder] and not any(_may_offer(Path(place), group) for place in sys.path):
        return ()
    from importlib.metadata import entry_points

    return entry_points(group=group)


def _may_offer(place: Path, group: str) -> bool:
    """Say whether a place that Python imports from may hold a package with entry points of a group."""
    if not place.is_dir():
        return place.exists()  # an archive
    try:
        about = [folder for folder in place.iterdir() if folder.name.lower().endswith((".dist-info", "egg-info"))]
        files = [folder / "entry_points.txt" for folder in about]
        return any(file.is_file() and group.encode() in file.read_bytes() for file in files)
    except OSError:
        return True


def offered(points: "Iterable[EntryPoint]", kind: type[T]) -> Iterator[tuple[str, T]]:
    """Yield what entry points name, in the order of their names, each with words that say which entry point it was.

    Args:
        points: the entry points of one group.
        kind: what each must name an instance of.

    Raises:
        PluginError: an entry point can't be loaded, or names something else. It isn't passed over: a check without a
            rule that was asked for would say too little.
    """
    for point in sorted(points, key=lambda point: (point.name, point.value)):
        where = f"entry point {point.name} = {point.value} of {point.group}"
        try:
            value = point.load()
        except Exception as error:  # what a stranger's module raises on import is anything
            raise PluginError(f"{where}: {type(error).__name__}: {error}") from error
        if not isinstance(value, kind):
            raise PluginError(f"{where}: {type(value).__name__}; expected a {kind.__name__}")
        yield where, value
