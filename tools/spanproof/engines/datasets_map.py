"""The check of a dataset of ``datasets``, by its own processes."""

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa

from spanproof.checks.report import Report
from spanproof.engines.checking import ROWS, Checking, table_of

if TYPE_CHECKING:
    import datasets

_ROWS = 4096


def check(dataset: "datasets.Dataset", checking: Checking, num_proc: int | None = None) -> Report:
    """Check a dataset. ``datasets`` has no group-by, so that its rows are sorted by group and judged here.

    Args:
        dataset: a document a row.
        checking: what is asked for.
        num_proc: how many processes ``datasets`` starts.
    """
    import datasets

    batch = partial(_batch, checking, dataset.features.arrow_schema.metadata)
    rows = dataset.with_format("arrow").map(
        batch,
        batched=True,
        batch_size=_ROWS,
        num_proc=num_proc,
        remove_columns=dataset.column_names,
        features=datasets.Features.from_arrow_schema(ROWS),
        load_from_cache_file=False,
    )
    ordered = rows.with_format(None).sort("group") if len(rows) else ()
    named = ((row["group"], row["first"], row["content"]) for row in ordered)
    groups = (checking.group(table_of(group)) for _, group in groupby(named, lambda row: row[0]))
    judged = (zip(*(table[name].to_pylist() for name in ROWS.names), strict=True) for table in groups)
    return checking.report(row for some in judged for row in some)


def _batch(checking: Checking, metadata: dict[bytes, bytes] | None, table: pa.Table) -> pa.Table:
    return checking.batch(table.replace_schema_metadata(metadata))
