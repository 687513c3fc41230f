"""Schemas of other shapes than ours, for Label Studio: what a layout must not take for granted."""

from typing import Any

from spanproof.schema.schema import Schema

_SPAN = {"start": {"type": "integer", "minimum": 0}, "end": {"type": "integer", "minimum": 0}}

EVENTS: dict[str, Any] = {
    "title": "Events with arguments, in a group; labels that clash, hold commas, are numbers; members of every kind",
    "type": "object",
    "key": "url",
    "required": ["url", "source", "layers"],
    "properties": {
        "url": {"type": "string", "minLength": 1},
        "source": {"type": "string"},
        "tags": {"type": ["array", "null"], "items": {"type": "string"}},
        "headline": {"type": ["object", "null"], "spanOf": "source", "required": ["start", "end"], "properties": _SPAN},
        "layers": {
            "type": "object",
            "required": ["names", "events"],
            "properties": {
                "version": {"type": ["integer", "null"]},
                "names": {
                    "type": "array",
                    "key": "n",
                    "items": {
                        "type": "object",
                        "spanOf": "source",
                        "labelledBy": "kind",
                        "required": ["n", "start", "end", "kind"],
                        "properties": {
                            "n": {"type": "integer"},
                            **_SPAN,
                            "kind": {"type": ["string", "null"], "enum": ["a, b", "a b", "other", None]},
                            "rank": {"type": ["integer", "null"], "enum": [1, 2, 3, None]},
                            "sure": {"type": ["boolean", "null"]},
                            "weight": {"type": ["number", "null"]},
                            "count": {"type": "integer"},
                            "wiki": {"type": ["object", "null"], "properties": {"page": {"type": "string"}}},
                        },
                    },
                },
                "events": {
                    "type": "array",
                    "key": "id",
                    "items": {
                        "type": "object",
                        "required": ["id", "arguments"],
                        "properties": {
                            "id": {"type": "string"},
                            "type": {"type": "string", "enum": ["meet", "other"]},
                            "after": {"type": ["string", "null"], "refersTo": ["/layers/events/*/id"], "acyclic": True},
                            "arguments": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "required": ["role"],
                                    "properties": {
                                        "role": {"type": "string", "description": "who: who; what: what"},
                                        "name": {"type": ["integer", "null"], "refersTo": ["/layers/names/*/n"]},
                                        "known": {
                                            "type": ["integer", "null"],
                                            "refersTo": ["/layers/names/*/n", "/layers/names/*/start"],
                                        },
                                        "at": {
                                            "type": ["object", "null"],
                                            "spanOf": "source",
                                            "required": ["start", "end"],
                                            "properties": {**_SPAN, "text": {"type": "string"}},
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def events() -> Schema:
    """The compiled schema of events."""
    return Schema.of(EVENTS)
