"""Surfaces that may have been cut: what seems to make their spans wide is then what was cut off.

Where surfaces were cut after some number of characters, the stored end is that of words which nobody has any more. A
model may take the difference for the width of a character in the surface. So it has a rival wherever all spans that are
wider than their surfaces have surfaces of one length, and none is longer: another way to count, by which they start
where the model says, and end behind the surface.
"""

from collections.abc import Iterator

import numpy as np

from spanproof.arrays import Ints
from spanproof.text.drift.counting import Counted, of_excess
from spanproof.text.drift.document import Document
from spanproof.text.drift.evaluation import Result
from spanproof.text.drift.fitting import WIDTH
from spanproof.text.drift.hypotheses import UNIT, WRITING
from spanproof.text.drift.pairs import MORE
from spanproof.text.drift.proof import SLACK


def may_be_cut(document: Document, result: Result) -> bool:
    """Say whether a rival of a model is that surfaces were cut: it has the starts of the model, and other ends.

    Args:
        document: the document.
        result: what the model makes of its spans.
    """
    return _moves_ends_alone(document, result) or _may_count_otherwise(document, result)


def _moves_ends_alone(document: Document, result: Result) -> bool:
    """Say whether a model moves only ends, each to the end of a surface with which the words begin."""
    wrong = np.flatnonzero(~document.right & (result.start >= 0))
    stored, text = document.stored, document.letters.text
    moved = result.stop[wrong] != stored.end[wrong]
    if not moved.any() or (result.start[wrong] != stored.start[wrong]).any():
        return False
    return all(
        text[start:end].startswith(surface) for start, end, surface, *_ in map(document.spans.__getitem__, wrong)
    )


def _may_count_otherwise(document: Document, result: Result) -> bool:
    """Say whether another way to count has the starts of a model, and ends behind surfaces of the greatest length."""
    if result.hypothesis.end not in ("end", "last") or result.hypothesis.single:
        return False
    stored, placed = document.stored, result.start >= 0
    end = stored.end + (result.hypothesis.end == "last")
    cut = placed & (end - stored.start > result.stop - result.start)
    longest = max((len(surface) for _, _, surface, *_ in document.spans), default=0)
    if not cut.any() or (result.stop - result.start)[cut].min() < longest:
        return False
    edited = np.diff(result.shift[placed]) != 0
    for counted in _countings(document, result.hypothesis.cost + SLACK - WRITING):
        shift = stored.start - counted.start[result.start]
        if not (np.diff(shift[placed])[~edited] != 0).any():
            stop = _boundaries(counted, (end - shift)[cut])
            if (stop >= result.stop[cut]).all() and (stop > result.stop[cut]).any():
                return True
    return False


def _boundaries(counted: Counted, ends: Ints) -> Ints:
    """Return the first boundary of a text that has each offset as an end; -1 where none has it."""
    sound = np.arange(len(counted.end)) if counted.ends is None else np.flatnonzero(counted.ends)
    at = np.minimum(np.searchsorted(counted.end[sound], ends), len(sound) - 1)
    return np.where(counted.end[sound[at]] == ends, sound[at], -1)


def _countings(document: Document, most: float) -> Iterator[Counted]:
    """Yield ways to count a text: by code points, in a known unit, with a width for one character.

    Args:
        document: the document.
        most: what the description of one may cost.
    """
    hypotheses, letters = document.hypotheses, document.letters
    yield hypotheses.plain
    if most >= UNIT:
        yield from (counted for _, counted in hypotheses.counted)
    if most >= WIDTH:
        for k in range(len(letters.distinct)):
            for more in MORE.tolist():
                yield of_excess(letters.excess(1 + more * (letters.index == k)))
