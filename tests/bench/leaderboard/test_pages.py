"""P, R and F1 of the leaderboard, recomputed from gold and predictions without a line of the toolkit's scoring."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
BOARD = ROOT / "tools" / "leaderboard"
PLACES = {"FAC": "PLACE", "GPE": "PLACE", "LOC": "PLACE", "PERSON": "PERSON", "ORG": "ORG"}
LAYERS = {"entities": ("entities", "label"), "quotations": ("quotes", "type"), "timex3": ("dates", "type")}


def spans(document: dict[str, Any], task: str, labels: str | None) -> Counter[Any]:
    layer, member = LAYERS[task]
    found = [(item["start"], item["end"], item[member]) for item in document[layer]]
    if labels == "three":
        found = [(start, end, PLACES[label]) for start, end, label in found if label in PLACES]
    if labels == "ontonotes-16":
        found = [span for span in found if span[2] not in ("DATE", "TIME")]
    return Counter(found)


def recomputed(gold: dict[str, Any], system: str, task: str, labels: str | None) -> list[float]:
    lines = (BOARD / "predictions" / f"{system}.jsonl").read_text("utf-8").splitlines()
    guesses = {document["id"]: document for document in map(json.loads, lines)}
    pairs = [(spans(document, task, labels), spans(guesses[name], task, labels)) for name, document in gold.items()]
    right = sum((a & b).total() for a, b in pairs)
    n, m = (sum(pair[side].total() for pair in pairs) for side in (0, 1))
    return [right / m, right / n, 2 * right / (n + m)]


def test_the_leaderboard_is_what_forty_lines_recompute() -> None:
    gold = {path.stem: json.loads(path.read_bytes()) for path in (ROOT / "annotations" / "gold").glob("*.json")}
    boards = json.loads((BOARD / "scores.json").read_bytes())["boards"]
    spans_alone = [board for board in boards if board["task"] in LAYERS]
    assert len(spans_alone) == 4
    for board in spans_alone:
        for system, scores in board["scores"].items():
            shown = next(s for s in scores if (s["measure"], s["part"], s["variant"]) == ("exact", None, "strict"))
            expected = recomputed(gold, system, board["task"], board["labels"])
            assert [shown[name] for name in ("precision", "recall", "value")] == pytest.approx(expected, abs=1e-6)
