"""Where surfaces stand in many texts, as arrays over the texts end to end."""

import functools
from collections.abc import Sequence
from itertools import chain, pairwise

import numpy as np

from spanproof.arrays import Bools, Ints, member
from spanproof.text.drift.alterations import QUOTES
from spanproof.text.drift.surfaces import all_starts, starts
from spanproof.text.letters import Letters, code_points

_FIND = 2000  # code points that are searched through in the time that it takes to begin a search


class Stands:
    """Texts end to end, with surfaces that are looked for in them. Boundaries are counted from the first of each text.

    Attributes:
        texts: the texts.
        surfaces: the surface of each span.
        length: of each text (code points).
        low: where each text begins.
        size: of each surface (code points).
        first: the first code point of each; -1 of an empty one.
        edged: which are empty or have white space at an edge.
        blank_alone: which are empty or have white space alone.
        quoted: which are in quotation marks.
    """

    MOST = 20_000
    """Places that the spans of a document have at most, so that they are listed."""

    def __init__(self, texts: Sequence[str], surfaces: Sequence[str], doc: Ints) -> None:
        """Take the texts, the surface of each span, and the number of its text, which doesn't fall."""
        self.texts, self.surfaces, self._doc = texts, surfaces, doc
        self.length = np.array([len(text) for text in texts], np.int64)
        self.low = np.cumsum(self.length + 1) - self.length - 1
        self._letters = Letters("\0".join((*texts, "")))
        self._different = list(dict.fromkeys(surfaces))
        index = {surface: k for k, surface in enumerate(self._different)}
        self._code = np.array([index[surface] for surface in surfaces], np.int64)
        self._sizes = sizes = np.array([len(surface) for surface in self._different], np.int64)
        self._words = code_points("".join(self._different))
        self._word = np.cumsum(sizes) - sizes
        self.size = sizes[self._code]
        first = [ord(surface[0]) if surface else -1 for surface in self._different]
        self._firsts = np.array(first, np.int64)
        self.first = self._firsts[self._code]
        blank = [not surface or surface.isspace() for surface in self._different]
        self.blank_alone = np.array(blank, np.bool_)[self._code]
        edged = [not surface or surface.strip() != surface for surface in self._different]
        self.edged = np.array(edged, np.bool_)[self._code]
        quoted = [QUOTES.get(surface[:1]) == surface[-1:] != "" for surface in self._different]
        self.quoted = np.array(quoted, np.bool_)[self._code]

    def at(self, start: Ints, of: Ints | None = None) -> Bools:
        """Say of each span whether a surface stands at a boundary of its text; an empty one stands nowhere.

        Args:
            start: the boundary for each span.
            of: the span whose surface is looked at for each; itself by default.
        """
        begins, first = self.first_at(start)
        stands = np.zeros(len(start), np.bool_)
        code = self._code if of is None else self._code[of]
        sizes = self._sizes[code]
        rows = np.flatnonzero(begins & (first == self._firsts[code]) & (start + sizes <= self.length[self._doc]))
        size = sizes[rows]
        if len(rows):
            begin = np.cumsum(size) - size
            step = np.arange(int(size.sum())) - np.repeat(begin, size)
            words = self._words[np.repeat(self._word[code[rows]], size) + step]
            there = self.points[np.repeat(self.low[self._doc[rows]] + start[rows], size) + step]
            stands[rows] = np.logical_and.reduceat(words == there, begin)
        return stands

    def first_at(self, start: Ints) -> tuple[Bools, Ints]:
        """Return of each span whether a boundary lies within its text, and the code point there (its end is none)."""
        within = (start >= 0) & (start <= self.length[self._doc])
        return within, self.points[np.where(within, self.low[self._doc] + start, 0)]

    def blank(self, points: Ints) -> Bools:
        """Say which code points are white space."""
        return np.isin(points, _BLANK)

    @property
    def points(self) -> Ints:
        """Return the code points of all; one that is no character stands behind each text."""
        return self._letters.points

    @property
    def distinct(self) -> str:
        """Return each character of the texts once, in the order of the code points."""
        return self._letters.distinct

    @functools.cached_property
    def has(self) -> Bools:
        """Say which of the distinct characters stand in which text, shape (texts, characters)."""
        has = np.zeros((len(self.texts), len(self.distinct)), np.bool_)
        size = self.length + 1
        flat = np.repeat(np.arange(len(size)) * len(self.distinct), size)
        flat += self._letters.index
        flat[self.low + self.length] = flat[self.low] if len(flat) else 0
        has.reshape(-1)[flat] = True
        has[self.length == 0] = False
        return has

    def offsets(self, excess: Ints) -> Ints:
        """Return how a text is counted at each boundary, from the first of all texts.

        Args:
            excess: by how much more than 1 each of the distinct characters counts.
        """
        if not excess.any():
            return np.arange(len(self.points))
        more = excess[self._letters.index]
        more[self.low + self.length] = 0
        offsets = np.cumsum(more)
        offsets -= more
        offsets += np.arange(len(more))
        return offsets

    @functools.cached_property
    def _found(self) -> tuple[Ints, Ints, Ints]:
        """Return which place of any surface is the first of each span, how many it has, and all places."""
        size = len(self.texts)
        pairs, number = np.unique(self._code * size + self._doc, return_inverse=True)
        code, doc = np.divmod(pairs, max(size, 1))
        ends = self.low + self.length
        counts, places = np.zeros(len(pairs), np.int64), list[Ints]()
        for low, high in pairwise([0, *(np.flatnonzero(np.diff(code)) + 1).tolist(), len(pairs)]):
            if low == high:
                continue
            surface, some = self._different[int(code[low])], doc[low:high]
            if (high - low) * _FIND > len(self._letters.text):
                at = all_starts(self._letters, surface)
                of = np.searchsorted(self.low, at, "right") - 1
                within = (at + len(surface) <= ends[of]) & member(some, of)
                at, of = at[within] - self.low[of[within]], of[within]
                counts[low:high] = np.bincount(of, minlength=size)[some]
            else:
                rows = [starts(self.texts[k], surface) for k in some.tolist()]
                counts[low:high] = [len(row) for row in rows]
                at = np.array(list(chain.from_iterable(rows)), np.int64)
            places.append(at)
        first = np.cumsum(counts) - counts
        return first[number], counts[number], np.concatenate(places) if places else np.zeros(0, np.int64)

    @property
    def counts(self) -> Ints:
        """Return how often the surface of each span stands in its text."""
        return self._found[1]

    @functools.cached_property
    def _listed(self) -> tuple[Ints, Ints]:
        first, counts, places = self._found
        in_text = np.bincount(self._doc, counts, len(self.texts))[self._doc]
        counts = np.where(in_text <= self.MOST, counts, 0)
        span = np.repeat(np.arange(len(counts)), counts)
        step = np.arange(len(span)) - np.repeat(np.cumsum(counts) - counts, counts)
        return span, places[first[span] + step]

    @property
    def span(self) -> Ints:
        """Return the span of each place of a surface; texts in which they have too many aren't listed."""
        return self._listed[0]

    @property
    def place(self) -> Ints:
        """Return at which boundary each of these places begins."""
        return self._listed[1]


_BLANK = np.array([point for point in range(0x3001) if chr(point).isspace()], np.int64)
