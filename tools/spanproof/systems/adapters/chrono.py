"""``chrono``: the dates and times that chrono-node finds, its moments as TIMEX3 values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import regex

from spanproof.systems.dates import Reading, annotation
from spanproof.systems.node import Script, code_points, parsed, start
from spanproof.systems.system import Annotations, Predict, Source, System, per_text
from spanproof.text import timex
from spanproof.text.offsets import Map
from spanproof.text.timex_calendar import PARTS_OF_DAY, PLACEHOLDERS, UNKNOWN, day_of, unit_value

_REFERENCE = date(2001, 1, 3)
"""The day of reference for a text without a creation time; what depends on it is left out of the value."""
_BLANK = r"[\s\x1c-\x1f,()（）]"
_EDGES = regex.compile(rf"(?:{_BLANK}|(?<!\w)(?:on|in|at|within|for)(?!\w))*+(?P<core>.*?){_BLANK}*", regex.I | regex.S)
_PART = regex.compile(r"(?<!\w)(?:to)?(morning|afternoon|evening|night)(?!\w)", regex.I)
_UNIT = regex.compile(r"(?<!\w)(?:(weekend)|(week|wk)s?|(quarter|qtr)s?)(?!\w)", regex.I)
_UNITS = ("weekend", "week", "quarter")
_GRAINS = {"day": "day", "weekday": "day", "month": "month", "year": "year"}


@dataclass(frozen=True)
class Moment:
    """The moment at which an expression starts, as chrono gives it.

    Attributes:
        parts: the numbers of the year, the month, the hour and so on.
        certain: the names of the parts that the words tell; the others are implied.
        tags: which rules of chrono found it.
        relative: whether its year follows from the day of reference.
    """

    parts: Mapping[str, int | None]
    certain: frozenset[str]
    tags: frozenset[str]
    relative: bool


def extent(surface: str) -> tuple[int, int]:
    """Return where the expression is in what chrono found: without blanks, commas, brackets, leading prepositions."""
    match = _EDGES.fullmatch(surface)
    return match.span("core") if match else (0, len(surface))


def reading(surface: str, moment: Moment, day: date | None) -> Reading:
    """Return what a moment means as TIMEX3, by the finest part of it that is certain.

    Args:
        surface: the words of the expression.
        moment: what chrono makes of them.
        day: the day of the text; None if unknown.
    """
    if "casualReference/now" in moment.tags:
        return Reading("DATE", "PRESENT_REF")
    part = _PART.search(surface)
    if "result/relativeDateAndTime" in moment.tags:
        return Reading("TIME", PLACEHOLDERS["TIME"])
    if "hour" in moment.certain:
        value, kind = f"{_date(moment, 'day', day)}{_clock(moment)}", "TIME"
    elif part:
        value, kind = f"{_date(moment, 'day', day)}{PARTS_OF_DAY[part[1].casefold()]}", "TIME"
    else:
        value, kind = _date(moment, _grain(surface, moment), day), "DATE"
    if timex.problem(value, kind) is not None:
        return Reading(kind, PLACEHOLDERS[kind])
    return Reading(kind, value, None, moment.relative)


def _grain(surface: str, moment: Moment) -> str:
    """Return the unit that the value is given in: one that the words name, or else the finest that is certain."""
    unit = _UNIT.search(surface)
    named = next((name for name, group in zip(_UNITS, unit.groups(), strict=True) if group), "") if unit else ""
    if named == "weekend" or (named and "weekday" not in moment.certain):
        return named
    return next((grain for part, grain in _GRAINS.items() if part in moment.certain), "day")


def _date(moment: Moment, grain: str, day: date | None) -> str:
    year, month, number = (moment.parts[name] or 0 for name in ("year", "month", "day"))
    if moment.relative and day is None:
        return _placeholder(moment, grain, month, number)
    if grain == "week" and not moment.certain and day:
        return unit_value(day, "week")  # Of "this week" chrono gives the Sunday before, in the ISO week before.
    if grain in ("week", "weekend", "quarter"):
        try:
            return unit_value(date(year, month, number), grain)
        except ValueError:
            return UNKNOWN[grain]
    whole = [f"{year:04}" if year > 0 else f"BC{-year:04}", f"{month:02}", f"{number:02}"]
    return "-".join(whole[: {"year": 1, "month": 2, "day": 3}[grain]])


def _placeholder(moment: Moment, grain: str, month: int, number: int) -> str:
    """Return what the words alone tell of a date: a month and a day, or a weekday, in a year that isn't known."""
    if "year" not in moment.certain and grain in ("day", "month") and "month" in moment.certain:
        return f"XXXX-{month:02}" + (f"-{number:02}" if grain == "day" else "")
    if "year" not in moment.certain and grain == "day" and "weekday" in moment.certain:
        return f"XXXX-WXX-{moment.parts['weekday'] or 7}"
    return UNKNOWN[grain]


def _clock(moment: Moment) -> str:
    units = ["hour", "minute", *(["second"] if "second" in moment.certain else [])]
    return "T" + ":".join(f"{moment.parts[name] or 0:02}" for name in units)


def annotation_of(source: Source, units: Map, answer: Any) -> dict[str, Any] | None:
    """Return an expression in the script's answer as the dates layer has it; None where it holds no words.

    Args:
        source: the text that the script was asked of.
        units: the UTF-16 map of the text.
        answer: the expression as the script gives it.

    Raises:
        ValueError: see :func:`spanproof.systems.node.code_points`.
    """
    first, last = code_points(source.text, units, answer["start"], answer["text"])
    surface = source.text[first:last]
    low, high = extent(surface)
    moment = Moment(answer["parts"], frozenset(answer["certain"]), frozenset(answer["tags"]), answer["relative"])
    read = reading(surface, moment, day_of(source.dct))
    return annotation(first + low, first + high, read, source.dct) if low < high else None


def predict_with(script: Script) -> Predict:
    """Return what predicts with the running script ``chrono.mjs``."""

    def annotate(source: Source) -> Annotations:
        answer = script.ask(source, day=str(day_of(source.dct) or _REFERENCE))
        items = parsed("chrono", source, answer, partial(annotation_of, source))
        return {"dates": [item for item in items if item]}

    return per_text(annotate)


SYSTEM = System(
    name="chrono",
    version="2.10.3",
    licence="MIT",
    weights=None,
    predicts={"dates": ("DATE", "TIME")},
    limits="English. It finds points in time, but no durations or sets. It reads even an expression after 'for' (for "
    "three days) as a point in time. chrono reads each text at noon (UTC) of the creation time. For a weekday it "
    "takes the nearest such day. For a date without a year it takes the year that is nearest to the creation time. We "
    "cut blanks, commas, brackets and prepositions (on, in, at, within, for) off its spans. The value is as precise "
    "as chrono is certain: a year, a month, a day or a time. Weeks, weekends, quarters and parts of the day have the "
    "value that the words name. Hours counted from now (in three hours) get no value, only XXXX-XX-XXTXX. Time zones "
    "are ignored. A range is one span with the value of its start. It gives no mod.",
    open=lambda _: predict_with(start(Path(__file__).with_suffix(".mjs"))),
    node=("chrono-node@2.10.3",),
    programs=("node",),
)
