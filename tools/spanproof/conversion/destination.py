"""Where a conversion goes: a format of annotations, or records of a schema; written, read back and compared."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.corpus.records import created
from spanproof.formats.discovery import read
from spanproof.formats.files import replace_file
from spanproof.formats.format import Format
from spanproof.formats.leaf import Leaf, documents_in
from spanproof.formats.leaves import LEAVES, leaf_named
from spanproof.formats.registry import formats
from spanproof.schema.schema import Schema

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Destination:
    """The form of what is written.

    Attributes:
        leaf: the format of annotations; None for records.
        format: the format of the file of records; None for a format of annotations.
        schema: what the records are: of the stand-off schema by default.
    """

    leaf: Leaf | None
    format: Format | None
    schema: Schema

    @property
    def title(self) -> str:
        """What it is, in words."""
        return self.leaf.title if self.leaf else f"{self.format.name if self.format else ''} records"

    def write(self, documents: Sequence[dict[str, Any]], path: Path) -> None:
        """Write documents, whole or not at all, once they were read back from a trial and were the same.

        Args:
            documents: what :func:`spanproof.conversion.convert.converted` gives.
            path: the file, or the folder where the format has one.

        Raises:
            ValueError: the documents can't be written, or don't read back the same; nothing is written then.
            OSError: the file can't be written.
        """
        with tempfile.TemporaryDirectory() as folder:
            trial = Path(folder) / path.name
            try:
                self._write(documents, trial)
            except ValueError as error:
                raise ValueError(str(error).replace(str(trial), str(path))) from error
            if not _are_same(self._read(trial), documents, by_id=trial.is_dir()):
                raise ValueError(f"{path}: what was written doesn't read back the same; nothing is written")
            if [*Path(folder).iterdir()] == [trial] and trial.is_file():
                replace_file(path, _blocks(trial))
                return
        self._write(documents, path)

    def _write(self, documents: Sequence[dict[str, Any]], path: Path) -> None:
        if self.leaf is not None:
            self.leaf.write(documents, path)
        elif self.format is not None:
            lens = self.schema.lens
            records: Iterable[Any] = (created([one], lens) for one in documents) if lens else documents
            self.format.write(path, records, self.schema)

    def read(self, path: Path) -> list[Any]:
        """Return the documents of what was written; those of a folder by their ids.

        Raises:
            ValueError: something of it can't be read.
        """
        return sorted(self._read(path), key=_id) if path.is_dir() else list(self._read(path))

    def _read(self, path: Path) -> Iterator[Any]:
        """Yield the documents of what was written; those of a folder in any order."""
        if self.leaf is None:
            for batch in read(path, self.schema, {}).batches:
                for error in (error for error in batch.errors if not error.repaired):
                    raise ValueError(f"what was written can't be read again: {error.problem}")
                yield from batch.documents()
            return
        files = (file for end in self.leaf.suffixes for file in path.rglob(f"*{end}")) if path.is_dir() else [path]
        for one in (one for file in files for one in documents_in(self.leaf, file)):
            if not isinstance(one, ReadError):
                yield one.document
            elif not one.repaired:
                raise ValueError(f"what was written can't be read again: {one.problem}")


def destination_of(path: Path, name: str | None, schema: Schema | None) -> Destination:
    """Return the form that a path, or a name, says.

    Args:
        path: where it is to be written; its ending says the format where there is no name.
        name: the name of a format.
        schema: what records are to be; stand-off documents by default.

    Raises:
        ValueError: there is no such format, or it holds no records of a schema.
    """
    records = [one for one in formats() if leaf_named(one.name) is None]
    lower = path.name.lower()
    leaf = next((one for one in LEAVES if (one.name == name if name else lower.endswith(one.suffixes))), None)
    form = next((one for one in records if (one.name == name if name else lower.endswith(one.suffixes))), None)
    if leaf is None and form is None:
        ends = [(one.name, one.suffixes) for one in LEAVES] + [(one.name, one.suffixes) for one in records]
        names = ", ".join(f"{known} ({', '.join(suffixes) or 'no ending of its own'})" for known, suffixes in ends)
        there = f"no format is called {name}" if name else f"{path}: no format has this ending; name one with --to"
        raise ValueError(f"{there}; expected one of {names}")
    if leaf is not None and schema is not None:
        names = ", ".join(one.name for one in records)
        raise ValueError(f"{leaf.name} has no schema; expected --as with one of {names}")
    return Destination(leaf, None if leaf else form, schema or Schema.stand_off())


def _blocks(path: Path) -> Iterator[bytes]:
    """Yield the content of a file, of which a part is in memory at a time."""
    with path.open("rb") as file:
        yield from iter(lambda: file.read(_BLOCK), b"")


def _id(document: Any) -> str:
    return str(document["id"])


def _are_same(again: Iterable[Any], documents: Sequence[Any], *, by_id: bool) -> bool:
    """Say whether what was read is what was written, a document at a time.

    Args:
        again: what was read.
        documents: what was written.
        by_id: whether they are in any order, each with an id of its own.
    """
    left = {_id(document): k for k, document in enumerate(documents)} if by_id else {}
    number = 0
    for number, one in enumerate(again, 1):
        k = left.pop(_id(one), len(documents)) if by_id else number - 1
        if k >= len(documents) or _lean(one) != _lean(documents[k]):
            return False
    return number == len(documents)


def _lean(value: Any) -> Any:
    """Return a document without nulls, which are the same as nothing."""
    if isinstance(value, dict):
        return {name: _lean(member) for name, member in value.items() if member is not None}
    return [_lean(item) for item in value] if isinstance(value, list) else value
