"""The days that TIMEX3 values name."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.text.days import days


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2025-02-26", "2025-02-26", "2025-02-26"),
        ("2025-02-26T14:30", "2025-02-26", "2025-02-26"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-Q4", "2025-10-01", "2025-12-31"),
        ("2025-H1", "2025-01-01", "2025-06-30"),
        ("2025-W01", "2024-12-30", "2025-01-05"),
        ("2025-W08-WE", "2025-02-22", "2025-02-23"),
        ("2025-W08-3TEV", "2025-02-19", "2025-02-19"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025-02-XX", "2025-02-01", "2025-02-28"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_a_value_names_its_first_and_last_day(value: str, first: str, last: str) -> None:
    assert days(value) == (date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1)


@pytest.mark.parametrize(
    "value",
    ["", "PAST_REF", "P3D", "XXXX-12-25", "199X", "197", "2025-WXX", "BC0044", "0000", "T14:30", "2025-02-30",
     "tomorrow", "2025-QX"],
)  # fmt: skip
def test_what_names_no_days_of_the_calendar_has_none(value: str) -> None:
    assert days(value) is None


@given(st.text("0123456789-TWXQHEPYMD:", max_size=12))
def test_any_words_have_two_days_in_order_or_none(value: str) -> None:
    extent = days(value)
    assert extent is None or extent[0] < extent[1]


@given(st.dates())
def test_days_of_a_narrower_value_lie_within_those_of_the_wider(day: date) -> None:
    iso = day.isocalendar()
    wider = [f"{day.year:04}", f"{day.year:04}-{day.month:02}", f"{iso.year:04}-W{iso.week:02}"]
    for value in wider:
        extent = days(value)
        assert extent is None or extent[0] <= day.toordinal() < extent[1]
