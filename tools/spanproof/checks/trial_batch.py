"""Changed documents of a batch as a fresh check would read them: each in its record, as that would be written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from spanproof.corpus.documents import Batch, batch_of
from spanproof.corpus.records import WrittenRecord
from spanproof.corpus.shapes import ShapeError
from spanproof.schema.schema import Schema


def trial_batches(batch: Batch, documents: Mapping[int, Any], schema: Schema) -> Iterator[tuple[list[int], Batch]]:
    """Yield changed documents of a batch, and no others, in batches, each with the rows that they have in that one.

    Documents of one record stand in it together. Those that can't be written there stand in none.

    Args:
        batch: the batch that they are from.
        documents: the canonical documents, by their row there.
        schema: what a document is.
    """
    of_record: dict[int, list[int]] = {}
    for row in documents if batch.within else ():
        of_record.setdefault(batch.within[row][0], []).append(row)
    records: list[WrittenRecord] = []
    place: dict[int, tuple[int, int]] = {}
    for k, rows in of_record.items():
        row_of = {batch.within[row][1]: row for row in rows}
        for record, numbers in _written(batch.records[k], {n: documents[row] for n, row in row_of.items()}, [*row_of]):
            place |= {row_of[number]: (len(records), number) for number in numbers}
            records.append(record)
    if place:
        within = [place[row] for row in place]
        yield [*place], replace(_plain(batch, documents, [*place], schema), records=records, within=within)
    if others := [row for row in documents if row not in place]:
        yield others, _plain(batch, documents, others, schema)


def _plain(batch: Batch, documents: Mapping[int, Any], rows: Sequence[int], schema: Schema) -> Batch:
    return batch_of([documents[row] for row in rows], schema.canonical, [batch.origin[row] for row in rows])


def _written(
    record: WrittenRecord, documents: Mapping[int, Any], numbers: Sequence[int]
) -> Iterator[tuple[WrittenRecord, Sequence[int]]]:
    """Yield a record with some documents changed and their numbers, in several pieces where some can't be written."""
    try:
        yield record.changed({number: documents[number] for number in numbers}), numbers
    except ShapeError:
        half = len(numbers) // 2
        if half:
            yield from _written(record, documents, numbers[:half])
            yield from _written(record, documents, numbers[half:])
