"""Spans as arrays: where they stand on the continuum of a corpus, and which label each has."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spanproof.arrays import Bools, Ints, distinct

Tokens = tuple[Ints, Ints]
"""Starts and ends of tokens, in order and without overlap."""


@dataclass(frozen=True)
class LabelledSpans:
    """The spans of one annotator or system.

    Attributes:
        start: positions of a continuum, in code points, shape (spans,).
        end: the positions behind the last characters; no span is empty.
        label: the label of each as a number from 0.
    """

    start: Ints
    end: Ints
    label: Ints

    @classmethod
    def joined(cls, parts: Sequence["LabelledSpans"]) -> "LabelledSpans":
        """Return the spans of one part or more as one, in the order of the parts."""
        columns = ([part.start for part in parts], [part.end for part in parts], [part.label for part in parts])
        return cls(*map(np.concatenate, columns))

    def __len__(self) -> int:
        return len(self.start)

    def at(self, which: Ints | Bools) -> "LabelledSpans":
        """Return some of the spans, by their indices or by a mask."""
        return LabelledSpans(self.start[which], self.end[which], self.label[which])

    @property
    def unlabelled(self) -> "LabelledSpans":
        """The same spans, all with the label 0."""
        return replace(self, label=np.zeros_like(self.label))

    @property
    def by_label(self) -> "LabelledSpans":
        """The same spans with each label's on a stretch of its own, so that spans of two labels never meet."""
        shift = self.label * (int(self.end.max(initial=0)) + 1)
        return LabelledSpans(self.start + shift, self.end + shift, self.label)

    def tokens(self, tokens: Tokens, labels: int) -> "LabelledSpans":
        """Return the tokens that share a character with a span, each once for each of the ``labels`` labels."""
        span, token = meetings(self.start, self.end, *tokens)
        token, label = np.divmod(distinct(token * labels + self.label[span]), labels)
        return LabelledSpans(tokens[0][token], tokens[1][token], label)


def meetings(start: Ints, end: Ints, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Return all pairs of an interval of the one list and one of the other that share a position.

    Args:
        start: of the first list, in any order, shape (n,).
        end: likewise; half open.
        starts: of the second list, ascending, shape (m,).
        ends: likewise.

    Returns:
        Indices into the first and into the second list, by the first.
    """
    # No interval before the first one whose end, or that of one before it, lies behind a start can meet it.
    reach = np.maximum.accumulate(ends)
    first = np.searchsorted(reach, start, "right")
    n = np.maximum(0, np.searchsorted(starts, end, "left") - first)
    i = np.repeat(np.arange(len(start)), n)
    j = np.arange(n.sum()) + np.repeat(first - np.cumsum(n) + n, n)
    meet = ends[j] > start[i]
    return i[meet], j[meet]


def islands(start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Join intervals that overlap, directly or through others, to islands.

    Returns:
        The number of the island of each interval; the starts of the islands, ascending; their ends.
    """
    order = np.argsort(start, kind="stable")
    ordered, reach = start[order], np.maximum.accumulate(end[order])
    first = np.append(True, ordered[1:] >= reach[:-1])[: len(order)]
    number = np.empty(len(order), np.int64)
    number[order] = np.cumsum(first) - 1
    return number, ordered[first], reach[np.append(first[1:], True)[: len(order)]]
