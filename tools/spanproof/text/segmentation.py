"""Texts cut into sentences and tokens, as code point offsets."""

from collections.abc import Iterable
from itertools import pairwise

import regex

TOKEN = regex.compile(r"\w+|[^\w\s]")
"""A run of letters and digits, or any other single character but a blank."""
_LINE_END = regex.compile(r"\R+")

Extent = tuple[int, int]


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Extent]:
    """The tokens of a part of a text, see :data:`TOKEN`."""
    return [match.span() for match in TOKEN.finditer(text, start, end)]


def sentences(text: str, language: str = "en", borders: Iterable[int] = ()) -> list[Extent]:
    """The sentences of a text without the white space round them, as the library sentencex cuts them.

    No sentence runs over a line end, nor over one of the ``borders`` (offsets where something else begins: a heading, a
    caption). Every character but white space lies in one sentence.
    """
    from sentencex import segment

    breaks = {offset for match in _LINE_END.finditer(text) for offset in match.span()}
    found = []
    for low, high in pairwise(sorted({0, len(text), *breaks, *borders})):
        start = low
        for sentence in segment(language.split("-")[0], text[low:high]):
            end = start + len(sentence)
            stripped = sentence.strip()
            if stripped:
                first = start + sentence.index(stripped)
                found.append((first, first + len(stripped)))
            start = end
    return found
