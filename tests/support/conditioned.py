"""A schema of references with conditions in every place where a reference may stand."""

from typing import Any

from spanproof.schema.schema import Schema

_INT = {"type": "integer", "minimum": 0}
_KIND = {"type": "string", "enum": ["PERSON", "ORG"]}
_PERSON = {"to": "/names/*/id", "where": {"kind": ["PERSON"]}}
_SAME = {"to": "/names/*/id", "where": {"kind": {"member": "kind"}}}
_ROLES = {"to": "/names/*/id", "where": {"kind": {"member": "kind", "allowed": {"ORG": ["PERSON", "ORG"]}}}}
_BESIDE = {"to": "/names/*/id", "where": {"boss": {"member": "boss"}}}


def _reference(*targets: Any, null: bool = False) -> dict[str, Any]:
    return {"type": ["string", "null"] if null else "string", "refersTo": list(targets)}


def _listed(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


_NAMES = {
    "type": "object",
    "spanOf": "text",
    "labelledBy": "kind",
    "required": ["id", "start", "end", "kind"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "start": _INT,
        "end": _INT,
        "kind": _KIND,
        "boss": _reference("/names/*/id", null=True),
    },
}
_ACTS = {
    "type": "object",
    "required": ["id", "kind", "who"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "kind": _KIND,
        "who": _reference(_SAME),
        "boss": _reference(_PERSON),
        "led": _reference(_BESIDE, null=True),
        "people": _listed(_reference(_PERSON, "/acts/*/id")),
        "alike": _listed(_reference(_SAME, null=True)),
        "pairs": _listed(_listed(_reference(_PERSON))),
        "sides": _listed(_listed(_reference(_ROLES))),
        "place": {
            "type": "object",
            "properties": {"kind": _KIND, "of": _reference(_SAME), "all": _listed(_reference(_SAME))},
        },
    },
}
CONDITIONED = Schema.of(
    {
        "type": "object",
        "key": "id",
        "required": ["id", "text", "names", "acts"],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "text": {"type": "string"},
            "names": {"type": "array", "key": "id", "overlap": "allow", "items": _NAMES},
            "acts": {"type": "array", "key": "id", "items": _ACTS},
            "lead": _reference(_PERSON),
            "leads": _listed(_listed(_reference(_PERSON, "/acts/*/id"))),
        },
    }
)
