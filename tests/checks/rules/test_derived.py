"""Members that follow from others (SP210) against loops, and schemas from which nothing follows."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema
from support import examples
from support.checks import correct

TEXT = "一二三四五六七八"
INT = {"type": "integer"}
SPAN = {"type": "object", "spanOf": "text", "properties": {"start": INT, "end": INT}}
STRING = {"type": "string"}


def listed(**members: Any) -> dict[str, Any]:
    return {"type": "array", "items": {**SPAN, "properties": {"start": INT, "end": INT, **members}}}


def schema(**members: Any) -> Schema:
    return Schema.of({"type": "object", "properties": {"text": STRING, **members}})


def wrong(document: dict[str, Any], rules: Schema, *others: dict[str, Any]) -> list[Any]:
    findings = check(Corpus.of([document, *others], rules), select=["SP210"]).findings
    return [finding.path for finding in findings if finding.row == 0]


PAIRS = st.tuples(st.integers(0, 7), st.integers(1, 8)).filter(lambda pair: pair[0] < pair[1])
SOME = st.lists(PAIRS, max_size=4, unique=True)


@settings(max_examples=examples(120))
@given(st.sampled_from(["covers", "within"]), SOME, SOME, st.booleans())
def test_a_flag_by_containment_is_that_of_a_loop_over_pairs(kind: str, zones: Any, names: Any, flag: bool) -> None:
    rules = schema(zones=listed(flag={"type": "boolean", "derived": {kind: "/names"}}), names=listed())
    spans = [{"start": start, "end": end} for start, end in names]
    document = {"text": TEXT, "names": spans, "zones": [{"start": a, "end": b, "flag": flag} for a, b in zones]}

    def contains(outer: Any, inner: Any) -> bool:
        return bool(outer[0] <= inner[0] and inner[1] <= outer[1])

    expected = [
        ("zones", k, "flag")
        for k, zone in enumerate(zones)
        if flag != any(contains(zone, name) if kind == "covers" else contains(name, zone) for name in names)
    ]
    assert sorted(wrong(document, rules, document)) == sorted(expected)
    assert wrong(correct(document, rules, {})[0], rules) == []


def test_a_flag_is_not_judged_where_what_it_follows_from_is_wrong() -> None:
    rules = schema(zones=listed(flag={"type": "boolean", "derived": {"covers": "/names"}}), names=listed())
    zone = {"start": 0, "end": 4, "flag": True}
    broken = {"text": TEXT, "names": [{"start": 1, "end": 99}], "zones": [zone]}
    assert wrong(broken, rules) == []
    assert wrong({**broken, "names": []}, rules, broken) == [("zones", 0, "flag")]


TAGGED = schema(
    tokens=listed(),
    names={
        "type": "array",
        "items": {**SPAN, "labelledBy": "label", "properties": {**listed()["items"]["properties"], "label": STRING}},
    },
    tags={"type": "array", "items": STRING, "derived": {"tags": "/names", "tokens": "/tokens"}},
)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["B-PER", "I-PER", "O"], True),
        (["B-PER", "E-PER", "O"], True),
        (["B-PER", "O", "O"], False),
        (["B-PER", "I-PER"], False),
        (["B-ORG", "I-ORG", "O"], False),
        ([], False),
    ],
)
def test_tags_say_the_spans_in_whatever_scheme(tags: list[str], expected: bool) -> None:
    tokens = [{"start": k, "end": k + 1} for k in range(3)]
    document = {"text": TEXT, "tokens": tokens, "names": [{"start": 0, "end": 2, "label": "PER"}], "tags": tags}
    assert (wrong(document, TAGGED) == []) == expected
    assert correct(document, TAGGED, {})[0]["tags"] == (tags if expected else ["B-PER", "I-PER", "O"])


def test_what_tags_can_not_say_has_no_correction() -> None:
    tokens = [{"start": 0, "end": 2}, {"start": 2, "end": 4}]
    document = {
        "text": TEXT,
        "tokens": tokens,
        "names": [{"start": 1, "end": 4, "label": "PER"}],
        "tags": ["O", "B-PER"],
    }
    assert wrong(document, TAGGED) == [("tags",)]
    assert correct(document, TAGGED, {})[0] == document


def test_a_string_is_that_of_its_pieces_and_a_text_of_spans_is_never_rewritten() -> None:
    line = {"type": "object", "properties": {"words": {"type": "array", "items": STRING}, "line": STRING}}
    line["properties"]["line"] = {**STRING, "derived": {"joins": "words/*", "joinedBy": "-"}}  # type: ignore[index]
    rules = schema(names=listed(), lines={"type": "array", "items": line})
    document = {"text": TEXT, "names": [], "lines": [{"words": ["a", "b"], "line": "a b"}, {"words": [], "line": ""}]}
    assert wrong(document, rules) == [("lines", 0, "line")]
    assert correct(document, rules, {})[0]["lines"][0]["line"] == "a-b"
    joined = {**STRING, "derived": {"joins": "forms/*", "joinedBy": ""}}
    of_text = Schema.of(
        {
            "type": "object",
            "properties": {"text": joined, "forms": {"type": "array", "items": STRING}, "names": listed()},
        }
    )
    broken = {"text": TEXT, "forms": ["一二三"], "names": []}
    assert wrong(broken, of_text) == [("text",)]
    assert correct(broken, of_text, {})[0] == broken


@pytest.mark.parametrize(
    ("derived", "said"),
    [
        ({"covers": "/zones"}, "own list"),
        ({"covers": "/nowhere"}, "nowhere"),
        ({"joins": "words/*"}, "is used on"),
        ({"covers": "/names", "within": "/names"}, "derived"),
        ({}, "derived"),
    ],
)
def test_a_schema_from_which_nothing_follows_is_refused(derived: Any, said: str) -> None:
    with pytest.raises(SchemaError, match=said):
        schema(zones=listed(flag={"type": "boolean", "derived": derived}), names=listed())
