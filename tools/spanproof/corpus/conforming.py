"""Arrays of another origin as the column types of a schema."""

import numpy as np
import pyarrow as pa

from spanproof.arrays import to_arrow, validity
from spanproof.schema.node import Node


def conform(array: pa.Array, node: Node) -> pa.Array | None:
    """Return an array as the node's column type, members by name and missing ones null.

    None where something would be lost.
    """
    if array.type == node.arrow:
        return array
    if pa.types.is_dictionary(array.type):
        return conform(array.dictionary_decode(), node)
    if node.kind == "object" and pa.types.is_struct(array.type):
        if {f.name for f in array.type} - node.fields.keys():
            return None
        have = {f.name: child for f, child in zip(array.type, array.flatten(), strict=True)}
        children = [
            conform(have[name], sub) if name in have else pa.nulls(len(array), sub.arrow)
            for name, sub in node.fields.items()
        ]
        if any(child is None for child in children):
            return None
        mask = None if array.null_count == 0 else array.is_null()
        return pa.StructArray.from_arrays(children, fields=list(node.arrow), mask=mask)
    if node.items is not None and (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
        array = array.cast(pa.list_(array.type.value_type))
        lengths = np.diff(np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1])
        valid = validity(array)
        values = conform(array.flatten(), node.items)
        if values is None:
            return None
        offsets = np.concatenate([[0], np.cumsum(np.where(valid, lengths, 0))]).astype(np.int32)
        mask = None if array.null_count == 0 else array.is_null()
        return pa.ListArray.from_arrays(to_arrow(offsets), values, type=node.arrow, mask=mask)
    try:
        same_family = pa.types.is_integer(array.type) == (node.kind == "integer")
        return array.cast(node.arrow) if same_family or pa.types.is_null(array.type) else None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
