"""The explanation of a drift and what proof means.

A model says how stored offsets and surfaces came about (:class:`~spanproof.text.drift.model.Model`). Each has a length:
the bits that it takes to say it, and for each span that it doesn't place the bits of the chance that it stands there.

Theorem. Assume that the offsets of the spans were counted in one version of the text (or, where several models are
told, in one version for each of them), by a model of the class, and that each surface is that version's words, written
as the model says. Then a span whose place is *proved* stands there, unless a model that is longer by more than six bits
is the true one.

For a place is proved only if

- every model of the class that is at most six bits longer than the shortest puts the span there or, being longer, has
  no place for it; and so do all paths through the edits of the shortest (another place, another edit, a mention that is
  gone);
- the model places at least two different wrong spans more than it has parameters that were fitted to spans: so each is
  confirmed by two that had no part in it;
- it isn't one of the two spans on each side of a deletion that the deletion could have taken away, and of the eight
  spans around it six are placed as well, so that it isn't one that a model of a part of the text hits by chance.

That a place is the only one in its order is no proof: where a mention was deleted, a namesake is that.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.text.drift.hypotheses import Hypotheses, Hypothesis, Result, Stored, evaluate
from spanproof.text.drift.model import Explanation, Model, Placement
from spanproof.text.drift.naming import name_of, statement_of
from spanproof.text.drift.surfaces import Candidates, Context, candidates, writings_of
from spanproof.text.letters import Letters

SLACK = 6.0
"""Bits by which a rival may be longer."""
_DEPTH = 3
_BESIDE = 2  # spans on each side of a deletion that aren't proved
_AROUND, _MISSES = 4, 2  # spans on each side of one, and how many of them may have no place
_LISTED, _NEAR = 5, 200  # candidates, and how far away one may be that is likely (code points)
_FEW = 5  # spans of which it can be said that they belong to another text

Span = tuple[int, int, str]


class _Document:
    """A text with its different spans, in the order of their stored offsets."""

    def __init__(self, text: str, spans: Sequence[Span], contexts: Sequence[Context]) -> None:
        keys = [(*span, *context) for span, context in zip(spans, contexts, strict=True)]
        self.letters = Letters(text)
        self.spans = sorted(set(keys))
        index = {key: k for k, key in enumerate(self.spans)}
        self.asked = [index[key] for key in keys]
        surfaces, around = [key[2] for key in self.spans], [key[3:] for key in self.spans]
        plain = candidates(self.letters, surfaces, around)
        self.written: list[Candidates] = [plain]
        most = plain.counts
        for writings, rendering in writings_of(self.letters, surfaces):
            self.written.append(candidates(self.letters, surfaces, around, writings, rendering))
            most = np.maximum(most, self.written[-1].counts)
        start, end = (np.array([key[side] for key in self.spans], np.int64) for side in (0, 1))
        bits = np.log2((len(text) + 2) / np.maximum(most, 1))
        self.stored = Stored(start, end, np.clip(bits, 0.5, 12))
        self.right = np.array([0 <= s <= e <= len(text) and text[s:e] == w for s, e, w, *_ in self.spans], np.bool_)
        self.most = most

    def without(self, kept: Bools) -> tuple[Stored, list[Candidates]]:
        """Return the spans that are kept, and where they may stand, numbered anew."""
        number = np.cumsum(kept) - 1
        rest = []
        for there in self.written:
            of = kept[there.span]
            span, start, end = number[there.span[of]], there.start[of], there.end[of]
            rest.append(Candidates(span, start, end, there.counts[kept], there.writings))
        return Stored(self.stored.start[kept], self.stored.end[kept], self.stored.exception[kept]), rest


def explain(text: str, spans: Sequence[Span], contexts: Sequence[Context] = ()) -> Explanation:
    """Return why spans disagree with their surfaces and where they belong.

    Args:
        text: the text.
        spans: start and end as stored and the surface of each, in any order.
        contexts: the stored words before and after each; none by default.
    """
    document = _Document(text, spans, contexts or [("", "")] * len(spans))
    if document.right.all():
        return _told(document, [], np.full(len(document.spans), -1, np.int64))
    results = _search(document.letters, document.stored, document.written)
    if not results:
        return _told(document, [], np.full(len(document.spans), -1, np.int64))
    proved = _proved(document, results)
    return _told(document, results, proved)


def _search(letters: Letters, stored: Stored, written: list[Candidates]) -> list[Result]:
    """Return what the models of the shortest description make of spans, those within the slack, the shortest first."""
    hypotheses = Hypotheses(letters, written)
    most = float(stored.exception.sum())
    results: list[Result] = []
    for depth in range(_DEPTH + 1):
        for hypothesis in sorted(hypotheses.of_cost(depth), key=_cost):
            if hypothesis.cost > most + SLACK:
                continue
            result = evaluate(hypothesis, stored, hypotheses.bases(hypothesis.frame), most + SLACK)
            if result:
                results.append(result)
                most = min(most, result.cost)
        if 6.0 * (depth + 1) > most + SLACK:
            break
    return sorted((result for result in results if result.cost <= most + SLACK), key=lambda result: result.cost)


def _cost(hypothesis: Hypothesis) -> float:
    return hypothesis.cost


def _proved(document: _Document, results: Sequence[Result]) -> Ints:
    """Return for each span where its place is proved to begin, and -1 where it isn't."""
    best = results[0]
    start = _within(best, best.start.copy())
    for rival in results[1:]:
        other = (rival.start >= 0) & ((rival.start != best.start) | (rival.stop != best.stop) | rival.several)
        lacks = (rival.start < 0) & (rival.cost <= best.cost)
        start[other | lacks] = -1
    moved = (start >= 0) & ~document.right
    fitted = _fitted(best)
    if moved.sum() < 2 + fitted or 2 * (best.start >= 0).sum() < len(best.start):
        start[:] = -1
    return start


def _fitted(result: Result) -> int:
    """Return how many parameters of a result were fitted to spans."""
    return int(result.shift[0] != 0) + int((np.diff(result.shift) != 0).sum()) + len(result.hypothesis.widths)


def _within(result: Result, start: Ints) -> Ints:
    """Return the starts of the places that nothing within the result itself speaks against."""
    start[result.several | (result.rival < SLACK) | (result.gone <= 0)] = -1
    placed = result.start >= 0
    misses: Ints = np.cumsum(np.pad(~placed, (_AROUND + 1, _AROUND)), dtype=np.int64)
    start[misses[2 * _AROUND + 1 :] - misses[: -2 * _AROUND - 1] > _MISSES] = -1
    rows = np.flatnonzero(placed)
    for k, gone in enumerate(np.diff(result.shift[rows]).tolist()):
        if gone > 0:
            beside = rows[max(0, k + 1 - _BESIDE) : k + 1 + _BESIDE]
            last, first = result.stop[rows[k]], result.start[rows[k + 1]]
            near = (result.stop[beside] > last - gone) & (result.start[beside] < first + gone)
            start[beside[near]] = -1
    return start


def _told(document: _Document, results: Sequence[Result], proved: Ints) -> Explanation:
    """Return an explanation in the words of the models, for the spans as they were asked about."""
    models: tuple[Model, ...] = ()
    statements: tuple[str, ...] = ()
    name = ""
    if results and (proved >= 0).any():
        best = results[0]
        alike = [result for result in results if result.cost <= best.cost + SLACK and _alike(result, best)]
        models = (_model(best),)
        statements = tuple(dict.fromkeys(statement_of(_hypothesis(result), _model(result)) for result in alike))
        name = name_of(_hypothesis(best), _model(best))
    placements = _placements(document, results, proved)
    told = tuple(placements[k] for k in document.asked)
    return Explanation(
        models,
        name,
        statements[0] if statements else "",
        statements[1:],
        int((proved >= 0).sum()),
        not models and _foreign(document, results),
        told,
    )


def _foreign(document: _Document, results: Sequence[Result]) -> bool:
    """Say whether fewer than half of the spans are right, or are where any one model puts them."""
    most = max([int(document.right.sum()), *(int((result.start >= 0).sum()) for result in results)])
    return len(document.right) >= _FEW and 2 * most < len(document.right)


def _hypothesis(result: Result) -> Hypothesis:
    return result.hypothesis


def _alike(result: Result, best: Result) -> bool:
    return bool((result.start == best.start).all() and (result.stop == best.stop).all())


def _placements(document: _Document, results: Sequence[Result], proved: Ints) -> list[Placement]:
    """Return where the different spans belong: what is proved, what is likely, and what is open."""
    settled = 2 * ((proved >= 0) | document.right).sum() >= len(document.right)
    placements = []
    for k in range(len(document.spans)):
        if proved[k] >= 0:
            placements.append(Placement("proved", (int(proved[k]), int(results[0].stop[k]))))
        else:
            placements.append(Placement() if document.right[k] else _unproved(document, k, settled))
    return placements


def _unproved(document: _Document, k: int, settled: bool) -> Placement:
    """Return the candidates of a span; one that is alone in the text and near is likely where most others are settled.

    That the order leaves but one is not even that: a span that slipped alone doesn't keep the order.
    """
    start = document.spans[k][0]
    there = document.written[0] if document.written[0].counts[k] else document.written[-1]
    low, high = np.searchsorted(there.span, [k, k + 1])
    places = np.stack((there.start[low:high], there.end[low:high]), 1)
    nearest = places[np.argsort(np.abs(places[:, 0] - start), kind="stable")[:_LISTED]].tolist()
    candidates = tuple(sorted((begin, end) for begin, end in nearest))
    if settled and len(places) == 1 and abs(candidates[0][0] - start) <= _NEAR:
        return Placement("likely", candidates[0], candidates)
    return Placement("open", None, candidates)


def _model(result: Result) -> Model:
    """Return a result as plain values."""
    hypothesis = result.hypothesis
    placed = np.flatnonzero(result.start >= 0)
    edits = []
    for one, other in pairwise(placed.tolist()):
        if result.shift[one] != result.shift[other]:
            low, high = int(result.stop[one]), int(result.start[other])
            edits.append((min(low, high), high, int(result.shift[other] - result.shift[one])))
    return Model(
        units=tuple(tuple(unit.name for unit in alike) for alike in hypothesis.units),
        widths=hypothesis.widths,
        base=int(result.shift[placed[0]]) if placed.size else 0,
        edits=tuple(edits),
        end=hypothesis.end,
        frame=hypothesis.frame,
        writings=tuple(writing.name for writing in hypothesis.candidates.writings),
    )
