"""What a format is: how documents are read from it and written to it, and how a file is replaced as a whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import Batch
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class Format:
    """A format: ``read`` streams a path as batches, ``write`` replaces a path by documents.

    ``read`` gathers what can't be read in the batches' errors; it raises nothing but ``OSError``. ``amend`` is the
    content of a file with changes made to some documents and all else as it was; the documents are named by their line,
    or by their position (from 0) in a format without lines. ``suffixes`` are the endings of the files, ``keeps`` says
    in a line what survives a round trip.
    """

    name: str
    suffixes: tuple[str, ...]
    keeps: str
    read: Callable[[Path, Schema], Iterator[Batch]]
    write: Callable[[Path, Iterable[Any], Schema], None]
    amend: Callable[[Path, Mapping[int, Callable[[Any], Any]], Schema], bytes]
