"""Units that have no name: characters of the text that count more than one, or nothing, found from the spans.

A greedy search: of every character and width, those are kept under which the most spans have an offset that is as much
too high as that of the next span. Under the right widths that is all of them; under some of the right ones it changes
only where another of the right characters stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from spanproof.arrays import Ints
from spanproof.text.drift.counting import of_excess
from spanproof.text.drift.hypotheses import Hypothesis, Stored, fits
from spanproof.text.letters import Letters

WIDTH = 17.0
"""Bits that it takes to say that a character has a width."""
_MORE = (-1, 1, 2, 3, 4, 5, 6, 7)
_CHARACTERS, _WIDTHS = 80, 3  # that are tried, and how many of them may have a width
_BEAM, _KEPT = 3, 12  # that are gone on with, and that are judged
_STEPS = 3  # numbers of a character before spans, of which more must differ
_LEAST, _SHARE = 6, 0.2  # spans that have places, and what share of them agree if it is worth going on


@dataclass(frozen=True)
class _Fit:
    agree: int
    hypothesis: Hypothesis
    excess: Ints


def fitted(letters: Letters, stored: Stored, sound: Hypothesis, ends: tuple[str, ...]) -> Iterator[Hypothesis]:
    """Yield hypotheses of characters that have a width, the likeliest of each number of widths.

    Args:
        letters: the text.
        stored: the spans.
        sound: the hypothesis that nothing has a width.
        ends: what the second number may be, with what it costs to say so.
    """
    if (sound.candidates.counts > 0).sum() < _LEAST:
        return
    counts = np.bincount(letters.index, minlength=len(letters.distinct))
    common = np.argsort(-counts, kind="stable")[:_CHARACTERS].tolist()
    before = {letters.distinct[k]: letters.excess((letters.index == k) + np.int64(1)) for k in common}
    # A character that stands between spans but once or twice is an edit by another name.
    before = {c: count for c, count in before.items() if len(np.unique(count[sound.candidates.start])) > _STEPS}
    nothing = np.zeros(len(letters.text) + 1, np.int64)
    beam = [_Fit(0, replace(sound, end=end, cost=sound.cost + 6.0 * (end != "end")), nothing) for end in ends]
    for _ in range(_WIDTHS):
        wider = [fit for one in beam for fit in _wider(one, before, stored)]
        wider.sort(key=lambda fit: -fit.agree)
        kept: dict[bytes, _Fit] = {}
        for fit in wider:
            kept.setdefault(fit.excess.tobytes() + fit.hypothesis.end.encode(), fit)
            if len(kept) == _KEPT:
                break
        yield from (fit.hypothesis for fit in kept.values())
        beam = list(kept.values())[:_BEAM]
        if not beam or beam[0].agree < _SHARE * len(stored.start):
            return


def _wider(fit: _Fit, before: dict[str, Ints], stored: Stored) -> Iterator[_Fit]:
    """Yield a fit with the width of one more character."""
    taken = {character for character, _ in fit.hypothesis.widths}
    for character, count in before.items():
        for more in _MORE if character not in taken else ():
            excess = fit.excess + more * count
            widths = tuple(sorted((*fit.hypothesis.widths, (character, more))))
            cost = fit.hypothesis.cost + WIDTH
            hypothesis = replace(fit.hypothesis, counting=of_excess(excess), widths=widths, cost=cost)
            yield _Fit(_agreeing(hypothesis, stored), hypothesis, excess)


def _agreeing(hypothesis: Hypothesis, stored: Stored) -> int:
    """Return how many spans can have an offset that is as much too high as that of the span after them."""
    span, shift, _ = fits(hypothesis, stored, np.zeros(0, np.int64))
    if not span.size:
        return 0
    size = len(stored.start) + 2
    keys = np.unique((shift - shift.min()) * size + span)
    follows = np.diff(keys) == 1
    return len(np.unique(keys[:-1][follows] % size))
