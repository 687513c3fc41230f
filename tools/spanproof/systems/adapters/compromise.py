"""``compromise``: persons, places, organisations and quotations that compromise finds with its lexicon and rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import dropwhile
from operator import itemgetter
from pathlib import Path
from typing import Any

import regex

from spanproof.systems.node import Script, code_points, parsed, start
from spanproof.systems.quotations import content
from spanproof.systems.system import Annotations, Predict, Source, System, per_text
from spanproof.text.offsets import Map
from spanproof.text.segmentation import stripped, without_overlaps

_LABELS = {"people": "PERSON", "places": "LOC", "organizations": "ORG"}
_POSSESSIVE = regex.compile(r"['’](?:s|S)?$")
_CLOSES = dict(zip("\"＂'“‘‟‛„⹂‚«‹‵‶‷〝`〟", "\"＂'”’”’””’»›′″‴〞´〞", strict=True))
"""The marks that compromise pairs."""
_OPENING = regex.compile(f"[{regex.escape(''.join(_CLOSES))}]")


@dataclass(frozen=True)
class Term:
    """A word of compromise, in code points.

    Attributes:
        low: where the punctuation and white space before the word begin.
        start: where the word begins.
        end: where the word ends.
        high: where the punctuation and white space after the word end.
        tags: the tags of the word.
    """

    low: int
    start: int
    end: int
    high: int
    tags: frozenset[str]


def names(text: str, label: str, terms: Sequence[Term]) -> Iterator[dict[str, Any]]:
    """Yield the names in a match: without honorifics before them, parted at commas, without a possessive ending.

    Args:
        text: the text.
        label: the label of the names.
        terms: the words of the match.
    """
    part: list[Term] = []
    for term in dropwhile(lambda term: "Honorific" in term.tags, terms):
        part.append(term)
        if "," in text[term.end : term.high] or term is terms[-1]:
            low, high = part[0].start, part[-1].end
            ending = _POSSESSIVE.search(text[low:high])
            low, high = stripped(text, low, low + ending.start() if ending else high)
            if low < high:
                yield {"start": low, "end": high, "label": label}
            part = []


def quotation(text: str, terms: Sequence[Term]) -> tuple[int, int] | None:
    """Return what stands between the marks of a quotation; None where there are no marks, or nothing between them."""
    first, last = terms[0], terms[-1]
    opening = _OPENING.search(text, first.low, first.start)
    if opening is None:
        return None
    closing = text.find(_CLOSES[opening[0]], last.end, last.high)
    low, high = content(text, opening.end(), closing if closing >= 0 else last.end)
    return (low, high) if low < high else None


def match(text: str, units: Map, answer: Any) -> tuple[str, list[Term]]:
    """Return the kind and the terms of a match in the script's answer.

    Args:
        text: the text that the script was asked of.
        units: the UTF-16 map of the text.
        answer: the match as the script gives it.

    Raises:
        ValueError: see :func:`spanproof.systems.node.code_points`.
    """
    terms = []
    for term in answer["terms"]:
        (low, _), (start, end), (_, high) = (
            code_points(text, units, term[part]["start"], term[part]["text"]) for part in ("pre", "word", "post")
        )
        terms.append(Term(low, start, end, high, frozenset(term["tags"])))
    return answer["kind"], terms


def predict_with(script: Script) -> Predict:
    """Return what predicts with the running script ``compromise.mjs``."""

    def annotate(source: Source) -> Annotations:
        matches = parsed("compromise", source, script.ask(source), partial(match, source.text))
        return annotations(source, matches)

    return per_text(annotate)


def annotations(source: Source, matches: Sequence[tuple[str, Sequence[Term]]]) -> Annotations:
    """Return matches, each a kind with its terms, as entities, none over another, and quotes."""
    entities, quotes = list[dict[str, Any]](), list[dict[str, Any]]()
    for kind, terms in matches:
        if kind in _LABELS:
            entities += names(source.text, _LABELS[kind], terms)
        elif span := quotation(source.text, terms):
            utterance = f"{source.id}-{span[0]}"
            quotes.append({"type": "direct", "start": span[0], "end": span[1], "utterance": utterance})
    return {"entities": without_overlaps(entities, itemgetter("start", "end")), "quotes": quotes}


SYSTEM = System(
    name="compromise",
    version="14.17.0",
    licence="MIT",
    weights=None,
    predicts={"entities": tuple(_LABELS.values()), "quotes": ("direct",)},
    limits="English. Any place is LOC: it doesn't distinguish countries, regions and buildings. It gives no "
    "entity_id. We remove punctuation, honorifics and possessive endings from its names, and split names at commas. "
    "If two names overlap, the one that begins earlier is kept. If both begin at the same place, the longer one is "
    "kept. Everything between quotation marks in one sentence counts as a quotation, including scare quotes and "
    "titles. A quotation is always direct, has no source, cue or speaker, and is an utterance of its own. We remove "
    "the marks, and commas at its end.",
    open=lambda _: predict_with(start(Path(__file__).with_suffix(".mjs"))),
    node=("compromise@14.17.0",),
    programs=("node",),
    label_set="three",
)
