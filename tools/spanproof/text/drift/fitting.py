"""Units that have no name: characters of the text that count more than one, or nothing, found from the spans.

A greedy search: of every character and width, those are kept under which the most spans have an offset that is as much
too high as that of the next span. Under the right widths that is all of them; under some of the right ones it changes
only where another of the right characters stands.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from spanproof.arrays import Bools, Ints, distinct
from spanproof.text.drift.bounds import Bounds
from spanproof.text.drift.counting import of_excess
from spanproof.text.drift.hypotheses import END, Hypothesis, Stored
from spanproof.text.drift.surfaces import Candidates
from spanproof.text.letters import Letters

WIDTH = 17.0
"""Bits that it takes to say that a character has a width."""
MORE = np.array((-1, 1, 2, 3, 4, 5, 6, 7), np.int32)
_CHARACTERS, _WIDTHS = 80, 3  # that are tried, and how many of them may have a width
_BEAM, _KEPT = 3, 12  # that are gone on with, and that are judged
_STEPS = 2  # numbers of a character before spans, of which more must differ
_LEAST, _SHARE = 4, 0.2  # spans that have places, and what share of them agree if it is worth going on
_SPANS, _BLOCK = 200, 20  # that are looked at, and how many of them in a row where there are more
_PLACES, _NEAR = 8000, 100  # of them all, and of one: those that are nearest to what is stored
_PAIRS = 8000  # places of two spans that follow each other, of those that have the fewest
_FREQUENT = 8  # characters that tell how far apart they can be

_Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class _Fit:
    """Some characters with a width, and what is left to be explained.

    Attributes:
        outline: the hypothesis, but for its counting.
        shift: by how much the offsets of a span are too high at each place.
        wider: by how much it is too wide for each place.
    """

    outline: Hypothesis
    shift: _Numbers
    wider: _Numbers


class _Places:
    """The places from which widths are told.

    Attributes:
        characters: those that may have a width.
        before: how often each stands before each place, shape (characters, places).
        within: how often each stands in each place, in the same shape.
        pairs: places of two spans that follow each other, shape (pairs, 2).
        group: which spans these are.
        between: how often each character stands between, shape (characters, pairs).
        reach: how often the most frequent does, shape (pairs,).
        number: how many spans follow another.
        told: of how many of them there are pairs.
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
        self.characters = [letters.distinct[k] for k, some in zip(common, kept.tolist(), strict=True) if some]
        self.before, self.within = before[kept], within[kept]
        pairs, number = _pairs(there)
        self.number = int(number.max(initial=-1)) + 1
        if len(pairs) > _PAIRS:
            near = _are_near(there, stored, self.before, pairs)
            pairs, number = pairs[near], number[near]
            sizes = np.bincount(number, minlength=self.number)
            order = np.argsort(sizes, kind="stable")
            few = np.isin(number, order[sizes[order].cumsum() <= _PAIRS])
            pairs, number = pairs[few], number[few]
        self.pairs, self.group = pairs, number
        self.told = len(np.unique(number))
        self.between = self.before[:, pairs[:, 1]] - self.before[:, pairs[:, 0]]
        self.reach = np.abs(self.between).max(0, initial=0)

    def agreeing(self, fit: _Fit) -> Ints:
        """Return how many spans can have an offset that is as much too high as that of the span after them.

        Args:
            fit: what is known so far.

        Returns:
            The number for each width that each character may have, shape (characters, widths).
        """
        apart = fit.shift[self.pairs[:, 1]] - fit.shift[self.pairs[:, 0]]
        least, most = self.within * MORE[0], self.within * MORE[-1]
        fits = ((fit.wider == 0) | ((least <= fit.wider) & (fit.wider <= most) & (self.within > 0))).any(0)
        few = fits[self.pairs].all(1) & (apart >= MORE[0] * self.reach) & (apart <= MORE[-1] * self.reach)
        few = np.flatnonzero(few)
        (one, other), between, apart = self.pairs[few].T, self.between[:, few], apart[few]
        some = between != 0
        more = apart // np.where(some, between, 1)
        row, at = np.nonzero(some & (more * between == apart) & (more >= MORE[0]) & (more <= MORE[-1]) & (more != 0))
        width = np.searchsorted(MORE, more[row, at])
        # Where no such character stands between, any width is as good.
        alike = np.flatnonzero(apart == 0)
        any_row, any_at = np.nonzero(~some[:, alike])
        row = np.concatenate((row, np.repeat(any_row, len(MORE))))
        at = np.concatenate((at, np.repeat(alike[any_at], len(MORE))))
        width = np.concatenate((width, np.tile(np.arange(len(MORE)), len(any_row))))
        fits = np.ones(len(at), np.bool_)
        for side in (one[at], other[at]):
            fits &= fit.wider[side] == MORE[width] * self.within[row, side]
        agreeing = distinct(((row * len(MORE) + width) * self.number + self.group[few[at]])[fits]) // self.number
        shape = len(self.characters), len(MORE)
        return np.bincount(agreeing, minlength=shape[0] * shape[1]).reshape(shape)


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
    if not places.characters or not len(places.pairs):
        return
    beam = [_start(sound, end, there, stored) for end in ("end", "last", "length")]
    for _ in range(_WIDTHS):
        beam = [fit for fit in beam if bounds.nowhere + fit.outline.cost + WIDTH <= most()]
        if not beam:
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
        for fit in kept.values():
            hypothesis = _counted(letters, fit.outline)
            if bounds.of_one(hypothesis, most()) <= most():
                yield hypothesis
        beam = list(kept.values())[:_BEAM]
        if agreeing.max() < _SHARE * places.told:
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


def _pairs(there: Candidates) -> tuple[Ints, Ints]:
    """Return the pairs of places of spans that follow each other, shape (pairs, 2), and which two spans each is of."""
    bounds = np.flatnonzero(np.diff(there.span, prepend=-1, append=-1)).tolist()
    parts = []
    for low, middle, high in zip(bounds, bounds[1:], bounds[2:], strict=False):
        one, other = np.meshgrid(np.arange(low, middle), np.arange(middle, high), indexing="ij")
        parts.append(np.stack((one.ravel(), other.ravel()), 1))
    number = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return np.concatenate(parts) if parts else np.zeros((0, 2), np.int64), number


def _are_near(there: Candidates, stored: Stored, before: _Numbers, pairs: Ints) -> Bools:
    """Say of pairs of places whether widths of the most frequent character between them could make up for the rest."""
    one, other = pairs.T
    gap = stored.start[there.span[other]] - stored.start[there.span[one]]
    apart = gap - (there.start[other] - there.start[one])
    most = np.zeros(len(pairs), np.int64)
    for row in before[:_FREQUENT]:
        most = np.maximum(most, np.abs(row[other] - row[one]))
    near: Bools = (apart >= int(MORE[0]) * most) & (apart <= int(MORE[-1]) * most)
    return near


def _start(sound: Hypothesis, end: str, there: Candidates, stored: Stored) -> _Fit:
    """Return what is to be explained while no character has a width."""
    start, stop = stored.start[there.span], stored.end[there.span]
    size = stop if end == "length" else stop + (end == "last") - start
    outline = replace(sound, end=end, cost=sound.cost + END * (end != "end"))
    shift, wider = start - there.start, size - (there.end - there.start)
    return _Fit(outline, shift.astype(np.int32), wider.astype(np.int32))


def _wider(fit: _Fit, character: str, more: int, before: _Numbers, within: _Numbers) -> _Fit:
    """Return a fit with the width of one more character."""
    widths = tuple(sorted((*fit.outline.widths, (character, more))))
    outline = replace(fit.outline, widths=widths, cost=fit.outline.cost + WIDTH)
    return _Fit(outline, fit.shift - more * before, fit.wider - more * within)


def _counted(letters: Letters, outline: Hypothesis) -> Hypothesis:
    """Return a hypothesis with the counting that its widths give."""
    widths = np.ones(len(letters.distinct), np.int64)
    for character, more in outline.widths:
        widths[letters.distinct.index(character)] += more
    return replace(outline, counting=of_excess(letters.excess(widths[letters.index])))
