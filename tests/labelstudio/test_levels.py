"""Answers of a language model in Label Studio: what is likely only, and what has no place, is said in the task."""

from collections.abc import Sequence
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the backend is tested with spanproof[labelstudio]")

from spanproof.checks.predictions import faults
from spanproof.labelstudio.backend import answer
from spanproof.schema.schema import Schema
from spanproof.systems.llm.endpoint import make
from spanproof.systems.llm.question import schema_layers
from support.completions import Reply, completion, layer_of, server

ANSWERS = '{"entities": [{"text": "Ana", "label": "PERSON"}, {"text": "lisbon", "label": "GPE"}, %s]}'
EVE = '{"text": "Eve", "label": "PERSON"}'


def notes(results: Sequence[dict[str, object]]) -> list[list[list[str]]]:
    return [[item["meta"].get("text", []) for item in one["result"] if "meta" in item] for one in results]  # type: ignore


def test_a_likely_place_and_what_has_none_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    schema = Schema.article()
    tasks = [
        {"id": k, "data": {"text": "Ana left Lisbon.", "dct": "2025-02-26", "id": f"a{k}", "language": "en"}}
        for k in range(2)
    ]

    def said_by_model(body: dict[str, Any], _: int) -> Reply:
        return completion(ANSWERS % EVE if layer_of(body) == "entities" else f'{{"{layer_of(body)}": []}}')

    with server(said_by_model) as (url, _):
        system = make(f"m@{url}")
        said = answer(tasks, system, system.load(), schema, faults)
    lost = "not placed in this text: entities: 'Eve' doesn't occur in the text"
    assert notes(said.results) == [[[lost], ["its place is likely, not proved"]]] * 2
    assert said.warnings == tuple(f"a{k}: not placed: entities: 'Eve' doesn't occur in the text" for k in range(2))
    assert {item["model_version"] for item in said.results} == {system.signature}


def test_what_a_schema_lists_can_be_asked_for() -> None:
    assert {"entities", "quotes", "dates"} <= schema_layers(Schema.article()).keys()
    with pytest.raises(ValueError, match="a model can be asked for nothing: the schema has no list of spans"):
        schema_layers(Schema.of({"type": "object", "properties": {"text": {"type": "string"}}}))
