"""The models that are tried on a document, those of the shortest description first, and what each costs.

Costs are bits. A span that a model doesn't place costs what chance would have to bring about: ``log2(n / k)`` for a
surface that stands k times in a text of n code points.
"""

import functools
import itertools
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from spanproof.arrays import Floats, Ints
from spanproof.text.drift.counting import Counted, plain
from spanproof.text.drift.surfaces import Candidates
from spanproof.text.drift.units import Unit, counted
from spanproof.text.letters import Letters

UNIT, END, FRAME, WRITING, BASE = 10.0, 6.0, 8.0, 6.0, 14.0
"""What it costs to name a unit, an end that isn't the end, a frame, a way of writing, a shift of all offsets."""
ENDS = ("end", "last", "length", "points")
BEHIND_SURFACE = "surface"
"""What a second number is beside these: the start, whatever that counts, and the code points of the surface."""
_OF_SPANS = ("letters", "written", "ends", "_otherwise")  # what hypotheses about other spans have of their own
_FRAMES = {
    "paragraph": r"\n[^\S\n]*\n\s*",
    "page": r"\f",
    "line": r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]",
    "sentence": r"(?:[.!?।؟][\"”’»)\]]*(?=\s)|。[”’]?|\n)\s*",
    "passage": r"\A[^\n]*\n+",
}


@dataclass(frozen=True)
class Stored:
    """The different spans of a text in the order of their offsets, as arrays of shape (spans,).

    Attributes:
        start: the first offset of each as stored.
        end: the second.
        exception: what it costs if a model doesn't place it.
    """

    start: Ints
    end: Ints
    exception: Floats


def can_be_shifted(alike: Sequence[Unit]) -> bool:
    """Say whether offsets in a unit, told by all that count alike, can be shifted or edited: it counts characters."""
    return alike[0].sums or alike[0].width is not None


@dataclass(frozen=True)
class Hypothesis:
    """A model before its base and its edits are known.

    Attributes:
        cost: of its description.
        counting: how offsets are counted.
        candidates: where spans may stand.
        units: the known units, each with all that count alike.
        widths: characters and how much more than 1 they count.
        end: what the second number is.
        frame: what offsets count from.
    """

    cost: float
    counting: Counted
    candidates: Candidates
    units: tuple[tuple[Unit, ...], ...] = ()
    widths: tuple[tuple[str, int], ...] = ()
    end: str = "end"
    frame: str = "text"

    @property
    def single(self) -> bool:
        """Say whether its offsets can't be shifted or edited: they count from several places, or no characters."""
        return self.frame != "text" or not all(map(can_be_shifted, self.units))


@dataclass(frozen=True)
class Hypotheses:
    """All hypotheses of a text.

    Attributes:
        letters: the text.
        written: where spans may stand, as they are; then for each other way of writing.
        ends: what second numbers may be.
    """

    letters: Letters
    written: Sequence[Candidates]
    ends: Sequence[str] = ENDS

    def about(self, written: Sequence[Candidates]) -> "Hypotheses":
        """Return the hypotheses of the same text about other spans; what is known of the text isn't worked out anew."""
        other = replace(self, written=written)
        vars(other).update({name: value for name, value in vars(self).items() if name not in _OF_SPANS})
        return other

    @functools.cached_property
    def plain(self) -> Counted:
        """Return how code points are counted."""
        return plain(self.letters)

    @functools.cached_property
    def counted(self) -> Sequence[tuple[tuple[Unit, ...], Counted]]:
        """Return the ways in which the text can be counted, each with all units that count so."""
        return tuple(counted(self.letters))

    @property
    def frames(self) -> Sequence[str]:
        """Return what offsets may count from, the text aside."""
        return tuple(self._bases)

    def bases(self, frame: str) -> Ints:
        """Return for each boundary of the text where its frame begins; empty for the text as a whole."""
        return self._bases[frame] if frame != "text" else np.zeros(0, np.int64)

    @functools.cached_property
    def _bases(self) -> dict[str, Ints]:
        text = self.letters.text
        borders = {frame: [m.end() for m in re.finditer(pattern, text)] for frame, pattern in _FRAMES.items()}
        at = np.arange(len(text) + 1)
        known: dict[bytes, str] = {}
        bases = {}
        for frame, breaks in borders.items():
            begins = np.array(sorted({0, *breaks}), np.int64)
            base = begins[np.searchsorted(begins, at, "right") - 1]
            if len(begins) > 1 and known.setdefault(base.tobytes(), frame) == frame:
                bases[frame] = base
        return bases

    def of_cost(self, depth: int, most: float) -> Iterator[Hypothesis]:
        """Yield the hypotheses that depart from sound offsets in some number of ways.

        Args:
            depth: that number; at most 3.
            most: what the description of one may cost.
        """
        for outline, number in self.outlines(depth, most):
            for units in self.sums(number, outline.frame, outline.end):
                yield self.summed(outline, units)

    def outlines(self, depth: int, most: float) -> Iterator[tuple[Hypothesis, int]]:
        """Yield the hypotheses that depart from sound offsets in some number of ways, but for their units.

        Args:
            depth: that number; at most 3.
            most: what the description of one may cost.

        Yields:
            One with what it costs, and how many units it has; these are still left out of it.
        """
        for written in self.written:
            rest = depth - bool(written.writings)
            if rest >= 0:
                sound = Hypothesis(WRITING if written.writings else 0.0, self.plain, written)
                yield from self._departing(sound, rest, most)

    def _departing(self, sound: Hypothesis, depth: int, most: float) -> Iterator[tuple[Hypothesis, int]]:
        for end, frame in itertools.product(self.ends, ("text", *self.frames)):
            rest = depth - (end != "end") - (frame != "text")
            cost = sound.cost + END * (end != "end") + FRAME * (frame != "text") + UNIT * max(rest, 0)
            needed = int(end == BEHIND_SURFACE)  # of sound offsets it is the end
            if cost <= most and needed <= rest <= (2 if frame == "text" else 1):
                yield Hypothesis(cost, sound.counting, sound.candidates, end=end, frame=frame), rest

    def sums(self, number: int, frame: str, end: str = "end") -> Sequence[tuple[int, ...]]:
        """Return the sums of so many units that can be counted from a frame, by their numbers in :attr:`counted`.

        Args:
            number: of units.
            frame: what offsets count from.
            end: what the second number is. One behind the surface is asked about only where it isn't the end.
        """
        alone = [k for k, (alike, _) in enumerate(self.counted) if alike[0].sums] if number else []
        if number == 1 and frame == "text":
            alone = list(range(len(self.counted)))
        every = list(itertools.combinations(alone, number))
        return every if end != BEHIND_SURFACE else [units for units in every if not self._otherwise.isdisjoint(units)]

    @functools.cached_property
    def _otherwise(self) -> Set[int]:
        """Return the units in which some surface isn't as long as in code points."""
        start, end = self.written[0].start, self.written[0].end
        lengths = (counting.end[end] - counting.start[start] for _, counting in self.counted)
        return {k for k, length in enumerate(lengths) if (length != end - start).any()}

    def summed(self, outline: Hypothesis, units: Sequence[int]) -> Hypothesis:
        """Return a hypothesis with some units, by their numbers in :attr:`counted`."""
        if not units:
            return outline
        counting = functools.reduce(Counted.plus, (self.counted[k][1] for k in units))
        return replace(outline, counting=counting, units=tuple(self.counted[k][0] for k in units))


def about_no_text(units: tuple[tuple[Unit, ...], ...]) -> Hypothesis:
    """Return a hypothesis of known units that is only to be put in words."""
    none = np.zeros(0, np.int64)
    return Hypothesis(0.0, plain(Letters("")), Candidates(none, none, none, none), units)
