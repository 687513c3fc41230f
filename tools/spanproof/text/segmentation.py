"""Texts cut into sentences and tokens, and extents of a text, as code point offsets (half open)."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import TypeVar

import regex

T = TypeVar("T")

TOKEN = regex.compile(r"\w+|[^\w\s]")
"""A run of letters and digits, or any other single character but a blank."""
_LINE_END = regex.compile(r"\R+")

Extent = tuple[int, int]


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Extent]:
    """Return the tokens of a part of a text, see :data:`TOKEN`.

    Args:
        text: the text.
        start: first code point of the part.
        end: code point after its last; the end of the text by default.
    """
    return [match.span() for match in TOKEN.finditer(text, start, end)]


def sentences(text: str, language: str = "en", borders: Iterable[int] = ()) -> list[Extent]:
    """Return the sentences of a text without the white space around them, as the library sentencex cuts them.

    No sentence runs over a line end. Every character but white space lies in exactly one sentence.

    Args:
        text: the text.
        language: its language (BCP 47); sentencex knows the abbreviations of many.
        borders: offsets that no sentence runs over either, where something else begins: a heading, a caption.
    """
    from sentencex import segment

    breaks = {offset for match in _LINE_END.finditer(text) for offset in match.span()}
    extents = []
    for low, high in pairwise(sorted({0, len(text), *breaks, *borders})):
        start = low
        for sentence in segment(language.split("-")[0], text[low:high]):
            end = start + len(sentence)
            stripped = sentence.strip()
            if stripped:
                first = start + sentence.index(stripped)
                extents.append((first, first + len(stripped)))
            start = end
    return extents


def stripped(text: str, start: int, end: int) -> Extent:
    """Return an extent without the white space at its edges; an empty one where it holds nothing else."""
    surface = text[start:end]
    low = start + len(surface) - len(surface.lstrip())
    return low, low + len(surface.strip())


def without_overlaps(items: Iterable[T], extent: Callable[[T], Extent]) -> list[T]:
    """Return the items that are left in the order of the text when none may overlap another.

    Of items that overlap, the one that starts first is kept; of those that start together, the longest.

    Args:
        items: anything that has an extent, in any order.
        extent: gives the start and end (code points) of an item.
    """
    kept: list[T] = []
    for item in sorted(items, key=lambda item: (extent(item)[0], -extent(item)[1])):
        if not kept or extent(item)[0] >= extent(kept[-1])[1]:
            kept.append(item)
    return kept
