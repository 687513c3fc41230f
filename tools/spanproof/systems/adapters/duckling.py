"""``duckling``: the rules of Duckling for times and durations, through its binding for Python."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import Any

import regex

from spanproof.schema.paths import Registries
from spanproof.systems import dates
from spanproof.systems.dates import Expression, Reading, Report
from spanproof.systems.system import Predict, System, per_text
from spanproof.text.timex_calendar import PERIODS, unit_value, weekday_value

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_CLOCKS = {"hour": "%H", "minute": "%H:%M", "second": "%H:%M:%S"}
_PARTS = {(0, 12): "TMO", (4, 12): "TMO", (12, 19): "TAF", (18, 0): "TEV"}
_SEASONS = {(3, 20): "SP", (6, 21): "SU", (9, 23): "FA", (12, 21): "WI"}
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NAMES_MONTH = regex.compile(rf"\b(?:{_MONTH})", regex.IGNORECASE)
_NAMES_DAY = regex.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b", regex.IGNORECASE)
_STEPS = regex.compile(
    r"\b(?:last|next|this|past|previous|coming|following|current|after|before|ago|from|week)|[0-9]{4}", regex.IGNORECASE
)
_NTH = regex.compile(r"[0-9](?:st|nd|rd|th)\b", regex.IGNORECASE)
_DAYS = regex.compile(r"\bdays?\b", regex.IGNORECASE)


def reading(answer: Mapping[str, Any], surface: str, here: datetime) -> Reading:
    """Return what an answer of Duckling means; its value is empty where the calendar of Python hasn't got it.

    Args:
        answer: what Duckling says of an expression.
        surface: the words of the expression.
        here: the moment against which it was read.
    """
    value = answer["value"]
    if answer["dim"] == "duration":
        return Reading("DURATION", PERIODS.get(value["unit"], "{}").format(value["value"]))
    try:
        if value["type"] == "value":
            return _moment(value, surface, here)
        ends = [end for end in ("from", "to") if end in value]
        if len(ends) == 1:
            return _moment(value[ends[0]], surface, here, "FUTURE_REF" if ends == ["from"] else "PAST_REF")
        return _range(value["from"], value["to"], surface, here)
    except (ValueError, OverflowError):  # A year that the calendar of Python doesn't have.
        return Reading("DATE", "")


def _moment(value: Mapping[str, str], surface: str, here: datetime, now: str = "PRESENT_REF") -> Reading:
    at, grain = _at(value), value["grain"]
    if grain == "second" and at == here:
        return Reading("DATE", now)
    if grain == "hour" and at.hour == here.hour and _DAYS.search(surface):
        grain = "day"
    day = _policy(at.date(), grain, surface, here.date())
    if grain in _CLOCKS:
        return Reading("TIME", f"{day}T{at.strftime(_CLOCKS[grain])}")
    return Reading("DATE", unit_value(at.date(), grain) if grain not in ("day", "month") else day)


def _policy(at: date, grain: str, surface: str, day: date) -> str:
    """Return the value of the day or month meant, by :mod:`spanproof.systems.dates`; Duckling takes the next one."""
    if _STEPS.search(surface):
        return unit_value(at, "month" if grain == "month" else "day")
    if _NAMES_MONTH.search(surface):
        return dates.nearest_date(day, at.month, None if grain == "month" else at.day)
    if _NAMES_DAY.search(surface) and not _NTH.search(surface):
        return weekday_value(day, at.isoweekday())
    return unit_value(at, "month" if grain == "month" else "day")


def _range(low: Mapping[str, str], high: Mapping[str, str], surface: str, here: datetime) -> Reading:
    start, end, grain = _at(low), _at(high), low["grain"]
    if grain == "second" and start == here:
        return _moment({**high, "grain": "second" if end.time() > time() else "day"}, surface, here)
    if grain == "hour":
        part = _PARTS.get((start.hour, end.hour))
        if part and end - start <= timedelta(days=1):
            night = part == "TEV" and "night" in surface.casefold()
            return Reading("TIME", _policy(start.date(), "day", surface, here.date()) + ("TNI" if night else part))
        if (start.isoweekday(), start.hour, end - start) == (5, 18, timedelta(hours=54)):
            return Reading("DATE", unit_value(start.date(), "weekend"))
    season = _SEASONS.get((start.month, start.day))
    if grain == "day" and season and 85 < (end - start).days < 100:
        return Reading("DATE", f"{start.year:04}-{season}")
    return Reading("DURATION", PERIODS.get(grain, "{}").format(_count(start, end, grain)))


def _count(start: datetime, end: datetime, grain: str) -> int:
    if grain in _MONTHS:
        return ((end.year - start.year) * 12 + end.month - start.month) // _MONTHS[grain]
    return int((end - start).total_seconds()) // _SECONDS[grain]


def _at(value: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(value["value"]).replace(tzinfo=None)


def expressions(parse: Any, line: str, here: datetime, report: Report) -> Iterator[Expression]:
    """Yield the expressions that Duckling finds in a line; those whose offsets aren't of what it read are reported.

    Args:
        parse: asks Duckling of a line and a moment.
        line: the line.
        here: the moment against which it is read.
        report: is told what fails.
    """
    if "\0" in line or regex.search(r"\p{Cs}", line):
        report("it can't be given a NUL or a lone surrogate")
        return
    for answer in parse(line, here):
        start, end = answer["start"], answer["end"]
        if not 0 <= start < end <= len(line) or answer["body"] != line[start:end]:
            report(f"{start}:{end} is said to be {answer['body']!r}")
            continue
        low, high = dates.trimmed(line, start, end)
        yield Expression(start, end, reading(answer, line[low:high], here))


def _load(_: Registries) -> Predict:
    package = import_module("duckling")
    with TemporaryDirectory() as empty:  # No time zone but UTC is asked for, which it knows by itself.
        zones = package.load_time_zones(empty)
    locale = package.parse_locale("EN_US", package.default_locale_lang(package.parse_lang("EN")))
    dimensions = package.parse_dimensions(["time", "duration"])

    def parse(line: str, here: datetime) -> Any:
        now = package.parse_ref_time(zones, "UTC", int(here.replace(tzinfo=UTC).timestamp()))
        return package.parse(line, package.Context(now, locale), dimensions, False)

    return per_text(lambda source: {"dates": dates.annotations_by_line(source, partial(expressions, parse))})


SYSTEM = System(
    name="duckling",
    version="0.3.0",
    licence="MIT AND BSD-3-Clause",
    weights=None,
    predicts={"dates": ("DATE", "TIME", "DURATION")},
    limits=" The precision of a value (a day, a month, a year) is Duckling's grain. If a range has only one end, or "
    "begins now (by Friday), its value is that of the other end. If Duckling gives exactly the creation time, to the "
    "second, the value is PRESENT_REF. If an open range begins there, it is FUTURE_REF; if one ends there, PAST_REF. "
    "A weekday, day or month counts as on its own if the words have no year and no word such as last, next, this, ago "
    "or week. Parts of the day, weekends and seasons are known by the hours and days that Duckling gives them. For "
    "days (three days ago) it gives an hour, which is left out. It reads ordinals (the second) and short words (sat) "
    "as days. It runs only on Linux on x86-64. The version is that of the binding. The licences are those of the "
    "binding and of Duckling, which is in it.",
    open=_load,
    alone=("pyduckling-native-phihos==0.3.0",),
    in_sample=("dates.value",),
)
