"""Relations (SP504 to SP508), case by case and against loops over pairs."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema
from support import examples

LABELS = {"n1": "PERSON", "n2": "PERSON", "n3": "ORG"}
SIGNATURES = {"WORKS_FOR": [["PERSON"], ["ORG"]], "KNOWS": [["PERSON"], []]}


def schema(items: dict[str, Any] | None = None, **relation: Any) -> Schema:
    strings = {"type": "string"}
    offsets = {"start": {"type": "integer"}, "end": {"type": "integer"}}
    name = {"type": "object", "spanOf": "text", "labelledBy": "label"}
    name["properties"] = {"id": strings, "label": strings, **offsets}
    end = {"type": ["string", "null"], "refersTo": ["/names/*/id"]}
    joined = {
        "type": "object",
        "labelledBy": "type",
        "relation": {"ends": ["from", "to"], **relation},
        "properties": {"type": {"type": ["string", "null"]}, "from": end, "to": end},
        **(items or {}),
    }
    return Schema.of(
        {
            "type": "object",
            "properties": {
                "text": strings,
                "names": {"type": "array", "key": "id", "items": name},
                "relations": {"type": "array", "items": joined},
            },
        }
    )


def document(relations: list[tuple[str | None, str | None, str | None]]) -> dict[str, Any]:
    names = [{"id": n, "label": label, "start": k, "end": k + 1} for k, (n, label) in enumerate(LABELS.items())]
    members = ("type", "from", "to")
    return {
        "text": "中文人",
        "names": names,
        "relations": [dict(zip(members, relation, strict=True)) for relation in relations],
    }


NAMES = st.sampled_from(["n1", "n2", "n3", None])
RELATIONS = st.lists(st.tuples(st.sampled_from(["KNOWS", "WORKS_FOR", None]), NAMES, NAMES), max_size=6)


def expected(relations: list[tuple[str | None, str | None, str | None]]) -> Counter[tuple[str, int]]:
    told: Counter[tuple[str, int]] = Counter()
    for k, (label, first, second) in enumerate(relations):
        if first is not None and second is not None:
            ends = {first, second} if label == "KNOWS" else (first, second)
            told["SP504", k] += first == second
            before = [
                other
                for other, one, two in relations[:k]
                if one and two and ({one, two} if other == "KNOWS" else (one, two)) == ends
            ]
            told["SP505", k] += label in before
        for allowed, end in zip(SIGNATURES.get(label or "", [[], []]), (first, second), strict=True):
            told["SP507", k] += bool(allowed) and end is not None and LABELS[end] not in allowed
    return +told


@settings(max_examples=examples(150))
@given(st.lists(RELATIONS, min_size=1, max_size=3))
def test_relations_are_judged_as_by_a_loop_over_pairs(corpus: list[Any]) -> None:
    rules = schema(symmetric=["KNOWS"], irreflexive=True, signatures=SIGNATURES)
    findings = check(
        Corpus.of([document(relations) for relations in corpus], rules), select=["SP504", "SP505", "SP507"]
    )
    told = [Counter[tuple[str, int]]() for _ in corpus]
    for finding in findings.findings:
        assert finding.row is not None
        told[finding.row][finding.code, int(finding.path[1])] += 1
    assert told == [expected(relations) for relations in corpus]


def codes(rules: Schema, *relations: tuple[str | None, str | None, str | None]) -> list[str]:
    return [finding.code for finding in check(Corpus.of([document(list(relations))], rules), select=["SP50"]).findings]


def test_a_pair_has_one_relation_where_the_schema_says_so() -> None:
    both = [("KNOWS", "n1", "n2"), ("WORKS_FOR", "n1", "n2")]
    assert codes(schema(), *both) == []
    assert codes(schema(unique=True), *both) == ["SP506"]
    assert codes(schema(unique=True), both[0], ("WORKS_FOR", "n2", "n1")) == []
    assert codes(schema(unique=True, symmetric=True), both[0], ("WORKS_FOR", "n2", "n1")) == ["SP506"]
    for first, second in (("n1", "n2"), ("n2", "n1")):  # where one of two is symmetric, it counts in both orders
        knows, works = ("KNOWS", first, second), ("WORKS_FOR", "n2", "n1")
        assert codes(schema(unique=True, symmetric=["KNOWS"]), knows, works) == ["SP506"]
        assert codes(schema(unique=True, symmetric=["KNOWS"]), works, knows) == ["SP506"]


def test_a_dangling_end_is_one_fault() -> None:
    assert codes(schema(signatures=SIGNATURES), ("WORKS_FOR", "n1", "n9")) == ["SP501"]


@pytest.mark.parametrize(
    ("items", "relation", "said"),
    [
        ({}, {"ends": ["from", "zzz"]}, "relation names 'zzz', which isn't a member there"),
        ({"labelledBy": None}, {"signatures": SIGNATURES}, "signatures without labels"),
        ({"temporal": {}, "labelledBy": None}, {}, "temporal is used on an object; expected a labelled relation"),
    ],
)
def test_a_schema_whose_relations_can_not_be_judged_is_refused(items: Any, relation: Any, said: str) -> None:
    made: Any = schema().json
    joined = {name: value for name, value in made["properties"]["relations"]["items"].items() if name not in items}
    joined |= {name: value for name, value in items.items() if value is not None}
    joined["relation"] = {**joined["relation"], **relation}
    properties = {**made["properties"], "relations": {"type": "array", "items": joined}}
    with pytest.raises(SchemaError, match=said):
        Schema.of({**made, "properties": properties})


def test_references_of_a_list_are_judged_one_by_one() -> None:
    """They were a traceback."""
    chain = {"type": "object", "properties": {"mentions": {"type": "array", "items": {"type": "string"}}}}
    chain["properties"]["mentions"]["items"]["refersTo"] = ["/names/*/id"]  # type: ignore[index]
    names = {"type": "array", "key": "id", "referredToBy": ["/chains/*/mentions/*"]}
    names["items"] = {"type": "object", "properties": {"id": {"type": "string"}}}
    properties = {"names": names, "chains": {"type": "array", "items": chain}}
    rules = Schema.of({"type": "object", "properties": properties})
    document = {"names": [{"id": "a"}, {"id": "b"}], "chains": [{"mentions": ["a", "c", None]}, {"mentions": []}]}
    findings = check(Corpus.of([document], rules), select=["SP50"]).findings
    assert [(finding.code, finding.path) for finding in findings if finding.code != "SP007"] == [
        ("SP501", ("chains", 0, "mentions", 1)),
        ("SP508", ("names", 1)),
    ]
