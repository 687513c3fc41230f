"""Spans that say nothing of how offsets were counted: they must not stop the proof of the others.

An empty surface stands nowhere or everywhere, and a surface that stands in no writing of the text has no place by any
model: it costs all of them the same. Such spans are left out from the beginning. One of white space alone, or one that
ends before it begins, may have a place; it is left out where the others aren't proved beside it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from spanproof.arrays import Bools
from spanproof.text.drift.document import READ, Document
from spanproof.text.drift.model import Explanation, Placement
from spanproof.text.drift.shared import Annotated
from spanproof.text.drift.span_columns import SpanColumns

_FEW = 8  # spans of which one may stand nowhere; where more do, that tells that the text is another
_LEAST = 3  # spans of which one may be left out
_LISTED = 5  # candidates of a span that was left out

Explaining = Callable[[Sequence[Annotated]], list[Explanation]]
"""What says why spans of documents disagree with their surfaces."""


def explained_by_others(
    documents: Sequence[Annotated], explain: Explaining, unsure: Iterable[int] | None = None
) -> list[Explanation]:
    """Return why spans of documents disagree with their surfaces, by the spans that tell anything of it.

    Args:
        documents: those in which spans disagree.
        explain: what explains documents of which all spans tell something.
        unsure: the numbers of those of which it isn't certain that all of their spans do; all by default.
    """
    if not any(_may_be_silent(documents[k]) for k in (range(len(documents)) if unsure is None else unsure)):
        return explain(documents)
    first = [~_nowhere(document) for document in documents]
    known = explained_by_some(documents, first, explain)
    second = [telling & ~_vague(document) for document, telling in zip(documents, first, strict=True)]
    again = [
        fewer.sum() < telling.sum() and _few(len(fewer), int(telling.sum() - fewer.sum())) and _left(document, one)
        for document, telling, fewer, one in zip(documents, first, second, known, strict=True)
    ]
    if not any(again):
        return known
    kept = [fewer if some else telling for telling, fewer, some in zip(first, second, again, strict=True)]
    others = explained_by_some(documents, kept, explain)
    return [
        other if some and _proved(other) > _proved(one) else one
        for one, other, some in zip(known, others, again, strict=True)
    ]


def explained_by_some(
    documents: Sequence[Annotated], telling: Sequence[Bools], explain: Explaining
) -> list[Explanation]:
    """Return why spans of documents disagree with their surfaces, by some of the spans of each; the others are open.

    Args:
        documents: those in which spans disagree.
        telling: which of the spans of each are asked.
        explain: what explains documents.
    """
    explanations = explain([_those(document, those) for document, those in zip(documents, telling, strict=True)])
    return [_of_all(*one) for one in zip(documents, telling, explanations, strict=True)]


def _may_be_silent(document: Annotated) -> bool:
    """Say whether a document may have spans that say nothing."""
    spans = SpanColumns.of(document.spans)
    words = list(map(str.strip, spans.different))
    if not all(words) or (spans.end < spans.start).any():
        return True
    return len(words) * len(document.text) <= READ and not all(one in document.text for one in words)


def _nowhere(document: Annotated) -> Bools:
    """Return which spans of a document have no place by any model, if they are few."""
    text, spans = document.text, document.spans
    empty = np.array([not surface for *_, surface in spans], np.bool_)
    surfaces = {surface for _, _, surface in spans}
    if len(surfaces) * len(text) > READ:
        return empty
    missing = {surface for surface in surfaces if surface.strip() not in text}
    if not missing:
        return empty
    known = Document(*_those(document, ~empty))
    counts = np.maximum.reduce([there.counts for there in known.written])
    lost = np.zeros(len(spans), np.bool_)
    lost[~empty] = ((counts == 0) & known.sample)[known.asked]
    lost &= np.array([surface in missing for *_, surface in spans], np.bool_)
    return empty | lost if _few(len(spans), int(lost.sum())) else empty


def _vague(document: Annotated) -> Bools:
    """Return which spans of a document end before they begin, or have surfaces of white space alone."""
    return np.array([end < start or not surface.strip() for start, end, surface in document.spans], np.bool_)


def _few(size: int, number: int) -> bool:
    return size >= _LEAST and number <= max(1, size // _FEW)


def _left(document: Annotated, explanation: Explanation) -> bool:
    """Say whether a span that is wrong isn't proved, other than those that may be left out."""
    return any(
        placed.level != "proved" and not vague and document.text[max(start, 0) : max(end, 0)] != surface
        for (start, end, surface), placed, vague in
        zip(document.spans, explanation.placements, _vague(document).tolist(), strict=True)
    )  # fmt: skip


def _proved(explanation: Explanation) -> int:
    return sum(placed.level == "proved" for placed in explanation.placements)


def _those(document: Annotated, those: Bools) -> Annotated:
    """Return a document with some of its spans."""
    if those.all() or not those.any():
        return document
    kept = np.flatnonzero(those).tolist()
    return Annotated(
        document.text,
        [document.spans[k] for k in kept],
        [document.contexts[k] for k in kept] if document.contexts else (),
        [document.layers[k] for k in kept] if document.layers else (),
    )


def _of_all(document: Annotated, telling: Bools, explanation: Explanation) -> Explanation:
    """Return an explanation of some spans of a document as one of all; the others are open."""
    if telling.all() or not telling.any():
        return explanation
    others = Document(*_those(document, ~telling))
    left = iter(
        Placement() if others.right[k] else Placement("open", None, tuple(others.nearest(k, _LISTED)[0]))
        for k in others.asked
    )
    placed = iter(explanation.placements)
    return replace(explanation, placements=tuple(next(placed if some else left) for some in telling.tolist()))
