"""Locating the words of an answer in a text: each place is proved, and words that stand nowhere have none.

Words are looked for as they are; then folded, by one of :data:`FOLDS` after the other, until one finds any. A place
begins and ends at the border of a grapheme cluster and within no word, and folds to what the words fold to. Offsets are
Unicode code points, half open.
"""

import functools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from spanproof.text.characters import BIDI, BOM, INVISIBLE, WORD, flags
from spanproof.text.folding import fold
from spanproof.text.offsets import graphemes
from spanproof.text.segmentation import Extent

_UNSEEN = frozenset(BIDI + INVISIBLE + BOM)


def _shaped(clusters: Sequence[str]) -> list[str]:
    """Return clusters composed (NFC), marks of one shape, a run of blanks as one, nothing for what is invisible."""
    pieces = ["" if each in _UNSEEN else fold(each).replace("…", "...") for each in clusters]
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
    return [fold(piece.casefold()) if piece.strip() else piece for piece in _tight(clusters)]


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
    def _folds(self) -> tuple[_Folded, ...]:
        return tuple(map(self._folded, FOLDS))

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
        for folds, folded in zip(FOLDS, self._folds, strict=True):
            places = tuple(_places(folded, "".join(folds(clusters)).strip()))
            if places:
                return places
        return ()

    def nearest(self, words: str, span: Extent, apart: Iterable[Extent] = ()) -> Extent | None:
        """Return the place of some words that is nearest to a span and apart from it; None if there is none.

        Of two that are as near, it is the one before the span.

        Args:
            words: the words.
            span: the span.
            apart: other spans that the place may not touch.
        """
        away = [place for place in self.places(words) if all(_disjoint(place, other) for other in (span, *apart))]
        return min(away, key=lambda place: (max(span[0] - place[1], place[0] - span[1]), place), default=None)


def _places(folded: _Folded, words: str) -> Iterator[Extent]:
    offset = folded.text.find(words) if words else -1
    while offset >= 0:
        start, end = folded.starts.get(offset, -1), folded.ends.get(offset + len(words), -1)
        if 0 <= start < end:
            yield start, end
        offset = folded.text.find(words, offset + 1)


def locate(text: SearchText, answers: Sequence[str], *, nest: bool = False) -> list[Extent | None]:
    """Return where answers stand that were given in the order of the text.

    As many as possible are placed in that order, each as early as can be; then every other, given out of order, at the
    first place of its words that is left. Where all answers stand in order they get their own places, but for one whose
    words stand between it and the one before as well: nothing says which is meant, and it gets the earlier.

    Args:
        text: the text.
        answers: the words of each answer.
        nest: whether a place may lie within another. If not, no two places share a character; if so, they differ and
            none crosses another.

    Returns:
        The place of each answer; None for one that can't be placed.
    """
    known = {words: text.places(words) for words in dict.fromkeys(answers)}
    placed = _in_order([known[words] for words in answers])
    taken = [span for span in placed if span is not None]
    fits = _nestable if nest else _disjoint
    # A place that doesn't fit now never will: so each form of words has one iterator for all answers of it.
    left = {words: iter(places) for words, places in known.items()}
    for k, words in enumerate(answers):
        if placed[k] is None:
            placed[k] = next((place for place in left[words] if all(fits(place, other) for other in taken)), None)
            taken += [span for span in (placed[k],) if span is not None]
    return placed


def _in_order(places: Sequence[Sequence[Extent]]) -> list[Extent | None]:
    """Return the longest chain of places without a common character, one of each list at most, that ends the earliest.

    After Hunt and Szymanski, A fast algorithm for computing longest common subsequences (CACM 20(5), 1977): ``ends``
    holds for each length where the chain of that length ends that ends first.
    """
    ends: list[int] = []
    links: list[_Link] = []
    for k, candidates in enumerate(places):
        for start, end in reversed(candidates):
            length = bisect_right(ends, start)
            link = (k, (start, end), links[length - 1] if length else None)
            if length == len(ends):
                ends.append(end)
                links.append(link)
            elif end < ends[length]:
                ends[length], links[length] = end, link
    chosen: list[Extent | None] = [None] * len(places)
    last = links[-1] if links else None
    while last is not None:
        chosen[last[0]] = last[1]
        last = last[2]
    return chosen


_Link = tuple[int, Extent, "_Link | None"]


def _disjoint(one: Extent, other: Extent) -> bool:
    return one[1] <= other[0] or other[1] <= one[0]


def _nestable(one: Extent, other: Extent) -> bool:
    (a, b), (c, d) = one, other
    return _disjoint(one, other) or (one != other and ((a <= c and d <= b) or (c <= a and b <= d)))
