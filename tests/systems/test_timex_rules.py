from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.systems.adapters import timex_baseline
from spanproof.systems.dates import Reading
from spanproof.systems.timex_rules import expressions, reading_of
from spanproof.testing.strategies import texts
from spanproof.text import timex

DCT = "2025-02-26"  # a Wednesday, in 2025-W09
SENTENCES = texts() | st.sampled_from(("on Monday, Ana Silva on Feb.18. ", "last week 5 days ago 2025-02-30 "))


@given(st.lists(SENTENCES, max_size=6).map("".join), st.none() | st.dates().map(str))
def test_every_value_that_is_read_is_a_right_timex3_value(text: str, dct: str | None) -> None:
    found = expressions(text, dct)
    for each in found:
        assert timex.problem(each.reading.value, each.reading.type) is None
    assert [each.start for each in found] == sorted(each.start for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert [(each.start, each.end) for each in found] == [(each.start, each.end) for each in expressions(text)]


@pytest.mark.parametrize(
    ("text", "surface", "type_", "value", "mod"),
    [
        ("on February 18", "February 18", "DATE", "2025-02-18", None),
        ("the Feb.18 meeting", "Feb.18", "DATE", "2025-02-18", None),
        ("Sept. 3rd, 2019.", "Sept. 3rd, 2019", "DATE", "2019-09-03", None),
        ("Monday, March 3", "Monday, March 3", "DATE", "2025-03-03", None),
        ("the 5th of May 2020", "5th of May 2020", "DATE", "2020-05-05", None),
        ("in October 2024", "October 2024", "DATE", "2024-10", None),
        ("in late October 2024", "late October 2024", "DATE", "2024-10", "END"),
        ("last October", "last October", "DATE", "2024-10", None),
        ("last January", "last January", "DATE", "2025-01", None),
        ("next January", "next January", "DATE", "2026-01", None),
        ("Wednesday", "Wednesday", "DATE", "2025-02-26", None),
        ("by Friday", "Friday", "DATE", "2025-02-28", None),
        ("last Friday", "last Friday", "DATE", "2025-02-21", None),
        ("next Monday morning", "next Monday morning", "TIME", "2025-03-03TMO", None),
        ("every Monday", "every Monday", "SET", "XXXX-WXX-1", None),
        ("tomorrow", "tomorrow", "DATE", "2025-02-27", None),
        ("Tonight!", "Tonight", "TIME", "2025-02-26TNI", None),
        ("last night", "last night", "TIME", "2025-02-25TNI", None),
        ("Last week's talks", "Last week", "DATE", "2025-W08", None),
        ("earlier this month", "earlier this month", "DATE", "2025-02", "START"),
        ("next weekend", "next weekend", "DATE", "2025-W10-WE", None),
        ("three days ago", "three days ago", "DATE", "2025-02-23", None),
        ("a year ago", "a year ago", "DATE", "2024", None),
        ("Six days later", "Six days later", "DATE", "XXXX-XX-XX", None),
        ("for more than six hours", "more than six hours", "DURATION", "PT6H", "MORE_THAN"),
        ("the three-year war", "three-year", "DURATION", "P3Y", None),
        ("several days", "several days", "DURATION", "PXD", None),
        ("two centuries", "two centuries", "DURATION", "P2CE", None),
        ("every two weeks", "every two weeks", "SET", "P2W", None),
        ("each day", "each day", "SET", "P1D", None),
        ("monthly", "monthly", "SET", "P1M", None),
        ("in 2022.", "2022", "DATE", "2022", None),
        ("in the 1990s", "1990s", "DATE", "199", None),
        ("in summer 2014", "summer 2014", "DATE", "2014-SU", None),
        ("last winter", "last winter", "DATE", "2024-WI", None),
        ("the third quarter of 2024", "third quarter of 2024", "DATE", "2024-Q3", None),
        ("at 3:30 p.m.", "3:30 p.m.", "TIME", "2025-02-26T15:30", None),
        ("at 12 am", "12 am", "TIME", "2025-02-26T00:00", None),
        ("at 14:05", "14:05", "TIME", "2025-02-26T14:05", None),
        ("not right now", "right now", "DATE", "PRESENT_REF", None),
    ],
)
def test_an_expression_is_read(text: str, surface: str, type_: str, value: str, mod: str | None) -> None:
    (found,) = expressions(text, DCT)
    assert text[found.start : found.end] == surface
    assert (found.reading.type, found.reading.value, found.reading.mod) == (type_, value, mod)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "May I march?",
        "a second",
        "he sat",
        "February 30",
        "25:00",
        "a 2-1 win",
        "a three-year-old",
        "Tu\u0308rkiye",
        "2022",
    ],
)
def test_what_is_no_expression_isn_t_read(text: str) -> None:
    assert expressions(text, DCT) == []


def test_letters_that_fold_to_ascii_are_read() -> None:
    assert [each.reading.value for each in expressions("ſeven weeKs, laſt week", DCT)] == ["P7W", "2025-W08"]


def test_without_a_creation_time_the_extent_is_the_same() -> None:
    assert [each.reading for each in expressions("On Monday, last week, Feb. 18")] == [
        Reading("DATE", "XXXX-WXX-1", None, True),
        Reading("DATE", "XXXX-WXX", None, True),
        Reading("DATE", "XXXX-02-18", None, True),
    ]


@pytest.mark.parametrize(
    ("surface", "value"),
    [("the last week's", "2025-W08"), ("2022", "2022"), ("a Monday", "2025-02-24"), ("the week before last", None)],
)
def test_a_surface_is_read_whole_or_not(surface: str, value: str | None) -> None:
    found = reading_of(surface, DCT)
    assert (found and found.value) == value


def test_months_and_days_are_those_of_a_calendar() -> None:
    for month in range(1, 13):
        day = date(2025, month, 9)
        (found,) = expressions(f"{day:%B} 9, 2025")
        assert found.reading.value == str(day)
        (short,) = expressions(f"{day:%b} 9, 2025")
        assert short.reading.value == str(day)
    assert timex_baseline.SYSTEM.predicts["dates"] == timex.TYPES
