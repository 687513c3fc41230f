"""Where words that were answered stand in a text: each place is proved, words without one have none.

Words are looked for as they are; then with what :data:`FOLDS` leaves out, fold by fold, the first one that finds any.
A place begins and ends at the border of a grapheme cluster and within no word, and folds to what the words fold to.
Offsets are Unicode code points, half open.
"""

import functools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from spanproof.text.characters import BIDI, BOM, INVISIBLE, WORD, flags
from spanproof.text.folding import fold
from spanproof.text.offsets import graphemes

Offsets = tuple[int, int]
_UNSEEN = frozenset(BIDI + INVISIBLE + BOM)


def _shaped(clusters: Sequence[str]) -> list[str]:
    """Composed (NFC), quotation marks and dashes of one shape, a run of blanks as one, nothing for what isn't seen."""
    pieces = ["" if each in _UNSEEN else fold(each).replace("…", "...") for each in clusters]
    blank = False
    for k, piece in enumerate(pieces):
        if piece:
            pieces[k] = "" if blank and piece == " " else piece
            blank = piece == " "
    return pieces


def _tight(clusters: Sequence[str]) -> list[str]:
    """The same without blanks beside punctuation: ``Feb. 18`` is ``Feb.18``."""
    pieces = _shaped(clusters)
    seen = [k for k, piece in enumerate(pieces) if piece]
    for before, at, after in zip(seen, seen[1:], seen[2:], strict=False):
        if pieces[at] == " " and not (pieces[before][:1].isalnum() and pieces[after][:1].isalnum()):
            pieces[at] = ""
    return pieces


def _caseless(clusters: Sequence[str]) -> list[str]:
    """The same whatever the case."""
    return [fold(piece.casefold()) if piece.strip() else piece for piece in _tight(clusters)]


FOLDS: tuple[Callable[[Sequence[str]], list[str]], ...] = (list, _shaped, _tight, _caseless)
"""What grapheme clusters are compared by, in the order in which it is tried."""


@dataclass(frozen=True)
class _Folded:
    """A folded text, and what the offsets of it that are borders are in the source, as a start and as an end."""

    text: str
    starts: Mapping[int, int]
    ends: Mapping[int, int]


@dataclass(frozen=True)
class Ground:
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

    def places(self, words: str) -> tuple[Offsets, ...]:
        """Everywhere that words stand, in order; nowhere if they are blank."""
        clusters = [words[a:b] for a, b in pairwise(graphemes(words).tolist())]
        for folds, folded in zip(FOLDS, self._folds, strict=True):
            found = tuple(_found(folded, "".join(folds(clusters)).strip()))
            if found:
                return found
        return ()

    def nearest(self, words: str, span: Offsets, apart: Iterable[Offsets] = ()) -> Offsets | None:
        """The place of words that is nearest to a span, before it rather than behind, outside it and the others."""
        away = [each for each in self.places(words) if all(_disjoint(each, other) for other in (span, *apart))]
        return min(away, key=lambda each: (max(span[0] - each[1], each[0] - span[1]), each), default=None)


def _found(folded: _Folded, words: str) -> Iterator[Offsets]:
    at = folded.text.find(words) if words else -1
    while at >= 0:
        start, end = folded.starts.get(at, -1), folded.ends.get(at + len(words), -1)
        if 0 <= start < end:
            yield start, end
        at = folded.text.find(words, at + 1)


def place(ground: Ground, answers: Sequence[str], *, nest: bool = False) -> list[Offsets | None]:
    """Where answers stand that were given in the order of the text; None for each that can't be placed.

    As many as possible are placed in that order, each as early as can be; then every other, given out of order, at the
    first place of its words that is left. No two places share a character, or, if they may ``nest``, they differ and
    none crosses another. Where all answers stand in order they get their own places, but for one whose words stand
    between it and the one before as well: nothing says which is meant, and it gets the earlier.
    """
    known = {words: ground.places(words) for words in dict.fromkeys(answers)}
    placed = _in_order([known[words] for words in answers])
    taken = [span for span in placed if span is not None]
    fits = _nestable if nest else _disjoint
    # What isn't left now never is: so each form of words has a cursor.
    left = {words: iter(places) for words, places in known.items()}
    for k, words in enumerate(answers):
        if placed[k] is None:
            placed[k] = next((one for one in left[words] if all(fits(one, other) for other in taken)), None)
            taken += [span for span in (placed[k],) if span is not None]
    return placed


def _in_order(places: Sequence[Sequence[Offsets]]) -> list[Offsets | None]:
    """The longest chain of places without a common character, one of each list at most, that ends the earliest.

    After Hunt and Szymanski, A fast algorithm for computing longest common subsequences, 1977.
    """
    ends: list[int] = []
    links: list[_Link] = []
    for k, each in enumerate(places):
        for start, end in reversed(each):
            length = bisect_right(ends, start)
            link = (k, (start, end), links[length - 1] if length else None)
            if length == len(ends):
                ends.append(end)
                links.append(link)
            elif end < ends[length]:
                ends[length], links[length] = end, link
    chosen: list[Offsets | None] = [None] * len(places)
    last = links[-1] if links else None
    while last is not None:
        chosen[last[0]] = last[1]
        last = last[2]
    return chosen


_Link = tuple[int, Offsets, "_Link | None"]


def _disjoint(one: Offsets, other: Offsets) -> bool:
    return one[1] <= other[0] or other[1] <= one[0]


def _nestable(one: Offsets, other: Offsets) -> bool:
    (a, b), (c, d) = one, other
    return _disjoint(one, other) or (one != other and ((a <= c and d <= b) or (c <= a and b <= d)))
