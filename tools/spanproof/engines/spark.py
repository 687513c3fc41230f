"""The check, the corrections and the scores of data frames of Spark."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from spanproof.checks.report import Report
from spanproof.engines.checking import Checking, Row
from spanproof.engines.fixing import Fixing
from spanproof.engines.scoring import Scoring
from spanproof.metrics.score import Scores

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_COLUMNS = "`group` string, `first` string, content binary"
Function = Callable[[pa.Table], pa.Table]


def check(frame: "DataFrame", checking: Checking) -> Report:
    """Check a data frame on the cluster of its session.

    Args:
        frame: a document a row.
        checking: what is asked for.
    """
    known = _knowing(frame, checking)
    return known.report(_of_groups(_mapped(frame, known.batch, _COLUMNS), known.group))


def fix(frame: "DataFrame", checking: Checking) -> "DataFrame":
    """Return a data frame with every proved correction made.

    Args:
        frame: a document a row.
        checking: what is asked for: corrections of which codes, and what a waiver covers.
    """
    return _mapped(frame, Fixing(_knowing(frame, checking)).batch, frame.schema)


def score(gold: "DataFrame", predicted: "DataFrame", scoring: Scoring) -> Scores:
    """Score a prediction against gold on the cluster of their session.

    Args:
        gold: a document a row.
        predicted: the same documents, or some of them.
        scoring: what is asked for.

    Raises:
        ValueError: see :meth:`spanproof.engines.scoring.Scoring.scores`.
    """
    rows = _mapped(gold, scoring.gold, _COLUMNS).union(_mapped(predicted, scoring.predicted, _COLUMNS))
    return scoring.scores(_of_groups(rows, scoring.group))


def _knowing(frame: "DataFrame", checking: Checking) -> Checking:
    """Return what is asked for, of documents of which it is known how others drift."""
    return checking.with_evidence(_of_groups(_mapped(frame, checking.evidence, _COLUMNS), checking.group))


def _mapped(frame: "DataFrame", function: Function, columns: object) -> "DataFrame":
    def batches(parts: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in parts:
            yield from function(pa.Table.from_batches([batch])).to_batches()

    return frame.mapInArrow(batches, columns)


def _of_groups(rows: "DataFrame", function: Function) -> Iterator[Row]:
    """Yield the rows that a function of groups gives."""

    def grouped(table: pa.Table) -> pa.Table:  # Spark counts the parameters, also the one that a method has bound
        return function(table)

    for row in rows.groupBy("group").applyInArrow(grouped, _COLUMNS).toLocalIterator():
        yield row["group"], row["first"], bytes(row["content"])
