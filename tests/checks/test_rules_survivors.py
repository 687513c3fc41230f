"""Cases of the rules that mutation testing asked for: each kills a change that the other tests let live."""

import hashlib
import random
from typing import Any

import pytest

from checks.test_rules import ANA, BY_CODE, codes, entity
from spanproof.checks.check import check
from spanproof.checks.examples import broken, sound
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema, article
from support.checks import correct


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({"start": 9, "end": 14, "text": " said"}, (10, 14, "said")),
        ({"start": 9, "end": 15, "text": " said "}, (10, 14, "said")),
        ({"start": 10, "end": 15, "text": "said "}, (10, 14, "said")),
        ({"start": 14, "end": 15, "text": " "}, None),
    ],
)
def test_white_space_is_trimmed_at_both_edges(wrong: dict[str, Any], right: tuple[int, int, str] | None) -> None:
    assert codes(entity(**wrong)) == ["SP107"]
    (span,) = correct(entity(**wrong), article(), {})[0]["entities"]
    assert (span["start"], span["end"], span["text"]) == (right or tuple(wrong.values()))


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [(0, 11, (0, 3)), (1, 11, (8, 11)), (8, 10, (8, 11)), (9, 11, (8, 11)), (4, 7, None)],
)
def test_a_lone_span_is_held_by_the_end_that_is_right(start: int, end: int, right: tuple[int, int] | None) -> None:
    document = sound(text="Ana met Ana", entities=[{**ANA, "start": start, "end": end, "text": "Ana"}])
    (span,) = correct(document, article(), {})[0]["entities"]
    assert (span["start"], span["end"]) == (right or (start, end))


def test_an_end_that_is_right_may_be_that_of_the_first_word() -> None:
    document = sound(text="a-a-", entities=[{**ANA, "start": 1, "end": 2, "text": "a-"}])
    (span,) = correct(document, article(), {})[0]["entities"]
    assert (span["start"], span["end"]) == (0, 2)


def test_the_context_of_a_span_that_is_wrong_itself_is_not_judged() -> None:
    assert codes(entity(prefix="by ")) == ["SP110"]
    assert codes(entity(prefix="by ", text="Ana silva")) == ["SP106"]


@pytest.mark.parametrize(("overlap", "found"), [("allow", []), ("nest", ["SP206"]), ("forbid", ["SP206", "SP205"])])
def test_a_layer_may_allow_overlap(overlap: str, found: list[str]) -> None:
    span = {"type": "object", "spanOf": "body", "properties": {name: {"type": "integer"} for name in ("start", "end")}}
    spans = {"type": "array", "overlap": overlap, "items": span}
    schema = Schema.of({"type": "object", "properties": {"body": {"type": "string"}, "spans": spans}})
    places = [(0, 5), (4, 9), (6, 7)]
    document = {"body": "a b c d e", "spans": [{"start": start, "end": end} for start, end in places]}
    assert sorted(f.code for f in check(Corpus.of([document], schema)).findings if f.code != "SP003") == sorted(found)


def test_a_cause_leaves_alone_what_it_does_not_place() -> None:
    names = ["Ana", "Bob", "Eva", "Ida", "Jon", "Kim", "Leo", "Mia", "Ned", "Ona"]
    text = "😀 " + " ".join(names)
    spans = [
        {**ANA, "id": name, "start": 4 * k + 3, "end": 4 * k + 6, "text": name, "entity_id": name}
        for k, name in enumerate(names)
    ]
    lost = {**ANA, "id": "lost", "start": 4, "end": 7, "text": "Zoë", "label": "ORG"}
    findings = check(Corpus.of([sound(text=text, entities=[*spans, lost])])).findings
    assert {f.id: f.cause and (f.cause.name, f.cause.agree, f.cause.of) for f in findings} == {
        **dict.fromkeys(names, ("utf-16", 10, 11)),
        "lost": None,
    }
    assert {f.id: len(f.fix) for f in findings} == {**dict.fromkeys(names, 20), "lost": 0}


@pytest.mark.parametrize(
    ("text", "where", "point", "more"),
    [
        ("a\ud800", 1, "U+D800", ""),
        ("\udfff", 0, "U+DFFF", ""),
        ("ab\ud83d c\ude00\udc00", 2, "U+D83D", ", and 2 more"),
    ],
)
def test_the_first_lone_surrogate_is_named(text: str, where: int, point: str, more: str) -> None:
    (finding,) = check(Corpus.of([sound(text=text)])).findings
    assert (finding.code, finding.start, finding.end) == ("SP120", where, where + 1)
    assert finding.message == f"lone surrogate {point} at {where}{more}"


def prose(seed: int, words: int) -> str:
    draw = random.Random(seed)
    return " ".join("".join(draw.choices("abcdefghijklmnop", k=draw.randint(3, 9))) for _ in range(words))


@pytest.mark.parametrize("words", [100, 1000])
def test_alike_is_four_fifths_wherever_the_documents_stand(words: int) -> None:
    first, second, third = (prose(seed, words) for seed in range(3))
    texts = [third, first + second, first + third, second, first + second + "!"]
    documents = [sound(id=str(k), text=text) for k, text in enumerate(texts)]
    found = check(Corpus.of(documents)).findings
    assert [(f.code, f.document, f.message.rpartition(" ")[2]) for f in found] == [("SP603", "4", "1")]


def test_a_zone_bars_spans_of_its_own_text_alone() -> None:
    span = {"start": {"type": "integer"}, "end": {"type": "integer"}}
    kind = {"type": "string", "enum": ["credit", "prose"]}
    bars = {"where": {"kind": ["credit"]}, "layers": ["/names", "/titles", "/tags"]}

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


@pytest.mark.parametrize("value", ["2025-02-XX", "2025-XX-26", "XXXX-02-26", "2025-02-26T25:00", "2025-W09-33"])
def test_a_creation_time_names_a_whole_day(value: str) -> None:
    assert codes(sound(dct={"value": value, "source": "stated", "evidence": ""})) == ["SP304"]


@pytest.mark.parametrize("text", [None, 7])
def test_the_hash_of_no_text_is_not_judged(text: Any) -> None:
    document = sound(sha256="0" * 64)
    assert codes(document) == ["SP004"]
    assert codes({**document, "text": text}) == ["SP002"]


def test_a_document_is_searched_for_names_by_its_own_zones_and_spans() -> None:
    registries = {"entities": {"ana": {"aliases": ["Ana Silva"]}}, "utterances": {}}
    zone = {"id": "z1", "type": "credit", "start": 0, "end": 14, "text": "Ana Silva said"}
    bare = {"text": "Ana Silva said."}
    documents = [sound(id="a", **bare), sound(id="b", zones=[zone], **bare), sound(id="c", entities=[ANA], **bare)]
    for order in (documents, documents[::-1], [documents[1], documents[0], documents[2]]):
        found = check(Corpus.of(order, None, registries)).findings
        assert [(f.code, f.document) for f in found if f.code == "SP510"] == [("SP510", "a")]


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
    (document, *_), schema = broken(BY_CODE["SP208"])
    fragments = [{"fragments": [{"start": start, "end": end} for start, end in each]} for each in mentions]
    assert [f.code for f in check(Corpus.of([{**document, "mentions": fragments}], schema)).findings] == found


def test_each_document_is_judged_by_its_own_hash() -> None:
    texts = ["Ana", "Bob", "Eva", "Ida"]
    true = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    stated = [true[0], true[0], None, true[3]]
    documents = [sound(id=text, text=text, sha256=digest) for text, digest in zip(texts, stated, strict=True)]
    found = check(Corpus.of(documents)).findings
    assert [f.document for f in found if f.code == "SP004"] == ["Bob"]
