import copy
import hashlib
from typing import Any

import pytest
from hypothesis import given

from spanproof.labelstudio import precheck
from spanproof.labelstudio.from_task import from_task
from spanproof.labelstudio.to_task import to_task
from spanproof.schema.schema import Schema, article
from spanproof.testing import strategies
from support.documents import LETTER, LETTERS
from support.labelstudio_hostile import HOSTILE

Json = dict[str, Any]


def document() -> Json:
    return copy.deepcopy(HOSTILE["quotes"])


def names(found: list[Any]) -> set[str]:
    return {each.name for each in found}


@given(strategies.documents())
def test_tasks_of_sound_documents_are_fit(article_: Json) -> None:
    task = to_task(article_, article())
    assert precheck.problems(task, article()) == []
    assert precheck.problems(article_, article()) == []


@given(strategies.documents(Schema.of(LETTERS)))
def test_tasks_of_another_schema_are_fit(letter: Json) -> None:
    assert precheck.problems(letter, Schema.of(LETTERS)) == []


def with_text(text: Any) -> Json:
    sha256 = hashlib.sha256(str(text).encode("utf-8", "surrogatepass")).hexdigest()
    return {**copy.deepcopy(HOSTILE["empty-layers"]), "text": text, "sha256": sha256}


REFUSED = {
    "text-missing": with_text(None),
    "lone-surrogate": with_text("a\ud800b"),
    "nul": with_text("a\0b"),
    "id-missing": {**HOSTILE["crlf"], "id": ""},
    "hash-differs": {**HOSTILE["crlf"], "sha256": "0" * 64},
    "surface-differs": {**HOSTILE["crlf"], "entities": [{**HOSTILE["crlf"]["entities"][0], "text": "ana"}]},
}


@pytest.mark.parametrize("name", REFUSED)
def test_documents_that_cannot_be_carried_are_refused(name: str) -> None:
    (problem,) = precheck.problems(REFUSED[name], article())
    assert problem.name == name
    assert problem.place
    assert problem.right in str(problem)


def test_a_surrogate_is_found_wherever_it_is() -> None:
    broken = document()
    broken["quotes"][0]["speaker"] = "x\udc00"
    (problem,) = precheck.problems(broken, article())
    assert (problem.name, problem.place) == ("lone-surrogate", "$.quotes[0].speaker")
    assert "U+DC00 at 1" in problem.message


def first(result: list[Json], kind: str) -> Json:
    return next(one for one in result if one["type"] == kind)


def spoil(task: Json, how: str) -> None:
    result: list[Json] = task["annotations"][0]["result"]
    region, relation, text = first(result, "labels"), first(result, "relation"), first(result, "textarea")
    value = region["value"]
    if how == "region-twice":
        result.append(copy.deepcopy(region))
    elif how == "region-id":
        own = region["id"]
        for one in result:
            one |= {key: "a#b" for key in ("id", "from_id", "to_id") if one.get(key) == own}
    elif how == "label-count":
        value["labels"] = ["direct", "mixed"]
    elif how == "label-unknown":
        value["labels"] = ["PLACE"]
    elif how == "offsets-outside":
        value["end"] = value["start"]
    elif how == "newline-edge":
        value |= {"start": task["data"]["text"].index("\n"), "end": task["data"]["text"].index("\n") + 2}
    elif how == "relation-dangling":
        relation["to_id"] = "gone"
    elif how == "relation-second":
        result.append({**relation, "labels": ["cue"]})
    elif how == "relation-labels":
        relation["labels"] = []
    elif how == "relation-unknown":
        relation["labels"] = ["knows"]
    elif how == "control-unknown":
        text["from_name"] = "colour"
    elif how == "attribute-alone":
        text["id"] = "gone"
    elif how == "attribute-hidden":
        text["id"] = next(one["id"] for one in result if one.get("value", {}).get("labels") == ["source"])
    elif how == "choice-unknown":
        new = {"id": "n", "from_name": "span", "to_name": "text", "type": "labels"}
        result.append({**new, "value": {"start": 0, "end": 1, "labels": ["DATE"]}})
        result.append({"id": "n", "from_name": "dates_mod", "type": "choices", "value": {"choices": ["NEVER"]}})
    elif how == "hash-differs":
        task["data"]["text"] += "!"
    elif how == "id-missing":
        del task["data"]["id"]
    elif how == "nul":
        text["value"]["text"] = ["\0"]


SPOILED = [
    "region-twice",
    "region-id",
    "label-count",
    "label-unknown",
    "offsets-outside",
    "newline-edge",
    "relation-dangling",
    "relation-second",
    "relation-labels",
    "relation-unknown",
    "control-unknown",
    "attribute-alone",
    "attribute-hidden",
    "choice-unknown",
    "hash-differs",
    "id-missing",
    "nul",
]


@pytest.mark.parametrize("how", SPOILED)
@pytest.mark.parametrize("kind", ["annotations", "predictions"])
def test_tasks_that_label_studio_would_spoil_are_refused(how: str, kind: str) -> None:
    task = to_task(document(), article())
    assert precheck.problems(task, article()) == []
    spoil(task, how)
    if how == "region-id":
        assert names(precheck.problems(task, article())) == {how}
    if kind == "predictions":
        task["predictions"] = task.pop("annotations")
    found = precheck.problems(task, article())
    assert how in names(found)
    assert all(each.right and each.message and each.place for each in found)


def test_what_is_carried_round_is_told_and_restored() -> None:
    expected = {
        "newline-edges": {"span-hidden", "newline-edge"},
        "not-showable": {"span-hidden"},
        "quotes": {"reference-hidden"},
        "dates": set(),
        "crlf": set(),
    }
    for name, said in expected.items():
        assert names(precheck.carried(HOSTILE[name], article())) == said
        assert from_task(to_task(HOSTILE[name], article()), article()).document == HOSTILE[name]
    assert precheck.carried({}, article()) == []


def test_two_references_between_one_pair_share_a_relation() -> None:
    item = copy.deepcopy(LETTERS["properties"]["mentions"]["items"])
    item["required"].append("by")
    item["properties"]["by"] = item["properties"]["of"]
    mentions = {**LETTERS["properties"]["mentions"], "items": item}
    schema = Schema.of({**LETTERS, "properties": {**LETTERS["properties"], "mentions": mentions}})
    letter = {**LETTER, "mentions": [{**LETTER["mentions"][0], "by": "p2"}]}
    task = to_task(letter, schema)
    relations = [one["labels"] for one in task["annotations"][0]["result"] if one["type"] == "relation"]
    assert relations == [["fragments"], ["of", "by"]]
    assert from_task(task, schema).document == letter
    assert precheck.problems(task, schema) == []
