"""Expressions of time as annotations: the policies for what a system leaves open, all fixed before any scoring.

A weekday without more is that of the ISO week of the creation time; a day or month without a year is the one nearest
to it; a range of two ends is a DURATION, of its length; prepositions and punctuation at the edges aren't part of an
expression (TimeML Annotation Guidelines 1.2.1, section 2.2.1). A value that isn't a TIMEX3 value is replaced by a
placeholder.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from operator import attrgetter
from typing import Any

import regex

from spanproof.systems.system import PartialAnswer, Source
from spanproof.text import timex
from spanproof.text.segmentation import Extent, without_overlaps
from spanproof.text.timex_calendar import PLACEHOLDERS, day_of, unit_value, weekday_value


@dataclass(frozen=True)
class Reading:
    """What an expression of time means.

    Attributes:
        type: its TIMEX3 type.
        value: its TIMEX3 value.
        mod: its TIMEX3 modifier; None without one.
        relative: whether the value follows from the creation time of the text.
    """

    type: str
    value: str
    mod: str | None = None
    relative: bool = False


@dataclass(frozen=True)
class Expression:
    """An expression of time in a text: start and end (code points, half open), and what it means."""

    start: int
    end: int
    reading: Reading


def annotation(start: int, end: int, reading: Reading, dct: str | None) -> dict[str, Any]:
    """Return an expression as the dates layer has it.

    Args:
        start: where it begins (code points).
        end: where it ends (code points, half open).
        reading: what it means.
        dct: the creation time of the text; where it names a day, it is the ``anchor`` of a relative value.
    """
    anchor = "dct" if reading.relative and day_of(dct) else None
    value = {"type": reading.type, "value": reading.value, "mod": reading.mod, "anchor": anchor}
    return {"start": start, "end": end, **value}


POLICIES = (
    "It reads every text as English. Texts are read line by line, so no expression goes over a line break. A weekday "
    "on its own is in the week of the creation time (ISO). A day or month without a year is the nearest to the "
    "creation time. A range with two ends is a DURATION of its length. Prepositions and marks at the edges are cut "
    "off. Of overlapping expressions, the first and longest is kept. Each text is read twice, with two different days "
    "as today. If the value of an expression differs, the expression is relative: its anchor is dct, or, if no "
    "creation time is known, its value has an X. The creation time counts as its midnight. A value that isn't TIMEX3 "
    "becomes XXXX-XX-XX (XXXX-XX-XXTXX of a time, PXD of a duration), and is reported. The authors of these rules saw "
    "the documents that the toolkit was developed with, so the scores of values on them are in-sample. A line that is "
    "twice as long takes more than twice the time."
)
"""What is true of every system that is read line by line, for its ``limits``."""

Report = Callable[[str], None]
"""Takes a message about a part of the text that the system failed on."""

ReadLine = Callable[[str, datetime, Report], Iterable[Expression]]
"""Reads a line against a moment: its expressions, in code points of the line."""

_SOME_DAY = date(2001, 2, 3)
# Two moments so far apart have no number in common: neither year, month, day nor a part of the clock time.
_APART = timedelta(days=10_000, hours=13, minutes=37, seconds=29)
_PUNCTUATION = regex.compile(r"[\s\p{P}--.]", regex.V1)
_LEADING = regex.compile(
    r"[\s\p{P}]|(?:on|in|at|by|of|for|from|since|until|till|before|after|during|within|throughout|through|between)\s",
    regex.IGNORECASE,
)
_OPEN_DAY = regex.compile(r"XXXX-(?P<month>[01][0-9])(?:-(?P<day>[0-3][0-9]))?(?P<rest>T.*)?")
_OPEN_WEEKDAY = regex.compile(r"XXXX-WXX-(?P<weekday>[1-7])(?P<rest>T.*)?")


def trimmed(text: str, start: int, end: int) -> Extent:
    """Return a span without white space, punctuation and prepositions at its edges, but with a full stop at its end.

    A span of nothing else is returned as it is.
    """
    low, high = start, end
    while match := _LEADING.match(text, low, high):
        low = match.end()
    while low < high and _PUNCTUATION.match(text[high - 1]):
        high -= 1
    return (low, high) if low < high else (start, end)


def nearest_date(day: date, month: int, number: int | None = None) -> str:
    """Return the value of the month, or of the day with a number in it, that begins nearest to a day.

    Of two that are as near, the earlier. A day that neither the year of the day nor the years beside it have is open
    (``XXXX-02-30``).

    Args:
        day: the day to be near to.
        month: 1 to 12.
        number: the day in the month; None for the month itself.
    """
    candidates = []
    for year in range(max(1, day.year - 1), min(9999, day.year + 1) + 1):
        try:
            candidates.append(date(year, month, number or 1))
        except ValueError:
            continue
    if not candidates:
        return f"XXXX-{month:02}" + (f"-{number:02}" if number else "")
    nearest = min(candidates, key=lambda candidate: abs(candidate - day))
    return nearest.isoformat() if number else unit_value(nearest, "month")


def resolved(value: str, day: date) -> str:
    """Return a value whose year, week or day is open, with those that the policies give it on a day."""
    if match := _OPEN_WEEKDAY.fullmatch(value):
        return weekday_value(day, int(match["weekday"])) + (match["rest"] or "")
    if (match := _OPEN_DAY.fullmatch(value)) and 1 <= int(match["month"]) <= 12:
        return nearest_date(day, int(match["month"]), int(match["day"] or 0) or None) + (match["rest"] or "")
    return unit_value(day, "day") + value if value.startswith("T") else value


def underspecified(value: str, other: str) -> str:
    """Return a value with X in place of each number that is different in another value.

    Where both are values of one expression, read as if the text were written on two different days, the numbers that
    differ are those that depend on the day of writing.

    >>> underspecified("2025-02-18", "1998-02-18")
    'XXXX-02-18'
    """
    numbers_and_rest = (regex.split("([0-9]+)", written) for written in (value, other))
    return "".join(a if a == b else "X" * len(a) for a, b in zip_longest(*numbers_and_rest, fillvalue=""))


def annotations_by_line(source: Source, read: ReadLine) -> list[dict[str, Any]]:
    """Return the expressions of a text, read line by line, as the dates layer has them, none over another.

    Each line is read twice, against the creation time and against a moment that shares no number with it: a value that
    differs is relative to the creation time, and where that isn't known the numbers that differ are open (X). What the
    reader failed on, and values that aren't TIMEX3 values, are warned as
    :class:`~spanproof.systems.system.PartialAnswer`.

    Args:
        source: the text.
        read: the reader of a line.
    """
    day = day_of(source.dct)
    written = datetime.combine(day or _SOME_DAY, time())
    otherwise = written - _APART if written.year > 100 else written + _APART
    expressions, failures = list[Expression](), list[str]()
    for offset, line in _lines(source.text):
        problems: list[str] = []
        readings = list(read(line, written, problems.append))
        failures += [f"the line {offset}:{offset + len(line)}: {problem}" for problem in problems]
        # What fails against the other moment alone is no failure: the value is then taken to depend on the moment.
        others = {(e.start, e.end): e.reading.value for e in read(line, otherwise, lambda _: None)}
        for expression in readings:
            value = expression.reading.value
            other = others.get((expression.start, expression.end), "")
            kept = value if day or value == other else underspecified(value, other)
            start, end = trimmed(line, expression.start, expression.end)
            reading = replace(expression.reading, value=kept, relative=value != other)
            expressions.append(Expression(offset + start, offset + end, reading))
    warn_of_failures(source, failures)
    return annotations(source, expressions)


def annotations(source: Source, expressions: Iterable[Expression]) -> list[dict[str, Any]]:
    """Return expressions in the order of the text as the dates layer has them, none over another.

    A value that isn't a TIMEX3 value of its type becomes the placeholder of the type, with a warning.
    """
    items, invalid = list[dict[str, Any]](), list[str]()
    for expression in without_overlaps(expressions, attrgetter("start", "end")):
        reading = expression.reading
        if timex.problem(reading.value, reading.type) is not None:
            invalid.append(f"{expression.start}:{expression.end} {reading.value!r}")
            reading = Reading(reading.type, PLACEHOLDERS[reading.type], reading.mod)
        items.append(annotation(expression.start, expression.end, reading, source.dct))
    if invalid:
        warn_of_failures(source, [f"{len(invalid)} of {len(items)} values: no TIMEX3, {', '.join(invalid[:5])}"])
    return items


def warn_of_failures(source: Source, failures: Iterable[str]) -> None:
    """Warn, as :class:`~spanproof.systems.system.PartialAnswer`, of parts of a text that a system failed on."""
    for failure in failures:
        warnings.warn(f"{source.id}, {failure}", PartialAnswer, stacklevel=2)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text that aren't blank, each with its offset."""
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            yield offset, line
        offset += len(line) + 1
