"""Batches of records in another shape, which columns hold: each is read anew where it is asked for."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from spanproof.corpus.conforming import unlisted
from spanproof.corpus.documents import Batch, batch_of_columns
from spanproof.corpus.levels import NotPlainError
from spanproof.corpus.origins import FileLines
from spanproof.corpus.shaped_columns import documents_in
from spanproof.corpus.unread import Unread, UnreadRecords
from spanproof.schema.schema import Schema


@dataclass(frozen=True, eq=False)
class ColumnRecords(UnreadRecords):
    """Records of another shape that columns hold.

    Attributes:
        batch: the records as they are written, by the schema's :attr:`Schema.in_columns`.
    """

    batch: Batch


def batch_of_records(
    columns: pa.RecordBatch,
    schema: Schema,
    origin: FileLines,
    record: Callable[[int], Any],
    mentioning: Callable[[Collection[str]], Collection[int]],
    nulls: bool,
) -> Batch | None:
    """Return the documents of records that columns hold; None where the records are to be read one after another.

    Args:
        columns: the records as they are written, with members that their schema doesn't list where they have some.
        schema: what a record is.
        origin: file and line of each.
        record: reads a record.
        mentioning: returns, in order, the records that may have a member of one of some names.
        nulls: whether a record may hold a null, and not lack only members.
    """
    lens, as_written = schema.lens, schema.in_columns
    assert lens is not None
    assert as_written is not None
    others = {member.name for _, member in unlisted(columns.to_struct_array().type, as_written.root)}
    if others & {*lens.key}:
        return None
    batch = batch_of_columns(columns, as_written, origin, record, mentioning)
    try:
        seen = documents_in(batch.columns.to_struct_array(), lens, schema.root)
    except NotPlainError:
        return None
    records = ColumnRecords(len(origin), record, lens, nulls, batch)
    within = list(zip(seen.record.tolist(), seen.number.tolist(), strict=True))
    rows = dict.fromkeys(row for row, (k, _) in enumerate(within) if k in batch.raw).keys() if batch.raw else ()

    def document(row: int) -> Any:
        k, number = within[row]
        return records[k].documents[number]

    lines = FileLines(origin.file, origin.numbers[seen.record])
    raw = Unread(rows, document)
    documents = pa.RecordBatch.from_struct_array(seen.documents)
    return Batch(documents, lines, raw, unlisted=rows, records=records, within=within)
