"""The repository, and a second schema with a document of it: other layers than an article's."""

from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

LETTERS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A letter: other layers than an article's",
    "type": "object",
    "key": "name",
    "required": ["name", "body", "persons", "mentions"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "subject": {"type": ["string", "null"]},
        "body": {"type": "string"},
        "year": {"type": ["integer", "null"]},
        "weight": {"type": ["number", "null"]},
        "sealed": {"type": ["boolean", "null"]},
        "persons": {
            "type": "array",
            "key": "n",
            "overlap": "forbid",
            "items": {
                "type": "object",
                "spanOf": "body",
                "labelledBy": "role",
                "required": ["n", "start", "end", "role"],
                "additionalProperties": False,
                "properties": {
                    "n": {"type": "string"},
                    "start": {"type": "integer", "minimum": 0},
                    "end": {"type": "integer", "minimum": 0},
                    "role": {"type": "string", "enum": ["sender", "receiver"]},
                },
            },
        },
        "mentions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["of", "fragments"],
                "additionalProperties": False,
                "properties": {
                    "of": {"type": "string", "refersTo": ["/persons/*/n"]},
                    "fragments": {
                        "type": "array",
                        "inOrder": True,
                        "items": {
                            "type": "object",
                            "spanOf": "body",
                            "required": ["start", "end"],
                            "additionalProperties": False,
                            "properties": {
                                "start": {"type": "integer"},
                                "end": {"type": "integer"},
                                "text": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                            },
                        },
                    },
                },
            },
        },
    },
}

LETTER: dict[str, Any] = {
    "name": "first",
    "subject": None,
    "body": "Dear Zoë, my 👩‍👧 and I gave it all up. Ana",
    "year": 1925,
    "weight": 0.5,
    "sealed": True,
    "persons": [
        {"n": "p1", "start": 5, "end": 8, "role": "receiver"},
        {"n": "p2", "start": 39, "end": 42, "role": "sender"},
    ],
    "mentions": [
        {"of": "p2", "fragments": [{"start": 23, "end": 27, "text": "gave"}, {"start": 35, "end": 37, "text": "up"}]}
    ],
}
