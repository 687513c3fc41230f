"""Every layer of a foreign schema has a board of its own: none is left out in silence."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.metrics.task_layers import TASKS, layer_to_name, layers_of, tasks_of
from spanproof.schema.schema import Schema
from support.completions import completion, layer_of, server

INTEGER, STRING = {"type": "integer"}, {"type": "string"}
SPAN = {"spanOf": "text", "required": ["start", "end"], "properties": {"start": INTEGER, "end": INTEGER}}


def labelled(*labels: str) -> dict[str, Any]:
    members = {**SPAN["properties"], "kind": {**STRING, "enum": list(labels)}}
    return {**SPAN, "type": "object", "labelledBy": "kind", "required": ["start", "end", "kind"], "properties": members}


FINDING = {
    "type": "object",
    "annotationOf": {"fragments": "pieces"},
    "labelledBy": "kind",
    "required": ["pieces", "kind"],
    "properties": {
        "pieces": {"type": "array", "minItems": 1, "items": {"type": "object", **SPAN}},
        "kind": {**STRING, "enum": ["ORGAN", "PAIN"]},
    },
}
REVIEWS = {
    "type": "object",
    "key": "id",
    "required": ["id", "text"],
    "properties": {
        "id": STRING,
        "text": STRING,
        "aspects": {"type": "array", "items": labelled("FOOD", "STAFF")},
        "opinions": {"type": "array", "items": labelled("GOOD", "BAD")},
        "findings": {"type": "array", "items": FINDING},
        "remarks": {"type": "array", "items": {"type": "object", **SPAN}},
    },
}
TEXT = "The soup was fine and the cook kind, but my left and right arm hurt."


def at(words: str) -> dict[str, int]:
    return {"start": TEXT.index(words), "end": TEXT.index(words) + len(words)}


GOLD = {
    "id": "a",
    "text": TEXT,
    "aspects": [{**at("soup"), "kind": "FOOD"}, {**at("cook"), "kind": "STAFF"}],
    "opinions": [{**at("fine"), "kind": "GOOD"}, {**at("kind"), "kind": "GOOD"}, {**at("hurt"), "kind": "BAD"}],
    "findings": [
        {"pieces": [at("left"), at("arm")], "kind": "ORGAN"},
        {"pieces": [at("hurt")], "kind": "PAIN"},
    ],
    "remarks": [at("my left and right arm hurt")],
}
SAID: dict[str, list[dict[str, Any]]] = {
    "aspects": [{"text": "soup", "kind": "FOOD"}, {"text": "cook", "kind": "STAFF"}],
    "opinions": [{"text": "fine", "kind": "GOOD"}, {"text": "dreadful", "kind": "BAD"}],
    "findings": [{"text": ["left", "arm"], "kind": "ORGAN"}, {"text": ["hurt"], "kind": "PAIN"}],
    "remarks": [],
}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    (tmp_path / "reviews.schema.json").write_text(json.dumps(REVIEWS))
    path = tmp_path / "reviews.jsonl"
    path.write_text(json.dumps(GOLD))
    return path


def spanproof(gold: Path, *arguments: object) -> Result:
    schema = ("--schema", gold.with_name("reviews.schema.json"), "--resamples", 2, "--output", "json")
    result = CliRunner().invoke(main, [str(argument) for argument in (*arguments, *schema)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def exact(result: Result) -> dict[str, Any]:
    """The exact F1 of the first system on each board, by task and layer."""
    boards = json.loads(result.stdout)["boards"]
    first = {f"{of['task']} {of['layer']}": next(iter(of["scores"].values())) for of in boards}
    return {name: next(s["value"] for s in scores if s["measure"] == "exact") for name, scores in first.items()}


@pytest.mark.slow
def test_a_model_is_asked_and_scored_on_every_layer_discontinuous_ones_too(gold: Path, tmp_path: Path) -> None:
    with server(lambda body, _: completion(json.dumps({layer_of(body): SAID[layer_of(body)]}))) as (url, asked):
        result = spanproof(gold, "bench", "run", f"openai:m@{url}", "--corpus", gold, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert {layer_of(body) for body in asked} == set(SAID)
    values = exact(result)
    # Two of three opinions are missed, and what stands nowhere is spurious: 2 * 1 / (3 + 2).
    assert values == {
        "entities aspects": 1.0,
        "entities opinions": 0.4,
        "annotations findings": 1.0,
        "annotations remarks": 0.0,
    }
    assert exact(spanproof(gold, "bench", "report", tmp_path / "out", "--corpus", gold)) == values
    page = spanproof(gold, "bench", "report", tmp_path / "out", "--corpus", gold, "--page", tmp_path / "page")
    assert page.exit_code == 0, page.output
    told = (tmp_path / "page" / "README.md").read_text("utf-8")
    assert all(
        f"## {title}" in told for title in ("entities, aspects", "annotations, findings", "annotations, remarks")
    )
    assert (tmp_path / "page" / "errors-entities-opinions.md").is_file()


def test_score_has_a_board_for_every_layer_that_gold_and_a_prediction_have(gold: Path, tmp_path: Path) -> None:
    assert exact(spanproof(gold, "score", gold, gold)) == {
        "entities aspects": 1.0,
        "entities opinions": 1.0,
        "annotations findings": 1.0,
        "annotations remarks": 1.0,
    }
    mine = tmp_path / "mine.jsonl"
    mine.write_text(json.dumps({**GOLD, "opinions": [], "findings": [], "remarks": []}))
    fewer = spanproof(gold, "score", gold, mine)
    assert exact(fewer) == {"entities aspects": 1.0, "entities opinions": 0.0}
    assert "not scored, since no prediction has anything there: findings, remarks (--layer findings" in fewer.stderr
    assert fewer.exit_code == 1, "opinions are empty"
    assert exact(spanproof(gold, "score", gold, mine, "--layer", "findings")) == {"annotations findings": 0.0}
    assert exact(spanproof(gold, "score", gold, mine, "--task", "annotations", "--layer", "aspects")) == {
        "annotations aspects": 1.0
    }


def test_no_layer_of_a_schema_is_without_a_task() -> None:
    article = Schema.article()
    reviews = Corpus.of([GOLD], Schema.of(REVIEWS))
    assert [layer for _, layer in tasks_of(reviews.schema, layers_of(reviews))] == list(SAID)
    assert dict(tasks_of(article, ("damage", "entities", "zones"))) == {"annotations": "zones", "entities": "entities"}
    assert {task for task, _ in tasks_of(article, ("entities", "quotes", "dates"))} < set(TASKS)
    assert layer_to_name(article, "entities", "entities") is None
    assert layer_to_name(article, "entities", "damage") == "damage"
    assert tasks_of(article, ("nothing",)) == []
