"""What gold and predictions are taken for: regions of Label Studio, times of TimeML, files of other formats."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import spanproof
from spanproof.cli import main
from spanproof.systems.adapters.predictions import FAMILY
from spanproof.systems.prediction import PredictionError
from spanproof.systems.system import Source
from support.strangers import SPANS, STRANGERS, TEXT

NAMES = [name for name in STRANGERS if name not in ("squad", "timeml")]
"""Formats whose spans have the labels PER and LOC; TimeML has ENAMEX, SQuAD none."""
OTHER_TEXT = {"conll": "differs at 26, where it has ' .'; expected '.'"}
"""Formats that don't keep the text as it was."""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments), "--resamples", "2", "--output", "json"])


def exact(result: Result) -> float:
    assert result.exit_code in (0, 1), result.output
    ((scores),) = json.loads(result.stdout)["boards"][0]["scores"].values()
    return float(
        next(s["value"] for s in scores if (s["measure"], s["part"], s["variant"]) == ("exact", None, "strict"))
    )


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return tmp_path / STRANGERS["doccano"].written(tmp_path, broken=False)


@pytest.mark.parametrize("name", NAMES)
def test_predictions_of_every_format_are_scored_against_gold_of_another(name: str, gold: Path, tmp_path: Path) -> None:
    """By ``score``, and as the system ``predictions:FILE``."""
    folder = tmp_path / "predicted"
    folder.mkdir()
    path = folder / STRANGERS[name].written(folder, broken=False)
    result = run("score", gold, path)
    answer = FAMILY.make(str(path)).open({})
    if name in OTHER_TEXT:
        assert (result.exit_code, OTHER_TEXT[name] in result.stderr) == (2, True), result.stderr
        with pytest.raises(PredictionError, match="has no document with the text of 'Ana Silva met"):
            list(answer([Source("", TEXT)]))
    else:
        assert (exact(result), json.loads(result.stdout)["boards"][0]["task"]) == (1, "entities")
        (annotations,) = answer([Source("", TEXT)])
        assert [(one["start"], one["end"], one["label"]) for one in annotations["entities"]] == [*SPANS]


def test_labels_of_label_studio_are_compared(tmp_path: Path) -> None:
    tasks = STRANGERS["label-studio"].files["export.json"]
    paths = [tmp_path / name for name in ("gold.json", "other.json")]
    for path, content in zip(paths, (tasks, tasks.replace('"LOC"', '"ORG"')), strict=True):
        path.write_text(content, "utf-8")
    assert exact(run("score", *paths)) == pytest.approx(2 / 3, abs=1e-6)
    assert spanproof.score(*paths, "entities", resamples=0).find("exact").value == pytest.approx(2 / 3, abs=1e-6)
    (task,) = json.loads(tasks)
    paths[1].write_text(json.dumps([{**task, "predictions": task["annotations"]}]), "utf-8")
    result = run("score", *paths)
    assert (result.exit_code, "task '7' has several sets of results; expected one" in result.stderr) == (2, True)


def test_spans_without_labels_are_said_to_be_compared_without_them(tmp_path: Path) -> None:
    path = tmp_path / STRANGERS["squad"].written(tmp_path, broken=False)
    result = CliRunner().invoke(main, ["score", str(path), str(path), "--resamples", "2"])
    assert "so exact compares places alone" in " ".join(result.stdout.split())


TML = """<?xml version="1.0"?>
<TimeML>
<DOCID>w1</DOCID>
<TEXT>On <TIMEX3 tid="t1" type="DATE" value="{}">{}</TIMEX3>{}.</TEXT>
</TimeML>
"""


def test_times_of_timeml_are_scored_with_their_values(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("gold.tml", "same.tml", "other.tml", "none.tml")]
    for path, said in zip(
        paths, (("2025-02-24", "Monday", ""), ("2025-02-24", "Monday", ""), ("2025-02-17", "Monday", "")), strict=False
    ):
        path.write_text(TML.format(*said), "utf-8")
    paths[3].write_text(
        '<?xml version="1.0"?>\n<TimeML>\n<DOCID>w1</DOCID>\n<TEXT>On Monday.</TEXT>\n</TimeML>\n', "utf-8"
    )
    values = []
    for path in paths[1:]:
        result = run("score", paths[0], path, "--task", "timex3")
        assert result.exit_code == (path.stem == "none"), result.stderr
        ((scores),) = json.loads(result.stdout)["boards"][0]["scores"].values()
        values.append([next(s["value"] for s in scores if s["measure"] == of) for of in ("exact", "TempEval-3 value")])
    assert values == [[1, 1], [1, 0], [0, 0]]
    assert spanproof.score(*paths[:2], "timex3", resamples=0).find("TempEval-3 value").value == 1


def test_a_system_without_a_label_of_gold_says_which_labels_both_have(gold: Path, tmp_path: Path) -> None:
    path = gold.rename(tmp_path / "predicted.jsonl")
    gold.write_text(path.read_text("utf-8").replace("PER", "drug").replace("LOC", "dose"), "utf-8")
    result = run("bench", "run", f"predictions:{path}", "--corpus", gold, "--out", tmp_path / "out")
    assert result.exit_code > 0
    assert "has no label of gold. It gives" in result.stderr
    assert "--map SYSTEM=GOLD" in result.stderr


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("command", ["score", "agree", "bench"])
def test_documents_that_are_matched_by_their_order_are_told(command: str, keyed: bool, tmp_path: Path) -> None:
    records = [
        {**({"id": f"d{k}"} if keyed else {}), "text": f"Ana {k}", "spans": [{"start": 0, "end": 3, "label": "X"}]}
        for k in range(3)
    ]
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    one, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    bench = ("run", f"predictions:{other}", "--corpus", one, "--out", tmp_path / "out")
    result = run(command, *(bench if command == "bench" else (one, other)))
    assert result.exit_code == 0, result.output
    assert ("so the first of one corpus is compared with the first of the other" in result.stderr) is not keyed
