"""Parquet: the columns of a corpus as they are."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from spanproof.corpus import Batch, ReadError, batch_of, batch_of_columns
from spanproof.format import Format, replace_file
from spanproof.kernels import is_utf8
from spanproof.schema import Schema

_ROWS = 4096


def _read(path: Path, schema: Schema) -> Iterator[Batch]:
    try:
        file = pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False)
        for columns in file.iter_batches(batch_size=_ROWS, use_threads=False):
            if not all(map(is_utf8, columns.columns)):
                columns.validate(full=True)
            yield batch_of_columns(columns, schema, [(str(path), None)] * columns.num_rows)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        yield batch_of([], schema, errors=(ReadError(str(path), None, f"not readable as Parquet: {error}"),))
        return
    if not file.metadata.num_rows:
        yield batch_of([], schema, errors=(ReadError(str(path), None, "the file holds no document"),))


def parquet_bytes(table: pa.Table) -> bytes:
    """A table as Parquet, the same bytes for the same table and pyarrow version."""
    sink = io.BytesIO()
    pq.write_table(
        table, sink, compression="zstd", compression_level=1, use_content_defined_chunking=True, write_page_index=True
    )
    return sink.getvalue()


def _content(documents: Iterable[Any], schema: Schema) -> bytes:
    batch = batch_of(list(documents), schema)
    if batch.raw:
        row = min(batch.raw)
        raise ValueError(f"document {row + 1} doesn't fit the columns of its schema; write it as JSONL")
    return parquet_bytes(pa.Table.from_batches([batch.columns]))


def _write(path: Path, documents: Iterable[Any], schema: Schema) -> None:
    replace_file(path, _content(documents, schema))


def _amend(path: Path, changes: Mapping[int, Callable[[Any], Any]], schema: Schema) -> bytes:
    documents = [document for batch in _read(path, schema) for document in batch.documents()]
    changed = (changes[k](document) if k in changes else document for k, document in enumerate(documents))
    return _content(changed, schema)


PARQUET = Format("parquet", (".parquet",), "every document that fits the schema's columns", _read, _write, _amend)
