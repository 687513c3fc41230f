"""Layers that drift apart: one tool counted the spans of one layer otherwise, and those of the others are right.

The spans of such a layer are explained as those of a document of their own. The right spans of other layers say nothing
of how they were counted. Where that proves nothing, all spans of the text are asked together: also where the proof is
of few spans, and few other texts have the same cause, since one of few layers was chosen.
"""

import functools
import itertools
from collections import Counter
from collections.abc import Sequence

import numpy as np

from spanproof.arrays import Bools, distinct, member
from spanproof.checks.wrong_texts import WrongTexts
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.pool import explain_all
from spanproof.text.drift.shared import Annotated
from spanproof.text.drift.silent import explained_by_some

_WHOLLY, _HARDLY = 0.8, 0.1
"""What share of the spans is wrong in a layer that drifts, from the first wrong one of their text on, and in others."""
_WITNESSES, _TEXTS = 6, 5
"""Wrong spans that prove the cause of one text, or else texts that have the same cause."""
_LEAST = 3
"""Spans that must be wrong in such a layer, and right in the others from the first wrong span of their text on."""


def explained_by_layers(texts: WrongTexts, asked: Sequence[Annotated]) -> list[Explanation]:
    """Return why spans of texts disagree with their surfaces, layer by layer where only some of the layers drift.

    Args:
        texts: those in which spans disagree.
        asked: the same, as what explains them takes them.
    """
    explain = functools.partial(explain_all, kind="documents" if texts.whole else "texts")
    drifting = _drifting(texts)
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


def _drifting(texts: WrongTexts) -> Bools:
    """Return which spans are of the layers that drift, shape (spans,); all where the layers don't differ in that."""
    every = np.ones(len(texts.wrong), np.bool_)
    if len(texts.layers) < 2 or not len(every):
        return every
    first = np.minimum.reduceat(np.where(texts.wrong, texts.start, np.iinfo(np.int64).max), texts.bounds[:-1])
    behind = texts.start >= np.repeat(first, np.diff(texts.bounds))
    size = np.bincount(texts.layer[behind], minlength=len(texts.layers))
    wrong = np.bincount(texts.layer[texts.wrong], minlength=len(texts.layers))
    wholly = (wrong >= _WHOLLY * size) & (wrong > 0)
    if (wrong > _HARDLY * size)[~wholly].any() or wrong[wholly].sum() < _LEAST or size[~wholly].sum() < _LEAST:
        return every
    drifting: Bools = wholly[texts.layer]
    return drifting
