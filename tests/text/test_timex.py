import calendar
import datetime
import itertools

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spanproof.text.timex import MODS, SHAPES, SURE, TYPES, examples, problem

DATES = st.dates()
TIMES = st.times().map(lambda time: time.replace(microsecond=0))
NUMBERS = st.one_of(
    st.integers(0, 10**6).map(str),
    st.decimals(0, 999, places=2).map(str),
    st.sampled_from(["X", "XX"]),
)
OTHER_TYPES = {"DATE": "TIME", "TIME": "DATE", "DURATION": "DATE", "SET": "DATE"}


def kind(value, type_=None):
    found = problem(value, type_)
    return found and found.kind


def exists(build, *arguments):
    try:
        build(*arguments)
    except ValueError:
        return False
    return True


def parts(units):
    return st.tuples(*(st.none() | NUMBERS for _ in units)).map(
        lambda numbers: "".join(f"{n}{unit}" for n, unit in zip(numbers, units, strict=True) if n is not None)
    )


def with_x(token, mask):
    return "".join("X" if hidden else sign for sign, hidden in zip(token, mask, strict=True))


def fillings(token):
    return (int("".join(signs)) for signs in itertools.product(*("0123456789" if s == "X" else s for s in token)))


@given(st.text() | st.text("0123456789X-WTPYMDHSQFEUIACLVBCNO:.+_Z \n"), st.sampled_from([None, *TYPES]) | st.text())
def test_any_text_gets_a_verdict_with_words(value, type_):
    found = problem(value, type_)
    assert found is None or (found.kind in ("grammar", "type", "calendar") and found.message and found.right)
    if found is None:
        assert problem(value) is None


@given(DATES)
def test_every_date_is_a_date_in_all_its_forms(date):
    year, week, weekday = date.isocalendar()
    forms = [date.isoformat(), date.isoformat()[:7], f"{year:04}-W{week:02}", f"{year:04}-W{week:02}-{weekday}"]
    assert {kind(form, "DATE") for form in forms} == {None}
    assert {kind(form, "TIME") for form in forms} == {"type"}


@given(
    DATES,
    TIMES,
    st.sampled_from(["auto", "hours", "minutes", "seconds", "milliseconds"]),
    st.sampled_from(["", "Z", "+01:00", "-05:30", "-05"]),
)
def test_every_date_and_time_is_a_time(date, time, timespec, zone):
    clock = time.isoformat(timespec) + zone
    assert kind(f"{date.isoformat()}T{clock}", "TIME") is None
    assert kind(f"{date.isoformat()}T{clock}", "DATE") == "type"
    assert kind(f"T{clock}", "TIME") is None
    assert kind(clock, "TIME") is not None


@given(st.integers(1, 9999), st.integers(0, 99), st.integers(0, 99))
def test_a_day_agrees_with_datetime(year, month, day):
    value = f"{year:04}-{month:02}-{day:02}"
    assert kind(value, "DATE") == (None if exists(datetime.date, year, month, day) else "calendar")


@given(st.integers(1, 9998), st.integers(0, 99), st.integers(0, 9))
def test_a_week_agrees_with_datetime(year, week, weekday):
    week_exists = exists(datetime.date.fromisocalendar, year, week, 1)
    day_exists = exists(datetime.date.fromisocalendar, year, week, weekday)
    assert kind(f"{year:04}-W{week:02}", "DATE") == (None if week_exists else "calendar")
    assert kind(f"{year:04}-W{week:02}-WE", "DATE") == (None if week_exists else "calendar")
    assert kind(f"{year:04}-W{week:02}-{weekday}", "DATE") == (None if day_exists else "calendar")


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_a_clock_time_agrees_with_datetime(hour, minute, second):
    value = f"T{hour:02}:{minute:02}:{second:02}"
    right = exists(datetime.time, hour, minute, second) or value in ("T24:00:00", "T23:59:60")
    assert kind(value, "TIME") == (None if right else "calendar")


@given(
    st.one_of(
        *(st.from_regex(pattern, fullmatch=True) for pattern in SURE.values()),
        st.tuples(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32)).map(
            lambda d: "{:04}-{:02}-{:02}".format(*d)
        ),
        st.tuples(st.integers(0, 25), st.integers(0, 61), st.integers(0, 61)).map(
            lambda t: "2025-02-24T{:02}:{:02}:{:02}".format(*t)
        ),
    )
)
def test_nothing_is_wrong_with_a_sure_value(value):
    for kind, pattern in SURE.items():
        sure = pc.match_substring_regex(pa.array([value]), pattern)[0].as_py()
        assert not sure or problem(value, kind) is None


def test_most_values_are_sure():
    right = {"DATE": "2025 2025-02 2025-02-24", "TIME": "2025-02-24T09:30 2025-02-24T23:59:59", "DURATION": "P3D PT20M"}
    for kind, values in right.items():
        assert pc.match_substring_regex(pa.array(values.split()), SURE[kind]).to_pylist() == [True] * len(
            values.split()
        )


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99), st.lists(st.booleans(), min_size=8, max_size=8))
def test_a_day_with_placeholders_is_right_where_some_filling_is(year, month, day, mask):
    year_, month_, day_ = (
        with_x(f"{year:04}", mask[:4]),
        with_x(f"{month:02}", mask[4:6]),
        with_x(f"{day:02}", mask[6:]),
    )
    leap = any(map(calendar.isleap, fillings(year_)))
    right = any(exists(datetime.date, 2000 if leap else 2001, m, d) for m in fillings(month_) for d in fillings(day_))
    assert kind(f"{year_}-{month_}-{day_}", "DATE") == (None if right else "calendar")
    assert kind(f"{year_}-{month_}-{day_}", "SET") == ("type" if not any(mask) else None if right else "calendar")


@given(parts("YMD"), parts("HMS"))
def test_a_period_is_composed_of_its_parts(days, times):
    assume(days or times)
    value = f"P{days}T{times}" if times else f"P{days}"
    assert kind(value, "DURATION") is None
    assert kind(value, "SET") is None
    assert kind(value, "DATE") == "type"
    assert kind(value.lower(), "DURATION") == "grammar"


@given(NUMBERS, st.sampled_from(["W", "Q", "DE", "CE", "ML", "E", "C", "L"]))
def test_a_period_of_one_unit(number, unit):
    assert kind(f"P{number}{unit}", "DURATION") is None
    assert kind(f"P{number}{unit}1D", "DURATION") == "grammar"


@given(st.data())
def test_a_value_of_one_shape_only(data):
    value = data.draw(st.one_of([st.from_regex(shape.regex, fullmatch=True) for shape in SHAPES]))
    assert len([shape for shape in SHAPES if shape.regex.fullmatch(value)]) == 1


@pytest.mark.parametrize("type_", TYPES)
def test_examples_are_right(type_):
    assert examples(type_)
    assert {kind(value, type_) for value in examples(type_)} == {None}
    assert "grammar" not in {kind(value, OTHER_TYPES[type_]) for value in examples(type_)}


def test_every_shape_has_examples_that_it_fits():
    assert all(shape.examples and all(map(shape.regex.fullmatch, shape.examples)) for shape in SHAPES)
    assert set(itertools.chain.from_iterable(map(examples, TYPES))) == {v for shape in SHAPES for v in shape.examples}


def test_an_unknown_type_takes_nothing():
    assert examples("FOO") == ()
    assert kind("2025", "FOO") == "type"
    assert problem("2025", "FOO").right == "type DATE"


def test_mods_are_those_of_the_guidelines_and_two_of_the_conventions():
    guidelines = (
        "BEFORE AFTER ON_OR_BEFORE ON_OR_AFTER LESS_THAN MORE_THAN EQUAL_OR_LESS EQUAL_OR_MORE START MID END APPROX"
    )
    assert (*guidelines.split(), "EARLY", "LATE") == MODS


CONVENTIONS = [
    *(("DATE", v) for v in ("2025-02-26", "2025-02-18", "2025-W08", "2024-10", "2025-02")),
    *(("DATE", v) for v in ("PRESENT_REF", "FUTURE_REF", "PAST_REF")),
    ("DURATION", "PT6H"),
    ("SET", "P1W"),
]
GUIDELINES = [
    *(("TIME", v) for v in ("T24:00", "2002-07-05T24:00", "T11", "2001-01-12TEV", "1984-01-03T12:00", "T18:00")),
    *(("DATE", v) for v in ("XXXX-12-02", "1964-SU", "XXXX-07-01", "1999-SU", "1998-WXX-4", "2002-07-15")),
    *(("DURATION", v) for v in ("P4M", "PT20M", "P2D", "PXM", "P1W", "P60D", "P4Y")),
    *(("SET", v) for v in ("P1W", "P2D", "XXXX-10", "P1M")),
]


@pytest.mark.parametrize(("type_", "value"), CONVENTIONS + GUIDELINES)
def test_values_of_the_conventions_and_the_guidelines(type_, value):
    assert problem(value, type_) is None


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        *(("DATE", v) for v in ("2", "19", "197", "199X", "XXXX", "BC0044", "BC0044-03-15", "BC0001-02-29", "BC04")),
        *(("DATE", v) for v in ("2025-W08-WE", "2025-W08-3", "2025-QX", "2025-HX", "2025-H2", "XXXX-FA", "0000-02-29")),
        *(("TIME", v) for v in ("T14", "T14:30Z", "T14:30+01:00", "T14:30-05", "T14:30:15.25", "TXX:30", "TMI", "TDT")),
        *(("TIME", v) for v in ("T24:00:00", "XXXX-WXX-2TMO", "2025-02-26T14:30Z", "2016-12-31T23:59:60Z")),
        *(("SET", v) for v in ("XXXX-WXX-1", "XXXX-12-25", "XXXX-XX-XXTMO", "XXXX-SU", "TXX:30", "XXXX-W53")),
        *(("DURATION", v) for v in ("P1DT12H", "PXY", "P1.5Y", "PT0.5H", "P2DE", "P1CE", "PXML", "P2Q", "PXXD")),
    ],
)
def test_right_for_the_type(type_, value):
    assert problem(value, type_) is None


@pytest.mark.parametrize(
    ("fault", "type_", "value"),
    [
        ("type", "TIME", "1998-02-27"),  # TIME without T: 42 in TBAQ-cleaned
        ("type", "TIME", "2002-08-06"),  # the guidelines' own example of it
        ("type", "TIME", "PRESENT_REF"),
        ("type", "DATE", "1998-02-27T14:30"),  # DATE with time: 13
        ("type", "DATE", "2025-02-26TMO"),
        ("type", "DURATION", "1998-02"),  # DURATION with date: 9
        ("type", "DATE", "P3D"),  # DATE with duration: 7
        ("grammar", "DATE", "2000-W7"),  # off the grammar: 8
        ("grammar", "DURATION", "PXX"),
        ("type", "SET", "2025-02-26"),
        ("type", "SET", "PRESENT_REF"),
        ("type", "SET", "T22:00"),
        ("type", "TIME", "2025-02-30"),  # the type is asked before the calendar
    ],
)
def test_published_faults(fault, type_, value):
    assert kind(value, type_) == fault


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "X-",
            "now",
            "2025-",
            "20255",
            "2025-Q5",
            "2025-H3",
            "2025-XS",
            "FY2025",
            "-0044",
            "2025-02-26T",
            "2025T14",
        ),
        *("P", "PT", "P1", "PT1D", "P1H", "P1DT", "P-1D", "PXXXD", "P1W2D", "P1M1Y", "P1WE", "P.5Y", "P1.Y", "PRESENT"),
        *("T", "T9", "T1430", "T14:3", "TPM", "TMOZ", "T14:30+1", "2025-W08-WETMO", "2025-WE", "BC2025-W08"),
        *("2025\n", " 2025", "present_ref", "٢٠٢٥", "２０２５", "P१D"),
    ],
)
def test_off_the_grammar_for_every_type(value):
    assert {kind(value, type_) for type_ in (None, *TYPES)} == {"grammar"}


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("2025-13", "a month from 01 to 12"),
        ("2025-00-10", "a month from 01 to 12"),
        ("2025-02-32", "a day from 01 to 31"),
        ("2025-02-30", "a day from 01 to 28 in 2025-02"),
        ("BC0044-02-30", "a day from 01 to 29 in BC0044-02"),
        ("XXXX-02-30", "a day from 01 to 29 in XXXX-02"),
        ("19X1-02-29", "a day from 01 to 28 in 19X1-02"),
        ("2025-W53", "a week from 01 to 52 in 2025"),
        ("2025-W54-1", "a week from 01 to 53"),
        ("2025-W08-8", "a week day from 1 (Monday) to 7"),
        ("T25:00", "an hour from 00 to 23; midnight at the end of a day is T24:00"),
        ("T24", "an hour from 00 to 23; midnight at the end of a day is T24:00"),
        ("T24:01", "an hour from 00 to 23; midnight at the end of a day is T24:00"),
        ("2025-02-30T14:30", "a day from 01 to 28 in 2025-02"),
        ("T14:60", "a minute from 00 to 59"),
        ("T14:30:60", "a second from 00 to 59; a leap second is T23:59:60"),
        ("T14:30+15:00", "a zone from -12:00 to +14:00"),
        ("T14:30+05:60", "minutes of a zone from 00 to 59"),
    ],
)
def test_the_calendar_says_what_is_right(value, right):
    found = problem(value)
    assert (found.kind, found.right) == ("calendar", right)


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("2000-W7", "a week has two digits: 2000-W07"),
        ("2000-W7-3", "a week has two digits: 2000-W07-3"),
        ("2025-2-26", "two digits for each month, day, hour: 2025-02-26"),
        ("XXXX-9-15", "two digits for each month, day, hour: XXXX-09-15"),  # so in the guidelines
        ("T9:00", "two digits for each month, day, hour: T09:00"),  # so in the guidelines
        ("9:00", "T comes before a clock time, two digits for each month, day, hour: T09:00"),
        ("2025-02-26 14:30", "T comes before a clock time: 2025-02-26T14:30"),
        ("1996-0327", "hyphens part a date: 1996-03-27"),  # so in the guidelines
        ("20250226", "hyphens part a date: 2025-02-26"),
        ("2025/02/26", "hyphens part a date: 2025-02-26"),
        ("2025/0226", "hyphens part a date: 2025-02-26"),
        ("FY2025", "TimeML 1.2.1 has no fiscal years: 2025"),
        (" present_ref\n", "no blank at the edge, upper case: PRESENT_REF"),
        ("PXH", "T comes before hours, minutes, seconds: PTXH"),  # so in the guidelines
        ("P1D12H", "T comes before hours, minutes, seconds: P1DT12H"),
        ("P6H30M", "T comes before hours, minutes, seconds: PT6H30M"),
        ("P30M2S", "T comes before hours, minutes, seconds: PT30M2S"),
        ("PT3D", "T only before hours, minutes, seconds: P3D"),
        ("P1,5Y", "a decimal point: P1.5Y"),
        ("PXX", "a period names its unit, for example years: PXXY"),
    ],
)
def test_the_grammar_says_what_was_meant(value, right):
    assert problem(value).right == right


def test_what_was_meant_is_right_for_the_type_and_the_calendar():
    assert problem("2000-W7", "TIME").right.startswith("a TIME such as 2025-02-26T14:30, ")
    assert problem("2025-2-30").right == "a value such as 2025-02-26 (DATE), 2025-02-26T14:30 (TIME), P3D (DURATION)"


def test_a_value_of_another_type_offers_both_ways_out():
    found = problem("2025-02-26", "TIME")
    assert found.message == "'2025-02-26' is a day, not a TIME"
    assert found.right.startswith("type DATE, or a TIME such as 2025-02-26T14:30, ")
    assert problem("P3D", "DATE").right.startswith("type DURATION or SET, or a DATE such as ")
