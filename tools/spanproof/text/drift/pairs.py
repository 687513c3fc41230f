"""Places of two spans that follow each other, and which widths of a character make up for what is left between them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from spanproof.arrays import Bools, Ints
from spanproof.text.drift.hypotheses import Stored
from spanproof.text.drift.surfaces import Candidates

MORE = np.array((-1, 1, 2, 3, 4, 5, 6, 7), np.int32)
"""By how much more than one a character may count."""
_PAIRS = 8000  # of those spans that have the fewest
_FREQUENT = 8  # characters that tell how far apart they can be

Numbers = npt.NDArray[np.int32]
Bits = npt.NDArray[np.uint8]


class Pairs(NamedTuple):
    """Places of two spans that follow each other.

    Attributes:
        at: the two places, shape (pairs, 2).
        group: which spans these are.
        between: how often each character stands between, shape (characters, pairs).
        reach: how often the most frequent does, shape (pairs,).
    """

    at: Ints
    group: Ints
    between: Numbers
    reach: Numbers

    @classmethod
    def of(cls, there: Candidates, stored: Stored, before: Numbers) -> "Pairs":
        """Return the pairs of some places, those of the spans that have the fewest.

        Args:
            there: the places.
            stored: the spans.
            before: how often each character stands before each place, shape (characters, places).
        """
        pairs, number = _pairs(there)
        if len(pairs) > _PAIRS:
            near = _are_near(there, stored, before, pairs)
            size, pairs, number = int(number.max()) + 1, pairs[near], number[near]
            sizes = np.bincount(number, minlength=size)
            order = np.argsort(sizes, kind="stable")
            few = np.isin(number, order[sizes[order].cumsum() <= _PAIRS])
            pairs, number = pairs[few], number[few]
        between = before[:, pairs[:, 1]] - before[:, pairs[:, 0]]
        return cls(pairs, number, between, np.abs(between).max(0, initial=0))


def of_spans(widths: Bits, of: Ints) -> Bits:
    """Return which widths fit spans at one of their places, shape (characters, spans, widths).

    Args:
        widths: those that fit at each place, as bits, shape (characters, places).
        of: the span of each place, which doesn't fall.
    """
    if not len(of):
        return np.zeros((len(widths), 0, len(MORE)), np.uint8)
    of_span = np.bitwise_or.reduceat(widths, np.flatnonzero(np.diff(of, prepend=-1)), 1)
    return np.unpackbits(of_span[:, :, None], axis=2, bitorder="little")


def widths_for(more: Numbers, times: Numbers) -> Bits:
    """Return which widths of a character make up for a number: a bit for each of them, in the order of ``MORE``.

    Args:
        more: the numbers, shape (n,).
        times: how often each character stands there, shape (characters, n).
    """
    widths = np.zeros(times.shape, np.uint8)
    for k, width in enumerate(MORE.tolist()):
        widths |= (times * width == more).view(np.uint8) << k
    return widths


def _pairs(there: Candidates) -> tuple[Ints, Ints]:
    """Return the pairs of places of spans that follow each other, shape (pairs, 2), and which two spans each is of."""
    first = np.flatnonzero(np.diff(there.span, prepend=-1))
    sizes = np.diff(np.append(first, len(there.span)))
    number = np.repeat(np.arange(len(sizes) - 1), sizes[:-1] * sizes[1:]) if len(sizes) else np.zeros(0, np.int64)
    step = np.arange(len(number)) - np.searchsorted(number, number)
    before, behind = np.divmod(step, sizes[number + 1])
    return np.stack((first[number] + before, first[number + 1] + behind), 1), number


def _are_near(there: Candidates, stored: Stored, before: Numbers, pairs: Ints) -> Bools:
    """Say of pairs of places whether widths of the most frequent character between them could make up for the rest."""
    one, other = pairs.T
    gap = stored.start[there.span[other]] - stored.start[there.span[one]]
    apart = gap - (there.start[other] - there.start[one])
    most = np.zeros(len(pairs), np.int64)
    for row in before[:_FREQUENT]:
        most = np.maximum(most, np.abs(row[other] - row[one]))
    near: Bools = (apart >= int(MORE[0]) * most) & (apart <= int(MORE[-1]) * most)
    return near
