"""The sound article that every rule's example is a change of."""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from spanproof.rule import Rule
from spanproof.schema import Schema, article

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


def sound(**members: Any) -> dict[str, Any]:
    """The sound article with some members replaced; the hash follows the text."""
    document = {**SOUND, **members}
    document.setdefault("sha256", hashlib.sha256(document["text"].encode("utf-8", "surrogatepass")).hexdigest())
    return document


def broken(rule: Rule) -> tuple[Sequence[dict[str, Any]], Schema]:
    """The documents that break a rule, and their schema."""
    if rule.bad_schema is not None:
        return [dict(document) for document in rule.bad], Schema.of(rule.bad_schema)
    return [sound(**document) for document in rule.bad], article()
