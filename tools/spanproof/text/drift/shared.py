"""Models that documents of a corpus share: each is found in a few of them, and tried on the others.

What such a model must do in a document, and what must not explain it too, says :mod:`~spanproof.text.drift.proof`.
"""

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, Floats, Ints
from spanproof.text.drift.alterations import alterations, at_edges
from spanproof.text.drift.counting import Counted, of_excess
from spanproof.text.drift.document import Span, exception_bits
from spanproof.text.drift.evaluation import fits
from spanproof.text.drift.hypotheses import END, ENDS, FRAME, Hypotheses, Hypothesis, Stored
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.proof import SHARED, SLACK
from spanproof.text.drift.surfaces import Candidates, Context, places
from spanproof.text.drift.units import BY_NAME
from spanproof.text.letters import Letters

_MOST = SHARED + SLACK  # bits of the models that are rivals of a shared one
_READINGS = 8  # of one model, whose units may have several names
_READ, _PLACES = 100_000, 8_000  # code points of a text, and places of its spans, of which there may not be more
_TELLING = 8  # wrong spans of which more don't tell more
_NONE = np.zeros(0, np.int64)


class Annotated(NamedTuple):
    """A text with its spans and their contexts, as :func:`~spanproof.text.drift.explain.explain` takes them.

    Attributes:
        text: the text.
        spans: start and end as stored and the surface of each.
        contexts: the stored words before and after each.
        layers: what no two spans of a layer share, in which they should not be twice; one layer by default.
    """

    text: str
    spans: Sequence[Span]
    contexts: Sequence[Context]
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
    if len(models) != 1 or any(placed.level != "proved" for placed in explanation.placements):
        return
    model = models[0]
    if not model.edits and model.frame == "text" and not model.writings:
        for units in itertools.islice(itertools.product(*model.units), _READINGS):
            yield SharedModel(units, model.widths, model.base, model.end)


class _Counting(NamedTuple):
    """How a model counts one text: characters with how much more than 1 each counts, and the names of other units."""

    excess: frozenset[tuple[str, int]]
    units: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """Where a shared model puts the different spans of a document, as arrays of shape (spans,).

    Attributes:
        start: the first code point of each.
        stop: the code point after its last.
    """

    start: Ints
    stop: Ints

    def alike(self, other: "Places") -> bool:
        """Say whether another model puts every span there too."""
        return bool((self.start == other.start).all() and (self.stop == other.stop).all())


class DriftingText:
    """A document on which the models of others are tried.

    Attributes:
        text: the text.
        spans: the different spans in the order of their offsets.
        asked: which of them is each span that was asked about.
    """

    def __init__(self, annotated: Annotated) -> None:
        self.text = annotated.text
        self.spans = sorted(set(annotated.spans))
        index = {span: k for k, span in enumerate(self.spans)}
        self.asked = [index[span] for span in annotated.spans]
        own = Counter(zip(annotated.spans, annotated.layers or repeat(None), strict=False))
        self._plain = max(own.values(), default=2) == 1 and not any(map(any, annotated.contexts))
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
        return int((~self._right & ((there.start != self._stored.start) | (there.stop != self._stored.end))).sum())

    @property
    def tells(self) -> tuple[int, int]:
        """Return what tells how much a search in the document finds: wrong spans, but for many; different letters."""
        return min(_TELLING, int((~self._right).sum())), len(self._characters)

    def proved(self, explanation: Explanation) -> Places:
        """Return where an explanation that places all spans puts the different ones."""
        places = dict(zip(self.asked, (placed.place for placed in explanation.placements), strict=True))
        there = np.array([places[k] for k in range(len(self.spans))], np.int64).reshape(-1, 2)
        return Places(there[:, 0], there[:, 1])

    @functools.cached_property
    def may_share(self) -> bool:
        """Say whether all surfaces stand in the text as they are, and nothing but places can be what is wrong.

        No span is doubled or has a context, and none may have been altered where it stands.
        """
        if not self._plain or len(self.text) > _READ or not all(self._known.values()):
            return False
        if sum(len(self._known[surface]) for *_, surface in self.spans) > _PLACES:
            return False
        wrong = [span for span, right in zip(self.spans, self._right.tolist(), strict=True) if not right]
        if any(self.text[max(s, 0) : max(e, 0)].strip() == surface.strip() != surface for s, e, surface in wrong):
            return False
        altered = next(alterations(self.text, self.spans), None)
        return altered is None and at_edges(self.text, self.spans, self._right) is None

    @functools.cached_property
    def _letters(self) -> Letters:
        return Letters(self.text)

    @functools.cached_property
    def _right(self) -> Bools:
        text = self.text
        agree = [0 <= s <= e <= len(text) and text[s:e] == surface for s, e, surface in self.spans]
        return np.array(agree, np.bool_)

    @functools.cached_property
    def _known(self) -> dict[str, list[tuple[int, int]]]:
        """Return where each surface stands in the text."""
        return {surface: list(places(self._letters, None, surface)) for surface in {span[2] for span in self.spans}}

    @functools.cached_property
    def _there(self) -> Candidates:
        """Return where the spans may stand."""
        rows = [self._known[surface] for *_, surface in self.spans]
        counts = np.array([len(row) for row in rows], np.int64)
        flat = np.array([place for row in rows for place in row], np.int64).reshape(-1, 2)
        return Candidates(np.repeat(np.arange(len(rows)), counts), flat[:, 0], flat[:, 1], counts)

    @functools.cached_property
    def _stored(self) -> Stored:
        start, end = (np.array([span[side] for span in self.spans], np.int64) for side in (0, 1))
        return Stored(start, end, exception_bits(len(self.text), self._there.counts))

    @functools.cached_property
    def _characters(self) -> frozenset[str]:
        return frozenset(self.text)

    def _model(self, shared: SharedModel) -> "_Counting":
        """Return how a model counts the text."""
        excess: Counter[str] = Counter({c: more for c, more in shared.widths if c in self._characters})
        others = []
        for name in shared.units:
            width = BY_NAME[name].width
            if width is None:
                others.append(name)
            else:
                excess.update({c: width(c) - 1 for c in self._characters})
        return _Counting(frozenset((c, more) for c, more in excess.items() if more), tuple(others))

    def _counted(self, counting: "_Counting") -> Counted:
        widths = np.ones(len(self.text), np.int64)
        for character, more in counting.excess:
            widths[self._letters.points == ord(character)] += more
        units = [BY_NAME[name].count(self._letters) for name in counting.units]
        return functools.reduce(Counted.plus, filter(None, units), of_excess(self._letters.excess(widths)))

    def _placed(self, counting: "_Counting", base: int, end: str) -> Places | None:
        hypothesis = Hypothesis(SHARED, self._counted(counting), self._there, end=end)
        span, shift, at = fits(hypothesis, self._stored, _NONE)
        those = shift == base
        if not np.array_equal(span[those], np.arange(len(self.spans))):
            return None
        of = at[those]
        there = Places(self._there.start[of], self._there.end[of])
        if not self.moved(there) or self._stored.exception[~self._right].sum() <= SHARED:
            return None
        rivals = _Rivals(self._letters, self._there, self._stored, there)
        return None if rivals.shifted(hypothesis, base) or rivals.sound() else there


class _Rivals:
    """What may explain a document as well as a shared model does, and put its spans elsewhere."""

    def __init__(self, letters: Letters, there: Candidates, stored: Stored, places: Places) -> None:
        self._hypotheses = Hypotheses(letters, (there,))
        self._there, self._stored, self._places = there, stored, places

    def shifted(self, shared: Hypothesis, base: int) -> bool:
        """Say whether the shared model does with another shift."""
        return self._explains(shared, lambda shift: shift != base, SLACK)

    def sound(self) -> bool:
        """Say whether sound offsets do: as they are, shifted, with other ends, or counted in a frame."""
        sound = Hypothesis(0.0, self._hypotheses.plain, self._there)
        if self._explains(sound, lambda shift: shift == shift, _MOST):
            return True
        ends = (replace(sound, cost=END, end=end) for end in ENDS if end != sound.end)
        frames = (replace(sound, cost=FRAME, frame=frame) for frame in self._frames())
        rivals = itertools.chain(ends, frames)
        return any(self._explains(rival, lambda shift: shift == 0, _MOST - rival.cost) for rival in rivals)

    def _frames(self) -> Iterator[str]:
        """Yield the frames from which offsets may count."""
        last = self._there.start[np.cumsum(self._there.counts) - 1]
        # No offset in a frame is greater than that in the text.
        behind: Floats = self._stored.exception[self._stored.start > last]
        if behind.sum() <= _MOST - FRAME:
            yield from self._hypotheses.frames

    def _explains(self, rival: Hypothesis, chosen: Callable[[Ints], Bools], most: float) -> bool:
        """Say whether a hypothesis puts spans elsewhere by one shift, and leaves few of the others.

        Args:
            rival: the hypothesis.
            chosen: says of shifts, by how much offsets are too high, which are looked at.
            most: bits of the spans that it may leave.
        """
        span, shift, at = fits(rival, self._stored, self._hypotheses.bases(rival.frame))
        some = chosen(shift)
        span, shift, at = span[some], shift[some], at[some]
        values, number = np.unique(shift, return_inverse=True)
        saved = np.bincount(number, self._stored.exception[span], len(values))
        enough = (saved >= self._stored.exception.sum() - most)[number]
        span, at = span[enough], at[enough]
        elsewhere = self._there.start[at] != self._places.start[span]
        return bool((elsewhere | (self._there.end[at] != self._places.stop[span])).any())
