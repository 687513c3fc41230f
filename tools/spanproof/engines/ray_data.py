"""The check, the corrections and the scores of datasets of Ray Data."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from spanproof.checks.report import Report
from spanproof.engines.checking import ROWS, Checking, Row
from spanproof.engines.fixing import Fixing
from spanproof.engines.scoring import Scoring
from spanproof.metrics.score import Scores

if TYPE_CHECKING:
    import ray.data

_ROWS = 4096
Function = Callable[[pa.Table], pa.Table]


def check(dataset: "ray.data.Dataset", checking: Checking) -> Report:
    """Check a dataset on the cluster that Ray is connected to.

    Args:
        dataset: a document a row.
        checking: what is asked for.
    """
    known = _knowing(dataset, checking)
    return known.report(_of_groups(_mapped(dataset, known.batch), known.group, known.buckets))


def fix(dataset: "ray.data.Dataset", checking: Checking) -> "ray.data.Dataset":
    """Return a dataset with every proved correction made.

    Args:
        dataset: a document a row.
        checking: what is asked for: corrections of which codes, and what a waiver covers.
    """
    return _mapped(dataset, Fixing(_knowing(dataset, checking)).batch)


def score(gold: "ray.data.Dataset", predicted: "ray.data.Dataset", scoring: Scoring) -> Scores:
    """Score a prediction against gold on the cluster that Ray is connected to.

    Args:
        gold: a document a row.
        predicted: the same documents, or some of them.
        scoring: what is asked for.

    Raises:
        ValueError: see :meth:`spanproof.engines.scoring.Scoring.scores`.
    """
    rows = _mapped(gold, scoring.gold).union(_mapped(predicted, scoring.predicted))
    return scoring.scores(_of_groups(rows, scoring.group, scoring.buckets))


def _knowing(dataset: "ray.data.Dataset", checking: Checking) -> Checking:
    """Return what is asked for, of documents of which it is known how others drift."""
    rows = _of_groups(_mapped(dataset, checking.evidence), checking.group, checking.buckets)
    return checking.with_evidence(rows)


def _mapped(dataset: "ray.data.Dataset", function: Function) -> "ray.data.Dataset":
    return dataset.map_batches(function, batch_format="pyarrow", batch_size=_ROWS)


def _of_groups(rows: "ray.data.Dataset", function: Function, buckets: int) -> Iterator[Row]:
    """Yield the rows that a function of groups gives."""
    judged = rows.groupby("group", num_partitions=buckets).map_groups(function, batch_format="pyarrow")
    for row in judged.iter_rows():
        group, first, content = (row[name] for name in ROWS.names)
        yield group, first, content
