"""Parquet: the columns of a corpus as they are."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from spanproof.arrays import is_utf8
from spanproof.corpus.conforming import demand_distinct
from spanproof.corpus.documents import Batch, ReadError, batch_of, batch_of_columns
from spanproof.corpus.origins import FileLines
from spanproof.formats.class_labels import decoded, encoded, features_of
from spanproof.formats.files import replace_file
from spanproof.formats.foreign import foreign_syntax
from spanproof.formats.format import FilePart, FileParts, Format
from spanproof.schema.schema import Schema

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_ROWS, _BYTES = 4096, 1 << 24
"""How many documents are read at a time at most, and about how many bytes as they are encoded in the file."""
_VALUES = 256
"""How many rows are values at a time."""
_PART = 1 << 25
"""Bytes of columns, unpacked, that a part of a file has at least."""


def _opened(path: Path) -> "pq.ParquetFile":
    import pyarrow.parquet as pq

    return pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False)


def _read(path: Path, schema: Schema) -> Iterator[Batch]:
    try:
        parts = list(_divided(_opened(path).metadata))
    except pa.ArrowInvalid as error:
        syntax = foreign_syntax(path)
        why = f"looks like {syntax}; expected Parquet" if syntax else f"not readable as Parquet: {error}"
        yield batch_of([], schema, errors=(ReadError(str(path), None, why),))
        return
    for part in parts:
        yield from _read_part(path, part, schema)
    if not parts:
        yield batch_of([], schema, errors=(ReadError(str(path), None, "the file holds no document"),))


def _divide(path: Path) -> Iterator[FilePart]:
    try:
        yield from _divided(_opened(path).metadata)
    except pa.ArrowInvalid:
        return


def _divided(metadata: "pq.FileMetaData") -> Iterator[FilePart]:
    """Yield runs of row groups that are large enough for a batch or two."""
    first, start, rows, size = 1, 0, 0, 0
    for group in range(metadata.num_row_groups):
        rows += metadata.row_group(group).num_rows
        size += metadata.row_group(group).total_byte_size
        if rows and (rows >= _ROWS or size >= _PART or group == metadata.num_row_groups - 1):
            yield FilePart(first, start, group + 1)
            first, start, rows, size = first + rows, group + 1, 0, 0


def _read_part(path: Path, part: FilePart, schema: Schema) -> Iterator[Batch]:
    try:
        file, first = _opened(path), part.first
        demand_distinct(file.schema_arrow)
        features = features_of(file.schema_arrow)
        groups = range(part.start, part.stop)
        for columns in file.iter_batches(batch_size=_rows(file.metadata, groups), row_groups=groups, use_threads=False):
            if not all(map(is_utf8, columns.columns)):
                columns.validate(full=True)
            if features:
                columns = pa.RecordBatch.from_struct_array(decoded(columns.to_struct_array(), features))
            origin = FileLines(str(path), np.arange(first, first + columns.num_rows))
            first += columns.num_rows
            yield batch_of_columns(columns, schema, origin)
    except (pa.ArrowInvalid, UnicodeDecodeError, OSError) as error:
        why = f"not readable as Parquet from row {first} on: {error}"
        yield batch_of([], schema, errors=(ReadError(str(path), None, why),))


def _number(path: Path) -> int | None:
    """Return how many documents a file has."""
    try:
        rows: int = _opened(path).metadata.num_rows
    except pa.ArrowInvalid:
        return None
    return rows


def _rows(metadata: "pq.FileMetaData", numbers: Iterable[int]) -> int:
    """Return how many documents of some row groups are read at a time: fewer where they are long, for their memory."""
    groups = [metadata.row_group(number) for number in numbers]
    size = max((group.total_byte_size / group.num_rows for group in groups if group.num_rows), default=0)
    return max(1, min(_ROWS, int(_BYTES / max(1, size))))


def batches_of(table: pa.Table, schema: Schema) -> Iterator[Batch]:
    """Yield the documents of a table whose labels may be ids, by the features in its metadata.

    Raises:
        ArrowInvalid: it has two columns of one name.
    """
    demand_distinct(table.schema)
    features = features_of(table.schema)
    for columns in table.combine_chunks().to_batches(max_chunksize=_ROWS):
        if features:
            columns = pa.RecordBatch.from_struct_array(decoded(columns.to_struct_array(), features))
        yield batch_of_columns(columns, schema, [(None, None)] * columns.num_rows)


def rows_in(path: Path) -> Iterator[Any]:
    """Yield the rows of a file with the names of their labels, as values.

    Raises:
        ArrowInvalid: it can't be read as Parquet.
    """
    file = _opened(path)
    features, most = features_of(file.schema_arrow), _rows(file.metadata, range(file.metadata.num_row_groups))
    for columns in file.iter_batches(batch_size=min(most, _VALUES), use_threads=False):
        yield from decoded(columns.to_struct_array(), features).to_pylist()


def rows_of(table: pa.Table) -> Iterator[Any]:
    """Yield the rows of a table with the names of their labels, as values."""
    features = features_of(table.schema)
    for columns in table.to_batches(max_chunksize=_ROWS):
        yield from decoded(columns.to_struct_array(), features).to_pylist()


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as Parquet, the same bytes for the same table and pyarrow version."""
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(
        table, sink, compression="zstd", compression_level=1, use_content_defined_chunking=True, write_page_index=True
    )
    return sink.getvalue()


def parquet_table(content: bytes) -> pa.Table:
    """Return the table in the bytes of a Parquet file.

    Raises:
        ValueError: they are no Parquet.
    """
    import pyarrow.parquet as pq

    try:
        return pq.read_table(io.BytesIO(content))
    except pa.ArrowInvalid as error:
        raise ValueError(f"not readable as Parquet: {error}") from error


def _content(documents: Iterable[Any], schema: Schema, like: pa.Schema | None = None) -> bytes:
    """Documents as Parquet, with the columns and ids of a file that they were read from where there is one."""
    batch = batch_of(list(documents), schema)
    if batch.raw:
        row = min(batch.raw)
        raise ValueError(f"document {row + 1} doesn't fit the columns of its schema; write it as JSONL")
    if like is None or not (features := features_of(like)):
        return parquet_bytes(pa.Table.from_batches([batch.columns]))
    columns = encoded(batch.columns.to_struct_array(), features, pa.struct(list(like)))
    return parquet_bytes(pa.Table.from_arrays(columns.flatten(), schema=like))


def _content_of_records(records: Sequence[Any], like: pa.Schema | None = None) -> bytes:
    """Records of another shape as Parquet, with the columns of a file that they were read from where there is one.

    Raises:
        ValueError: they don't fit columns, such as arrays of numbers and strings.
    """
    try:
        if like is None:  # not from_pylist, which takes the members of the first record alone
            return parquet_bytes(pa.Table.from_struct_array(pa.array(records)) if records else pa.table({}))
        if not (features := features_of(like)):
            return parquet_bytes(pa.Table.from_pylist(records, schema=like))
        columns = encoded(pa.array(records), features, pa.struct(list(like)))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, TypeError, AttributeError) as error:
        raise ValueError(f"records of this shape aren't columns; write them as JSONL: {error}") from error
    return parquet_bytes(pa.Table.from_arrays(columns.flatten(), schema=like))


def _write(path: Path, documents: Iterable[Any], schema: Schema) -> None:
    by_values = schema.lens is not None or any(map(_is_open, schema.arrow))
    replace_file(path, _content_of_records(list(documents)) if by_values else _content(documents, schema))


def _is_open(field: pa.Field) -> bool:
    """Say whether something of a column is an object of any members, for which Parquet has no columns by itself."""
    if pa.types.is_list(field.type):
        return _is_open(field.type.value_field)
    members = list(field.type) if pa.types.is_struct(field.type) else None
    return members is not None and (not members or any(map(_is_open, members)))


def _amend(path: Path, changes: Mapping[int, Callable[[Any], Any]], schema: Schema) -> bytes:
    import pyarrow.parquet as pq

    if schema.lens is not None:
        records = [record.written for batch in _read(path, schema) for record in batch.records]
        amended = [changes[k](record) if k in changes else record for k, record in enumerate(records, 1)]
        return _content_of_records(amended, pq.read_schema(path))
    documents = [document for batch in _read(path, schema) for document in batch.documents()]
    changed = (changes[k](document) if k in changes else document for k, document in enumerate(documents, 1))
    return _content(changed, schema, pq.read_schema(path))


FORMAT = Format(
    "parquet", (".parquet",), _read, _write, _amend, rows=True, parts=FileParts(_divide, _read_part, _number)
)
