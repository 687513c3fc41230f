"""Expressions of time in stand-off documents: spans that TimeML calls TIMEX3 become a layer with type and value."""

from collections.abc import Iterator, Mapping
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems.labels import TIMES

_STAND_OFF = "urn:spanproof:schema:stand-off"
_TIMEX3 = "TIMEX3"
_SPAN = {"start": {"type": "integer", "minimum": 0}, "end": {"type": "integer", "minimum": 0}}
_TIMES = {
    "type": "array",
    "items": {
        "type": "object",
        "spanOf": "text",
        "timex3": {"type": "type", "value": "value"},
        "required": ["start", "end", "type", "value"],
        "properties": {**_SPAN, "type": {"type": "string", "enum": [*TIMES]}, "value": {"type": "string"}},
    },
}
_CREATION = {
    "type": ["object", "null"],
    "timex3": {"value": "value"},
    "properties": {"value": {"type": "string"}},
}


def with_times(corpus: Corpus, gold: Corpus | None = None) -> Corpus:
    """Return a corpus with the expressions of time of its stand-off documents as a layer; another one as it is.

    What lacks its type or value keeps lacking it: whoever reads the layer is told by the check. Where none has both,
    TIMEX3 is a label like any other, and the corpus stays as it is.

    Args:
        corpus: the corpus.
        gold: the reference, for a prediction, which has the layer if this has.
    """
    if corpus.schema.json.get("$id") != _STAND_OFF:
        return corpus
    spans = (span for document in corpus.documents() for span in document.get("spans") or ())
    if not (any(map(_is_time, spans)) if gold is None else has_times(gold)):
        return corpus
    return Corpus.of([_divided(document) for document in corpus.documents()], Schema.of(_with_layer()))


def has_times(corpus: Corpus) -> bool:
    """Say whether a corpus is stand-off documents with the expressions of time as a layer."""
    return corpus.schema.json == _with_layer()


def _with_layer() -> dict[str, Any]:
    """Return the schema of stand-off documents whose expressions of time are a layer."""
    properties = {name: Schema.stand_off().json["properties"][name] for name in ("id", "text", "spans")}
    required = [*properties, "times"]
    properties |= {"dct": _CREATION, "times": _TIMES}
    return {"type": "object", "key": "id", "required": required, "properties": properties}


def _divided(document: Document) -> dict[str, Any]:
    """Return a document whose spans of time stand in a list of their own, with its creation time."""
    spans = document.get("spans") or ()
    times = [_time(span) for span in spans if _is_timex3(span) and not _is_creation_time(span)]
    others = [span for span in spans if not _is_timex3(span)]
    created = next(_creation_times(document), None)
    dct = {"dct": {"value": created}} if created else {}
    known = {name: document[name] for name in ("id", "text") if name in document}
    return {**known, **dct, "spans": others, "times": times}


def _is_timex3(one: Any) -> bool:
    return isinstance(one, Mapping) and one.get("label") == _TIMEX3


def _is_time(span: Any) -> bool:
    return _is_timex3(span) and all((span.get("attributes") or {}).get(name) for name in ("type", "value"))


def _time(span: Mapping[str, Any]) -> dict[str, Any]:
    whole = {**(span.get("attributes") or {}), **span}
    return {name: whole[name] for name in ("start", "end", "type", "value") if name in whole}


def _is_creation_time(one: Mapping[str, Any]) -> bool:
    return (one.get("attributes") or {}).get("functionInDocument") == "CREATION_TIME"


def _creation_times(document: Document) -> Iterator[str]:
    """Yield the values of what is called the creation time, be it in the text or in a head before it."""
    for one in (*(document.get("spans") or ()), *(document.get("relations") or ())):
        if _is_timex3(one) and _is_creation_time(one) and isinstance(value := one["attributes"].get("value"), str):
            yield value
