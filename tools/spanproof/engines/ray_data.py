"""The check of a dataset of Ray Data."""

from typing import TYPE_CHECKING

from spanproof.checks.report import Report
from spanproof.engines.checking import ROWS, Checking

if TYPE_CHECKING:
    import ray.data

_ROWS = 4096


def check(dataset: "ray.data.Dataset", checking: Checking) -> Report:
    """Check a dataset on the cluster that Ray is connected to.

    Args:
        dataset: a document a row.
        checking: what is asked for.
    """
    rows = dataset.map_batches(checking.batch, batch_format="pyarrow", batch_size=_ROWS)
    judged = rows.groupby("group", num_partitions=checking.buckets).map_groups(checking.group, batch_format="pyarrow")
    return checking.report(tuple(row[name] for name in ROWS.names) for row in judged.iter_rows())
