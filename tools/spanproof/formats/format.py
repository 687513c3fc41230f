"""What a format is: how documents are read from its files, written to them, and changed in them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import Batch, ReadError
from spanproof.schema.schema import Schema

LineOf = Callable[[int | None, Sequence[str | int]], int | None]
"""The line of a document (None where a file is one) and a path in it, to the line of what is there; None if unknown."""


@dataclass(frozen=True)
class FilePart:
    """A part of a file that can be read by itself.

    Attributes:
        first: the number (from 1) of its first line or row.
        start: where it begins: a byte, or a row group.
        stop: the byte or row group after it.
        errors: what can't be read of the parts before it, known at their end alone.
        content: what it holds, unpacked, where the file is packed: it can only be unpacked from its beginning.
    """

    first: int
    start: int
    stop: int
    errors: tuple[ReadError, ...] = ()
    content: bytes | None = None


@dataclass(frozen=True)
class FileParts:
    """How a format reads a file in parts. One after the other they are the batches of the whole.

    Attributes:
        divide: yields the parts of a file, while it looks for them; none where it can only be read as a whole. It
            raises nothing but ``OSError``.
        read: yields the batches of a part.
        number: about how many documents a file has, by its size; None where that doesn't tell.
    """

    divide: Callable[[Path], Iterator[FilePart]]
    read: Callable[[Path, FilePart, Schema], Iterator[Batch]]
    number: Callable[[Path], int | None]


@dataclass(frozen=True)
class Format:
    """A format of corpus files.

    A package offers one of its own as an entry point of the group ``spanproof.formats``.

    Attributes:
        name: the short name, ``jsonl``.
        suffixes: how its files end, in lower case: ``(".jsonl", ".ndjson")``.
        read: yields the batches of a file under a schema. What can't be read stands in the batches' errors; it raises
            nothing but ``OSError``.
        write: replaces a file by documents, whole or not at all.
        amend: returns the content of a file with changes made to some documents and all else as it was. The documents
            are named by their line or row (from 1), or by their position (from 0) in a format without them.
        lines: opens a file and returns what finds the line (from 1) that holds the object at a path of a document,
            given the line of the document; None for a format in which a document has one line, or no lines.
        lined: whether a document is one line, and nothing on it depends on other lines.
        rows: whether the numbers of documents in their file are those of rows, not of lines.
        parts: how several processes read one file; None where one has to read all of it.
        uncorrected: why no correction is written into its files, in words; empty where they are written. Where it says
            something, ``amend`` raises ``ValueError``.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[Path, Schema], Iterator[Batch]]
    write: Callable[[Path, Iterable[Any], Schema], None]
    amend: Callable[[Path, Mapping[int, Callable[[Any], Any]], Schema], bytes]
    lines: Callable[[Path], LineOf] | None = None
    lined: bool = False
    rows: bool = False
    parts: FileParts | None = None
    uncorrected: str = ""
