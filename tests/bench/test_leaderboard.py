"""The leaderboard that is committed: it follows from its predictions, and these are what systems say of the gold."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import spanproof
from spanproof.bench import run as running
from spanproof.bench.board import boards
from spanproof.bench.leaderboard.beside import DATA, PROSE, Beside
from spanproof.bench.leaderboard.pages import pages
from spanproof.bench.records import saved
from spanproof.formats.discovery import read
from spanproof.publication.facts import Facts
from spanproof.systems.registry import systems
from support.documents import ROOT
from support.systems_here import committed, ready

pytestmark = pytest.mark.slow

GOLD = ROOT / "annotations" / "gold"
FOLDER = ROOT / "tools" / "leaderboard"
RUNS = saved(FOLDER / "predictions")
ASKED_AS_OTHERS = ("spacy-md", "spacy-pii", "sayswho")
"""Asked by the code that asks spacy-sm and textacy, and in every run about a text of the properties."""


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def fresh() -> Mapping[str, bytes]:
    gold = read(GOLD)
    predictions = {run.system.name: (run.system, run.path) for run in RUNS}
    found, problems = boards(gold, predictions, 1000, Facts.beside(GOLD).title)
    assert not problems
    return pages(gold, found, RUNS, 1000, Beside.read(FOLDER))


@pytest.mark.xdist_group("leaderboard")
def test_the_pages_follow_from_the_predictions(fresh: Mapping[str, bytes]) -> None:
    held = {name: (FOLDER / name).read_bytes() for name in fresh}
    kept = {path.name for path in FOLDER.iterdir() if path.is_file()} - {*PROSE, *DATA}
    assert kept == set(fresh)
    # The paths of drawn letters may differ in another version of matplotlib.
    stale = [name for name in fresh if not name.endswith(".svg") and fresh[name] != held[name]]
    assert not stale, "make format writes them anew"


@pytest.mark.xdist_group("leaderboard")
def test_every_dispute_is_reviewed_and_no_review_is_of_nothing(fresh: Mapping[str, bytes]) -> None:
    told = b"\n".join(content for name, content in fresh.items() if name.startswith("errors-")).decode()
    assert "not reviewed" not in told
    for each in lines(FOLDER / "reviews.jsonl"):
        assert f"| {each['article']} | {each['start']}:{each['end']} | {each['label']} |" in told.replace("\\_", "_")


def test_predictions_are_sound_corpora_over_the_texts_of_gold() -> None:
    gold = {document["id"]: document["text"] for document in read(GOLD).documents()}
    for run in RUNS:
        corpus = read(run.path)
        assert {document["id"]: document["text"] for document in corpus.documents()} == gold
        faults = {each.code for each in spanproof.check(corpus).findings if each.severity == "error"}
        # Without a registry a baseline calls speakers by their words, as its limits say.
        named_by_words = {"SP501"} if run.system.name == "quotes-baseline" else set()
        assert faults <= {"SP108", "SP201"} | named_by_words, run.system.name


def test_no_plot_is_greater_than_100_kilobytes() -> None:
    assert {path.name: path.stat().st_size for path in FOLDER.glob("*.svg") if path.stat().st_size > 100_000} == {}


def test_there_are_systems_enough() -> None:
    found = json.loads((FOLDER / "scores.json").read_bytes())["boards"]
    fair = {board["labels"] or board["task"]: set(board["scores"]) - set(board["in_sample"]) for board in found}
    assert len(fair["three"]) >= 4
    assert len(fair["timex3"]) >= 3
    assert len(fair["quotations"]) >= 3


@pytest.mark.parametrize(
    "name",
    [pytest.param(run.system.name, marks=[pytest.mark.full] * (run.system.name in ASKED_AS_OTHERS)) for run in RUNS],
)
@pytest.mark.slow
def test_a_system_still_says_what_is_committed(name: str, tmp_path: Path) -> None:
    system = ready(systems().find(name))
    gold = read(GOLD)
    made = running.run(system, gold, tmp_path)
    assert made.problem is None
    assert made.path.read_bytes() == committed(name).path.read_bytes()
    assert made.faults == committed(name).faults
