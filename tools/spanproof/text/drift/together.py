"""Documents on which a shared model is tried at once: their texts and spans end to end, as arrays.

What is said of them is what :class:`~spanproof.text.drift.shared.DriftingText` says of each. Where that takes more than
a look at the places of surfaces, it isn't said here, and the document is to be asked alone.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, Floats, Ints, perhaps_among
from spanproof.text.drift.alterations import CUT_MARKS, QUOTES
from spanproof.text.drift.end_to_end import EndToEnd
from spanproof.text.drift.hypotheses import BEHIND_SURFACE, END
from spanproof.text.drift.model import Places, ProvedPlacements
from spanproof.text.drift.proof import SHARED, SLACK
from spanproof.text.drift.shared import Annotated, SharedModel
from spanproof.text.drift.units import BY_NAME

_ALTERED = 3  # spans whose surfaces may have been altered where they stand
_CLOSE = 1e-6  # bits by which a sum must differ from a bound, so that in which order it is summed doesn't matter
_BEFORE_A_FRAME = "。”’"  # characters beside white space behind which a frame may begin


class Attempt(NamedTuple):
    """What a shared model does in documents.

    Attributes:
        known: of each document whether the following is known.
        explains: whether it explains the document.
        moved: how many wrong spans it puts elsewhere.
        places: where it puts the spans of all documents, in the order in which they were asked about.
    """

    known: Sequence[bool]
    explains: Sequence[bool]
    moved: Sequence[int]
    places: Places


class Together(EndToEnd):
    """Documents end to end, on which shared models are tried."""

    def __init__(self, documents: Sequence[Annotated]) -> None:
        super().__init__(documents)
        self._by_model: dict[SharedModel, Attempt] = {}
        self._by_counting: dict[tuple[bytes, int, str] | None, Attempt] = {}
        self._alike: dict[tuple[int, int], Sequence[bool]] = {}

    @functools.cached_property
    def _may_share(self) -> Bools:
        """Say of which documents it is certain that only places can be what is wrong (``DriftingText.may_share``)."""
        stands, doc = self._stands, self._doc
        odd = self._in_documents(stands.edged | self._twice)
        begins, first = stands.first_at(self._start)
        wrong = ~self._right & begins & (self._start < self._end)
        near = np.flatnonzero(wrong & ((first == stands.first) | stands.quoted))
        altered = np.zeros(len(doc), np.bool_)
        altered[near] = [self._is_altered(k) for k in near.tolist()]
        # One wrong span that isn't its surface with other white space beside it shows that not all are so.
        other = ~self._right & ~(wrong & ((first == stands.first) | stands.blank(first)))
        listed = self._in_documents(stands.counts) <= stands.MOST
        alike = self._in_documents(altered) >= _ALTERED
        certain: Bools = self._taken & (odd == 0) & ~alike & listed & (self._in_documents(other) > 0)
        return certain

    def tried(self, shared: SharedModel) -> Attempt:
        """Return what a shared model does in the documents."""
        if shared not in self._by_model:
            excess = self._excess(shared)
            key = None if excess is None else (excess.tobytes(), shared.base, shared.end)
            if key not in self._by_counting:
                self._by_counting[key] = self._tried(excess, shared.base, shared.end)
            self._by_model[shared] = self._by_counting[key]
        return self._by_model[shared]

    def _excess(self, shared: SharedModel) -> Ints | None:
        """Return by how much more than 1 each distinct character counts; None if that depends on those beside it."""
        widths = [BY_NAME[name].width for name in shared.units]
        more = dict(shared.widths)
        excess = [
            more.get(character, 0) + sum(width(character) - 1 for width in widths if width)
            for character in self._stands.distinct
        ]
        return np.array(excess, np.int64) if all(widths) and min(excess, default=0) >= -1 else None

    def _tried(self, excess: Ints | None, base: int, end: str) -> Attempt:
        if excess is None:
            nothing = [False] * len(self._taken)
            return Attempt(nothing, nothing, nothing, Places(self._start, self._end))
        stands, doc = self._stands, self._doc
        offset = stands.offsets(excess)
        there, several = self._inverse(offset, base)
        stop = there + stands.size
        fits = np.zeros(len(there), np.bool_)
        fits[stands.span[stands.place == there[stands.span]]] = True
        shift = offset[stands.low[doc]]
        last = self._end - base + (end == "last") if end in ("end", "last") else self._end
        if end in ("points", BEHIND_SURFACE):
            last = last - self._start * (end == BEHIND_SURFACE) + there
        elif end == "length":
            last = last + self._counted(offset, there) - shift
        fits &= last == (stop if end in ("points", BEHIND_SURFACE) else self._counted(offset, stop) - shift)
        elsewhere = (there != self._start) | (stop != self._end)
        moved = self._in_documents(~self._right & elsewhere).astype(np.int64)
        bits = self._in_documents(self._bits * ~self._right)
        explains = self._may_share & (self._in_documents(~fits) == 0) & (moved > 0) & (bits > SHARED)
        counts = (stands.has & (excess != 0)).any(1)
        rival, unsure = self._rivalled(offset, base, end, there, counts, explains)
        unclear = self._in_documents(several) + (np.abs(bits - SHARED) < _CLOSE) > 0
        known = self._may_share & ~unclear & ~(explains & unsure)
        places = Places(there[self._asked], stop[self._asked])
        return Attempt(known.tolist(), (explains & ~rival).tolist(), moved.tolist(), places)

    def are_alike(self, one: Attempt, other: Attempt) -> Sequence[bool]:
        """Say of each document whether two models put all of its spans at the same places."""
        key = id(one), id(other)
        if key not in self._alike:
            differ = (one.places.start != other.places.start) | (one.places.stop != other.places.stop)
            self._alike[key] = (self._in_documents(differ) == 0).tolist()
        return self._alike[key]

    def placements(self, tried: Attempt, k: int) -> ProvedPlacements:
        """Return where a model puts the spans of a document that were asked about."""
        low, high = self._bounds[k : k + 2]
        return ProvedPlacements(Places(tried.places.start[low:high], tried.places.stop[low:high]), high - low)

    def _inverse(self, offset: Ints, base: int) -> tuple[Ints, Bools]:
        """Return where offsets put spans, -1 where nowhere; and which have several places, so that none is given."""
        low, size = self._stands.low[self._doc], self._stands.length[self._doc]
        wanted = offset[low] + self._start - base
        at = np.searchsorted(offset, wanted)
        within = (at >= low) & (at <= low + size)
        at = np.where(within, at, low)
        within &= offset[at] == wanted
        after = np.minimum(at + 1, len(offset) - 1)
        several = within & (at < low + size) & (offset[after] == wanted)
        return np.where(within, at - low, -1), several

    def _counted(self, offset: Ints, at: Ints) -> Ints:
        """Return the offset of a boundary in the document of each span, counted from the first of all documents."""
        low, size = self._stands.low[self._doc], self._stands.length[self._doc]
        counted: Ints = offset[low + np.clip(at, 0, size)]
        return counted

    def _rivalled(
        self, offset: Ints, base: int, end: str, there: Ints, counts: Bools, some: Bools
    ) -> tuple[Bools, Bools]:
        """Say where a rival of a shared model puts spans elsewhere, and where that isn't known.

        Args:
            offset: how the shared model counts.
            base: its shift.
            end: what its second numbers are.
            there: where it puts spans.
            counts: in which documents it counts otherwise than in code points.
            some: the documents that are asked about.
        """
        stands = self._stands
        asked = some[self._doc[stands.span]]
        span, at = stands.span[asked], stands.place[asked]
        elsewhere = at != there[span]
        low = stands.low[self._doc[span]]
        first, place = offset[low], low + at
        begin, stop = offset[place] - first, offset[place + stands.size[span]] - first
        shift = self._start[span] - begin
        if end == "length":
            fits = self._end[span] == stop - begin
        elif end in ("points", BEHIND_SURFACE):
            fits = self._end[span] - self._start[span] * (end == BEHIND_SURFACE) == stands.size[span]
        else:
            fits = self._end[span] + (end == "last") - stop == shift
        rival, unsure = self._voted(span, fits & (shift != base), shift, elsewhere, SLACK)
        plain = self._start[span] - at
        same = (self._end - self._start == stands.size)[span]
        itself = (plain == base) & ~counts[self._doc[span]] & (end == "end")
        other, unclear = self._voted(span, same & ~itself, plain, elsewhere, SHARED + SLACK)
        unsure |= unclear
        unsure |= self._may_have_ends(there) | self._may_have_frames(span, same, plain)
        return rival | other, unsure & ~rival & ~other

    def _voted(self, of: Ints, fits: Bools, shift: Ints, elsewhere: Bools, most: float) -> tuple[Bools, Bools]:
        """Say in which documents one shift leaves few spans and puts some elsewhere, and where that isn't known.

        Args:
            of: the span of each place.
            fits: which places are looked at.
            shift: by how much offsets are too high if a span stands there.
            elsewhere: which places are other than those of the shared model.
            most: bits of the spans that it may leave.
        """
        rows = np.flatnonzero(fits)
        least = int(shift.min(initial=0))
        key = self._doc[of] * (int(shift.max(initial=0)) - least + 1) + shift - least
        # Of these spans a rival can't leave all.
        needed = self._before <= most + _CLOSE
        keys = key[rows]
        some = perhaps_among(keys, keys[needed[of[rows]]])
        rows = rows[some][np.argsort(keys[some], kind="stable")]
        span = of[rows]
        doc = self._doc[span]
        turns = np.flatnonzero(np.diff(key[rows], prepend=-1) != 0)
        yes, close = np.zeros((2, len(self._taken)), np.bool_)
        if len(turns):
            again = np.diff(span, prepend=-1) == 0
            again[turns] = False
            saved = np.add.reduceat(self._bits[span] * ~again, turns)
            more = saved - (self._in_documents(self._bits)[doc[turns]] - most)
            moves = np.add.reduceat(elsewhere[rows].astype(np.int64), turns) > 0
            yes[doc[turns[moves & (more >= _CLOSE)]]] = True
            close[doc[turns[moves & (np.abs(more) < _CLOSE)]]] = True
        return yes, close

    def _may_have_ends(self, there: Ints) -> Bools:
        """Say in which documents second numbers that are no ends may explain spans, and put some elsewhere."""
        stands = self._there
        few: Bools = self._in_documents(self._bits * ~stands) <= SHARED + SLACK - END + _CLOSE
        return few & (self._in_documents(stands & (there != self._start)) > 0)

    def _may_have_frames(self, span: Ints, same: Bools, shift: Ints) -> Bools:
        """Say in which documents offsets may count from frames: for each span one may begin where that asks for it.

        Args:
            span: the span of each place.
            same: which places are of spans whose ends lie behind their starts as far as they should.
            shift: by how much offsets are too high if a span stands there.
        """
        stands = self._stands
        low = stands.low[self._doc[span]]
        begins = shift == 0
        inside = (shift < 0) & (self._start[span] >= 0)
        before = stands.points[np.where(inside, low - shift - 1, 0)]
        begins |= inside & (stands.blank(before) | np.isin(before, [ord(mark) for mark in _BEFORE_A_FRAME]))
        possible = np.zeros(len(self._doc), np.bool_)
        possible[span[begins & same]] = True
        every: Bools = self._in_documents(~possible) == 0
        return every

    @functools.cached_property
    def _before(self) -> Floats:
        """Return how many bits the spans of its document have that stand before each."""
        sums = np.concatenate((np.zeros(1), np.cumsum(self._bits)))
        before: Floats = sums[:-1] - sums[np.array(self._bounds, np.int64)[self._doc]]
        return before

    def _is_altered(self, k: int) -> bool:
        """Say whether a surface may be its slice, cut or in quotation marks."""
        text, surface = self._stands.texts[self._doc[k]], self._stands.surfaces[k]
        start, end = int(self._start[k]), int(self._end[k])
        if any(text.startswith(surface.removesuffix(mark), start) for mark in CUT_MARKS):
            return True
        return QUOTES.get(surface[0]) == surface[-1] and text[start:end] == surface[1:-1]
