"""A text known by its blocks alone: the length and hash of each, found again in another text."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import regex

_BORDER = regex.compile(r"(?<=[.!?…。！？]\p{P}*)\s+|\s*\R\s*")
_LEAST = 64
"""A block has at least so many code points, so that nobody finds its words by trying out hashes."""
_DIGITS = 16
_PRIVATE = range(0xE000, 0xF8FF)


@dataclass(frozen=True)
class Block:
    """A stretch of some sentences.

    Attributes:
        length: in code points.
        digest: the first digits of its SHA-256.
        gap: the white space behind it.
    """

    length: int
    digest: str
    gap: str


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal; lone surrogates as they stand."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def blocks(text: str) -> list[Block]:
    """Return the blocks of a text: sentences, so many together that none is short, and the white space between them."""
    ends = [(0, 0)]
    for border in _BORDER.finditer(text):
        if border.start() - ends[-1][1] >= _LEAST and len(text) - border.end() >= _LEAST:
            ends.append(border.span())
    ends.append((len(text), len(text)))
    return [Block(low[0] - high[1], _digest(text[high[1] : low[0]]), text[slice(*low)]) for high, low in pairwise(ends)]


def in_json(some: Iterable[Block]) -> list[list[Any]]:
    """Return blocks as arrays of JSON."""
    return [[block.length, block.digest, block.gap] for block in some]


def of_json(written: Iterable[Any]) -> list[Block]:
    """Return the blocks that :func:`in_json` wrote."""
    return [Block(length, digest, gap) for length, digest, gap in written]


def recovered(some: list[Block], text: str) -> tuple[str, str]:
    """Return what is known of a text when another one is at hand.

    Args:
        some: the blocks of the text.
        text: the other text, in which some of them stand.

    Returns:
        The text, and the character that stands for each of its characters that isn't known. It isn't in either text.
    """
    unknown = next((mark for mark in map(chr, _PRIVATE) if mark not in text), "")
    if not unknown:
        raise ValueError("the text uses every private character; expected one that isn't used")
    words = _words(some, text)
    return "".join((words.get(block) or unknown * block.length) + block.gap for block in some), unknown


def _words(some: list[Block], text: str) -> Mapping[Block, str]:
    """Return the words of those blocks that stand in a text."""
    wanted: dict[int, dict[str, list[Block]]] = defaultdict(lambda: defaultdict(list))
    for block in some:
        wanted[block.length][block.digest].append(block)
    starts = [0, *(border.end() for border in _BORDER.finditer(text))]
    words: dict[Block, str] = {}
    for length, digests in wanted.items():
        for start in starts:
            if length and start + length <= len(text):
                stretch = text[start : start + length]
                words |= dict.fromkeys(digests.get(_digest(stretch), ()), stretch)
    return words


def _digest(words: str) -> str:
    return sha256(words)[:_DIGITS]
