"""How spans of a list lie to each other and to zones (SP205 to SP208), case by case."""

from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import broken, schema_of, sound
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from support.checks import ANA, BY_CODE, QUOTE, bare, codes


def test_fragments_are_told_once_and_only_where_order_is_asked() -> None:
    names = [{"start": start, "end": start + 3, "of": "a"} for start in (16, 8, 0)]
    document = {"text": "Ana Bob Eve Joe Kim", "names": names}
    assert [f.code for f in check(Corpus.of([document], bare(inOrder=True))).findings] == ["SP208"]
    assert check(Corpus.of([document], bare(inOrder=False))).findings == ()


def test_zones_that_are_annotated_like_prose_bar_nothing() -> None:
    zone = {"id": "z1", "type": "caption", "start": 0, "end": 14, "text": "Ana Silva said"}
    assert codes(sound(zones=[zone], entities=[ANA])) == []
    assert codes(sound(zones=[{**zone, "type": "credit", "start": 10, "text": "said"}], entities=[ANA])) == []
    inner = {**zone, "id": "z2", "type": "credit", "start": 4, "end": 9, "text": "Silva"}
    assert codes(sound(zones=[zone, inner], entities=[ANA])) == ["SP207"]


def test_quotes_may_nest_but_not_cross() -> None:
    whole = {**QUOTE, "type": "indirect", "start": 0, "end": 24, "text": "Ana Silva said on Monday"}
    inner = {**whole, "id": "q2", "start": 15, "text": "on Monday"}
    assert codes(sound(quotes=[whole, inner])) == []
    crossing = {**inner, "end": 34, "text": "on Monday: “We meet"}
    assert codes(sound(quotes=[whole, crossing])) == ["SP206"]


@pytest.mark.parametrize(("overlap", "found"), [("allow", []), ("nest", ["SP206"]), ("forbid", ["SP206", "SP205"])])
def test_a_layer_may_allow_overlap(overlap: str, found: list[str]) -> None:
    span = {"type": "object", "spanOf": "body", "properties": {name: {"type": "integer"} for name in ("start", "end")}}
    spans = {"type": "array", "overlap": overlap, "items": span}
    schema = Schema.of({"type": "object", "properties": {"body": {"type": "string"}, "spans": spans}})
    places = [(0, 5), (4, 9), (6, 7)]
    document = {"body": "a b c d e", "spans": [{"start": start, "end": end} for start, end in places]}
    assert sorted(f.code for f in check(Corpus.of([document], schema)).findings if f.code != "SP003") == sorted(found)


def test_a_zone_bars_spans_of_its_own_text_alone() -> None:
    span = {"start": {"type": "integer"}, "end": {"type": "integer"}}
    kind = {"type": "string", "enum": ["credit", "prose"]}
    bars = {"where": {"kind": ["credit"]}, "layers": ["/names", "/titles"]}

    def layer(member: str) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "object", "spanOf": member, "properties": span}}

    zone = {"type": "object", "spanOf": "body", "properties": {**span, "kind": kind}}
    schema = Schema.of(
        {
            "type": "object",
            "properties": {
                "head": {"type": "string"},
                "body": {"type": "string"},
                "zones": {"type": "array", "bars": bars, "items": zone},
                "names": layer("body"),
                "titles": layer("head"),
                "tags": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
            },
        }
    )
    one = [{"start": 0, "end": 3}]
    document = {"head": "Ana", "body": "Ana", "zones": [{**one[0], "kind": "credit"}], "names": one, "titles": one}
    found = check(Corpus.of([document], schema)).findings
    assert [(f.code, f.path) for f in found if f.code != "SP003"] == [("SP207", ("names", 0))]


def test_a_zone_that_is_wrong_itself_bars_nothing() -> None:
    zone = {"id": "z1", "type": "credit", "start": 0, "end": 14, "text": "Ana Silva says"}
    assert codes(sound(zones=[zone], entities=[ANA])) == ["SP106"]


@pytest.mark.parametrize(
    ("mentions", "found"),
    [
        ([[(11, 13)], [(3, 7)]], []),
        ([[(3, 7), (11, 13)], [(3, 7), (11, 13)]], []),
        ([[(3, 7)], [(11, 13), (3, 7)]], ["SP208"]),
        ([[(11, 13), (3, 40)]], ["SP105"]),
        ([[(11, 40), (3, 7)]], ["SP105"]),
    ],
)
def test_fragments_are_in_order_within_one_span(mentions: list[list[tuple[int, int]]], found: list[str]) -> None:
    document, schema = broken(BY_CODE["SP208"])[0], schema_of(BY_CODE["SP208"])
    fragments = [{"fragments": [{"start": start, "end": end} for start, end in each]} for each in mentions]
    assert [f.code for f in check(Corpus.of([{**document, "mentions": fragments}], schema)).findings] == found
