"""Words that were changed wherever they stand: ``harbour`` is ``harbor`` now, and each was a code point longer.

To the offsets that is a width. A letter that stands in no other word has it, too, but nothing counts letters so; and an
edit at each place explains as much in more bits.
"""

import re

import numpy as np

from spanproof.arrays import Ints

_READ = 20_000_000  # code points that are searched through for words


def changed_words(text: str, start: Ints, off: Ints, least: int) -> dict[int, list[str]]:
    """Return words that explain by how much offsets are too high, the longest first, by how much longer each was.

    Args:
        text: the text.
        start: where spans begin, in order, shape (spans,).
        off: by how much the offsets of each are too high, shape (spans,).
        least: how often a word must stand before the last of the spans.
    """
    steps = np.flatnonzero(np.diff(off, prepend=0))
    changed: dict[int, list[str]] = {}
    if not steps.size or not off[-1]:
        return changed
    sizes = np.diff(start, prepend=0)[steps]
    low, high = int(start[steps[sizes.argmin()]] - sizes.min()), int(start[steps[sizes.argmin()]])
    words = dict.fromkeys(re.findall(r"\w{2,}", text[low:high]))
    for word in sorted(words, key=len, reverse=True) if len(words) * len(text) <= _READ else ():
        at = np.array([match.start() for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text)], np.int64)
        before = np.searchsorted(at, start)
        longer = int(off[-1]) // max(int(before[-1]), 1)
        if before[-1] >= least and longer > -len(word) and (before * longer == off).all():
            changed.setdefault(longer, []).append(word)
    return changed
