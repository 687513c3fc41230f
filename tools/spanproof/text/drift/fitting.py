"""Units that have no name: characters of the text that count more than one, or nothing, found from the spans.

A greedy search: of every character and width, those are kept under which the most spans have an offset that is as much
too high as that of the next span. Under the right widths that is all of them; under some of the right ones it changes
only where another of the right characters stands.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from spanproof.arrays import Bools, Ints, distinct
from spanproof.text.drift.bounds import Bounds
from spanproof.text.drift.counting import of_excess
from spanproof.text.drift.hypotheses import BASE, END, Hypothesis, Stored
from spanproof.text.drift.pairs import MORE, Numbers, Pairs, of_spans, widths_for
from spanproof.text.drift.surfaces import Candidates
from spanproof.text.letters import Letters

WIDTH = 17.0
"""Bits that it takes to say that a character has a width."""
_CHARACTERS, _WIDTHS = 80, 3  # that are tried, and how many of them may have a width
_BEAM, _KEPT = 3, 12  # that are gone on with, and that are judged
_STEPS = 2  # numbers of a character before spans, of which more must differ
_LEAST, _SHARE = 4, 0.2  # spans that have places, and what share of them agree if it is worth going on
_SPANS, _BLOCK = 200, 20  # that are looked at, and how many of them in a row where there are more
_PLACES, _NEAR = 8000, 100  # of them all, and of one: those that are nearest to what is stored


@dataclass(frozen=True)
class _Fit:
    """Some characters with a width, and what is left to be explained.

    Attributes:
        outline: the hypothesis, but for its counting.
        shift: by how much the offsets of a span are too high at each place.
        wider: by how much it is too wide for each place.
    """

    outline: Hypothesis
    shift: Numbers
    wider: Numbers


class _Places:
    """The places from which widths are told.

    Attributes:
        characters: those that may have a width.
        before: how often each stands before each place, shape (characters, places).
        within: how often each stands in each place, in the same shape.
    """

    def __init__(self, letters: Letters, stored: Stored, there: Candidates) -> None:
        counts = np.bincount(letters.index, minlength=len(letters.distinct))
        common = np.argsort(-counts, kind="stable")[:_CHARACTERS].tolist()
        where = [np.flatnonzero(letters.index == k) for k in common]
        before = np.stack([np.searchsorted(at, there.start) for at in where]).astype(np.int32)
        within = np.stack([np.searchsorted(at, there.end) for at in where]).astype(np.int32) - before
        # A character that stands between spans but once is an edit by another name, unless it makes a span wider.
        wider = (stored.end - stored.start)[there.span] != there.end - there.start
        kept = (np.diff(np.sort(before, 1), axis=1) > 0).sum(1) >= _STEPS
        kept |= (within[:, wider] > 0).any(1)
        self._where = {letters.distinct[common[k]]: where[k] for k in np.flatnonzero(kept).tolist()}
        self.characters = list(self._where)
        self.before, self.within = before[kept], within[kept]
        self._there, self._stored = there, stored
        self._counted: dict[str, tuple[Ints, Ints]] = {}

    @functools.cached_property
    def pairs(self) -> Pairs:
        """Return pairs of the places."""
        return Pairs.of(self._there, self._stored, self.before)

    def agreeing(self, fit: _Fit) -> Ints:
        """Return how many spans can have an offset that is as much too high as that of the span after them.

        Args:
            fit: what is known so far.

        Returns:
            The number for each width that each character may have, shape (characters, widths).
        """
        within, pairs = widths_for(fit.wider, self.within), self.pairs
        one, other = pairs.at.T
        apart = fit.shift[other] - fit.shift[one]
        fits: Bools = np.any(within, 0)
        near = fits[one] & fits[other] & (apart >= MORE[0] * pairs.reach) & (apart <= MORE[-1] * pairs.reach)
        few = np.flatnonzero(near)
        one, other = one[few], other[few]
        widths = widths_for(apart[few], pairs.between[:, few]) & within[:, one] & within[:, other]
        agreeing: Ints = of_spans(widths, pairs.group[few]).sum(1, dtype=np.int64)
        return agreeing

    def may_be_told(self, fit: _Fit, most: float) -> bool:
        """Say whether one more width may explain the spans in some bits: with a shift or an edit, or as they stand.

        Args:
            fit: what is known so far.
            most: the bits.
        """
        left = most - fit.outline.cost - WIDTH
        there = self._there
        if left >= BASE or (there.counts[there.span] > _NEAR).any():
            return left >= 0
        widths = widths_for(fit.shift, self.before) & widths_for(fit.wider, self.within)
        missing = 1 - of_spans(widths, there.span)
        bits = self._stored.exception[distinct(there.span)]
        return bool((bits @ missing).min(initial=np.inf) <= left)

    def counted(self, widths: Iterable[tuple[str, int]], there: Candidates) -> tuple[Ints, Ints]:
        """Return how the starts and the ends of places are counted where characters have widths.

        Args:
            widths: the characters with how much more than 1 they count.
            there: the places, always the same.
        """
        start, end = there.start, there.end
        for character, more in widths:
            if character not in self._counted:
                at = self._where[character]
                self._counted[character] = np.searchsorted(at, there.start), np.searchsorted(at, there.end)
            before_start, before_end = self._counted[character]
            start, end = start + more * before_start, end + more * before_end
        return start, end


def fitted(
    letters: Letters, stored: Stored, sound: Hypothesis, bounds: Bounds, most: Callable[[], float]
) -> Iterator[Hypothesis]:
    """Yield hypotheses of characters that have a width, the likeliest of each number of widths.

    Args:
        letters: the text.
        stored: the spans.
        sound: the hypothesis that nothing has a width.
        bounds: what hypotheses cost at least.
        most: returns what one may cost by now; those that cost more for sure are left out.
    """
    if (sound.candidates.counts > 0).sum() < _LEAST:
        return
    there = _few(sound.candidates, stored)
    places = _Places(letters, stored, there)
    if not places.characters:
        return
    beam = [_start(sound, end, there, stored) for end in ("end", "last", "length")]
    for _ in range(_WIDTHS):
        beam = [fit for fit in beam if bounds.nowhere + fit.outline.cost + WIDTH <= most()]
        if not any(places.may_be_told(fit, most() - bounds.nowhere) for fit in beam) or not len(places.pairs.at):
            return
        agreeing = np.stack([places.agreeing(fit) for fit in beam])
        kept: dict[object, _Fit] = {}
        for at in np.argsort(-agreeing.ravel(), kind="stable").tolist():
            if len(kept) == _KEPT:
                break
            k, character, more = np.unravel_index(at, agreeing.shape)
            fit, letter = beam[k], places.characters[character]
            if letter not in dict(fit.outline.widths):
                new = _wider(fit, letter, int(MORE[more]), places.before[character], places.within[character])
                kept.setdefault((new.outline.widths, new.outline.end), new)
        fits = list(kept.values())
        counts = ((fit.outline, *places.counted(fit.outline.widths, bounds.looked_at)) for fit in fits)
        for fit, least in zip(fits, bounds.of_widths(list(counts), most()).tolist(), strict=True):
            if least <= most():
                yield with_widths(letters, fit.outline)
        beam = fits[:_BEAM]
        if agreeing.max() < _SHARE * len(distinct(places.pairs.group)):
            return


def _few(there: Candidates, stored: Stored) -> Candidates:
    """Return the places of some spans, blocks of them where they are many, the nearest where one has many."""
    spans = np.flatnonzero(there.counts)
    share = min(_SPANS, _PLACES / np.minimum(there.counts[spans], _NEAR).mean()) / len(spans)
    if share < 1:
        blocks = max(2, int(share * len(spans)) // _BLOCK)
        first = np.linspace(0, max(0, len(spans) - _BLOCK), blocks).astype(np.int64)
        spans = np.unique(spans[np.minimum((first[:, None] + np.arange(_BLOCK)).ravel(), len(spans) - 1)])
    chosen = np.zeros(len(there.counts), np.bool_)
    chosen[spans] = True
    at = np.flatnonzero(chosen[there.span])
    if (there.counts[spans] > _NEAR).any():
        away = np.abs(there.start[at] - stored.start[there.span[at]])
        order = np.lexsort((away, there.span[at]))
        ordered = there.span[at][order]
        rank = np.arange(len(at)) - np.searchsorted(ordered, ordered)
        at = np.sort(at[order[rank < _NEAR]])
    return replace(there, span=there.span[at], start=there.start[at], end=there.end[at])


def _start(sound: Hypothesis, end: str, there: Candidates, stored: Stored) -> _Fit:
    """Return what is to be explained while no character has a width."""
    start, stop = stored.start[there.span], stored.end[there.span]
    size = stop if end == "length" else stop + (end == "last") - start
    outline = replace(sound, end=end, cost=sound.cost + END * (end != "end"))
    shift, wider = start - there.start, size - (there.end - there.start)
    return _Fit(outline, shift.astype(np.int32), wider.astype(np.int32))


def _wider(fit: _Fit, character: str, more: int, before: Numbers, within: Numbers) -> _Fit:
    """Return a fit with the width of one more character."""
    widths = tuple(sorted((*fit.outline.widths, (character, more))))
    outline = replace(fit.outline, widths=widths, cost=fit.outline.cost + WIDTH)
    return _Fit(outline, fit.shift - more * before, fit.wider - more * within)


def with_widths(letters: Letters, outline: Hypothesis) -> Hypothesis:
    """Return a hypothesis with the counting that its widths give."""
    widths = np.ones(len(letters.distinct), np.int64)
    for character, more in outline.widths:
        widths[letters.distinct.index(character)] += more
    return replace(outline, counting=of_excess(letters.excess(widths[letters.index])))
