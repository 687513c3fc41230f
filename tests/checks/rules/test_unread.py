"""Nothing passes unseen: mutants of sound schemas and documents are refused, found, or as sound as they were."""

import copy
import itertools
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.examples import PUBLISHED
from spanproof.checks.report import Report, summary
from spanproof.corpus.documents import Corpus, batch_of
from spanproof.formats.discovery import read
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema
from support import examples, mutants
from support.documents import LETTER, LETTERS, ROOT
from support.linked import LINKED
from support.wrong_schemas import FOUND, OPEN, SOUND


def _examples() -> dict[str, tuple[Any, list[Any]]]:
    """The examples of foreign formats whose texts stand in their records: schema and records."""
    folder, found = ROOT / "schema" / "examples", {}
    for schema in sorted(folder.glob("*.schema.json")):
        name = schema.name.removesuffix(".schema.json")
        if (lines := folder / f"{name}.jsonl").exists():
            found[name] = (
                json.loads(schema.read_text("utf-8")),
                [json.loads(line) for line in lines.read_text("utf-8").splitlines()],
            )
        elif not (folder / f"{name}.txt").exists():
            records = json.loads((folder / f"{name}.json").read_text("utf-8"))
            found[name] = json.loads(schema.read_text("utf-8")), records if isinstance(records, list) else [records]
    return found


PAIRS: Mapping[str, tuple[Any, list[Any]]] = {
    "open": (OPEN, [SOUND]),
    "letters": (LETTERS, [LETTER]),
    "article": (Schema.article().json, [PUBLISHED]),
    **_examples(),
}


def sizes(report: Report) -> tuple[int, int, int]:
    return report.proved, report.in_bounds, report.unread


@pytest.mark.parametrize("name", PAIRS)
def test_the_pairs_are_sound(name: str) -> None:
    schema, documents = PAIRS[name]
    report = check(Corpus.of(documents, Schema.of(schema)))
    assert report.findings == ()
    assert report.spans == report.proved + report.in_bounds > 0


@pytest.mark.parametrize(("schema", "documents", "codes", "counts"), FOUND)
def test_what_is_not_read_is_found(
    schema: Any, documents: list[Any], codes: list[str], counts: tuple[int, int, int]
) -> None:
    report = check(Corpus.of(documents, Schema.of(schema)))
    assert sorted({finding.code for finding in report.findings}) == codes
    assert sizes(report) == counts


@settings(max_examples=examples(250))
@given(st.sampled_from(sorted(PAIRS)), st.integers())
def test_a_mutant_of_a_schema_is_refused_or_found_or_proves_as_much(name: str, seed: int) -> None:
    json_schema, documents = PAIRS[name]
    mutant, what = mutants.of_schema(json_schema, random.Random(seed))
    try:
        report = check(Corpus.of(documents, Schema.of(mutant)))
    except SchemaError:
        return
    sound = check(Corpus.of(documents, Schema.of(json_schema)))
    # A keyword that is moved to where it says something else is another schema.
    assert report.findings or report.spans >= sound.spans or " moved " in what, (what, summary(report))
    assert summary(report)


@settings(max_examples=examples(250))
@given(st.sampled_from(sorted(PAIRS)), st.integers())
def test_a_mutant_of_a_document_is_found_or_proves_as_much(name: str, seed: int) -> None:
    json_schema, documents = PAIRS[name]
    draw, schema = random.Random(seed), Schema.of(json_schema)
    k = draw.randrange(len(documents))
    mutant, path, way = mutants.of_document(documents[k], draw)
    report = check(Corpus.of([*documents[:k], mutant, *documents[k + 1 :]], schema))
    sound = check(Corpus.of(documents, schema))
    # Without a member that may lack, a document is another one, and so it is with an empty list.
    assert report.findings or report.spans >= sound.spans or way in ("drop", "null", "empty"), (
        path,
        way,
        summary(report),
    )


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(st.sampled_from(["open", "letters", "article"]), st.integers()), min_size=2, max_size=4))
def test_counts_add_up_over_batches(drawn: list[tuple[str, int]]) -> None:
    name = drawn[0][0]
    json_schema, documents = PAIRS[name]
    schema = Schema.of(json_schema)
    many = [mutants.of_document(documents[0], random.Random(seed))[0] for _, seed in drawn]
    alone = [check(Corpus.of([document], schema)) for document in many]
    together = check(Corpus.of(many, schema))
    apart = check(Corpus(schema, tuple(Corpus.of([document], schema).batches[0] for document in many)))  # type: ignore[index]
    for whole in (together, apart):
        assert sizes(whole) == tuple(map(sum, zip(*map(sizes, alone), strict=True)))
        assert whole.spans == sum(report.spans for report in alone)


def test_what_was_not_read_is_reported_whatever_is_selected_and_waived() -> None:
    from spanproof.corpus.waivers import Waiver

    schema = Schema.of(OPEN)
    corpus = Corpus.of([{**SOUND, "text": None}], schema, waivers=[Waiver("SP006", "for the test")])
    report = check(corpus, select=["SP5"], ignore=["SP006"])
    assert [finding.code for finding in report.findings] == ["SP006"]
    assert report.waived == ()


def test_the_last_line_counts_what_is_proved() -> None:
    schema = Schema.of(OPEN)
    one, two = SOUND["names"]
    spans = [one, {**two, "text": None}]
    assert summary(check(Corpus.of([{**SOUND, "names": spans}], schema))) == (
        "1 document, 2 spans: 1 proved, 1 in bounds only; no findings"
    )
    spans = [{**one, "text": "Ann"}, {**two, "end": None}]
    assert summary(check(Corpus.of([{**SOUND, "names": spans}], schema))).startswith(
        "1 document, 2 spans: 1 unread, 1 with an error; 2 errors"
    )
    assert (
        summary(check(Corpus.of([{**SOUND, "names": []}], schema)))
        == "1 document, 0 spans: nothing to prove; no findings"
    )


def test_a_prefix_and_a_suffix_prove_a_span_without_a_surface() -> None:
    context = {"prefix": {"type": "string"}, "suffix": {"type": "string"}}
    offsets = {"start": {"type": "integer"}, "end": {"type": "integer"}}
    span = {"type": "object", "spanOf": "text", "properties": {**offsets, **context}}
    schema = Schema.of(
        {"type": "object", "properties": {"text": {"type": "string"}, "s": {"type": "array", "items": span}}}
    )
    for members, counts in (
        ({"prefix": "Ana ", "suffix": " Bo"}, (1, 0, 0)),
        ({"prefix": "Ana "}, (0, 1, 0)),
        ({"prefix": "", "suffix": " Bo"}, (0, 1, 0)),
        ({"prefix": "Ana ", "suffix": "Bo"}, (0, 0, 0)),
    ):
        report = check(Corpus.of([{"text": "Ana met Bo", "s": [{"start": 4, "end": 7, **members}]}], schema))
        assert sizes(report) == counts, members


def test_the_words_of_an_annotation_prove_its_fragments() -> None:
    span = {"type": "object", "spanOf": "text", "properties": {n: {"type": "integer"} for n in ("start", "end")}}
    mention = {
        "type": "object",
        "annotationOf": {"fragments": "at", "text": "words"},
        "properties": {"at": {"type": "array", "items": span}, "words": {"type": ["string", "null"]}},
    }
    list_ = {"type": "array", "overlap": "forbid", "items": mention}
    schema = Schema.of({"type": "object", "properties": {"text": {"type": "string"}, "mentions": list_}})
    at = [{"start": 3, "end": 7}, {"start": 11, "end": 13}]
    for words, codes, counts in (
        ("gave up", [], (2, 0, 0)),
        ("gave it up", ["SP209"], (0, 0, 0)),
        (None, [], (0, 2, 0)),
    ):
        report = check(Corpus.of([{"text": "He gave it up.", "mentions": [{"at": at, "words": words}]}], schema))
        assert [finding.code for finding in report.findings] == codes
        assert sizes(report) == counts
    twice = [{"at": at, "words": "gave it up"}, {"at": at, "words": "gave it up"}]
    report = check(Corpus.of([{"text": "He gave it up.", "mentions": twice}], schema))
    assert sorted(finding.code for finding in report.findings) == ["SP203", "SP209"]
    assert report.with_errors == report.spans == 4


REPLACEMENTS = (True, False, [], None, 3, -1, "x", {}, [[]])
RELATED = {"id": "a", "text": "Ana"} | {name: [] for name in ("mentions", "quotes", "relations", "links")}
WITH_LINKED: Mapping[str, tuple[Any, list[Any]]] = {
    **PAIRS,
    "linked": (json.loads(json.dumps(dict(LINKED.json))), [RELATED]),
}


@pytest.mark.parametrize("name", WITH_LINKED)
@settings(max_examples=examples(25))
@given(data=st.data())
def test_a_schema_with_anything_in_it_is_refused_in_words_or_can_be_checked(name: str, data: st.DataObject) -> None:
    schema, documents = copy.deepcopy(WITH_LINKED[name])
    path = data.draw(st.sampled_from([path for path, _ in mutants.places(schema) if path]))
    mutants.at(schema, path[:-1])[path[-1]] = data.draw(st.sampled_from(REPLACEMENTS))
    try:
        compiled = Schema.of(schema)
    except SchemaError:
        return
    check(Corpus.of(documents, compiled))


def test_a_schema_without_members_is_checked() -> None:
    bare = Schema.of({"type": "object", "required": ["a"], "properties": {}})
    assert {finding.code for finding in check(Corpus.of([{}, {"a": 1}], bare)).findings} == {"SP002", "SP007"}


LAYERED = Schema.of(
    {
        "type": "object",
        "key": "id",
        "properties": {
            "id": {"type": "string"},
            "text": {"type": "string"},
            "names": {**OPEN["properties"]["names"], "type": ["array", "null"]},
        },
    }
)


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["", "chunks", "other"])), min_size=1, max_size=6), st.data())
def test_an_unlisted_layer_is_found_unless_it_stands_beside_the_one_that_is_lacking(
    drawn: list[tuple[bool, str]], data: st.DataObject
) -> None:
    span = {"id": "1", "start": 0, "end": 3, "text": "Ana", "label": "PER"}
    documents = [
        {
            "id": str(k),
            "text": f"Ana {'x' * k}",
            **({"names": [span]} if named else {}),
            **({other: [span]} if other else {}),
        }
        for k, (named, other) in enumerate(drawn)
    ]
    together = {other for named, other in drawn if named and other}
    expected = [
        (str(k), f"$.{other}")
        for k, (named, other) in enumerate(drawn)
        if not named and other and other not in together
    ]
    batches = data.draw(st.integers(1, len(documents)))
    parts = [documents[k : k + batches] for k in range(0, len(documents), batches)]
    corpus = Corpus(LAYERED, tuple(batch_of(part, LAYERED) for part in parts))
    found = [(f.document, f.json_path) for f in check(corpus).findings if f.code == "SP008"]
    assert sorted(found) == sorted(expected)


NUMBERS = {"pages": [1, 2], "box": [[0, 0, 9, 9]], "meta": {"views": 3, "likes": 5}, "years": {"a": 2014, "b": 2015}}
TIMES = {
    "audio": [{"start": 0.5, "end": 2.25}],
    "periods": [{"start": "2014", "end": "2015"}],
    "ends": [{"from_id": 1, "to_id": 2}],
    "hours": ["12:30", "2014-02"],
    "books": [{"title": "x", "year": 2014, "volume": 2}],
}
WRITTEN = (
    [{"start": "0", "end": "3"}],
    [{"start": "900", "end": "903", "label": "PER"}],
    [[0, 3]],
    [[0, 3, "PER"]],
    [["PER", 0, 3]],
    ["0 3"],
    ["0,3"],
    ["0 3;11 13"],
    [{"span": "0 3"}],
    [{"offsets": [0, 3]}],
    [{"offsets": [[0, 3], [11, 13]]}],
    [{"begin": 0, "end": 3}],
    [{"charBegin": 0, "charEnd": 3}],
    [{"offset": 0, "length": 3}],
    [{"answer_start": 0, "text": "Bob"}],
    [{"one": 0, "other": 3, "name": "Bob"}],
    {"e1": {"start": 0, "end": 3}},
    {"start": [0, 3], "end": [2, 4]},
    {"inner": [{"value": {"start": 0, "end": 3}}]},
)
"""Ways to write spans, some of which no schema of this file binds."""


def _schema_with_layer_s(binding: Any) -> tuple[Schema, list[dict[str, int]]]:
    """A schema whose layer of spans may be null, and a list of a span that it reads."""
    names = {"start": "start", "end": "end", **(binding or {})}
    offsets = {names[side]: {"type": "integer"} for side in ("start", "end")}
    members = {**offsets, "label": {"type": ["string", "null"]}}
    item = {"type": "object", "spanOf": binding or "text", "required": [*offsets], "properties": members}
    layer = {"type": ["array", "null"], "items": item}
    properties = {"id": {"type": "string"}, "text": {"type": "string"}, "s": layer}
    schema = Schema.of({"type": "object", "key": "id", "properties": properties})
    return schema, [{names["start"]: 0, names["end"]: 3}]


BINDINGS = (None, {"start": "from", "end": "to"}, {"end": "stop", "unit": "utf-16"})


@pytest.mark.parametrize(("binding", "written"), [*zip(itertools.cycle(BINDINGS), WRITTEN, strict=False)])
def test_spans_written_otherwise_are_missed_where_the_layer_is_lacking(
    binding: Any, written: Any, tmp_path: Path
) -> None:
    schema, spans = _schema_with_layer_s(binding)
    sound = {"id": "a", "text": "Bob saw Ana in Oslo.", "s": spans}
    lacking = {"id": "b", "text": "Bob met Ana in Rome."}
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in (sound, {**lacking, "chunks": written})), "utf-8")

    def found(corpus: Corpus) -> list[tuple[str, str]]:
        return [(one.code, one.json_path) for one in check(corpus).findings]

    assert found(Corpus.of([sound, {**lacking, "chunks": written}], schema)) == [("SP008", "$.chunks")]
    assert found(read(path, schema, {})) == [("SP008", "$.chunks")]
    beside = [{**sound, "chunks": written}, {**lacking, "chunks": written}]  # so it is another layer
    assert found(Corpus.of(beside, schema)) == []


@pytest.mark.parametrize("binding", BINDINGS)
@pytest.mark.parametrize("unlisted", [{}, NUMBERS, TIMES, {"others": []}, {"chunks": 1}])
def test_a_layer_that_may_be_absent_is_missed_only_where_spans_are_unlisted(
    binding: Any, unlisted: dict[str, Any]
) -> None:
    schema, spans = _schema_with_layer_s(binding)
    canonical = [{"start": 0, "end": 3}]
    sound = {"id": "a", "text": "Ana met Bo in Rome.", "s": spans}
    lacking = {
        "id": "b",
        "text": "Bo met Ana in Rome.",
        **unlisted,
    }
    for chunks in (spans, canonical) if "chunks" in unlisted else ([],):
        documents = [sound, {**lacking, **({"chunks": chunks} if chunks else {})}]
        found = [(one.code, one.json_path) for one in check(Corpus.of(documents, schema)).findings]
        assert found == ([("SP008", "$.chunks")] if chunks else [])


@pytest.mark.parametrize(
    ("words", "allowed", "codes"), [("", True, []), ("", False, ["SP006"]), ("Ana", True, ["SP006"])]
)
def test_an_annotation_without_words_may_have_no_fragment_where_its_policy_says_so(
    words: str, allowed: bool, codes: list[str]
) -> None:
    """German Wikinews writes a part that there isn't as one without spans and words."""
    fragments = {"type": "array", "items": {"type": "object", "spanOf": "text", "properties": {
        "start": {"type": "integer"}, "end": {"type": "integer"}}}}  # fmt: skip
    policy = {"policy": {"absent": "allowed"}} if allowed else {}
    part = {"type": "object", "annotationOf": {"fragments": "spans", "text": "words"},
            "properties": {"words": {"type": "string"}, "spans": {**fragments, **policy}}}  # fmt: skip
    schema = Schema.of({"type": "object", "properties": {"text": {"type": "string"}, "cue": part}})
    documents = [{"text": "Ana left.", "cue": {"words": words, "spans": []}},
                 {"text": "Ana left.", "cue": {"words": "Ana", "spans": [{"start": 0, "end": 3}]}}]  # fmt: skip
    assert [
        finding.code for finding in check(Corpus.of(documents, schema)).findings if finding.code != "SP603"
    ] == codes


def test_spans_of_a_list_of_no_tokens_were_not_read() -> None:
    numbers = {"start": {"type": "integer"}, "end": {"type": "integer"}}
    item = {"type": "object", "spanOf": {"tokens": "tokens"}, "required": [*numbers], "properties": numbers}
    members = {"tokens": {"type": "array", "items": {"type": "string"}}, "names": {"type": "array", "items": item}}
    schema = Schema.of({"type": "object", "required": [*members], "properties": members})
    sound = {"tokens": ["Ana", "left"], "names": [{"start": 0, "end": 1}]}
    for record, found in (
        (sound, []),
        ({"tokens": [], "names": []}, []),
        ({**sound, "tokens": []}, [("SP006", "$.tokens")]),
        ({**sound, "tokens": None}, [("SP002", "$.tokens")]),
    ):
        report = check(Corpus.of([record], schema))
        assert [(one.code, one.json_path) for one in report.findings] == found


@pytest.mark.parametrize("item", [None, {}, {"start": "x", "end": 3}])
def test_what_is_no_span_among_spans_that_are_not_listed_hides_none(item: Any) -> None:
    span = {"start": 0, "end": 3}
    documents = [
        {"id": "a", "text": "Ana met Rui.", "names": [span]},
        {"id": "b", "text": "Ana.", "other": [span, item]},
    ]
    found = [(one.document, one.json_path) for one in check(Corpus.of(documents, LAYERED)).findings]
    assert ("b", "$.other") in found


@pytest.mark.parametrize("member", ["people", "persons"])
def test_a_listed_member_without_a_column_is_not_called_unlisted(member: str) -> None:
    offsets = {name: {"type": "integer"} for name in ("start", "end")}
    names = {"type": ["array", "null"], "items": {"type": "object", "spanOf": "text", "properties": offsets}}
    several = {"type": ["array", "string"]}
    schema = {"type": "object", "properties": {"text": {"type": "string"}, "names": names, "people": several}}
    document = {"text": "Ana met Rui.", member: [{"start": 0, "end": 3}]}
    (finding,) = check(Corpus.of([document], Schema.of(schema))).findings
    assert finding.code == "SP008"
    assert ("isn't listed" in finding.message) is (member == "persons")
    assert ("has several types" in finding.message) is (member == "people")
