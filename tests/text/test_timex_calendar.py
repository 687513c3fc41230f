from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.text import timex
from spanproof.text.timex_calendar import UNKNOWN, day_of, unit_value, weekday_value


@given(st.dates(), st.integers(1, 7), st.integers(-3, 3))
def test_a_weekday_is_that_of_the_week(day: date, number: int, weeks: int) -> None:
    value = weekday_value(day, number, weeks)
    if "X" not in value:
        found = date.fromisoformat(value)
        assert found.isoweekday() == number
        assert unit_value(found, "week") == unit_value(day, "week", weeks)


@given(st.dates(date(1000, 1, 1), date(9000, 1, 1)), st.integers(-500, 500))
def test_units_are_counted_as_on_a_calendar(day: date, steps: int) -> None:
    assert unit_value(day, "day", steps) == str(day + timedelta(steps))
    month = date.fromisoformat(unit_value(day, "month", steps) + "-01")
    assert (month.year - day.year) * 12 + month.month - day.month == steps
    assert unit_value(day, "year", steps) == f"{day.year + steps:04}"
    assert unit_value(day, "decade") == str(day)[:3]
    assert unit_value(day, "century") == str(day)[:2]


@pytest.mark.parametrize(
    ("dct", "day"),
    [
        ("2025-02-26", date(2025, 2, 26)),
        ("2025-02-26T23:59", date(2025, 2, 26)),
        *((each, None) for each in (None, "", "2025", "2025-02", "2025-02-30", "2025-02-2X", "PRESENT_REF", "P3D")),
    ],
)
def test_a_creation_time_is_a_day_or_nothing(dct: str | None, day: date | None) -> None:
    assert day_of(dct) == day


@pytest.mark.parametrize("unit", UNKNOWN)
@pytest.mark.parametrize("day", [date.min, date.max, None])
def test_what_no_calendar_has_is_a_placeholder(unit: str, day: date | None) -> None:
    for steps in (-(10**9), 10**9):
        assert unit_value(day, unit, steps) == UNKNOWN[unit]
        assert timex.problem(UNKNOWN[unit], "DATE") is None


def test_a_week_that_no_calendar_has_keeps_the_weekday() -> None:
    assert weekday_value(date.max, 7, 1) == "XXXX-WXX-7"
    assert weekday_value(None, 3) == "XXXX-WXX-3"
