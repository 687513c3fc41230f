"""Lists that are nearly spans: each is read, or named with what it has instead of offsets; none is passed over."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.report import Report
from spanproof.formats.recognition import UnrecognisedError

TEXT = "Ana Silva met Bo in Lisbon. Later she flew to Porto with Carla, then to Riga."
WORDS = ("Ana Silva", "Bo", "Lisbon", "Porto", "Carla", "Riga")
NAMES = ("von", "bis", "wort", "s", "e", "t", "anfang", "ende", "début", "fin", "p", "q", "x1", "x2", "表", "终")


def marks(start: str, end: str, words: str, shift: int = 0, kind: Any = int) -> list[dict[str, Any]]:
    found = [(TEXT.find(word) + shift, word) for word in WORDS]
    return [{start: kind(at), end: kind(at + len(word)), words: word, "label": "X"} for at, word in found]


def checked(record: dict[str, Any]) -> Report | str:
    try:
        return check([record])
    except UnrecognisedError as error:
        return str(error)


@settings(max_examples=25)
@given(st.lists(st.sampled_from(NAMES), min_size=3, max_size=3, unique=True), st.booleans(), st.integers(0, 2))
def test_offsets_under_any_names_are_read_where_words_are_as_long(names: list[str], beside: bool, shift: int) -> None:
    start, end, words = names
    record = {"id": "d", "text": TEXT, "marks": marks(start, end, words, shift)}
    report = checked({**record, "spans": marks("start", "end", "text")} if beside else record)
    assert isinstance(report, Report), report
    assert report.spans == len(WORDS) * (1 + beside)
    assert report.exit_code == bool(shift)
    assert (report.proved == report.spans) is not bool(shift)


@pytest.mark.parametrize("end", ["stop", "finish", "bis", "last", "end_"])
@pytest.mark.parametrize("less", [0, 1])
def test_an_end_of_any_name_beside_a_start_is_read_and_corrected_with_it(end: str, less: int) -> None:
    spans = [{**one, end: one[end] - less} for one in marks("begin", end, "text", 1)]
    report = checked({"id": "d", "text": TEXT, "marks": spans})
    assert isinstance(report, Report)
    assert f"'marks' with begin, {end}, text" in str(report.guess)
    assert report.exit_code == 1
    moved = [{edit.path: edit.value for edit in finding.fix} for finding in report.findings if finding.fix]
    assert less or moved
    for edits in [] if less else moved:
        assert {path[:-1] for path in edits if path[-1] == "start"} == {
            path[:-1] for path in edits if path[-1] == "end"
        }


def test_a_number_beside_a_start_and_words_is_named_if_it_may_be_an_end() -> None:
    spans = [{**one, "upto": 3 * one["upto"]} for one in marks("begin", "upto", "text")]
    report = checked({"id": "d", "text": TEXT, "marks": spans})
    assert isinstance(report, Report)
    assert report.proved == len(WORDS)
    assert "what 'upto' of 'marks' counts" in str(report.guess)


def test_numbers_that_are_as_far_apart_by_chance_are_no_offsets() -> None:
    rows = [{"page": 3, "line": 12, "word": word} for word in ("Ana Silva", "Bo", "Lisbon", "Porto")]
    report = checked({"id": "d", "text": TEXT, "rows": rows, "spans": marks("start", "end", "text")})
    assert isinstance(report, Report)
    assert report.spans == report.proved == len(WORDS)


@pytest.mark.parametrize(
    ("spans", "names"),
    [
        (marks("start", "end", "text", kind=str), "'start' and 'end' are strings; expected integers"),
        (marks("start", "end", "text", kind=float), "'start' and 'end' are numbers with a fraction; expected integers"),
        ([{"indices": [0, 9], "kind": "X"}], "'indices' is a pair of integers"),
        ([{"points": [[0, 9]], "label": "X"}], "'points' is a pair of integers"),
        ([["X", 0, 9], ["X", 14, 16]], "each is [label, start, end]; expected [start, end, label]"),
        ([{"von": 0, "bis": 9, "wort": "Ana Silva"}], "'von' and 'bis' may be offsets of 'wort'"),
    ],
)
def test_what_comes_near_is_named_alone_and_beside_others(spans: list[Any], names: str) -> None:
    alone = checked({"id": "d", "text": TEXT, "marks": spans})
    assert isinstance(alone, str)
    assert f"'marks' comes near: {names}" in alone
    beside = checked({"id": "d", "text": TEXT, "marks": spans, "spans": marks("start", "end", "text")})
    assert isinstance(beside, Report)
    assert f"'marks' ({names}" in str(beside.guess)
    assert beside.proved == beside.spans == len(WORDS)


@pytest.mark.parametrize("kind", [str, float])
def test_spans_that_are_surely_some_and_unread_are_an_error(kind: Any) -> None:
    record = {"id": "d", "text": TEXT, "spans": marks("start", "end", "text")}
    report = checked({**record, "marks": marks("start", "end", "text", 1, kind)})
    assert isinstance(report, Report)
    assert report.exit_code == 1
    assert ["not read: the spans in 'marks'" in finding.message for finding in report.findings] == [True]


def test_a_list_of_which_nothing_tells_the_text_is_an_error_beside_others() -> None:
    titles = {"headline": f"{TEXT} So.", "teaser": f"News: {TEXT}"}
    record = {"id": "d", "text": TEXT, "spans": marks("start", "end", "text"), **titles}
    report = checked(
        {**record, "text": TEXT, "marks": marks("start", "end", "text", 6) + marks("start", "end", "text")}
    )
    assert isinstance(report, Report)
    assert report.exit_code == 1
    assert any("not read: one text for 'marks'" in finding.message for finding in report.findings)


def test_spans_without_offsets_in_one_document_are_one_error_with_their_number() -> None:
    sound = {"id": "a", "text": TEXT, "spans": marks("start", "end", "text")}
    report = check([sound, {"id": "b", "text": f"{TEXT} So.", "spans": marks("from_", "upto", "wort")}])
    assert [finding.message for finding in report.findings if finding.severity == "error"] == [
        "6 items of this list have no start and no end; expected 'start', found 'from_', 'upto', 'wort', 'label'"
    ]
    assert (report.proved, report.unread, report.exit_code) == (6, 6, 1)


@pytest.mark.parametrize("ids", ["T{}", "{}", "e-{}", "ent_{}"])
@pytest.mark.parametrize("number", [1, 2, 6])
def test_spans_by_ids_are_one_layer_whatever_ids_other_records_have(ids: str, number: int) -> None:
    some = marks("start", "end", "text")[:number]
    records = [
        {"id": f"d{k}", "text": TEXT, "entities": {ids.format(100 * k + n): span for n, span in enumerate(some)}}
        for k in range(3)
    ]
    records[2]["entities"] = {ids.format(7): marks("start", "end", "text", 1)[0]}
    report = check(records)
    assert "'entities' with start, end, text, label, of 'text'" in str(report.guess)
    assert (report.spans, report.proved, report.exit_code) == (2 * number + 1, 2 * number, 1)


def test_objects_by_names_that_are_no_ids_stay_layers_of_their_own() -> None:
    people, places = marks("start", "end", "text")[:2], marks("start", "end", "text")[2:]
    report = check([{"id": "d", "text": TEXT, "entities": {"PER": people, "LOC": places, "cue": people[0]}}])
    assert "'entities/PER'" in str(report.guess)
    assert report.spans == report.proved == len(WORDS) + 1
