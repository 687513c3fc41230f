"""TIMEX3 values: grammar, agreement with the type, truth of the calendar.

Sources, named where they decide something:

* *guidelines*: Saurí et al., TimeML Annotation Guidelines, version 1.2.1 (2006), section 2.2.3, attributes ``type``
  and ``value``;
* *schema*: ``timeml_1.2.1.xsd`` (types Date, Time, WeekDate, WeekTime, Season, PartOfYear, PaPrFu, Duration);
* *TempEval-3 schema*: ``tml.xsd`` of timeml-validator, which adds ``BC``, ``Z``, placeholders in a clock time,
  decimals in a period and the units DE, CE, ML;
* ISO 8601: two digits for month, day, week and hour (the schema also lets ``2000-W7`` pass), week 53, ``T24:00``.

Neither schema ties the value to the type; the guidelines do ("The format of the value attribute is determined by the
type of TIMEX3"), and so does this module.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from operator import itemgetter
from types import MappingProxyType
from typing import Literal

TYPES = ("DATE", "TIME", "DURATION", "SET")
MODS = (
    *("BEFORE", "AFTER", "ON_OR_BEFORE", "ON_OR_AFTER", "LESS_THAN", "MORE_THAN", "EQUAL_OR_LESS", "EQUAL_OR_MORE"),
    *("START", "MID", "END", "APPROX", "EARLY", "LATE"),
)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a value.

    Attributes:
        kind: whether the form is none of TIMEX3, belongs to another type, or names a day or time that doesn't exist.
        message: what is.
        right: what would be right.
    """

    kind: Literal["grammar", "type", "calendar"]
    message: str
    right: str


@dataclass(frozen=True)
class Shape:
    """One form of value.

    Attributes:
        name: what it is called in messages.
        regex: matches all of a value of this form; named groups are the parts that the calendar bounds.
        types: those that it belongs to; see `_types` for SET.
        examples: right values of it.
    """

    name: str
    regex: re.Pattern[str]
    types: tuple[str, ...]
    examples: tuple[str, ...]


_YEAR = "(?P<bc>BC)?(?P<year>[0-9X]{4})"
_MONTH = f"{_YEAR}-(?P<month>[0-9X]{{2}})"
_DAY = f"{_MONTH}-(?P<day>[0-9X]{{2}})"
_WEEK = "(?P<year>[0-9X]{4})-W(?P<week>[0-9X]{2})"
_WEEK_DAY = f"{_WEEK}-(?P<weekday>[0-9X])"
# The two clock times that ISO 8601 lets stand outside the ranges come first, and without groups to check.
_CLOCK = (
    r"(?:24:00(?::00)?|23:59:60|(?P<hour>[0-9X]{2})(?::(?P<minute>[0-9X]{2})(?::(?P<second>[0-9X]{2})(?:\.[0-9]+)?)?)?)"
    "(?:Z|[+-](?P<zone_hour>[0-9]{2})(?::(?P<zone_minute>[0-9]{2}))?)?"
)
_TIME = f"T(?:{_CLOCK}|MO|MI|AF|EV|NI|DT)"
_N = r"(?:[0-9]+(?:\.[0-9]+)?|XX?)"


def _shape(name: str, regex: str, types: str, examples: str) -> Shape:
    return Shape(name, re.compile(regex), tuple(types.split()), tuple(examples.split()))


SHAPES = (
    _shape(
        "period",
        rf"P(?=.)(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?(?:T(?=.)(?:{_N}H)?(?:{_N}M)?(?:{_N}S)?)?",
        "DURATION SET",
        "P3D PT6H P1Y2M P1DT12H P1.5Y PXY PTXM",
    ),
    # E, C and L are the schema's letters for DE, CE and ML.
    _shape("period of one unit", rf"P{_N}(?:W|Q|DE|CE|ML|E|C|L)", "DURATION SET", "P2W P2Q P3DE P1CE PXML"),
    _shape("day", _DAY, "DATE", "2025-02-26 XXXX-12-25 XXXX-XX-05 BC0044-03-15"),
    _shape("month", _MONTH, "DATE", "2024-10 XXXX-10 2025-XX"),
    _shape("year, decade, century or millennium", "(?:BC)?[0-9X]{1,4}", "DATE", "2025 197 19 199X BC0044"),
    _shape("week", _WEEK, "DATE", "2025-W08 XXXX-WXX"),
    _shape("week day", _WEEK_DAY, "DATE", "2025-W08-3 XXXX-WXX-2"),
    _shape("weekend", f"{_WEEK}-WE", "DATE", "2025-W08-WE XXXX-WXX-WE"),
    _shape("season", f"{_YEAR}-(?:SP|SU|FA|WI)", "DATE", "1964-SU XXXX-WI"),
    _shape("part of a year", f"{_YEAR}-(?:Q[1-4X]|H[12X])", "DATE", "2025-Q1 2025-H2 2025-QX"),
    # DATE alone: they name no time of day, which is what the guidelines ask of a TIME.
    _shape("reference", "(?:PAST|PRESENT|FUTURE)_REF", "DATE", "PRESENT_REF PAST_REF FUTURE_REF"),
    _shape("time", f"(?:{_DAY})?{_TIME}", "TIME", "2025-02-26T14:30 2025-02-26TMO T14:30Z T24:00 XXXX-XX-XXTEV TNI"),
    _shape("time of a week day", f"{_WEEK_DAY}{_TIME}", "TIME", "2025-W08-3TEV XXXX-WXX-1T09:00"),
)

_RANGES = (
    ("month", 1, 12, "a month from 01 to 12"),
    ("day", 1, 31, "a day from 01 to 31"),
    ("week", 1, 53, "a week from 01 to 53"),
    ("weekday", 1, 7, "a week day from 1 (Monday) to 7"),
    ("hour", 0, 23, "an hour from 00 to 23; midnight at the end of a day is T24:00"),
    ("minute", 0, 59, "a minute from 00 to 59"),
    ("second", 0, 59, "a second from 00 to 59; a leap second is T23:59:60"),
    ("zone_hour", 0, 14, "a zone from -12:00 to +14:00"),
    ("zone_minute", 0, 59, "minutes of a zone from 00 to 59"),
)

# How people write values wrongly: what to say of it, a pattern, and what to put in its place. Each works on what the
# one before it left, so their order matters.
_MENDS = (
    ("no blank at the edge", r"^\s+|(?<!\s)\s+$", ""),
    ("upper case", r"[a-z]+", lambda m: m[0].upper()),
    ("hyphens part a date", r"(?<=[0-9X])/(?=[0-9X])", "-"),
    ("hyphens part a date", r"^([0-9X]{4})(?:-([0-9]{2})|([0-9]{2})-?)([0-9]{2})(?=T|$)", r"\1-\2\3-\4"),
    ("T comes before a clock time", r"(?<=[0-9]) (?=[0-9]{1,2}:)|^(?=[0-9]{1,2}:)", "T"),
    ("a week has two digits", r"(?<=-W)([0-9])(?![0-9X])", r"0\1"),
    ("two digits for each month, day, hour", r"(?<=[-T:+])(?<!-W[0-9X]{2}-)([0-9])(?=[-T:+Z]|$)", r"0\1"),
    ("TimeML 1.2.1 has no fiscal years", r"^FY(?=[0-9X]{4})", ""),
    ("a decimal point", r"(?<=[0-9]),(?=[0-9])", "."),
    ("T comes before hours, minutes, seconds", r"^(P(?:[0-9.X]+[YMD])*?)(?=(?:[0-9.X]+M)?[0-9.X]+[HS])", r"\1T"),
    ("T only before hours, minutes, seconds", r"^PT(?=[0-9.X]+(?:[YDWQ]|DE|CE|ML)$)", "P"),
    ("a period names its unit, for example years", r"^P([0-9.X]+)$", r"P\1Y"),
)


_SURE_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
SURE: Mapping[str, str] = MappingProxyType(
    {
        "DATE": f"^([0-9]{{4}}(-(0[1-9]|1[0-2]))?|{_SURE_DAY})$",
        "TIME": f"^{_SURE_DAY}T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
        "DURATION": "^P([0-9]{1,6}[YMWD]|T[0-9]{1,6}[HMS])$",
    }
)
"""What most values of a type look like, for RE2: nothing is wrong with a value that matches."""


def examples(type: str) -> tuple[str, ...]:  # noqa: A002
    """Return right values of a type, the first ones of differing shapes; none for what isn't one of `TYPES`."""
    fitting = (
        (rank, value) for shape in SHAPES for rank, value in enumerate(shape.examples) if type in _types(shape, value)
    )
    return tuple(value for _, value in sorted(fitting, key=itemgetter(0)))


def problem(value: str, type: str | None = None) -> Problem | None:  # noqa: A002
    """Return the first thing that is wrong with a TIMEX3 value, or None.

    Args:
        value: the value.
        type: the type of the expression; without one, a right value of any type is right.

    Returns:
        ``grammar``: no shape of `SHAPES` fits. ``type``: one does, but of another type; a type that is none of `TYPES`
        takes no value. ``calendar``: no way of filling in the placeholders X is a date or a time that exists, in the
        proleptic Gregorian calendar with ISO weeks; a year BC may be a leap year.
    """
    fit = _fit(value)
    if fit is None:
        return Problem("grammar", f"{value!r} isn't a TIMEX3 value", _mended(value, type) or _like(type))
    shape, match = fit
    types = _types(shape, value)
    if type is not None and type not in types:
        others = f", or {_like(type)}" if type in TYPES else ""
        return Problem("type", f"{value!r} is a {shape.name}, not a {type}", f"type {' or '.join(types)}{others}")
    return _untrue(value, match)


def _fit(value: str) -> tuple[Shape, re.Match[str]] | None:
    return next(((shape, match) for shape in SHAPES if (match := shape.regex.fullmatch(value))), None)


def _types(shape: Shape, value: str) -> tuple[str, ...]:
    """Return the types of the shape, and SET for a value that leaves a place open.

    By the guidelines "every October" is XXXX-10.
    """
    return (*shape.types, "SET") if "X" in value and "SET" not in shape.types else shape.types


def _like(wanted: str | None) -> str:
    """Words for right values of the type; without a known type, for one of each but SET, which shares theirs."""
    if wanted in TYPES:
        return f"a {wanted} such as {', '.join(examples(wanted)[:6])}"
    return "a value such as " + ", ".join(f"{examples(name)[0]} ({name})" for name in TYPES[:3])


def _mended(value: str, wanted: str | None) -> str | None:
    """Return what the value was meant to be, where that is right for the type, with the rules that it broke."""
    reasons, mended = [], value
    for reason, pattern, replacement in _MENDS:
        before, mended = mended, re.sub(pattern, replacement, mended)
        if mended != before:
            reasons.append(reason)
    if _fit(mended) is None or problem(mended, wanted) is not None:
        return None
    return f"{', '.join(dict.fromkeys(reasons))}: {mended}"


def _untrue(value: str, match: re.Match[str]) -> Problem | None:
    """Return the calendar problem of a value that fits its shape."""
    parts = {name: token for name, token in match.groupdict().items() if token is not None}
    for name, low, high, right in _RANGES:
        if name in parts and not _fills(parts[name], low, high):
            return Problem("calendar", f"{value!r} has {name.replace('_', ' ')} {parts[name]}", right)
    if "day" in parts and not _fills(parts["day"], 1, last := _last_day(match)):
        right = f"a day from 01 to {last} in {value[: match.start('day') - 1]}"
        return Problem("calendar", f"{value!r} has day {parts['day']}", right)
    if "week" in parts and not _fills(parts["week"], 1, last := _last_week(parts["year"])):
        return Problem(
            "calendar", f"{value!r} has week {parts['week']}", f"a week from 01 to {last} in {parts['year']}"
        )
    return None


def _numbers(token: str) -> Iterator[int]:
    """Return the numbers that the token stands for, X being any digit."""
    if "X" not in token:
        return iter((int(token),))
    return map(int, map("".join, product(*("0123456789" if sign == "X" else sign for sign in token))))


def _fills(token: str, low: int, high: int) -> bool:
    return any(low <= number <= high for number in _numbers(token))


def _last_day(match: re.Match[str]) -> int:
    leap = match["bc"] is not None or any(map(isleap, _numbers(match["year"])))
    return max(monthrange(2000 if leap else 2001, month)[1] for month in _numbers(match["month"]) if 1 <= month <= 12)


def _last_week(year: str) -> int:
    # The calendar repeats every 400 years; the shift lets `date` answer for the year 0000.
    last_weeks = (date(2000 + number % 400, 12, 28).isocalendar().week for number in _numbers(year))
    return 53 if 53 in last_weeks else 52
