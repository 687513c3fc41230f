"""The formats of annotations that are known, and each as a format of corpus files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import Batch, ReadError, batch_of
from spanproof.formats import (
    bioc,
    bioc_json,
    brat,
    cas,
    conll,
    conllu,
    delimited,
    docbin,
    label_studio,
    pubtator,
    timeml,
    webanno,
)
from spanproof.formats.amending import Changes, amended, uncorrected
from spanproof.formats.content import opened
from spanproof.formats.format import Format, LineOf
from spanproof.formats.leaf import Leaf, LocatedDocument, documents_in, kept
from spanproof.schema.schema import Schema

LEAVES: tuple[Leaf, ...] = (
    brat.LEAF,
    timeml.LEAF,
    bioc.LEAF,
    bioc_json.LEAF,
    cas.LEAF,
    webanno.LEAF,
    conllu.LEAF,
    docbin.LEAF,
    pubtator.LEAF,
    conll.LEAF,
    delimited.LEAF,
    label_studio.LEAF,
)
_HEAD = 1 << 16
_BATCH = 1 << 22
"""Code points of text after which documents make a batch."""


def leaf_in(path: Path) -> Leaf | None:
    """Return the format of annotations of a file, by what is in it; None for a file of none.

    A file that is empty, or broken at its head, is of the format that its ending says, if that is one of these alone.

    Raises:
        OSError: it can't be read.
    """
    with opened(path) as file:
        head = file.read(_HEAD)
    return next((leaf for leaf in LEAVES if leaf.recognises(head)), None)


def leaf_named(name: str) -> Leaf | None:
    """Return the format of annotations of a name, ``brat``; None without one."""
    return next((leaf for leaf in LEAVES if leaf.name == name), None)


def format_of_leaf(leaf: Leaf) -> Format:
    """Return a format of annotations as one of corpus files, whose documents are stand-off documents."""
    return Format(
        leaf.name,
        leaf.suffixes,
        partial(_read, leaf),
        partial(_write, leaf),
        partial(_amend, leaf),
        partial(_lines, leaf),
        uncorrected=uncorrected(leaf),
    )


def _read(leaf: Leaf, path: Path, schema: Schema) -> Iterator[Batch]:
    read: list[LocatedDocument] = []
    errors: list[ReadError] = []
    size = number = 0

    def batch() -> Batch:
        origin = [(str(path), one.line) for one in read]
        return batch_of([one.document for one in read], schema, origin, tuple(errors))

    for one in documents_in(leaf, path):
        number += 1
        if isinstance(one, ReadError):
            errors.append(one)
        else:
            read.append(one)
            size += len(one.document["text"]) + 1000
        if size > _BATCH:
            yield batch()
            read, errors, size = [], [], 0
    if not number:
        errors.append(ReadError(str(path), None, "the file holds no document"))
    if read or errors:
        yield batch()


def _write(leaf: Leaf, path: Path, documents: Iterable[Any], _: Schema) -> None:
    whole = list(documents)
    decider = Schema.stand_off().judge.decider
    for document in whole:
        if not decider.is_valid(document):
            raise ValueError(f"{path}: {leaf.title} hold stand-off documents; `spanproof convert` makes them of others")
        if losses := kept(document, leaf).losses:
            place = "/".join(map(str, losses[0].path))
            raise ValueError(
                f"{path}: {document['id']}: {place}: {losses[0].reason}; `spanproof convert` lists every loss"
            )
    leaf.write(whole, path)


def _amend(leaf: Leaf, path: Path, changes: Changes, _: Schema) -> bytes:
    return amended(leaf, path, changes)


def _lines(leaf: Leaf, path: Path) -> LineOf:
    """Return what finds the line of a part of a document, given the line where that document begins."""
    read = {one.line: one.lines for one in documents_in(leaf, path) if isinstance(one, LocatedDocument)}

    def line_of(first: int | None, steps: Sequence[str | int]) -> int | None:
        lines = read.get(first, {})
        ends = range(len(steps), 0, -1)
        return next((lines[place] for end in ends if (place := tuple(steps[:end])) in lines), first)

    return line_of


FORMATS: Mapping[str, Format] = {leaf.name: format_of_leaf(leaf) for leaf in LEAVES}
"""Each of them as a format of corpus files, by its name."""
