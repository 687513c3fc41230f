"""The files of a corpus as batches, and as pieces that processes of their own read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from spanproof.corpus.documents import Batch, ReadError, batch_of
from spanproof.corpus.pieces import CorpusPiece
from spanproof.formats.addresses import as_address, is_address
from spanproof.formats.alike import folders_of, in_folder
from spanproof.formats.arrow import saved_files
from spanproof.formats.content import STANDARD_INPUT
from spanproof.formats.folders import READ, files, is_publication, others_in_words, passed_over, publication_of, unread
from spanproof.formats.format import FilePart
from spanproof.formats.other_rows import documents_among, refusal
from spanproof.formats.registry import format_in
from spanproof.parsing.named_files import boundary_of
from spanproof.schema.schema import Schema

_IS_ADDRESS = (
    "is an address, which is fetched by commands that only read (check, score, show, convert, diff, agree); expected "
    "a file or folder: download it first, or send it to `-`, the standard input"
)
_PIECE, _MOST = 1 << 22, 256
"""Bytes from which on a file is pieces of its own; how many smaller ones are one."""


@dataclass(frozen=True)
class Files:
    """The batches of some paths, read anew each time they are iterated; first what could not be read beside them."""

    paths: tuple[Path, ...]
    schema: Schema
    errors: tuple[ReadError, ...] = ()

    def __iter__(self) -> Iterator[Batch]:
        if self.errors:
            yield batch_of([], self.schema, errors=self.errors)
        for source in _all_sources(self.paths, self.schema):
            yield from _batches_in(source, self.schema)

    def __repr__(self) -> str:
        return ", ".join(map(str, self.paths))

    def expected(self) -> int | None:
        """Return about how many documents there are; None where the sizes of the files don't tell, or they are many."""
        if (self.schema.lens is not None and not self.schema.lens.same) or STANDARD_INPUT in self.paths:
            return None
        sources = list(islice(_all_sources(self.paths, self.schema), _MOST + 1))
        numbers = [_number_in(source) for source in sources]
        return None if None in numbers or len(sources) > _MOST else sum(filter(None, numbers))

    def pieces(self) -> Iterator[CorpusPiece]:
        """Yield pieces that other processes can read; one after the other they are the batches of the whole.

        The standard input can't be read by others, so that there are none where it is among the paths.
        """
        if STANDARD_INPUT in self.paths:
            return
        some, size = list[_Source](self.errors), 0
        for source in _all_sources(self.paths, self.schema):
            length = source.stat().st_size if isinstance(source, Path) and source.is_file() else 0
            if length < _PIECE and size < _PIECE and len(some) < _MOST:
                some, size = [*some, source], size + length
                continue
            if some:
                yield _SomeFiles(tuple(some))
            some, size = [], 0
            if isinstance(source, Path) and length >= _PIECE:
                yield from _pieces_of(source, self.schema)
            else:
                some, size = [source], length
        if some:
            yield _SomeFiles(tuple(some))


@dataclass(frozen=True)
class _FileInFolder:
    """A file of a name that a file in another folder has, too, and what its folder is called."""

    file: Path
    folder: str


_Source = Path | _FileInFolder | ReadError
"""What is read: a file, or why it isn't."""


@dataclass(frozen=True)
class _SomeFiles:
    """Files that are read one after another, or why they aren't."""

    sources: "tuple[_Source, ...]"

    def batches(self, schema: Schema) -> Iterator[Batch]:
        for source in self.sources:
            yield from _batches_in(source, schema)


@dataclass(frozen=True)
class _PartOfFile:
    """A part of a file that is known to hold documents."""

    file: Path
    part: FilePart

    def batches(self, schema: Schema) -> Iterator[Batch]:
        known = format_in(self.file, schema)
        assert known is not None
        assert known.parts is not None
        try:
            yield from known.parts.read(self.file, self.part, schema)
        except OSError as error:
            yield _unreadable(self.file, error.strerror or str(error), schema)


def _number_in(source: _Source) -> int | None:
    """Return about how many documents a file has; none where it can't be read, and None where that isn't known."""
    if isinstance(source, ReadError):
        return 0
    try:
        known = format_in(source) if isinstance(source, Path) else None
        return known.parts.number(source) if known and known.parts and isinstance(source, Path) else None
    except OSError:
        return 0


def _pieces_of(file: Path, schema: Schema) -> Iterator[CorpusPiece]:
    """Yield the parts of a file; the whole file where it has one, or where its first rows are no documents."""
    known, begun = format_in(file, schema), False
    try:
        parts = known.parts.divide(file) if known and known.parts else iter(())
        first = list(islice(parts, 2))
        if known is None or len(first) < 2 or _is_refused(known.read(file, schema), schema):
            yield _SomeFiles((file,))
            return
        for part in chain(first, parts):
            begun = True
            yield _PartOfFile(file, part)
    except OSError as error:
        yield _SomeFiles((ReadError(str(file), None, error.strerror or str(error)) if begun else file,))


def _is_refused(batches: Iterator[Batch], schema: Schema) -> bool:
    """Say whether a file has no rows at all, or first ones that are no documents of a schema."""
    first = next((batch for batch in batches if batch.columns.num_rows), None)
    return first is None or bool(refusal(first, schema))


def _all_sources(paths: Sequence[Path], schema: Schema) -> Iterator[_Source]:
    """Yield the files of all paths; of those of one name in several folders the folder, too."""
    sources = [source for path in paths for source in _sources(path, schema)]
    folders = folders_of(source for source in sources if isinstance(source, Path))
    for source in sources:
        yield _FileInFolder(source, folders[source]) if isinstance(source, Path) and source in folders else source


def _sources(path: Path, schema: Schema) -> Iterator[Path | ReadError]:
    """Yield the files of a path, each as it is, or as why it isn't read."""
    members = [file for file in files(path) if file not in registries_in(path, schema)]
    if not path.exists() and path != STANDARD_INPUT:
        if is_address(path):
            yield ReadError(as_address(path), None, _IS_ADDRESS)
        else:
            yield ReadError(str(path), None, "there is no such file or folder")
        return
    if not members:
        there = others_in_words(passed_over(path))
        seen = f"; there are {there}" if there else "; it is empty"
        yield ReadError(str(path), None, f"the folder holds no corpus; expected files of {READ}{seen}")
    named = is_publication(path) or saved_files(path) is not None
    for file in members:
        if named and not file.resolve().is_relative_to(boundary_of(path)):
            yield ReadError(str(file), None, "leads out of the dataset folder; expected data_files inside of it")
        elif named and file.exists() and not file.is_file():
            yield ReadError(str(file), None, "isn't a regular file; expected data_files that are")
        else:
            yield file


def _batches_in(source: _Source, schema: Schema) -> Iterator[Batch]:
    if isinstance(source, _FileInFolder):
        for batch in _batches_in(source.file, schema):
            yield in_folder(batch, source.file, source.folder)
        return
    if isinstance(source, ReadError):
        yield batch_of([], schema, errors=(source,))
        return
    try:
        if (known := format_in(source, schema)) is None:
            yield _unreadable(source, unread(source), schema)
        else:
            yield from documents_among(known.read(source, schema), str(source), schema, _whole(source))
    except OSError as error:
        yield _unreadable(source, error.strerror or str(error), schema)


def registries_in(path: Path, schema: Schema) -> tuple[Path, ...]:
    """Return the files of a folder that are registries of a schema, and so none of its documents."""
    if not path.is_dir():
        return ()
    return tuple(file for name in schema.registries if (file := path / f"{name}.json").is_file())


def _whole(file: Path) -> str:
    """Name the dataset folder that a table, ``data/CONFIGURATION/FILE``, is of; empty where it is of none."""
    folder = publication_of(file)
    return f"the dataset folder {folder}, whose tables are all compared" if folder else ""


def _unreadable(path: Path, problem: str, schema: Schema) -> Batch:
    return batch_of([], schema, errors=(ReadError(str(path), None, problem),))
