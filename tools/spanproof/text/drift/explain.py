"""Why the spans of a text disagree with their surfaces: the shortest models, and where they put every span."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from spanproof.arrays import Ints
from spanproof.text.drift.alterations import KEPT, PADDED, AtEdges, at_edges
from spanproof.text.drift.chances import placed_by_chance
from spanproof.text.drift.copies import beside_copies
from spanproof.text.drift.cut import may_be_cut
from spanproof.text.drift.document import Document
from spanproof.text.drift.equals import equals_of, equals_of_two, told_as_equals
from spanproof.text.drift.evaluation import Result, alike, evaluate, scattered
from spanproof.text.drift.first_places import found_by_search
from spanproof.text.drift.leaning import best_of_few, leaning_of
from spanproof.text.drift.model import Equal, Explanation, Model, Placement, Places, ProvedPlacements
from spanproof.text.drift.proof import SLACK, proved, proved_among_right, proved_in_two, saved_bits
from spanproof.text.drift.restarts import counted_in_pieces
from spanproof.text.drift.shared import Annotated
from spanproof.text.drift.silent import explained_by_others
from spanproof.text.drift.slipped import unless_slipped
from spanproof.text.drift.span_columns import Span
from spanproof.text.drift.surfaces import Context

_PART, _MOST = 4, 0.9  # spans that a second model must place, and what share of those that the first one doesn't
_SURFACES = 2  # different ones of these: what one word has may be a matter of the word
_LISTED, _NEAR = 5, 200  # candidates, and how far away one may be that is likely (code points)
_FEW = 5  # spans of which it can be said that they belong to another text
_ZERO = "every wrong span begins at 0: perhaps a program stored that where it didn't find the words"
_SPELLING = "the offsets may be right and the stored words changed: most of them are nearly the words of the text there"


def explain(
    text: str, spans: Sequence[Span], contexts: Sequence[Context] = (), layers: Sequence[Hashable] = ()
) -> Explanation:
    """Return why spans disagree with their surfaces and where they belong.

    Args:
        text: the text.
        spans: start and end as stored and the surface of each, in any order.
        contexts: the stored words before and after each; none by default.
        layers: what no two spans of a layer share, in which they should not be twice; one layer by default.
    """
    annotated = Annotated(text, spans, contexts, layers)
    explanations = explained_by_others([annotated], lambda asked: [explained(Document(*one)) for one in asked])
    return unless_slipped(annotated, *told_as_equals(explanations))


def explained(document: Document, documents: int = 1) -> Explanation:
    """Return why spans of a document disagree with their surfaces and where they belong.

    Args:
        document: the document.
        documents: how many documents are searched for models, this one among them.
    """
    nowhere = np.full(len(document.spans), -1, np.int64)
    if document.right.all():
        return _told(document, [], nowhere)
    edges = at_edges(document.letters.text, [span[:3] for span in document.spans], document.right)
    # Where most spans take in white space they may have been counted so; a few among many were not.
    if edges and (edges.name == KEPT or 2 * document.right.sum() > len(document.right)):
        return _undecided(document, edges)
    results = _everywhere(document, document.searched(document.sample))
    if not results:
        other = _undecided(document, edges) if edges else counted_in_pieces(document, (), documents, explained)
        return other or _told(document, [], nowhere)
    models, start = _proved(document, results, documents)
    first = models[0]
    placed = np.where(start < 0, first[0].start, start)
    stop = np.where(first[0].start == placed, first[0].stop, models[-1][0].stop)
    copied = np.zeros(len(start), np.bool_)
    either = np.any([document.right, *(part[0].start >= 0 for part in models)], axis=0)
    for part in models:
        copied |= beside_copies(document.letters, part[0], (start >= 0) & (start == part[0].start), either)
    start[copied] = -1
    sure = start >= 0
    for known in start.copy(), placed:
        start[found_by_search(document.letters.text, known, stop, document.doubled)] = -1
    sought = sure & (start < 0)
    start[document.doubled & (start != document.stored.start)] = -1  # two are never proved to belong to one place
    if edges and (start < 0).all():
        return _undecided(document, edges)
    if not ((start >= 0) & ~document.right).any():
        if pieces := counted_in_pieces(document, results, documents, explained):
            return pieces
        start[:] = -1
    explanation = _told(document, first, start, *models[1:])
    withheld = sought & ~document.right
    if not (withheld | copied).any():
        return explanation
    kept = zip(explanation.placements, withheld[document.asked].tolist(), copied[document.asked].tolist(), strict=True)
    return replace(explanation, placements=tuple(_held_back(*one) for one in kept))


def _held_back(placement: Placement, withheld: bool, either: bool) -> Placement:
    """Return the placement of a span that a search may have found, or that may stand in either of two copies."""
    if either:
        return placement._replace(level="open", place=None)
    return placement._replace(withheld=True) if withheld else placement


def _proved(document: Document, results: Sequence[Result], documents: int) -> tuple[list[Sequence[Result]], Ints]:
    """Return the models that prove places, those of each origin apart, and where spans are proved to begin.

    Where nothing is proved, the models are those that were given.
    """
    start = proved(results, document.right, documents)
    if may_be_cut(document, results[0]):
        return [results], np.full(len(start), -1, np.int64)
    start[placed_by_chance(document.hypotheses, document.stored, results[0])] = -1
    if _stands_behind(document, results[0]):
        if ((start >= 0) & ~document.right).any():
            start[~document.right & (start != _proved_alone(document, documents))] = -1
        start[document.right & (start != document.stored.start)] = -1  # they may have been corrected since, too
    if results[0].hypothesis.candidates.writings[:1] != (PADDED,):
        start[document.trimmed] = -1  # that the surface was trimmed, or not, is as short
    if (start >= 0).any():
        return [results], start
    if second := _second(document, results[0]):
        start = proved_in_two(results, second, results[0].start < 0, document.right)
        for part in (results[0], second[0]):
            start[(start == part.start) & placed_by_chance(document.hypotheses, document.stored, part)] = -1
        if (start >= 0).any():
            return [results, second], start
    if wrong := _of_wrong(document):
        start = proved_among_right(wrong, document.stored, document.right, documents)
        start[document.trimmed] = -1
        start[np.flatnonzero(~document.right)[placed_by_chance(*document.kept(~document.right), wrong[0])]] = -1
        every = [scattered(result, ~document.right) for result in wrong]
        if (start >= 0).any() and not may_be_cut(document, every[0]):
            return [every], start
    return [results], np.full(len(start), -1, np.int64)


def _stands_behind(document: Document, result: Result) -> bool:
    """Say whether a model leaves a span as it is that is right, and stands behind one that is wrong."""
    stored = document.stored
    kept = document.right & (result.start == stored.start) & (result.stop == stored.end)
    return bool(kept[int((~document.right).argmax()) :].any())


def _proved_alone(document: Document, documents: int) -> Ints:
    """Return where the wrong spans of a document are proved to begin if it had no others; -1 where they aren't."""
    wrong = np.flatnonzero(~document.right).tolist()
    spans = [document.spans[k] for k in wrong]
    others = Document(document.letters.text, [span[:3] for span in spans], [span[3:] for span in spans])
    alone = explained(others, documents)
    start = np.full(len(document.spans), -1, np.int64)
    for k, placement in zip(wrong, alone.placements, strict=True):
        if placement.level == "proved" and placement.place:
            start[k] = placement.place[0]
    return start


def _undecided(document: Document, edges: AtEdges) -> Explanation:
    """Return that spans differ by white space at their edges."""
    placements = tuple(edges.placements[k] for k in document.asked)
    return Explanation((), edges.name, (edges.statement,), "", int((~document.right).sum()), False, placements)


def _second(document: Document, first: Result) -> list[Result]:
    """Return what the models of those spans that a first one doesn't place make of all spans; none with edits."""
    rest = (first.start < 0) & document.sample
    if (
        rest.sum() < _PART
        or len({document.spans[k][2] for k in np.flatnonzero(rest).tolist()}) < _SURFACES
        or (first.shift != first.shift[0]).any()
    ):
        return []
    results = document.searched(rest)
    if not results or (results[0].start >= 0).mean() < _MOST or (results[0].start >= 0).sum() < _PART:
        return []
    if any((result.shift != result.shift[0]).any() for result in results):
        return []
    return _everywhere(document, results)


def _of_wrong(document: Document) -> list[Result]:
    """Return what the models of the wrong spans alone make of these; none where there are too many to look at all."""
    if not document.whole or not document.right.any():
        return []
    return document.searched(~document.right)


def _everywhere(document: Document, results: Sequence[Result]) -> list[Result]:
    """Return what models that were found on some spans make of all."""
    if document.whole and all(len(result.start) == len(document.spans) for result in results):
        return list(results)
    every = []
    for result in results:
        # Where the text was edited, a part of the spans that wasn't looked at may be of any of the states.
        edited = bool((np.diff(result.shift[result.start >= 0]) != 0).any())
        states = result.states if edited else result.states[result.least <= SLACK]
        hypothesis = document.spread(result.hypothesis, states)
        if hypothesis is None:
            return []
        bases = document.hypotheses.bases(hypothesis.frame)
        on_all = evaluate(hypothesis, document.stored, bases, np.inf, states)
        if on_all is None:
            return []
        every.append(replace(on_all, cost=result.cost))
    return every


def _told(document: Document, results: Sequence[Result], start: Ints, second: Sequence[Result] = ()) -> Explanation:
    """Return an explanation in the words of the models, for the spans as they were asked about."""
    models, readings, name, equals = tuple[Model, ...](), tuple[str, ...](), "", tuple[Equal, ...]()
    if results and ((start >= 0) & ~document.right).any():
        equals = (equals_of_two(results, second),) if second else equals_of(document, results, start)
        models, name = equals[0].models, equals[0].name
        readings = tuple(one.statement for one in equals if one.origin == "search")
    foreign = not models and _foreign(document, results)
    if not models and document.is_at_zero:
        name, readings, foreign = "default-offset", (_ZERO,), False
    elif foreign and document.is_spelt_otherwise:
        name, readings, foreign = "other-spelling", (_SPELLING,), False
    elif not models:
        name, readings = ("", best_of_few(results, document.right)) if foreign else leaning_of(results, document.right)
    return Explanation(
        models,
        name,
        readings,
        "",
        len(start) if name and not models else int((start >= 0).sum()),
        foreign,
        _placements(document, results, start, second),
        len(alike(results)) - 1 if models else 0,
        equals,
        saved_bits(results[0], document.right) if models else np.inf,
    )


def _foreign(document: Document, results: Sequence[Result]) -> bool:
    """Say whether fewer than half of the spans are right, or are where any one model puts them."""
    most = max([int(document.right.sum()), *(int((result.start >= 0).sum()) for result in results)])
    return len(document.right) >= _FEW and 2 * most < len(document.right) and not document.has_slips


def _placements(
    document: Document, results: Sequence[Result], proved: Ints, second: Sequence[Result]
) -> Sequence[Placement]:
    """Return where the spans that were asked about belong: what is proved, what is likely, and what is open.

    A place that two spans could be put on, or that one has already, is likely for neither.
    """
    if results and (proved >= 0).all():
        stop = np.where(results[0].start == proved, results[0].stop, (second or results)[0].stop)
        return ProvedPlacements(Places(proved[document.asked], stop[document.asked]), len(proved))
    known = (proved >= 0) | document.right
    settled = 2 * known.sum() >= len(known)
    place = np.where(proved >= 0, proved, document.stored.start)
    low = np.maximum.accumulate(np.where(known, place, -1))
    high = np.minimum.accumulate(np.where(known, place, len(document.letters.text))[::-1])[::-1]
    placements, expected = [], _expected(document, proved)
    for k in range(len(document.spans)):
        if proved[k] >= 0:
            of = results if results[0].start[k] == proved[k] else second
            placements.append(Placement("proved", (int(proved[k]), int(of[0].stop[k]))))
        else:
            gap = (int(low[k]), int(high[k])) if settled else (0, -1)
            placements.append(Placement() if document.right[k] else _unproved(document, k, gap, expected[k]))
    claims = Counter(placement.place for placement in placements)
    claims.update(document.spans[k][:2] for k in np.flatnonzero(document.right).tolist())
    judged = [
        one._replace(level="open", place=None) if one.level == "likely" and claims[one.place] > 1 else one
        for one in placements
    ]
    return tuple(judged[k] for k in document.asked)


def _expected(document: Document, proved: Ints) -> list[int]:
    """Return about where each span begins: as far from its offset as the span before it that is proved, or the next."""
    rows = np.flatnonzero((proved >= 0) | document.right)
    off = np.where(proved >= 0, document.stored.start - proved, 0)[rows]
    nearest = np.maximum(np.searchsorted(rows, np.arange(len(proved)), "right") - 1, 0)
    expected: list[int] = (document.stored.start - (off[nearest] if rows.size else 0)).tolist()
    return expected


def _unproved(document: Document, k: int, gap: tuple[int, int], expected: int) -> Placement:
    """Return the candidates of a span; one that is alone in the text, near, and between its neighbours is likely.

    That the order leaves but one is not even that: a span that slipped alone doesn't keep the order. Nor is it where it
    would cut a word in two, or where
    the stored offsets hold a part of the surface, or more than it, and these are whole words: then it may be the
    surface that is off.
    """
    start = document.spans[k][0]
    near, alone = document.nearest(k, _LISTED, expected)
    candidates = tuple(near)
    near_by = alone and abs(candidates[0][0] - start) <= _NEAR and gap[0] <= candidates[0][0] <= gap[1]
    if near_by and document.is_whole(candidates[0]) and not document.may_be_meant(k, candidates[0]):
        return Placement("likely", candidates[0], candidates)
    return Placement("open", None, candidates)
