"""Records in every shape: the laws of the lens between what is written and canonical documents."""

import copy
import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.corpus.records import WrittenRecord, created
from spanproof.corpus.shapes import ShapeError
from spanproof.schema.schema import Schema
from support.documents import ROOT
from support.shapes import CANONICAL, INTEGER, STRING, canonical_documents, shaped_schemas


def renamed(document: Any, schema: Schema) -> Any:
    """The document with its ids under the name that the schema gives them."""
    key = schema.nodes[("mentions",)].key or "id"
    mentions = [{key if name == "id" else name: v for name, v in item.items()} for item in document["mentions"]]
    return {**document, "mentions": mentions}


def written(document: Any, schema: Schema) -> Any:
    assert schema.lens is not None
    try:
        return created([document], schema.lens)
    except ShapeError:
        assume(False)


def filled(value: Any, name: str = "") -> Any:
    """A record without columns of no items, which say the same as columns that aren't there."""
    if isinstance(value, dict):
        shown = {key: filled(member, key) for key, member in value.items()}
        return {key: member for key, member in shown.items() if name != "mentions" or member != []}
    return [filled(item) for item in value] if isinstance(value, list) else value


@given(shaped_schemas(), canonical_documents())
def test_what_is_put_is_got(shaped: dict[str, Any], document: dict[str, Any]) -> None:
    schema = Schema.of(shaped)
    document = renamed(document, schema)
    record = WrittenRecord.of(written(document, schema), schema.lens)  # type: ignore[arg-type]
    assert json.dumps(record.documents, sort_keys=True) == json.dumps([document], sort_keys=True)
    assert record.faults(0) == ()


@given(shaped_schemas(), canonical_documents(), canonical_documents())
def test_a_change_is_put_and_got_and_nothing_else_changes(
    shaped: dict[str, Any], document: dict[str, Any], other: dict[str, Any]
) -> None:
    schema = Schema.of(shaped)
    before = written(renamed(document, schema), schema)
    record = WrittenRecord.of(before, schema.lens)  # type: ignore[arg-type]
    kept = copy.deepcopy(before)
    assert record.put({0: record.documents[0]}) is before
    changed = {**record.documents[0], "mentions": renamed(other, schema)["mentions"]}
    try:
        after = record.put({0: changed})
    except ShapeError:
        return
    assert before == kept
    assert WrittenRecord.of(after, record.lens).documents == (changed,)
    assert filled(WrittenRecord.of(after, record.lens).put({0: record.documents[0]})) == filled(before)


@given(shaped_schemas(), canonical_documents())
def test_a_corpus_has_the_same_findings_in_every_shape(shaped: dict[str, Any], document: dict[str, Any]) -> None:
    schema = Schema.of(shaped)
    own = renamed(document, schema)
    record = written(own, schema)
    found = check(Corpus.of([record], schema)).findings
    expected = check(Corpus.of([document], Schema.of(CANONICAL))).findings
    assert [f.code for f in found] == [f.code for f in expected]
    paths = [tuple("id" if step in ("0",) else step for step in f.path) for f in found]
    assert paths == [f.path for f in expected]
    for finding in found:  # each written path leads to something that is there
        assert finding.written is not None
        value = record
        for step in finding.written:
            value = value[step]


@given(shaped_schemas(), canonical_documents(broken=False), st.data())
def test_anything_at_all_in_a_record_is_read_without_a_traceback(
    shaped: dict[str, Any], document: dict[str, Any], data: st.DataObject
) -> None:
    schema = Schema.of(shaped)
    record = copy.deepcopy(written(renamed(document, schema), schema))
    paths = list(places(record))
    path = data.draw(st.sampled_from(paths))
    junk = data.draw(st.sampled_from([None, True, -1, 1.5, 99, "x", "3 😀", [], [1], {}, {"start": 0}]))
    holder = record
    for step in path[:-1]:
        holder = holder[step]
    if path:
        holder[path[-1]] = junk
    read = WrittenRecord.of(record if path else junk, schema.lens)  # type: ignore[arg-type]
    for number, got in enumerate(read.documents):
        assert read.put({number: got}) == read.written
    check(Corpus.of([record if path else junk], schema))


def places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from places(item, (*path, step))


def of(binding: Any, **members: Any) -> Schema:
    span = {"type": "object", "spanOf": binding, "properties": members}
    return Schema.of({"type": "object", "properties": {"text": STRING, "m": {"type": "array", "items": span}}})


@pytest.mark.parametrize(
    ("binding", "span", "code", "path"),
    [
        ({"unit": "utf-16"}, {"start": 1, "end": 3}, "SP101", "$.m[0].start"),
        ({"unit": "utf-16", "base": 1}, {"start": 1, "end": 2}, "SP101", "$.m[0].end"),
        ({"unit": "utf-8"}, {"start": 0, "end": 3}, "SP101", "$.m[0].end"),
        ({"unit": "utf-16"}, {"start": 0, "end": 9}, "SP105", "$.m[0]"),
        ({"unit": "utf-8"}, {"start": -1, "end": 4}, "SP102", "$.m[0]"),
        ({"unit": "utf-16"}, {"start": 1.5, "end": 3}, "SP101", "$.m[0].start"),
    ],
)
def test_an_offset_that_is_none_is_not_moved(binding: Any, span: Any, code: str, path: str) -> None:
    record = {"text": "😀 Ana", "m": [span]}
    findings = check(Corpus.of([record], of(binding, start=INTEGER, end=INTEGER))).findings
    assert (code, path) in [(finding.code, finding.json_path) for finding in findings]


def test_a_record_without_documents_is_not_passed_over() -> None:
    turn = {"type": "object", "properties": {"text": STRING, "m": {"type": "array", "items": {"spanOf": "text"}}}}
    turn["properties"]["m"]["items"] = {  # type: ignore[index]
        "type": "object", "spanOf": {"text": "2/text"}, "properties": {"start": INTEGER, "end": INTEGER},
    }  # fmt: skip
    schema = Schema.of({"type": "object", "properties": {"turns": {"type": "array", "items": turn}}})
    for record in ({}, {"turns": []}, {"turns": None}, {"Turns": [{"text": "a", "m": []}]}, []):
        report = check(Corpus.of([record], schema))
        assert report.exit_code == 2, record


TAGGED = {
    "type": "object",
    "properties": {
        "tokens": {"type": "array", "items": STRING},
        "tags": {"type": "array", "items": INTEGER, "spanOf": {"tokens": "tokens", "tags": ["O", "B-X", "I-X"]}},
    },
}


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ([0, 9, 0], "has the tag 1, 9, an integer; expected a number below 3"),
        ([0, 1], "has 2 tags for 3 tokens; expected one for each"),
        ([0, 1, 2, 0], "has 4 tags for 3 tokens; expected one for each"),
        ([0, None, 1], None),
    ],
)
def test_tags_that_say_nothing_are_not_passed_over(tags: list[Any], message: str | None) -> None:
    findings = check(Corpus.of([{"tokens": ["a", "b", "c"], "tags": tags}], Schema.of(TAGGED))).findings
    assert any(f.json_path.startswith("$.tags") and message in (None, f.message) for f in findings)


@given(st.lists(st.sampled_from([0, 1, 2]), max_size=7))
def test_tags_are_spans_and_back(tags: list[int]) -> None:
    schema = Schema.of(TAGGED)
    assert schema.lens is not None
    record = WrittenRecord.of({"tokens": ["ab"] * len(tags), "tags": tags}, schema.lens)
    (document,) = record.documents
    assert record.put({0: document}) is record.written
    again = WrittenRecord.of(created([document], schema.lens), schema.lens) if tags else record
    assert again.documents == record.documents
    for k in range(len(document["tags"])):  # a span that goes leaves the other tags as they are written
        without = {**document, "tags": [span for n, span in enumerate(document["tags"]) if n != k]}
        after = record.put({0: without})["tags"]
        changed = [n for n, (old, new) in enumerate(zip(tags, after, strict=True)) if old != new]
        assert all(after[n] == 0 for n in changed)


def test_findings_say_what_is_written_and_in_which_unit() -> None:
    record = {"text": "😀 Ana", "m": [{"start": 0, "end": 9}]}
    schema = of({"unit": "utf-16"}, start=INTEGER, end=INTEGER)
    (finding,) = (f for f in check(Corpus.of([record], schema)).findings if f.code == "SP105")
    assert finding.message == ("0:8 ends past the text, which has 5 code points (written as start 0, end 9 in UTF-16)")


def sentences() -> Schema:
    span = {
        "type": "array", "spanOf": {"text": "/sentences", "item": 0, "start": 1, "end": 2, "unit": "utf-16"},
        "prefixItems": [INTEGER, INTEGER, INTEGER], "minItems": 3,
    }  # fmt: skip
    lists = {"sentences": {"type": "array", "items": STRING}, "m": {"type": "array", "items": span}}
    return Schema.of({"type": "object", "properties": lists})


def test_offsets_are_counted_in_the_string_that_a_span_names() -> None:
    record = {"sentences": ["😀 Ana", "met Bo."], "m": [[0, 3, 6], [1, 4, 6]]}
    assert check(Corpus.of([record], sentences())).findings == ()
    (document,) = Corpus.of([record], sentences()).documents()
    assert [document["text"][span["start"] : span["end"]] for span in document["m"]] == ["Ana", "Bo"]


@pytest.mark.parametrize(
    ("span", "path"),
    [([0, 3, 7], "$.m[0][2]"), ([2, 0, 1], "$.m[0][0]"), ([-1, 0, 1], "$.m[0][0]"), ([1, -1, 2], "$.m[0][1]")],
)
def test_a_span_does_not_run_into_another_string(span: list[int], path: str) -> None:
    report = check(Corpus.of([{"sentences": ["😀 Ana", "met Bo."], "m": [span]}], sentences()))
    assert ("SP101", path) in [(f.code, f.json_path) for f in report.findings]


def test_a_correction_stays_in_its_string() -> None:
    schema = sentences()
    assert schema.lens is not None
    record = WrittenRecord.of({"sentences": ["😀 Ana", "met Bo."], "m": [[0, 3, 6]]}, schema.lens)
    (document,) = record.documents
    moved = {**document, "m": [{**document["m"][0], "start": 2, "end": 4}]}
    assert record.put({0: moved})["m"] == [[0, 3, 5]]
    with pytest.raises(ShapeError, match="outside of the string"):
        record.put({0: {**document, "m": [{**document["m"][0], "start": 4, "end": 8}]}})


@pytest.mark.parametrize("pair", [[], [0], [0, 3, 5]])
def test_a_pair_of_offsets_has_two(pair: list[int]) -> None:
    pairs = {"type": "array", "items": {"type": "array", "items": INTEGER}}
    for offsets, schema in (([pair], pairs), (pair, pairs["items"])):
        report = check(Corpus.of([{"text": "Ana met Bo", "m": [{"at": offsets}]}], of({"offsets": "at"}, at=schema)))
        assert any(f"has {len(pair)} items; expected 2" in finding.message for finding in report.findings)
    both = {"type": "array", "items": INTEGER, "spanOf": {"start": 0, "end": 1}}
    plain = Schema.of({"type": "object", "properties": {"text": STRING, "m": {"type": "array", "items": both}}})
    report = check(Corpus.of([{"text": "Ana met Bo", "m": [pair]}], plain))
    assert any(f"has {len(pair)} items; expected 2" in finding.message for finding in report.findings)


@given(shaped_schemas(), canonical_documents(broken=False), st.data())
def test_a_span_that_lost_what_says_where_it_is_is_never_passed_over(
    shaped: dict[str, Any], document: dict[str, Any], data: st.DataObject
) -> None:
    """Whatever goes or is null: no span is unread, or fewer spans than before are there, without a finding."""
    assume(document["mentions"])
    schema = Schema.of(shaped)
    record = copy.deepcopy(written(renamed(document, schema), schema))
    before = check(Corpus.of([record], schema)).spans
    path = data.draw(st.sampled_from([path for path in places(record) if path]))
    holder = record
    for step in path[:-1]:
        holder = holder[step]
    ids = {mention["id"] for mention in document["mentions"]}  # an entry of a dictionary is a span as a whole
    if isinstance(holder, dict) and path[-1] not in ids and data.draw(st.booleans()):
        del holder[path[-1]]
    else:
        holder[path[-1]] = None
    report = check(Corpus.of([record], schema))
    assert report.findings or (report.unread, report.spans) == (0, before)


FRAGMENT = {"type": "object", "spanOf": "text", "properties": {"start": INTEGER, "end": INTEGER}}
FRAGMENTED: dict[str, Any] = {
    "objects": {
        "annotationOf": {"fragments": "m"},
        "properties": {"m": {"type": ["array", "null"], "items": FRAGMENT}},
    },
    "required objects": {
        "annotationOf": {"fragments": "m"},
        "required": ["m"],
        "properties": {"m": {"type": "array", "items": FRAGMENT}},
    },
    "pairs": {
        "spanOf": {"offsets": "m"},
        "properties": {"m": {"type": "array", "items": {"type": "array", "items": INTEGER}}},
    },
}


@pytest.mark.parametrize("shape", FRAGMENTED)
@pytest.mark.parametrize("mention", [{"m": []}, {"m": None}, {}])
def test_an_annotation_of_no_fragment_is_unread(shape: str, mention: dict[str, Any]) -> None:
    items = {"type": "object", **FRAGMENTED[shape]}
    schema = Schema.of({"type": "object", "properties": {"text": STRING, "a": {"type": "array", "items": items}}})
    whole = {"m": [[0, 3]] if shape == "pairs" else [{"start": 0, "end": 3}]}
    sound, lacking = (check(Corpus.of([{"text": "Ana", "a": some}], schema)) for some in ([whole], [whole, mention]))
    assert (sound.spans, sound.findings) == (1, ())
    assert [finding.code for finding in lacking.findings] in (["SP006"], ["SP002"])


def test_a_member_that_is_not_there_is_not_put_as_null() -> None:
    schema = Schema.read(ROOT / "schema" / "examples" / "wikinews.schema.json")
    part = {"charBegin": 0, "charEnd": 3, "value": "Ana"}
    items = [{"type": "Direct", "quote": dict(part)}, {"type": "Direct", "quote": dict(part), "cue": None}]
    written_record = {"documentName": "a", "text": "Ana Rui", "annotations": items}
    (batch,) = Corpus.of([written_record], schema).batches
    document = next(batch.documents())
    assert document["annotations"][0]["cue"] is None
    document["annotations"][0]["type"] = "Indirect"
    expected = [{**items[0], "type": "Indirect"}, items[1]]
    assert [record.written["annotations"] for record in batch.with_changes({0: document}, schema).records] == [expected]
    fewer = {**document, "annotations": document["annotations"][1:]}
    assert [record.written["annotations"] for record in batch.with_changes({0: fewer}, schema).records] == [items[1:]]
