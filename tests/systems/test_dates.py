"""Expressions of time of any system: extents, values, policies; and the systems themselves over hard text."""

import warnings
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spanproof
from spanproof.bench.run import run
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.score import score
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems import dates as policies
from spanproof.systems.adapters import duckling, heideltime, recognizers
from spanproof.systems.dates import Expression, Reading
from spanproof.systems.system import PartialAnswer, Source, System
from spanproof.testing.strategies import documents
from spanproof.text import timex
from support import drawn
from support.dates import DCT, HERE, MIXED, asked
from support.documents import ROOT
from support.predictions import predicted
from support.systems_here import committed, ready

SYSTEMS = (recognizers.SYSTEM, duckling.SYSTEM, heideltime.SYSTEM)
READINGS = st.builds(
    Reading,
    st.sampled_from(timex.TYPES),
    st.sampled_from(("", DCT, "2025-02-30", "P3D", "XXXX-WXX-1", "P-1D", "PRESENT_REF", "2025-02-26T15:30")),
)


def answer(source: Source, found: Iterable[Expression]) -> tuple[list[dict[str, Any]], list[str]]:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        made = policies.annotations(source, found)
    assert all(each.category is PartialAnswer for each in told)
    return made, [str(each.message) for each in told]


def dates(source: Source, reader: policies.ReadLine) -> tuple[list[dict[str, Any]], list[str]]:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        made = policies.annotations_by_line(source, reader)
    return made, [str(each.message) for each in told]


@given(MIXED, st.data())
def test_what_is_settled_is_sound_and_keeps_every_first_extent(text: str, data: st.DataObject) -> None:
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda pair: pair[0] < pair[1])
    spans = data.draw(st.lists(st.tuples(ends, READINGS), max_size=6)) if text else []
    found = [Expression(*span, reading) for span, reading in spans]
    made, told = answer(Source("a", text, "en", DCT), found)
    document: Document = {"id": "a", "text": text, "language": "en", "dct": {"value": DCT}}
    assert len(predicted(document, {"dates": made}, heideltime.SYSTEM, Schema.article())["dates"]) == len(made)
    assert all(timex.problem(each["value"], each["type"]) is None for each in made)
    assert all(one["end"] <= other["start"] for one, other in pairwise(made))
    assert bool(found) == bool(made)
    assert {(each["start"], each["end"]) for each in made} <= {(each.start, each.end) for each in found}
    for each in found:
        assert any(one["start"] < each.end and each.start < one["end"] for one in made)
    wrong = {(e.start, e.end) for e in found if timex.problem(e.reading.value, e.reading.type)}
    assert bool(told) <= bool(wrong)


@given(MIXED, st.data())
def test_what_is_trimmed_lies_within_and_only_once(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    low, high = policies.trimmed(text, start, end)
    assert start <= low <= high <= end
    assert policies.trimmed(text, low, high) == (low, high)


@pytest.mark.parametrize(
    ("surface", "kept"),
    [
        ("on Wednesday,", "Wednesday"),
        ("at 3:30 p.m.", "3:30 p.m."),
        ("(in the morning)", "the morning"),
        ("from May 3 to June 5", "May 3 to June 5"),
        ("😀 After\u00a0the first", "😀 After\u00a0the first"),
        ("before", "before"),
        ("in ", "in "),
        ("...", "..."),
        ("onwards", "onwards"),
    ],
)
def test_an_expression_has_no_preposition_and_no_marks(surface: str, kept: str) -> None:
    low, high = policies.trimmed(f"x{surface}x", 1, 1 + len(surface))
    assert f"x{surface}x"[low:high] == kept


@given(st.dates(), st.integers(1, 12), st.integers(1, 31))
def test_the_nearest_day_is_that_of_a_search(day: date, month: int, number: int) -> None:
    value = policies.nearest_date(day, month, number)
    tried = [day + timedelta(n) for n in range(-400, 401) if 0 < day.toordinal() + n <= date.max.toordinal()]
    found = [each for each in tried if (each.month, each.day) == (month, number) and abs(each.year - day.year) < 2]
    assert value == (
        min(found, key=lambda each: (abs(each - day), each)).isoformat() if found else f"XXXX-{month:02}-{number:02}"
    )


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        ("XXXX-WXX-3", "2025-02-26"),
        ("XXXX-WXX-1TMO", "2025-02-24TMO"),
        ("XXXX-02-18", "2025-02-18"),
        ("XXXX-10-05T15", "2024-10-05T15"),
        ("XXXX-10", "2024-10"),
        ("XXXX-08", "2025-08"),
        ("XXXX-02-30", "XXXX-02-30"),
        ("XXXX-13-01", "XXXX-13-01"),
        ("T15:30", "2025-02-26T15:30"),
        ("2024", "2024"),
        ("P3D", "P3D"),
    ],
)
def test_an_open_value_is_filled(value: str, read_as: str) -> None:
    assert policies.resolved(value, HERE.date()) == read_as


def read_words(line: str, here: datetime, say: policies.Report) -> Iterator[Expression]:
    """A system: ``today`` is the day, ``never`` fails, ``2022`` is a year."""
    for word, value in (("today", here.date().isoformat()), ("2022", "2022"), ("noon", f"{here:%Y-%m-%dT12}")):
        if word in line:
            at = line.index(word)
            yield Expression(at, at + len(word), Reading("TIME" if word == "noon" else "DATE", value))
    if "never" in line:
        say("no")


@pytest.mark.parametrize(
    ("dct", "values"),
    [
        (DCT, [(DCT, "dct"), ("2022", None), (f"{DCT}T12", "dct")]),
        (None, [("XXXX-XX-XX", None), ("2022", None), ("XXXX-XX-XXT12", None)]),
        ("2025", [("XXXX-XX-XX", None), ("2022", None), ("XXXX-XX-XXT12", None)]),
    ],
)
def test_a_value_that_the_day_decides_is_told_apart(dct: str | None, values: list[tuple[str, str | None]]) -> None:
    text = "😀 today\r\n\nnever, in 2022\n noon"
    made, told = dates(Source("a", text, "en", dct), read_words)
    assert [(each["value"], each["anchor"]) for each in made] == values
    assert [text[each["start"] : each["end"]] for each in made] == ["today", "2022", "noon"]
    assert told == ["a, the line 10:24: no"]


@given(st.dates())
def test_the_first_and_the_last_days_have_another_to_be_read_against(day: date) -> None:
    made, told = dates(Source("a", "today", "en", day.isoformat()), read_words)
    assert [(each["value"], each["anchor"]) for each in made] == [(day.isoformat(), "dct")]
    assert told == []


@pytest.mark.slow
@pytest.mark.xdist_group("systems-temporal")
@pytest.mark.parametrize(
    ("system", "many"), list(zip(SYSTEMS, (12, 12, 6), strict=True)), ids=("recognizers-text", "duckling", "heideltime")
)
def test_what_is_said_of_any_text_is_sound(system: System, many: int, tmp_path: Path) -> None:
    documents_: list[Document] = [{**each, "id": f"h{k}"} for k, each in enumerate(drawn(documents(), many))]
    hostile = len(documents_)
    documents_ += [asked(text, f"m{k}", DCT if k % 2 else None) for k, text in enumerate(drawn(MIXED, many))]
    made = run(ready(system), Corpus.of(documents_), tmp_path)
    assert made.problem is None
    answers = list(read(made.path, Schema.article(), {}).documents())
    assert [each["text"] for each in answers] == [each["text"] for each in documents_]
    findings = spanproof.check(Corpus.of(answers[:hostile], Schema.article())).findings
    # A system may cut a cluster: that is a finding about it, not a lie about the text.
    assert [each for each in findings if each.severity == "error" and each.code != "SP108"] == []
    for each in answers:
        for one in each["dates"]:
            assert one["text"] == each["text"][one["start"] : one["end"]] != ""
            assert timex.problem(one["value"], one["type"]) is None


TEXT = "😀 Tu\u0308rkiye & İzmir, on Monday, <b>last week</b>;\r\n\tit was “two days”.\n\u05d0 tomorrow"
SURE = {"Monday": "2025-02-24", "last week": "2025-W08", "two days": "P2D", "tomorrow": "2025-02-27"}


@pytest.mark.slow
@pytest.mark.xdist_group("systems-temporal")
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_offsets_stay_over_hard_text(system: System, tmp_path: Path) -> None:
    made = run(ready(system), Corpus.of([asked(TEXT, "a"), asked(TEXT, "b", None)]), tmp_path)
    assert made.problem is None
    known, unknown = (each["dates"] for each in read(made.path, Schema.article(), {}).documents())
    assert {each["text"]: each["value"] for each in known} == SURE
    assert [each["start"] for each in known] == [each["start"] for each in unknown] == [TEXT.index(t) for t in SURE]
    assert [each["value"][:4] for each in unknown if each["type"] == "DATE"] == ["XXXX"] * 3


MEASURED = {"recognizers-text": (45, 42, 41), "duckling": (50, 41, 40), "heideltime": (47, 45, 38)}


@pytest.mark.parametrize("name", MEASURED)
def test_the_articles_are_read_as_measured(name: str) -> None:
    gold = read(ROOT / "annotations" / "gold", Schema.article())
    guess = read(committed(name).path, Schema.article(), {})
    scores = score(gold, guess, "timex3", resamples=0)
    values = scores.find("value accuracy")
    assert values.value is not None
    count = sum(len(each["dates"]) for each in guess.documents())
    assert (count, values.n[0], round(values.n[0] * values.value)) == MEASURED[name]
