"""Files of predictions as systems."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.formats.parquet import FORMAT as PARQUET
from spanproof.metrics.score import score
from spanproof.metrics.task_layers import tasks_of
from spanproof.schema.schema import Schema
from spanproof.systems.adapters.predictions import FAMILY
from spanproof.systems.prediction import PredictionError
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError, Source
from support.documents import ROOT
from support.predictions import annotate
from support.systems_here import ran

GOLD = ROOT / "annotations" / "gold"


@pytest.fixture
def guesses(tmp_path: Path) -> list[dict[str, Any]]:
    made = [{**each, "quotes": [], "dates": each["dates"][1:]} for each in read(GOLD).documents()]
    JSONL.write(tmp_path / "mine.jsonl", made, Schema.article())
    PARQUET.write(tmp_path / "mine.parquet", made, Schema.article())
    return made


def said_by(thing: object, documents_: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    system = systems().find(f"predictions:{thing}")
    return list(annotate(system, system.load(), documents_, Schema.article()))


@pytest.mark.parametrize("name", ["mine.jsonl", "mine.parquet"])
def test_a_file_says_what_stands_in_it(name: str, tmp_path: Path, guesses: list[dict[str, Any]]) -> None:
    made = said_by(tmp_path / name, guesses[::-1])
    for layer in ("entities", "dates", "quotes", "zones"):
        given_ = [[(e["id"], e["start"], e["end"]) for e in each[layer]] for each in guesses[::-1]]
        assert [[(e["id"], e["start"], e["end"]) for e in each[layer]] for each in made] == given_
    system = systems().find(f"predictions:{tmp_path / name}")
    assert "quotes" not in system.predicts
    assert set(system.predicts["dates"]) == {each["type"] for document in guesses for each in document["dates"]}
    assert system.label_set == "ontonotes-16"


def test_a_folder_is_a_file_too() -> None:
    gold = list(read(GOLD).documents())
    assert [len(each["entities"]) for each in said_by(GOLD, gold)] == [len(each["entities"]) for each in gold]


def test_names_are_what_is_measured_as_entities() -> None:
    predicts = systems().find(f"predictions:{GOLD}").predicts
    assert set(predicts) == {"zones", "entities", "quotes", "dates", "damage"}
    assert tasks_of(Schema.article(), predicts) == [
        ("annotations", "zones"),
        ("entities", "entities"),
        ("quotations", "quotes"),
        ("timex3", "dates"),
        ("annotations", "damage"),
    ]


def test_the_version_is_that_of_the_bytes(tmp_path: Path, guesses: list[dict[str, Any]]) -> None:
    path = tmp_path / "mine.jsonl"
    before = systems().find(f"predictions:{path}").version
    assert systems().find(f"predictions:{path}").version == before
    path.write_bytes(path.read_bytes() + b"\n")
    assert systems().find(f"predictions:{path}").version != before


def test_labels_that_are_found_say_what_is_told_apart(tmp_path: Path, guesses: list[dict[str, Any]]) -> None:
    for names, tells in (({"PERSON", "LOC"}, "three"), ({"PERSON", "NORP"}, "conll-4"), ({"GPE"}, "ontonotes-16")):
        fewer = [
            {**each, "dates": [], "entities": [e for e in each["entities"] if e["label"] in names]} for each in guesses
        ]
        JSONL.write(tmp_path / "few.jsonl", fewer, Schema.article())
        system = systems().find(f"predictions:{tmp_path / 'few.jsonl'}")
        assert (system.label_set, set(system.predicts["entities"])) == (tells, names)


def test_other_texts_and_missing_ones_are_refused(tmp_path: Path, guesses: list[dict[str, Any]]) -> None:
    first = {**guesses[0], "text": guesses[0]["text"][:50] + "!" + guesses[0]["text"][50:]}
    with pytest.raises(PredictionError, match=r"differs in .* is at 50; expected '!.*spanproof rebase"):
        said_by(tmp_path / "mine.jsonl", [first])
    longer = {**guesses[0], "text": guesses[0]["text"] + "!"}
    with pytest.raises(PredictionError, match=rf"'' is at {len(guesses[0]['text'])}; expected '!'"):
        said_by(tmp_path / "mine.jsonl", [longer])
    with pytest.raises(PredictionError, match="no prediction of 'other'"):
        said_by(tmp_path / "mine.jsonl", [{**guesses[0], "id": "other"}])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        ("{", "not JSON"),
        ("", "no document"),
        ('{"id": "a", "text": "b", "entities": []}', "no annotations"),
        ('{"text": "b"}', "no id"),
        ('{"id": "a", "text": "b"}\n{"id": "a", "text": "b"}', "several documents"),
        ("3", "no id"),
    ],
)
def test_a_file_that_predicts_nothing_is_none(content: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    if content is not None:
        path.write_text(content)
    with pytest.raises(MissingSystemError, match=said):
        systems().find(f"predictions:{path}")


@pytest.mark.parametrize("entities", ['"all"', '[{"start": 0, "end": 9, "label": "ORG"}]', '[{"label": "ORG"}]', "[3]"])
def test_an_unsound_prediction_is_refused(entities: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    sound = '{"id": "b", "text": "Ana", "entities": [{"start": 0, "end": 3, "label": "ORG"}]}'
    path.write_text(f'{{"id": "a", "text": "Ana", "entities": {entities}}}\n{sound}')
    with pytest.raises(PredictionError, match="entities"):
        said_by(path, [{"id": "a", "text": "Ana", "language": "en"}])
    assert said_by(path, [{"id": "b", "text": "Ana"}])[0]["entities"][0]["text"] == "Ana"


@pytest.mark.slow
def test_a_file_is_run_and_scored(tmp_path: Path, guesses: list[dict[str, Any]]) -> None:
    found = ran(f"predictions:{tmp_path / 'mine.jsonl'}", tmp_path / "out")
    assert found.problem is None
    scores = score(read(GOLD), read(found.path), "timex3", resamples=0).scores
    exact = next(each for each in scores if each.measure == "exact")
    total = sum(len(each["dates"]) for each in read(GOLD).documents())
    assert exact.value == pytest.approx(2 * (total - 5) / (2 * total - 5))


CONLL = "Ana B-PER\nmet O\nBo B-PER\n. O\n\nParis B-LOC\nfell O\n. O\n"


def test_names_of_another_format_are_found_by_their_text(tmp_path: Path) -> None:
    """CoNLL has no keys of ours; its text is that of a document of gold, but for blanks at its end, or it is none."""
    path = tmp_path / "guess.conll"
    path.write_text(CONLL, "utf-8")
    system = FAMILY.make(str(path))
    assert dict(system.predicts) == {"entities": ("LOC", "PER")}
    text = "Ana met Bo .\nParis fell ."
    (answer,) = system.open({})([Source("whatever", text, "en", None)])
    assert [(item["start"], item["end"], item["label"]) for item in answer["entities"]] == [
        (0, 3, "PER"),
        (8, 10, "PER"),
        (13, 18, "LOC"),
    ]
    with pytest.raises(PredictionError, match="has no document with the text of 'other'"):
        list(system.open({})([Source("other", text + "!", "en", None)]))


def test_another_format_without_names_or_with_a_text_twice_predicts_nothing(tmp_path: Path) -> None:
    twice, none = tmp_path / "twice.jsonl", tmp_path / "none.conll"
    line = json.dumps({"text": "Ana met Bo.", "label": [[0, 3, "PER"]]})
    twice.write_text(f"{line}\n{line}\n", "utf-8")
    with pytest.raises(ValueError, match="has a text twice"):
        FAMILY.make(str(twice))
    none.write_text(CONLL.replace("B-PER", "O").replace("B-LOC", "O"), "utf-8")
    with pytest.raises(ValueError, match=r"none\.conll"):
        FAMILY.make(str(none))
