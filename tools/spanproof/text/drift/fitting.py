"""Units that have no name: characters of the text that count more than one, or nothing, found from the spans.

A greedy search: of every character and width, those are kept under which the most spans have an offset that is as much
too high as that of the next span. Under the right widths that is all of them; under some of the right ones it changes
only where another of the right characters stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from spanproof.arrays import Ints, distinct
from spanproof.text.drift.counting import of_excess
from spanproof.text.drift.hypotheses import Hypothesis, Stored
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
    beam = [_Fit(replace(sound, end=end, cost=sound.cost + 6.0 * (end != "end")), nothing) for end in ends]
    for _ in range(_WIDTHS):
        wider = [
            (_agreeing(fit, count, stored), fit, character)
            for fit in beam
            for character, count in before.items()
            if character not in dict(fit.hypothesis.widths)
        ]
        ranked = sorted(
            ((int(agree), k, more) for k, (agreeing, _, _) in enumerate(wider) for more, agree in enumerate(agreeing)),
            key=lambda one: -one[0],
        )
        kept: dict[bytes, _Fit] = {}
        for _, k, more in ranked:
            if len(kept) == _KEPT:
                break
            _, fit, character = wider[k]
            new = _wider(fit, character, _MORE[more], before[character])
            kept.setdefault(new.excess.tobytes() + new.hypothesis.end.encode(), new)
        yield from (fit.hypothesis for fit in kept.values())
        beam = list(kept.values())[:_BEAM]
        if not beam or ranked[0][0] < _SHARE * len(stored.start):
            return


def _wider(fit: _Fit, character: str, more: int, count: Ints) -> _Fit:
    """Return a fit with the width of one more character."""
    excess = fit.excess + more * count
    widths = tuple(sorted((*fit.hypothesis.widths, (character, more))))
    cost = fit.hypothesis.cost + WIDTH
    return _Fit(replace(fit.hypothesis, counting=of_excess(excess), widths=widths, cost=cost), excess)


def _agreeing(fit: _Fit, count: Ints, stored: Stored) -> Ints:
    """Return how many spans can have an offset that is as much too high as that of the span after them.

    Args:
        fit: what is known so far.
        count: how often one more character stands before each boundary of the text.
        stored: the spans.

    Returns:
        The number for each width that the character may have, in the order of those that are tried.
    """
    there, counting = fit.hypothesis.candidates, fit.hypothesis.counting
    low, high = counting.start[there.start], counting.end[there.end]
    start, end = stored.start[there.span], stored.end[there.span]
    size = end if fit.hypothesis.end == "length" else end + (fit.hypothesis.end == "last") - start
    more = np.array(_MORE)[:, None]
    row, at = np.nonzero(size - (high - low) == more * (count[there.end] - count[there.start]))
    if not at.size:
        return np.zeros(len(_MORE), np.int64)
    # One number for each width, offset too high and span, so that the next span with the same is the next number.
    spans = len(stored.start) + 2
    shift = (start - low)[at] - more[row, 0] * count[there.start[at]]
    shifts = int(shift.max() - shift.min()) + 1
    keys = distinct(((row * shifts) + (shift - shift.min())) * spans + there.span[at])
    first = keys[:-1][np.diff(keys) == 1]
    agreeing = distinct(first // (shifts * spans) * spans + first % spans)
    return np.bincount(agreeing // spans, minlength=len(_MORE))
