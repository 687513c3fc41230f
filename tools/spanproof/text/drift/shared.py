"""Models that documents of a corpus share: each is found in a few of them, and tried on the others.

What such a model must do in a document, and what must not explain it too, says :mod:`~spanproof.text.drift.proof`.
"""

import functools
import itertools
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.text.drift.alterations import alterations, at_edges
from spanproof.text.drift.counting import Counted, of_excess
from spanproof.text.drift.document import exception_bits
from spanproof.text.drift.hypotheses import BEHIND_SURFACE, Hypothesis, Stored
from spanproof.text.drift.model import Explanation, Places, ProvedPlacements
from spanproof.text.drift.proof import SHARED
from spanproof.text.drift.rivals import Rivals
from spanproof.text.drift.span_columns import Span, SpanColumns
from spanproof.text.drift.surfaces import Candidates, Context, candidates
from spanproof.text.drift.units import BY_NAME
from spanproof.text.letters import Letters

_READINGS = 8  # of one model, whose units may have several names
_WIDTHS = 3  # characters that units give another width, if that is a reading of its own
SPANS = 100
"""Spans on which rivals are tried."""
_FEWEST, _PLACES = 12, 20_000  # fewer of these where they have more places than so many in all
TELLING = 8
"""Wrong spans of which more don't tell more."""


class Annotated(NamedTuple):
    """A text with its spans and their contexts, as :func:`~spanproof.text.drift.explain.explain` takes them.

    Attributes:
        text: the text.
        spans: start and end as stored and the surface of each.
        contexts: the stored words before and after each; empty where none are stored.
        layers: what no two spans of a layer share, in which they should not be twice; one layer by default.
    """

    text: str
    spans: Sequence[Span]
    contexts: Sequence[Context] = ()
    layers: Sequence[Hashable] = ()


class SharedModel(NamedTuple):
    """A model without edits that counts from the start of the text, as values: one name for each unit.

    Attributes:
        units: the names of the known units whose excesses add up.
        widths: characters with how much more than 1 each counts.
        base: by how much every offset is too high.
        end: what the second number is.
    """

    units: tuple[str, ...]
    widths: tuple[tuple[str, int], ...]
    base: int
    end: str

    @property
    def fitted(self) -> int:
        """Return how many parameters were fitted to spans."""
        return (self.base != 0) + len(self.widths)


def shared_models(explanation: Explanation) -> Iterator[SharedModel]:
    """Yield what other documents may share of a model that proves all spans of a document, a model for each reading.

    Args:
        explanation: of the document.
    """
    models = explanation.models
    if len(models) != 1 or models[0].edits or models[0].frame != "text" or models[0].writings:
        return
    model = models[0]
    if explanation.places or all(placed.level == "proved" for placed in explanation.placements):
        for units in itertools.islice(itertools.product(*model.units), _READINGS):
            yield SharedModel(units, model.widths, model.base, model.end)


def in_widths(shared: SharedModel, text: str) -> SharedModel | None:
    """Return a model of units that only give few characters of a text another width as one of these widths."""
    excess = _excess(shared, frozenset(text))
    if not shared.units or excess is None or len(excess) > _WIDTHS:
        return None
    return SharedModel((), tuple(sorted(excess.items())), shared.base, shared.end)


def _excess(shared: SharedModel, characters: Collection[str]) -> Mapping[str, int] | None:
    """Return by how much more than 1 each of some characters counts; None if that depends on those beside it."""
    excess = Counter({character: more for character, more in shared.widths if character in characters})
    for width in (BY_NAME[name].width for name in shared.units):
        if width is None:
            return None
        excess.update({character: width(character) - 1 for character in characters})
    return {character: more for character, more in excess.items() if more}


class _Counting(NamedTuple):
    """How a model counts one text: characters with how much more than 1 each counts, and the names of other units."""

    excess: frozenset[tuple[str, int]]
    units: tuple[str, ...]


class DriftingText:
    """A document on which the models of others are tried.

    Attributes:
        text: the text.
        spans: the different spans in the order of their offsets.
        asked: which of them is each span that was asked about.
    """

    def __init__(self, annotated: Annotated) -> None:
        self.text = annotated.text
        spans = SpanColumns.of(annotated.spans)
        order, new = spans.in_order()
        self.spans = spans.take(order[new])
        self.asked = np.zeros(len(order), np.int64)
        self.asked[order] = np.cumsum(new) - 1
        some = () if new.all() else spans  # only spans that stand there twice can be doubled
        own = Counter(zip(some, annotated.layers or repeat(None), strict=False))
        self._plain = len(spans) > 0 and max(own.values(), default=1) == 1 and not any(map(any, annotated.contexts))
        self._by_model: dict[SharedModel, Places | None] = {}
        self._by_counting: dict[tuple[_Counting, int, str], Places | None] = {}

    def places(self, shared: SharedModel) -> Places | None:
        """Return where a model puts the spans; None if it doesn't put each at one place, or moves none."""
        if shared not in self._by_model:
            if not self.may_share:
                return None
            key = self._model(shared), shared.base, shared.end
            if key not in self._by_counting:
                self._by_counting[key] = self._placed(*key)
            self._by_model[shared] = self._by_counting[key]
        return self._by_model[shared]

    def moved(self, there: Places) -> int:
        """Return how many wrong spans a model puts elsewhere."""
        return int((~self._right & ((there.start != self.spans.start) | (there.stop != self.spans.end))).sum())

    def in_one_step(self, there: Places) -> bool:
        """Say whether a model puts all spans that it moves elsewhere by the same number."""
        shift = self.spans.start - there.start
        shift = shift[shift != 0]
        return bool(len(shift)) and bool((shift == shift[0]).all())

    @property
    def tells(self) -> tuple[int, int]:
        """Return what tells how much a search in the document finds: wrong spans, but for many; different letters."""
        return min(TELLING, int((~self._right).sum())), len(self._letters.distinct)

    @property
    def first_wrong(self) -> int:
        """Return the number of the first span that doesn't agree with the text as it is stored."""
        return int(self._right.argmin())

    def proved(self, explanation: Explanation) -> Places:
        """Return where an explanation that places all spans puts the different ones."""
        there = np.zeros((len(self.spans), 2), np.int64)
        there[self.asked] = [placed.place for placed in explanation.placements if placed.place]
        return Places(there[:, 0], there[:, 1])

    def placements(self, there: Places) -> ProvedPlacements:
        """Return where the spans that were asked about belong, given where the different ones do."""
        return ProvedPlacements(Places(there.start[self.asked], there.stop[self.asked]), len(there.start))

    @functools.cached_property
    def may_share(self) -> bool:
        """Say whether all surfaces stand in the text as they are, and nothing but places can be what is wrong.

        No span is doubled or has a context, and none may have been altered where it stands.
        """
        surfaces = self.spans.different
        if not self._plain or "" in surfaces:
            return False
        padded = {surface for surface in surfaces if surface.strip() != surface}
        edged = [span for span in self.spans if span[2] in padded] if padded else []
        if any(self.text[max(s, 0) : max(e, 0)].strip() == surface.strip() for s, e, surface in edged):
            return False
        rows, *_ = self._looked_at
        spans = [self.spans[k] for k in rows.tolist()]
        altered = next(alterations(self.text, spans), None)
        return altered is None and at_edges(self.text, self.spans, self._right) is None

    @functools.cached_property
    def _letters(self) -> Letters:
        return Letters(self.text)

    @functools.cached_property
    def _right(self) -> Bools:
        spans = self.spans
        right: Bools = (spans.start >= 0) & (spans.end - spans.start == spans.size) & (spans.end <= len(self.text))
        some = np.flatnonzero(right & (spans.size > 0))
        some = some[self._letters.points[spans.start[some]] == spans.first[some]]
        right &= spans.size == 0
        right[some] = list(spans.take(some).stand_in(self.text, spans.start[some]))
        return right

    @functools.cached_property
    def _looked_at(self) -> tuple[Ints, Candidates, Stored]:
        """Return the spans on which rivals are tried, and where they may stand; what they exclude is excluded."""
        number = len(self.spans)
        if number > SPANS:
            surfaces = Counter(self.spans[k][2] for k in _spread(number, SPANS).tolist())
            most, total = SPANS * _PLACES // _FEWEST, 0  # of more the fewest are taken
            for surface, often in surfaces.most_common():
                total += often * self.text.count(surface) if total <= most else 0
            number = min(SPANS, max(_FEWEST, SPANS * _PLACES // max(total, 1)))
        rows = _spread(len(self.spans), number)
        there = candidates(self._letters, [self.spans[k][2] for k in rows.tolist()], [("", "")] * len(rows))
        bits = exception_bits(len(self.text), there.counts)
        return rows, there, Stored(self.spans.start[rows], self.spans.end[rows], bits)

    def _model(self, shared: SharedModel) -> "_Counting":
        """Return how a model counts the text."""
        alone = tuple(name for name in shared.units if BY_NAME[name].width is None)
        others = shared._replace(units=tuple(name for name in shared.units if name not in alone))
        return _Counting(frozenset((_excess(others, self._letters.distinct) or {}).items()), alone)

    def _counted(self, counting: "_Counting") -> Counted:
        excess = np.zeros(len(self.text) + 1, np.int64)
        for character, more in counting.excess:
            excess[1:][self._letters.points == ord(character)] = more
        units = [BY_NAME[name].count(self._letters) for name in counting.units]
        return functools.reduce(Counted.plus, filter(None, units), of_excess(np.cumsum(excess)))

    def _placed(self, counting: "_Counting", base: int, end: str) -> Places | None:
        counted = self._counted(counting)
        there = self._inverse(counted, base, end)
        if there is None or not self.moved(there):
            return None
        rows, looked_at, stored = self._looked_at
        if stored.exception[~self._right[rows]].sum() <= SHARED:
            return None
        rivals = Rivals(self._letters, looked_at, stored, Places(there.start[rows], there.stop[rows]))
        rivals.partial = len(rows) < len(self.spans)
        shared = Hypothesis(SHARED, counted, looked_at, end=end)
        itself = base if counting == _Counting(frozenset(), ()) and end == "end" else None
        return None if rivals.shifted(shared, base) or rivals.sound(itself) else there

    def _inverse(self, counted: Counted, base: int, end: str) -> Places | None:
        """Return where a way of counting puts the spans, by their first offsets; None if it doesn't place each once."""
        boundaries = np.arange(len(counted.start)) if counted.starts is None else np.flatnonzero(counted.starts)
        at = counted.start[boundaries]
        if not len(at) or (np.diff(at) < 0).any():
            return None
        spans, stored = self.spans, self.spans.start - base
        low = np.searchsorted(at, stored)
        if (at.take(low, mode="clip") != stored).any():
            return None
        start = boundaries[low]
        for k in np.flatnonzero(at.take(low + 1, mode="clip") == stored).tolist():
            high = int(np.searchsorted(at, stored[k], "right"))
            fit = [b for b in boundaries[low[k] : high].tolist() if self.text.startswith(spans.surfaces[k], b)]
            if len(fit) != 1:
                return None
            start[k] = fit[0]
        if not all(spans.stand_in(self.text, start)):
            return None
        stop = start + spans.size
        last = self.spans.end - base + (end == "last") if end in ("end", "last") else self.spans.end
        if end in ("points", BEHIND_SURFACE):
            last = last - spans.start * (end == BEHIND_SURFACE) + start
        elif end == "length":
            last = last + counted.start[start]
        ends = stop if end in ("points", BEHIND_SURFACE) else counted.end[stop]
        sound = counted.ends is None or counted.ends[stop].all()
        return Places(start, stop) if sound and (ends == last).all() else None


def _spread(size: int, number: int) -> Ints:
    """Return so many numbers below a size, from the first to the last."""
    return np.linspace(0, size - 1, number).astype(np.int64)
