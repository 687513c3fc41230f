"""Markdown pages: their headings, their blocks of code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from support.documents import ROOT

DOCS = ROOT / "tools" / "docs"

FENCE = re.compile(r"^(?P<fence>`{3,})(?P<language>\w*)(?: (?P<name>\S+))?\n(?P<code>.*?)^(?P=fence)$", re.M | re.S)
HEADING = re.compile(r"^#+ +(?P<text>.+?) *#*$", re.M)


@dataclass(frozen=True)
class Block:
    """A block of code: under which heading it stands, in which language, the name of its file where it has one."""

    heading: str
    language: str
    name: str | None
    code: str


def blocks(page: str) -> Iterator[Block]:
    """The blocks of code of a page, in their order."""
    for fence in FENCE.finditer(page):
        headings = HEADING.findall(without_code(page[: fence.start()]))
        yield Block(headings[-1] if headings else "", fence["language"], fence["name"], fence["code"])


def without_code(page: str) -> str:
    """The page without its blocks and inline pieces of code, in which nothing is a link or a heading."""
    return re.sub(r"(?<!`)`[^`\n]+`(?!`)", "``", FENCE.sub("", page))


def anchors(page: str) -> set[str]:
    """What a link may name after #: each heading in lower case, without marks, words joined by hyphens (GitHub)."""
    seen: dict[str, int] = {}
    names = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", page))
    for text in HEADING.findall(FENCE.sub("", page)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        names.add(f"{slug}-{seen[slug]}" if slug in seen else slug)
        seen[slug] = seen.get(slug, 0) + 1
    return names
