"""Further edits of a text that was edited.

The first edit of a text is dear: it costs the bits of a rare event. Where one is found, another isn't rare. A text that
lost a sentence may have lost more of them, and where words stand often, a part of it fits another shift as well. So a
model with edits has as rivals those with other edits, or more, of which each costs what the rate of those found says,
and the bits of its size. What a deletion took costs only what it takes to say the surfaces.

So is a model without edits that leaves spans: a deletion may be why.
"""

import numpy as np

from spanproof.arrays import Bools
from spanproof.text.drift.deletions import chance
from spanproof.text.drift.evaluation import ORDERED, Result, edit_cost
from spanproof.text.drift.hypotheses import BASE
from spanproof.text.drift.paths import Shifted, cheapest, cheapest_in_order


def otherwise_edited(result: Result, most: float) -> Bools:
    """Return which spans stand elsewhere, or nowhere, if an edited text was edited otherwise.

    Args:
        result: what a model makes of the spans.
        most: the bits by which a model that says so may be longer.

    Returns:
        For each span whether it may be so, shape (spans,).
    """
    placed = result.start >= 0
    edits = int((np.diff(result.shift[placed]) != 0).sum())
    if result.hypothesis.single or (not edits and placed.all()):
        return np.zeros(len(placed), np.bool_)
    # Where spans have no place, the text was edited as no model says, and what fits others is the size of an edit.
    sizes = len(result.hypothesis.counting.start) if placed.all() else len(result.states)
    edit = edit_cost(len(result.hypothesis.counting.start) - 1)
    if edits:
        if edits > 1:  # then others are about as large, or one of them is several
            sizes = min(sizes, 2 * int(np.abs(np.diff(result.shift[placed])).max()))
        edit = min(float(np.log2((placed.sum() + 1) / (edits + 1)) + np.log2(sizes)), edit)
    first = np.where(result.states == 0, 0.0, BASE)
    if result.place.size <= ORDERED:
        stretch = Shifted(result.offset, result.states, np.minimum(chance(result), result.exception))
        path = cheapest_in_order(result.place, result.exception, first, edit, stretch)
    elif edits:
        path = cheapest(result.place, result.exception, first, edit)
    else:
        return np.zeros(len(placed), np.bool_)
    chosen = np.where(path.placed, result.place[np.arange(len(placed)), path.state], -1)
    start = np.append(result.hypothesis.candidates.start, -1)[chosen]  # of none that was chosen, the last
    otherwise: Bools = (start != result.start) | (np.minimum(path.rival, path.gone) - path.cost < most)
    return otherwise
