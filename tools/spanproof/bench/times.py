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
_SCHEMA = {
    "type": "object",
    "key": "id",
    "required": ["id", "text", "spans", "times"],
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "dct": {
            "type": ["object", "null"],
            "timex3": {"value": "value"},
            "properties": {"value": {"type": "string"}},
        },
        "spans": {
            "type": "array",
            "items": {
                "type": "object",
                "spanOf": "text",
                "labelledBy": "label",
                "required": ["start", "end", "label"],
                "properties": {**_SPAN, "label": {"type": "string"}},
            },
        },
        "times": {
            "type": "array",
            "items": {
                "type": "object",
                "spanOf": "text",
                "timex3": {"type": "type", "value": "value"},
                "required": ["start", "end", "type", "value"],
                "properties": {**_SPAN, "type": {"type": "string", "enum": [*TIMES]}, "value": {"type": "string"}},
            },
        },
    },
}


def with_times(corpus: Corpus) -> Corpus:
    """Return a corpus with the expressions of time of its stand-off documents as a layer; another one as it is.

    What lacks its type or value keeps lacking it: whoever reads the layer is told by the check. Where none has both,
    TIMEX3 is a label like any other, and the corpus stays as it is.
    """
    if corpus.schema.json.get("$id") != _STAND_OFF:
        return corpus
    documents = list(corpus.documents())
    if not any(_is_time(span) for document in documents for span in document.get("spans") or ()):
        return corpus
    return Corpus.of([_divided(document) for document in documents], Schema.of(_SCHEMA))


def _divided(document: Document) -> dict[str, Any]:
    """Return a document whose spans of time stand in a list of their own, with its creation time."""
    spans = document.get("spans") or ()
    times = [_time(span) for span in spans if span["label"] == _TIMEX3 and not _is_creation_time(span)]
    others = [{name: span[name] for name in ("start", "end", "label")} for span in spans if span["label"] != _TIMEX3]
    created = next(_creation_times(document), None)
    dct = {"dct": {"value": created}} if created else {}
    return {"id": document["id"], "text": document["text"], **dct, "spans": others, "times": times}


def _is_time(span: Mapping[str, Any]) -> bool:
    attributes = span.get("attributes") or {}
    return span.get("label") == _TIMEX3 and all(attributes.get(name) for name in ("type", "value"))


def _time(span: Mapping[str, Any]) -> dict[str, Any]:
    attributes = span.get("attributes") or {}
    stated = {name: attributes[name] for name in ("type", "value") if name in attributes}
    return {"start": span["start"], "end": span["end"], **stated}


def _is_creation_time(one: Mapping[str, Any]) -> bool:
    return (one.get("attributes") or {}).get("functionInDocument") == "CREATION_TIME"


def _creation_times(document: Document) -> Iterator[str]:
    """Yield the values of what is called the creation time, be it in the text or in a head before it."""
    for one in (*(document.get("spans") or ()), *(document.get("relations") or ())):
        value = (one.get("attributes") or {}).get("value")
        if one.get("label") == _TIMEX3 and _is_creation_time(one) and isinstance(value, str):
            yield value
