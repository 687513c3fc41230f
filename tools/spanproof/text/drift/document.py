"""A text with its spans, as what explains a drift sees them."""

import functools
import itertools
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import repeat

import numpy as np

from spanproof.arrays import Bools, Floats, Ints
from spanproof.text.drift.alterations import alterations
from spanproof.text.drift.borders import word_borders
from spanproof.text.drift.evaluation import Result
from spanproof.text.drift.hypotheses import BEHIND_SURFACE, ENDS, Hypotheses, Hypothesis, Stored
from spanproof.text.drift.model import Model
from spanproof.text.drift.search import searched
from spanproof.text.drift.span_columns import Span
from spanproof.text.drift.surfaces import (
    NEAR,
    Candidates,
    Context,
    candidates,
    in_context,
    place_at,
    places,
    writings_of,
)
from spanproof.text.drift.writings import Rendering
from spanproof.text.letters import Letters
from spanproof.text.likeness import are_alike, differing

Place = tuple[int, int]
"""Start and end of a place."""

_PLACES = 8_000  # that are looked up for the spans of a text; a model is sought on a sample that has no more
_BLOCK = 24  # spans in a row in a sample
_LISTED = 1_000_000  # places of all spans that are listed to judge a model that counts from several places
READ = 200_000_000  # characters that are searched through
_GONE = 2.0  # bits of a span that has no place, wherever it stands: one in four
_COMPARED = 100  # spans whose surfaces are compared with the words at their offsets
_PLAIN = re.compile(r"[A-Za-z0-9 .,-]*")  # what no unit counts otherwise than in code points
_SLIP = 3  # characters by which spans may have slipped one by one
_UNKNOWN = 10.0  # bits of a span whose places weren't counted


def exception_bits(size: int | Ints, counts: Ints) -> Floats:
    """Return what it costs if a model doesn't place spans, given how often each may stand in its text, and its size."""
    bits: Floats = _GONE + np.clip(np.log2((size + 2) / np.maximum(counts, 1)), 0.5, 12)
    return bits


class Document:
    """A text with its different spans, in the order of their stored offsets.

    Attributes:
        letters: the text.
        spans: start, end, surface and context of each.
        asked: which of them is each span that was asked about.
        doubled: which of them more than one annotation of a layer has.
        right: which agree with the text as they are stored.
        trimmed: which would agree but for white space at an edge of the surface: their offsets may be right.
        sample: which of them a model is sought on: all, or blocks of them where they have too many places.
        stored: their offsets.
        written: where those of the sample may stand: as the text is, then in other ways of writing,
            then where surfaces were altered (all spans).
        whole: whether these are all places of all spans.
    """

    def __init__(
        self,
        text: str,
        spans: Sequence[Span],
        contexts: Sequence[Context] = (),
        layers: Sequence[Hashable] = (),
        likely: Sequence[Model] = (),
    ) -> None:
        around = contexts or [("", "")] * len(spans)
        keys = [(*span, *context) for span, context in zip(spans, around, strict=True)]
        self.letters = Letters(text)
        self.spans = sorted(set(keys))
        index = {key: k for k, key in enumerate(self.spans)}
        self.asked = [index[key] for key in keys]
        own = Counter(zip(keys, layers or repeat(None), strict=False))
        self.doubled = np.zeros(len(self.spans), np.bool_)
        self.doubled[[index[key] for (key, _), count in own.items() if count > 1]] = True
        self.right = np.array([0 <= s <= e <= len(text) and text[s:e] == w for s, e, w, *_ in self.spans], np.bool_)
        words = (text[max(s, 0) : max(e, 0)].strip() == w.strip() != w for s, e, w, *_ in self.spans)
        self.trimmed = np.fromiter(words, np.bool_, len(self.spans)) & ~self.right
        self.sample = self._sample()
        self._known: dict[str, list[Place]] = {}
        self._found: dict[bytes, list[Result]] = {}
        self._likely = likely
        shown = [(w, before, after) if some else ("", "", "") for (_, _, w, before, after), some in
                 zip(self.spans, self.sample.tolist(), strict=True)]  # fmt: skip
        surfaces, around = [surface for surface, *_ in shown], [(before, after) for _, before, after in shown]
        near = self._expected()
        self.written = [candidates(self.letters, surfaces, around, near=near)]
        self.renderings: list[Rendering | None] = [None]
        for writings, rendering in writings_of(self.letters, surfaces):
            self.written.append(candidates(self.letters, surfaces, around, writings, rendering, near))
            self.renderings.append(rendering)
        self.written += alterations(text, [key[:3] for key in self.spans])
        start, end = (np.array([key[side] for key in self.spans], np.int64) for side in (0, 1))
        most = np.maximum.reduce([there.counts for there in self.written])
        self.stored = Stored(start, end, np.where(self.sample, exception_bits(len(text), most), _UNKNOWN))
        self.whole = bool(self.sample.all() and all(len(there.span) == there.counts.sum() for there in self.written))

    @functools.cached_property
    def hypotheses(self) -> Hypotheses:
        """Return the models that are tried on the document."""
        possible = self.behind and any(not _PLAIN.fullmatch(w) for _, _, w, *_ in self.spans)
        return Hypotheses(self.letters, self.written, (*ENDS, BEHIND_SURFACE) if possible else ENDS)

    @functools.cached_property
    def behind(self) -> bool:
        """Say whether each end lies as far behind its start as the surface is long, so that it may say nothing else."""
        return all(end - start == len(surface) for start, end, surface, *_ in self.spans)

    @functools.cached_property
    def is_spelt_otherwise(self) -> bool:
        """Say whether most surfaces are nearly the words at their offsets."""
        some = self.spans[:: max(1, len(self.spans) // _COMPARED)]
        alike = (0 <= s < e and are_alike(self.letters.text[s:e], surface) for s, e, surface, *_ in some)
        return 2 * sum(alike) > len(some)

    @functools.cached_property
    def is_at_zero(self) -> bool:
        """Say whether all wrong spans, of which there are different ones, begin at 0."""
        wrong = [span for span, right in zip(self.spans, self.right.tolist(), strict=True) if not right]
        return len({surface for _, _, surface, *_ in wrong}) > 1 and all(start == 0 for start, *_ in wrong)

    @functools.cached_property
    def has_slips(self) -> bool:
        """Say whether most surfaces stand where their offsets are, but for a few characters: each may have slipped."""
        some = self.spans[:: max(1, len(self.spans) // _COMPARED)]
        text, near = self.letters.text, 0
        for start, end, surface, *_ in some:
            slip = min(_SLIP, len(surface) - 1)
            low, high = max(0, start - slip), max(0, end + slip)
            near += bool(surface) and end - start == len(surface) and text.find(surface, low, high) >= 0
        return 2 * near > len(some)

    def _expected(self) -> Sequence[int]:
        """Return about where each span stands if offsets grow evenly: the last one is within the text."""
        last = max((key[0] for key in self.spans), default=0)
        share = min(1.0, len(self.letters.text) / max(last, 1))
        return [int(key[0] * share) for key in self.spans]

    def _sample(self) -> Bools:
        """Return the spans that a model is sought on: blocks of them over the whole document."""
        text, size = self.letters.text, len(self.spans)
        surfaces = Counter(key[2] for key in self.spans)
        read = READ // max(len(text), 1)
        total = sum(n * min(text.count(surface), NEAR) for surface, n in surfaces.most_common(read) if surface)
        share = min(_PLACES / max(total, 1), read / max(len(surfaces), 1))
        if share >= 1:
            return np.ones(size, np.bool_)
        block = min(_BLOCK, size)
        blocks = max(2, int(share * size) // block)
        first = np.linspace(0, size - block, blocks).astype(np.int64)
        sample = np.zeros(size, np.bool_)
        sample[(first[:, None] + np.arange(block)).ravel()] = True
        return sample

    def searched(self, those: Bools) -> list[Result]:
        """Return what the models of the shortest description make of some of the spans; that is sought once."""
        key = those.tobytes()
        if key not in self._found:
            self._found[key] = searched(*self.kept(those), self._likely)
        return self._found[key]

    def kept(self, those: Bools) -> tuple[Hypotheses, Stored]:
        """Return the models that are tried on some of the spans, and these, numbered anew."""
        if those.all():
            return self.hypotheses, self.stored
        number = np.cumsum(those) - 1
        rest = []
        for there in self.written:
            of = those[there.span]
            span, start, end = number[there.span[of]], there.start[of], there.end[of]
            rest.append(Candidates(span, start, end, there.counts[those], there.writings))
        stored = Stored(self.stored.start[those], self.stored.end[those], self.stored.exception[those])
        return self.hypotheses.about(rest), stored

    def nearest(self, k: int, number: int, expected: int | None = None) -> tuple[list[Place], bool]:
        """Return the places of a span that are nearest to where it is expected, in order, and whether it has but one.

        Where it is stored is one of them if the words there are nearly the surface: that may be what was altered.

        Args:
            k: which span.
            number: of places at most.
            expected: about where it begins; by default where it is stored.
        """
        start, _, surface, *context = self.spans[k]
        expected = start if expected is None else expected
        if surface not in self._known:
            if len(self._known) * len(self.letters.text) > READ:
                return [], False
            stands = places(self.letters, None, surface)
            self._known[surface] = stands or sorted(places(self.letters, self.renderings[-1], surface))
        there = in_context(self.letters.text, self._known[surface], *context)
        at = bisect_left(there, (expected, 0))
        around = there[max(0, at - number) : at + number]
        here = {self.spans[k][:2]} if self._nearly_there(k) else set()
        near = sorted(around, key=lambda place: abs(place[0] - expected))[: number - len(here)]
        return sorted({*near, *here}), len(there) == 1 and not here

    def _nearly_there(self, k: int) -> bool:
        """Say whether a span's surface is that of its offsets but for its spelling, or for what is cut or added."""
        start, end, surface, *_ = self.spans[k]
        if not 0 <= start < end <= len(self.letters.text):
            return False
        words = self.letters.text[start:end]
        shorter, longer = sorted((words, surface), key=len)
        if shorter in longer and len(shorter) < len(longer) <= 2 * len(shorter):
            return self.is_whole((start, end))
        return bool(differing(words, surface))

    def is_whole(self, place: Place) -> bool:
        """Say whether a place is whole words."""
        begins, ends = self._word_borders
        return bool(begins[place[0]] and ends[place[1]])

    def may_be_meant(self, k: int, place: Place) -> bool:
        """Say whether a span is whole words and lies within the only place of its surface, or has that within it.

        Args:
            k: which span.
            place: where its surface stands.
        """
        start, end = self.spans[k][:2]
        if not 0 <= start < end <= len(self.letters.text):
            return False
        within = (start <= place[0] and place[1] <= end) or (place[0] <= start and end <= place[1])
        return within and self.is_whole((start, end))

    @functools.cached_property
    def _word_borders(self) -> tuple[Bools, Bools]:
        return word_borders(self.letters)

    def spread(self, hypothesis: Hypothesis, states: Ints) -> Hypothesis | None:
        """Return a hypothesis about some places of a sample as one about all spans, with the places that it gives them.

        Args:
            hypothesis: the hypothesis.
            states: by how much offsets may be too high.

        Returns:
            The hypothesis; None where offsets count from several places, and the spans have too many to look at all.
        """
        writings = hypothesis.candidates.writings
        number = [there.writings for there in self.written].index(writings)
        if self.whole or number >= len(self.renderings):
            return replace(hypothesis, candidates=self.written[number])
        rendering = self.renderings[number]
        if hypothesis.frame == "text":
            return replace(hypothesis, candidates=self._inverse(hypothesis, states, rendering))
        surfaces = [key[2] for key in self.spans]
        most = max(int(there.counts.max()) for there in self.written)
        if most * len(surfaces) > _LISTED:
            return None
        around = [(before, after) for *_, before, after in self.spans]
        return replace(hypothesis, candidates=candidates(self.letters, surfaces, around, writings, rendering))

    def _inverse(self, hypothesis: Hypothesis, states: Ints, rendering: Rendering | None) -> Candidates:
        """Return the places that a model gives spans, worked out from their offsets."""
        can = hypothesis.counting.starts
        boundaries = np.arange(len(hypothesis.counting.start)) if can is None else np.flatnonzero(can)
        counted = hypothesis.counting.start[boundaries]
        located = set()
        for state in states.tolist():
            low, high = (np.searchsorted(counted, self.stored.start - state, side) for side in ("left", "right"))
            of = np.repeat(np.arange(len(low)), high - low)
            at = boundaries[np.arange(len(of)) - np.repeat(np.cumsum(high - low) - high, high - low)]
            for k, start in zip(of.tolist(), at.tolist(), strict=True):
                place = place_at(self.letters, rendering, self.spans[k][2], start)
                if place:
                    located.add((k, *place))
        flat = np.array(sorted(located), np.int64).reshape(-1, 3)
        counts = self._counts(rendering)
        return Candidates(flat[:, 0], flat[:, 1], flat[:, 2], counts, hypothesis.candidates.writings)

    def _counts(self, rendering: Rendering | None) -> Ints:
        """Return how often the surface of each span stands in the text, or as a rendering writes it.

        Where that takes too long, as often as it can: then it says nothing of where its span stands.
        """
        text = self.letters.text
        written = text if rendering is None else rendering.text
        read = READ // max(len(text), 1)
        surfaces = dict.fromkeys(key[2] for key in self.spans)
        counts = {
            surface: max(text.count(surface), written.count(surface)) for surface in itertools.islice(surfaces, read)
        }
        return np.array([counts.get(key[2], len(text)) for key in self.spans], np.int64)
