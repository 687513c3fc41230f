"""Scores of clusterings, as of mentions into entities: MUC, B³, CEAF-e, LEA; arrays in, numbers out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from spanproof.arrays import Floats, Ints
from spanproof.corpus.assignment import assignment
from spanproof.metrics.counts import Counts, Statistic, per_unit_and_kind, ratio, without_precision


@dataclass(frozen=True)
class Contingency:
    """Two clusterings of the same mentions.

    Attributes:
        row: of each pair of clusters that share a mention the one of a (the key), shape (pairs,).
        column: the one of b (the response).
        shared: how many mentions they share.
        a: the size of every cluster of a, mentions that b lacks counted too, shape (clusters of a,).
        b: likewise, shape (clusters of b,).
    """

    row: Ints
    column: Ints
    shared: Floats
    a: Floats
    b: Floats

    @property
    def swapped(self) -> "Contingency":
        """The same with key and response exchanged."""
        return Contingency(self.column, self.row, self.shared, self.b, self.a)


Sums = tuple[float, float, float, float]
"""What is found in a, what a has, what is found in b, what b has: recall is found / has in a, precision in b.

They add up over articles whose clusters end with them.
"""
ClusterSums = Callable[[Contingency], Sums]


def muc(table: Contingency) -> Sums:
    """Count links by MUC: of a cluster k, |k| - parts(k) of |k| - 1; parts: those that the other side cuts k into.

    Source: Vilain et al., A model-theoretic coreference scoring scheme, MUC-6, 1995; with mentions that one side lacks:
    Pradhan et al., Scoring coreference partitions of predicted mentions, ACL 2014 (so too B³ and CEAF).
    """
    links = float(table.shared.sum() - np.count_nonzero(table.shared))
    of_a, of_b = (float(sizes.sum() - np.count_nonzero(sizes)) for sizes in (table.a, table.b))
    return links, of_a, links, of_b


def b_cubed(table: Contingency) -> Sums:
    """Count mentions by B³: sum over clusters k, r of |k ∩ r|² / |k|.

    Source: Bagga and Baldwin, Algorithms for scoring coreference chains, LREC 1998.
    """

    def shared_mentions(t: Contingency) -> float:
        return float(ratio(t.shared**2, t.a[t.row])[t.shared > 0].sum())

    return shared_mentions(table), float(table.a.sum()), shared_mentions(table.swapped), float(table.b.sum())


def ceaf_e(table: Contingency) -> Sums:
    """Count clusters by CEAF-e: the best one-to-one assignment of clusters by 2|k ∩ r| / (|k| + |r|).

    Source: Luo, On coreference resolution performance metrics, HLT/EMNLP 2005 (its similarity phi 4).
    """
    some = table.shared > 0
    row, column = table.row[some], table.column[some]
    likeness = ratio(2 * table.shared[some], table.a[row] + table.b[column])
    best = float(likeness[assignment(row, column, likeness)].sum())
    return best, float(np.count_nonzero(table.a)), best, float(np.count_nonzero(table.b))


def lea(table: Contingency) -> Sums:
    """Count mentions by LEA: sum over clusters k of |k| · (sum over r of links(k ∩ r)) / links(k).

    links(n) = n (n - 1) / 2; a cluster of one has one link, to itself, which a cluster of one on the other side shares.
    Source: Moosavi and Strube, Which coreference evaluation metric do you trust?, ACL 2016.
    """

    def linked_mentions(t: Contingency) -> float:
        size, shared = t.a[t.row], t.shared
        alone = (size == 1) & (shared == 1) & (t.b[t.column] == 1)
        part = np.where(size == 1, alone, ratio(shared * (shared - 1), size * (size - 1)))
        return float((size * part)[size > 0].sum())

    return linked_mentions(table), float(table.a.sum()), linked_mentions(table.swapped), float(table.b.sum())


CLUSTERINGS: Mapping[str, ClusterSums] = MappingProxyType({"MUC": muc, "B³": b_cubed, "CEAF-e": ceaf_e, "LEA": lea})


def cluster_prf(sums: Floats) -> Floats:
    """Return precision, recall and F1 of sums of (found in a, of a, found in b, of b), shape (..., 4).

    They are 0 where one side has nothing, undefined where neither has anything; see :func:`muc_prf` for MUC.
    """
    found_a, of_a, found_b, of_b = np.moveaxis(sums, -1, 0)
    nothing = (of_a == 0) & (of_b == 0)
    precision, recall = (np.nan_to_num(ratio(*shares)) for shares in ((found_b, of_b), (found_a, of_a)))
    f1 = np.nan_to_num(ratio(2 * recall * precision, recall + precision))
    return np.where(nothing[..., None], np.nan, np.stack([precision, recall, f1], -1))


def muc_prf(sums: Floats) -> Floats:
    """Return precision, recall and F1 of links: 0 where neither side has one, as in the reference scorer.

    So MUC of single mentions alone is 0, of a side against itself too. Source: the reference implementation of Pradhan
    et al., Scoring coreference partitions of predicted mentions, ACL 2014.
    """
    return np.nan_to_num(cluster_prf(sums))


def conll(sums: Floats) -> Floats:
    """Return the CoNLL average, the mean F1 of MUC, B³ and CEAF-e, of their sums one after the other, shape (..., 12).

    It is undefined where B³ is. Source: Pradhan et al., CoNLL-2012 shared task, 2012.
    """
    of_links = muc_prf(sums[..., :4])[..., 2]
    f1 = (of_links + cluster_prf(sums[..., 4:8])[..., 2] + cluster_prf(sums[..., 8:])[..., 2]) / 3
    return without_precision(f1)


def statistic_of(measure: str, mentions: tuple[int, int]) -> Statistic:
    """Return what makes a score of the sums of a measure: one of :data:`CLUSTERINGS`, or ``CoNLL``.

    Args:
        measure: the measure.
        mentions: how many each side has; of none at all MUC is undefined, not 0.
    """
    if measure == "CoNLL":
        return conll
    return muc_prf if measure == "MUC" and any(mentions) else cluster_prf


def no_links(measure: str, sums: Floats, mentions: tuple[int, int]) -> str:
    """Say that MUC, or the mean that it is in, is 0 for want of links; empty where there are some.

    Args:
        measure: the measure.
        sums: those of MUC, shape (4,).
        mentions: how many each side has.
    """
    if measure not in ("MUC", "CoNLL") or sums[1] or sums[3] or not any(mentions):
        return ""
    return "MUC is 0 because neither side puts two mentions together, as in the reference scorer."


def contingency(a: Ints, b: Ints) -> Contingency:
    """Return the table of two clusterings: the cluster of each mention on each side, -1 where that side lacks it."""
    one_unit = np.array([0, len(a)])
    return _tabulated(a, b, np.zeros(len(a), np.int64), one_unit)[0]


def cluster_counts(measure: str, a: Ints, b: Ints, at: Ints, documents: Ints) -> Counts:
    """Return a score of clusters that reach over documents.

    A document that is drawn twice has its mentions twice, in the same clusters. Not additive over sentences; nor can
    two systems' documents be exchanged one by one.

    Args:
        measure: one of :data:`CLUSTERINGS`, or ``CoNLL``.
        a: the cluster of each mention in the key, -1 where the key lacks it, shape (mentions,).
        b: that in the response.
        at: where the mentions stand, shape (mentions,).
        documents: where each text begins, and where the last one ends, shape (documents + 1,).
    """
    table, rows = _tabulated(a, b, at, documents)
    edges = np.cumsum([len(table.shared), len(table.a)]).tolist()
    scores = [muc, b_cubed, ceaf_e] if measure == "CoNLL" else [CLUSTERINGS[measure]]
    n = (int((a >= 0).sum()), int((b >= 0).sum()))
    statistic = statistic_of(measure, n)

    def of_sizes(sums: Floats) -> Floats:
        drawn, which = np.unique(np.atleast_2d(sums), axis=0, return_inverse=True)
        tables = (Contingency(table.row, table.column, *np.split(row, edges)) for row in drawn)
        cluster_sums = np.array([[number for score in scores for number in score(table)] for table in tables])
        return statistic(cluster_sums.reshape(len(drawn), 4 * len(scores)))[which].reshape(*sums.shape[:-1], 3)

    note = no_links(measure, np.array(muc(table)), n)
    return Counts(measure, rows, of_sizes, n, "mentions", "documents", additive=False, note=note)


def _tabulated(a: Ints, b: Ints, at: Ints, bounds: Ints) -> tuple[Contingency, Floats]:
    """Return the table, and the counts by unit that it sums: shared mentions, sizes of clusters of a, of b."""
    width = int(b.max(initial=0)) + 1
    both = (a >= 0) & (b >= 0)
    keys, cell = np.unique(a[both] * width + b[both], return_inverse=True)
    counts = [per_unit_and_kind(bounds, at[both], cell, len(keys))]
    counts += [per_unit_and_kind(bounds, at[s >= 0], s[s >= 0], int(s.max(initial=-1)) + 1) for s in (a, b)]
    row, column = np.divmod(keys, width)
    return Contingency(row, column, *(table.sum(0) for table in counts)), np.concatenate(counts, 1)
