"""The check, the corrections and the scores of datasets of ``datasets``, by its own processes."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa

from spanproof.checks.report import Report
from spanproof.engines.checking import ROWS, Checking, Row, rows_of, table_of
from spanproof.engines.fixing import Fixing
from spanproof.engines.scoring import Scoring
from spanproof.metrics.score import Scores

if TYPE_CHECKING:
    import datasets

_ROWS = 4096
Function = Callable[[pa.Table], pa.Table]


def check(dataset: "datasets.Dataset", checking: Checking, num_proc: int | None = None) -> Report:
    """Check a dataset. ``datasets`` has no group-by, so that its rows are sorted by group and judged here.

    Args:
        dataset: a document a row.
        checking: what is asked for.
        num_proc: how many processes ``datasets`` starts.
    """
    known = _knowing(dataset, checking, num_proc)
    return known.report(_of_groups(_rows(dataset, known.batch, num_proc), known.group))


def fix(dataset: "datasets.Dataset", checking: Checking, num_proc: int | None = None) -> "datasets.Dataset":
    """Return a dataset with every proved correction made.

    Args:
        dataset: a document a row.
        checking: what is asked for: corrections of which codes, and what a waiver covers.
        num_proc: how many processes ``datasets`` starts.
    """
    fixing = Fixing(_knowing(dataset, checking, num_proc))
    fixed = _mapped(dataset, fixing.batch, num_proc, features=dataset.features)
    return fixed.with_format(**dataset.format)


def score(
    gold: "datasets.Dataset", predicted: "datasets.Dataset", scoring: Scoring, num_proc: int | None = None
) -> Scores:
    """Score a prediction against gold; rows are sorted by group and counted here.

    Args:
        gold: a document a row.
        predicted: the same documents, or some of them.
        scoring: what is asked for.
        num_proc: how many processes ``datasets`` starts.

    Raises:
        ValueError: see :meth:`spanproof.engines.scoring.Scoring.scores`.
    """
    import datasets

    sides = [_rows(gold, scoring.gold, num_proc), _rows(predicted, scoring.predicted, num_proc)]
    return scoring.scores(_of_groups(datasets.concatenate_datasets(sides), scoring.group))


def _knowing(dataset: "datasets.Dataset", checking: Checking, num_proc: int | None) -> Checking:
    """Return what is asked for, of documents of which it is known how others drift."""
    return checking.with_evidence(_of_groups(_rows(dataset, checking.evidence, num_proc), checking.group))


def _rows(dataset: "datasets.Dataset", function: Function, num_proc: int | None) -> "datasets.Dataset":
    """Return what a function of batches gives, as rows with the name of a group."""
    import datasets

    names, features = dataset.column_names, datasets.Features.from_arrow_schema(ROWS)
    return _mapped(dataset, function, num_proc, features=features, remove_columns=names)


def _mapped(
    dataset: "datasets.Dataset", function: Function, num_proc: int | None, **options: object
) -> "datasets.Dataset":
    batch = partial(_batch, function, dataset.features.arrow_schema.metadata)
    how = {"batched": True, "batch_size": _ROWS, "num_proc": num_proc, "load_from_cache_file": False, **options}
    return dataset.with_format("arrow").map(batch, **how)


def _batch(function: Function, metadata: dict[bytes, bytes] | None, table: pa.Table) -> pa.Table:
    return function(table.replace_schema_metadata(metadata))


def _of_groups(rows: "datasets.Dataset", function: Function) -> Iterator[Row]:
    """Yield the rows that a function of groups gives."""
    ordered = rows.with_format(None).sort("group") if len(rows) else ()
    named = ((row["group"], row["first"], row["content"]) for row in ordered)
    for _, group in groupby(named, lambda row: row[0]):
        yield from rows_of(function(table_of(group)))
