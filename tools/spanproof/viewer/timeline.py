"""TIMEX3 values on an axis: the days that a value names, and an axis on which long stretches take little room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import log2

from spanproof.text import timex


@dataclass(frozen=True)
class Tick:
    """A mark on the axis: ``at`` in per cent; ``minor`` ones can be left out where room is short."""

    at: float
    text: str
    minor: bool


@dataclass(frozen=True)
class Axis:
    """Positions of days (ordinals) in per cent of the axis, and its ticks."""

    at: Mapping[int, float]
    ticks: tuple[Tick, ...]


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
        return _first(year, last - count + 1), _first(year, last + 1)
    if day == "XX" and month == "XX":
        return _first(year, 1), _first(year, 13)
    if not month.isdecimal() or not (day == "XX" or day.isdecimal()):
        return None
    if day == "XX":
        return _first(year, int(month)), _first(year, int(month) + 1)
    at = date(year, int(month), int(day)).toordinal()
    return at, at + 1


def _first(year: int, month: int) -> int:
    """Return the first day of a month, as an ordinal; month 13 is the January after."""
    return date(year, month, 1).toordinal() if month <= 12 else date(year, 12, 31).toordinal() + 1


def words(first: int, after: int) -> str:
    """Return days as a reader would say them: a day, a month, a year, or from one to another.

    Args:
        first: the first, an ordinal.
        after: the one after the last.
    """
    start, last = date.fromordinal(first), date.fromordinal(after - 1)
    if after - first == 1:
        return f"{start:%A} {_day(start)} {start.year}"
    if first == _first(start.year, start.month) and after == _first(start.year, start.month + 1):
        return f"{start:%B} {start.year}"
    if first == _first(start.year, 1) and after == _first(start.year, 13):
        return str(start.year)
    year = "" if start.year == last.year else f" {start.year}"
    return f"{_day(start)}{year} to {_day(last)} {last.year}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def axis(spans: Sequence[tuple[int, int]]) -> Axis:
    """Return an axis for spans of days, on which long stretches take little room.

    Between two neighbouring boundaries of any spans, the room grows with the logarithm of the days: a report names this
    morning and the last century, and both have to be seen.
    """
    cuts = sorted({edge for span in spans for edge in span})
    at, here = {cuts[0]: 0.0}, 0.0
    for before, after in pairwise(cuts):
        here += log2(1 + after - before)
        at[after] = here
    at = {day: 100 * place / here for day, place in at.items()}
    ticks: list[Tick] = []
    for first in sorted({first for first, _ in spans}):
        if at[first] <= 92 and (not ticks or at[first] - ticks[-1].at >= 11):
            ticks.append(Tick(at[first], _short(date.fromordinal(first)), len(ticks) % 2 == 1))
    return Axis(at, tuple(ticks))


def _short(day: date) -> str:
    if day.day > 1:
        return f"{day.day} {day:%b}"
    return f"{day:%b} {day.year}" if day.month > 1 else str(day.year)
