"""What may explain a document as well as a model that it shares with others, and put its spans elsewhere."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from spanproof.arrays import Bools, Floats, Ints
from spanproof.text.drift.evaluation import fits
from spanproof.text.drift.hypotheses import END, ENDS, FRAME, Hypotheses, Hypothesis, Stored
from spanproof.text.drift.model import Places
from spanproof.text.drift.proof import SHARED, SLACK
from spanproof.text.drift.surfaces import Candidates
from spanproof.text.letters import Letters

_MOST = SHARED + SLACK  # bits of the models that are rivals of a shared one
_CLOSE = 1e-6  # bits by which a sum must differ from a bound, so that in which order it is summed doesn't matter
_SLOTS = 1 << 20  # of a table of shifts


class Rivals:
    """What may explain a document as well as a shared model does, and put its spans elsewhere."""

    partial = False
    """Whether the document has other spans, so that a model that puts these alike may put those elsewhere."""

    def __init__(self, letters: Letters, there: Candidates, stored: Stored, places: Places) -> None:
        self._hypotheses = Hypotheses(letters, (there,))
        self._there, self._stored, self._places = there, stored, places

    def shifted(self, shared: Hypothesis, base: int) -> bool:
        """Say whether the shared model does with another shift."""
        return self._explains(shared, lambda shift: shift != base, SLACK)

    def sound(self, itself: int | None) -> bool:
        """Say whether sound offsets do: as they are, shifted, with other ends, or counted in a frame.

        Args:
            itself: the shift, if that is all that the shared model is.
        """
        sound = Hypothesis(0.0, self._hypotheses.plain, self._there)
        if self._explains(sound, lambda shift: ~np.isin(shift, () if itself is None else (itself,)), _MOST):
            return True
        ends = (replace(sound, cost=END, end=end) for end in self._ends())
        frames = (replace(sound, cost=FRAME, frame=frame) for frame in self._frames())
        rivals = itertools.chain(ends, frames)
        return any(self._explains(rival, lambda shift: shift == 0, _MOST - rival.cost) for rival in rivals)

    def _ends(self) -> Iterator[str]:
        """Yield what the second numbers may be, if most surfaces stand at the first ones."""
        bits, there = self._stored.exception, self._there
        standing = np.zeros(len(bits), np.bool_)
        standing[there.span[there.start == self._stored.start[there.span]]] = True
        if bits[~standing].sum() <= _MOST - END:
            yield from ENDS[1:]

    def _frames(self) -> Iterator[str]:
        """Yield the frames from which offsets may count."""
        last = self._there.start[np.cumsum(self._there.counts) - 1]
        # No offset in a frame is greater than that in the text.
        behind: Floats = self._stored.exception[self._stored.start > last]
        if behind.sum() <= _MOST - FRAME:
            yield from self._hypotheses.frames

    def _needed(self, most: float) -> Bools:
        """Return spans of few places of which a hypothesis that leaves so many bits at most has one."""
        order = np.argsort(self._there.counts, kind="stable")
        bits = np.cumsum(self._stored.exception[order])
        needed = np.zeros(len(order), np.bool_)
        needed[order[: np.searchsorted(bits, most + _CLOSE, "right") + 1]] = True
        return needed

    def _explains(self, rival: Hypothesis, chosen: Callable[[Ints], Bools], most: float) -> bool:
        """Say whether a hypothesis puts spans elsewhere by one shift, and leaves few of the others.

        Args:
            rival: the hypothesis.
            chosen: says of shifts, by how much offsets are too high, which are looked at.
            most: bits of the spans that it may leave.
        """
        span, shift, at = fits(rival, self._stored, self._hypotheses.bases(rival.frame))
        asked, slot = np.zeros(_SLOTS, np.bool_), shift & (_SLOTS - 1)
        asked[slot[self._needed(most)[span]]] = True
        some = chosen(shift) & asked[slot]
        span, shift, at = span[some], shift[some], at[some]
        values, number = np.unique(shift, return_inverse=True)
        _, once = np.unique(number * len(self._stored.start) + span, return_index=True)
        saved = np.bincount(number[once], self._stored.exception[span[once]], len(values))
        enough = (saved >= self._stored.exception.sum() - most)[number]
        span, at = span[enough], at[enough]
        elsewhere = self._there.start[at] != self._places.start[span]
        elsewhere |= self._there.end[at] != self._places.stop[span]
        return bool(elsewhere.any()) or (self.partial and len(at) > 0)
