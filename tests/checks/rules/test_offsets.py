"""The offsets of a span (SP101 to SP106), and where their corrections put it."""

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from support.checks import ANA, correct


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [(8, 90, (8, 11)), (-2, 11, (8, 11)), (8, 8, (8, 11)), (0, 11, None), (8, 10, None), (9, 11, None), (4, 7, None)],
)
def test_a_lone_span_is_held_by_an_offset_if_the_other_is_none(
    start: int, end: int, right: tuple[int, int] | None
) -> None:
    text = "Ana met Ana in the harbour of the old town."
    others = [{**ANA, "id": word, "start": (at := text.index(word)), "end": at + len(word), "text": word}
              for word in ("harbour", "old town")]  # fmt: skip
    document = sound(text=text, entities=[{**ANA, "start": start, "end": end, "text": "Ana"}, *others])
    span, *_ = correct(document, Schema.article(), {})[0]["entities"]
    assert (span["start"], span["end"]) == (right or (start, end))
    for fewer in ([], others[:1]):  # no other span, or too few, show that offsets are meant as they are
        document = sound(text=text, entities=[{**ANA, "start": start, "end": end, "text": "Ana"}, *fewer])
        assert correct(document, Schema.article(), {})[0] == document


def test_a_length_is_no_end_that_holds_a_span() -> None:
    document = sound(
        text="Ana met Bob in the harbour of the old town.", entities=[{**ANA, "start": 20, "end": 3, "text": "Ana"}]
    )
    assert correct(document, Schema.article(), {})[0] == document
    document = sound(text="AnaAnaAna", entities=[{**ANA, "start": 6, "end": 3, "text": "Ana"}])
    assert correct(document, Schema.article(), {})[0] == document


def test_a_surface_that_chance_may_bring_to_an_offset_holds_no_span() -> None:
    text = "Ana met Ana. " * 3
    document = sound(text=text, entities=[{**ANA, "start": 8, "end": 90, "text": "Ana"}])
    assert correct(document, Schema.article(), {})[0] == document


def test_a_surface_that_begins_and_ends_at_an_empty_span_is_left() -> None:
    document = sound(text="AnaAna", entities=[{**ANA, "start": 3, "end": 3, "text": "Ana"}])
    assert correct(document, Schema.article(), {})[0] == document


def test_a_span_that_agrees_by_chance_is_reported_and_moved_with_the_others() -> None:
    text = "😀 Ana a met Bob, Eva, Ida. 😀😀 aa"
    names = ("Ana", "Bob", "Eva", "Ida", "aa")
    right = [
        {**ANA, "id": name, "start": (k := text.index(name)), "end": k + len(name), "text": name} for name in names
    ]
    right[-1] = {**right[-1], "end": len(text) - 1, "text": "a"}
    more = {**dict.fromkeys(names, 1), "aa": 3}
    drifted = [{**e, "start": e["start"] + more[e["id"]], "end": e["end"] + more[e["id"]]} for e in right]
    corrected, _ = correct(sound(text=text, entities=drifted), Schema.article(), {})
    assert [(e["start"], e["end"]) for e in corrected["entities"]] == [(e["start"], e["end"]) for e in right]


def test_why_no_first_occurrence_is_proved_is_said() -> None:
    text = "Ana met Bob, Eva, Ida and Gus. Ana saw Bob and Eva. Ida met Ana, and Leo left with Max."
    names = ("Ana", "Bob", "Eva", "Ida", "Gus", "Ana", "Leo", "Max")
    spans = [
        {**ANA, "id": f"e{k}", "start": (at := text.index(name) + 2), "end": at + 3, "text": name}
        for k, name in enumerate(names)
    ]
    findings = check(Corpus.of([sound(text=text, entities=spans)])).findings
    causes = {(f.text, f.level, f.cause.name) for f in findings if f.cause}
    assert {(words, level) for words, level, name in causes if name == "shift"} == {
        ("Gus", "proved"),
        ("Leo", "proved"),
        ("Max", "proved"),
    }
    assert {words for words, _, name in causes if name == "first-occurrence"} == {"Ana", "Bob", "Eva", "Ida"}


@pytest.mark.parametrize(("digits", "right"), [("00", 0), ("9" * 19, "9" * 19), ("1" * 5000, "1" * 5000)])
def test_a_string_of_more_digits_than_an_offset_has_is_no_number(digits: str, right: int | str) -> None:
    document = sound(text="Ana left.", entities=[{**ANA, "start": digits, "end": 3, "text": "Ana"}])
    found = check(Corpus.of([document], Schema.article())).findings
    assert [(one.code, bool(one.fix)) for one in found] == [("SP101", isinstance(right, int))]
    assert correct(document, Schema.article(), {})[0]["entities"][0]["start"] == right
