"""Places that a search for the first occurrence of words may have found, or one for the last."""

import numpy as np

from spanproof.arrays import Bools, Ints


def found_by_search(text: str, start: Ints, stop: Ints, doubled: Bools) -> Bools:
    """Return which places may have been found by a search that gives the first occurrence always, or the last.

    Two spans of the same words at the same offsets are what such a search leaves of two mentions. Where all of these
    are first occurrences, no other first occurrence of words that stand again is sure, however all offsets agree.

    Args:
        text: the text.
        start: where spans are thought to begin, shape (spans,); -1 where that isn't known.
        stop: the code point after the last of each, shape (spans,).
        doubled: which spans are stored more than once.
    """
    places = [(k, low, text[low:high]) for k, (low, high) in enumerate(zip(start.tolist(), stop.tolist(), strict=True))]
    known = [(k, low, words) for k, low, words in places if low >= 0]
    suspect = np.zeros(len(start), np.bool_)
    if not any(doubled[k] for k, *_ in known):
        return suspect
    bounds = {words: (text.find(words), text.rfind(words)) for words in {words for *_, words in known}}
    again = [(k, low, bounds[words]) for k, low, words in known if bounds[words][0] != bounds[words][1]]
    for side in (0, 1):
        at_side = [k for k, low, extremes in again if low == extremes[side]]
        twice = [low == extremes[side] for k, low, extremes in again if doubled[k]]
        if twice and all(twice):
            suspect[at_side] = True
    return suspect
