"""Changed documents of a batch as a fresh check would read them: each in its record, as that would be written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from spanproof.corpus.documents import Batch, batch_of
from spanproof.corpus.records import WrittenRecord
from spanproof.corpus.shapes import ShapeError
from spanproof.schema.schema import Schema


def trial_batch(batch: Batch, documents: Mapping[int, Any], schema: Schema) -> Batch:
    """Return changed documents of a batch, and no others, as a batch.

    Documents of one record stand in it together. One that can't be written there stands in the record as it was.

    Args:
        batch: the batch that they are from.
        documents: the canonical documents, by their row there.
        schema: what a document is.
    """
    changed = batch_of(list(documents.values()), schema.canonical, [batch.origin[row] for row in documents])
    if not batch.within:
        return changed
    of_record: dict[int, list[int]] = {}
    for row in documents:
        of_record.setdefault(batch.within[row][0], []).append(row)
    records: list[WrittenRecord] = []
    place: dict[int, tuple[int, int]] = {}
    for k, rows in of_record.items():
        numbered = {batch.within[row][1]: documents[row] for row in rows}
        for record, numbers in _written(batch.records[k], numbered, list(numbered)):
            place |= {row: (len(records), batch.within[row][1]) for row in rows if batch.within[row][1] in numbers}
            records.append(record)
    return replace(changed, records=records, within=[place[row] for row in documents])


def _written(
    record: WrittenRecord, documents: Mapping[int, Any], numbers: Sequence[int]
) -> Iterator[tuple[WrittenRecord, Sequence[int]]]:
    """Yield a record with some documents changed and their numbers, in several pieces where some can't be written."""
    try:
        yield record.changed({number: documents[number] for number in numbers}), numbers
    except ShapeError:
        half = len(numbers) // 2
        if not half:
            yield record, numbers
            return
        yield from _written(record, documents, numbers[:half])
        yield from _written(record, documents, numbers[half:])
