"""Spans that agree with a text that drifts: by chance, for all that is known.

Where many spans of a text are wrong and no model is proved, some of the others may be as wrong, and stand by chance
where their words are. In a text of few names that is likely.
"""

from collections.abc import Sequence

import numpy as np

from spanproof.arrays import Bools
from spanproof.checks.causes import Diagnoses, diagnosed
from spanproof.checks.view import Spans, View
from spanproof.checks.wrong_texts import are_few

_ODDS = 2**6
"""By how much it must be likelier that a span is meant where it stands."""
_READ = 200_000_000
"""Characters that are searched through for the spans of one text; where there are more, nothing is known."""


def doubtful(view: View, spans: Spans) -> Bools:
    """Say which spans may agree by chance with a text that drifts as no proved model says.

    Args:
        view: the batch.
        spans: the spans at one place.
    """
    none = np.zeros(len(spans.items), np.bool_)
    if spans.surface is None or not view.drifts(spans.member).any():
        return none
    known = diagnosed(view, spans.member)
    index = known.index.get(spans.node.place)
    if index is None or not known.listed:
        return none
    doubts = view.once(("doubts", spans.member), lambda: _doubts(known))
    return (index >= 0) & doubts[index]


def _doubts(known: Diagnoses) -> Bools:
    doubts = np.zeros(len(known.texts.wrong), np.bool_)
    for number in known.listed:
        cause = known.of[number].cause
        if cause is None or cause.level != "proved":
            these = slice(*known.texts.bounds[number : number + 2].tolist())
            wrong = known.texts.wrong[these]
            doubts[these] = ~wrong & _by_chance(known.texts.texts[number], known.texts.words[these], wrong)
    return doubts


def _by_chance(text: str, words: Sequence[str], wrong: Bools) -> Bools:
    """Say of the spans of a text whether they may agree by chance, given how many don't agree."""
    number = int(wrong.sum())
    if number < 2 or are_few(number, len(words)):
        return np.zeros(len(words), np.bool_)
    surfaces = set(words)
    if len(surfaces) * len(text) > _READ:
        return np.ones(len(words), np.bool_)
    counts = {surface: text.count(surface) for surface in surfaces}
    chance = np.array([counts[surface] for surface in words]) / (len(text) + 1)
    meant = len(words) - number - float(chance[~wrong].sum())
    by_chance: Bools = meant < _ODDS * number * chance
    return by_chance
