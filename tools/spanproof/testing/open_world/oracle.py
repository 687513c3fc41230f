"""Which spans of a small document can be placed at all: every simple model is tried, and those that explain it agree.

A model says what offsets count (code points, tokens, from the text or its paragraph or sentence), what an end is, and
has at most two parameters: a shift of all offsets, the width of a character, an edit between two spans. Nothing is
searched cleverly here; it takes as long as it takes.

What it calls certain is what the theorem of a proof can reach (``spanproof.text.drift.proof``), told once more. Models
cost bits: a parameter those of the choice among all models of one parameter, a span without a place (a mention that is
gone) those of the chance that it stands at its offset. A model that is six bits longer is still a rival: where names
stand often, one span alone doesn't speak against it, and few spans not against the choice among so many. And where a
stretch was deleted, the two spans on each side may have been in it, so that a namesake stands at their place.

Where the shortest model has an edit, others with edits are rivals if they are twelve bits longer and put a span
elsewhere, or six bits longer and have no place for it: a text that was edited was often edited once more. And what a
deletion took costs only the chance of its words, since no offset of it is to be explained. Without these two, 4 of 194
spans of edited texts that were called certain belonged elsewhere (800 cases).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from spanproof.arrays import Bools, Floats, Ints

HELD_OUT = 2
"""How many witnesses must confirm each parameter besides the one that it was fitted to."""
SLACK = 6.0
"""Bits by which a rival may be longer."""
LOOSE = 12.0
"""Bits by which a rival with edits may be longer that puts a span elsewhere, where the shortest model has an edit."""
_WIDTHS = [more for more in range(-1, 9) if more]
_MOST = 2  # parameters
_GONE = 2.0  # bits of a span that is gone, wherever that stands: one in four
_WORD, _CERTAIN = 6, 0.25  # code points of a word, and bits of the chance of words of which the text is full
_READING = 6.0  # bits of each way in which the two numbers aren't offsets of the text
_BESIDE = 2  # spans on each side of a deletion
_NOWHERE, _SEVERAL = -1, -2
_PACK = 1 << 20  # what start counts where start and end are one number
_BOTH = _PACK + 1  # one more of both
Scale = Literal["text", "paragraph", "sentence", "tokens"]
End = Literal["after", "last", "length"]
_BORDERS: Mapping[Scale, str] = {"paragraph": r"(?:\r?\n)+|\u2029", "sentence": r"[.।] ?|。|(?:\r?\n)+|\u2029"}


class Numbering(NamedTuple):
    """What the two numbers of a span are."""

    scale: Scale
    end: End

    @property
    def cost(self) -> float:
        """Return its bits."""
        return _READING * ((self.scale != "text") + (self.end != "after"))


READINGS = [
    Numbering(scale, end)
    for scale in ("text", "paragraph", "sentence", "tokens")
    for end in ("after", "last", "length")
]  # fmt: skip
"""All of them, the sound one first."""


class Occurrences:
    """Where the surfaces of spans stand in a text, and by how much their offsets are higher, as arrays.

    Attributes:
        span: the span of each occurrence, shape (occurrences,).
        at: where it begins (code points), shape (occurrences,).
        excess: by how much start and end of its span are higher as stored, packed, shape (occurrences,).
        wrong: whether the span of an occurrence is stored otherwise, shape (occurrences,).
        bits: what it costs if a span has no place, shape (spans,).
        taken: what it costs if an edit may have taken it, shape (spans,).
        columns: what each parameter adds to start and end for each unit of its value, packed, shape (occurrences,).
        free: for each column whether its value may be any number, or is the width of a character.
        steps: for each column whether it is an edit.
    """

    def __init__(self, text: str, spans: Sequence[Mapping[str, Any]], reading: Numbering) -> None:
        pairs = [(k, at) for k, span in enumerate(spans) for at in _occurrences(text, span["text"])]
        self.span, self.at = np.array(pairs, np.int64).reshape(-1, 2).T
        self.first = np.flatnonzero(np.diff(self.span, prepend=-1))
        stored = np.array([(span["start"], span["end"]) for span in spans], np.int64)[self.span]
        sizes = np.array([len(span["text"]) for span in spans], np.int64)[self.span]
        bounds: Ints = np.stack((self.at, self.at + sizes), 1)
        self.wrong = (stored != bounds).any(1)
        counts = np.bincount(self.span, minlength=len(spans))
        self.bits = np.log2((len(text) + 1) / counts) + _GONE
        self.taken = np.maximum(np.log2(np.maximum(len(text) // _WORD, 1) / counts), _CERTAIN)
        stored = stored + np.array([0, 1]) * {"after": 0, "last": 1, "length": stored[:, :1]}[reading.end]
        self.excess = _packed(stored - _counted(text, bounds, reading.scale))
        columns: dict[bytes, tuple[Ints, bool, bool]] = {}
        if reading.scale == "text":
            every = np.full(len(self.at), _BOTH)
            columns[every.tobytes()] = (every, True, False)
            for at in np.unique(self.at).tolist():
                step = np.where(self.at >= at, _BOTH, 0)
                columns.setdefault(step.tobytes(), (step, True, True))
            for character in sorted(set(text)):
                before = _packed(np.cumsum([0, *(other == character for other in text)])[bounds])
                columns.setdefault(before.tobytes(), (before, False, False))
        self.columns = [column for column, *_ in columns.values() if column.any()]
        self.free = [free for column, free, _ in columns.values() if column.any()]
        self.steps = [step for column, _, step in columns.values() if column.any()]

    def places(self, fits: Bools) -> Ints:
        """Return where each span stands if these occurrences fit; no place or several are below 0.

        Args:
            fits: of some models, shape (models, occurrences).

        Returns:
            Where each span begins, shape (models, spans).
        """
        number = np.add.reduceat(fits.astype(np.int64), self.first, 1)
        sums = np.add.reduceat(self.at * fits, self.first, 1)
        return np.where(number == 1, sums, np.where(number, _SEVERAL, _NOWHERE))

    def most_gone(self, bits: float) -> int:
        """Return how many spans at most may have no place for so many bits."""
        return int(np.searchsorted(np.sort(np.minimum(self.bits, self.taken)).cumsum(), bits, "right"))

    def _with(self, column: int, rest: Ints, least: int) -> tuple[Ints, Bools]:
        """Return the values that one more parameter may have, and which occurrences fit with each of them.

        Args:
            column: of the parameter.
            rest: what the other parameters leave of the excess, packed, shape (occurrences,).
            least: values by which fewer occurrences fit may be left out.
        """
        there = self.columns[column]
        values = np.array(_WIDTHS)
        if self.free[column]:
            on = there != 0
            behind = np.sort(rest[on])
            values = np.unique((behind + _PACK // 2) // _PACK)
            low, high = (np.searchsorted(behind, values * _BOTH, side) for side in ("left", "right"))
            values = values[(values != 0) & (high - low + np.count_nonzero(rest[~on] == 0) >= least)]
        return values, rest == values[:, None] * there

    def models(self, depth: int, least: int = 0) -> Iterator[tuple[list[int], Ints]]:
        """Yield all models of so many parameters, by their columns, and where each puts the spans.

        Args:
            depth: how many; 2 at most.
            least: models by which fewer occurrences fit may be left out.
        """
        numbers = range(len(self.columns))
        if depth == 0:
            yield [], self.places((self.excess == 0)[None])
        for j in numbers if depth == 1 else ():
            yield [j], self.places(self._with(j, self.excess, least)[1])
        # The width of a character comes before what may have any value, which is then read off what is left.
        order = sorted(numbers, key=lambda column: self.free[column]) if depth == 2 else []
        for n, i in enumerate(order):
            for value in self._with(i, self.excess, 0)[0].tolist():
                rest: Ints = self.excess - value * self.columns[i]
                enough = _most_alike(rest) + np.count_nonzero(rest == 0) >= least
                for j in order[n + 1 :]:
                    if enough or not self.free[j]:
                        values, fits = self._with(j, rest, least)
                        if len(values):
                            yield [i, j], self.places(fits)

    def confirmed(self, columns: Sequence[int], places: Ints) -> bool:
        """Say whether enough different spans that are wrong need each parameter of a model."""
        right = (places[self.span] == self.at) & self.wrong
        needing = [np.flatnonzero(right & (self.columns[column] != 0)) for column in columns]
        return all(len({(self.at[n], self.excess[n]) for n in rows}) > HELD_OUT for rows in needing)

    def edited(self, columns: Sequence[int]) -> bool:
        """Say whether a model has an edit."""
        return any(self.steps[column] for column in columns)

    def beside(self, columns: Sequence[int], places: Ints) -> Bools:
        """Return which spans stand beside an edit of a model and may have been taken away by it, shape (spans,)."""
        beside = np.zeros(len(places), np.bool_)
        for column in columns:
            if self.steps[column]:
                behind = int(self.at[self.columns[column] != 0].min())
                order = np.argsort(places, kind="stable")
                order = order[places[order] >= 0]
                k = int(np.searchsorted(places[order], behind))
                beside[order[max(0, k - _BESIDE) : k + _BESIDE]] = True
        return beside


class _Rivals(NamedTuple):
    """Models that explain the spans: the bits of each, where it puts each span, and whether they have an edit."""

    costs: Floats
    places: Ints
    edited: bool

    def agree(self, agreed: Ints, best: float, edits: bool) -> Bools:
        """Say of each span whether those that are short enough put it where the shortest does, or may lack it.

        Args:
            agreed: where the shortest puts the spans.
            best: its bits.
            edits: whether it has an edit.
        """
        edits = edits and self.edited
        near = self.costs <= best + (LOOSE if edits else SLACK)
        spared = (self.costs > best + SLACK if edits else self.costs > best)[near, None]
        agree: Bools = ((self.places[near] == agreed) | (spared & (self.places[near] == _NOWHERE))).all(0)
        return agree


def _packed(pairs: Ints) -> Ints:
    """Return pairs of small numbers as one number each, so that sums and multiples of them are those of the pairs."""
    packed: Ints = pairs @ np.array([_PACK, 1])
    return packed


def _most_alike(rest: Ints) -> int:
    """Return how often the most frequent number stands among some."""
    changes = np.flatnonzero(np.diff(np.sort(rest), append=_NOWHERE * _PACK * _PACK))
    return int(np.diff(changes, prepend=-1).max(initial=0))


def _counted(text: str, bounds: Ints, scale: Scale) -> Ints:
    """Return the numbers of spans that begin and end at boundaries of a text, in a scale."""
    if scale == "text":
        return bounds
    if scale == "tokens":
        starts = [match.start() for match in re.finditer(r"\w+|[^\w\s]", text)]
        first, last = np.searchsorted(starts, bounds[:, 0], "right") - 1, np.searchsorted(starts, bounds[:, 1])
        return np.stack((first, last), 1)
    begins = np.array(sorted({0, *(match.end() for match in re.finditer(_BORDERS[scale], text))}))
    base: Ints = begins[np.searchsorted(begins, bounds[:, :1], "right") - 1]
    return bounds - base


def _occurrences(text: str, surface: str) -> Iterator[int]:
    at = text.find(surface)
    while at >= 0:
        yield at
        at = text.find(surface, at + 1)


def identifiable(text: str, spans: Sequence[Mapping[str, Any]]) -> dict[int, tuple[int, int]]:
    """Return where those spans belong that can be placed with certainty.

    Args:
        text: of some hundred code points at most.
        spans: with ``start`` and ``end`` as stored, and ``text``, their surface, which stands in the text.

    Returns:
        By the number of a span its start and end (code points, half open).
    """
    sound = Occurrences(text, spans, READINGS[0])
    parameter = float(np.log2(sum(len(places) for _, places in sound.models(1)) + 1))
    best, chosen = np.inf, None
    rivals: list[_Rivals] = []
    for reading in sorted(READINGS, key=lambda reading: reading.cost):
        there = Occurrences(text, spans, reading)
        for depth in range(_MOST + 1):
            bare = depth * parameter + reading.cost
            if bare > best + LOOSE:
                break
            least = len(spans) - there.most_gone(best + LOOSE - bare)
            for columns, places in there.models(depth, least):
                edited = there.edited(columns)
                costs = bare + (places == _NOWHERE) @ (there.taken if edited else there.bits)
                short = costs <= best + LOOSE
                if short.any():
                    rivals.append(_Rivals(costs[short], places[short], edited))
                    shortest = int(costs.argmin())
                    if costs[shortest] < best:
                        best, chosen = float(costs[shortest]), (there, columns, places[shortest])
    if chosen is None:
        return {}
    there, columns, agreed = chosen
    sure = ~there.beside(columns, agreed) & there.confirmed(columns, agreed)
    for some in rivals:
        sure &= some.agree(agreed, best, there.edited(columns))
    return {k: (at, at + len(spans[k]["text"])) for k, at in enumerate(agreed.tolist()) if at >= 0 and sure[k]}
