"""Gold and predictions of different shapes: the names of both over the same texts, and what is no such pair."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import spanproof
from spanproof.cli import main

CONLL = "Ana B-PER\nmet O\nBo B-PER\n. O\n\nParis B-LOC\nfell O\n. O\n"
TEXT = "Ana met Bo .\nParis fell ."
RIGHT = [[0, 3, "PER"], [8, 10, "PER"], [13, 18, "LOC"]]


def scored(folder: Path, text: str, spans: list[list[object]], *options: str) -> tuple[int, str, str]:
    (folder / "gold.conll").write_text(CONLL, "utf-8")
    (folder / "guess.jsonl").write_text(json.dumps({"text": text, "label": spans}) + "\n", "utf-8")
    asked = ["score", str(folder / "gold.conll"), str(folder / "guess.jsonl"), "--resamples", "10", *options]
    result = CliRunner().invoke(main, asked)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(("spans", "f1"), [(RIGHT, 1.0), (RIGHT[:2], 0.8), ([*RIGHT[:2], [13, 18, "ORG"]], 2 / 3)])
def test_gold_of_conll_is_compared_with_predictions_of_doccano(
    tmp_path: Path, spans: list[list[object]], f1: float
) -> None:
    code, shown, _ = scored(tmp_path, TEXT, spans, "--output", "json")
    scores = json.loads(shown)["boards"][0]["scores"]["guess"]
    exact = next(s for s in scores if (s["measure"], s["part"], s["variant"]) == ("exact", None, "strict"))
    told = any("ORG" in span for span in spans)  # a label that this gold lacks
    assert (code, exact["value"]) == (int(told), pytest.approx(f1, abs=1e-6))


def test_labels_are_renamed_there_too(tmp_path: Path) -> None:
    code, shown, _ = scored(tmp_path, TEXT, [[0, 3, "P"], [8, 10, "P"], [13, 18, "LOC"]], "--map", "P=PER")
    assert code == 0
    assert "map(P=PER)" in shown


def test_another_text_is_refused_and_so_is_another_task(tmp_path: Path) -> None:
    code, _, told = scored(tmp_path, "Ana met Bo.\nParis fell .", RIGHT[:1])
    assert code == 2
    assert "gold has no document with the text of" in told
    code, _, told = scored(tmp_path, TEXT, RIGHT, "--task", "timex3")
    assert code == 2
    assert "timex3 can't be compared" in told


def test_a_prediction_without_a_span_is_told(tmp_path: Path) -> None:
    code, _, told = scored(tmp_path, TEXT, [])
    assert code == 2
    assert "like nothing that is known" in told or "label" in told, told


def written(file: Path, documents: list[dict[str, Any]]) -> Path:
    file.write_text("".join(f"{json.dumps(document)}\n" for document in documents), "utf-8")
    return file


@pytest.mark.parametrize("shape", ["objects", "doccano", "no-ids"])
def test_names_in_a_common_shape_are_scored_against_a_published_dataset(tmp_path: Path, root: Path, shape: str) -> None:
    predicted = []
    for document in spanproof.read(root / "dataset").documents():
        some = [each for k, each in enumerate(document["entities"]) if k % 7]
        spans = [{name: each[name] for name in ("start", "end", "text", "label")} for each in some]
        lists = [[each["start"], each["end"], each["label"]] for each in some]
        names = {"label": lists} if shape == "doccano" else {"entities": spans}
        predicted.append({**({"id": document["id"]} if shape == "objects" else {}), "text": document["text"], **names})
    mine = written(tmp_path / "mine.jsonl", predicted)
    asked = ["score", str(root / "dataset"), str(mine), "--task", "entities", "--resamples", "1", "--output", "json"]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0, result.output
    scores = json.loads(result.stdout)["boards"][0]["scores"]["mine"]
    exact = next(s for s in scores if (s["measure"], s["part"], s["variant"]) == ("exact", None, "strict"))
    gold, guessed = exact["n"]
    assert (exact["precision"], exact["recall"]) == (1.0, pytest.approx(guessed / gold, abs=1e-6))
    assert 0 < guessed < gold
    untold = CliRunner().invoke(main, [*asked[:3], "--resamples", "1"])
    assert "only names are scored" in untold.stderr
    assert "not scored: zones, quotes, dates, damage." in untold.stderr


@pytest.mark.parametrize("is_of_gold", [True, False])
def test_what_is_refused_names_the_command_that_shows_the_same_faults(
    tmp_path: Path, root: Path, is_of_gold: bool
) -> None:
    predicted = []
    for document in spanproof.read(root / "dataset").documents():
        spans = [{**each, "start": each["start"] + 1} for each in document["entities"]]
        few = [{name: each[name] for name in ("start", "end", "text", "label")} for each in spans]
        predicted.append({**document, "entities": spans} if is_of_gold else {"text": document["text"], "names": few})
    mine = written(tmp_path / "mine.jsonl", predicted)
    result = CliRunner().invoke(main, ["score", str(root / "dataset"), str(mine), "--task", "entities"])
    assert result.exit_code == 2
    found = re.search(r"not scored, (\d+) faults \(`spanproof (.+?)` shows all\)", result.stderr)
    assert found is not None, result.stderr
    assert ("--schema" in found[2]) == is_of_gold
    checked = CliRunner().invoke(main, [*shlex.split(found[2]), "--output", "json"])
    faults = [one for one in json.loads(checked.stdout)["findings"] if one["code"] == "SP106"]
    assert len(faults) == int(found[1])
