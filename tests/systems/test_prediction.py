import json
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import regex

from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from spanproof.systems.prediction import PredictionError
from spanproof.systems.system import Annotations, Source, source_of, unfit
from support.documents import ROOT
from support.predictions import annotate
from support.systems_here import stub

GOLD = ROOT / "annotations" / "gold"
TEXT = "Ana met Bo."
DOCUMENT = {"id": "a", "text": TEXT, "sha256": "", "language": "en", "dct": None, "entities": [{"start": 0}]}


def stubbed(*items: Any) -> dict[str, Any]:
    system = stub({"entities": items})
    return annotate(system, system.load(), [DOCUMENT], Schema.article())[0]


def test_surfaces_keys_and_nulls_are_filled_in() -> None:
    taken = {"start": 8, "end": 10, "label": "PERSON", "id": "e1", "entity_id": "bo", "text": "Bo"}
    made = stubbed({"start": 0, "end": 3, "label": "PERSON"}, taken)
    filled = {"id": "e2", "start": 0, "end": 3, "text": "Ana", "label": "PERSON", "entity_id": None}
    assert made["entities"] == [filled, taken]
    assert list(made["entities"][0]) == list(filled)
    assert made["zones"] == made["quotes"] == made["dates"] == []
    assert "damage" not in made
    assert DOCUMENT["entities"] == [{"start": 0}]


def test_an_answer_is_anything_that_is_json() -> None:
    one = MappingProxyType({"start": 0.0, "end": 3, "label": "PERSON"})
    system = stub(MappingProxyType({"entities": (one,)}))
    (made,) = annotate(system, system.load(), [DOCUMENT])
    (entity,) = made["entities"]
    assert json.dumps([entity["start"], entity["end"]]) == "[0, 3]"
    assert entity["text"] == "Ana"


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        ({"start": 0, "end": 12}, "0:12 ends past the text, which has 11 code points"),
        ({"start": -3, "end": 2}, "-3:2 has a negative offset"),
        ({"start": 3, "end": 3}, "start and end are both 3"),
        ({"start": 5, "end": 3}, "start 5 is after end 3"),
        ({"start": 0, "end": 3.5}, "expected an integer"),
        ({"start": True, "end": 3}, "is true, a boolean; expected an integer"),
        ({"start": "0", "end": 3}, "expected an integer"),
        ({"start": np.int64(0), "end": 3}, "np.int64(0) is int64, which JSON doesn't have"),
        ({"start": 0, "end": 3, "label": {"PERSON"}}, "{'PERSON'} is set, which JSON doesn't have"),
        ({"start": 0, "end": 3, "score": float("nan")}, "Out of range float values are not JSON compliant"),
        ({"end": 3}, "$.entities[0].start: is missing or null"),
        ({"start": 1, "end": 4, "text": "Ana"}, "the text here is 'na '; the stored surface is 'Ana'"),
        ({"start": 0, "end": 3, "text": None}, "is missing or null; expected a string"),
        ({"start": 0, "end": 3, "label": "ORG"}, r"'ORG'; expected one of PERSON"),
        ({"start": 0, "end": 3, "label": None}, "expected one of PERSON"),
        ({"start": 0, "end": 3, "score": 0.5}, "score"),
        ({"start": 0, "end": 3, "entity_id": 7}, "is 7, an integer"),
        ({"start": 0, "end": 3, "id": ["x"]}, "an array; expected a string"),
        ({"start": 0, "end": 3, "label": ["PERSON"]}, "expected one of PERSON"),
        ("Ana", 'is "Ana", a string; expected an object'),
    ],
)
def test_an_unsound_answer_is_refused(item: Any, fault: str) -> None:
    with pytest.raises(PredictionError, match=regex.escape(fault)) as caught:
        stubbed({"label": "PERSON", **item} if isinstance(item, dict) else item)
    assert "stub, document 'a': $.entities" in str(caught.value)


def test_a_key_that_stands_twice_is_refused() -> None:
    one = {"id": "x", "start": 0, "end": 3, "label": "PERSON"}
    with pytest.raises(PredictionError, match="the id 'x' is already used by an earlier annotation"):
        stubbed(one, one)


def test_many_faults_are_counted() -> None:
    with pytest.raises(PredictionError, match="; and 3 more"):
        stubbed(*[{"start": 0, "end": 99, "label": "PERSON"}] * 8)


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ((), "0 answers to 1 texts"),
        (({}, {}), "2 answers"),
        (({"dates": []},), r"\$.dates: stub doesn't say"),
        (([],), "list; expected a list of annotations for each layer"),
        (({"entities": None},), r"\$.entities: NoneType; expected a list of annotations"),
        (({"entities": {"start": 0}},), r"\$.entities: dict; expected a list of annotations"),
    ],
)
def test_answers_that_fit_no_text_are_refused(answers: tuple[Any, ...], fault: str) -> None:
    system = stub(*answers)
    with pytest.raises(PredictionError, match=fault):
        list(annotate(system, system.load(), [DOCUMENT], Schema.article()))


def test_the_gold_is_never_shown() -> None:
    seen: list[Source] = []

    def look(sources: Sequence[Source]) -> list[Annotations]:
        seen.extend(sources)
        return [{}] * len(sources)

    gold = list(read(GOLD).documents())
    assert all(not document["entities"] for document in annotate(stub(), look, gold, Schema.article()))
    assert seen == [Source(d["id"], d["text"], d["language"], d["dct"]["value"]) for d in gold]


def test_other_schemas(letters: Schema) -> None:
    assert unfit(stub(), letters) == "stub predicts entities, which isn't a list of spans in the schema"
    assert unfit(stub(predicts={"persons": ("PERSON",)}), letters) == (
        "stub predicts PERSON, which aren't labels of persons in the schema"
    )
    system = stub({"persons": [{"start": 0, "end": 3, "role": "sender"}]}, predicts={"persons": ("sender",)})
    assert unfit(system, letters) is None
    (made,) = annotate(system, system.load(), [{"name": "a", "body": TEXT, "year": 3}], letters)
    assert made == {
        "name": "a",
        "body": TEXT,
        "year": 3,
        "persons": [{"n": "p1", "start": 0, "end": 3, "role": "sender"}],
        "mentions": [],
    }
    with pytest.raises(ValueError, match="body is NoneType"):
        source_of({"text": "Ana"}, letters)
