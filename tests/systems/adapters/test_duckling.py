"""Duckling: what its answers become."""

from collections.abc import Mapping
from typing import Any

import pytest

from spanproof.systems.adapters import duckling
from spanproof.systems.dates import Reading
from support.dates import HERE


def ends(low: str | None, high: str | None, grain: str) -> Mapping[str, Any]:
    given_ = {"from": low, "to": high}
    return {"type": "interval"} | {k: {"value": f"{v}.000+00:00", "grain": grain} for k, v in given_.items() if v}


@pytest.mark.parametrize(
    ("surface", "value", "meant"),
    [
        ("Wednesday", ("2025-03-05T00:00:00", "day"), Reading("DATE", "2025-02-26")),
        ("Monday the 3rd", ("2025-03-03T00:00:00", "day"), Reading("DATE", "2025-03-03")),
        ("next Monday", ("2025-03-03T00:00:00", "day"), Reading("DATE", "2025-03-03")),
        ("3 pm on Monday", ("2025-03-03T15:00:00", "hour"), Reading("TIME", "2025-02-24T15")),
        ("October 5th", ("2025-10-05T00:00:00", "day"), Reading("DATE", "2024-10-05")),
        ("October", ("2025-10-01T00:00:00", "month"), Reading("DATE", "2024-10")),
        ("last October", ("2024-10-01T00:00:00", "month"), Reading("DATE", "2024-10")),
        ("May 2030", ("2030-05-01T00:00:00", "month"), Reading("DATE", "2030-05")),
        ("last week", ("2025-02-17T00:00:00", "week"), Reading("DATE", "2025-W08")),
        ("three days ago", ("2025-02-23T00:00:00", "hour"), Reading("DATE", "2025-02-23")),
        ("third quarter of 2024", ("2024-07-01T00:00:00", "quarter"), Reading("DATE", "2024-Q3")),
        ("2022", ("2022-01-01T00:00:00", "year"), Reading("DATE", "2022")),
        ("3:30 p.m.", ("2025-02-26T15:30:00", "minute"), Reading("TIME", "2025-02-26T15:30")),
        ("now", ("2025-02-26T00:00:00", "second"), Reading("DATE", "PRESENT_REF")),
        ("14:30:00", ("2025-02-26T14:30:00", "second"), Reading("TIME", "2025-02-26T14:30:00")),
        ("100 BC", ("-0100-01-01T00:00:00", "year"), Reading("DATE", "")),
        ("tomorrow", ("10000-01-01T00:00:00", "day"), Reading("DATE", "")),
    ],
)
def test_a_moment_of_duckling_is_read(surface: str, value: tuple[str, str], meant: Reading) -> None:
    told = {"type": "value", "value": f"{value[0]}.000+00:00", "grain": value[1]}
    assert duckling.reading({"dim": "time", "value": told}, surface, HERE) == meant


@pytest.mark.parametrize(
    ("surface", "value", "meant"),
    [
        ("this morning", ends("2025-02-26T00:00:00", "2025-02-26T12:00:00", "hour"), Reading("TIME", "2025-02-26TMO")),
        ("last night", ends("2025-02-25T18:00:00", "2025-02-26T00:00:00", "hour"), Reading("TIME", "2025-02-25TNI")),
        (
            "Monday evening",
            ends("2025-03-03T18:00:00", "2025-03-04T00:00:00", "hour"),
            Reading("TIME", "2025-02-24TEV"),
        ),
        ("weekend", ends("2025-02-28T18:00:00", "2025-03-03T00:00:00", "hour"), Reading("DATE", "2025-W09-WE")),
        ("summer 2014", ends("2014-06-21T00:00:00", "2014-09-24T00:00:00", "day"), Reading("DATE", "2014-SU")),
        ("last three days", ends("2025-02-23T00:00:00", "2025-02-26T00:00:00", "day"), Reading("DURATION", "P3D")),
        ("next two months", ends("2025-03-01T00:00:00", "2025-05-01T00:00:00", "month"), Reading("DURATION", "P2M")),
        ("by Friday", ends("2025-02-26T00:00:00", "2025-02-28T00:00:00", "second"), Reading("DATE", "2025-02-28")),
        ("2022", ends("2022-01-01T00:00:00", None, "year"), Reading("DATE", "2022")),
        ("Friday", ends(None, "2025-02-28T00:00:00", "day"), Reading("DATE", "2025-02-28")),
        ("as soon as possible", ends("2025-02-26T00:00:00", None, "second"), Reading("DATE", "FUTURE_REF")),
    ],
)
def test_a_range_of_duckling_is_read(surface: str, value: Mapping[str, Any], meant: Reading) -> None:
    assert duckling.reading({"dim": "time", "value": value}, surface, HERE) == meant


def test_a_duration_of_duckling_is_read() -> None:
    value = {"unit": "minute", "value": 150, "type": "value"}
    assert duckling.reading({"dim": "duration", "value": value}, "", HERE) == Reading("DURATION", "PT150M")


def test_what_duckling_read_elsewhere_is_refused_and_told() -> None:
    value = {"dim": "duration", "value": {"unit": "day", "value": 1}}
    said = [
        {"start": 0, "end": 2, "body": "a"},
        {"start": 1, "end": 9, "body": "b"},
        {"start": 1, "end": 2, "body": "b"},
    ]
    told: list[str] = []
    found = list(
        duckling.expressions(lambda line, here: [{**value, **each} for each in said], "😀b", HERE, told.append)
    )
    assert [(each.start, each.end) for each in found] == [(1, 2)]
    assert told == ["0:2 is said to be 'a'", "1:9 is said to be 'b'"]


@pytest.mark.parametrize("text", ["\0 tomorrow", "\ud83d tomorrow"])
def test_what_duckling_can_t_be_given_is_told(text: str) -> None:
    told: list[str] = []
    assert list(duckling.expressions(lambda line, here: [1 / 0], text, HERE, told.append)) == []
    assert len(told) == 1
