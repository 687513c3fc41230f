"""Recognizers Text, Duckling and HeidelTime: what their answers become, and the systems themselves."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import spanproof
from spanproof.bench.run import run
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.score import score
from spanproof.schema.paths import Document
from spanproof.schema.schema import article
from spanproof.systems import dates as policies
from spanproof.systems.adapters import duckling, heideltime, recognizers
from spanproof.systems.dates import Expression, Reading
from spanproof.systems.system import PartialAnswer, Source, System
from spanproof.testing.strategies import documents, texts
from spanproof.text import timex
from support.documents import ROOT
from support.predictions import predicted
from support.systems_here import ready

HERE = datetime(2025, 2, 26)  # a Wednesday, in 2025-W09
DCT = "2025-02-26"
SYSTEMS = (recognizers.SYSTEM, duckling.SYSTEM, heideltime.SYSTEM)
WORDS = st.sampled_from(
    (
        *("on Monday", " last week ", "three days ago", " Feb.18 ", "tomorrow", "İ", "ſ", "K", "\u0301", "\r\n", " 5 "),
        *("from May 3 to June 5, 2020", " February 30", "00:00 ", "9999 years ago ", "<TIMEX3 ", "&amp;", "two hours,"),
    )
)
MIXED = st.lists(WORDS | texts(), max_size=10).map("".join)
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
    assert len(predicted(document, {"dates": made}, heideltime.SYSTEM, article())["dates"]) == len(made)
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


@pytest.mark.parametrize(
    ("kind", "value", "mod", "meant"),
    [
        ("date", "XXXX-WXX-5", "before", Reading("DATE", "2025-02-28")),
        ("daterange", "XXXX-10", "end", Reading("DATE", "2024-10", "END")),
        ("daterange", "(2024-07-01,2024-10-01,P3M)", "", Reading("DATE", "2024-Q3")),
        ("daterange", "(2025-02-23,2025-02-26,P3D)", "", Reading("DURATION", "P3D")),
        ("timerange", "(T09,T10,PT1H)", "", Reading("DURATION", "PT1H")),
        ("datetime", "PRESENT_REF", "", Reading("DATE", "PRESENT_REF")),
        ("datetimerange", "2025-02-26TNI", "", Reading("TIME", "2025-02-26TNI")),
        ("time", "T15:30", "", Reading("TIME", "2025-02-26T15:30")),
        ("set", "XXXX-WXX-1", "", Reading("SET", "XXXX-WXX-1")),
        ("duration", "PT6H", "more", Reading("DURATION", "PT6H", "MORE_THAN")),
    ],
)
def test_an_answer_of_recognizers_text_is_read(kind: str, value: str, mod: str, meant: Reading) -> None:
    assert recognizers.reading(kind, value, mod, HERE) == meant


@given(MIXED)
def test_no_letter_moves_those_after_it(text: str) -> None:
    asked = recognizers.query(text, str.lower)
    assert asked is not None
    assert [a for a, b in zip(text, asked, strict=True) if a.isascii() and a.lower() != b] == []


def test_a_line_whose_length_changes_is_not_asked() -> None:
    assert recognizers.query("ß", str.upper) is None


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


def tagged(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """What HeidelTime prints: the text as it is, with tags in it."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], f'<TIMEX3 tid="t1" type="DATE" value="2025">{text[start:end]}</TIMEX3>']
        at = end
    inside = "".join([*pieces, text[at:]])
    return f'<?xml version="1.0"?>\n<!DOCTYPE TimeML SYSTEM "TimeML.dtd">\n<TimeML>\n{inside}\n</TimeML>\n\n'


@given(MIXED, st.data())
def test_an_answer_of_heideltime_is_laid_on_the_text(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    assert [(e.start, e.end) for e in heideltime.expressions(text, tagged(text, spans))] == spans


@given(MIXED, MIXED)
def test_an_answer_about_another_text_is_refused(text: str, other: str) -> None:
    if text == other:
        return
    with pytest.raises(ValueError, match="isn't the text"):
        list(heideltime.expressions(text, tagged(other, [])))


@pytest.mark.parametrize(
    ("text", "answered", "why"),
    [("a</TIMEX3>", tagged("a</TIMEX3>", []), "TIMEX3 tags itself"), ("a", "a", "no TimeML"), ("a", "", "no TimeML")],
)
def test_an_answer_that_can_t_be_laid_on_the_text_is_refused(text: str, answered: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        list(heideltime.expressions(text, answered))


def asked(text: str, key: str, dct: str | None = DCT) -> Document:
    return {"id": key, "text": text, "language": "en", "dct": {"value": dct}}


@pytest.mark.slow
@pytest.mark.xdist_group("systems-temporal")
@pytest.mark.parametrize(
    ("system", "many"), list(zip(SYSTEMS, (8, 8, 3), strict=True)), ids=("recognizers-text", "duckling", "heideltime")
)
def test_what_is_said_of_any_text_is_sound(system: System, many: int, tmp_path: Path) -> None:
    ready(system)

    @settings(max_examples=2, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.lists(documents(), min_size=many, max_size=many), st.lists(MIXED, min_size=many, max_size=many))
    def holds(hostile: list[Document], mixed: list[str]) -> None:
        given_: list[Document] = [{**each, "id": f"h{k}"} for k, each in enumerate(hostile)]
        given_ += [asked(text, f"m{k}", DCT if k % 2 else None) for k, text in enumerate(mixed)]
        made = run(system, Corpus.of(given_), tmp_path, again=True)
        assert made.problem is None
        answers = list(read(made.path, article(), {}).documents())
        assert [each["text"] for each in answers] == [each["text"] for each in given_]
        found = spanproof.check(Corpus.of(answers[:many], article())).findings
        # A system may cut a cluster: that is a finding about it, not a lie about the text.
        assert [each for each in found if each.severity == "error" and each.code != "SP108"] == []
        for each in answers:
            for one in each["dates"]:
                assert one["text"] == each["text"][one["start"] : one["end"]] != ""
                assert timex.problem(one["value"], one["type"]) is None

    holds()


TEXT = "😀 Tu\u0308rkiye & İzmir, on Monday, <b>last week</b>;\r\n\tit was “two days”.\n\u05d0 tomorrow"
SURE = {"Monday": "2025-02-24", "last week": "2025-W08", "two days": "P2D", "tomorrow": "2025-02-27"}


@pytest.mark.slow
@pytest.mark.xdist_group("systems-temporal")
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_offsets_stay_over_hard_text(system: System, tmp_path: Path) -> None:
    made = run(ready(system), Corpus.of([asked(TEXT, "a"), asked(TEXT, "b", None)]), tmp_path)
    assert made.problem is None
    known, unknown = (each["dates"] for each in read(made.path, article(), {}).documents())
    assert {each["text"]: each["value"] for each in known} == SURE
    assert [each["start"] for each in known] == [each["start"] for each in unknown] == [TEXT.index(t) for t in SURE]
    assert [each["value"][:4] for each in unknown if each["type"] == "DATE"] == ["XXXX"] * 3


MEASURED = {"recognizers-text": (45, 42, 41), "duckling": (50, 41, 40), "heideltime": (47, 45, 38)}


@pytest.mark.slow
@pytest.mark.xdist_group("systems-temporal")
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_the_articles_are_read_as_measured(system: System, tmp_path: Path) -> None:
    gold = read(ROOT / "annotations" / "gold", article())
    made = run(ready(system), gold, tmp_path)
    assert made.problem is None
    guess = read(made.path, article(), {})
    scores = score(gold, guess, "timex3", resamples=0)
    values = scores.find("value accuracy")
    assert values.value is not None
    count = sum(len(each["dates"]) for each in guess.documents())
    assert (count, values.n[0], round(values.n[0] * values.value)) == MEASURED[system.name]


@pytest.mark.slow
@pytest.mark.xdist_group("systems-temporal")
def test_an_expression_that_recognizers_text_fails_on_keeps_its_extent(tmp_path: Path) -> None:
    text = "No.\nIn the last decade, and on Monday."
    made = run(ready(recognizers.SYSTEM), Corpus.of([asked(text, "a")]), tmp_path)
    (answered,) = read(made.path, article(), {}).documents()
    assert [(each["text"], each["value"]) for each in answered["dates"]] == [
        ("last decade", "XXXX-XX-XX"),
        ("Monday", "2025-02-24"),
    ]
    assert [fault.partition(": ")[0] for fault in made.faults] == ["a, the line 4:38", "a, 1 of 2 values"]
