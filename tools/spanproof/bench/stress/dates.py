"""Dates written otherwise with the same value, and dates that move with their value."""

from calendar import month_abbr, month_name
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any, Literal

import regex

from spanproof.bench.stress.context import Given
from spanproof.bench.stress.rewriting import Piece, Rewriting, Swap
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
_VALUE = regex.compile(r"[0-9]{4}-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_SAFE = 28
"""A day that every month has."""


def _written(given: Given) -> Iterator[tuple[Node, Timex3, Mapping[str, Any], regex.Match[str], str]]:
    """The days of the calendar that are written with the name of their month, and whose value says the same."""
    for node, timex3, span in given.dates():
        found = _DATE.fullmatch(given.text, span["start"], span["end"])
        value = span.get(timex3.value)
        day = _VALUE.fullmatch(value) if isinstance(value, str) else None
        same = found and day and (_MONTHS[found["month"].lower()], int(found["day"])) == (int(day[1]), int(day[2]))
        if found and same and (not found["year"] or str(value).startswith(found["year"])):
            yield node, timex3, span, found, str(value)


def written(style: Style) -> Callable[[Given, Random], Rewriting]:
    """Days in one style, the year where it stood (in ISO 8601 always); values stay."""

    def make(given: Given, _: Random) -> Rewriting:
        edits = []
        for _node, _timex3, _span, found, value in _written(given):
            month, day, year = month_name[_MONTHS[found["month"].lower()]], int(found["day"]), found["year"]
            new = {
                "dmy": f"{day} {month}" + (f" {year}" if year else ""),
                "mdy": f"{month} {day}" + (f", {year}" if year else ""),
                "iso": value,
            }[style]
            edits += [Piece(found.start(), found.end(), new)] if new != found[0] else []
        return given.edited(edits)

    return make


def moved(given: Given, rng: Random) -> Rewriting:
    """Each such day is another of its month, and its value says so; those to which others are anchored stay."""
    anchors = {span.get(name) for node, _, span in given.dates() for name in _references(node)}
    salt = rng.random()
    swaps = dict[Piece, Swap]()
    for node, timex3, span, found, value in _written(given):
        if span.get(given.schema.key_of(node) or "") not in anchors:
            days = [day for day in range(1, _SAFE + 1) if day != int(found["day"])]
            new = Random(f"{salt} {value}").choice(days)
            values = value, f"{value[:-2]}{new:02}"
            swap = Swap(node.place, (span["start"], span["end"]), timex3.value, values)
            swaps[Piece(found.start("day"), found.end("day"), str(new))] = swap
    made = given.edited(swaps)
    return replace(made, swaps=tuple(swaps[piece] for piece in made.pieces if piece in swaps))


def _references(node: Node) -> list[str]:
    return [name for name, member in node.fields.items() if member.refers_to]
