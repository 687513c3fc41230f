"""Which layer of a schema answers a question."""

from typing import Any

import pytest

from spanproof.metrics.task_layers import layer_of_names
from spanproof.schema.schema import Schema


def schema_with(**policies: Any) -> Schema:
    """Layers with labels of OntoNotes, by their names, each with its policy or none."""
    item = {
        "type": "object",
        "spanOf": "text",
        "labelledBy": "label",
        "properties": {
            "start": {"type": "integer"},
            "end": {"type": "integer"},
            "label": {"type": "string", "enum": ["PERSON", "ORG"]},
        },
    }
    lists = {
        name: {"type": "array", "items": item, **({"policy": policy} if policy else {})}
        for name, policy in policies.items()
    }
    return Schema.of({"type": "object", "properties": {"text": {"type": "string"}, **lists}})


def test_names_are_mentions_and_no_tokens() -> None:
    with pytest.raises(ValueError, match="2 layers can be meant by names"):
        layer_of_names(schema_with(words=None, names=None), None)
    schema = schema_with(words={"role": "tokens"}, names=None)
    assert layer_of_names(schema, None).place == ("names", "*")
    assert layer_of_names(schema, "words").place == ("words", "*")
