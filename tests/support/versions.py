"""Kinds of drift that no list names: spans counted in other versions of a text, and where each of them belongs."""

import html
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import NamedTuple

from spanproof.testing.open_world.texts import written
from spanproof.text.drift.span_columns import Span

Place = tuple[int, int]


class Drifted(NamedTuple):
    """A text, its spans as they are stored, and where each belongs; None if nowhere."""

    text: str
    spans: list[Span]
    places: list[Place | None]


class Annotated(NamedTuple):
    """A sound text and its spans."""

    text: str
    places: list[Place]

    def stored(self, offset: Callable[[int], int]) -> Drifted:
        spans = [(offset(start), offset(end), self.text[start:end]) for start, end in self.places]
        return Drifted(self.text, spans, list(self.places))

    def after(self, counted: Callable[[str], str]) -> Drifted:
        """The spans were counted in a version in which each character was written otherwise."""
        at = [0]
        for character in self.text:
            at.append(at[-1] + len(counted(character)))
        return self.stored(lambda offset: at[offset])


def annotated(random: Random) -> Annotated:
    known = written(random, random.choice((6, 12, 24, 48)))
    return Annotated(known.text, [(m.start, m.end) for m in known.mentions if random.random() < 0.8])


def sometimes(random: Random, share: float, change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda character: change(character) if random.random() < share else character


def periodic(random: Random) -> Annotated:
    text = "Ana met Oslo and Ana. " * random.randrange(5, 30)
    return Annotated(text, [match.span() for match in re.finditer("Ana|Oslo", text) if random.random() < 0.7])


def cut(random: Random, sound: Annotated) -> Drifted:
    """A stretch was deleted, with its mentions."""
    return without(sound, *sorted(random.sample(range(len(sound.text)), 2)))


def without(sound: Annotated, low: int, high: int) -> Drifted:
    size = high - low
    spans = [(start, end, sound.text[start:end]) for start, end in sound.places]
    places = [(s, e) if e <= low else (s - size, e - size) if s >= high else None for s, e in sound.places]
    return Drifted(sound.text[:low] + sound.text[high:], spans, places)


def edited_near(random: Random, sound: Annotated, most: int) -> Drifted:
    """Strings that stood between words of the counted version are gone, some near each other."""
    inside = {k for start, end in sound.places for k in range(start + 1, end)}
    free = [k for k, character in enumerate(sound.text) if character == " " and k not in inside]
    at = sorted(random.sample(free, min(len(free), random.randrange(1, most))))
    sizes = [random.choice((25, 25, 28, 3)) for _ in at]
    return sound.stored(lambda offset: offset + sum(size for k, size in zip(at, sizes, strict=True) if k < offset))


def partly(random: Random, drifted: Drifted, share: float) -> Drifted:
    """Some of the spans were put right since."""
    spans = [
        (*place, span[2]) if place and random.random() < share else span
        for span, place in zip(drifted.spans, drifted.places, strict=True)
    ]
    return Drifted(drifted.text, spans, drifted.places)


def searched(random: Random, sound: Annotated) -> Drifted:
    """Some spans were put on the first occurrence of their words, then all were counted from elsewhere."""
    size, spans = random.choice((-7, -1, 1, 2, 5)), []
    for start, end in sound.places:
        words = sound.text[start:end]
        low = size + (sound.text.find(words) if random.random() < 0.5 else start)
        spans.append((low, low + len(words), words))
    return Drifted(sound.text, spans, list(sound.places))


def shuffled(random: Random, sound: Annotated) -> Drifted:
    """Two stretches of the text changed places."""
    one, two, three = sorted(random.sample(range(len(sound.text)), 3))
    order = [*range(one), *range(two, three), *range(one, two), *range(three, len(sound.text))]
    at = {old: new for new, old in enumerate(order)}
    places = [
        (at[start], at[start] + end - start) if all(at[k + 1] == at[k] + 1 for k in range(start, end - 1)) else None
        for start, end in sound.places
    ]
    spans = [(start, end, sound.text[start:end]) for start, end in sound.places]
    return Drifted("".join(sound.text[k] for k in order), spans, places)


def tools(random: Random, sound: Annotated) -> Drifted:
    """Each span is of one of two tools, which count otherwise."""
    utf8, utf16 = (lambda at: len(sound.text[:at].encode())), (lambda at: len(sound.text[:at].encode("utf-16-le")) // 2)
    spans = []
    for start, end in sound.places:
        counted = random.choice((utf8, utf16))
        spans.append((counted(start), counted(end), sound.text[start:end]))
    return Drifted(sound.text, spans, list(sound.places))


def jittered(random: Random, sound: Annotated) -> Drifted:
    by = [random.choice((-1, 0, 0, 1)) for _ in sound.places]
    spans = [(s + k, e + k, sound.text[s:e]) for (s, e), k in zip(sound.places, by, strict=True)]
    return Drifted(sound.text, spans, list(sound.places))


def sentences(text: str) -> list[Place]:
    return [match.span() for match in re.finditer(r".+?(?:\. |\.\s|$)\s*", text, re.DOTALL)]


def rewritten(sound: Annotated, parts: list[Place]) -> Drifted:
    """The text was put together anew from stretches of the counted one; of one that stands twice the first counts."""
    at: dict[int, int] = {}
    size = 0
    for low, high in parts:
        for k in range(low, high):
            at.setdefault(k, size)
            size += 1
    spans = [(start, end, sound.text[start:end]) for start, end in sound.places]
    whole = [
        all(k in at for k in range(s, e)) and all(at[k + 1] == at[k] + 1 for k in range(s, e - 1))
        for s, e in sound.places
    ]
    places = [(at[s], at[s] + e - s) if kept else None for (s, e), kept in zip(sound.places, whole, strict=True)]
    return Drifted("".join(sound.text[low:high] for low, high in parts), spans, places)


def doubled(random: Random, sound: Annotated) -> Drifted:
    """A stretch was put in once more, behind itself."""
    low, high = sorted(random.sample(range(len(sound.text)), 2))
    high = min(high, low + 200)
    return pasted(sound, high, sound.text[low:high])


def pasted(sound: Annotated, at: int, words: str) -> Drifted:
    """Words were put in, maybe within a mention."""
    size, spans = len(words), [(start, end, sound.text[start:end]) for start, end in sound.places]
    places = [(s, e) if e <= at else (s + size, e + size) if s >= at else None for s, e in sound.places]
    return Drifted(sound.text[:at] + words + sound.text[at:], spans, places)


def pasted_from_text(random: Random, sound: Annotated) -> Drifted:
    source = random.randrange(len(sound.text))
    words = sound.text[source : source + random.randrange(3, 120)]
    return pasted(sound, random.randrange(len(sound.text)), words)


def sentences_doubled(random: Random, sound: Annotated) -> Drifted:
    parts = [[part, part] if random.random() < 0.1 else [part] for part in sentences(sound.text)]
    return rewritten(sound, [part for some in parts for part in some])


def sentences_lost(random: Random, sound: Annotated) -> Drifted:
    return rewritten(sound, [part for part in sentences(sound.text) if random.random() < 0.85] or [(0, 1)])


def sentence_moved(random: Random, sound: Annotated) -> Drifted:
    parts = sentences(sound.text)
    moved = parts.pop(random.randrange(len(parts)))
    parts.insert(random.randrange(len(parts) + 1), moved)
    return rewritten(sound, parts)


def listed(random: Random) -> tuple[Annotated, list[Place]]:
    """A list of names, and its items."""
    names = random.sample(["Ana Silva", "Oslo", "Porto", "Halden & Sørli", "Zoë", "Vala", "3"], random.randrange(2, 6))
    between, text, places = random.choice((", ", "; ", "\n", "\t")), "", []
    for _ in range(random.randrange(8, 60)):
        name = random.choice(names)
        places.append((len(text), len(text) + len(name)))
        text += name + between
    items = [(start, end + len(between)) for start, end in places]
    return Annotated(text, [place for place in places if random.random() < 0.8]), items


def items_lost(random: Random) -> Drifted:
    sound, items = listed(random)
    return rewritten(sound, [item for item in items if random.random() < 0.92])


def items_swapped(random: Random) -> Drifted:
    sound, items = listed(random)
    one, other = random.sample(range(len(items)), 2)
    items[one], items[other] = items[other], items[one]
    return rewritten(sound, items)


def headed(random: Random, sound: Annotated) -> Drifted:
    """A header of the names of the text was put before it."""
    names = sorted({sound.text[start:end] for start, end in sound.places}) or ["-"]
    return pasted(sound, 0, "".join(random.choice(names) + random.choice((": ", "\n", " ")) for _ in range(3)))


def in_lower_case(drifted: Drifted) -> Drifted:
    spans = [(start, end, words.lower()) for start, end, words in drifted.spans]
    return Drifted(drifted.text, spans, drifted.places)


def mentions_lost(random: Random, sound: Annotated) -> Drifted:
    lost = [(s, min(e + 1, len(sound.text))) for s, e in sound.places if random.random() < 0.06]
    bounds = [0, *sorted({k for place in lost for k in place}), len(sound.text)]
    kept = [part for part in pairwise(bounds) if not any(s <= part[0] < e for s, e in lost)]
    return rewritten(sound, kept)


def then(first: Drifted, change: Callable[[Annotated], Drifted]) -> Drifted:
    """The text changed once more; the spans are as they were counted at first."""
    later = change(Annotated(first.text, [place for place in first.places if place]))
    now = iter(later.places)
    return Drifted(later.text, first.spans, [next(now) if place else None for place in first.places])


def of_few_words(random: Random) -> Annotated:
    words = random.sample(["met", "Oslo", "Ana", "Bo", "in", "Zoë", "and"], random.choice((2, 3)))
    text = " ".join(random.choice(words) for _ in range(random.randrange(12, 70)))
    share = random.choice((0.5, 0.8, 1))
    return Annotated(text, [match.span() for match in re.finditer(r"\w+", text) if random.random() < share])


def words_edited(random: Random, sound: Annotated) -> Drifted:
    """Some words in a row were deleted, or put in once more elsewhere."""
    at = [match.start() for match in re.finditer(r"\w+", sound.text)]
    size = random.randrange(1, 6)
    first = random.randrange(len(at) - size)
    low, high = at[first], at[first + size]
    if random.random() < 0.5:
        return without(sound, low, high)
    return pasted(sound, random.choice(at), sound.text[low:high])


def twice_edited(random: Random) -> Drifted:
    return then(words_edited(random, of_few_words(random)), lambda sound: words_edited(random, sound))


def moved_and_edited(random: Random) -> Drifted:
    return then(sentence_moved(random, annotated(random)), lambda sound: pasted_from_text(random, sound))


KINDS: dict[str, Callable[[Random], Drifted]] = {
    "escaped twice": lambda r: annotated(r).after(lambda c: html.escape(html.escape(c))),
    "half escaped": lambda r: annotated(r).after(sometimes(r, 0.6, html.escape)),
    "hyphenated": lambda r: annotated(r).after(sometimes(r, 0.02, lambda c: c + "-\n")),
    "zero width": lambda r: annotated(r).after(sometimes(r, 0.03, lambda c: c + "\u200b")),
    "ligatures": lambda r: annotated(r).after(sometimes(r, 0.7, lambda c: unicodedata.normalize("NFKC", c))),
    "tabs expanded": lambda r: annotated(r).after(lambda c: c.replace("\t", "    ")),
    "markup": lambda r: annotated(r).after(lambda c: "<br/>" if c in "\n\u2029" else c),
    "strings removed": lambda r: edited_near(r, annotated(r), 14),
    "strings removed, periodic": lambda r: edited_near(r, periodic(r), 9),
    "half corrected": lambda r: partly(r, edited_near(r, annotated(r), 3), 0.5),
    "half corrected, periodic": lambda r: partly(r, edited_near(r, periodic(r), 3), 0.5),
    "half corrected, cut": lambda r: partly(r, cut(r, annotated(r)), 0.5),
    "cut": lambda r: cut(r, annotated(r)),
    "cut, periodic": lambda r: cut(r, periodic(r)),
    "searched": lambda r: searched(r, annotated(r)),
    "shuffled": lambda r: shuffled(r, annotated(r)),
    "two tools": lambda r: tools(r, annotated(r)),
    "jittered": lambda r: jittered(r, annotated(r)),
    "doubled": lambda r: doubled(r, annotated(r)),
    "pasted": lambda r: pasted_from_text(r, annotated(r)),
    "sentences doubled": lambda r: sentences_doubled(r, annotated(r)),
    "sentences lost": lambda r: sentences_lost(r, annotated(r)),
    "sentences lost, lower case": lambda r: in_lower_case(sentences_lost(r, annotated(r))),
    "sentence moved": lambda r: sentence_moved(r, annotated(r)),
    "cut, lower case": lambda r: in_lower_case(cut(r, annotated(r))),
    "items lost": items_lost,
    "items swapped": items_swapped,
    "headed": lambda r: headed(r, annotated(r)),
    "mentions lost": lambda r: mentions_lost(r, annotated(r)),
    "few words, two edits": twice_edited,
    "moved, then edited": moved_and_edited,
}  # fmt: skip
