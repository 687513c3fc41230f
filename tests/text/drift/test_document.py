"""Where a span may stand: its own offsets are among its candidates if the words there are nearly the stored ones."""

import re
import unicodedata
from collections.abc import Callable
from random import Random

import pytest

from spanproof.testing.open_world.texts import written
from spanproof.text.drift.explain import explain
from spanproof.text.likeness import differing

CHANGES: dict[str, Callable[[str], str]] = {
    "case": str.swapcase,
    "normal form": lambda words: unicodedata.normalize("NFD", words),
    "white space": lambda words: words.replace(" ", "\n"),
    "accents": lambda words: "".join(c for c in unicodedata.normalize("NFD", words) if not unicodedata.combining(c)),
    "cut": lambda words: words[:-1],
    "quotation marks": lambda words: f'"{words}"',
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_open_span_may_stand_where_it_is_stored_if_its_words_were_altered(name: str) -> None:
    looked_at = 0
    for number in range(40):
        random = Random(f"document/{name}/{number}")
        text = written(random, 4)
        spans = [(one.start, one.end, text.text[one.start : one.end]) for one in text.mentions]
        k = random.randrange(len(spans))
        start, end, words = spans[k]
        spans[k] = start, end, CHANGES[name](words)
        if len(words) < 4 or not (differing(words, spans[k][2]) or name in ("cut", "quotation marks")):
            continue
        placed = explain(text.text, spans).placements[k]
        if placed.level == "open":
            looked_at += 1
            assert (start, end) in placed.candidates, (number, spans[k], placed)
    assert looked_at > 2


def test_quotation_marks_that_the_text_has_too_leave_open_which_side_is_off() -> None:
    text = "“We stay,” said Ana. «They left», said Bo. „Nobody knew”, said Cem."
    places = [(1, 9), (22, 31), (44, 55)]
    spans = [(start, end, text[start - 1 : end + 1]) for start, end in places]
    for number in (1, 3):
        explanation = explain(text, spans[:number])
        assert explanation.name == "quotation-marks-surfaces"
        assert [one.candidates for one in explanation.placements] == [
            ((start - 1, end + 1), (start, end)) for start, end in places[:number]
        ]
    assert {one.level for one in explanation.placements} == {"open"}


def test_words_that_differ_by_their_normal_form_do_not_differ_by_accents() -> None:
    assert differing("Jürgen  Groß", unicodedata.normalize("NFD", "Jürgen Groß")) == ("normal form", "white space")
    assert differing("Jürgen  Groß", "Jurgen Groß") == ("white space", "accents")


NAMES = ("Jürgen Groß", "Köln", "Müller AG", "Süd-Öl", "München", "Zeitung")
LINES = " kam. ".join(NAMES) + " kam."
SPANS = [(at, at + len(name), name) for name in NAMES for at in [LINES.index(name)]]


def test_spans_that_slipped_one_by_one_are_of_no_other_text_and_in_no_other_spelling() -> None:
    slipped = [(start + by, end + by, name) for (start, end, name), by in zip(SPANS, (1, 2, 1, 3, 2, 3), strict=True)]
    explanation = explain(LINES, slipped)
    assert (explanation.models, explanation.name, explanation.foreign) == ((), "", False)


def test_a_place_that_cuts_a_word_is_not_likely() -> None:
    text = "Tom Brown told the Yorkshire Post so. Keller left Hull."
    right = [(at, at + len(name), name) for name in ("Tom Brown", "Keller", "Hull") for at in [text.index(name)]]
    inside, whole = ((text.index(word) + 2, text.index(word) + 2 + len(word), word) for word in ("York", "Post"))
    assert explain(text, [*right, inside]).placements[-1].level == "open"
    assert explain(text, [*right, whole]).placements[-1].level == "likely"


def test_the_places_that_are_listed_are_those_nearest_to_where_the_drift_of_a_document_leads() -> None:
    filler = "Then Oslo rose. " * 12
    text = f"{filler}Vala met Kemal. Ana left Riga. Zoë saw Porto. Oslo rose. Bo knew Izmir. Dina met Silva. {filler}"
    names = re.finditer("Vala|Kemal|Ana|Riga|Zoë|Porto|Oslo(?= rose. Bo)|Bo|Izmir|Dina|Silva", text)
    spans = [(match.start() + 150, match.end() + 150, match.group()) for match in names]
    spans[6] = (spans[6][0] + 1, spans[6][1] + 1, "Oslo")
    placements = explain(text, spans).placements
    place = text.index("Oslo rose. Bo")
    assert placements[0].level == "proved"
    assert placements[6].level == "open"
    assert (place, place + 4) in placements[6].candidates


def test_offsets_of_zero_are_told_as_a_default() -> None:
    text = "Ana met Oslo. Riga saw Vala, and Ana left Riga for Oslo. Vala stayed."
    right = [(0, 3, "Ana"), (8, 12, "Oslo")]
    told = explain(text, [*right, *((0, len(name), name) for name in ("Riga", "Vala", "Oslo"))])
    assert told.name == "default-offset"
    assert not told.models
    assert not told.foreign
    assert "begins at 0" in told.statement
    assert explain(text, [*right, (0, 4, "Riga")]).name != "default-offset"
