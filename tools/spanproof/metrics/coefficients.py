"""Agreement corrected for chance: Cohen's kappa of labels, Krippendorff's alpha of tokens and of unitizing.

No annotator is the gold: each coefficient is symmetric. 1 is perfect agreement, 0 what chance gives.
"""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from spanproof.arrays import Bools, Floats, Ints, distinct
from spanproof.metrics.counts import Counts, per_unit, per_unit_and_kind, ratio, without_precision
from spanproof.metrics.matching import unpaired
from spanproof.metrics.spans import LabelledSpans, Tokens, islands, meetings


def kappa(a: Ints, b: Ints, at: Ints, bounds: Ints) -> Counts:
    """Return Cohen's kappa of two labels each of some things: (p_o - p_e) / (1 - p_e).

    p_o is the share of things with equal labels, p_e = sum of p_a(c) p_b(c) over labels c. It is undefined where both
    annotators have only ever used the same one label. Source: Cohen, A coefficient of agreement for nominal scales,
    Educational and Psychological Measurement 20, 1960.

    Args:
        a: the label that one annotator gave each thing, a number from 0, shape (things,).
        b: the label that the other gave it.
        at: where the things stand, shape (things,).
        bounds: of the units for resampling, shape (units + 1,).
    """
    labels = int(max(a.max(initial=-1), b.max(initial=-1))) + 1
    tables = [per_unit_and_kind(bounds, at, label, labels) for label in (a, b)]
    rows = np.concatenate([np.stack([per_unit(bounds, at), per_unit(bounds, at[a == b])], 1), *tables], 1)
    return Counts("κ", rows, _kappa, (len(a), len(b)), "matched spans")


def _kappa(sums: Floats) -> Floats:
    n, same = sums[..., 0], sums[..., 1]
    of_a, of_b = np.split(sums[..., 2:], 2, -1)
    chance = (of_a * of_b).sum(-1)
    return without_precision(ratio(n * same - chance, n * n - chance))


def token_alpha(
    tokens: Tokens, annotators: Sequence[LabelledSpans], bounds: Ints, annotated: Bools | None = None
) -> Counts:
    """Return Krippendorff's alpha, nominal, of two or more annotators over tokens: 1 - D_o / D_e.

    A token's value is the set of labels of the spans that share a character with it, the empty set where there is none.
    A token that m annotators have, m_c of them with the value c, counts where m >= 2. With n values of such tokens,
    n_c of them being c: D_o = sum of (m² - sum of m_c²) / (m - 1) over tokens / n, D_e = (n² - sum of n_c²) /
    (n (n - 1)). What an annotator doesn't have is no value, not the empty set. It is undefined where there is one value
    only. Source: Krippendorff, Content Analysis, 2nd edition, 2004, chapter 11.

    Args:
        tokens: starts and ends, in order, without overlap, shape (tokens,) both.
        annotators: the spans of each; they may overlap.
        bounds: of the units for resampling, shape (units + 1,).
        annotated: which tokens each annotator has, shape (annotators, tokens); all where it is None.
    """
    values = _label_sets(tokens, annotators)
    there = np.ones(values.shape, bool) if annotated is None else annotated & (annotated.sum(0) > 1)
    at = np.broadcast_to(tokens[0], values.shape)
    kinds = int(values.max(initial=-1)) + 1
    m = there.sum(0)
    # Values of one token that are equal, two by two, each with itself as well: the sum of m_c².
    equal = sum(((values == one) & there & has).sum(0) for one, has in zip(values, there, strict=True))
    disagreement = (m**2 - equal) / np.maximum(1, m - 1)
    counts = [per_unit(bounds, at[there]), per_unit(bounds, tokens[0], disagreement)]
    frequencies = per_unit_and_kind(bounds, at[there], values[there], kinds)
    n = int((m > 0).sum())
    return Counts("token α", np.concatenate([np.stack(counts, 1), frequencies], 1), _nominal_alpha, (n, n), "tokens")


def _nominal_alpha(sums: Floats) -> Floats:
    values, disagreement, frequencies = sums[..., 0], sums[..., 1], sums[..., 2:]
    return without_precision(1 - ratio((values - 1) * disagreement, values**2 - (frequencies**2).sum(-1)))


def _label_sets(tokens: Tokens, annotators: Sequence[LabelledSpans]) -> Ints:
    """Return the labels of each token as one number, equal ones for equal sets, shape (annotators, tokens)."""
    n, labels = len(tokens[0]), max(int(spans.label.max(initial=0)) for spans in annotators) + 1
    keys = []
    for k, spans in enumerate(annotators):
        span, token = meetings(spans.start, spans.end, *tokens)
        keys.append((token + k * n) * labels + spans.label[span])
    token, label = np.divmod(distinct(np.concatenate(keys)), labels)
    rank = np.arange(len(token)) - np.searchsorted(token, token)
    values: Ints = np.zeros(len(annotators) * n, np.int64)
    # The first label of each token, then the second one, and so on; numbers are made small again after each.
    for k in range(int(rank.max(initial=-1)) + 1):
        values *= labels + 1
        values[token[rank == k]] += label[rank == k] + 1
        values = np.unique(values, return_inverse=True)[1]
    return values.reshape(len(annotators), n)


def alpha_u(a: LabelledSpans, b: LabelledSpans, documents: Ints) -> Counts:
    """Return Krippendorff's alpha for unitizing, two annotators, of all labels: 1 - sum of D_o(c) / sum of D_e(c).

    On a continuum of length L, label by label, each annotator's spans (units) leave gaps between them::

        D_o = sum of d² / L²        over the pairs of a unit or gap of the one and one of the other
        d²  = (start - start')² + (end - end')²   for two units that overlap
            = l²                                  for a unit of length l that lies within a gap; 0 otherwise
        D_e = 2 / L · (sum over units of (N - 1) (2l³ - 3l² + l) / 3 + l² · sum over gaps g >= l of (g - l + 1))
              / (2L (2L - 1) - sum over units of l (l - 1))           N units, and gaps, of both annotators

    Source: Krippendorff, On the reliability of unitizing continuous data, Sociological Methodology 25, 1995; Content
    Analysis, 2nd edition, 2004, section 11.6. Lengths are code points. Where texts are several, a gap ends where its
    text does, so that their order doesn't matter; it is additive over documents, not over sentences. The definition
    knows no units of one annotator and label that overlap: they are merged to one.

    Args:
        a: the spans of one annotator.
        b: those of the other.
        documents: where each text begins, and where the last one ends, shape (documents + 1,).
    """
    labels = distinct(np.append(a.label, b.label)).tolist()
    blocks = []
    for label in labels:
        of_label = [spans.at(spans.label == label) for spans in (a, b)]
        (_, *units), (_, *others) = (islands(spans.start, spans.end) for spans in of_label)
        blocks.append(_unitized(units, others, documents))
    edges = np.cumsum([1, *(block.shape[1] for block in blocks)]).tolist()
    lengths = np.diff(documents).astype(np.float64)[:, None]
    rows = np.concatenate([lengths, *blocks], 1)
    return Counts("α_U", rows, partial(_alpha_u, edges=edges), (len(a), len(b)), "spans", "documents")


def _alpha_u(sums: Floats, edges: list[int]) -> Floats:
    length = sums[..., 0]
    observed, expected = np.zeros_like(length), np.zeros_like(length)
    for first, last in pairwise(edges):
        differences, n, cubes, squares = np.moveaxis(sums[..., first : first + 4], -1, 0)
        units, room = np.split(sums[..., first + 4 : last], 2, -1)
        observed += ratio(differences, length**2)
        placed = (n - 1) * cubes + (units * room).sum(-1)
        expected += 2 * ratio(placed, length * (2 * length * (2 * length - 1) - squares))
    return without_precision(1 - ratio(observed, expected))


def _unitized(a: Sequence[Ints], b: Sequence[Ints], documents: Ints) -> Floats:
    """Return what alpha_u adds up over documents, of one label, shape (documents, 4 + 2 * lengths).

    It is d², N, the cubic and the quadratic term, and for each length l that a unit has, l² of the units that have it
    and g - l + 1 of the gaps that hold it.
    """
    i, j = meetings(*a, *b)
    at, squared = [a[0][i]], [(a[0][i] - b[0][j]) ** 2 + (a[1][i] - b[1][j]) ** 2]
    for (start, end), met in ((a, i), (b, j)):
        alone = unpaired(len(start), met)
        at.append(start[alone])
        squared.append((end - start)[alone] ** 2)
    start, end = np.append(a[0], b[0]), np.append(a[1], b[1])
    length = end - start
    gaps = [(np.sort(np.append(documents[:-1], e)), np.sort(np.append(documents[1:], s))) for s, e in (a, b)]
    gap, gap_end = np.concatenate(gaps, 1)
    gap, gap_end = gap[gap < gap_end], gap_end[gap < gap_end]
    lengths = distinct(length).tolist()
    columns = [
        per_unit(documents, np.concatenate(at), np.concatenate(squared)),
        per_unit(documents, start),
        per_unit(documents, start, length * (length - 1) * (2 * length - 1) / 3),
        per_unit(documents, start, length * (length - 1)),
        *(per_unit(documents, start[length == n]) * n * n for n in lengths),
        *(per_unit(documents, gap, np.maximum(0, gap_end - gap - n + 1)) for n in lengths),
    ]
    return np.stack(columns, 1)
