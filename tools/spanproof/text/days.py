"""The days of the calendar that a TIMEX3 value names."""

from collections.abc import Mapping
from datetime import date

from spanproof.text import timex


def days(value: str) -> tuple[int, int] | None:
    """Return the days that a TIMEX3 value names: the first, and the one after the last; None where it names none.

    They are ordinals of :class:`datetime.date`. A value names days if it is a day, an ISO week, a weekend, a month, a
    quarter, a half or a year; a time is its day, a day left open is its month, a month left open its year. Seasons,
    decades, years BC, references, periods and open years name none.
    """
    match = next((match for shape in timex.SHAPES if (match := shape.regex.fullmatch(value))), None)
    if match is None or timex.problem(value) is not None:
        return None
    parts = match.groupdict()
    year = parts.get("year") or value
    if parts.get("bc") or len(year) != 4 or not (year.isdecimal() and year.isascii()) or year == "0000":
        return None
    if week := parts.get("week"):
        return _week(int(year), week, parts.get("weekday"), value)
    return _months(int(year), parts, value[5:] if parts.get("year") else "")


def _week(year: int, week: str, weekday: str | None, value: str) -> tuple[int, int] | None:
    if "X" in week or weekday == "X":
        return None
    monday = date.fromisocalendar(year, int(week), 1).toordinal()
    if weekday:
        return monday + int(weekday) - 1, monday + int(weekday)
    return (monday + 5 if value.endswith("-WE") else monday), monday + 7


def _months(year: int, parts: Mapping[str, str | None], rest: str) -> tuple[int, int] | None:
    month, day = parts.get("month") or "XX", parts.get("day") or "XX"
    if not parts.get("month") and rest:
        count = {"Q": 3, "H": 6}.get(rest[0])
        if count is None or rest[1] == "X":
            return None
        last = int(rest[1]) * count
        return first_of_month(year, last - count + 1), first_of_month(year, last + 1)
    if day == "XX" and month == "XX":
        return first_of_month(year, 1), first_of_month(year, 13)
    if not month.isdecimal() or not (day == "XX" or day.isdecimal()):
        return None
    if day == "XX":
        return first_of_month(year, int(month)), first_of_month(year, int(month) + 1)
    at = date(year, int(month), int(day)).toordinal()
    return at, at + 1


def first_of_month(year: int, month: int) -> int:
    """Return the first day of a month, as an ordinal; month 13 is the January after."""
    return date(year, month, 1).toordinal() if month <= 12 else date(year, 12, 31).toordinal() + 1
