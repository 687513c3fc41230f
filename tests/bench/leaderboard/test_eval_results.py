"""The results that the Hub reads: its own client parses them, and they say what the board says."""

import json

from huggingface_hub import parse_eval_result_entries

from spanproof.bench.board import board
from spanproof.bench.leaderboard.eval_results import FOLDER, eval_results
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.score import score
from spanproof.parsing import yaml
from support.documents import ROOT

BOARD = ROOT / "tools" / "leaderboard"


def test_the_client_of_the_hub_reads_what_the_leaderboard_says() -> None:
    boards = json.loads((BOARD / "scores.json").read_bytes())["boards"]
    shown = {
        (name, of["task"] if of["labels"] is None else f"{of['task']}-{of['labels']}"): score["value"]
        for of in boards
        for name, scores in of["scores"].items()
        for score in scores[::-1]  # that of the layer itself stands before those of its parts
        if (score["measure"], score["part"], score["variant"]) == ("exact", None, "strict")
    }
    told = {
        (path.stem, entry.task_id): entry
        for path in (BOARD / FOLDER).glob("*.yaml")
        for entry in parse_eval_result_entries(yaml.parse(path.read_text("utf-8")))
    }
    assert {key: entry.value for key, entry in told.items()} == shown
    assert {entry.dataset_id for entry in told.values()} == {"spanproof/istanbul-talks"}
    published = yaml.parse((ROOT / "dataset" / "eval.yaml").read_text("utf-8"))
    assert {task["id"] for task in published["tasks"]} == {entry.task_id for entry in told.values()}
    front = yaml.parse((ROOT / "dataset" / "README.md").read_text("utf-8").split("---\n")[1])
    splits = {config["config_name"]: {file["split"] for file in config["data_files"]} for config in front["configs"]}
    assert all(task["split"] in splits[task["config"]] for task in published["tasks"])
    assert "in-sample" in str(told["gazetteer", "entities-three"].notes)
    assert "in-sample" not in str(told["spacy-sm", "entities-three"].notes)


def test_without_a_dataset_or_a_score_there_is_nothing_to_say() -> None:
    gold = read(ROOT / "annotations" / "gold")
    empty = Corpus.of([{**document, "dates": []} for document in gold.documents()])
    undefined = board("timex3", {"silent": score(empty, empty, "timex3", resamples=0)})
    assert eval_results([undefined], "a/b") == {}
    whole = board("timex3", {"perfect": score(gold, gold, "timex3", resamples=0)})
    assert eval_results([whole], None) == {}
    (entry,) = parse_eval_result_entries(yaml.parse(eval_results([whole], "a/b")[f"{FOLDER}/perfect.yaml"].decode()))
    assert (entry.dataset_id, entry.task_id, entry.value) == ("a/b", "timex3", 1)
