"""Parts of Arrow arrays, which lie somewhere in their buffers."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st


def sliced(values: Sequence[Any], cut: tuple[int, int], kind: pa.DataType) -> tuple[list[Any], pa.Array]:
    """A part of an array that lies somewhere in its buffers."""
    first, last = sorted(min(at, len(values)) for at in cut)
    return list(values[first:last]), pa.array(values, kind).slice(first, last - first)


cuts = st.tuples(st.integers(0, 6), st.integers(0, 6))
