"""The contract: what a schema gives, and how a bad one is refused."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema
from support.documents import LETTER, LETTERS, ROOT


def test_the_article_schema_is_plain_json_schema_and_obeys_the_vocabulary() -> None:
    contract = json.loads((ROOT / "schema" / "article.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(contract)
    Draft202012Validator(contract).validate(sound())
    assert Schema.of(contract).json == Schema.article().json


def test_the_article_has_the_fields_that_later_work_relies_on() -> None:
    span = {"start": pa.int32(), "end": pa.int32(), "text": pa.string()}
    fields = {
        name: {f.name: f.type for f in Schema.article().nodes[(name, "*")].arrow}
        for name in ("zones", "entities", "dates")
    }
    assert fields["zones"] == {"id": pa.string(), "type": pa.string(), **span}
    assert (
        fields["entities"].items()
        >= {"id": pa.string(), "label": pa.string(), "entity_id": pa.string(), **span}.items()
    )
    assert fields["dates"].items() >= {"value": pa.string(), "mod": pa.string(), "anchor": pa.string(), **span}.items()
    quote = Schema.article().nodes["quotes", "*"]
    assert {"id", "type", "start", "end", "text", "source", "cue", "speaker", "continues", "utterance"} <= set(
        quote.fields
    )
    assert quote.fields["source"].nullable
    assert not quote.fields["utterance"].nullable
    labels = Schema.article().nodes["entities", "*", "label"].enum
    assert len(labels) == len(set(labels)) == 16


def test_a_second_schema_gets_everything_without_python(letters: Schema) -> None:
    assert [node.name for node in letters.spans] == ["/persons/*", "/mentions/*/fragments/*"]
    assert letters.arrow.field("weight").type == pa.float64()
    assert letters.arrow.field("sealed").type == pa.bool_()
    assert letters.features().arrow_schema == letters.arrow
    assert check(Corpus.of([LETTER], letters)).findings == ()
    broken = {**LETTER, "persons": [{**LETTER["persons"][0], "end": 99, "role": "bearer"}]}
    assert {f.code for f in check(Corpus.of([broken], letters)).findings} == {"SP105", "SP201", "SP501"}


def test_features_are_those_of_the_columns() -> None:
    assert Schema.article().features().arrow_schema == Schema.article().arrow


def test_null_and_missing_are_the_same_where_null_is_allowed(letters: Schema) -> None:
    lean = {name: value for name, value in LETTER.items() if name not in ("subject", "year", "weight", "sealed")}
    assert not list(letters.validator.iter_errors(lean))
    assert list(letters.validator.iter_errors({k: v for k, v in LETTER.items() if k != "body"}))


def changed(**members: Any) -> dict[str, Any]:
    return {**LETTERS, "properties": {**LETTERS["properties"], **members}}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({**LETTERS, "type": "array"}, "#: an array without `items`"),
        (
            changed(body={"type": ["string", "integer"]}),
            r"spanOf names 'body', which is of several types; expected a member of type string",
        ),
        (
            changed(
                more={"anyOf": [{"type": "string"}, {"spanOf": "body", "properties": {"start": {"type": "integer"}}}]}
            ),
            r"#/properties/more: has no type; expected exactly one",
        ),
        (changed(body={}), r"#/properties/body: has no type; expected exactly one type"),
        (changed(body=True), r"/body: a schema of true or false"),
        (
            changed(body={"$ref": "other.json"}),
            r"#/properties/body/\$ref: 'other.json': only places of the same file",
        ),
        (
            changed(body={"$ref": "#/$defs/none"}),
            r"#/properties/body: \$ref leads to .*; expected a place of the same file",
        ),
        (changed(body={"$ref": "#/properties/body"}), r"refers to itself"),
        (changed(persons={"type": "array", "items": {"$ref": "#/properties/persons"}}), r"nested more than 16"),
        (changed(subject={"type": "string", "hashOf": "nobody"}), r"hashOf names 'nobody'"),
        (changed(subject={"type": "string", "refersTo": ["/persons/*/m"]}), r"isn't a place of the document"),
        (changed(subject={"type": "string", "refersTo": ["persons"]}), r"does not match|refersTo"),
        (changed(subject={"type": "object", "properties": {}, "spanOf": "body"}), r"spanOf names 'start'"),
        (
            changed(
                subject={
                    "type": "array",
                    "items": {"type": "array", "items": LETTERS["properties"]["persons"]["items"]},
                }
            ),
            r"list of lists",
        ),
        (changed(subject={"type": "string", "overlap": "maybe"}), r"overlap|'maybe' is not one of"),
        (changed(subject={"type": "strange"}), r"strange"),
        ({**LETTERS, "key": "title"}, r"key names 'title'"),
        ([], r"isn't an object"),
    ],
)
def test_a_bad_schema_is_refused_with_the_place(schema: Any, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        Schema.of(schema)


def test_a_schema_file_that_cannot_be_read_is_named(tmp_path: Any) -> None:
    bad = tmp_path / "bad.json"
    for content in (b"{", b"\xff", b"[]"):
        bad.write_bytes(content)
        with pytest.raises(SchemaError, match=r"bad\.json"):
            Schema.read(bad)
    with pytest.raises(SchemaError, match=r"none\.json"):
        Schema.read(tmp_path / "none.json")


def test_every_keyword_is_documented_with_an_example() -> None:
    vocabulary = json.loads((ROOT / "schema" / "vocabulary.schema.json").read_text("utf-8"))
    page = (ROOT / "schema" / "README.md").read_text("utf-8")
    for keyword, definition in vocabulary["properties"].items():
        assert definition.get("description"), keyword
        section = page.partition(f"### `{keyword}`")[2].partition("### ")[0]
        assert f'"{keyword}"' in section.partition("```json")[2], keyword


def test_article_files_are_valid_by_a_plain_validator() -> None:
    contracts = [
        json.loads((ROOT / "schema" / f"{name}.schema.json").read_text("utf-8")) for name in ("article", "article-file")
    ]
    registry: Registry[Any] = Registry().with_resources((c["$id"], Resource.from_contents(c)) for c in contracts)
    validator = Draft202012Validator(contracts[1], registry=registry)
    files = sorted((ROOT / "annotations" / "gold").glob("*.json"))
    assert len(files) == 5
    for file in files:
        validator.validate(json.loads(file.read_text("utf-8")))
    text_members = set(contracts[0]["properties"]) - {"text"} | {"text_file"}
    assert set(contracts[1]["properties"]) == text_members


def test_schemas_that_are_odd_but_right() -> None:
    with pytest.raises(SchemaError, match="#: a document is of type string; expected an object"):
        Schema.of({"type": "string"})
    asked = Schema.of({"type": "object", "required": ["x", "y"], "properties": {"x": {"type": "string"}}})
    assert [f.message for f in check(Corpus.of([{"x": "a"}], asked)).findings] == [
        "'y' is missing; the schema requires it",
        "the schema declares no span; expected spanOf on the objects that are spans of a text",
    ]


@pytest.mark.parametrize("content", ["true", "false", "[]", "null", "3", '"text"'])
def test_a_file_that_holds_no_object_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "my.schema.json").write_text(content)
    with pytest.raises(SchemaError, match=r"my\.schema\.json: #: isn't an object; expected the JSON"):
        Schema.read(tmp_path / "my.schema.json")


def test_values_of_several_types_are_judged_though_they_have_no_column() -> None:
    choice = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "null"}]}
    span = LETTERS["properties"]["persons"]["items"]
    inner = {**span, "properties": {**span["properties"], "weight": {"type": ["integer", "string"]}}}
    members = {
        "terms": choice,
        "level": {"enum": [1, 2, None]},
        "persons": {**LETTERS["properties"]["persons"], "items": inner},
    }
    schema = Schema.of(changed(**members))
    assert not {"terms"} & schema.root.fields.keys()
    assert (schema.root.fields["level"].kind, schema.root.fields["level"].nullable) == ("integer", True)
    for number, (value, wrong) in enumerate([("a", 0), (["a"], 0), (None, 0), (3, 1), ([3], 2)]):
        found = check(Corpus.of([{**LETTER, "terms": value, "level": number % 2 + 1}], schema)).findings
        assert [one.code for one in found] == ["SP002"] * wrong
    persons = [{**one, "weight": 1.5} for one in LETTER["persons"]]
    found = check(Corpus.of([{**LETTER, "persons": persons, "level": 3}], schema)).findings
    assert {one.json_path for one in found} == {"$.level", *(f"$.persons[{k}].weight" for k in range(len(persons)))}
