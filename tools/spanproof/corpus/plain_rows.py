"""The rows of columns as plain values, of which few are in memory at a time: they take many times what columns do."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

_AT_ONCE = 200
"""Rows that are made at a time."""


def plain_rows(columns: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """Yield the rows of a batch of columns as dictionaries."""
    for first in range(0, columns.num_rows, _AT_ONCE):
        yield from columns.slice(first, _AT_ONCE).to_pylist()


def plain_values(column: pa.Array) -> Iterator[Any]:
    """Yield the values of a column."""
    for first in range(0, len(column), _AT_ONCE):
        yield from column.slice(first, _AT_ONCE).to_pylist()
