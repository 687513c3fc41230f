"""Turns whose offsets count in all texts of their record, or with a name before each, are put where they belong."""

import re
from collections.abc import Sequence
from random import Random

import pytest

from spanproof.text.drift.model import Explanation
from spanproof.text.drift.pool import explain_all
from spanproof.text.drift.rows import TextRow, explained_in_rows
from spanproof.text.drift.shared import Annotated

Places = list[list[tuple[int, int]]]
NAMES, WORDS = ("Oslo", "Riga", "Ana", "Vala"), ("met", "in", "the", "a", "with", "😀")
SPEAKERS = ("user", "system", "guide")


def turns(random: Random, number: int) -> tuple[list[str], Places]:
    texts, places = [], []
    for _ in range(number):
        words = [random.choice(NAMES if random.random() < 0.4 else WORDS) for _ in range(random.randrange(3, 16))]
        starts = [sum(len(word) + 1 for word in words[:k]) for k in range(len(words))]
        texts.append(" ".join(words))
        places.append([(at, at + len(word)) for at, word in zip(starts, words, strict=True) if word in NAMES])
    return texts, places


def counted(texts: Sequence[str], places: Places, bases: Sequence[int], speakers: Sequence[str]) -> TextRow:
    spans = [
        [(start + base, end + base, text[start:end]) for start, end in of_text]
        for text, of_text, base in zip(texts, places, bases, strict=True)
    ]
    annotated = [Annotated(text, some, [("", "")] * len(some)) for text, some in zip(texts, spans, strict=True)]
    return TextRow(annotated, [[len(speaker) for speaker in speakers]])


def drifted(random: Random, kind: str, number: int, between: int) -> tuple[TextRow, Places]:
    """A record of some turns, its offsets counted in a way, and where its spans belong."""
    texts, places = turns(random, number)
    speakers = [random.choice(SPEAKERS) for _ in texts]
    before = [0 if kind == "joined" else len(speaker) + 2 for speaker in speakers]
    ends = [
        sum(len(text) + more + between for text, more in zip(texts[:k], before, strict=False)) for k in range(number)
    ]
    bases = {
        "joined": ends,
        "speakers joined": [end + more for end, more in zip(ends, before, strict=True)],
        "speakers": before,
        "own shifts": [random.randrange(60) for _ in texts],
    }[kind]
    return counted(texts, places, bases, speakers), places


def told(rows: Sequence[TextRow]) -> tuple[list[list[Explanation | None]], list[list[Explanation | None]]]:
    """What the texts of rows tell alone, and in their rows."""
    wrong = [
        [any(text.text[start:end] != words for start, end, words in text.spans) for text in row.texts] for row in rows
    ]
    asked = iter(explain_all([t for row, some in zip(rows, wrong, strict=True)
                              for t, bad in zip(row.texts, some, strict=True) if bad]))  # fmt: skip
    alone = [[next(asked) if bad else None for bad in some] for some in wrong]
    return alone, explained_in_rows(rows, alone, ["speaker"])


def statements(explanations: Sequence[Sequence[Explanation | None]]) -> set[str]:
    return {
        one.statement
        for of_row in explanations
        for one in of_row
        if one and one.name in ("joined-texts", "string-before")
    }


@pytest.mark.parametrize(
    ("kind", "between", "statement"),
    [
        ("joined", 0, "offsets count in all texts of the record, joined with nothing between two"),
        ("joined", 2, "offsets count in all texts of the record, joined with 2 code points between two"),
        (
            "speakers joined",
            1,
            "offsets count in all texts of the record, joined with 1 code point between two, "
            "each with 'speaker' and 2 code points before it",
        ),
        ("speakers", 0, "offsets count 'speaker' and 2 code points before the text"),
    ],
)
def test_a_way_of_counting_in_a_row_is_told_and_puts_every_span_where_it_belongs(
    kind: str, between: int, statement: str
) -> None:
    random = Random(kind)
    made = [drifted(random, kind, random.randrange(3, 8), between) for _ in range(6)]
    _, explained = told([row for row, _ in made])
    assert statements(explained) == {f"{statement} (as in 6 of 6 records)"}
    for of_row, (_, places) in zip(explained, made, strict=True):
        for explanation, of_text in zip(of_row, places, strict=True):
            if explanation:
                assert {placed.level for placed in explanation.placements} == {"proved"}
                assert [placed.place for placed in explanation.placements] == of_text


def test_records_of_one_text_count_in_no_texts_joined() -> None:
    texts = [f"Ana met Bo{k} and Cem{k} near the quay of Oslo." for k in range(12)]
    places = [[match.span() for match in re.finditer(r"Ana|Bo\d+|Cem\d+|Oslo", text)] for text in texts]
    rows = [counted([text], [of_text], [8], [""]) for text, of_text in zip(texts, places, strict=True)]
    alone, explained = told(rows)
    assert explained == alone
    assert {explanation.name for of_row in explained for explanation in of_row if explanation} == {"shift"}


def test_one_record_with_few_spans_proves_nothing() -> None:
    row = counted(["met Ana in Oslo", "Riga met Vala"], [[(4, 7), (11, 15)], [(0, 4)]], [0, 16], ["user", "user"])
    alone, explained = told([row])
    assert explained == alone


def test_texts_that_are_shifted_each_by_another_number_are_no_row() -> None:
    random = Random(3)
    alone, explained = told([drifted(random, "own shifts", 6, 0)[0] for _ in range(8)])
    assert explained == alone


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_put_elsewhere_where_records_have_lost_a_turn_or_are_too_few_to_tell(seed: int) -> None:
    random = Random(f"lost {seed}")
    made = []
    for number in range(8):
        kind = random.choice(("joined", "speakers joined", "speakers", "own shifts")) if number % 2 else "joined"
        row, places = drifted(random, kind, random.randrange(2, 6), random.randrange(3))
        if random.random() < 0.5:
            lost = random.randrange(len(row.texts))
            kept = [k for k in range(len(row.texts)) if k != lost]
            row, places = (
                TextRow([row.texts[k] for k in kept], [[row.before[0][k] for k in kept]]),
                [places[k] for k in kept],
            )
        made.append((row, places))
    _, explained = told([row for row, _ in made])
    for of_row, (_, places) in zip(explained, made, strict=True):
        for explanation, of_text in zip(of_row, places, strict=True):
            placements = explanation.placements if explanation else ()
            for placed, place in zip(placements, of_text, strict=bool(placements)):
                assert placed.level != "proved" or placed.place == place


def test_a_text_that_agrees_and_would_be_moved_keeps_its_record_from_being_proved() -> None:
    texts = ["Ana met Vala", "in Oslo Oslo Oslo Oslo Oslo", *["Riga met Vala with Ana"] * 4]
    places: Places = [[(0, 3)], [(3, 7)], *[[(0, 4), (9, 13)]] * 4]
    bases = [sum(len(text) + 3 for text in texts[:k]) for k in range(len(texts))]
    row = counted(texts, places, bases, ["user"] * len(texts))
    assert row.texts[1].text[slice(*row.texts[1].spans[0][:2])] == "Oslo"  # by chance
    alone, explained = told([row])
    assert explained == alone


def test_texts_that_are_alone_in_their_rows_may_have_a_string_before_them_and_are_not_joined() -> None:
    random = Random(7)
    made = [drifted(random, "speakers", 1, 0) for _ in range(20)]
    _, explained = told([row for row, _ in made])
    assert {statement.partition(" (")[0] for statement in statements(explained)} == {
        "offsets count 'speaker' and 2 code points before the text"
    }
    for of_row, (_, places) in zip(explained, made, strict=True):
        for placed, place in zip(of_row[0].placements if of_row[0] else (), places[0], strict=False):
            assert placed.level != "proved" or placed.place == place
