"""The formats that are known: ours, and those that other packages offer as entry points of ``spanproof.formats``.

An entry point names a :class:`spanproof.formats.format.Format`::

    [project.entry-points."spanproof.formats"]
    my-format = "my_package.lines:FORMAT"
"""

import functools
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from spanproof.corpus.plugins import PluginError, offered
from spanproof.formats import arrow, article, jsonl, parquet
from spanproof.formats.format import Format

GROUP = "spanproof.formats"
OURS: tuple[Format, ...] = (article.FORMAT, jsonl.FORMAT, parquet.FORMAT, arrow.FORMAT)


def with_offered(points: Iterable[EntryPoint]) -> tuple[Format, ...]:
    """Return our formats and those of entry points.

    Args:
        points: entry points, each of which names a :class:`spanproof.formats.format.Format`.

    Raises:
        PluginError: an entry point can't be used, or its format takes a name or suffix that is taken.
    """
    formats = list(OURS)
    for where, format_ in offered(points, Format):
        for known in formats:
            if known.name == format_.name or set(known.suffixes) & set(format_.suffixes):
                raise PluginError(f"{where}: the format {known.name} has this name or suffix already")
        formats.append(format_)
    return tuple(formats)


@functools.cache
def formats() -> tuple[Format, ...]:
    """Return every known format.

    Raises:
        PluginError: an installed package offers something that is no usable format.
    """
    return with_offered(entry_points(group=GROUP))


def format_of(path: Path) -> Format | None:
    """Return the format of a file by how its name ends; None where no format has such files."""
    return next((known for known in formats() if path.name.lower().endswith(known.suffixes)), None)


def endings() -> str:
    """Name how the files of all formats end: ``.json, .jsonl``."""
    return ", ".join(suffix for known in formats() for suffix in known.suffixes)
