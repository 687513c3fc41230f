"""What ``spanOf`` binds: tokens of tokens in whatever order they are listed; the rest is refused in words."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.corpus.records import WrittenRecord
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema

INT, STRING = {"type": "integer"}, {"type": "string"}


def written(**members: Any) -> dict[str, Any]:
    return {"type": "object", "key": "id", "properties": {"id": STRING, "text": STRING, **members}}


def spans(tokens: str | None = None, text: str = "/text") -> dict[str, Any]:
    binding = {"text": text, **({"tokens": tokens} if tokens else {})}
    offsets = {"start": INT, "end": INT, "text": STRING}
    item = {"type": "object", "spanOf": binding, "required": ["start", "end"], "properties": offsets}
    return {"type": "array", "items": item}


def at(*offsets: tuple[int, int]) -> list[dict[str, Any]]:
    return [{"start": start, "end": end} for start, end in offsets]


TAGS = {"type": "array", "items": INT, "spanOf": {"tokens": "tokens", "tags": ["O", "B-X", "I-X"]}}
SENTENCE = {"type": "object", "properties": {"tokens": {"type": "array", "items": STRING}, "tags": TAGS}}


@pytest.mark.parametrize("order", list(itertools.permutations(["pieces", "words", "names"])))
def test_tokens_of_tokens_are_counted_in_any_order(order: tuple[str, ...]) -> None:
    layers = {"pieces": spans(), "words": spans("/pieces"), "names": spans("/words")}
    schema = Schema.of(written(**{name: layers[name] for name in order}))
    names = [{"start": 1, "end": 2, "text": "Ana Lima"}]
    record = {"id": "a", "text": "So Ana Lima", "pieces": at((0, 2), (3, 6), (7, 11)), "words": at((0, 1), (1, 3))}
    record["names"] = names
    corpus = Corpus.of([record], schema)
    (document,) = corpus.documents()
    assert document["names"] == [{"start": 3, "end": 11, "text": "Ana Lima"}]
    assert check(corpus).findings == ()
    assert schema.lens
    again = WrittenRecord.of(record, schema.lens)
    document["names"] = [{"start": 0, "end": 11, "text": "So Ana Lima"}]
    assert again.put({0: document})["names"] == [{"start": 0, "end": 2, "text": "So Ana Lima"}]


WORDS = ["So", "Ana", "met", "Rui"]
STRINGS = {"type": "array", "items": {"type": ["string", "null"]}}
OR_NULL = {"type": "array", "items": {**spans()["items"], "type": ["object", "null"]}}


def in_turns(tokens: Any) -> dict[str, Any]:
    turn = {"text": STRING, "tokens": tokens, "names": spans("2/tokens", "2/text")}
    turns = {"type": "array", "items": {"type": "object", "properties": turn}}
    return {"type": "object", "key": "id", "documents": "", "properties": {"id": STRING, "turns": turns}}


LISTS: dict[str, tuple[Any, Any]] = {
    "strings": (written(tokens=STRINGS, names=spans("/tokens")), WORDS),
    "spans": (
        written(tokens=OR_NULL, names=spans("/tokens")),
        at((0, 2), (3, 6), (7, 10), (11, 14)),
    ),
    "strings of which the text is made": (
        {"type": "object", "key": "id",
         "properties": {"id": STRING, "tokens": STRINGS, "names": spans("/tokens", "/tokens/*")}},
        WORDS,
    ),
    "turns": (in_turns(STRINGS), WORDS),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(LISTS))
@pytest.mark.parametrize("number", range(5))
def test_a_null_among_tokens_is_found_and_shifts_none_behind_it(kind: str, number: int) -> None:
    json_schema, tokens = LISTS[kind]
    holed = [*tokens[:number], None, *tokens[number:]]
    names = [{"start": k, "end": k + 1, "text": WORDS[k - (k > number)]} for k in range(5) if k != number]
    record: dict[str, Any] = {"tokens": holed, "names": names, "text": " ".join(WORDS)}
    if kind == "strings of which the text is made":
        del record["text"]
    whole = {"id": "a", "turns": [record]} if kind == "turns" else {"id": "a", **record}
    report = check(Corpus.of([whole], Schema.of(json_schema)))
    path = f"{'$.turns[0]' if kind == 'turns' else '$'}.tokens[{number}]"
    assert [(one.json_path, one.severity) for one in report.findings] == [(path, "error")], report
    assert "is null or missing, and items of this list are counted" in report.findings[0].message
    assert report.proved >= 4


def test_a_null_among_numbered_sentences_shifts_none_behind_it() -> None:
    binding = {"text": "/sentences", "joinedBy": " ", "item": "sentence", "surface": "text"}
    item = {"type": "object", "spanOf": binding, "properties": dict.fromkeys(("sentence", "start", "end"), INT) | {
        "text": STRING}}  # fmt: skip
    schema = Schema.of(
        {"type": "object", "key": "id", "properties": {"id": STRING, "names": {"type": "array", "items": item},
         "sentences": STRINGS}}
    )  # fmt: skip
    record = {"id": "a", "sentences": ["Ana.", None, "Rui."]}
    record["names"] = [{"sentence": k, "start": 0, "end": 3, "text": name} for k, name in ((0, "Ana"), (2, "Rui"))]
    report = check(Corpus.of([record], schema))
    assert [one.json_path for one in report.findings] == ["$.sentences[1]"], report
    assert report.proved == 2


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (written(a=spans("/b"), b=spans("/a")), "/a/*: spanOf counts the tokens /b, which count what is counted in"),
        (written(a=spans("/a")), "/a/*: spanOf counts the tokens /a, which count what is counted in them"),
        (
            written(sentences={"type": "array", "items": SENTENCE}),
            '/sentences/*/tags: spanOf makes spans of tags that aren\'t a member of the document; expected a member '
            'of the document, as with "documents": "/sentences/*", or the tokens beside them, as with "tokens": '
            '"1/tokens"',
        ),
        (
            {"documents": "/turns/*", **written(turns={"type": "array", "items": {
                "type": "object", "properties": {"names": spans(text="4/text")}}})},
            "/turns/*/names/*: spanOf names the text '4/text', which is outside of the documents at /turns/*",
        ),
        (
            written(body=STRING, words=spans(text="/body"), names=spans("/words")),
            "/names/*: spanOf names the tokens /words, which are spans of the text 'body'; expected tokens of the "
            "text 'text'",
        ),
        (
            written(sentences={"type": "array", "items": STRINGS}, ner={"type": "array", "items": spans("/words")}),
            "/ner/*/*: spanOf is used in a list of lists; expected spans in one list",
        ),
    ],
    ids=["circle", "own", "tags", "texts", "other text", "list of lists"],
)  # fmt: skip
def test_what_cannot_be_bound_is_refused_with_its_place(schema: Any, message: str) -> None:
    with pytest.raises(SchemaError) as error:
        Schema.of(schema)
    assert message in str(error.value)


REGION = {"start": 0, "end": 3, "text": "Ana", "labels": ["P"]}


def tasks(having: list[str] | None, place: str = "value") -> Schema:
    binding = {"text": "/text", "surface": "text", **({"having": having} if having else {})}
    members = {"start": INT, "end": INT, "text": STRING, "labels": {"type": "array", "items": STRING}}
    value = {"type": "object", "spanOf": binding, "required": ["start", "end", "text"], "properties": members}
    item = {"type": "object", "required": ["value"], "properties": {"value": value}} if place == "value" else value
    return Schema.of(written(result={"type": "array", "items": item}))


def said_apart(way: str) -> Schema:
    """The schema of such tasks, what is asked of regions said in several parts."""
    whole = json.loads(json.dumps(dict(tasks(["labels"]).written)))
    item = whole["properties"]["result"]["items"]
    region = item["properties"]["value"]
    asked = {name: region.pop(name) for name in ("required", "properties")}
    binding = {"spanOf": region.pop("spanOf")}
    whole["$defs"] = {"region": {**region, **asked}, "bound": {**region, **asked, **binding}}
    item["properties"]["value"] = {
        "ref beside": {"$ref": "#/$defs/region", **binding},
        "ref": {"$ref": "#/$defs/bound"},
        "ref and more": {"$ref": "#/$defs/bound", "required": ["labels"]},
        "allOf": {"type": "object", "allOf": [binding, asked]},
        "allOf of refs": {"allOf": [{"$ref": "#/$defs/region"}, {"required": ["labels"]}, binding]},
        "or null": {"anyOf": [{"$ref": "#/$defs/bound"}, {"type": "null"}]},
    }[way]
    return Schema.of(whole)


@pytest.mark.parametrize("way", ["ref beside", "ref", "ref and more", "allOf", "allOf of refs", "or null"])
def test_having_means_the_same_where_the_span_is_said_in_several_parts(way: str) -> None:
    schema, plain = said_apart(way), tasks(["labels"])
    for values in ([{"choices": ["x"]}, REGION], [{"text": ["x"]}, {}, REGION], [{"labels": ["P"]}], [{"end": 3}]):
        found, expected = (check(Corpus.of([result_of(*values)], one)) for one in (schema, plain))
        assert (found.spans, found.proved) == (expected.spans, expected.proved)
        assert {one.code for one in found.findings} == {one.code for one in expected.findings}, values


@pytest.mark.parametrize(
    "unused",
    [
        {"$ref": "#/$defs/unused"},
        {"$ref": "#/$defs/nowhere"},
        {"$ref": "#anchor"},
        {"allOf": [{"type": "object", "spanOf": "text"}, {"spanOf": "other"}]},
        {
            "type": "object",
            "spanOf": {"text": "text", "having": ["labels"]},
            "properties": {"labels": STRING, "inner": {"type": "array", "items": {"$ref": "#/$defs/unused"}}},
        },
    ],
    ids=["itself", "nowhere", "anchor", "twice", "recursive"],
)
def test_a_definition_that_nothing_refers_to_may_hold_what_it_wants(unused: Any) -> None:
    schema = Schema.of({**tasks(["labels"]).written, "$defs": {"unused": unused}})
    assert check(Corpus.of([result_of({"choices": ["x"]}, REGION)], schema)).exit_code == 0


def test_a_schema_that_nothing_fits_may_stand_where_no_spans_are() -> None:
    members = {**tasks(["labels"]).written["properties"], "meta": {"type": "string", "not": {"$ref": "#/$defs/none"}}}
    schema = Schema.of({**tasks(["labels"]).written, "properties": members, "$defs": {"none": False}})
    assert check(Corpus.of([{**result_of(REGION), "meta": "x"}], schema)).exit_code == 0


def result_of(*values: Any) -> dict[str, Any]:
    return {"id": "a", "text": "Ana met Rui.", "result": [{"value": value} for value in values]}


@given(
    st.lists(
        st.sampled_from([REGION, {"choices": ["x"]}, {"text": ["x"]}, {"text": "x"}, {}, {"start": None, "rating": 1}])
    )
)
def test_an_object_that_has_no_member_of_a_span_is_none_and_stays_as_it_is(values: list[Any]) -> None:
    schema, record = tasks(["labels"]), result_of(*values)
    report = check(Corpus.of([record], schema))
    regions = values.count(REGION)
    assert (report.spans, report.proved) == (regions, regions)
    assert [one.code for one in report.findings] in ([], ["SP203"] * (regions - 1))
    (document,) = Corpus.of([record], schema).documents()
    assert schema.lens
    assert WrittenRecord.of(record, schema.lens).put({0: document}) == record
    for one in document["result"]:
        if "value" in one:
            one["value"]["end"], one["value"]["text"] = 7, "Ana met"
    after = WrittenRecord.of(record, schema.lens).put({0: document})
    moved = {**REGION, "end": 7, "text": "Ana met"}
    assert after == result_of(*(moved if value == REGION else value for value in values))


@pytest.mark.parametrize("name", list(REGION))
def test_an_object_that_has_a_member_of_a_span_is_held_to_all(name: str) -> None:
    report = check(Corpus.of([result_of({name: REGION[name]}, REGION)], tasks(["labels", "text"])))
    assert (report.spans, report.proved) == (2, 1)
    missing = {f"$.result[0].value.{other}" for other in {"start", "end", "text"} - {name}}
    assert {one.json_path for one in report.findings} == missing
    assert {one.code for one in report.findings} <= {"SP002", "SP101"}
    assert check(Corpus.of([result_of({"choices": ["x"]}, REGION)], tasks(None))).findings


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (lambda: tasks(["labels"], "item"), "/result/*: spanOf has having on what isn't a member; expected it on an"),
        (lambda: tasks(["label"]), "/result/*/value: spanOf has having, which names 'label'; expected one of start"),
    ],
)
def test_having_is_refused_where_it_says_nothing(schema: Any, message: str) -> None:
    with pytest.raises(SchemaError) as refused:
        schema()
    assert message in str(refused.value)


def test_what_the_refusal_of_tags_expects_is_taken() -> None:
    members = {"id": STRING, "sentences": {"type": "array", "items": SENTENCE}}
    schema = Schema.of({"type": "object", "key": "id", "documents": "/sentences/*", "properties": members})
    record = {"id": "a", "sentences": [{"tokens": ["Ana", "left"], "tags": [1, 0]}]}
    corpus = Corpus.of([record], schema)
    assert check(corpus).spans == 1
    assert [tag["label"] for document in corpus.documents() for tag in document["tags"]] == ["X"]


@pytest.mark.parametrize("words", ["Ana , Rui .", "Ana, Rui."])
def test_a_member_that_follows_from_others_is_no_surface(words: str) -> None:
    """German Wikinews has sentences whose ``text`` are their tokens, joined: that it is no slice is no fault."""
    joined = {**STRING, "derived": {"joins": "tokens/*", "joinedBy": " "}}
    members = {"from": INT, "to": INT, "text": joined, "tokens": {"type": "array", "items": STRING}}
    item = {"type": "object", "spanOf": {"start": "from", "end": "to"}, "properties": members}
    corpus = Corpus.of(
        [{"id": "a", "text": "Ana, Rui.", "parts": [
            {"from": 0, "to": 9, "text": words, "tokens": ["Ana", ",", "Rui", "."]}]}],
        Schema.of(written(parts={"type": "array", "items": item})),
    )  # fmt: skip
    report = check(corpus)
    sound = words == "Ana , Rui ."
    assert (report.proved, report.in_bounds, report.with_errors) == (0, int(sound), int(not sound))
    assert [finding.code for finding in report.findings] == ([] if sound else ["SP210"])
