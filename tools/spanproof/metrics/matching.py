"""How well spans are found: exact, boundary-only, overlap, token level, and which span of a side is which of the other.

All of it rests on the symmetric counts of :mod:`spanproof.metrics.spans`; the first side is the gold.
"""

from dataclasses import replace

import numpy as np

from spanproof.arrays import Bools, Ints, distinct, member, repeated
from spanproof.corpus.assignment import assigned
from spanproof.corpus.pairs import Ground
from spanproof.metrics import spans as metrics
from spanproof.metrics.spans import Floats, Side

MEASURES = ("exact", "boundary", "overlap", "token")


def counted(measure: str, gold: Side, predicted: Side, labels: int, ground: Ground) -> Floats:
    """Counts (sentences, labels, 3) of gold, predicted, credit.

    * ``exact``: spans; credit 1 for the same start, end and label (SemEval-2013 task 9: strict);
    * ``boundary``: spans of any label, as one; credit 1 for the same start and end (there: exact);
    * ``overlap``: spans; as exact, and 1/2 for one of the same label that shares a character
      (:func:`spanproof.metrics.spans.overlap_f1`);
    * ``token``: pairs of a token and a label; a token has the labels of all spans that share a character with it.

    With one label or none (``labels`` is 1) all spans count as one kind.
    """
    if measure == "boundary":
        labels = 1
    if labels == 1:
        gold, predicted = blank(gold), blank(predicted)
    if measure == "token":
        gold, predicted = (cut(side, ground.tokens, labels) for side in (gold, predicted))
    if measure != "overlap" and (found := _packed(gold, predicted, labels, ground.sentences)) is not None:
        return found
    score = metrics.overlap_f1 if measure == "overlap" else metrics.exact_f1
    sides = [
        [side.at(side.label == label) if labels > 1 else side for side in (gold, predicted)] for label in range(labels)
    ]
    return np.stack([score(a, b, ground.sentences).counts for a, b in sides], 1)


def _packed(gold: Side, predicted: Side, labels: int, bounds: Ints) -> Floats | None:
    """The counts of :func:`spanproof.metrics.spans.exact_f1` for all labels at once, several times as fast.

    A span is one number. None where a side has a span twice, or texts are so long that numbers don't reach.
    """
    width = 1 + max(int((side.end - side.start).max(initial=0)) for side in (gold, predicted))
    if int(bounds[-1]) * width * labels >= 2**62:
        return None
    keys = [(side.start * width + side.end - side.start) * labels + side.label for side in (gold, predicted)]
    if any(repeated(each).size for each in keys):
        return None
    same = gold.at(member(keys[1], keys[0]))
    return np.stack([metrics.tabulated(bounds, side.start, side.label, labels) for side in (gold, predicted, same)], -1)


def blank(side: Side) -> Side:
    """The spans without their labels."""
    return replace(side, label=np.zeros_like(side.label))


def cut(side: Side, tokens: tuple[Ints, Ints], labels: int) -> Side:
    """The tokens that share a character with spans, each once for each label."""
    starts, ends = tokens
    first = np.searchsorted(ends, side.start, "right")
    n = np.searchsorted(starts, side.end, "left") - first
    token = np.arange(n.sum()) + np.repeat(first - np.cumsum(n) + n, n)
    token, label = np.divmod(distinct(token * labels + np.repeat(side.label, n)), labels)
    return Side(starts[token], ends[token], label)


def partners(a: Side, b: Side) -> tuple[Ints, Ints]:
    """Which spans of the sides are one another's, one to one; labels are 0 or more.

    First those with the same start and end; then, of the others, as many pairs as there can be that share a character,
    and among such choices the one whose pairs share most characters. Where there is a choice left, pairs with the same
    label come first.
    """
    orders = [np.lexsort((side.label, side.end, side.start)) for side in (a, b)]
    a, b = a.at(orders[0]), b.at(orders[1])
    first, second = metrics.pairs(a, b)
    rest, others = (np.setdiff1d(np.arange(len(side.start)), some) for side, some in ((a, first), (b, second)))
    x, y = _met(a.at(rest), b.at(others))
    return orders[0][np.append(first, rest[x])], orders[1][np.append(second, others[y])]


def _met(a: Side, b: Side) -> tuple[Ints, Ints]:
    """The best pairs of spans that share a character, island by island of overlapping spans."""
    start, end, label = (np.append(*each) for each in ((a.start, b.start), (a.end, b.end), (a.label, b.label)))
    order = np.lexsort((end, start))
    head = np.append(True, start[order][1:] >= np.maximum.accumulate(end[order])[:-1])[: len(order)]
    found: list[tuple[int, int]] = []
    for island in np.split(order, np.flatnonzero(head)[1:]):
        i, j = island[island < len(a.start)], island[island >= len(a.start)]
        if i.size and j.size:
            shared = np.minimum.outer(end[i], end[j]) - np.maximum.outer(start[i], start[j])
            same = label[i][:, None] == label[j]
            found += [(int(i[x]), int(j[y]) - len(a.start)) for x, y in _best(shared, same)]
    x, y = np.array(found, np.int64).reshape(-1, 2).T
    return x, y


def _best(shared: Ints, same: Bools) -> list[tuple[int, int]]:
    """Most pairs, then most characters, then most with the same label.

    The weights are whole numbers in which each wish outweighs all later ones. A pair belongs to a best choice if what
    is best without its two spans is less by its weight alone.
    """
    some = shared > 0
    if some.size == 1:
        return [(0, 0)] if some[0, 0] else []
    pairs = min(some.shape)
    weights = np.where(some, (pairs + 1.0) * (shared + pairs * shared.max() + 1) + same, 0)
    rows, columns = list(range(len(weights))), list(range(weights.shape[1]))
    found, best = [], assigned(weights)
    for row in range(len(weights)):
        rows.remove(row)
        for column in [column for column in columns if weights[row, column]]:
            left = [other for other in columns if other != column]
            rest = assigned(weights[np.ix_(rows, left)]) if rows and left else 0.0
            if rest + weights[row, column] == best:
                found.append((row, column))
                columns, best = left, rest
                break
    return found


def tallied(bounds: Ints, *positions: Ints) -> Floats:
    """How many positions lie in each unit, a column each."""
    return np.concatenate([metrics.tabulated(bounds, at, np.zeros_like(at), 1) for at in positions], 1)
