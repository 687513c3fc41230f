"""A schema of quotations in fragments, events whose roles are typed, relations between them, and relations of time."""

from spanproof.schema.schema import Schema

_INT = {"type": "integer", "minimum": 0}
_SPAN = {
    "type": "object",
    "spanOf": "text",
    "required": ["start", "end"],
    "properties": {"start": _INT, "end": _INT, "text": {"type": "string"}},
}
_MENTIONS = {
    "type": "array",
    "key": "id",
    "overlap": "nest",
    "items": {
        "type": "object",
        "annotationOf": {"fragments": "pieces", "text": "words", "joinedBy": " … "},
        "labelledBy": "kind",
        "required": ["id", "pieces", "kind"],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "pieces": {"type": "array", "items": _SPAN},
            "words": {"type": ["string", "null"]},
            "kind": {"type": "string", "enum": ["PERSON", "ORG"]},
        },
    },
}
_QUOTES = {
    "type": "array",
    "overlap": "forbid",
    "items": {
        "type": "object",
        "annotationOf": {"fragments": "content"},
        "quotation": {"type": "type", "direct": "direct", "parts": ["source", "cue"]},
        "required": ["content", "type", "source", "cue"],
        "properties": {
            "content": {"type": "array", "items": _SPAN},
            "type": {"type": "string", "enum": ["direct", "indirect"]},
            "source": {"type": "array", "items": _SPAN},
            "cue": {**_SPAN, "type": ["object", "null"]},
        },
    },
}
_RELATIONS = {
    "type": "array",
    "items": {
        "type": "object",
        "labelledBy": "type",
        "relation": {
            "ends": ["from", "to"],
            "symmetric": ["KNOWS"],
            "irreflexive": True,
            "unique": True,
            "signatures": {"WORKS_FOR": [["PERSON"], ["ORG"]]},
        },
        "required": ["type", "from", "to"],
        "properties": {
            "type": {"type": "string", "enum": ["KNOWS", "WORKS_FOR"]},
            "from": {"type": "string", "refersTo": ["/mentions/*/id"]},
            "to": {"type": "string", "refersTo": ["/mentions/*/id"]},
        },
    },
}
_LINKS = {
    "type": "array",
    "items": {
        "type": "object",
        "labelledBy": "relType",
        "relation": {"ends": [["from", "event"], "to"]},
        "temporal": {"meanings": {"UNSURE": None}},
        "required": ["relType", "to"],
        "properties": {
            "relType": {"type": "string"},
            "from": {"type": ["string", "null"], "refersTo": ["/mentions/*/id"]},
            "event": {"type": "string", "refersTo": ["/events/*/id"]},
            "to": {"type": "string", "refersTo": ["/mentions/*/id"]},
        },
    },
}
_EVENTS = {
    "type": "array",
    "key": "id",
    "items": {
        "type": "object",
        "required": ["id", "role", "who"],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "role": {"type": "string", "enum": ["PERSON", "ORG", "Theme"]},
            "who": {
                "type": "string",
                "refersTo": [
                    {
                        "to": "/mentions/*/id",
                        "where": {"kind": {"member": "role", "allowed": {"PERSON": ["PERSON"], "ORG": ["ORG"]}}},
                    }
                ],
            },
            "named": {
                "type": ["string", "null"],
                "refersTo": [{"to": "/mentions/*/id", "where": {"kind": {"member": "role"}}}],
            },
            "people": {
                "type": "array",
                "items": {
                    "type": "string",
                    "refersTo": [{"to": "/mentions/*/id", "where": {"kind": ["PERSON"]}}, "/events/*/id"],
                },
            },
        },
    },
}
_FLAG = {"type": "boolean", "derived": {"covers": "/names"}}
_SENTENCE = {
    **_SPAN,
    "properties": {
        **_SPAN["properties"],  # type: ignore[dict-item]
        "named": _FLAG,
        "words": {"type": "array", "items": {"type": "string"}},
        "line": {"type": "string", "derived": {"joins": "words/*", "joinedBy": "|"}},
    },
}
LINKED = Schema.of(
    {
        "type": "object",
        "key": "id",
        "required": ["id", "text", "mentions", "quotes", "relations", "links"],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "text": {"type": "string"},
            "mentions": _MENTIONS,
            "quotes": _QUOTES,
            "relations": _RELATIONS,
            "links": _LINKS,
            "events": _EVENTS,
            "names": {"type": "array", "items": _SPAN},
            "sentences": {"type": "array", "items": _SENTENCE},
        },
    }
)
