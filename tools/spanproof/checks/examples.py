"""The sound article, that every rule's example is a change of."""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from spanproof.checks.rule import Rule
from spanproof.schema.schema import Schema

SOUND: Mapping[str, Any] = MappingProxyType(
    {
        "id": "example",
        "text": "Ana Silva said on Monday: “We meet in Lisbon.”",
        "language": "en",
        "dct": {"value": "2025-02-26", "source": "inferred", "evidence": "Monday"},
        "zones": [],
        "entities": [],
        "quotes": [],
        "dates": [],
    }
)

ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana-silva"}
LISBON = {"id": "e2", "start": 38, "end": 44, "text": "Lisbon", "label": "GPE", "entity_id": "lisbon"}
PLACE = {"label": "GPE", "entity_id": "lisbon"}


def one_entity(start: Any, end: Any, text: str, **members: Any) -> list[dict[str, Any]]:
    """Return the members of a sound article with one entity, at these offsets and with this surface."""
    return [{"entities": [{**ANA, "start": start, "end": end, "text": text, **members}]}]


def sound(**members: Any) -> dict[str, Any]:
    """Return the sound article with some members replaced; the hash follows the text."""
    document = {**SOUND, **members}
    document.setdefault("sha256", hashlib.sha256(document["text"].encode("utf-8", "surrogatepass")).hexdigest())
    return document


_QUOTE = {
    "id": "q1",
    "type": "direct",
    "start": 27,
    "end": 45,
    "text": "We meet in Lisbon.",
    "source": None,
    "cue": None,
}
_DATE = {"id": "d1", "start": 18, "end": 24, "text": "Monday", "type": "DATE", "value": "2025-02-24", "mod": None}
_ENTITY = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": None}
PUBLISHED = sound(
    entities=[_ENTITY],
    quotes=[{**_QUOTE, "speaker": None, "continues": None, "utterance": "meeting-in-lisbon"}],
    dates=[{**_DATE, "anchor": "dct"}],
)


def broken(rule: Rule) -> list[dict[str, Any]]:
    """Return the documents that break a rule."""
    return completed(rule, rule.bad)


def schema_of(rule: Rule) -> Schema:
    """Return the schema of a rule's examples."""
    return Schema.article() if rule.schema is None else Schema.of(rule.schema)


def completed(rule: Rule, examples: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return examples of a rule as whole documents: of its own schema as they are, else as members of an article."""
    return [dict(document) if rule.schema is not None else sound(**document) for document in examples]
