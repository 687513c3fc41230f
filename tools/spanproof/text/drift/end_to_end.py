"""Documents with their texts and spans end to end, as arrays, and what their spans say without a model."""

import functools
from collections.abc import Sequence

import numpy as np

from spanproof.arrays import Bools, Floats, Ints, distinct
from spanproof.text.drift.document import exception_bits
from spanproof.text.drift.shared import SPANS, Annotated
from spanproof.text.drift.stands import Stands
from spanproof.text.drift.texts import AnnotatedTexts

_POINTS = 8_000_000  # code points that all documents have at most


class EndToEnd:
    """Documents end to end; those that have too many spans, or contexts, have none here.

    Attributes:
        documents: the documents.
        wrong: how many spans of each don't agree with its text; -1 where that isn't known.
    """

    def __init__(self, documents: Sequence[Annotated]) -> None:
        self.documents = documents
        columns = AnnotatedTexts.of(documents)
        sizes = np.array([len(text) for text in columns.texts], np.int64)
        number = np.diff(columns.bounds)
        plain = np.ones(len(sizes), np.bool_)
        for k in np.flatnonzero(number).tolist() if columns.contexts else ():
            plain[k] = not any(map(any, columns.contexts[columns.bounds[k] : columns.bounds[k + 1]]))
        self._taken = plain & (number > 0) & (number <= SPANS) & (np.cumsum(sizes) <= _POINTS)
        spans, doc = columns.spans, np.repeat(np.arange(len(sizes)), number)
        some = np.flatnonzero(self._taken[doc])
        number[~self._taken] = 0
        texts = [text if one else "" for text, one in zip(columns.texts, self._taken.tolist(), strict=True)]
        order = some[np.lexsort((spans.end[some], spans.start[some], doc[some]))]
        self._asked = np.argsort(order)
        self._bounds = np.concatenate((np.zeros(1, np.int64), np.cumsum(number))).tolist()
        # The different spans of each document in the order of their offsets, as it has them alone.
        self._doc, self._start, self._end = doc[order], spans.start[order], spans.end[order]
        self._stands = Stands(texts, spans.take(order).surfaces, self._doc)
        self._there = self._stands.at(self._start)
        self._right = self._agree()
        wrong = self._in_documents(~self._right).astype(np.int64)
        self.wrong = np.where(self._taken & (self._in_documents(self._twice) == 0), wrong, -1)

    @property
    def letters(self) -> Ints:
        """Return how many different characters the text of each document has; 0 where that isn't known."""
        return np.array(self._stands.has.sum(1), np.int64)

    @property
    def telling(self) -> Bools:
        """Say of which documents it is certain that each span may tell something: its surface stands in the text."""
        silent = self._stands.blank_alone | (self._end < self._start) | (self._stands.counts == 0)
        certain: Bools = self._taken & (self._in_documents(silent) == 0)
        return certain

    def may_have_slipped(self, number: int) -> Bools:
        """Say in which documents so many spans may have the words of the next one, or of the one before.

        Args:
            number: of spans, at least 1.
        """
        stands, size = self._stands, self._stands.length[self._doc]
        low, high = (np.clip(offset, 0, size) for offset in (self._start, self._end))
        may = ~self._taken | (self._in_documents(self._twice) > 0)
        for by in (1, -1):
            other = np.clip(np.arange(len(low)) + by, 0, len(low) - 1)
            same = stands.at(low, other) | (stands.size[other] == 0)
            same &= (self._doc[other] == self._doc) & (np.maximum(high - low, 0) == stands.size[other])
            may |= self._in_documents(same) >= number
        return may

    @functools.cached_property
    def turns(self) -> Ints:
        """Return by how many different numbers rows of spans of each document are off, each at its nearest place."""
        span, place = self._stands.span, self._stands.place
        if not len(span):
            return np.zeros(len(self._taken), np.int64)
        shift = self._start[span] - place
        first = np.flatnonzero(np.diff(span, prepend=-1))
        away = np.minimum.reduceat(2 * np.abs(shift) + (shift < 0), first)  # of the nearest; odd where it is behind
        doc = self._doc[span[first]]
        same = np.flatnonzero((np.diff(away) == 0) & (np.diff(doc) == 0))
        rows = distinct(doc[same] * (int(away.max()) + 1) + away[same])
        return np.bincount(rows // (int(away.max()) + 1), minlength=len(self._taken))

    @functools.cached_property
    def _twice(self) -> Bools:
        """Say which spans have the offsets of another one of their document that stands before them."""
        keys = self._doc, self._start, self._end
        same = np.zeros(len(self._doc), np.bool_)
        same[1:] = np.logical_and.reduce([np.diff(key) == 0 for key in keys])
        return same

    @functools.cached_property
    def _bits(self) -> Floats:
        stands = self._stands
        return exception_bits(stands.length[self._doc], stands.counts)

    def _agree(self) -> Bools:
        empty = self._stands.first_at(self._start)[0] & (self._stands.size == 0)
        stands = self._there | empty
        agree: Bools = stands & (self._end - self._start == self._stands.size)
        return agree

    def _in_documents(self, of_spans: Bools | Ints | Floats) -> Floats:
        """Return the sums of numbers of spans in each document."""
        return np.bincount(self._doc, of_spans.astype(np.float64), len(self._taken)).astype(np.float64)
