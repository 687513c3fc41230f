"""Articles that break one rule, schemas with one keyword, and documents checked and corrected one at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.fix import corrected_of
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.schema.schema import Schema

BY_CODE = {rule.code: rule for rule in CATALOGUE}
ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}
SAID = {"id": "q1", "type": "direct", "start": 27, "end": 45, "text": "We meet in Lisbon.", "source": None, "cue": None}
QUOTE = {**SAID, "speaker": None, "continues": None, "utterance": "u"}


def correct(
    document: Any, schema: Schema, registries: Mapping[str, Any], ignore: Sequence[str] = ()
) -> tuple[Any, Sequence[Finding]]:
    """The corrected document, and the findings that ended."""
    return corrected_of(document, Corpus.of([], schema, registries), ignore=ignore)


def codes(*documents: Any, registries: Any = None) -> list[str]:
    """The codes of what the check finds in articles, in order."""
    return [finding.code for finding in check(Corpus.of(documents, None, registries)).findings]


def entity(**members: Any) -> dict[str, Any]:
    """A sound article with one entity, some of whose members are replaced."""
    return sound(entities=[{**ANA, **members}])


def bare(**keywords: Any) -> Schema:
    """Spans that don't store their text."""
    span = {"type": "object", "spanOf": "text", "properties": {n: {"type": "integer"} for n in ("start", "end")}}
    span["properties"]["of"] = {"type": "string"}  # type: ignore[index]
    names = {"type": "array", "items": span, **keywords}
    return Schema.of({"type": "object", "properties": {"text": {"type": "string"}, "names": names}})
