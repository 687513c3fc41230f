"""Layers that drift apart: one tool counted the spans of one layer otherwise, and those of the others are right.

The spans of such a layer are explained as those of a document of their own. The right spans of other layers say nothing
of how they were counted. Where that proves nothing, all spans of the text are asked together: also where the proof is
of few spans, and few other texts have the same cause, since one of few layers was chosen.
"""

import functools
import itertools
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, Ints, distinct, member
from spanproof.checks.sample import TextSample
from spanproof.checks.wrong_texts import WrongTexts
from spanproof.text.drift.learned import Learned, LearnedOfLayers, Others, with_more
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.pool import explain_all, explain_by_others, learn
from spanproof.text.drift.proof import MANY
from spanproof.text.drift.shared import Annotated
from spanproof.text.drift.silent import explained_by_some

_WHOLLY, _HARDLY = 0.8, 0.1
"""What share of the spans is wrong in a layer that drifts, from the first wrong one of their text on, and in others."""
_WITNESSES, _TEXTS = 6, 5
"""Wrong spans that prove the cause of one text, or else texts that have the same cause."""
_LEAST = 3
"""Spans that must be wrong in such a layer, and right in the others from the first wrong span of their text on."""


def explained_by_layers(texts: WrongTexts, asked: Sequence[Annotated], searched: int = 0) -> list[Explanation]:
    """Return why spans of texts disagree with their surfaces, layer by layer where only some of the layers drift.

    Args:
        texts: those in which spans disagree.
        asked: the same, as what explains them takes them.
        searched: of how many texts they are, if these are some of those in which a cause was sought before.
    """
    explain = functools.partial(explain_all, kind=_kind(texts), searched=searched)
    drifting = _drifting(_LayeredSpans(len(texts.layers), texts.layer, texts.start, texts.wrong, texts.bounds))
    if drifting.all():
        return explain(asked)
    text = np.repeat(np.arange(len(asked)), np.diff(texts.bounds))
    others = distinct(text[texts.wrong & ~drifting])
    apart = np.flatnonzero(~member(others, np.arange(len(asked)))).tolist()
    parts = [slice(low, high) for low, high in itertools.pairwise(texts.bounds.tolist())]
    known = explained_by_some([asked[n] for n in apart], [drifting[parts[n]] for n in apart], explain)
    texts_of = Counter(reading for one in known if one.models for reading in one.readings)
    explanations = {
        n: one
        for n, one in zip(apart, known, strict=True)
        if one.models
        and (texts.wrong[parts[n]].sum() >= _WITNESSES or any(texts_of[reading] >= _TEXTS for reading in one.readings))
    }
    rest = [n for n in range(len(asked)) if n not in explanations]
    explanations.update(zip(rest, explain([asked[n] for n in rest]), strict=True))
    return [explanations[n] for n in range(len(asked))]


def learned_by_layers(sample: TextSample) -> LearnedOfLayers | None:
    """Return what the texts of a sample share, by all of their spans, and by those of the layers alone that drift."""
    texts = list(sample.texts.values())
    if len(texts) < MANY:
        return None
    there, every = {text.annotated.text for text in texts}, learn([text.annotated for text in texts])
    number = {place: k for k, place in enumerate(sorted({place for text in texts for place in text.places}))}
    layer = np.array([number[place] for text in texts for place in text.places], np.int64)
    start = np.array([start for text in texts for start, *_ in text.annotated.spans], np.int64)
    wrong = np.array([bad for text in texts for bad in text.wrong], np.bool_)
    bounds = np.cumsum([0, *(len(text.wrong) for text in texts)])
    drifting = _drifting(_LayeredSpans(len(number), layer, start, wrong, bounds))
    if drifting.all():
        return LearnedOfLayers(there, every)
    layers = frozenset(place for place, k in number.items() if drifting[layer == k].any())
    apart = [text.of_layers(layers) for text in texts if not text.is_wrong_outside(layers)]
    return LearnedOfLayers(there, every, learn(apart) if len(apart) >= MANY else None, layers)


def explained_by_sample(
    texts: WrongTexts,
    asked: Sequence[Annotated],
    known: Sequence[Explanation],
    left: Sequence[int],
    learned: LearnedOfLayers,
) -> list[Explanation]:
    """Return why spans of texts disagree with their surfaces, by what those of their corpus share.

    Args:
        texts: those in which spans disagree.
        asked: the same, as what explains them takes them.
        known: what those of the batch tell.
        left: the numbers of those that aren't wholly proved.
        learned: what those of the corpus share.
    """
    explanations, of_left = list(known), set(left)
    proved = [one for n, one in enumerate(known) if n not in of_left and texts.texts[n] not in learned.texts]

    def others(of_layers: Learned, some: Sequence[int]) -> Others:
        new = np.array([texts.texts[n] not in learned.texts for n in some], np.bool_)
        return Others(of_layers.beside(proved), new)

    every = explain_by_others([asked[n] for n in left], others(learned.every, left), _kind(texts))
    for n, other in zip(left, every, strict=True):
        explanations[n] = with_more(known[n], other)
    if learned.apart is None:
        return explanations
    drifting = np.array([spans.node.place in learned.layers for spans in texts.layers], np.bool_)[texts.layer]
    parts = [slice(low, high) for low, high in itertools.pairwise(texts.bounds.tolist())]
    apart = [n for n in left if not (texts.wrong & ~drifting)[parts[n]].any()]
    explain = functools.partial(explain_by_others, others=others(learned.apart, apart), kind=_kind(texts))
    of_apart = explained_by_some([asked[n] for n in apart], [drifting[parts[n]] for n in apart], explain)
    for n, other in zip(apart, of_apart, strict=True):
        explanations[n] = with_more(explanations[n], other)
    return explanations


def _kind(texts: WrongTexts) -> str:
    """Return what the texts are called in statements."""
    return "documents" if texts.whole else "texts"


class _LayeredSpans(NamedTuple):
    """Spans of texts: how many layers there are, that of each span, its start, if it is wrong; the bounds of texts."""

    layers: int
    layer: Ints
    start: Ints
    wrong: Bools
    bounds: Ints


def _drifting(texts: _LayeredSpans) -> Bools:
    """Return which spans are of the layers that drift, shape (spans,); all where the layers don't differ in that."""
    every = np.ones(len(texts.wrong), np.bool_)
    if texts.layers < 2 or not len(every):
        return every
    first = np.minimum.reduceat(np.where(texts.wrong, texts.start, np.iinfo(np.int64).max), texts.bounds[:-1])
    behind = texts.start >= np.repeat(first, np.diff(texts.bounds))
    size = np.bincount(texts.layer[behind], minlength=texts.layers)
    wrong = np.bincount(texts.layer[texts.wrong], minlength=texts.layers)
    wholly = (wrong >= _WHOLLY * size) & (wrong > 0)
    if (wrong > _HARDLY * size)[~wholly].any() or wrong[wholly].sum() < _LEAST or size[~wholly].sum() < _LEAST:
        return every
    drifting: Bools = wholly[texts.layer]
    return drifting
