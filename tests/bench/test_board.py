"""Every layer of a foreign schema has a board of its own: none is left out in silence."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spanproof.bench.board import board, boards
from spanproof.bench.tables import difference_matrix, label_table
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import write
from spanproof.metrics import plain
from spanproof.metrics.score import Scores
from spanproof.metrics.task_layers import TASKS, layer_to_name, layers_of, tasks_of
from spanproof.schema.schema import Schema
from spanproof.systems.registry import systems
from spanproof.systems.system import System
from support.completions import completion, layer_of, part_of, server
from support.labelstudio_tasks import DOCUMENT

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


def test_a_layer_below_the_top_has_a_board(tmp_path: Path) -> None:
    nested = {
        "type": "object",
        "key": "id",
        "required": ["id", "text"],
        "properties": {
            "id": STRING,
            "text": STRING,
            "parts": {
                "type": "object",
                "properties": {"names": {"type": "array", "items": labelled("PER", "")}},
            },
        },
    }
    names = [{"start": 0, "end": 3, "kind": "PER"}, {"start": 4, "end": 8, "kind": ""}]
    documents = [{"id": str(k), "text": "Ana left.", "parts": {"names": names}} for k in range(2)]
    corpus = Corpus.of(documents, Schema.of(nested))
    (layer,) = layers_of(corpus)
    mine = System("mine", "1", "MIT", None, {layer: ("PER", "")}, "None.", lambda _: lambda _: ())
    write(corpus, tmp_path / "mine.jsonl")
    (found,), problems = boards(corpus, {"mine": (mine, tmp_path / "mine.jsonl")}, 2)
    assert (problems, found.scores["mine"].find("exact").value) == ({}, 1.0)
    table = label_table(found)
    assert table is not None
    assert [row[0] for row in table.rows] == ["all", "macro", "PER", '""']


@pytest.mark.slow
@pytest.mark.full
def test_documents_that_a_model_was_shown_are_scored_by_no_report(gold: Path, tmp_path: Path) -> None:
    others = [{**GOLD, "id": name} for name in ("b", "c")]
    gold.write_text("\n".join(json.dumps(document) for document in (GOLD, *others)))
    out = tmp_path / "out"
    asked_of = ("--corpus", gold, "--out", out, "--layer", "findings", "--resamples", 2)
    with server(lambda body, _: completion(json.dumps({layer_of(body): SAID[layer_of(body)]}))) as (url, _):
        assert spanproof(gold, "bench", "run", f"openai:m@{url}", *asked_of, "--example", "b").exit_code == 0
        assert spanproof(gold, "bench", "run", f"openai:n@{url}", *asked_of).exit_code == 0
    report = spanproof(gold, "bench", "report", out, "--corpus", gold, "--page", tmp_path / "page")
    assert report.exit_code == 0, report.output
    assert "not scored, since a system was shown them: b" in report.stderr
    (board,) = json.loads((tmp_path / "page" / "scores.json").read_bytes())["boards"]
    assert {coverage["documents"] for coverage in board["coverage"].values()} == {2}
    assert {score["n"][0] for scores in board["scores"].values() for score in scores if not score["part"]} >= {4}


@pytest.mark.slow
def test_a_stress_test_of_foreign_layers_measures_and_shrinks_them(gold: Path, tmp_path: Path) -> None:
    def answer(body: dict[str, Any], _: int) -> Any:
        said = SAID[layer_of(body)] if "left and right" in part_of(body) else []
        return completion(json.dumps({layer_of(body): said}))

    names = ("--transformation", "no-break-spaces", "--transformation", "lower", "--out", tmp_path / "out")
    with server(answer) as (url, _):
        stressed = spanproof(gold, "bench", "stress", f"openai:m@{url}", "--corpus", gold, *names)
    assert stressed.exit_code == 0, stressed.output
    (system,) = json.loads(stressed.stdout)["systems"]
    spaces = {effect["layer"]: effect for effect in system["effects"]["no-break-spaces"]}
    assert {layer: effect["before"] for layer, effect in spaces.items()} == {
        "aspects": 1.0,
        "opinions": 0.5,
        "findings": 1.0,
        "remarks": 0.0,
    }
    assert {effect["after"] for effect in spaces.values()} == {0.0}
    assert {effect["same"] for effect in system["effects"]["lower"] if effect["layer"] != "remarks"} == {1.0}


@pytest.mark.slow
@pytest.mark.full
def test_a_built_in_system_is_stressed_and_shrunk_in_the_words_of_another_schema(tmp_path: Path) -> None:
    when = {**SPAN["properties"], "value": STRING, "type": {**STRING, "enum": ["DATE", "TIME", "DURATION", "SET"]}}
    times = {**SPAN, "type": "object", "timex3": {"type": "type", "value": "value"}, "properties": when}
    schema = {**REVIEWS, "properties": {"id": STRING, "text": STRING, "when": {"type": "array", "items": times}}}
    (tmp_path / "reviews.schema.json").write_text(json.dumps(schema))
    text = "They met right now."
    date = {"start": 9, "end": 18, "type": "DATE", "value": "PRESENT_REF"}
    path = tmp_path / "reviews.jsonl"
    path.write_text(json.dumps({"id": "a", "text": text, "when": [date]}))
    names = ("--transformation", "no-break-spaces", "--shrink", "--examples", 20, "--out", tmp_path / "out")
    result = spanproof(path, "bench", "stress", "timex-baseline", "--corpus", path, *names)
    assert result.exit_code == 0, result.output
    (system,) = json.loads(result.stdout)["systems"]
    assert next(effect["layer"] for effect in system["effects"]["no-break-spaces"]) == "when"
    (broken,) = system["broken"]
    assert broken["before"]["text"] == "right now"
    assert [date["type"] for date in broken["before"]["when"]] == ["DATE"]


@pytest.mark.parametrize(("of_gold", "of_prediction", "tasks"), [
    ("ana", "x", ["entities", "clusters"]), (None, "x", ["entities"]), ("ana", None, ["entities"])])  # fmt: skip
def test_clusters_are_scored_where_gold_and_prediction_have_some(
    tmp_path: Path, of_gold: str | None, of_prediction: str | None, tasks: list[str]
) -> None:
    (name,) = DOCUMENT["entities"]
    gold, predicted = (
        Corpus.of([{**DOCUMENT, "entities": [{**name, "entity_id": entity}]}]) for entity in (of_gold, of_prediction)
    )
    write(predicted, tmp_path / "p.jsonl")
    system = replace(systems(()).find("gazetteer"), predicts={"entities": ("PERSON",)})
    found, problems = boards(gold, {"gazetteer": (system, tmp_path / "p.jsonl")}, 0)
    assert ([board.task for board in found], problems) == (tasks, {})


def names_of(most: list[int]) -> Scores:
    """The score of a prediction that has so many of the four names of each document."""
    texts, spans = ["Ana met Bo in Rio, and Eva."] * len(most), [(0, 3), (8, 10), (14, 17), (23, 26)]
    gold = [[(*span, "NAME") for span in spans]] * len(most)
    return plain.score(texts, gold, [every[:n] for every, n in zip(gold, most, strict=True)], resamples=200)


def test_the_better_one_stands_in_the_row_and_bold_is_what_is_told_apart() -> None:
    for documents, bold in ((5, "interval"), (12, "p")):
        few, many, like = ([n] * (documents - 1) + [n + 1] for n in (1, 2, 2))
        like = [2, 2, *like[2:]]
        like[0], like[-1] = like[-1], like[0]
        of = board("entities", {"few": names_of(few), "many": names_of(many), "like": names_of(like)})
        matrix = difference_matrix(of, "strict")
        assert matrix is not None
        assert matrix.header == ("exact, strict", "like", "few"), bold
        (name, against_like, against_few), (second, empty, _) = matrix.rows
        assert (name, second, empty) == ("many", "like", "")
        assert re.fullmatch(r"\*\*\+0\.\d{3} \[\+0\.\d{3}, \+0\.\d{3}\]\*\*", against_few)
        assert re.fullmatch(r"\+0\.000 \[-0\.\d{3}, \+0\.\d{3}\]", against_like)
