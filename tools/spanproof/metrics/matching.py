"""Which span of one annotator is which of the other, one to one: by offsets and label, by offsets, by overlap."""

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.assignment import assignment
from spanproof.metrics.spans import LabelledSpans, islands, meetings

Pairs = tuple[Ints, Ints]
"""Indices of the first and of the second annotator's spans, shape (pairs,) both; no index stands twice."""


def unpaired(n: int, paired: Ints) -> Ints:
    """Return the indices below ``n`` that aren't among the paired ones, ascending."""
    free = np.ones(n, np.bool_)
    free[paired] = False
    return np.flatnonzero(free)


def exact_pairs(a: LabelledSpans, b: LabelledSpans) -> Pairs:
    """Pair spans with the same start, end and label; where some stand twice, the first with the first.

    Returns:
        The pairs in the order of start, end and label.
    """
    both = LabelledSpans.joined([a, b])
    # End and label as one key: much is sorted by start and end already, and a key of labels alone would undo that.
    keys = both.end * (int(both.label.max(initial=0)) + 1) + both.label, both.start
    order = np.lexsort(keys)  # stable: of equal spans those of a come first
    last, start = (key[order] for key in keys)
    head = np.flatnonzero(np.append(True, (last[1:] != last[:-1]) | (start[1:] != start[:-1]))[: len(order)])
    size = np.diff(np.append(head, len(order)))
    of_a = np.diff(np.append(0, np.cumsum(order < len(a)))[np.append(head, len(order))])
    n = np.minimum(of_a, size - of_a)
    rank = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
    return order[np.repeat(head, n) + rank], order[np.repeat(head + of_a, n) + rank] - len(a)


def extent_pairs(a: LabelledSpans, b: LabelledSpans) -> Pairs:
    """Pair spans with the same start and end; those with the same label are paired first."""
    first, second = exact_pairs(a, b)
    rest, others = unpaired(len(a), first), unpaired(len(b), second)
    more, more_of_b = exact_pairs(a.at(rest).unlabelled, b.at(others).unlabelled)
    return np.append(first, rest[more]), np.append(second, others[more_of_b])


def overlapping_pairs(a: LabelledSpans, b: LabelledSpans) -> Pairs:
    """Pair spans that have the same label and share a character, as many as there can be."""
    both = LabelledSpans.joined([a, b]).by_label
    one, other = both.at(np.arange(len(a))), both.at(np.arange(len(a), len(both)))
    order = np.argsort(other.start, kind="stable")
    i, j = meetings(one.start, one.end, other.start[order], other.end[order])
    chosen = assignment(i, j, np.ones(len(i)))
    return i[chosen], order[j[chosen]]


def partners(a: LabelledSpans, b: LabelledSpans) -> Pairs:
    """Pair spans that share a character, so that the pairs say what an annotator made of the other's spans.

    First those with the same start and end; then, of the others, as many pairs as there can be, and among such choices
    the one whose pairs share most characters. Where there is a choice left, pairs with the same label come first. The
    order of the spans makes no difference.
    """
    order, order_b = (np.lexsort((spans.label, spans.end, spans.start)) for spans in (a, b))
    a, b = a.at(order), b.at(order_b)
    first, second = extent_pairs(a, b)
    rest, others = unpaired(len(a), first), unpaired(len(b), second)
    more, more_of_b = _best_overlaps(a.at(rest), b.at(others))
    return order[np.append(first, rest[more])], order_b[np.append(second, others[more_of_b])]


def _best_overlaps(a: LabelledSpans, b: LabelledSpans) -> Pairs:
    """Most pairs, then most shared characters, then most pairs with the same label; b in the order of starts.

    Weights are whole numbers in which a pair outweighs all the characters of its island, and a character all the
    labels: with at most n pairs in an island and at most m characters in a pair, (n + 1) (n m + 1 + shared) + same.
    """
    i, j = meetings(a.start, a.end, b.start, b.end)
    island, begin, _ = islands(np.append(a.start, b.start), np.append(a.end, b.end))
    sizes = [np.bincount(part, minlength=len(begin)) for part in (island[: len(a)], island[len(a) :])]
    shared = np.minimum(a.end[i], b.end[j]) - np.maximum(a.start[i], b.start[j])
    most = np.zeros(len(begin), np.int64)
    np.maximum.at(most, island[i], shared)
    n, m = np.minimum(*sizes)[island[i]], most[island[i]]
    chosen = assignment(i, j, (n + 1) * (n * m + 1 + shared) + (a.label[i] == b.label[j]))
    return i[chosen], j[chosen]
