"""Dates written otherwise with the same value, and dates that move with their value."""

from calendar import month_abbr, month_name
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any, Literal

import regex

from spanproof.revisions.transformations.context import Context
from spanproof.revisions.transformations.rewriting import Piece, Rewriting, Swap
from spanproof.schema.keywords import Timex3
from spanproof.schema.node import Node

Style = Literal["dmy", "mdy", "iso"]
_MONTHS = {name.lower(): k for names in (month_name, month_abbr, (*[""] * 9, "Sept")) for k, name in enumerate(names)}
_MONTH = rf"(?P<month>{'|'.join(sorted(filter(None, _MONTHS), key=len, reverse=True))})\.?"
_DATE = regex.compile(
    rf"{_MONTH} ?(?P<day>[0-9]{{1,2}})(?:, ?(?P<year>[0-9]{{4}}))?|"
    rf"(?P<day>[0-9]{{1,2}}) {_MONTH}(?: (?P<year>[0-9]{{4}}))?",
    regex.IGNORECASE,
)
_VALUE = regex.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_SAFE = 28
"""The last day that every month has."""


def _written_days(context: Context) -> Iterator[tuple[Node, Timex3, Mapping[str, Any], regex.Match[str], str]]:
    """Yield the days of the calendar that are written with the name of their month, and whose value says the same.

    With each come its node, the members with type and value, the span, the parts of its surface and its value.
    """
    for node, timex3, span in context.dates():
        surface = _DATE.fullmatch(context.text, span["start"], span["end"])
        value = span.get(timex3.value)
        day = _VALUE.fullmatch(value) if isinstance(value, str) else None
        if surface is None or day is None or surface["year"] not in (None, day["year"]):
            continue
        if (_MONTHS[surface["month"].lower()], int(surface["day"])) == (int(day["month"]), int(day["day"])):
            yield node, timex3, span, surface, day[0]


def restyled(style: Style) -> Callable[[Context, Random], Rewriting]:
    """Return the transformation that writes days in one style.

    The year is written where it was (in ISO 8601 always); values stay.

    Args:
        style: day, month, year (``dmy``: 18 February 2025); month, day, year (``mdy``); or ISO 8601 (``iso``).
    """

    def make(context: Context, _: Random) -> Rewriting:
        edits = []
        for _node, _timex3, _span, surface, value in _written_days(context):
            month, day, year = month_name[_MONTHS[surface["month"].lower()]], int(surface["day"]), surface["year"]
            new = {
                "dmy": f"{day} {month}" + (f" {year}" if year else ""),
                "mdy": f"{month} {day}" + (f", {year}" if year else ""),
                "iso": value,
            }[style]
            edits += [Piece(surface.start(), surface.end(), new)] if new != surface[0] else []
        return context.edited(edits)

    return make


def moved(context: Context, rng: Random) -> Rewriting:
    """Make each day another of its month, and its value with it; days to which other expressions are anchored stay."""
    anchors = {span.get(name) for node, _, span in context.dates() for name in _references(node)}
    salt = rng.random()
    swaps = dict[Piece, Swap]()
    for node, timex3, span, surface, value in _written_days(context):
        if span.get(context.schema.key_of(node) or "") not in anchors:
            days = [day for day in range(1, _SAFE + 1) if day != int(surface["day"])]
            new = Random(f"{salt} {value}").choice(days)
            values = value, f"{value[:-2]}{new:02}"
            swap = Swap(node.place, (span["start"], span["end"]), timex3.value, values)
            swaps[Piece(surface.start("day"), surface.end("day"), str(new))] = swap
    rewriting = context.edited(swaps)
    return replace(rewriting, swaps=tuple(swaps[piece] for piece in rewriting.pieces if piece in swaps))


def _references(node: Node) -> list[str]:
    return [name for name, member in node.fields.items() if member.refers_to]
