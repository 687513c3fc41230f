"""A document whose text is rewritten, with all that transformations change: names, dates, marks, a quotation."""

import hashlib
from collections.abc import Mapping
from typing import Any

import regex

from spanproof.corpus.documents import Corpus
from spanproof.schema.paths import Registries

TEXT = (
    'Ana Silva said on February 18, 2025: "We meet in Kiev. All of us," and left.\n'
    "Silva’s friend Bo Ek came to Kiev on Feb.18, or the 19 February.\n\n"
    "Türkiye was SILVA country."
)
REGISTRIES: Registries = {
    "entities": {
        "ana": {"type": "PERSON", "aliases": ["Ana Silva", "Silva", "SILVA"]},
        "bo": {"type": "PERSON", "aliases": ["Bo Ek"]},
        "kyiv": {"type": "GPE", "aliases": ["Kiev", "Kyiv", "kyiv"]},
        "turkey": {"type": "GPE", "aliases": ["Türkiye"]},
    },
    "utterances": {"u": {}},
}


def spans(*surfaces: tuple[str, int, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Annotations of the nth occurrences of surfaces."""
    made = []
    for k, (surface, nth, members) in enumerate(surfaces):
        start = [match.start() for match in regex.finditer(regex.escape(surface), TEXT)][nth]
        made.append({"id": f"x{k}", "start": start, "end": start + len(surface), "text": surface, **members})
    return made


def named(surface: str, nth: int, label: str, entity: str) -> tuple[str, int, dict[str, Any]]:
    return surface, nth, {"label": label, "entity_id": entity}


def dated(surface: str, day: int, anchor: str | None = None) -> tuple[str, int, dict[str, Any]]:
    return surface, 0, {"type": "DATE", "value": f"2025-02-{day}", "mod": None, "anchor": anchor}


def part(surface: str) -> dict[str, Any]:
    start = TEXT.index(surface)
    return {"start": start, "end": start + len(surface), "text": surface}


DOCUMENT: dict[str, Any] = {
    "id": "a",
    "text": TEXT,
    "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    "language": "en",
    "dct": {"value": "2025-02-20", "source": "inferred", "evidence": "February 18, 2025"},
    "zones": [],
    "entities": spans(
        named("Ana Silva", 0, "PERSON", "ana"),
        named("Kiev", 0, "GPE", "kyiv"),
        named("Silva", 1, "PERSON", "ana"),
        named("Bo Ek", 0, "PERSON", "bo"),
        named("Kiev", 1, "GPE", "kyiv"),
        named("Türkiye", 0, "GPE", "turkey"),
        named("SILVA", 0, "PERSON", "ana"),
    ),
    "quotes": [
        {
            **spans(("We meet in Kiev. All of us,", 0, {"type": "direct", "speaker": "ana"}))[0],
            "source": part("Ana Silva"),
            "cue": part("said"),
            "continues": None,
            "utterance": "u",
        }
    ],
    "dates": spans(dated("February 18, 2025", 18), dated("Feb.18", 18, "dct"), dated("19 February", 19, "x1")),
}
CORPUS = Corpus.of([DOCUMENT], None, REGISTRIES)
