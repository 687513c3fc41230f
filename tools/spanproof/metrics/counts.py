"""What a score is computed from: counts that add up over units, and how sums of them become a score.

A tally is what resampling, randomisation and the splitting of a corpus need; the number is only its last step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.pairs import Units
from spanproof.metrics.spans import Floats, ratio

Statistic = Callable[[Floats], Floats]
"""Sums (..., k) to (..., 3): precision, recall and F1; NaN where one is undefined."""


@dataclass(frozen=True)
class Tally:
    """One score: a row of ``counts`` a unit, and the statistic of their sums.

    ``part`` is a label, ``macro``, a kind of thing (``direct``) or None for all. ``n`` is how many things gold and
    prediction have, ``of`` what things. ``additive``: the rows of two predictions over one gold can be exchanged.
    """

    layer: str
    part: str | None
    measure: str
    counts: Floats
    statistic: Statistic
    n: tuple[int, int]
    of: str
    units: Units = "sentences"
    additive: bool = True

    @property
    def values(self) -> tuple[float, float, float]:
        """Precision, recall, F1 of all units together."""
        precision, recall, f1 = self.statistic(self.counts.sum(0)).tolist()
        return precision, recall, f1

    def over_documents(self, document: Ints, documents: int) -> "Tally":
        """The same with documents as units, given the document of each sentence, ascending."""
        if self.units == "documents":
            return self
        until = np.append(np.zeros((1, self.counts.shape[1])), self.counts.cumsum(0), 0)
        counts = np.diff(until[np.searchsorted(document, np.arange(documents + 1))], axis=0)
        return replace(self, counts=counts, units="documents")


def prf(sums: Floats) -> Floats:
    """Of sums of (gold, predicted, credit): precision credit / predicted, recall credit / gold, F1 by both.

    F1 = 2 credit / (gold + predicted), which is 0 where one side alone is empty. Precision without a prediction and
    recall without gold are undefined, not 0 and not 1.
    """
    gold, predicted, credit = np.moveaxis(sums, -1, 0)
    return np.stack([ratio(credit, predicted), ratio(credit, gold), ratio(2 * credit, gold + predicted)], -1)


def macro(sums: Floats) -> Floats:
    """The means of precision, recall and F1 over labels that either side has, from (gold, predicted, credit) of each.

    Here the precision of a label that is never predicted is 0, as in scikit-learn and seqeval, since a mean over other
    labels for each system could not be compared; so is recall.
    """
    each = sums.reshape(*sums.shape[:-1], sums.shape[-1] // 3, 3)
    occurs = each[..., :2].sum(-1) > 0
    found = np.where(occurs[..., None], np.nan_to_num(prf(each)), 0).sum(-2)
    return ratio(found, np.repeat(occurs.sum(-1)[..., None].astype(np.float64), 3, -1))


def accuracy(sums: Floats) -> Floats:
    """Of sums of (things, right ones): their share, in the place of F1; there is no precision or recall."""
    share = ratio(sums[..., 1], sums[..., 0])
    return np.stack([np.full_like(share, np.nan), np.full_like(share, np.nan), share], -1)


def labelled(
    layer: str, measure: str, counts: Floats, labels: Sequence[str], of: str, units: Units = "sentences"
) -> list[Tally]:
    """The tallies of counts (units, labels, 3): micro, macro, and of each label that either side has."""
    sums = counts.sum(0)
    make = partial(Tally, layer, measure=measure, of=of, units=units)
    n = (int(sums[:, 0].sum()), int(sums[:, 1].sum()))
    found = [make(None, counts=counts.sum(1), statistic=prf, n=n)]
    if len(labels) < 2:
        return found
    found.append(make("macro", counts=counts.reshape(len(counts), 3 * len(labels)), statistic=macro, n=n))
    for k in np.argsort(-sums[:, 0], kind="stable").tolist():
        if sums[k, :2].any():
            n = (int(sums[k, 0]), int(sums[k, 1]))
            found.append(make(labels[k], counts=counts[:, k], statistic=prf, n=n))
    return found
