"""What offsets may count from: where the parts of a text begin, told once more."""

import re
from collections.abc import Callable, Mapping
from itertools import accumulate


def _paragraphs(text: str) -> list[int]:
    return [blank.end() for blank in re.finditer(r"\s+", text) if blank.group().count("\n") > 1]


def _pages(text: str) -> list[int]:
    return [at for at, mark in enumerate(text, 1) if mark == "\f"]


def _lines(text: str) -> list[int]:
    return [*accumulate(map(len, text.splitlines(keepends=True)))]


def _sentences(text: str) -> list[int]:
    return [end.end() for end in re.finditer(r"(?:[.!?।؟][\"”’»)\]]*\s|。[”’]?|\n)\s*", text)]


def _passages(text: str) -> list[int]:
    _, *rest = text.split("\n", 1)
    return [len(text) - len(rest[0].lstrip("\n"))] if rest else []


FRAMES: Mapping[str, Callable[[str], list[int]]] = {
    "text": lambda _: [],
    "paragraph": _paragraphs,
    "page": _pages,
    "line": _lines,
    "sentence": _sentences,
    "passage": _passages,
}
"""Where the parts of a text begin behind its first one, by what they are called."""
