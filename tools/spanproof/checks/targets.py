"""What references lead to: the object of the same document that has the value which a reference names."""

import numpy as np
import pyarrow as pa

from spanproof.arrays import Ints, found_in, indices
from spanproof.checks.view import View
from spanproof.corpus.columns import Items
from spanproof.schema.node import Place


def targets(view: View, items: Items, column: pa.Array, place: Place) -> Ints:
    """Return which object each reference leads to, the first of those that have its value.

    Args:
        view: the batch.
        items: the objects that refer.
        column: what each refers to; null for nothing.
        place: where the values stand that may be referred to, ``("dates", "*", "id")``.

    Returns:
        The positions among the objects that have the member at this place, -1 where there is none; shape (references,).
    """
    known, distinct = view.codes(place)
    wanted = found_in(column, distinct)
    k = indices(wanted >= 0)
    there = view.columns.column(place)[0].doc
    # Document and value as one number, so that a value of another document is another number.
    keys = np.where(known >= 0, there * len(distinct) + known, -1)
    found = np.full(len(column), -1)
    found[k] = _first(keys, items.doc[k] * len(distinct) + wanted[k])
    return found


def _first(keys: Ints, wanted: Ints) -> Ints:
    """Return the first position of each wanted number among the keys, or -1."""
    if not len(keys):
        return np.full(len(wanted), -1)
    order = np.argsort(keys, kind="stable")
    candidate = order.take(np.searchsorted(keys, wanted, sorter=order), mode="clip")
    return np.where(keys[candidate] == wanted, candidate, -1)
