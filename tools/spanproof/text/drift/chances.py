"""Places that chance may have brought about, where a model leaves spans that it should place.

Offsets that count from a frame are small: in a text of many sentences and few names there is often some sentence that
has the surface there. A span fits by chance, the likelier the more frames are long enough and the more often its
surface stands in the text. What shows that a model is right is that it places more spans than chance would; those that
it leaves show that it isn't right for all. So each place has odds: how many spans it must be right for against how many
it isn't, and these times the chance.
"""

import numpy as np

from spanproof.arrays import Bools, Floats, Ints
from spanproof.text.drift.document import Document
from spanproof.text.drift.evaluation import Result, fits
from spanproof.text.drift.hypotheses import FRAME, Hypothesis

_MOST = 12.0  # bits of the odds under which a place may be one of chance


def hit_by_chance(result: Result, bases: Ints) -> Bools:
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


def may_count_from_frame(document: Document, result: Result) -> bool:
    """Say whether wrong spans of which some are stored twice may count from a frame instead, whatever else they count.

    Two mentions that stand alike in two frames have the same offsets; for a model of the whole text they are one.

    Args:
        document: the document.
        result: what the model makes of its spans.
    """
    if result.hypothesis.frame != "text" or not (document.doubled & ~document.right).any():
        return False
    exception = document.stored.exception
    most = float(exception[result.start >= 0].sum()) - FRAME
    for frame in document.hypotheses.frames:
        framed = Hypothesis(FRAME, document.hypotheses.plain, document.written[0], frame=frame)
        span, shift, _ = fits(framed, document.stored, document.hypotheses.bases(frame))
        pairs = np.unique(np.stack((shift, span)), axis=1)
        _, number = np.unique(pairs[0], return_inverse=True)
        if np.bincount(number, exception[pairs[1]]).max(initial=0) >= most:
            return True
    return False


def _chance(result: Result, bases: Ints) -> Floats:
    """Return how likely each span fits a place in some frame by chance, shape (spans,)."""
    begins = np.unique(bases)
    sizes = np.sort(np.diff(begins, append=len(bases)))
    rooms = len(sizes) - np.searchsorted(sizes, result.offset, "right")
    counts: Ints = result.hypothesis.candidates.counts
    others: Floats = 1.0 - np.minimum(counts / len(bases), 1.0)
    chance: Floats = 1.0 - others**rooms
    return chance
