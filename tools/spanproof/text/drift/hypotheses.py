"""The models that are tried on a document, those of the shortest description first, and what each costs.

Costs are bits. A span that a model doesn't place costs what chance would have to bring about: ``log2(n / k)`` for a
surface that stands k times in a text of n code points.
"""

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spanproof.arrays import Bools, Floats, Ints
from spanproof.text.drift.counting import Counted, plain
from spanproof.text.drift.paths import Path, Stretch, cheapest, cheapest_in_order
from spanproof.text.drift.surfaces import Candidates
from spanproof.text.drift.units import Unit, counted
from spanproof.text.letters import Letters

UNIT, END, FRAME, WRITING, BASE = 10.0, 6.0, 8.0, 6.0, 14.0
"""What it costs to name a unit, an end that isn't the end, a frame, a way of writing, a shift of all offsets."""
SLACK = 6.0
"""Bits by which a rival may be longer."""
STATES = 24
"""How many numbers by which offsets may be too high are tried, those with the most votes."""
ENDS = ("end", "last", "length", "points")
_ORDERED = 6_000  # spans times numbers for which the order of places is kept at any cost
_FRAMES = {
    "paragraph": r"\n[^\S\n]*\n\s*",
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
        return self.frame != "text" or not all(unit.sums for alike in self.units for unit in alike[:1])


@dataclass(frozen=True)
class Result:
    """What a hypothesis makes of the spans, as arrays of shape (spans,).

    Attributes:
        hypothesis: the hypothesis.
        cost: of its description, its edits and what it doesn't place.
        shift: by how much the offsets of each span are too high beyond what the units say.
        start: where each belongs; -1 where it has no place.
        stop: the code point after its last; -1 where it has no place.
        taken: whether it has no place since a deletion took its stretch of the text away.
        several: whether it has more than one place.
        rival: how much more it costs if the span has another place.
        gone: how much more it costs if the span has none.
    """

    hypothesis: Hypothesis
    cost: float
    shift: Ints
    start: Ints
    stop: Ints
    taken: Bools
    several: Bools
    rival: Floats
    gone: Floats


def edit_cost(size: int) -> float:
    """Return what it costs to say that a text of so many code points was edited at one place."""
    return 12 + float(np.log2(size + 1))


def evaluate(
    hypothesis: Hypothesis, stored: Stored, bases: Ints, most: float, states: Ints | None = None
) -> Result | None:
    """Return what a hypothesis makes of spans; None if that costs more than ``most``.

    Args:
        hypothesis: the hypothesis.
        stored: the spans.
        bases: for a frame, where it begins for each boundary of the text; empty otherwise.
        most: what it may cost.
        states: by how much offsets may be too high; by default 0 and what several spans vote for.
    """
    span, shift, at = fits(hypothesis, stored, bases)
    states = _states(shift, hypothesis.single) if states is None else states
    column = np.searchsorted(states, shift)
    kept = column < len(states)
    kept[kept] = states[column[kept]] == shift[kept]
    span, column, at = span[kept], column[kept], at[kept]
    place = np.full((len(stored.start), len(states)), -1, np.int64)
    placed = np.zeros(len(stored.start), np.bool_)
    placed[span] = True
    if hypothesis.cost + float(stored.exception[~placed].sum()) > most:
        return None
    number = np.bincount(span * len(states) + column, minlength=place.size).reshape(place.shape)
    place[span, column] = at
    first = np.where(states == 0, 0.0, BASE)
    path = cheapest(place, stored.exception, first, edit_cost(len(hypothesis.counting.start) - 1))
    if hypothesis.cost + path.cost > most:
        return None
    result = _result(hypothesis, stored, path, place, number, states)
    # No edit brings what stood later to an earlier place.
    if hypothesis.single or _in_order(result):
        return result
    if place.size > _ORDERED:
        return None
    path = cheapest_in_order(place, stored.exception, first, edit, Stretch(stored.start, states))
    if hypothesis.cost + path.cost > most:
        return None
    result = _result(hypothesis, stored, path, place, number, states)
    return result if _in_order(result) else None


def _in_order(result: Result) -> bool:
    return bool((np.diff(result.start[result.start >= 0]) >= 0).all())


def _result(
    hypothesis: Hypothesis, stored: Stored, path: Path, place: Ints, number: Ints, states: Ints
) -> Result:
    rows = np.arange(len(place))
    chosen = np.where(path.placed, place[rows, path.state], -1)
    start, stop = np.full(len(place), -1), np.full(len(place), -1)
    placed = chosen >= 0
    start[placed], stop[placed] = hypothesis.candidates.start[chosen[placed]], hypothesis.candidates.end[chosen[placed]]
    several = number[rows, path.state] > 1
    rival, gone = path.rival - path.cost, path.gone - path.cost
    shift = states[path.state]
    taken = _taken(stored.start, shift, placed, int(hypothesis.counting.start[-1]))
    return Result(hypothesis, hypothesis.cost + path.cost, shift, start, stop, taken, several, rival, gone)


def _taken(offset: Ints, shift: Ints, placed: Bools, size: int) -> Bools:
    """Return which spans stood in a stretch that was deleted: at a place where offsets become too high, or at the end.

    Args:
        offset: the first offset of each span as stored.
        shift: by how much the offsets of each are too high.
        placed: which have a place.
        size: of the text, in the unit of the offsets.
    """
    taken = np.zeros(len(offset), np.bool_)
    rows = np.flatnonzero(placed)
    if not rows.size or placed.all():
        return taken
    deleted = np.diff(shift[rows], prepend=0)
    before = np.concatenate((np.full(1, -1), rows[:-1]))
    for low, high, more in zip((before + 1).tolist(), rows.tolist(), deleted.tolist(), strict=True):
        taken[low:high] = more > 0 and low < high and offset[high - 1] - offset[low] < more
    last = int(rows[-1])
    taken[last + 1 :] = offset[last + 1 :] - shift[last] >= size
    return taken


def fits(hypothesis: Hypothesis, stored: Stored, bases: Ints) -> tuple[Ints, Ints, Ints]:
    """Return which spans fit which candidates, by how much their offsets are then too high, and the candidates.

    Args:
        hypothesis: the hypothesis.
        stored: the spans.
        bases: for a frame, where it begins for each boundary of the text; empty otherwise.
    """
    counting, there = hypothesis.counting, hypothesis.candidates
    low, high = counting.start[there.start], counting.end[there.end]
    if bases.size:
        base = counting.start[bases[there.start]]
        low, high = low - base, high - base
    start, end = stored.start[there.span], stored.end[there.span]
    shift = start - low
    if hypothesis.end == "length":
        fits = end == high - low
    elif hypothesis.end == "points":
        fits = end == there.end - there.start
    else:
        fits = end + (hypothesis.end == "last") - high == shift
    if counting.starts is not None:
        fits &= counting.starts[there.start]
    if counting.ends is not None:
        fits &= counting.ends[there.end]
    at = np.flatnonzero(fits)
    return there.span[at], shift[at], at


def _states(shift: Ints, single: bool) -> Ints:
    """Return the numbers by which offsets may be too high: 0, and those that several spans vote for."""
    if single:
        return np.zeros(1, np.int64)
    values, votes = np.unique(shift, return_counts=True)
    voted = values[(votes > 1) & (values != 0)]
    votes = votes[(votes > 1) & (values != 0)]
    best = voted[np.argsort(-votes, kind="stable")[:STATES]]
    return np.sort(np.append(best, 0))


@dataclass(frozen=True)
class Hypotheses:
    """All hypotheses of a text.

    Attributes:
        letters: the text.
        written: where spans may stand, as they are; then for each other way of writing.
    """

    letters: Letters
    written: Sequence[Candidates]

    def about(self, written: Sequence[Candidates]) -> "Hypotheses":
        """Return the hypotheses of the same text about other spans; what is known of the text isn't worked out anew."""
        other = replace(self, written=written)
        vars(other).update({name: value for name, value in vars(self).items() if name not in ("letters", "written")})
        return other

    @functools.cached_property
    def plain(self) -> Counted:
        """Return how code points are counted."""
        return plain(self.letters)

    @functools.cached_property
    def counted(self) -> Sequence[tuple[tuple[Unit, ...], Counted]]:
        """Return the ways in which the text can be counted, each with all units that count so."""
        return tuple(counted(self.letters))

    def bases(self, frame: str) -> Ints:
        """Return for each boundary of the text where its frame begins; empty for the text as a whole."""
        return self._bases.get(frame, np.zeros(0, np.int64))

    @functools.cached_property
    def _bases(self) -> dict[str, Ints]:
        text = self.letters.text
        borders = {frame: [m.end() for m in re.finditer(pattern, text)] for frame, pattern in _FRAMES.items()}
        at = np.arange(len(text) + 1)
        known: dict[bytes, str] = {}
        bases = {}
        for frame, found in borders.items():
            begins = np.array(sorted({0, *found}), np.int64)
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
            for units in self.sums(number, outline.frame):
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
        for end, frame in itertools.product(ENDS, ("text", *self._bases)):
            rest = depth - (end != "end") - (frame != "text")
            cost = sound.cost + END * (end != "end") + FRAME * (frame != "text") + UNIT * max(rest, 0)
            if cost <= most and 0 <= rest <= (2 if frame == "text" else 1):
                yield replace(sound, cost=cost, end=end, frame=frame), rest

    def sums(self, number: int, frame: str) -> Sequence[tuple[int, ...]]:
        """Return the sums of so many units that can be counted from a frame, by their numbers in :attr:`counted`."""
        alone = [k for k, (alike, _) in enumerate(self.counted) if alike[0].sums] if number else []
        if number == 1 and frame == "text":
            alone = list(range(len(self.counted)))
        return list(itertools.combinations(alone, number))

    def summed(self, outline: Hypothesis, units: Sequence[int]) -> Hypothesis:
        """Return a hypothesis with some units, by their numbers in :attr:`counted`."""
        if not units:
            return outline
        counting = functools.reduce(Counted.plus, (self.counted[k][1] for k in units))
        return replace(outline, counting=counting, units=tuple(self.counted[k][0] for k in units))
