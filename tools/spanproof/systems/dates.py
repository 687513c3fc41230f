"""What adapters of systems of time share: policies for what a system leaves open, all fixed before any scoring.

A weekday without more is that of the ISO week of the creation time; a day or month without a year is the one nearest
to it; a range of two ends is a DURATION, of its length; prepositions and marks at the edges aren't part of an
expression (TimeML Annotation Guidelines 1.2.1, section 2.2.1). A value that is no TIMEX3 is replaced by a placeholder.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import Any

import regex

from spanproof.systems.system import PartialAnswer, Source
from spanproof.text import timex
from spanproof.text.timex_calendar import UNREAD, day_of, moment, weekday


@dataclass(frozen=True)
class Reading:
    """What an expression means: TIMEX3 type, value and modifier, and whether the creation time decided the value."""

    type: str
    value: str
    mod: str | None = None
    relative: bool = False


@dataclass(frozen=True)
class Expression:
    """An expression of a text, in code points, with its reading."""

    start: int
    end: int
    reading: Reading


def flat(found: Iterable[Expression]) -> list[Expression]:
    """Expressions in their order, none over another: the earliest wins, then the longest."""
    kept: list[Expression] = []
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def annotation(start: int, end: int, reading: Reading, dct: str | None) -> dict[str, Any]:
    """An expression as the dates layer has it; ``anchor`` is ``dct`` where a creation time decided the value."""
    anchor = "dct" if reading.relative and day_of(dct) else None
    value = {"type": reading.type, "value": reading.value, "mod": reading.mod, "anchor": anchor}
    return {"start": start, "end": end, **value}


ABOUT = (
    "English, whatever the language says. Read line by line: no expression goes over a line break. A weekday without "
    "more is that of the ISO week of the creation time; a day or month without a year is the nearest to it; a range of "
    "two ends is a DURATION of its length; prepositions and marks at the edges are cut off. Of overlapping expressions "
    "the first and longest stays. A text is read against two days, and what differs is relative: anchor dct, or open "
    "(X) where no day is known. The creation time counts as its midnight. A value that is no TIMEX3 becomes "
    "XXXX-XX-XX (XXXX-XX-XXTXX of a time, PXD of a duration) and is told. The policies were made with articles of "
    "istanbul-talks in sight, so values are in-sample. Time grows with more than the length of a line."
)

Say = Callable[[str], None]
Read = Callable[[str, datetime, Say], Iterable[Expression]]
"""A line read against a moment, its expressions in code points of the line; says what it failed on."""

_SOME_DAY = date(2001, 2, 3)
_APART = timedelta(days=10_000, hours=13, minutes=37, seconds=29)  # no field of a date or time stays the same
_MARK = regex.compile(r"[\s\p{P}--.]", regex.V1)
_FIRST = regex.compile(
    r"[\s\p{P}]|(?:on|in|at|by|of|for|from|since|until|till|before|after|during|within|throughout|through|between)\s",
    regex.IGNORECASE,
)
_OPEN_DAY = regex.compile(r"XXXX-(?P<month>[01][0-9])(?:-(?P<day>[0-3][0-9]))?(?P<rest>T.*)?")
_OPEN_WEEKDAY = regex.compile(r"XXXX-WXX-(?P<weekday>[1-7])(?P<rest>T.*)?")


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without blanks, marks (but for a full stop after it) and prepositions at its edges, if more is left."""
    low, high = start, end
    while match := _FIRST.match(text, low, high):
        low = match.end()
    while low < high and _MARK.match(text[high - 1]):
        high -= 1
    return (low, high) if low < high else (start, end)


def nearest(day: date, month: int, number: int | None = None) -> str:
    """The month, or the day with this number in it, whose beginning is nearest to a day; the earlier of two as near.

    A day that none of three years has is open (``XXXX-02-30``).
    """
    found = []
    for year in range(max(1, day.year - 1), min(9999, day.year + 1) + 1):
        try:
            found.append(date(year, month, number or 1))
        except ValueError:
            continue
    if not found:
        return f"XXXX-{month:02}" + (f"-{number:02}" if number else "")
    best = min(found, key=lambda one: abs(one - day))
    return best.isoformat() if number else moment(best, "month")


def filled(value: str, day: date) -> str:
    """A value with an open year or week, or a clock time without a day, as the policies read it on a day."""
    if match := _OPEN_WEEKDAY.fullmatch(value):
        return weekday(day, int(match["weekday"])) + (match["rest"] or "")
    if (match := _OPEN_DAY.fullmatch(value)) and 1 <= int(match["month"]) <= 12:
        return nearest(day, int(match["month"]), int(match["day"] or 0) or None) + (match["rest"] or "")
    return moment(day, "day") + value if value.startswith("T") else value


def opened(value: str, other: str) -> str:
    """A value with X for the numbers in which another, read against another day, differs."""
    pairs = zip_longest(*(regex.split("([0-9]+)", each) for each in (value, other)), fillvalue="")
    return "".join(a if a == b else "X" * len(a) for a, b in pairs)


def dates(source: Source, read: Read) -> list[dict[str, Any]]:
    """The expressions of a text as the dates layer has them, in their order, none over another.

    Warns :class:`spanproof.systems.system.PartialAnswer` of what the reader failed on, and of values that are no
    TIMEX3.
    """
    day = day_of(source.dct)
    here = datetime.combine(day or _SOME_DAY, time())
    there = here - _APART if here.year > 100 else here + _APART
    found, failures = list[Expression](), list[str]()
    for at, line in _lines(source.text):
        failed: list[str] = []
        ones = list(read(line, here, failed.append))
        # What it fails on against the other day alone is no failure: its value is taken to differ.
        others = {(each.start, each.end): each.reading.value for each in read(line, there, lambda _: None)}
        failures += [f"the line {at}:{at + len(line)}: {each}" for each in failed]
        for each in ones:
            value, other = each.reading.value, others.get((each.start, each.end), "")
            kept = value if day or value == other else opened(value, other)
            start, end = trimmed(line, each.start, each.end)
            found.append(
                Expression(at + start, at + end, Reading(each.reading.type, kept, each.reading.mod, value != other))
            )
    told(source, failures)
    return settled(source, found)


def settled(source: Source, found: Iterable[Expression]) -> list[dict[str, Any]]:
    """Expressions in their order, none over another; a value that is no TIMEX3 becomes a placeholder, and is told."""
    kept, strange = list[dict[str, Any]](), list[str]()
    for each in flat(found):
        reading = each.reading
        if timex.problem(reading.value, reading.type) is not None:
            strange.append(f"{each.start}:{each.end} {reading.value!r}")
            reading = Reading(reading.type, UNREAD[reading.type], reading.mod, False)
        kept.append(annotation(each.start, each.end, reading, source.dct))
    told(source, [f"{len(strange)} of {len(kept)} values: no TIMEX3, {', '.join(strange[:5])}"] if strange else [])
    return kept


def told(source: Source, failures: Iterable[str]) -> None:
    """Warns of parts of a text that a system failed on."""
    for each in failures:
        warnings.warn(f"{source.id}, {each}", PartialAnswer, stacklevel=2)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text that hold something, each with its offset."""
    at = 0
    for line in text.split("\n"):
        if line.strip():
            yield at, line
        at += len(line) + 1
