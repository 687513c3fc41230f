"""Answers of a language model in Label Studio: what is likely only, and what has no place, is said in the task."""

import signal
from collections.abc import Sequence
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the backend is tested with spanproof[labelstudio]")

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.predictions import faults
from spanproof.corpus.documents import Corpus
from spanproof.labelstudio import client, projects
from spanproof.labelstudio.backend import answer
from spanproof.labelstudio.pull import pull
from spanproof.labelstudio.server import Server
from spanproof.labelstudio.to_task import to_task
from spanproof.schema.schema import Schema
from spanproof.systems.llm.endpoint import make
from spanproof.systems.llm.question import schema_layers
from support.completions import Reply, completion, layer_of, server
from support.serving import address_of, process

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


@pytest.mark.slow
@pytest.mark.xdist_group("label-studio")
def test_a_label_studio_shows_what_a_model_answered(label_studio: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model behind `serve`, asked by a real server: levels and what has no place arrive, and nobody has to pull."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    schema, text = Schema.article(), "Ana left Lisbon."
    article = sound(id="a", text=text, entities=[])

    def said_by_model(body: dict[str, Any], _: int) -> Reply:
        return completion(ANSWERS % EVE if layer_of(body) == "entities" else f'{{"{layer_of(body)}": []}}')

    sdk = client.connect(label_studio.url, label_studio.token)
    with server(said_by_model) as (endpoint, asked), process("--system", f"openai:m@{endpoint}", "--port", "0") as own:
        project = projects.create(sdk, "A model's answers", schema)
        sdk.projects.import_tasks(project.id, request=[{"data": to_task(article, schema)["data"]}])
        made = sdk.ml.create(project=project.id, url=address_of(own), title="model", is_interactive=True, timeout=30)
        assert sdk.ml.get(id=str(made.id)).state == "CO"
        chosen = {"all": True, "excluded": []}
        sdk.actions.create(id="retrieve_tasks_predictions", project=project.id, selected_items=chosen)
        (task,) = client.fetch(project)
        (prediction,) = task["predictions"]
        own.send_signal(signal.SIGINT)
        assert own.communicate(timeout=20)[1].endswith("stopped\n")
    assert {layer_of(body) for body in asked} >= {"entities"}
    lost = "not placed in this text: entities: 'Eve' doesn't occur in the text"
    assert notes([prediction]) == [[[lost], ["its place is likely, not proved"]]]
    spans = [item["value"]["text"] for item in prediction["result"] if item["type"] == "labels"]
    assert spans == ["Ana", "Lisbon"]
    assert pull(Corpus.of([article]), sdk, check, project.title).documents == {}


def test_what_a_schema_lists_can_be_asked_for() -> None:
    assert {"entities", "quotes", "dates"} <= schema_layers(Schema.article()).keys()
    with pytest.raises(ValueError, match="a model can be asked for nothing: the schema has no list of spans"):
        schema_layers(Schema.of({"type": "object", "properties": {"text": {"type": "string"}}}))
