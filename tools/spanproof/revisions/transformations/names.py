"""Names written otherwise: other aliases of the same thing, other names for the same persons."""

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import regex

from spanproof.revisions.transformations.context import Context
from spanproof.revisions.transformations.rewriting import Piece, Rewriting
from spanproof.schema.node import Node
from spanproof.text.characters import WORD, flags

_NAME = regex.compile(r"(?<!\w)\p{Lu}[\p{Ll}\p{Lu}]+(?!\w)")
_INFLECTED = ("NORP",)
_FIRST = (
    "Adam Boris Carlos Daniel Edgar Felix Gustav Henrik Ivo Jakub Karim Lucas Marek Nikolas Oskar Pavel Rafael Simon "
    "Tomas Victor Walter Yusuf Anna Beatriz Clara Diana Elena Fatima Greta Helena Irena Julia Karin Laura Maria Nadia"
)
_LAST = (
    "Almeida Bakker Castro Duarte Eriksen Fischer Gallo Horvat Ibrahim Jansen Kovac Larsen Moreau Novak Okafor Petrov "
    "Quinn Rossi Santos Tanaka Ulrich Varga Weber Yilmaz Zeman Andersen Bianchi Costa Dvorak Farkas Hansen Keller "
    "Lopez Martin Nagy Olsen Pereira Richter Silva Thomsen Vogel Wagner"
)


def aliases(context: Context, rng: Random) -> Rewriting:
    """Write each name as another alias of its entity, which no other entity has, its first letter in the same case.

    Adjectives and peoples (NORP) stay: their aliases are other parts of speech.
    """
    owners = Counter(alias for entries in context.registries.values() for e in entries.values() for alias in _listed(e))
    edits = []
    for node, member, span in context.names():
        surface = context.text[span["start"] : span["end"]]
        known = sorted(_listed(context.entry(node, member, span)) - {surface})
        alike = [alias for alias in known if owners[alias] == 1 and alias[0].isupper() == surface[0].isupper()]
        alike = [alias for alias in alike if not _runs_on(context.text, span["start"], span["end"], alias)]
        if alike and _label(node, span) not in _INFLECTED:
            edits.append(Piece(span["start"], span["end"], rng.choice(alike)))
    return context.edited(edits)


def _runs_on(text: str, start: int, end: int, alias: str) -> bool:
    """Return whether an alias would make one word with what stands beside the name, as of a name that is a mark."""
    pairs = (text[max(0, start - 1) : start] + alias[0], alias[-1] + text[end : end + 1])
    kinds = flags()
    return any(len(pair) == 2 and kinds[ord(pair[0])] & kinds[ord(pair[1])] & WORD for pair in pairs)


def persons(context: Context, rng: Random) -> Rewriting:
    """Replace each word of a person's name by another, the same one throughout the text, in capitals where it is.

    No word becomes one that stands in the text; men may get the names of women, pronouns stay.
    """
    first, last = list[str](), list[str]()
    for node, _, span in context.names():
        if _label(node, span) == "PERSON":
            words = _NAME.findall(context.text, span["start"], span["end"])
            first += words[:-1]
            last += words[-1:]
    salt = rng.random()
    became = dict[str, str]()
    for word in dict.fromkeys((*last, *first)):
        pool = [name for name in (_LAST if word in last else _FIRST).split() if name not in context.text]
        # By the word alone, so that a part of the text gets the names of the whole.
        Random(f"{salt} {word.title()}").shuffle(pool)
        free = next((name for name in pool if _like(name, word) not in became.values()), None)
        if free:
            became[word] = _like(free, word)
    words = (match for match in _NAME.finditer(context.text) if match[0] in became)
    return context.edited(Piece(match.start(), match.end(), became[match[0]]) for match in words)


def _label(node: Node, span: Mapping[str, Any]) -> Any:
    return span.get(node.label) if node.label else None


def _like(name: str, word: str) -> str:
    return name.upper() if word.isupper() else name


def _listed(entry: Any) -> set[str]:
    listed = entry.get("aliases") if isinstance(entry, Mapping) else None
    return {alias for alias in listed or () if isinstance(alias, str) and alias.strip() == alias != ""}
