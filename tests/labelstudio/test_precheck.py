import copy
import hashlib
from typing import Any

import pytest
from hypothesis import given

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus, ReadError, batch_of
from spanproof.corpus.findings import Finding
from spanproof.corpus.waivers import Waiver
from spanproof.labelstudio.from_task import from_task
from spanproof.labelstudio.precheck import precheck, task_findings
from spanproof.labelstudio.to_task import to_task
from spanproof.schema.schema import Schema
from spanproof.testing import strategies
from support.documents import LETTER, LETTERS
from support.labelstudio_hostile import HOSTILE

Json = dict[str, Any]


def document() -> Json:
    return copy.deepcopy(HOSTILE["quotes"])


def refused(document_: Any, schema: Schema | None = None) -> tuple[Finding, ...]:
    return precheck(Corpus.of([document_], schema), check)


def codes(task: Json, schema: Schema | None = None) -> set[str]:
    return {finding.code for finding in task_findings(task, schema or Schema.article())}


@given(strategies.documents())
def test_sound_documents_and_their_tasks_are_fit(article_: Json) -> None:
    assert refused(article_) == ()
    assert codes(to_task(article_, Schema.article())) == set()


@given(strategies.documents(Schema.of(LETTERS)))
def test_sound_documents_of_another_schema_are_fit(letter: Json) -> None:
    assert refused(letter, Schema.of(LETTERS)) == ()


def with_text(text: Any) -> Json:
    sha256 = hashlib.sha256(str(text).encode("utf-8", "surrogatepass")).hexdigest()
    return {**copy.deepcopy(HOSTILE["empty-layers"]), "text": text, "sha256": sha256}


REFUSED = {
    "text-missing": with_text(None),
    "SP120": with_text("a\ud800b"),
    "nul": with_text("a\0b"),
    "SP003": {**HOSTILE["crlf"], "id": ""},
    "SP004": {**HOSTILE["crlf"], "sha256": "0" * 64},
    "SP106": {**HOSTILE["crlf"], "entities": [{**HOSTILE["crlf"]["entities"][0], "text": "ana"}]},
}


@pytest.mark.parametrize("code", REFUSED)
def test_documents_that_cannot_be_carried_are_refused(code: str) -> None:
    (finding,) = refused(REFUSED[code])
    assert finding.code == code
    assert finding.severity == "error"
    assert finding.message in str(finding)


def test_what_is_no_object_or_cannot_be_read_is_refused() -> None:
    assert {finding.code for finding in refused([])} == {"SP003", "text-missing"}
    unread = batch_of([], Schema.article(), errors=(ReadError("a.jsonl", 3, "is no JSON"),))
    (finding,) = precheck(Corpus(Schema.article(), (unread,)), check)
    assert (finding.code, finding.file, finding.line) == ("SP001", "a.jsonl", 3)


def test_two_documents_of_one_name_are_refused() -> None:
    (finding,) = precheck(Corpus.of([HOSTILE["crlf"], HOSTILE["crlf"]]), check)
    assert finding.code == "SP003"


def test_what_would_not_come_back_is_refused_though_no_rule_says_so() -> None:
    waived = Corpus.of([REFUSED["SP106"]], waivers=[Waiver("SP106", "as printed")])
    (finding,) = precheck(waived, check)
    assert (finding.code, finding.path) == ("not-restored", ("entities",))


def test_a_surrogate_is_found_wherever_it_is() -> None:
    broken = document()
    broken["quotes"][0]["speaker"] = "x\udc00"
    (finding,) = refused(broken)
    assert (finding.code, finding.json_path) == ("lone-surrogate", "$.quotes[0].speaker")
    assert "U+DC00 at 1" in finding.message
    broken["quotes"][0] = {"id": "q1", "a\0": None}
    assert [finding.code for finding in refused(broken)] == ["nul"]


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
        relation["labels"] = ["source", "source"]
    elif how == "relation-unlabelled":
        relation |= {"labels": [], "from_id": relation["to_id"]}
    elif how == "relation-unknown":
        relation["labels"] = ["knows"]
    elif how == "control-unknown":
        text["from_name"] = "colour"
    elif how == "attribute-lost":
        text["id"] = "gone"
    elif how == "attribute-hidden":
        text["id"] = next(one["id"] for one in result if one.get("value", {}).get("labels") == ["source"])
    elif how == "value-unfit":
        new = {"id": "n", "from_name": "span", "to_name": "text", "type": "labels"}
        result.append({**new, "value": {"start": 0, "end": 1, "labels": ["DATE"]}})
        choice = {"from_name": "dates_mod", "type": "choices", "value": {"choices": ["NEVER"]}}
        result.append({**new, **choice})
    elif how == "text-changed":
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
    "relation-unlabelled",
    "relation-unknown",
    "control-unknown",
    "attribute-lost",
    "attribute-hidden",
    "value-unfit",
    "text-changed",
    "id-missing",
    "nul",
]


@pytest.mark.parametrize("how", SPOILED)
@pytest.mark.parametrize("kind", ["annotations", "predictions"])
def test_tasks_that_label_studio_would_spoil_are_refused(how: str, kind: str) -> None:
    task = to_task(document(), Schema.article())
    assert codes(task) == set()
    spoil(task, how)
    if how == "region-id":
        assert codes(task) == {how}
    if kind == "predictions":
        task["predictions"] = task.pop("annotations")
    assert how in codes(task)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_otherwise_is_carried_round(name: str) -> None:
    assert refused(HOSTILE[name]) == ()
    assert from_task(to_task(HOSTILE[name], Schema.article()), Schema.article()).document == HOSTILE[name]


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
    assert codes(task, schema) == set()
