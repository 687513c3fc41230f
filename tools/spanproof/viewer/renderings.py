"""Renderings of one utterance side by side: which words differ."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import groupby

_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
Marked = tuple[tuple[str, bool], ...]
"""A text in parts, each with whether its words differ; joined, the parts are the text."""


def marked_pair(a: str, b: str) -> tuple[Marked, Marked]:
    """Return two texts with the words marked that have no counterpart in the other, whatever their case."""
    own, other = _lacking(a, b)
    return _marked(a, own), _marked(b, other)


def side_by_side(texts: Sequence[str]) -> tuple[Marked, ...]:
    """Return the first text with the words marked that no other has, and the others with those that the first lacks."""
    if len(texts) < 2:
        return tuple(_marked(text, frozenset()) for text in texts)
    pairs = [_lacking(texts[0], text) for text in texts[1:]]
    others = (_marked(text, lacking) for text, (_, lacking) in zip(texts[1:], pairs, strict=True))
    return _marked(texts[0], frozenset.intersection(*(lacking for lacking, _ in pairs))), *others


def central(texts: Sequence[str]) -> int:
    """Return the position of the text that shares most words with the others, of the first dozen."""
    lists = [_WORD.findall(text.casefold()) for text in texts[:12]]
    alike = [[SequenceMatcher(None, a, b, autojunk=False).ratio() for b in lists] for a in lists]
    return max(range(len(lists)), key=lambda k: sum(alike[k])) if len(lists) > 2 else 0


def _marked(text: str, words: frozenset[int]) -> Marked:
    """Return a text with some of its words marked, named by their position.

    Blanks between two of them are marked too.
    """
    parts: list[tuple[str, bool]] = []
    end, before = 0, False
    for number, match in enumerate(_WORD.finditer(text)):
        differs = number in words
        parts += [(text[end : match.start()], differs and before), (match[0], differs)]
        end, before = match.end(), differs
    parts.append((text[end:], False))
    groups = groupby((part for part in parts if part[0]), key=lambda part: part[1])
    return tuple(("".join(part for part, _ in group), differs) for differs, group in groups)


def _lacking(a: str, b: str) -> tuple[frozenset[int], frozenset[int]]:
    """Return the positions of the words of each text that have no counterpart in the other."""
    first, second = ([word.casefold() for word in _WORD.findall(text)] for text in (a, b))
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    in_first = {block.a + k for block in blocks for k in range(block.size)}
    in_second = {block.b + k for block in blocks for k in range(block.size)}
    return frozenset(range(len(first))) - in_first, frozenset(range(len(second))) - in_second
