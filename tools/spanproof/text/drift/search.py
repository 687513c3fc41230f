"""The search for the models of the shortest description, the likeliest first."""

import functools
import heapq
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from spanproof.text.drift.bounds import Bounds
from spanproof.text.drift.evaluation import Result, evaluate
from spanproof.text.drift.fitting import WIDTH, fitted, with_widths
from spanproof.text.drift.hypotheses import END, UNIT, WRITING, Hypotheses, Hypothesis, Stored
from spanproof.text.drift.model import Model
from spanproof.text.drift.proof import SLACK

_DEPTH = 3  # ways in which a hypothesis may depart from sound offsets
_PLACED = 2  # spans that must have places for a model to be sought
_FIRST = 24  # models of known units that are judged before others
_HALF = 0.5  # of the spans: what a model must place that proves anything


def searched(hypotheses: Hypotheses, stored: Stored, likely: Sequence[Model] = ()) -> list[Result]:
    """Return what the models of the shortest description make of spans, those within the slack, the shortest first.

    Args:
        hypotheses: the models, with where the spans may stand.
        stored: the spans.
        likely: models of other documents. What they cost here bounds what is looked for, so that it is found sooner.
    """
    if all((there.counts > 0).sum() < _PLACED for there in hypotheses.written):
        return []
    search = _Search(hypotheses, stored)
    bound = min(map(search.bounded, likely), default=np.inf)
    results = search.results()
    if bound < np.inf and not (results and results[0].cost <= bound):
        return _Search(hypotheses, stored).results()  # such a model isn't among those that a search finds here
    return results


class _Search:
    """A search in which what has been found bounds what is still looked for."""

    def __init__(self, hypotheses: Hypotheses, stored: Stored) -> None:
        self._hypotheses, self._stored = hypotheses, stored
        self._bounds = {id(there): Bounds(hypotheses, stored, there) for there in hypotheses.written}
        self._most = float(stored.exception.sum()) + SLACK
        self._results: list[tuple[float, int, Result]] = []
        self._numbers = itertools.count()
        self._best: Result | None = None
        self._depth = self._sounded = 0
        self._waiting: list[tuple[float, int, Hypothesis, tuple[int, ...]]] = []

    def bounded(self, model: Model) -> float:
        """Return what a model of another document costs, so that nothing is looked for that costs much more."""
        hypothesis = self._of(model)
        result = hypothesis and evaluate(hypothesis, self._stored, self._hypotheses.bases("text"), self._most)
        if not result:
            return np.inf
        self._most = min(self._most, result.cost + SLACK)
        return result.cost

    def _of(self, model: Model) -> Hypothesis | None:
        """Return a model of another document as a hypothesis; None where it isn't about places as they are in the text.

        Of its units it has those that count this text otherwise; how offsets are shifted is left to be found.
        """
        if model.frame != "text" or model.writings:
            return None
        letters, number = self._hypotheses.letters, {}
        for k, (alike, _) in enumerate(self._hypotheses.counted):
            number.update({unit.name: k for unit in alike})
        units = sorted({number[alike[0]] for alike in model.units if alike[0] in number})
        widths = tuple((character, more) for character, more in model.widths if character in letters.distinct)
        cost = UNIT * len(units) + WIDTH * len(widths) + END * (model.end != "end")
        outline = Hypothesis(cost, self._hypotheses.plain, self._hypotheses.written[0], widths=widths, end=model.end)
        return with_widths(letters, outline) if widths else self._hypotheses.summed(outline, units)

    def results(self) -> list[Result]:
        """Return the results within the slack; of equals, that comes first which departs in fewer ways."""
        self.named(_FIRST)
        self.unnamed()
        self.named()
        return [result for cost, _, result in sorted(self._results, key=lambda one: one[:2]) if cost <= self._most]

    def _judge(self, hypothesis: Hypothesis, number: int) -> None:
        bases = self._hypotheses.bases(hypothesis.frame)
        result = evaluate(hypothesis, self._stored, bases, self._most)
        if result:
            self._results.append((result.cost, number, result))
            if self._best is None or result.cost < self._best.cost:
                self._best = result
            self._most = min(self._most, result.cost + SLACK)

    def named(self, number: int | None = None) -> None:
        """Judge models of known units, those first that may cost the least; what may cost too much is left out.

        Args:
            number: how many are judged at most; all by default.
        """
        unlikely = []
        judged = 0
        self._reach()
        while self._waiting and self._waiting[0][0] <= self._most and judged != number:
            waits = heapq.heappop(self._waiting)
            least, k, outline, units = waits
            if self._proves() or not self._bounds[id(outline.candidates)].is_unlikely(least - outline.cost):
                self._judge(self._hypotheses.summed(outline, units), k)
                judged += 1
            else:
                unlikely.append(waits)
            self._reach()
            if unlikely and self._proves():  # what seemed unlikely is a rival now
                while unlikely:
                    heapq.heappush(self._waiting, unlikely.pop())
        for waits in unlikely:
            heapq.heappush(self._waiting, waits)

    def _reach(self) -> None:
        """Let the hypotheses of the next depth wait, until none of the next one can cost less than the first."""
        while self._depth <= _DEPTH:
            reach = END * self._depth
            if reach > self._most or (self._waiting and self._waiting[0][0] < reach):
                return
            if self._depth > 1 and self._sounded < self._depth:
                self._sounded = self._depth
                self._sound_out()
                continue
            for waits in self._at_least(self._depth):
                heapq.heappush(self._waiting, waits)
            self._depth += 1

    def _sound_out(self) -> None:
        """Judge the likeliest hypothesis that waits, so that its cost bounds the many of the next depth."""
        if self._waiting:
            least, number, outline, units = self._waiting[0]
            if least <= self._most and not self._bounds[id(outline.candidates)].is_unlikely(least - outline.cost):
                heapq.heappop(self._waiting)
                self._judge(self._hypotheses.summed(outline, units), number)

    def _proves(self) -> bool:
        """Say whether the shortest model so far puts spans elsewhere and may be proved, so that rivals matter."""
        if self._best is None:
            return False
        placed = self._best.start >= 0
        return bool(placed.mean() >= _HALF and (placed & (self._best.start != self._stored.start)).any())

    def _at_least(self, depth: int) -> Iterator[tuple[float, int, Hypothesis, tuple[int, ...]]]:
        """Yield the hypotheses of a depth that may be within the slack, each with what it costs at least."""
        sums = functools.cache(self._hypotheses.sums)
        outlined = (
            (one, sums(number, one.frame, one.end)) for one, number in self._hypotheses.outlines(depth, self._most)
        )
        for bounds, of_writing in itertools.groupby(outlined, lambda one: self._bounds[id(one[0].candidates)]):
            some = list(of_writing)
            for (outline, every), costs in zip(some, bounds.of(some, self._most), strict=True):
                for cost, units, k in zip(costs.tolist(), every, self._numbers, strict=False):
                    if cost <= self._most:
                        yield cost, k, outline, units

    def unnamed(self) -> None:
        """Judge the models of characters that have a width of their own."""
        for there in self._hypotheses.written:
            if self._most < WIDTH:
                break
            sound = Hypothesis(WRITING if there.writings else 0.0, self._hypotheses.plain, there)
            bounds = self._bounds[id(there)]
            for fit in fitted(self._hypotheses.letters, self._stored, sound, bounds, lambda: self._most):
                self._judge(fit, 1 << 30)
