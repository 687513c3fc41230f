"""``compromise``: persons, places, organisations and quotations that compromise finds with its lexicon and rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import dropwhile
from typing import Any

import regex

from spanproof.systems.adapters.quotes_baseline import content
from spanproof.systems.ner import trimmed
from spanproof.systems.node import Script, placed, start, understood
from spanproof.systems.system import Annotations, Predict, Source, System
from spanproof.text.offsets import Map

_LABELS = {"people": "PERSON", "places": "LOC", "organizations": "ORG"}
_POSSESSIVE = regex.compile(r"['’](?:s|S)?$")
_CLOSES = dict(zip("\"＂'“‘‟‛„⹂‚«‹‵‶‷〝`〟", "\"＂'”’”’””’»›′″‴〞´〞", strict=True))
"""The marks that compromise pairs."""
_OPENING = regex.compile(f"[{regex.escape(''.join(_CLOSES))}]")


@dataclass(frozen=True)
class Term:
    """A word of compromise, in code points, with the ends of what stands before and after it, and its tags."""

    low: int
    start: int
    end: int
    high: int
    tags: frozenset[str]


def names(text: str, label: str, terms: Sequence[Term]) -> Iterator[dict[str, Any]]:
    """The names in a match: without honorifics before them, parted at commas, without a possessive ending."""
    part: list[Term] = []
    for term in dropwhile(lambda each: "Honorific" in each.tags, terms):
        part.append(term)
        if "," in text[term.end : term.high] or term is terms[-1]:
            low, high = part[0].start, part[-1].end
            ending = _POSSESSIVE.search(text[low:high])
            low, high = trimmed(text, low, low + ending.start() if ending else high)
            if low < high:
                yield {"start": low, "end": high, "label": label}
            part = []


def quotation(text: str, terms: Sequence[Term]) -> tuple[int, int] | None:
    """The content of a quotation: between its marks; None where there are none, or nothing is between them."""
    first, last = terms[0], terms[-1]
    opening = _OPENING.search(text, first.low, first.start)
    if opening is None:
        return None
    closing = text.find(_CLOSES[opening[0]], last.end, last.high)
    low, high = content(text, opening.end(), closing if closing >= 0 else last.end)
    return (low, high) if low < high else None


def flat(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names of which none shares a character with another: the earliest first, of those the longest."""
    kept: list[dict[str, Any]] = []
    for each in sorted(found, key=lambda one: (one["start"], -one["end"])):
        if not kept or each["start"] >= kept[-1]["end"]:
            kept.append(each)
    return kept


def match(text: str, units: Map, said: Any) -> tuple[str, list[Term]]:
    """What the script says of a match: its kind, its terms.

    Raises:
        ValueError: see :func:`spanproof.systems.node.placed`.
    """
    terms = []
    for each in said["terms"]:
        (low, _), (start, end), (_, high) = (
            placed(text, units, each[part]["start"], each[part]["text"]) for part in ("pre", "word", "post")
        )
        terms.append(Term(low, start, end, high, frozenset(each["tags"])))
    return said["kind"], terms


def layers(text: str, matches: Sequence[tuple[str, Sequence[Term]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The annotations that matches are, each with its layer."""
    for kind, terms in matches:
        if kind in _LABELS:
            yield from (("entities", name) for name in names(text, _LABELS[kind], terms))
        elif span := quotation(text, terms):
            yield "quotes", {"type": "direct", "start": span[0], "end": span[1]}


def answers(script: Script) -> Predict:
    """What the script, ``compromise.mjs``, says of texts, as annotations."""

    def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
        for source in sources:
            matches = understood("compromise", source, script.ask(source), partial(match, source.text))
            made = list(layers(source.text, matches))
            quotes = [each for layer, each in made if layer == "quotes"]
            yield {
                "entities": flat([each for layer, each in made if layer == "entities"]),
                "quotes": [{**each, "utterance": f"{source.id}-{each['start']}"} for each in quotes],
            }

    return predict


SYSTEM = System(
    name="compromise",
    version="14.17.0",
    licence="MIT",
    weights=None,
    predicts={"entities": tuple(_LABELS.values()), "quotes": ("direct",)},
    limits="English. Any place is LOC: it doesn't tell countries, regions and buildings apart. No entity_id. We cut "
    "punctuation, honorifics and possessive endings off its names, part them at commas, and keep the earlier, then "
    "the longer, of two that overlap. A quotation is whatever stands between marks in one sentence, scare quotes and "
    "titles too: always direct, without source, cue or speaker, and an utterance of its own; we leave the marks and "
    "commas at its end out.",
    open=lambda _: answers(start("compromise.mjs")),
    node=("compromise@14.17.0",),
    programs=("node",),
    tells="three",
)
