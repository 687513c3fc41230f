"""Krippendorff's alpha for unitizing: agreement on where spans begin and end, in code points of a continuum."""

from functools import partial
from itertools import pairwise

import numpy as np

from spanproof.arrays import Ints, distinct
from spanproof.metrics.spans import Floats, Measure, Side, counted, meetings, others, ratio


def alpha_u(a: Side, b: Side, documents: Ints) -> Measure:
    """Krippendorff's alpha for unitizing, two observers, of all labels: 1 - sum of D_o(c) / sum of D_e(c).

    On a continuum of length L, label by label, each observer's spans (units) leave gaps between them::

        D_o = sum of d² / L²        over the pairs of a unit or gap of the one and one of the other
        d²  = (start - start')² + (end - end')²   for two units that overlap
            = l²                                  for a unit of length l that lies within a gap; 0 otherwise
        D_e = 2 / L · (sum over units of (N - 1) (2l³ - 3l² + l) / 3 + l² · sum over gaps g >= l of (g - l + 1))
              / (2L (2L - 1) - sum over units of l (l - 1))           N units, and gaps, of both observers

    Source: Krippendorff, On the reliability of unitizing continuous data, Sociological Methodology 25, 1995; Content
    Analysis, 2nd edition, 2004, section 11.6. Lengths are code points. Where texts are several, a gap ends where its
    text does, so that their order doesn't matter; it is additive over documents, not over sentences. The definition
    knows no units of one observer and label that overlap: they are merged to one.
    """
    labels = distinct(np.append(a.label, b.label)).tolist()
    blocks = [
        _unitized(_merged(a.at(a.label == label)), _merged(b.at(b.label == label)), documents) for label in labels
    ]
    edges = np.cumsum([1, *(block.shape[1] for block in blocks)]).tolist()
    lengths = np.diff(documents).astype(np.float64)[:, None]
    return Measure(np.concatenate([lengths, *blocks], 1), partial(_alpha_u, edges=edges))


def _alpha_u(sums: Floats, edges: list[int]) -> Floats:
    length = sums[..., 0]
    observed, expected = np.zeros_like(length), np.zeros_like(length)
    for first, last in pairwise(edges):
        differences, n, cubes, squares = np.moveaxis(sums[..., first : first + 4], -1, 0)
        units, room = np.split(sums[..., first + 4 : last], 2, -1)
        observed += ratio(differences, length**2)
        placed = (n - 1) * cubes + (units * room).sum(-1)
        expected += 2 * ratio(placed, length * (2 * length * (2 * length - 1) - squares))
    return 1 - ratio(observed, expected)


def _unitized(a: tuple[Ints, Ints], b: tuple[Ints, Ints], documents: Ints) -> Floats:
    """What alpha_u adds up over documents, of one label: d², N, the cubic and the quadratic term, and for each length
    that a unit has, l² of the units that have it and g - l + 1 of the gaps that hold it."""
    i, j = meetings(*a, *b)
    at, squared = [a[0][i]], [(a[0][i] - b[0][j]) ** 2 + (a[1][i] - b[1][j]) ** 2]
    for (start, end), met in ((a, i), (b, j)):
        alone = others(len(start), met)
        at.append(start[alone])
        squared.append((end - start)[alone] ** 2)
    start, end = np.append(a[0], b[0]), np.append(a[1], b[1])
    length = end - start
    gaps = [(np.sort(np.append(documents[:-1], e)), np.sort(np.append(documents[1:], s))) for s, e in (a, b)]
    gap, gap_end = np.concatenate(gaps, 1)
    gap, gap_end = gap[gap < gap_end], gap_end[gap < gap_end]
    lengths = distinct(length).tolist()
    columns = [
        counted(documents, np.concatenate(at), np.concatenate(squared)),
        counted(documents, start),
        counted(documents, start, length * (length - 1) * (2 * length - 1) / 3),
        counted(documents, start, length * (length - 1)),
        *(counted(documents, start[length == n]) * n * n for n in lengths),
        *(counted(documents, gap, np.maximum(0, gap_end - gap - n + 1)) for n in lengths),
    ]
    return np.stack(columns, 1)


def _merged(side: Side) -> tuple[Ints, Ints]:
    """Starts and ends in order, spans that share a position as one."""
    order = np.argsort(side.start)
    start, end = side.start[order], np.maximum.accumulate(side.end[order])
    head = np.append(True, start[1:] >= end[:-1])[: len(start)]
    return start[head], end[np.append(head[1:], True)[: len(start)]]
