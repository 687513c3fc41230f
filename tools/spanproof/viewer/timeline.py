"""TIMEX3 values on an axis: days in words, and an axis on which long stretches take little room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import log2

from spanproof.text.days import first_of_month


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


def words(first: int, after: int) -> str:
    """Return days as a reader would say them: a day, a month, a year, or from one to another.

    Args:
        first: the first, an ordinal.
        after: the one after the last.
    """
    start, last = date.fromordinal(first), date.fromordinal(after - 1)
    if after - first == 1:
        return f"{start:%A} {_day(start)} {start.year}"
    if first == first_of_month(start.year, start.month) and after == first_of_month(start.year, start.month + 1):
        return f"{start:%B} {start.year}"
    if first == first_of_month(start.year, 1) and after == first_of_month(start.year, 13):
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
