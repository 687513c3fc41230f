"""``chrono``: the dates and times that chrono-node finds, its moments as TIMEX3 values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import regex

from spanproof.systems.dates import Reading, annotation
from spanproof.systems.node import Script, placed, start, understood
from spanproof.systems.system import Annotations, Predict, Source, System
from spanproof.text import timex
from spanproof.text.offsets import Map
from spanproof.text.timex_calendar import PARTS, UNKNOWN, UNREAD, day_of, moment

_REFERENCE = date(2001, 1, 3)
"""For a text without a creation time: what depends on it is left out of the value."""
_BLANK = r"[\s\x1c-\x1f,()（）]"
_EDGES = regex.compile(rf"(?:{_BLANK}|(?<!\w)(?:on|in|at|within|for)(?!\w))*+(?P<core>.*?){_BLANK}*", regex.I | regex.S)
_PART = regex.compile(r"(?<!\w)(?:to)?(morning|afternoon|evening|night)(?!\w)", regex.I)
_UNIT = regex.compile(r"(?<!\w)(?:(weekend)|(week|wk)s?|(quarter|qtr)s?)(?!\w)", regex.I)
_UNITS = ("weekend", "week", "quarter")
_GRAINS = {"day": "day", "weekday": "day", "month": "month", "year": "year"}


@dataclass(frozen=True)
class Moment:
    """The start of what chrono found: its parts, those that it is certain of, its tags.

    ``relative``: the year follows from the reference.
    """

    parts: Mapping[str, int | None]
    certain: frozenset[str]
    tags: frozenset[str]
    relative: bool


def extent(surface: str) -> tuple[int, int]:
    """Where the expression is in a surface of chrono: without blanks, commas, brackets, a preposition before it."""
    match = _EDGES.fullmatch(surface)
    return match.span("core") if match else (0, len(surface))


def reading(surface: str, found: Moment, day: date | None) -> Reading:
    """What a moment means as TIMEX3, by the finest part of it that is certain, where the text is of a day."""
    if "casualReference/now" in found.tags:
        return Reading("DATE", "PRESENT_REF")
    part = _PART.search(surface)
    if "result/relativeDateAndTime" in found.tags:
        return Reading("TIME", UNREAD["TIME"])
    if "hour" in found.certain:
        value, kind = f"{_date(found, 'day', day)}{_clock(found)}", "TIME"
    elif part:
        value, kind = f"{_date(found, 'day', day)}{PARTS[part[1].casefold()]}", "TIME"
    else:
        value, kind = _date(found, _grain(surface, found), day), "DATE"
    if timex.problem(value, kind) is not None:
        return Reading(kind, UNREAD[kind])
    return Reading(kind, value, None, found.relative)


def _grain(surface: str, found: Moment) -> str:
    unit = _UNIT.search(surface)
    named = next((name for name, held in zip(_UNITS, unit.groups(), strict=True) if held), "") if unit else ""
    if named == "weekend" or (named and "weekday" not in found.certain):
        return named
    return next((grain for part, grain in _GRAINS.items() if part in found.certain), "day")


def _date(found: Moment, grain: str, day: date | None) -> str:
    year, month, number = (found.parts[name] or 0 for name in ("year", "month", "day"))
    if found.relative and day is None:
        return _placeholder(found, grain, month, number)
    if grain == "week" and not found.certain and day:
        return moment(day, "week")  # of "this week" chrono gives the Sunday before, in the ISO week before
    if grain in ("week", "weekend", "quarter"):
        try:
            return moment(date(year, month, number), grain)
        except ValueError:
            return UNKNOWN[grain]
    whole = [f"{year:04}" if year > 0 else f"BC{-year:04}", f"{month:02}", f"{number:02}"]
    return "-".join(whole[: {"year": 1, "month": 2, "day": 3}[grain]])


def _placeholder(found: Moment, grain: str, month: int, number: int) -> str:
    """What the words alone tell of a date: a month and a day, or a weekday, in a year that isn't known."""
    if "year" not in found.certain and grain in ("day", "month") and "month" in found.certain:
        return f"XXXX-{month:02}" + (f"-{number:02}" if grain == "day" else "")
    if "year" not in found.certain and grain == "day" and "weekday" in found.certain:
        return f"XXXX-WXX-{found.parts['weekday'] or 7}"
    return UNKNOWN[grain]


def _clock(found: Moment) -> str:
    units = ["hour", "minute", *(["second"] if "second" in found.certain else [])]
    return "T" + ":".join(f"{found.parts[name] or 0:02}" for name in units)


def annotated(source: Source, units: Map, said: Any) -> dict[str, Any] | None:
    """What the script says of an expression, as the dates layer has it; None where it names nothing.

    Raises:
        ValueError: see :func:`spanproof.systems.node.placed`.
    """
    first, last = placed(source.text, units, said["start"], said["text"])
    surface = source.text[first:last]
    low, high = extent(surface)
    found = Moment(said["parts"], frozenset(said["certain"]), frozenset(said["tags"]), said["relative"])
    read = reading(surface, found, day_of(source.dct))
    return annotation(first + low, first + high, read, source.dct) if low < high else None


def answers(script: Script) -> Predict:
    """What the script, ``chrono.mjs``, says of texts, as annotations."""

    def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
        for source in sources:
            said = script.ask(source, day=str(day_of(source.dct) or _REFERENCE))
            found = understood("chrono", source, said, partial(annotated, source))
            yield {"dates": [each for each in found if each]}

    return predict


SYSTEM = System(
    name="chrono",
    version="2.10.3",
    licence="MIT",
    weights=None,
    predicts={"dates": ("DATE", "TIME")},
    limits="English. Moments alone: no durations or sets, and what stands after 'for' is read as a moment too. The "
    "values are those that chrono gives for noon (UTC) of the creation time: a weekday is the nearest one, a day "
    "without a year is in the year that brings it nearest. We cut blanks, commas, brackets and prepositions (on, in, "
    "at, within, for) off its spans, and take as value the finest part that it is certain of; weeks, weekends, "
    "quarters and parts of the day as the words name them; hours counted from now have no value, nor has a zone. A "
    "range is one span with the value of its start. No mod.",
    open=lambda _: answers(start("chrono.mjs")),
    node=("chrono-node@2.10.3",),
    programs=("node",),
)
