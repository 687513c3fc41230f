"""How offsets were counted, as the borders of words tell where no surface does: likely at most, never a proof.

Spans begin and end at words, or at tokens where the text has its own. Where many of them don't, a way of counting under
which nearly all of them do is the likely cause. Where several do as well, those are left under which the most spans
have words that spans of another document with the same label have, too: names come again, and what is cut out of a text
beside them seldom does. Where that doesn't decide either, all of them are told, and no span has a place.
"""

import itertools
from collections import Counter
from collections.abc import Hashable, Sequence
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

LEAST, SHARE = 4, 0.05  # spans that don't stand at words as they are stored, and their share, if a cause is sought
_MOST = 0.95  # share of the spans that do under a likely cause
_MARGIN = 3  # spans by which a cause must be better than one that puts spans elsewhere
_READ = 100  # documents from which a cause is sought

Offsets = Sequence[tuple[int, int]]
"""Start and end of the spans of a text as they are stored."""


@dataclass(frozen=True)
class Unworded:
    """A text whose spans have no surfaces.

    Attributes:
        text: the text.
        spans: start and end of each as stored.
        labels: what each is labelled; none by default.
        tokens: start and end of the tokens of the text; none by default, and then words count.
    """

    text: str
    spans: Offsets
    labels: Sequence[Hashable] = ()
    tokens: Offsets = ()


@dataclass(frozen=True)
class Likely:
    """The likely cause of offsets that have no surfaces.

    Attributes:
        name: the short name of the cause; of several, joined by " or ".
        statement: the cause in words.
        places: where the cause puts the spans of each text, shape (spans, 2); -1 where it has no boundary for one. None
            where several causes explain as much and differ in that.
        agree: which of them begin and end at words there.
        recurring: how many of those that were looked at have words there that another document's spans with their label
            have, if that left one of several causes; else 0.
    """

    name: str
    statement: str
    places: tuple[Ints, ...] | None
    agree: tuple[Bools, ...]
    recurring: int = 0


@dataclass(frozen=True)
class _Way:
    """A way of counting: the number of a unit in the table or -1, by how much offsets are too high, what an end is."""

    unit: int = -1
    base: int = 0
    last: bool = False


_WAYS = (_Way(), _Way(base=1), _Way(base=-1), _Way(last=True), *(_Way(unit) for unit in range(len(UNITS))))


def likely_of(documents: Sequence[Unworded]) -> Likely | None:
    """Return the likely cause why spans of some texts don't begin and end at words; None if there is none.

    Args:
        documents: the texts with their spans.
    """
    read = [_Text(one) for one in documents[:_READ]]
    total, stored = sum(len(text.stored) for text in read), sum(text.agreeing(_Way()) for text in read)
    if total - stored < max(LEAST, SHARE * total):
        return None
    every = [*read, *map(_Text, documents[_READ:])]
    sums = {way: sum(text.agreeing(way) for text in read) for way in _WAYS}
    most = max(sums.values())
    if most < max(_MOST * total, stored + LEAST):
        return None
    equals = sorted((way for way in _WAYS if sums[way] > most - _MARGIN), key=lambda way: -sums[way])
    places = [text.places(equals[0]) for text in every]
    recurring = 0
    if not _alike(every, equals, places):
        known = {way: _recurring(read, way) for way in equals}
        kept = [way for way in equals if known[way] > max(known.values()) - _MARGIN]
        places = [text.places(kept[0]) for text in every]
        recurring = known[kept[0]] if len(kept) < len(equals) else 0
        equals = kept
    agree = tuple(text.agree(at) for text, at in zip(every, places, strict=True))
    alike = _alike(every, equals, places)
    names, statements = zip(*(_words(way) for way in equals), strict=True)
    readings = tuple(itertools.chain.from_iterable(statements))
    statement = statement_of(readings, alike)
    return Likely(" or ".join(names), statement, tuple(places) if alike else None, agree, recurring)


def _alike(every: Sequence["_Text"], ways: Sequence[_Way], places: Sequence[Ints]) -> bool:
    """Say whether all ways put all spans at some places."""
    return all((text.places(way) == at).all() for way in ways[1:] for text, at in zip(every, places, strict=True))


def _recurring(read: Sequence["_Text"], way: _Way) -> int:
    """Return how many spans have the words and the label of a span of another document under a way of counting."""
    worded = [text.worded(way) for text in read]
    documents = Counter(words for of_text in worded for words in set(of_text))
    return sum(documents[words] > 1 for of_text in worded for words in of_text)


def _words(way: _Way) -> tuple[str, tuple[str, ...]]:
    hypothesis = about_no_text(() if way.unit < 0 else ((UNITS[way.unit],),))
    model = Model(base=way.base, end="last" if way.last else "end")
    return name_of(hypothesis, model), readings_of(hypothesis, model)


class _Text:
    """A text with the offsets of its spans, shape (spans, 2), and where words can begin and end."""

    def __init__(self, of: Unworded) -> None:
        self.letters, self.stored = Letters(of.text), np.array(of.spans, np.int64).reshape(-1, 2)
        self.labels = of.labels or [None] * len(of.spans)
        self.begins, self.ends = _token_borders(len(of.text), of.tokens) if of.tokens else word_borders(self.letters)

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

    def worded(self, way: _Way) -> list[tuple[Hashable, str]]:
        """Return label and words of the spans under a way of counting, of those that have a place."""
        text, places = self.letters.text, self.places(way).tolist()
        return [(label, text[s:e]) for label, (s, e) in zip(self.labels, places, strict=True) if s >= 0]

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


def _token_borders(size: int, tokens: Offsets) -> tuple[Bools, Bools]:
    """Say of each boundary of a text whether a token begins there, and whether one ends there.

    Args:
        size: of the text (code points).
        tokens: start and end of its tokens.
    """
    borders = np.zeros((2, size + 1), np.bool_)
    for border, at in zip(borders, np.array(tokens, np.int64).T, strict=True):
        border[at] = True
    return borders[0], borders[1]


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
