"""Recognizers Text: what its answers become."""

from pathlib import Path

import pytest
from hypothesis import given

from spanproof.bench.run import run
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from spanproof.systems.adapters import recognizers
from spanproof.systems.dates import Reading
from support.dates import HERE, MIXED, asked
from support.systems_here import ready


@pytest.mark.parametrize(
    ("kind", "value", "mod", "meant"),
    [
        ("date", "XXXX-WXX-5", "before", Reading("DATE", "2025-02-28")),
        ("daterange", "XXXX-10", "end", Reading("DATE", "2024-10", "END")),
        ("daterange", "(2024-07-01,2024-10-01,P3M)", "", Reading("DATE", "2024-Q3")),
        ("daterange", "(2025-02-23,2025-02-26,P3D)", "", Reading("DURATION", "P3D")),
        ("timerange", "(T09,T10,PT1H)", "", Reading("DURATION", "PT1H")),
        ("datetime", "PRESENT_REF", "", Reading("DATE", "PRESENT_REF")),
        ("datetimerange", "2025-02-26TNI", "", Reading("TIME", "2025-02-26TNI")),
        ("time", "T15:30", "", Reading("TIME", "2025-02-26T15:30")),
        ("set", "XXXX-WXX-1", "", Reading("SET", "XXXX-WXX-1")),
        ("duration", "PT6H", "more", Reading("DURATION", "PT6H", "MORE_THAN")),
    ],
)
def test_an_answer_of_recognizers_text_is_read(kind: str, value: str, mod: str, meant: Reading) -> None:
    assert recognizers.reading(kind, value, mod, HERE) == meant


@given(MIXED)
def test_no_letter_moves_those_after_it(text: str) -> None:
    asked = recognizers.query(text, str.lower)
    assert asked is not None
    assert [a for a, b in zip(text, asked, strict=True) if a.isascii() and a.lower() != b] == []


def test_a_line_whose_length_changes_is_not_asked() -> None:
    assert recognizers.query("ß", str.upper) is None


@pytest.mark.slow
@pytest.mark.xdist_group("systems-temporal")
def test_an_expression_that_recognizers_text_fails_on_keeps_its_extent(tmp_path: Path) -> None:
    text = "No.\nIn the last decade, and on Monday."
    made = run(ready(recognizers.SYSTEM), Corpus.of([asked(text, "a")]), tmp_path)
    (answered,) = read(made.path, Schema.article(), {}).documents()
    assert [(each["text"], each["value"]) for each in answered["dates"]] == [
        ("last decade", "XXXX-XX-XX"),
        ("Monday", "2025-02-24"),
    ]
    assert [fault.partition(": ")[0] for fault in made.faults] == ["a, the line 4:38", "a, 1 of 2 values"]
