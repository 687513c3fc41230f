"""How offsets without surfaces were counted, as the borders of words tell: likely at most, since nothing proves it.

Spans begin and end at words. Where many of them don't, a way of counting under which nearly all of them do is the
likely cause; where several do as well, all of them are told, and no span has a place.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.text import characters
from spanproof.text.drift.counting import plain
from spanproof.text.drift.hypotheses import about_no_text
from spanproof.text.drift.model import Model, statement_of
from spanproof.text.drift.naming import name_of, readings_of
from spanproof.text.drift.units import UNITS
from spanproof.text.letters import Letters

_LEAST, _SHARE = 4, 0.05  # spans that don't stand at words as they are stored, and their share, if a cause is sought
_MOST = 0.95  # share of the spans that do under a likely cause
_MARGIN = 3  # spans by which a cause must be better than one that puts spans elsewhere
_READ = 100  # documents from which a cause is sought

Offsets = Sequence[tuple[int, int]]
"""Start and end of the spans of a text as they are stored."""


@dataclass(frozen=True)
class Likely:
    """The likely cause of offsets that have no surfaces.

    Attributes:
        name: the short name of the cause; of several, joined by " or ".
        statement: the cause in words.
        places: where the cause puts the spans of each text, shape (spans, 2); -1 where it has no boundary for one. None
            where several causes explain as much and differ in that.
        agree: which of them begin and end at words there.
    """

    name: str
    statement: str
    places: tuple[Ints, ...] | None
    agree: tuple[Bools, ...]


@dataclass(frozen=True)
class _Way:
    """A way of counting: the number of a unit in the table or -1, by how much offsets are too high, what an end is."""

    unit: int = -1
    base: int = 0
    last: bool = False


_WAYS = (_Way(), _Way(base=1), _Way(base=-1), _Way(last=True), *(_Way(unit) for unit in range(len(UNITS))))


def likely_of(texts: Sequence[str], spans: Sequence[Offsets]) -> Likely | None:
    """Return the likely cause why spans of some texts don't begin and end at words; None if there is none.

    Args:
        texts: the texts.
        spans: the spans of each.
    """
    read = [_Text(text, of) for text, of in zip(texts[:_READ], spans, strict=False)]
    total, stored = sum(len(text.stored) for text in read), sum(text.agreeing(_Way()) for text in read)
    if total - stored < max(_LEAST, _SHARE * total):
        return None
    sums = {way: sum(text.agreeing(way) for text in read) for way in _WAYS}
    most = max(sums.values())
    if most < max(_MOST * total, stored + _LEAST):
        return None
    equals = sorted((way for way in _WAYS if sums[way] > most - _MARGIN), key=lambda way: -sums[way])
    every = [_Text(text, of) for text, of in zip(texts, spans, strict=True)]
    places = [text.places(equals[0]) for text in every]
    agree = tuple(text.agree(at) for text, at in zip(every, places, strict=True))
    alike = all((text.places(way) == at).all() for way in equals[1:] for text, at in zip(every, places, strict=True))
    names, statements = zip(*(_words(way) for way in equals), strict=True)
    readings = tuple(itertools.chain.from_iterable(statements))
    return Likely(" or ".join(names), statement_of(readings, alike), tuple(places) if alike else None, agree)


def _words(way: _Way) -> tuple[str, tuple[str, ...]]:
    hypothesis = about_no_text(() if way.unit < 0 else ((UNITS[way.unit],),))
    model = Model(base=way.base, end="last" if way.last else "end")
    return name_of(hypothesis, model), readings_of(hypothesis, model)


class _Text:
    """A text with the offsets of its spans, shape (spans, 2), and where words can begin and end."""

    def __init__(self, text: str, spans: Offsets) -> None:
        self.letters, self.stored = Letters(text), np.array(spans, np.int64).reshape(-1, 2)
        self.begins, self.ends = word_borders(self.letters)

    def places(self, way: _Way) -> Ints:
        """Return where a way of counting puts the spans, shape (spans, 2); -1 where it has no boundary for one."""
        counted = UNITS[way.unit].count(self.letters) if way.unit >= 0 and len(self.stored) else None
        counted = counted or plain(self.letters)
        stored = self.stored - way.base
        start = _boundary(counted.start, counted.starts, stored[:, 0], "right")
        end = _boundary(counted.end, counted.ends, stored[:, 1] + way.last, "left")
        return np.where(((start >= 0) & (end > start))[:, None], np.stack((start, end), 1), -1)

    def agree(self, places: Ints) -> Bools:
        """Say which places begin and end at words."""
        there: Bools = places[:, 0] >= 0
        there &= self.begins[np.maximum(places[:, 0], 0)]
        there &= self.ends[np.maximum(places[:, 1], 0)]
        return there

    def agreeing(self, way: _Way) -> int:
        """Return how many spans begin and end at words under a way of counting."""
        return int(self.agree(self.places(way)).sum())


def _boundary(counted: Ints, sound: Bools | None, stored: Ints, side: str) -> Ints:
    """Return the boundary that has each stored number; -1 where none has it."""
    size = len(counted)
    at = np.searchsorted(counted, stored, "left") if side == "left" else np.searchsorted(counted, stored, "right") - 1
    at = np.clip(at, 0, size - 1)
    right = counted[at] == stored
    if sound is not None:
        right &= sound[at]
    return np.where(right, at, -1)


def word_borders(letters: Letters) -> tuple[Bools, Bools]:
    """Say of each boundary of a text whether a word can begin there, and whether one can end there."""
    kinds = characters.flags()[letters.points]
    blank = np.array([character.isspace() for character in letters.distinct], np.bool_)[letters.index]
    within = np.zeros(len(kinds) + 1, np.bool_)
    within[1:-1] = (kinds[:-1] & kinds[1:] & characters.WORD > 0) | characters.joins(kinds[:-1], kinds[1:])
    begins, ends = ~within, ~within
    begins[-1], ends[0] = False, False
    begins[:-1] &= ~blank
    ends[1:] &= ~blank
    return begins, ends
