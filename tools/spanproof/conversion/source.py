"""What a conversion reads: a corpus, tasks of Label Studio as their regions, and what of its files isn't read."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from spanproof.conversion.convert import is_stand_off
from spanproof.conversion.ledger import LedgerRow
from spanproof.corpus.documents import Batch, Corpus
from spanproof.formats.content import STANDARD_INPUT
from spanproof.formats.discovery import read
from spanproof.formats.folders import files
from spanproof.formats.label_studio import LEAF as _TASKS
from spanproof.formats.leaf import Leaf
from spanproof.formats.leaves import FORMATS, leaf_in, leaf_named
from spanproof.formats.registry import format_in
from spanproof.schema.schema import Schema

_ONE_OF_SEVERAL = re.compile(r"(annotations|predictions)\.\d+\.")
"""How the layers of a task begin that has several sets of results."""


def source_of(path: Path, schema: Schema) -> Corpus:
    """Return a corpus that is to be converted or scored: tasks of Label Studio as regions with labels and relations.

    A check reads tasks as the records that they are, so that it can name and mend their members; which of these make a
    labelled span is known of the format alone.

    Args:
        path: a file, or a folder of them.
        schema: the schema that was stated for it, or that of what it is taken for.
    """
    there = files(path)
    if (schema.guess or is_stand_off(schema)) and there and all(_leaf_of(file) is _TASKS for file in there):
        return Corpus(Schema.stand_off(), _Tasks(tuple(there)))
    return read(path, schema)


def side_at(path: Path, schema: Schema, load: Callable[[Corpus], Corpus] = Corpus.load) -> Corpus:
    """Return the corpus in a file or folder as it is compared with another: see :func:`source_of`.

    Args:
        path: where it is.
        schema: that which was stated for it, or that of what it is taken for.
        load: brings it into memory.

    Raises:
        ValueError: a task of Label Studio has several sets of results.
    """
    corpus = load(source_of(path, schema))
    for document in corpus.documents() if is_stand_off(corpus.schema) else ():
        if not isinstance(document, Mapping):
            continue  # the check of it says what it is
        layers = [span.get("layer") for span in document.get("spans") or () if isinstance(span, Mapping)]
        if any(isinstance(layer, str) and _ONE_OF_SEVERAL.match(layer) for layer in layers):
            raise ValueError(
                f"{path}: task {document.get('id')!r} has several sets of results; expected one, so that it is known "
                "which is meant"
            )
    return corpus


@dataclass(frozen=True)
class _Tasks:
    """The batches of files of tasks, as stand-off documents."""

    files: tuple[Path, ...]

    def __iter__(self) -> Iterator[Batch]:
        for file in self.files:
            yield from FORMATS[_TASKS.name].read(file, Schema.stand_off())


def _leaf_of(file: Path, schema: Schema | None = None) -> Leaf | None:
    """Return the format of annotations of a file; None where it is of none."""
    known = format_in(file, schema)
    leaf = leaf_named(known.name) if known else None
    return leaf or (leaf_in(file) if known and known.name == "article" else None)


def unread_of(source: Path, schema: Schema) -> tuple[list[LedgerRow], list[str]]:
    """Return what of the files of a source isn't read, so that no target can have it.

    Args:
        source: a file, or a folder of them.
        schema: what its documents are.

    Returns:
        A row for each thing that is known to be there, and a sentence for each format of which nobody has looked.
    """
    rows, notes = [], dict[str, None]()
    for file in files(source):
        leaf = _leaf_of(file, schema)
        if leaf is None or not leaf.unread:
            continue
        if leaf.unread_in is None or file == STANDARD_INPUT:
            notes[f"ignored in {leaf.title}: {leaf.unread}"] = None
            continue
        why = f"it isn't read of {leaf.title}"
        rows += [LedgerRow(file.name, "metadata", name, why) for name in leaf.unread_in(file)]
    return rows, list(notes)
