"""THE BORDER: documents to columns and back, losslessly, whatever is wrong with them.

A corpus is a sequence of batches. A batch holds the columns that the schema derives, a row a document. A document that
doesn't fit them (an offset that is a string, an unlisted member) is a row all the same, with nulls where it doesn't
fit, and is kept whole in ``raw``. Nothing here judges.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from spanproof.arrays import to_arrow
from spanproof.corpus.conforming import conform, in_columns, unlisted
from spanproof.corpus.plain_rows import plain_rows
from spanproof.corpus.records import WrittenRecord
from spanproof.corpus.unread import Unread, UnreadRecords
from spanproof.corpus.waivers import Waiver
from spanproof.schema.lens import Lens
from spanproof.schema.node import Node
from spanproof.schema.paths import Path as DocumentPath
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class ReadError:
    """What can't be read: file, line (from 1), what is wrong; ``repaired`` if it was read as what it must mean."""

    path: str
    line: int | None
    problem: str
    repaired: bool = False


@dataclass(frozen=True)
class Batch:
    """Some documents as columns, and where each came from.

    ``origin[row]`` is (file, line or row of it from 1, or None), ``raw[row]`` the document of a row that columns can't
    hold. Of rows ``unlisted`` they hold all but members that no schema lists or forbids, whose types are
    ``unlisted_types``. Where documents are written in another shape, ``records`` are what the file holds, and
    ``within[row]`` says in which of them the document of a row is, and as which of its documents. The file is
    ``listed`` if it is one list, and nothing but the place in it tells its documents apart.
    """

    columns: pa.RecordBatch
    origin: Sequence[tuple[str | None, int | None]]
    raw: Mapping[int, Any] = field(default_factory=dict)
    errors: tuple[ReadError, ...] = ()
    unlisted: Collection[int] = ()
    unlisted_types: Sequence[tuple[Node, pa.DataType]] = ()
    records: Sequence[WrittenRecord] = ()
    within: Sequence[tuple[int, int]] = ()
    listed: bool = False

    def written_path(self, row: int, path: DocumentPath) -> DocumentPath:
        """Return the path in its record at which something of a document is written; the path itself without shape."""
        if not self.within:
            return path
        record, number = self.within[row]
        return self.records[record].path(number, path)

    def offsets_in_words(self, row: int, path: DocumentPath) -> str:
        """Return the offsets of a span, by its canonical path, as its record has them; empty for canonical ones."""
        if not self.within:
            return ""
        record, number = self.within[row]
        return self.records[record].readings[number].in_words(path)

    def changed(self, documents: Mapping[int, Any]) -> Iterator[tuple[int, Any]]:
        """Yield the records that hold changed documents, given by row, with their numbers; none for canonical ones.

        Raises:
            ShapeError: a document can't be said in the shape of its record.
        """
        if not self.within:
            return
        of_record: dict[int, dict[int, Any]] = {}
        for row, changed in documents.items():
            record, number = self.within[row]
            of_record.setdefault(record, {})[number] = changed
        for record, changes in sorted(of_record.items()):
            yield record, self.records[record].put(changes)

    def with_changes(self, documents: Mapping[int, Any], schema: Schema) -> "Batch":
        """Return the batch with changed documents in their rows; records stay in their own shape.

        Args:
            documents: the canonical documents that change, by their row.
            schema: what a document is.

        Raises:
            ShapeError: a document can't be said in the shape of its record.
        """
        if not self.within:
            every = [documents.get(row, document) for row, document in enumerate(self.documents())]
            return batch_of(every, schema, self.origin, self.errors)
        changed = dict(self.changed(documents))
        records = [changed.get(k, record.written) for k, record in enumerate(self.records)]
        origin = {record: origin for (record, _), origin in zip(self.within, self.origin, strict=True)}
        return batch_of(records, schema, [origin.get(k, (None, None)) for k in range(len(records))], self.errors)

    def document(self, row: int) -> Any:
        """Return one document as it was read."""
        return self.raw[row] if row in self.raw else self.columns.slice(row, 1).to_pylist()[0]

    def some(self, rows: Sequence[int]) -> dict[int, Any]:
        """Return some documents as they were read, by their row."""
        columns = self.columns.take(to_arrow(np.array(rows, np.int64))).to_pylist()
        return {row: self.raw.get(row, document) for row, document in zip(rows, columns, strict=True)}

    def documents(self) -> Iterator[Any]:
        """Yield all documents as they were read."""
        yield from (self.raw.get(row, document) for row, document in enumerate(plain_rows(self.columns)))


@dataclass(frozen=True)
class Corpus:
    """Documents under one schema, with everything that a check of them needs.

    Attributes:
        schema: what a document is.
        batches: the documents, some at a time. They can be iterated again and again; those of a corpus that
            :func:`spanproof.read` opened are read from their files each time, so that memory doesn't grow with it.
        registries: what references point into: name of the registry to key to entry.
        waivers: findings that are right as they are.
        publications: those of the folders it was opened from that are a dataset with a card.
        registry_files: the registries that were looked for, by name, each with the file of every entry that has one.
        partial: whether documents of the corpus weren't asked for: what isn't here may be there all the same.
    """

    schema: Schema
    batches: Iterable[Batch]
    registries: Registries = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    publications: tuple[Path, ...] = ()
    registry_files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    partial: bool = False

    @classmethod
    def of(
        cls,
        documents: Iterable[Any],
        schema: Schema | None = None,
        registries: Registries | None = None,
        waivers: Iterable[Waiver] = (),
    ) -> "Corpus":
        """Return a corpus of documents in memory.

        Args:
            documents: the documents, as ``json.loads`` gives them.
            schema: what a document is; the annotated article by default.
            registries: name of the registry to key to entry.
            waivers: findings that are right as they are.
        """
        schema = schema or Schema.article()
        batch = batch_of(list(documents), schema)
        asked: dict[str, dict[str, str]] = {} if registries is None else {name: {} for name in schema.registries}
        return cls(schema, (batch,), registries or MappingProxyType({}), tuple(waivers), registry_files=asked)

    def load(self) -> "Corpus":
        """Return the same corpus with its documents in memory, for several passes over them."""
        return self if isinstance(self.batches, tuple) else replace(self, batches=tuple(self.batches))

    @property
    def errors(self) -> tuple[ReadError, ...]:
        """What could not be read."""
        return tuple(error for batch in self.batches for error in batch.errors if not error.repaired)

    @property
    def table(self) -> pa.Table:
        """The corpus as one Arrow table, a row a document."""
        return pa.Table.from_batches([batch.columns for batch in self.batches], self.schema.arrow)

    def documents(self) -> Iterator[Any]:
        """Yield all documents in order, as they were read."""
        for batch in self.batches:
            yield from batch.documents()

    def records(self) -> Iterator[Any]:
        """Yield what the files hold, in order: the documents, or the records that hold them in another shape."""
        for batch in self.batches:
            yield from (record.written for record in batch.records) if batch.records else batch.documents()

    def __len__(self) -> int:
        """Count the documents."""
        return sum(batch.columns.num_rows for batch in self.batches)

    def __repr__(self) -> str:
        """Return one line: how many documents are in memory, or where they are read from."""
        documents = f"of {len(self):,} documents" if isinstance(self.batches, tuple) else f"in {self.batches!r}"
        return f"<Corpus {documents}, {self.schema!r}>"


def demand_corpus(value: Any) -> Corpus:
    """Return the value if it is a corpus.

    Raises:
        TypeError: it is something else; the message says how to make a corpus of it.
    """
    if isinstance(value, Corpus):
        return value
    shown = repr(value) if len(repr(value)) <= 40 else type(value).__name__
    if isinstance(value, str | Path):
        raise TypeError(f"expected a Corpus, got the path {shown}; spanproof.read({str(value)!r}) opens it")
    raise TypeError(f"expected a Corpus, got {shown}; spanproof.Corpus.of(documents, schema) makes one of documents")


def demand_readable(corpus: Corpus) -> Corpus:
    """Return a corpus of which everything could be read.

    Raises:
        ValueError: something couldn't be read; the message names the first file, line and problem.
    """
    for error in corpus.errors:
        raise ValueError(f"{error.path}{'' if error.line is None else f':{error.line}'}: {error.problem}")
    return corpus


def batch_of(
    documents: Sequence[Any],
    schema: Schema,
    origin: Sequence[tuple[str | None, int | None]] | None = None,
    errors: tuple[ReadError, ...] = (),
) -> Batch:
    """Return documents as one batch of columns; those that don't fit are kept raw as well.

    Args:
        documents: the documents, or the records that hold them in the shape that the schema's lens says.
        schema: what a document is.
        origin: file and line of each.
        errors: what couldn't be read beside them.
    """
    if schema.lens is not None and documents:
        return _batch_of_records(documents, schema, schema.lens, origin or [(None, None)] * len(documents), errors)
    columns, raw = in_columns(documents, schema)
    return Batch(columns, origin or [(None, None)] * len(documents), raw, errors)


def _batch_of_records(
    written: Sequence[Any],
    schema: Schema,
    lens: Lens,
    origin: Sequence[tuple[str | None, int | None]],
    errors: tuple[ReadError, ...],
) -> Batch:
    """Return the documents in records as one batch; a record without any is one that can't be read."""
    records = [WrittenRecord.of(record, lens) for record in written]
    within = [(k, number) for k, record in enumerate(records) for number in range(len(record.places))]
    documents = [document for record in records for document in record.documents]
    where = "/" + "/".join(lens.documents)
    empty = tuple(
        ReadError(file or "(memory)", line, f"no document at {where} of the record; expected at least one")
        for record, (file, line) in zip(records, origin, strict=True)
        if not record.places
    )
    batch = batch_of(documents, schema.canonical, [origin[k] for k, _ in within], (*errors, *empty))
    return replace(batch, records=records, within=within)


def batch_of_columns(
    columns: pa.RecordBatch,
    schema: Schema,
    origin: Sequence[tuple[str | None, int | None]],
    document: Callable[[int], Any] | None = None,
    mentioning: Callable[[Collection[str]], Collection[int]] | None = None,
    nulls: bool = True,
) -> Batch:
    """Return a record batch as a batch of the schema; documents that don't fit it are kept raw.

    Args:
        columns: the documents, with members that the schema doesn't list where they have some.
        schema: what a document is.
        origin: file and line of each.
        document: reads a row's document whole, where it has unlisted members; by default from the columns.
        mentioning: returns, in order, the rows whose documents may have a member of one of some names; by default all.
        nulls: whether a document may hold a null, and not lack only members.
    """
    struct, lens = columns.to_struct_array(), schema.lens
    fitting = conform(struct, schema.root) if lens is None or lens.same else None
    if fitting is None:
        return batch_of(columns.to_pylist(), schema, origin)
    read = document or (lambda row: columns.slice(row, 1).to_pylist()[0])
    batch = Batch(pa.RecordBatch.from_struct_array(fitting).cast(schema.arrow), origin)
    if lens is not None:
        within = [(row, 0) for row in range(columns.num_rows)]
        batch = replace(batch, records=UnreadRecords(columns.num_rows, read, lens, nulls), within=within)
    if not (more := tuple(unlisted(struct.type, schema.root))):
        return batch
    names = {member.name for _, member in more}
    rows = dict.fromkeys(mentioning(names)).keys() if mentioning else range(columns.num_rows)
    types = [(node, member.type) for node, member in more]
    unjudged = () if any(node.judges_unlisted for node, _ in types) else rows
    return replace(batch, raw=Unread(rows, read), unlisted=unjudged, unlisted_types=types)
