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


def _named(label: list[str]) -> dict[str, Any]:
    """A list of spans with a key and a label."""
    kind = {"type": "string", "enum": label}
    members = {"id": {"type": "string", "minLength": 1}, **_SPAN, "text": {"type": "string"}, "kind": kind}
    item = {"type": "object", "spanOf": "text", "labelledBy": "kind", "required": list(members), "properties": members}
    return {"type": "array", "key": "id", "overlap": "forbid", "items": {**item, "additionalProperties": False}}


def _relating(types: list[str], head: str, tail: str, **more: Any) -> dict[str, Any]:
    """A list of objects that relate the annotations of two lists."""
    layers = {"head": head, "tail": tail}
    ends = {name: {"type": "string", "refersTo": [f"/{layer}/*/id"]} for name, layer in layers.items()}
    members = {"type": {"type": "string", "enum": types}, **ends, "note": {"type": ["string", "null"]}}
    item = {"type": "object", "required": ["type", *ends], "properties": members, "additionalProperties": False}
    return {"type": "array", "items": {**item, **more}}


CORRESPONDENCE: dict[str, Any] = {
    "title": "Letters: persons, places, and relations between them, with the keyword and without",
    "type": "object",
    "key": "name",
    "required": ["name", "text", "persons", "places", "relations", "kinship"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "text": {"type": "string"},
        "sent": {"type": ["string", "null"]},
        "persons": _named(["sender", "receiver", "other"]),
        "places": _named(["town", "country"]),
        "relations": _relating(["lives-in", "writes-from"], "persons", "places"),
        "kinship": _relating(
            ["parent", "sibling"],
            "persons",
            "persons",
            labelledBy="type",
            relation={"ends": ["head", "tail"], "irreflexive": True, "symmetric": ["sibling"]},
        ),
    },
}


def correspondence() -> Schema:
    """The compiled schema of letters with relations."""
    return Schema.of(CORRESPONDENCE)
