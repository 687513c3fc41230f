"""Places that chance may have brought about: in a frame that has the same words, or where a model leaves spans.

Offsets that count from a frame are small: in a text of many sentences and few names there is often some sentence that
has the surface there. A span fits by chance, the likelier the more frames are long enough and the more often its
surface stands in the text. What shows that a model is right is that it places more spans than chance would; those that
it leaves show that it isn't right for all. So each place has odds: how many spans it must be right for against how many
it isn't, and these times the chance.
"""

from dataclasses import replace

import numpy as np

from spanproof.arrays import Bools, Floats, Ints
from spanproof.text.drift.evaluation import Result, evaluate, fits
from spanproof.text.drift.hypotheses import FRAME, Hypotheses, Stored

_MOST = 12.0  # bits of the odds under which a place may be one of chance, and by which a rival may be longer


def placed_by_chance(hypotheses: Hypotheses, stored: Stored, result: Result) -> Bools:
    """Return which spans may stand elsewhere, or nowhere, since frames have the same words.

    Args:
        hypotheses: the models.
        stored: the spans.
        result: what one of the models makes of them.
    """
    by_chance = _hit_by_chance(result, hypotheses.bases(result.hypothesis.frame))
    return by_chance | _may_count_from_frame(hypotheses, stored, result) | _may_be_edited(stored, result)


def _hit_by_chance(result: Result, bases: Ints) -> Bools:
    """Return which spans a model that leaves some may have hit by chance.

    Args:
        result: what the model makes of spans.
        bases: where its frame begins for each boundary of the text; empty for the text as a whole.
    """
    misses = int((result.start < 0).sum())
    if not bases.size or not misses:
        return np.zeros(len(result.start), np.bool_)
    chance = _chance(result, bases)
    meant = max(0.0, len(chance) - float(chance.sum()) - misses)
    by_chance: Bools = meant < 2**_MOST * misses * chance
    return by_chance


def _may_count_from_frame(hypotheses: Hypotheses, stored: Stored, result: Result) -> Bools:
    """Return which spans stand elsewhere if what a model counts in the whole text is counted in frames.

    Where frames begin alike, offsets don't tell in which of them a span stands, nor whether they count from them.
    """
    elsewhere = np.zeros(len(result.start), np.bool_)
    if result.hypothesis.frame != "text":
        return elsewhere
    for frame in hypotheses.frames:
        framed = replace(result.hypothesis, frame=frame)
        span, shift, at = fits(framed, stored, hypotheses.bases(frame))
        alike = shift == result.shift[span]
        span, start = span[alike], framed.candidates.start[at[alike]]
        lost = result.start >= 0
        lost[span] = False
        if stored.exception[lost].sum() <= _MOST - FRAME:
            elsewhere[span[start != result.start[span]]] = True
    return elsewhere


def _may_be_edited(stored: Stored, result: Result) -> Bools:
    """Return which spans stand elsewhere if a text was edited that a model takes for one counted in frames.

    A frame is told in fewer bits than an edit, but where a stretch stands twice an edit may put it on either.
    """
    elsewhere = np.zeros(len(result.start), np.bool_)
    if result.hypothesis.frame == "text":
        return elsewhere
    plain = replace(result.hypothesis, frame="text", cost=result.hypothesis.cost - FRAME)
    edited = evaluate(plain, stored, np.zeros(0, np.int64), result.cost + _MOST)
    if edited:
        elsewhere = (edited.start >= 0) & (edited.start != result.start)
        elsewhere |= edited.cost + edited.rival <= result.cost + _MOST
    return elsewhere


def _chance(result: Result, bases: Ints) -> Floats:
    """Return how likely each span fits a place in some frame by chance, shape (spans,)."""
    begins = np.unique(bases)
    sizes = np.sort(np.diff(begins, append=len(bases)))
    rooms = len(sizes) - np.searchsorted(sizes, result.offset, "right")
    counts: Ints = result.hypothesis.candidates.counts
    others: Floats = 1.0 - np.minimum(counts / len(bases), 1.0)
    chance: Floats = 1.0 - others**rooms
    return chance
