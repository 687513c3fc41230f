"""The check of a data frame of Spark."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from spanproof.checks.report import Report
from spanproof.engines.checking import Checking

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_COLUMNS = "`group` string, `first` string, content binary"


def check(frame: "DataFrame", checking: Checking) -> Report:
    """Check a data frame on the cluster of its session.

    Args:
        frame: a document a row.
        checking: what is asked for.
    """

    def judged(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from checking.batch(pa.Table.from_batches([batch])).to_batches()

    def grouped(table: pa.Table) -> pa.Table:  # Spark counts the parameters, also the one that a method has bound
        return checking.group(table)

    rows = frame.mapInArrow(judged, _COLUMNS).groupBy("group").applyInArrow(grouped, _COLUMNS)
    collected = rows.toLocalIterator()
    return checking.report((row["group"], row["first"], bytes(row["content"])) for row in collected)
