"""The boundaries of a span (SP107 to SP110), and where their corrections put it."""

from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from support.checks import ANA, codes, correct, entity


def test_context_moves_a_span_to_its_occurrence() -> None:
    text = "Ana met Ana Silva."
    wrong = {**ANA, "end": 3, "text": "Ana", "prefix": "met ", "suffix": " Silva"}
    assert codes(sound(text=text, entities=[wrong])) == ["SP110"]
    corrected, _ = correct(sound(text=text, entities=[wrong]), Schema.article(), {})
    assert (corrected["entities"][0]["start"], corrected["entities"][0]["end"]) == (8, 11)
    assert codes(sound(text=text, entities=[{**wrong, "suffix": " Costa"}])) == ["SP110"]
    assert codes(sound(text=text, entities=[{**wrong, "prefix": None, "suffix": " met"}])) == []


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
    (span,) = correct(entity(**wrong), Schema.article(), {})[0]["entities"]
    assert (span["start"], span["end"], span["text"]) == (right or tuple(wrong.values()))


def test_the_context_of_a_span_that_is_wrong_itself_is_not_judged() -> None:
    assert codes(entity(prefix="by ")) == ["SP110"]
    assert codes(entity(prefix="by ", text="Ana silva")) == ["SP106"]


@pytest.mark.parametrize(("note", "expected"), [("\U0001d157\U0001d165", []), ("e\u0301", ["SP109"])])
def test_a_mark_is_of_a_word_if_its_base_is(note: str, expected: list[str]) -> None:
    text = f"{note}Ana Silva said"
    at = len(note)
    span = {"id": "e1", "start": at, "end": at + 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}
    assert codes(sound(text=text, entities=[span])) == expected


def test_a_context_moves_no_span_for_sure_where_others_disagree_with_the_text() -> None:
    text = "Ana met Ana Silva. Bob left Eva."
    wrong = {**ANA, "end": 3, "text": "Ana", "prefix": "met ", "suffix": " Silva"}
    slipped = {**ANA, "id": "e2", "start": 20, "end": 23, "text": "Bob"}
    document = sound(text=text, entities=[wrong, slipped])
    (finding,) = [finding for finding in check(Corpus.of([document])).findings if finding.code == "SP110"]
    assert (finding.level, bool(finding.fix)) == ("likely", True)
    assert correct(document, Schema.article(), {})[0]["entities"][0] == wrong


@pytest.mark.parametrize(("text", "end"), [("Jose\u0301 said so.", 5), ("Jose\u0301 said so to Jose.", 4)])
def test_a_span_is_not_widened_for_sure_where_its_words_stand_whole_elsewhere(text: str, end: int) -> None:
    document = sound(text=text, entities=[{**ANA, "start": 0, "end": 4, "text": "Jose"}])
    assert codes(document) == ["SP108"]
    assert correct(document, Schema.article(), {})[0]["entities"][0]["end"] == end
