"""Texts cut into tokens and lines, for formats that hold tokens."""

import itertools
import re
from collections.abc import Collection

_TOKEN = re.compile(r"\w+|[^\w\s]")


def cut_tokens(text: str, borders: Collection[int]) -> list[tuple[int, int]]:
    """Return where words and marks of a text begin and end (code points), cut at borders of spans too.

    Args:
        text: the text.
        borders: where a span begins or ends.
    """
    tokens: list[tuple[int, int]] = []
    for word in _TOKEN.finditer(text):
        within = (place for place in range(word.start() + 1, word.end()) if place in borders)
        tokens += itertools.pairwise([word.start(), *within, word.end()])
    return tokens
