"""Which text the spans of a list belong to: never one in which their words don't stand while they do in another."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.plain import summary_of
from spanproof.checks.report import Report
from spanproof.corpus.documents import Corpus, batch_of
from spanproof.formats.recognition import UnrecognisedError
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema

TEXT = "Ana Silva met Bo in Lisbon. Later Ana Silva flew to Porto with Bo and Carla."
WORDS = ("Ana Silva", "Bo", "Lisbon", "Porto", "Carla")
NAMES = ("text", "body", "title", "question", "answer", "abstract", "zweite")
LAYERS = ("spans", "title_spans", "answerEntities", "marks", "text_spans")


def spans_of(text: str, shift: int = 0, surface: str = "text") -> list[dict[str, Any]]:
    """The words in a text that stand in it when ``shift`` is 0."""
    found = [(text.find(word), word) for word in WORDS if word in text]
    return [{"start": at + shift, "end": at + len(word) + shift, surface: word, "label": "X"} for at, word in found]


def checked(*records: dict[str, Any]) -> Report | str:
    """The report of a check without a schema, or why there is none."""
    try:
        return check([copy.deepcopy(record) for record in records])
    except UnrecognisedError as error:
        return str(error)


def proved_fixes(report: Report) -> int:
    return report.findings.fixable["proved"]


OTHERS = st.sampled_from(
    [TEXT, f"NEWS: {TEXT}", f"{TEXT} So it was.", TEXT[28:], "Ana Silva in Lisbon", "Bo", "Something else.", "", None]
)


@settings(max_examples=15)
@given(
    st.permutations(NAMES),
    st.lists(OTHERS, min_size=1, max_size=3),
    st.sampled_from(LAYERS),
    st.sampled_from(["text", "surface", "wort", "entity", "name"]),
    st.sampled_from(["objects", "arrays"]),
)
def test_spans_that_stand_in_a_string_are_never_moved_by_another(
    names: list[str], others: list[str | None], layer: str, surface: str, way: str
) -> None:
    spans: Any = spans_of(TEXT, 0, surface)
    if way == "arrays":
        spans = [[one["start"], one["end"], "X", one[surface]] for one in spans]
    record = {"id": "d1", **dict(zip(names, [*others, TEXT], strict=False)), layer: spans}
    report = checked(record)
    assert isinstance(report, Report), report
    assert (report.proved, proved_fixes(report), report.exit_code) == (len(spans), 0, 0)


@settings(max_examples=15)
@given(st.permutations(NAMES), st.sampled_from(["Ana Silva in Lisbon with Bo", "Porto. Carla! Bo?"]), st.booleans())
def test_spans_of_two_texts_in_one_list_are_refused_or_unmoved(names: list[str], title: str, first: bool) -> None:
    body = f"NEWS: {title} {TEXT}"
    halves = [spans_of(title), spans_of(body)]
    spans = [*halves[not first], *halves[first]]
    report = checked({"id": "d1", names[0]: title, names[1]: body, "spans": spans})
    assert isinstance(report, str), report
    assert all(repr(name) in report for name in names[:2])


@settings(max_examples=15)
@given(st.permutations(NAMES), st.sampled_from(["field", "part"]), st.integers(-2, 2))
def test_spans_that_name_their_text_belong_to_it(names: list[str], member: str, shift: int) -> None:
    record = {"id": "d1", names[0]: f"NEWS: {TEXT}", names[1]: TEXT}
    record["spans"] = [{**span, member: names[1]} for span in spans_of(f"Oh{TEXT}", shift)]
    report = checked(record)
    assert isinstance(report, Report), report
    assert f"of {names[1]!r}" in str(report.guess)
    assert report.spans == len(WORDS)


@settings(max_examples=15)
@given(st.sampled_from(["\n", " ", "", "\n\n"]), st.permutations(NAMES), st.booleans(), st.booleans())
def test_offsets_that_count_on_from_a_title_are_read_so_or_not_at_all(
    separator: str, names: list[str], in_title: bool, several: bool
) -> None:
    def record(name: str, title: str) -> dict[str, Any]:
        whole = title + separator + TEXT
        spans = spans_of(title) if in_title else []
        return {"id": name, names[0]: title, names[1]: TEXT, "spans": [*spans, *spans_of(TEXT, len(whole) - len(TEXT))]}

    records = [record("d1", "Ana Silva in Lisbon")]
    records += [record("d2", "Bo met Carla")] * several
    report = checked(*records)
    if in_title or several:
        assert isinstance(report, Report), report
        assert report.proved == report.spans > 0
    else:
        assert "or they were all moved by as much" in str(report)


@pytest.mark.parametrize("shift", [1, 2, 3, 4])
@pytest.mark.parametrize("short", ["en", "d1", "wiki"])
def test_a_shift_behind_a_short_string_is_no_title(shift: int, short: str) -> None:
    record = {"id": "d1", "lang": short, "text": TEXT, "spans": spans_of(TEXT, shift)}
    report = checked(record)
    assert isinstance(report, Report), report
    assert "of 'text' (recognised" in str(report)
    assert proved_fixes(report) > 0


@pytest.mark.parametrize("names", [("question", "answer"), ("html", "plain")])
def test_words_that_stand_in_neither_of_two_strings_decide_nothing(names: tuple[str, str]) -> None:
    report = checked({"id": "d1", names[0]: TEXT, names[1]: f"NEWS: {TEXT} So.", "spans": spans_of(TEXT, 1)})
    assert isinstance(report, str)
    assert all(repr(name) in report for name in names)


def test_each_list_has_its_own_text() -> None:
    title = "Ana Silva in Lisbon"
    record = {"id": "d1", "title": title, "text": TEXT, "spans": spans_of(TEXT), "title_spans": spans_of(title)}
    report = checked(record, {"id": "d2", "text": TEXT, "spans": spans_of(TEXT)})
    assert isinstance(report, Report), report
    assert report.spans == report.proved == 2 * len(WORDS) + 2
    moved = checked({**record, "title_spans": spans_of(title, 1)})
    assert isinstance(moved, Report), moved
    assert [finding.path[0] for finding in moved.findings] == ["title_spans"] * 2


def test_a_text_whose_words_stand_elsewhere_is_told() -> None:
    report = checked({"id": "d1", "text": f"NEWS: {TEXT}", "original": TEXT, "spans": spans_of(TEXT)})
    assert "the spans in 'spans' against 'text': their offsets are those of 'original'" in str(report)


@pytest.mark.parametrize("member", ["span", "mention"])
def test_words_around_spans_are_told_as_unread(member: str) -> None:
    marks = [
        {member: {"start": one["start"], "end": one["end"]}, "words": "Zebra", "id": "m"} for one in spans_of(TEXT)
    ]
    report = checked({"id": "d1", "text": TEXT, "marks": marks})
    assert "what 'words' of 'marks' says" in str(report)


@pytest.mark.parametrize("name", ["name", "title", "entity", "key", "type", "wort", "comment"])
@pytest.mark.parametrize("right", [True, False])
def test_every_string_of_a_span_is_words_or_label_or_told_as_unread(name: str, right: bool) -> None:
    spans = [one if right else {**one, name: "Zebra"} for one in spans_of(TEXT, surface=name)]
    report = checked({"id": "d1", "text": TEXT, "spans": spans})
    assert isinstance(report, Report), report
    assert (report.proved == len(WORDS)) == right
    assert right or f"what {name!r} of 'spans' says" in str(report)


def test_a_schema_says_what_it_leaves_unchecked() -> None:
    offsets = {"start": {"type": "integer"}, "end": {"type": "integer"}}
    span: dict[str, Any] = {"type": "object", "spanOf": "text", "required": ["start", "end"], "properties": offsets}
    members = {"text": {"type": "string"}, "spans": {"type": "array", "items": span}}
    schema = {"type": "object", "required": ["text"], "properties": members, "unchecked": ["all"]}
    report = check(Corpus(Schema.of(schema), (batch_of([{"text": TEXT}], Schema.of(schema)),)))
    assert "not checked (the schema says so in `unchecked`): all" in str(report)
    assert summary_of(report)["unchecked"] == ["all"]
    span["unchecked"] = []
    with pytest.raises(SchemaError, match=r"unchecked is used on .*; expected the root"):
        Schema.of(schema)
