"""``duckling``: the rules of Duckling for times and durations, through its binding for Python."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import Any

import regex

from spanproof.schema.paths import Registries
from spanproof.systems import dates as policies
from spanproof.systems.dates import Expression, Reading, Say
from spanproof.systems.system import Annotations, Predict, Source, System
from spanproof.text.timex_calendar import PERIODS, moment, weekday

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
    """What an answer about a surface means against a moment; a value that can't be had is no TIMEX3 (empty)."""
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
    except (ValueError, OverflowError):  # a year that the calendar of Python doesn't have
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
    return Reading("DATE", moment(at.date(), grain) if grain not in ("day", "month") else day)


def _policy(at: date, grain: str, surface: str, day: date) -> str:
    """The day (or month) meant, where Duckling took the next one: see :mod:`spanproof.systems.dates`."""
    if _STEPS.search(surface):
        return moment(at, "month" if grain == "month" else "day")
    if _NAMES_MONTH.search(surface):
        return policies.nearest(day, at.month, None if grain == "month" else at.day)
    if _NAMES_DAY.search(surface) and not _NTH.search(surface):
        return weekday(day, at.isoweekday())
    return moment(at, "month" if grain == "month" else "day")


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
            return Reading("DATE", moment(start.date(), "weekend"))
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


def expressions(parse: Any, line: str, here: datetime, say: Say) -> Iterator[Expression]:
    """What ``parse`` answers of a line, against a moment; its offsets are code points, proved by what it read there."""
    if "\0" in line or regex.search(r"\p{Cs}", line):
        say("it can't be given a NUL or a lone surrogate")
        return
    for each in parse(line, here):
        start, end = each["start"], each["end"]
        if not 0 <= start < end <= len(line) or each["body"] != line[start:end]:
            say(f"{start}:{end} is said to be {each['body']!r}")
            continue
        low, high = policies.trimmed(line, start, end)
        yield Expression(start, end, reading(each, line[low:high], here))


def _open(_: Registries) -> Predict:
    package = import_module("duckling")
    with TemporaryDirectory() as none:  # no zone but UTC is asked for, which it knows by itself
        zones = package.load_time_zones(none)
    locale = package.parse_locale("EN_US", package.default_locale_lang(package.parse_lang("EN")))
    dimensions = package.parse_dimensions(["time", "duration"])

    def parse(line: str, here: datetime) -> Any:
        moment_ = package.parse_ref_time(zones, "UTC", int(here.replace(tzinfo=UTC).timestamp()))
        return package.parse(line, package.Context(moment_, locale), dimensions, False)

    def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
        return ({"dates": policies.dates(source, partial(expressions, parse))} for source in sources)

    return predict


SYSTEM = System(
    name="duckling",
    version="0.3.0",
    licence="MIT AND BSD-3-Clause",
    weights=None,
    predicts={"dates": ("DATE", "TIME", "DURATION")},
    limits=f"{policies.ABOUT} Values are rendered by grain; of a range open at one end, or that begins now (by "
    "Friday), the other end. A second that is the creation time itself is PRESENT_REF (FUTURE_REF, PAST_REF where a "
    "range begins or ends there). Which weekdays, days and months come without more is told by the words: no last, "
    "next, this, ago, week and the like, no year. Parts of the day, weekends and seasons are known by the hours and "
    "days that Duckling gives them; the hour that it gives days (three days ago) is left out. It reads ordinals "
    "(the second) and short words (sat) as days. Linux on x86-64 alone. The version is that of the binding, "
    "the licences are those of the binding and of Duckling, which is in it.",
    open=_open,
    alone=("pyduckling-native-phihos==0.3.0",),
    in_sample=("dates.value",),
)
