"""Corpora that tell little: lists, tables, dialogues and short texts of one or two names, with few spans in each."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from spanproof.testing.open_world.cases import Case, document
from spanproof.testing.open_world.drifts import Drift, drifted
from spanproof.testing.open_world.texts import LANGUAGES, Language, Occurrence, Written, written

_WIDE: Mapping[str, int] = {"&": 4, "<": 3, ">": 3}


def _names(random: Random, most: int) -> Language:
    drawn = random.choice(LANGUAGES)
    return replace(drawn, names=tuple(random.sample(drawn.names, random.randrange(1, most + 1))))


def _of_lines(language: Language, lines: list[tuple[str, str, str]], end: str) -> Written:
    """Write lines, each of what stands before a name, the name, and what stands behind it."""
    text, mentions, begins = "", [], []
    for before, name, behind in lines:
        text += end if text else ""
        begins.append(len(text))
        mentions.append(Occurrence(len(text) + len(before), len(text) + len(before) + len(name)))
        text += before + name + behind
    return Written(text, tuple(mentions), tuple(begins), tuple(begins), language)


def _list(random: Random) -> Written:
    language = _names(random, 2)
    mark = random.choice(("- ", "* ", "1) ", ""))
    lines = [
        (mark, random.choice(language.names), random.choice(("", "", language.gap + random.choice(language.words))))
        for _ in range(random.randrange(4, 40))
    ]
    return _of_lines(language, lines, random.choice(("\n", "\r\n", "\n\n")))


def _table(random: Random) -> Written:
    language = _names(random, 2)
    gap = random.choice(("\t", " | ", ";"))
    lines = [
        (f"{random.randrange(100)}{gap}", random.choice(language.names), gap + random.choice(language.words))
        for _ in range(random.randrange(3, 30))
    ]
    return _of_lines(language, lines, "\n")


def _dialogue(random: Random) -> Written:
    language = _names(random, 2)
    said = [language.gap.join(random.choices(language.words, k=random.randrange(1, 6))) for _ in range(12)]
    lines = [("", language.names[k % len(language.names)], f": {words}") for k, words in enumerate(said)]
    return _of_lines(language, lines, "\n")


def _without_gaps(random: Random) -> Written:
    return written(random, random.choice((2, 4, 8)), replace(_names(random, 2), gap="", stop="。"))


def _short(random: Random) -> Written:
    return written(random, random.choice((1, 2, 3, 4)), _names(random, 3))


FORMS: Mapping[str, Callable[[Random], Written]] = {
    "list": _list,
    "table": _table,
    "dialogue": _dialogue,
    "without gaps": _without_gaps,
    "short": _short,
}
"""What writes a text, by name."""

DRIFTS: Mapping[str, Callable[[Random], Drift]] = {
    "width": lambda random: Drift(widths={random.choice(" \nan&"): random.choice((1, 2, 5))}),
    "escaped": lambda _: Drift(widths=_WIDE),
    "shift": lambda random: Drift(shift=random.randrange(1, 40)),
    "edits": lambda random: Drift(edits=random.randrange(1, 4)),
    "deleted": lambda random: Drift(edits=random.randrange(1, 4), touching=True),
    "cut": lambda random: Drift(shift=random.choice((0, 3)), widths=_WIDE, surface="truncated"),
    "frame": lambda random: Drift(frame=random.choice(("paragraph", "sentence"))),
    "frame and width": lambda random: Drift(shift=random.choice((-3, 0, 3)), widths=_WIDE, frame="paragraph"),
    "last": lambda random: Drift(shift=random.choice((0, 3)), widths=_WIDE, end="last"),
    "some": lambda random: Drift(widths={" ": 1}, share=random.choice((0.3, 0.6, 0.9))),
    "lost": lambda _: Drift(lost="first", share=0.6),
}
"""What draws a drift, by name."""


def dense(form: str, kind: str, number: int, documents: int = 12) -> Case:
    """A corpus of short documents with one to three spans each, made by its form, its drift and its number.

    In a third of them the documents don't drift alike.
    """
    random = Random(f"{form}/{kind}/{number}")
    mixed = number % 3 == 2
    drift = DRIFTS[kind](random)
    items, places = [], []
    for k in range(documents):
        text = FORMS[form](random)
        mentions = random.sample(text.mentions, min(len(text.mentions), random.randrange(1, 4)))
        befell = DRIFTS[random.choice(list(DRIFTS))](random) if mixed and random.random() < 0.3 else drift
        now, spans = drifted(befell, text, sorted(mentions, key=lambda one: (one.start, -one.end)), random)
        items.append(document(f"d{k}", now, spans))
        places.append(tuple(span.place for span in spans))
    return Case(f"{form}, {kind}", number, drift, tuple(items), tuple(places))
