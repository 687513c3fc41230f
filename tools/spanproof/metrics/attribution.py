"""Attribution with partial credit: contents are aligned by the tokens they share, then each part within the pairs.

So a content that is one token short costs that token, and a source that stands at another quotation earns nothing. The
definition is that of the German Wikinews corpus (Petersen-Frey and Biemann, Dataset of Quotation Attribution in German
News Articles, LREC-COLING 2024, section 5, its macro scores), with one difference: its script also pairs quotations
that share no token, in the order of the files, and gives credit for parts that these have in common.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from spanproof.arrays import Floats, Ints, distinct
from spanproof.corpus.assignment import assignment
from spanproof.corpus.continuum import Units
from spanproof.metrics.counts import Counts, mean_shares
from spanproof.metrics.spans import Tokens, meetings

_SAME_LABEL = 0.01
_LIKE_PARTS, _SHARED = 1e-4, 1e-8


@dataclass(frozen=True)
class PartTokens:
    """The tokens of one part of annotations, as of their sources.

    Attributes:
        owner: the annotation of each token, ascending, shape (tokens,).
        token: the token as a number, ascending in an annotation, none twice there.
        size: how many tokens each annotation has, 0 where it lacks the part, shape (annotations,).
    """

    owner: Ints
    token: Ints
    size: Ints

    @classmethod
    def of(cls, owner: Ints, start: Ints, end: Ints, n: int, tokens: Tokens) -> "PartTokens":
        """Return the tokens that share a character with the pieces of a part.

        A piece of blanks alone has no token; it counts as one of its own, the same for the same start.

        Args:
            owner: the annotation of each piece, in any order.
            start: of the pieces, positions of the continuum.
            end: likewise, half open.
            n: how many annotations there are.
            tokens: of the continuum.
        """
        piece, token = meetings(start, end, *tokens)
        blank = np.setdiff1d(np.arange(len(start)), piece)
        width = len(tokens[0]) + int(end.max(initial=0)) + 1
        rows = np.append(owner[piece], owner[blank]), np.append(token, len(tokens[0]) + start[blank])
        owners, numbers = np.divmod(distinct(rows[0] * width + rows[1]), width)
        return cls(owners, numbers, np.bincount(owners, minlength=n))

    def at(self, which: Ints) -> "PartTokens":
        """Return those of some annotations, which are numbered in the order of their indices."""
        new = np.full(len(self.size), -1)
        new[which] = np.arange(len(which))
        kept = new[self.owner] >= 0
        order = np.lexsort((self.token[kept], new[self.owner[kept]]))
        return PartTokens(new[self.owner[kept]][order], self.token[kept][order], self.size[which])


@dataclass(frozen=True)
class Attributions:
    """The annotations of gold or of a prediction: the tokens of their parts, the content first.

    Attributes:
        unit: the row of counts that each belongs to, shape (annotations,).
        label: the label of each as a number.
        parts: the tokens of each part.
        named: by name what is the same or another one as a whole, as who spoke: a number, -1 for nothing.
    """

    unit: Ints
    label: Ints
    parts: tuple[PartTokens, ...]
    named: dict[str, Ints] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.unit)

    def at(self, which: Ints) -> "Attributions":
        """Return some of them."""
        named = {name: number[which] for name, number in self.named.items()}
        return Attributions(self.unit[which], self.label[which], tuple(p.at(which) for p in self.parts), named)

    @property
    def ordered(self) -> "Attributions":
        """The same in an order of their own, so that which of several equal choices is made isn't up to the file."""
        if not len(self):
            return self
        keys: list[list[object]] = [[label] for label in self.label.tolist()]
        for part in self.parts:
            for key, tokens in zip(keys, np.split(part.token, np.cumsum(part.size)[:-1]), strict=True):
                key.append(tokens.tolist())
        for number in self.named.values():
            for key, value in zip(keys, number.tolist(), strict=True):
                key.append(value)
        return self.at(np.array(sorted(range(len(self)), key=keys.__getitem__), np.int64))


def attribution_counts(
    gold: Attributions,
    predicted: Attributions,
    names: Sequence[str],
    rows: tuple[int, Units],
    *,
    layer: str,
    part: str | None = None,
) -> list[Counts]:
    """Count what aligned annotations have in common, part by part.

    * ``aligned PART``: recall is the mean, over the annotations of gold that have this part, of the share of its tokens
      that the part of their partner has; precision likewise over those of the prediction; F1 their harmonic mean.
      Without a partner the share is 0. Of what is named (the speaker) the share is 1 where it is the same, else 0;
    * ``aligned parts``: the same mean over all parts but the content, ``aligned attribution`` over all.

    Annotations are aligned one to one so that the sum of the F1 of their contents' tokens is greatest, with 0.01 for
    the same label; where there is a choice left, their other parts decide, then the number of tokens.

    Args:
        gold: the annotations of gold.
        predicted: those of the prediction, with the same parts.
        names: what the parts are called, the content first.
        rows: how many rows counts have, and what they are.
        layer: the name of the layer.
        part: which annotations these are, None for all.
    """
    gold, predicted = gold.ordered, predicted.ordered
    first, second = _aligned(gold, predicted)
    tables = [_shares(gold, predicted, k, first, second, rows[0]) for k in range(len(names))]
    tables += [_same(gold, predicted, name, first, second, rows[0]) for name in gold.named]
    measured = dict(zip((*names, *gold.named), tables, strict=True))
    measured |= {"parts": sum(tables[1:], np.zeros_like(tables[0])), "attribution": sum(tables, 0 * tables[0])}
    counts = []
    for name, table in measured.items():
        n = int(table[:, 1].sum()), int(table[:, 3].sum())
        of = {"parts": "parts", "attribution": "contents and parts"}.get(name, f"{name}s")
        counts.append(Counts(f"aligned {name}", table, mean_shares, n, of, rows[1], layer, part))
    return counts


def _aligned(a: Attributions, b: Attributions) -> tuple[Ints, Ints]:
    """Return the pairs of annotations whose contents share a token, one to one."""
    keys, shared = _shared(a.parts[0], b.parts[0], len(b))
    i, j = np.divmod(keys, max(1, len(b)))
    like = np.zeros(len(keys))
    for one, other in zip(a.parts[1:], b.parts[1:], strict=True):
        of_part, tokens = _shared(one, other, len(b))
        both, at, where = np.intersect1d(keys, of_part, assume_unique=True, return_indices=True)
        pair = np.divmod(both, max(1, len(b)))
        like[at] += 2 * tokens[where] / (one.size[pair[0]] + other.size[pair[1]])
    for name, number in a.named.items():
        like += number[i] == b.named[name][j]
    weight = 2 * shared / (a.parts[0].size[i] + b.parts[0].size[j]) + _SAME_LABEL * (a.label[i] == b.label[j])
    chosen = assignment(i, j, weight + _LIKE_PARTS * like + _SHARED * shared)
    return i[chosen], j[chosen]


def _shared(a: PartTokens, b: PartTokens, width: int) -> tuple[Ints, Ints]:
    """Return the pairs of annotations that share tokens of a part, a * width + b, ascending; and how many tokens."""
    order = np.argsort(b.token, kind="stable")
    i, j = meetings(a.token, a.token + 1, b.token[order], b.token[order] + 1)
    keys, n = np.unique(a.owner[i] * max(1, width) + b.owner[order][j], return_counts=True)
    return keys, n


def _shares(a: Attributions, b: Attributions, k: int, first: Ints, second: Ints, units: int) -> Floats:
    """Return by row the sum of the shares of gold's parts that were found and their number, then the prediction's.

    Args:
        a: the annotations of gold.
        b: those of the prediction.
        k: which part.
        first: the annotations of gold that have a partner.
        second: their partners.
        units: how many rows.
    """
    keys, shared = _shared(a.parts[k], b.parts[k], len(b))
    pairs = first * max(1, len(b)) + second
    _, at, where = np.intersect1d(pairs, keys, assume_unique=True, return_indices=True)
    overlap = np.zeros(len(first))
    overlap[at] = shared[where]
    sides = []
    for side, partnered in ((a, first), (b, second)):
        size = side.parts[k].size
        share = np.zeros(len(side))
        share[partnered] = overlap / np.maximum(1, size[partnered])
        sides += [np.bincount(side.unit, share, units), np.bincount(side.unit, size > 0, units)]
    return np.stack(sides, 1)


def _same(a: Attributions, b: Attributions, name: str, first: Ints, second: Ints, units: int) -> Floats:
    """Return the same of what is named: shares are 1 or 0."""
    one, other = a.named[name], b.named[name]
    right = (one[first] == other[second]) & (one[first] >= 0)
    columns = []
    for side, number, partnered in ((a, one, first), (b, other, second)):
        columns += [np.bincount(side.unit[partnered], right, units), np.bincount(side.unit, number >= 0, units)]
    return np.stack(columns, 1)
