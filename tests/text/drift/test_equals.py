"""A cause is told as the only one only if it is the true one, or nothing tells it from the true one."""

import re
from random import Random

import pytest

from spanproof.testing.open_world.texts import written
from spanproof.text.drift.document import Span
from spanproof.text.drift.explain import explain
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.pool import Annotated, explain_all
from spanproof.text.drift.units import BY_NAME
from spanproof.text.letters import Letters

TEXT = (
    "Acme sued Initech in Austin. Acme says that Initech copied a “smart” lamp. Initech denies it. Judge Ann Lee will "
    "hear Acme in Austin {} on Friday.\n\nAnn Lee knows Initech well. In Dallas, Lee fined Initech in 2020. Acme moved "
    "to Dallas since. Bo met Lee in Oslo."
)
WORDS = "Acme|Initech|Austin|Ann Lee|Dallas|Lee|Bo|Oslo"


def spans_of(text: str, name: str = "", first: int = 0) -> list[Span]:
    """Return the spans of a text, from one number on as a unit counts them."""
    how = BY_NAME[name].count(Letters(text)) if name else None
    spans = []
    for number, match in enumerate(re.finditer(WORDS, text)):
        start, end = match.span()
        counted = how and number >= first
        spans.append(
            (int(how.start[start]) if counted else start, int(how.end[end]) if counted else end, match.group())
        )
    return spans


def told(documents: list[tuple[str, list[Span]]]) -> list[Explanation]:
    return explain_all([Annotated(text, spans, [("", "")] * len(spans)) for text, spans in documents])


def test_an_edit_is_told_beside_a_unit_that_shows_in_one_step() -> None:
    text, (before, after) = TEXT.format("😀"), TEXT.split("{} ")
    assert len(before) == text.index("😀")
    (of_unit, of_edit) = (
        explain(text, spans_of(text, "utf-16")),
        explain(
            before + after,
            [(s + 2 * (s > len(before)), e + 2 * (s > len(before)), w) for s, e, w in spans_of(before + after)],
        ),
    )
    assert of_unit.name == "utf-16"
    assert any("the text was edited" in reading for reading in of_unit.readings)
    assert any("the text was edited" in reading for reading in of_edit.readings)


def test_it_is_not_where_the_unit_shows_in_several_steps_or_documents() -> None:
    several = TEXT.format("😀").replace("2020", "🙂")
    assert "edited" not in " ".join(explain(several, spans_of(several, "utf-16")).readings)
    documents = [(text, spans_of(text, "utf-16")) for text in (TEXT.format("😀"), TEXT.format("then 🙂"))]
    assert ["edited" in " ".join(one.readings) for one in told(documents)] == [False, False]


def test_spans_that_were_corrected_since_are_told_as_right_beside_a_known_unit() -> None:
    text = TEXT.format("👩\u200d⚖️")
    alone = explain(text, spans_of(text, "utf-8", 8))
    assert (alone.models, alone.name) != ((), "edit")
    assert "and for the others, offsets are UTF-8 bytes" in alone.readings[0]
    several = "“Acme” " + text.replace("Lee", "“Lee”")
    both = told([(text, spans_of(text, "utf-8", 8)), (several, spans_of(several, "utf-8"))])
    assert "UTF-8 bytes" in both[0].readings[0]


def test_the_cause_that_other_documents_prove_is_told_first() -> None:
    text = TEXT.format("👩\u200d⚖️")
    assert explain(text, spans_of(text, "white-space")).name == "marks-dropped"
    others = [text.replace("👩\u200d⚖️", word).replace(". In", ".  In") for word in ("now", "here")]
    documents = [(one, spans_of(one, "white-space")) for one in (text, *others)]
    assert {one.name for one in told(documents)} == {"white-space"}


@pytest.mark.parametrize("name", ["utf-16", "utf-8", "html", "crlf-as-two", "white-space", "nfd", "json"])
def test_the_true_cause_is_always_among_those_that_are_told_as_proved(name: str) -> None:
    proved = 0
    for number in range(12):
        random = Random(f"equals/{name}/{number}")
        text = written(random, 5)
        how = BY_NAME[name].count(Letters(text.text))
        if how is None:
            continue
        corrected = random.choice([0, 0, 0.2, 0.4])
        spans = [
            (start, end, text.text[start:end])
            if random.random() < corrected
            else (int(how.start[start]), int(how.end[end]), text.text[start:end])
            for start, end in ((one.start, one.end) for one in text.mentions)
            if (how.starts is None or how.starts[start]) and (how.ends is None or how.ends[end])
        ]
        explanation = explain(text.text, spans)
        if explanation.models:
            proved += 1
            assert BY_NAME[name].statement in " ".join(explanation.readings), (number, explanation.readings)
    assert proved > 1


def changed(word: str, other: str) -> tuple[str, list[Span]]:
    """Return a text in which a word was changed since its spans were stored."""
    sentences = ["Mirela met {} at the {}.", "{} left for {}.", "{} told {} of the {}.", "Then {} saw {} again."]
    names = ["Kemal", "Oslo", "Vala", "Porto", "Zoë", "Ana", "Riga"]
    random = Random(f"{word}/{other}")
    text = " ".join(
        sentence.replace("of the {}", f"of the {word}")
        .replace("at the {}", f"at the {word}")
        .format(*random.sample(names, 2))
        for sentence in sentences * 3
    )
    spans = [(*match.span(), match.group()) for match in re.finditer("|".join(names), text)]
    return text.replace(word, other), spans


@pytest.mark.parametrize(
    ("word", "other", "told"),
    [
        ("harbour", "harbor", "was 1 code point longer"),
        ("e-mail", "email", "was 1 code point longer"),
        ("gate", "gateway", "was 3 code points shorter"),
    ],
)
def test_a_word_that_was_changed_wherever_it_stands_is_told_as_such(word: str, other: str, told: str) -> None:
    explanation = explain(*changed(word, other))
    assert explanation.models
    assert explanation.readings[0].startswith(f"each '{other}'")
    assert told in explanation.readings[0]


def test_words_that_stand_in_the_same_places_are_told_together() -> None:
    text, spans = changed("old harbour", "old harbor")
    reading = explain(text, spans).readings[0]
    assert reading.startswith("each 'harbor' (or 'the' or 'old', which the text can't tell from it) was 1 code point")


def test_a_letter_that_is_said_to_have_a_width_is_said_to_be_of_no_known_unit() -> None:
    text, spans = changed("harbour", "harbor")
    assert "each 'b' counts" not in " ".join(explain(text, spans).readings)  # the word explains as much
    text = TEXT.format("again")
    counted = [(s + text[:s].count("d"), e + text[:e].count("d"), word) for s, e, word in spans_of(text)]
    statement = explain(text, counted).statement
    assert "each 'd' counts 2 (no known unit counts it so: perhaps words with it were changed since)" in statement


def test_no_word_is_told_where_edits_lie_at_different_ones() -> None:
    text, spans = changed("harbour", "harbour")
    for at in (text.index("met"), text.index("told"), text.index("saw")):
        text = f"{text[:at]}(sic) {text[at:]}"
    explanation = explain(text, spans)
    assert explanation.models
    assert "each '" not in " ".join(explanation.readings)
