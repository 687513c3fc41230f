"""A document that nobody has annotated yet: a text, what is known of it, and empty layers."""

import hashlib
from collections.abc import Mapping
from typing import Any

from spanproof.schema.layers import holds_spans
from spanproof.schema.node import Node
from spanproof.schema.schema import Schema


def blank(text: str, name: str, schema: Schema, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document of a text without annotations.

    Args:
        text: the text.
        name: what identifies the document, where the schema has a key.
        schema: what a document is.
        members: what else is known of it, by member of the document.

    Raises:
        ValueError: the schema has no such member, no text or several, or demands a member that isn't given.
    """
    if len(schema.texts) != 1:
        raise ValueError(f"the schema has the texts {', '.join(sorted(schema.texts)) or 'none'}; expected one")
    (member,) = schema.texts
    known = {**members, member: text} | ({schema.key: name} if schema.key else {})
    for other in known:
        if other not in schema.root.fields:
            names = ", ".join(schema.root.fields)
            raise ValueError(f"{other} isn't a member of a document of the schema; expected one of {names}")
    document = {**_empty(schema, schema.root, text), **known}
    missing = [other for other, node in schema.root.fields.items() if node.required and other not in document]
    if missing:
        raise ValueError(f"the schema demands {', '.join(missing)}; expected a value for each")
    return {other: document[other] for other in schema.root.fields if other in document}


def _empty(schema: Schema, node: Node, text: str) -> dict[str, Any]:
    """Return what an object has when nothing is known of it: empty layers, nulls, the hash of its text."""
    members: dict[str, Any] = {}
    for name, sub in node.fields.items():
        if sub.hash_of:
            members[name] = hashlib.sha256(text.encode()).hexdigest()
        elif not sub.required:
            continue
        elif sub.nullable:
            members[name] = None
        elif sub.kind == "array":
            members[name] = []
        elif sub.kind == "object" and holds_spans(schema, sub) and not sub.span_of:
            members[name] = _empty(schema, sub, text)
    return members
