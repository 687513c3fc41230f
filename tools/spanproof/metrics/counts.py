"""What a score is computed from: counts that add up over units of text, and how sums of them become a score.

Resampling, randomisation and the splitting of a corpus need the counts; the number is only their last step. Positions
are code points of a :class:`spanproof.corpus.continuum.Continuum`. ``bounds`` cut it into units, which are sentences or
documents: ascending positions from 0 to its length. A thing belongs to the unit that it starts in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from spanproof.arrays import Floats, Ints
from spanproof.corpus.continuum import Units

Statistic = Callable[[Floats], Floats]
"""Sums of counts, shape (..., k), to precision, recall and the score, shape (..., 3); NaN where one is undefined."""


@dataclass(frozen=True)
class Counts:
    """One score as counts that add up over units.

    Attributes:
        measure: what is measured, as ``exact`` or ``token α``.
        rows: the counts, shape (units, k).
        statistic: how sums of rows become precision, recall and the score.
        n: how many things the first and the second corpus have.
        of: what these things are, as ``spans``.
        units: what a row is.
        layer: where the things are, as ``entities`` or ``quotes.source``.
        part: which of them: a label, ``macro``, a kind as ``direct``, ``common`` (to both corpora), or None for all.
        additive: whether the rows of two predictions over one gold can be exchanged one by one.
        note: what is to be known of the value, as that it is 0 by convention.
    """

    measure: str
    rows: Floats
    statistic: Statistic
    n: tuple[int, int]
    of: str
    units: Units = "sentences"
    layer: str = ""
    part: str | None = None
    additive: bool = True
    note: str = ""

    @property
    def values(self) -> tuple[float, float, float]:
        """Precision, recall and the score of all units together; NaN where one is undefined."""
        precision, recall, score = self.statistic(self.rows.sum(0)).tolist()
        return precision, recall, score

    @property
    def value(self) -> float:
        """The score of all units together; NaN where it is undefined."""
        return self.values[2]

    def over_documents(self, document: Ints, documents: int) -> "Counts":
        """Return the same counts with a row a document, from rows of sentences.

        Args:
            document: the number of the document of each sentence, ascending, shape (sentences,).
            documents: how many documents there are.
        """
        if self.units == "documents":
            return self
        return replace(self, rows=self._sums(document, documents), units="documents")

    def over_records(self, record: Ints, records: int) -> "Counts":
        """Return the same counts with a row a record where they have a row a document.

        Args:
            record: the number of the record of each document, ascending, shape (documents,).
            records: how many records there are.
        """
        return replace(self, rows=self._sums(record, records)) if self.units == "documents" else self

    def _sums(self, number: Ints, count: int) -> Floats:
        until = np.append(np.zeros((1, self.rows.shape[1])), self.rows.cumsum(0), 0)
        return np.diff(until[np.searchsorted(number, np.arange(count + 1))], axis=0)


def prf(sums: Floats) -> Floats:
    """Return precision, recall and F1 of sums of (gold, predicted, credit).

    Precision is credit / predicted, recall credit / gold, F1 = 2 credit / (gold + predicted), which is 0 where one of
    the two has nothing. Precision without a prediction and recall without gold are undefined, not 0 and not 1.
    """
    gold, predicted, credit = np.moveaxis(sums, -1, 0)
    return np.stack([ratio(credit, predicted), ratio(credit, gold), ratio(2 * credit, gold + predicted)], -1)


def mean_shares(sums: Floats) -> Floats:
    """Return precision, recall and F1 of sums of (found shares of gold, gold, right shares of predicted, predicted).

    Each thing counts the share of it that the other side has, so that precision and recall are means; F1 is their
    harmonic mean, 0 where one side has nothing.
    """
    covered, gold, right, predicted = np.moveaxis(sums, -1, 0)
    precision, recall = ratio(right, predicted), ratio(covered, gold)
    known = np.nan_to_num(precision), np.nan_to_num(recall)
    f1 = np.nan_to_num(ratio(2 * known[0] * known[1], known[0] + known[1]))
    return np.stack([precision, recall, np.where(gold + predicted > 0, f1, np.nan)], -1)


def macro(sums: Floats) -> Floats:
    """Return the means of precision, recall and F1 over the labels that either corpus has.

    The precision of a label that is never predicted is 0 here, as in scikit-learn and seqeval, and so is the recall of
    one that gold lacks: means over other labels for each system could not be compared. Without any prediction there is
    no precision to take a mean of, and without gold no recall: they are undefined, as those of all labels together.

    Args:
        sums: (gold, predicted, credit) of each label in turn, shape (..., 3 * labels).
    """
    by_label = sums.reshape(*sums.shape[:-1], sums.shape[-1] // 3, 3)
    occurs = by_label[..., :2].sum(-1) > 0
    total = np.where(occurs[..., None], np.nan_to_num(prf(by_label)), 0).sum(-2)
    means = ratio(total, np.repeat(occurs.sum(-1)[..., None].astype(np.float64), 3, -1))
    gold, predicted, _ = np.moveaxis(by_label.sum(-2), -1, 0)
    means[..., 0] = np.where(predicted > 0, means[..., 0], np.nan)
    means[..., 1] = np.where(gold > 0, means[..., 1], np.nan)
    return means


def accuracy(sums: Floats) -> Floats:
    """Return the share of right things of sums of (things, right ones); there is no precision or recall."""
    return without_precision(ratio(sums[..., 1], sums[..., 0]))


def without_precision(score: Floats) -> Floats:
    """Return a score (...) as the statistic (..., 3) of a measure that has no precision and no recall."""
    return np.stack([np.full_like(score, np.nan), np.full_like(score, np.nan), score], -1)


def ratio(part: Floats, whole: Floats) -> Floats:
    """Divide element by element; NaN where the whole is not above 0."""
    shares: Floats = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
    return shares


def micro_macro_and_labels(measure: str, rows: Floats, labels: Sequence[str], of: str, layer: str) -> list[Counts]:
    """Return the counts of all labels together, of their mean, and of each label that either corpus has.

    Args:
        measure: what is measured.
        rows: (gold, predicted, credit) by label, shape (sentences, labels, 3).
        labels: the names of the labels; of a single one there are the counts of all alone.
        of: what is counted, as ``spans``.
        layer: the name of the layer.

    Returns:
        Micro, ``macro``, then the labels, those that are most frequent in gold first.
    """
    sums = rows.sum(0)
    make = partial(Counts, measure, of=of, layer=layer)
    n = (int(sums[:, 0].sum()), int(sums[:, 1].sum()))
    counts = [make(rows.sum(1), prf, n)]
    if len(labels) < 2:
        return counts
    counts.append(make(rows.reshape(len(rows), 3 * len(labels)), macro, n, part="macro"))
    by_frequency = [k for k in np.argsort(-sums[:, 0], kind="stable").tolist() if sums[k, :2].any()]
    return counts + [make(rows[:, k], prf, (int(sums[k, 0]), int(sums[k, 1])), part=labels[k]) for k in by_frequency]


def per_unit(bounds: Ints, at: Ints, amounts: Ints | Floats | None = None) -> Floats:
    """Return how many positions lie in each unit, or the sum of their amounts.

    Args:
        bounds: of the units, shape (units + 1,).
        at: positions, shape (things,).
        amounts: what each thing counts, shape (things,); 1 by default.

    Returns:
        Shape (units,).
    """
    unit = np.searchsorted(bounds, at, "right") - 1
    return np.bincount(unit, amounts, minlength=len(bounds) - 1).astype(np.float64)


def per_unit_and_kind(bounds: Ints, at: Ints, kind: Ints, kinds: int) -> Floats:
    """Return how many positions of each kind lie in each unit.

    Args:
        bounds: of the units, shape (units + 1,).
        at: positions, shape (things,).
        kind: the kind of each thing, from 0 to less than ``kinds``, shape (things,).
        kinds: how many kinds there are.

    Returns:
        Shape (units, kinds).
    """
    unit = np.searchsorted(bounds, at, "right") - 1
    counts = np.bincount(unit * kinds + kind, minlength=(len(bounds) - 1) * kinds)
    return counts.reshape(len(bounds) - 1, kinds).astype(np.float64)


def columns_per_unit(bounds: Ints, *positions: Ints) -> Floats:
    """Return how many of each list of positions lie in each unit, shape (units, lists)."""
    return np.stack([per_unit(bounds, at) for at in positions], 1)
