"""Where words stand in a text, as they are or else under a fold.

A place begins and ends at the border of a grapheme cluster and within no word, and folds to what the words fold to.
Offsets are Unicode code points, half open.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from spanproof.text.characters import BIDI, BOM, INVISIBLE, WORD, flags
from spanproof.text.folding import fold
from spanproof.text.likeness import caseless
from spanproof.text.offsets import graphemes
from spanproof.text.segmentation import Extent

_UNSEEN = frozenset(BIDI + INVISIBLE + BOM)


def _shaped(clusters: Sequence[str]) -> list[str]:
    """Return clusters composed (NFC), marks of one shape, a run of blanks as one, nothing for what is invisible."""
    pieces = ["" if cluster in _UNSEEN else fold(cluster).replace("…", "...") for cluster in clusters]
    blank = False
    for k, piece in enumerate(pieces):
        if piece:
            pieces[k] = "" if blank and piece == " " else piece
            blank = piece == " "
    return pieces


def _tight(clusters: Sequence[str]) -> list[str]:
    """Return the same without blanks beside punctuation: ``Feb. 18`` is ``Feb.18``."""
    pieces = _shaped(clusters)
    seen = [k for k, piece in enumerate(pieces) if piece]
    for before, at, after in zip(seen, seen[1:], seen[2:], strict=False):
        if pieces[at] == " " and not (pieces[before][:1].isalnum() and pieces[after][:1].isalnum()):
            pieces[at] = ""
    return pieces


def _caseless(clusters: Sequence[str]) -> list[str]:
    """Return the same whatever the case."""
    return [fold(caseless(piece)) if piece.strip() else piece for piece in _tight(clusters)]


FOLDS: tuple[Callable[[Sequence[str]], list[str]], ...] = (list, _shaped, _tight, _caseless)
"""What grapheme clusters become before they are compared, in the order in which it is tried."""


@dataclass(frozen=True)
class _Folded:
    """A folded text, with the way back from its offsets.

    Attributes:
        text: the folded text.
        starts: for each offset of it at which a place may begin, the offset in the source; -1 within a word.
        ends: the same for the offsets at which a place may end.
    """

    text: str
    starts: Mapping[int, int]
    ends: Mapping[int, int]


@dataclass(frozen=True)
class SearchText:
    """A text in which words are looked for."""

    text: str

    @functools.cached_property
    def _borders(self) -> list[int]:
        borders: list[int] = graphemes(self.text).tolist()
        return borders

    @functools.cached_property
    def _made(self) -> dict[int, _Folded]:
        return {}

    def _fold(self, k: int) -> _Folded:
        """Return the text under a fold, by its number; few texts need them all."""
        if k not in self._made:
            self._made[k] = self._folded(FOLDS[k])
        return self._made[k]

    def _folded(self, folds: Callable[[Sequence[str]], list[str]]) -> _Folded:
        text, pieces = self.text, folds([self.text[a:b] for a, b in pairwise(self._borders)])
        starts, ends, kinds, at = dict[int, int](), dict[int, int](), flags(), 0
        for border, piece in zip(self._borders, (*pieces, ""), strict=True):
            # What folds to nothing belongs to no span: the last of equals begins one, the first ends one.
            within = 0 < border < len(text) and kinds[ord(text[border - 1])] & kinds[ord(text[border])] & WORD
            starts[at] = -1 if within else border
            ends.setdefault(at, starts[at])
            at += len(piece)
        return _Folded("".join(pieces), starts, ends)

    def places(self, words: str) -> tuple[Extent, ...]:
        """Return all places of some words, in order; none if they are blank."""
        clusters = [words[a:b] for a, b in pairwise(graphemes(words).tolist())]
        for k, folds in enumerate(FOLDS):
            places = tuple(_places(self._fold(k), "".join(folds(clusters)).strip()))
            if places:
                return places
        return ()

    def once(self, words: str) -> bool:
        """Say whether some words stand exactly once as they are, and nowhere else under any fold, nor within a word."""
        folds, folded = FOLDS[-1], self._fold(len(FOLDS) - 1).text
        wanted = "".join(folds([words[a:b] for a, b in pairwise(graphemes(words).tolist())])).strip()
        return bool(wanted) and _is_once(folded, wanted) and _is_once(self.text, words)

    def nearest(self, words: str, span: Extent, others: Iterable[Extent] = ()) -> Extent | None:
        """Return the place of some words that is nearest to a span and apart from it; None if there is none.

        Of two that are as near, it is the one before the span.

        Args:
            words: the words.
            span: the span.
            others: other spans that the place may not touch.
        """
        away = [place for place in self.places(words) if all(apart(place, other) for other in (span, *others))]
        return min(away, key=lambda place: (max(span[0] - place[1], place[0] - span[1]), place), default=None)


def _is_once(text: str, words: str) -> bool:
    first = text.find(words)
    return first >= 0 and text.find(words, first + 1) < 0


def _places(folded: _Folded, words: str) -> Iterator[Extent]:
    offset = folded.text.find(words) if words else -1
    while offset >= 0:
        start, end = folded.starts.get(offset, -1), folded.ends.get(offset + len(words), -1)
        if 0 <= start < end:
            yield start, end
        offset = folded.text.find(words, offset + 1)


def apart(one: Extent, other: Extent) -> bool:
    """Say whether two extents share no character."""
    return one[1] <= other[0] or other[1] <= one[0]
