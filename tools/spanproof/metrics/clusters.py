"""Scores of clusterings, as of mentions into entities: MUC, B³, CEAF-e, LEA; arrays in, numbers out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.assignment import assigned
from spanproof.metrics.spans import Floats, Measure, ratio, tabulated


@dataclass(frozen=True)
class Contingency:
    """Two clusterings of mentions: the clusters that share some (``row`` of a, ``column`` of b, ``shared`` mentions),
    and the size of every cluster, mentions that the other side lacks counted too."""

    row: Ints
    column: Ints
    shared: Floats
    a: Floats
    b: Floats

    @property
    def swapped(self) -> "Contingency":
        """The same with the sides changed."""
        return Contingency(self.column, self.row, self.shared, self.b, self.a)


Scores = tuple[float, float, float]
"""Recall (a is the key), precision, F1."""


def muc(table: Contingency) -> Scores:
    """MUC: recall = sum over clusters k of |k| - parts(k) / sum of |k| - 1; parts: those the other side cuts k into.

    Source: Vilain et al., A model-theoretic coreference scoring scheme, MUC-6, 1995; with mentions that one side lacks:
    Pradhan et al., Scoring coreference partitions of predicted mentions, ACL 2014 (so too B³ and CEAF).
    """
    links = float(table.shared.sum() - np.count_nonzero(table.shared))
    held = [float(sizes.sum() - np.count_nonzero(sizes)) for sizes in (table.a, table.b)]
    return _scores(links, held[0], links, held[1])


def b_cubed(table: Contingency) -> Scores:
    """B³: recall = sum over clusters k, r of |k ∩ r|² / |k|, by mentions. Source: Bagga and Baldwin, LREC 1998."""

    def found(t: Contingency) -> float:
        return float(ratio(t.shared**2, t.a[t.row])[t.shared > 0].sum())

    return _scores(found(table), float(table.a.sum()), found(table.swapped), float(table.b.sum()))


def ceaf_e(table: Contingency) -> Scores:
    """CEAF-e: the best one-to-one alignment of clusters by 2|k ∩ r| / (|k| + |r|), by clusters.

    Source: Luo, On coreference resolution performance metrics, HLT/EMNLP 2005 (its similarity phi 4).
    """
    likeness = ratio(2 * table.shared, table.a[table.row] + table.b[table.column])
    some = table.shared > 0
    row, column, likeness = table.row[some], table.column[some], likeness[some]
    alone = (np.bincount(row)[row] == 1) & (np.bincount(column)[column] == 1)
    rows, r = np.unique(row[~alone], return_inverse=True)
    columns, c = np.unique(column[~alone], return_inverse=True)
    tangled = np.zeros((len(rows), len(columns)))
    tangled[r, c] = likeness[~alone]
    best = float(likeness[alone].sum()) + assigned(tangled)
    return _scores(best, float(np.count_nonzero(table.a)), best, float(np.count_nonzero(table.b)))


def lea(table: Contingency) -> Scores:
    """LEA: recall = sum over clusters k of |k| · (sum over r of links(k ∩ r)) / links(k), by mentions.

    links(n) = n (n - 1) / 2; a cluster of one has one link, to itself, which a cluster of one on the other side shares.
    Source: Moosavi and Strube, Which coreference evaluation metric do you trust?, ACL 2016.
    """

    def found(t: Contingency) -> float:
        size, shared = t.a[t.row], t.shared
        alone = (size == 1) & (shared == 1) & (t.b[t.column] == 1)
        part = np.where(size == 1, alone, ratio(shared * (shared - 1), size * (size - 1)))
        return float((size * part)[size > 0].sum())

    return _scores(found(table), float(table.a.sum()), found(table.swapped), float(table.b.sum()))


def _scores(found_a: float, of_a: float, found_b: float, of_b: float) -> Scores:
    """Recall, precision and their harmonic mean; 0 where one side has nothing, NaN where neither has."""
    if not of_a and not of_b:
        return np.nan, np.nan, np.nan
    recall, precision = (found / of if of else 0.0 for found, of in ((found_a, of_a), (found_b, of_b)))
    return recall, precision, 2 * recall * precision / ((recall + precision) or 1)


def contingency(a: Ints, b: Ints) -> Contingency:
    """The table of two clusterings: the cluster of each mention on each side, -1 where that side lacks it."""
    one = np.array([0, len(a)])
    return _clusters(a, b, np.zeros(len(a), np.int64), one)[0]


def clustering(score: Callable[[Contingency], Scores], a: Ints, b: Ints, at: Ints, documents: Ints) -> Measure:
    """F1 of a clustering score; mentions as :func:`contingency` takes them, ``at`` their positions.

    A document that is drawn twice has its mentions twice, in the same clusters. Not additive over sentences.
    """
    table, counts = _clusters(a, b, at, documents)
    edges = np.cumsum([len(table.shared), len(table.a)]).tolist()

    def f1(sums: Floats) -> Floats:
        drawn, which = np.unique(np.atleast_2d(sums), axis=0, return_inverse=True)
        parts = (np.split(row, edges) for row in drawn)
        scores = [score(Contingency(table.row, table.column, *part))[2] for part in parts]
        return np.array(scores)[which].reshape(sums.shape[:-1])

    return Measure(counts, f1)


def _clusters(a: Ints, b: Ints, at: Ints, bounds: Ints) -> tuple[Contingency, Floats]:
    width = int(b.max(initial=0)) + 1
    both = (a >= 0) & (b >= 0)
    keys, cell = np.unique(a[both] * width + b[both], return_inverse=True)
    counts = [tabulated(bounds, at[both], cell, len(keys))]
    counts += [tabulated(bounds, at[s >= 0], s[s >= 0], int(s.max(initial=-1)) + 1) for s in (a, b)]
    row, column = np.divmod(keys, width)
    return Contingency(row, column, *(table.sum(0) for table in counts)), np.concatenate(counts, 1)
