import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from importlib.metadata import EntryPoint
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

import spanproof
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema, article
from spanproof.systems.adapters import timex_baseline as times
from spanproof.systems.adapters.gazetteer import names
from spanproof.systems.dates import Reading
from spanproof.systems.prediction import PredictionError, annotate
from spanproof.systems.registry import systems
from spanproof.systems.system import Annotations, MissingSystemError, Source, System, source_of, unfit
from spanproof.systems.timex_rules import expressions, reading_of
from spanproof.testing.strategies import documents, texts
from spanproof.text import timex
from spanproof.text import timex_calendar as moments

OURS = tuple(systems(()).known.values())
LIGHT = [each for each in OURS if not (each.requires or each.alone or each.node or each.programs)]
SPACY = next(system for system in OURS if system.name == "spacy-sm")
REGISTRIES = {"entities": {"ana": {"type": "PERSON", "aliases": ["Ana", "Ana Silva", "外"]}, "e": {"type": "LOC"}}}
GOLD = Path(__file__).parents[2] / "annotations" / "gold"
DCT = "2025-02-26"  # a Wednesday, in 2025-W09
ANSWERS = texts() | st.sampled_from(
    (
        "on Monday, “We all meet in Rio,” said Ana Silva on Feb.18. ",
        "last week 5 days ago 2025-02-30 ",
        '"a b c d" he said',
    )
)


def predict(system: System, document: Document) -> dict[str, Any]:
    return next(annotate(system, system.load(REGISTRIES), [document], article()))


def errors(document: Document) -> list[str]:
    found = spanproof.check(Corpus.of([document], article())).findings
    return [f"{each.code} {each.path} {each.message}" for each in found if each.severity == "error"]


def spans(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        if "start" in value:
            yield value
        for each in value.values():
            yield from spans(each)
    elif isinstance(value, list):
        for each in value:
            yield from spans(each)


def proved(system: System, gold: Document, predict_: Callable[[Sequence[Source]], Any]) -> None:
    made = next(annotate(system, predict_, [gold], article()))
    for span in spans(made):
        assert span["text"] == gold["text"][span["start"] : span["end"]] != ""
    predicted = {name for name in ("zones", "entities", "quotes", "dates") if made[name]}
    assert predicted <= set(system.predicts)
    # Tokens of a model may cut emoji; that is a finding about the model, not a lie about the text.
    assert [each for each in errors(made) if not (system.requires and each.startswith("SP108"))] == []
    assert {name: made[name] for name in ("id", "text", "sha256", "language", "dct")} == {
        name: gold[name] for name in ("id", "text", "sha256", "language", "dct")
    }


@pytest.mark.parametrize("system", LIGHT, ids=lambda system: system.name)
def test_what_is_predicted_of_any_article_is_sound(system: System) -> None:
    loaded = system.load(REGISTRIES)

    @given(documents())
    def holds(gold: dict[str, Any]) -> None:
        proved(system, gold, loaded)

    holds()


@pytest.mark.parametrize("system", LIGHT, ids=lambda system: system.name)
def test_what_is_predicted_of_any_text_is_sound_and_again_the_same(system: System) -> None:
    loaded = system.load(REGISTRIES)

    @given(st.lists(ANSWERS, max_size=6).map("".join), st.none() | st.sampled_from(("", DCT, "0001-01-01", "XXXX")))
    def holds(text: str, dct: str | None) -> None:
        document = {"id": "a", "text": text, "language": "en", "dct": {"value": dct}}
        once, twice = (list(annotate(system, loaded, [document], article())) for _ in range(2))
        assert once == twice
        assert all(span["text"] == text[span["start"] : span["end"]] != "" for span in spans(once[0]))

    holds()


def test_spacy_is_sound_on_any_article() -> None:
    if SPACY.missing:
        pytest.skip(SPACY.missing)
    loaded = SPACY.load()

    @settings(max_examples=min(60, settings().max_examples))
    @given(documents())
    def holds(gold: dict[str, Any]) -> None:
        proved(SPACY, gold, loaded)

    holds()


def test_spacy_reads_names_and_dates() -> None:
    if SPACY.missing:
        pytest.skip(SPACY.missing)
    text = "🎉 Angela Merkel met Barack Obama in Berlin last Friday. It was 3:30 p.m.; later in 2014, months passed."
    made = predict(SPACY, {"id": "a", "text": text, "language": "en", "dct": {"value": DCT}})
    assert [(e["text"], e["label"], e["entity_id"]) for e in made["entities"][:3]] == [
        ("Angela Merkel", "PERSON", None),
        ("Barack Obama", "PERSON", None),
        ("Berlin", "GPE", None),
    ]
    assert ("last Friday", "DATE", "2025-02-21", "dct") in [
        (d["text"], d["type"], d["value"], d["anchor"]) for d in made["dates"]
    ]
    assert all(timex.problem(d["value"], d["type"]) is None for d in made["dates"])


@given(st.lists(ANSWERS, max_size=6).map("".join), st.none() | st.dates().map(str))
def test_every_value_that_is_read_is_a_right_timex3_value(text: str, dct: str | None) -> None:
    found = expressions(text, dct)
    for each in found:
        assert timex.problem(each.reading.value, each.reading.type) is None
    assert [each.start for each in found] == sorted(each.start for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert [(each.start, each.end) for each in found] == [(each.start, each.end) for each in expressions(text)]


@given(st.dates(), st.integers(1, 7), st.integers(-3, 3))
def test_a_weekday_is_that_of_the_week(day: date, number: int, weeks: int) -> None:
    value = moments.weekday_value(day, number, weeks)
    if "X" not in value:
        found = date.fromisoformat(value)
        assert found.isoweekday() == number
        assert moments.unit_value(found, "week") == moments.unit_value(day, "week", weeks)


@given(st.dates(date(1000, 1, 1), date(9000, 1, 1)), st.integers(-500, 500))
def test_units_are_counted_as_on_a_calendar(day: date, steps: int) -> None:
    assert moments.unit_value(day, "day", steps) == str(day + timedelta(steps))
    month = date.fromisoformat(moments.unit_value(day, "month", steps) + "-01")
    assert (month.year - day.year) * 12 + month.month - day.month == steps
    assert moments.unit_value(day, "year", steps) == f"{day.year + steps:04}"
    assert moments.unit_value(day, "decade") == str(day)[:3]
    assert moments.unit_value(day, "century") == str(day)[:2]


@pytest.mark.parametrize(
    ("dct", "day"),
    [
        (DCT, date(2025, 2, 26)),
        ("2025-02-26T23:59", date(2025, 2, 26)),
        *((each, None) for each in (None, "", "2025", "2025-02", "2025-02-30", "2025-02-2X", "PRESENT_REF", "P3D")),
    ],
)
def test_a_creation_time_is_a_day_or_nothing(dct: str | None, day: date | None) -> None:
    assert moments.day_of(dct) == day


@pytest.mark.parametrize("unit", moments.UNKNOWN)
@pytest.mark.parametrize("day", [date.min, date.max, None])
def test_what_no_calendar_has_is_a_placeholder(unit: str, day: date | None) -> None:
    for steps in (-(10**9), 10**9):
        assert moments.unit_value(day, unit, steps) == moments.UNKNOWN[unit]
        assert timex.problem(moments.UNKNOWN[unit], "DATE") is None


def test_a_week_that_no_calendar_has_keeps_the_weekday() -> None:
    assert moments.weekday_value(date.max, 7, 1) == "XXXX-WXX-7"
    assert moments.weekday_value(None, 3) == "XXXX-WXX-3"


@pytest.mark.parametrize(
    ("text", "surface", "type_", "value", "mod"),
    [
        ("on February 18", "February 18", "DATE", "2025-02-18", None),
        ("the Feb.18 meeting", "Feb.18", "DATE", "2025-02-18", None),
        ("Sept. 3rd, 2019.", "Sept. 3rd, 2019", "DATE", "2019-09-03", None),
        ("Monday, March 3", "Monday, March 3", "DATE", "2025-03-03", None),
        ("the 5th of May 2020", "5th of May 2020", "DATE", "2020-05-05", None),
        ("in October 2024", "October 2024", "DATE", "2024-10", None),
        ("in late October 2024", "late October 2024", "DATE", "2024-10", "END"),
        ("last October", "last October", "DATE", "2024-10", None),
        ("last January", "last January", "DATE", "2025-01", None),
        ("next January", "next January", "DATE", "2026-01", None),
        ("Wednesday", "Wednesday", "DATE", "2025-02-26", None),
        ("by Friday", "Friday", "DATE", "2025-02-28", None),
        ("last Friday", "last Friday", "DATE", "2025-02-21", None),
        ("next Monday morning", "next Monday morning", "TIME", "2025-03-03TMO", None),
        ("every Monday", "every Monday", "SET", "XXXX-WXX-1", None),
        ("tomorrow", "tomorrow", "DATE", "2025-02-27", None),
        ("Tonight!", "Tonight", "TIME", "2025-02-26TNI", None),
        ("last night", "last night", "TIME", "2025-02-25TNI", None),
        ("Last week's talks", "Last week", "DATE", "2025-W08", None),
        ("earlier this month", "earlier this month", "DATE", "2025-02", "START"),
        ("next weekend", "next weekend", "DATE", "2025-W10-WE", None),
        ("three days ago", "three days ago", "DATE", "2025-02-23", None),
        ("a year ago", "a year ago", "DATE", "2024", None),
        ("Six days later", "Six days later", "DATE", "XXXX-XX-XX", None),
        ("for more than six hours", "more than six hours", "DURATION", "PT6H", "MORE_THAN"),
        ("the three-year war", "three-year", "DURATION", "P3Y", None),
        ("several days", "several days", "DURATION", "PXD", None),
        ("two centuries", "two centuries", "DURATION", "P2CE", None),
        ("every two weeks", "every two weeks", "SET", "P2W", None),
        ("each day", "each day", "SET", "P1D", None),
        ("monthly", "monthly", "SET", "P1M", None),
        ("in 2022.", "2022", "DATE", "2022", None),
        ("in the 1990s", "1990s", "DATE", "199", None),
        ("in summer 2014", "summer 2014", "DATE", "2014-SU", None),
        ("last winter", "last winter", "DATE", "2024-WI", None),
        ("the third quarter of 2024", "third quarter of 2024", "DATE", "2024-Q3", None),
        ("at 3:30 p.m.", "3:30 p.m.", "TIME", "2025-02-26T15:30", None),
        ("at 12 am", "12 am", "TIME", "2025-02-26T00:00", None),
        ("at 14:05", "14:05", "TIME", "2025-02-26T14:05", None),
        ("not right now", "right now", "DATE", "PRESENT_REF", None),
    ],
)
def test_an_expression_is_read(text: str, surface: str, type_: str, value: str, mod: str | None) -> None:
    (found,) = expressions(text, DCT)
    assert text[found.start : found.end] == surface
    assert (found.reading.type, found.reading.value, found.reading.mod) == (type_, value, mod)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "May I march?",
        "a second",
        "he sat",
        "February 30",
        "25:00",
        "a 2-1 win",
        "a three-year-old",
        "Tu\u0308rkiye",
        "2022",
    ],
)
def test_what_is_no_expression_isn_t_read(text: str) -> None:
    assert expressions(text, DCT) == []


def test_letters_that_fold_to_ascii_are_read() -> None:
    assert [each.reading.value for each in expressions("ſeven weeKs, laſt week", DCT)] == ["P7W", "2025-W08"]


def test_without_a_creation_time_the_extent_is_the_same() -> None:
    assert [each.reading for each in expressions("On Monday, last week, Feb. 18")] == [
        Reading("DATE", "XXXX-WXX-1", None, True),
        Reading("DATE", "XXXX-WXX", None, True),
        Reading("DATE", "XXXX-02-18", None, True),
    ]


@pytest.mark.parametrize(
    ("surface", "value"),
    [("the last week's", "2025-W08"), ("2022", "2022"), ("a Monday", "2025-02-24"), ("the week before last", None)],
)
def test_a_surface_is_read_whole_or_not(surface: str, value: str | None) -> None:
    found = reading_of(surface, DCT)
    assert (found and found.value) == value


@pytest.mark.parametrize(
    "piece", ["“ ", "last ", "1 ", "every ", '"a b c d ', "said ", "A ", "A-", "2022-", "more than ", "a" + "\u0301"]
)
@pytest.mark.parametrize("system", LIGHT, ids=lambda system: system.name)
def test_long_texts_take_linear_time(system: System, piece: str) -> None:
    loaded, begun = system.load(REGISTRIES), time.process_time()
    list(loaded([Source("a", piece * 20_000, "en", DCT)]))
    assert time.process_time() - begun < 5  # a fraction of a second; quadratic ones take minutes


def test_the_gazetteer_takes_the_longest_name_as_whole_words() -> None:
    system = next(each for each in OURS if each.name == "gazetteer")
    text = "Ana Silva, Anabel, Ana\u0301, ana; 😀Ana-Ana."
    made = predict(system, {"id": "a", "text": text, "language": "en"})["entities"]
    assert [(e["text"], e["start"]) for e in made] == [("Ana Silva", 0), ("Ana", 31), ("Ana", 35)]
    assert {(e["label"], e["entity_id"]) for e in made} == {("PERSON", "ana")}


def test_an_alias_of_several_entities_is_linked_to_none() -> None:
    one, other = {"type": "GPE", "aliases": ["Georgia"]}, {"type": "LOC", "aliases": ["Georgia", " ", 3, "Georgia"]}
    assert names({"b": other, "a": one, "c": None, "d": {"type": "DATE", "aliases": ["May"]}}) == {
        "Georgia": ("GPE", None)
    }


def test_a_gazetteer_finds_what_a_search_for_each_name_finds() -> None:
    system = next(each for each in OURS if each.name == "gazetteer")
    corpus = read(GOLD)
    loaded = system.load(corpus.registries)
    known = names(corpus.registries["entities"])
    for document in corpus.documents():
        (made,) = loaded([source_of(document, article())])
        covered = set()
        for name in sorted(known, key=lambda name: (-len(name), name)):
            for match in regex.finditer(rf"(?<!\w){regex.escape(name)}(?!\w)", document["text"]):
                if not any(low < match.end() and match.start() < high for low, high in covered):
                    covered.add(match.span())
        assert {(e["start"], e["end"]) for e in made["entities"]} == covered


@pytest.mark.parametrize(
    ("text", "content", "name", "cue"),
    [
        ("“We all meet in Rio,” said Ana Silva.", "We all meet in Rio", "Ana Silva", "said"),
        ('On Monday Ana de Silva has said: "We all meet in Rio."', "We all meet in Rio.", "Ana de Silva", "has said"),
        ("« We all meet in Rio », he added.", "We all meet in Rio", "he", "added"),
        ("“We all meet in Rio” was reported.", "We all meet in Rio", None, "was reported"),
        ("Bo said no. “We all meet in Rio,” Ana told Eve.", "We all meet in Rio", "Ana", "told"),
    ],
)
def test_a_quotation_is_attributed(text: str, content: str, name: str | None, cue: str) -> None:
    system = next(each for each in OURS if each.name == "quotes-baseline")
    (made,) = predict(system, {"id": "a", "text": text, "language": "en"})["quotes"]
    assert (made["text"], made["source"] and made["source"]["text"], made["cue"]["text"]) == (content, name, cue)
    assert (made["type"], made["speaker"], made["continues"]) == ("direct", None, None)


@pytest.mark.parametrize(
    "text", ["a “deal” he said", "“We all meet in Rio,” and", "“We all\nmeet in Rio,” he said", "“”"]
)
def test_marks_alone_are_no_quotation(text: str) -> None:
    system = next(each for each in OURS if each.name == "quotes-baseline")
    assert predict(system, {"id": "a", "text": text, "language": "en"})["quotes"] == []


TEXT = "Ana met Bo."
DOCUMENT = {"id": "a", "text": TEXT, "sha256": "", "language": "en", "dct": None, "entities": [{"start": 0}]}


def stub(*answers: Annotations, **fields: Any) -> System:
    plain = System(
        "stub", "1", "MIT", None, {"entities": ("PERSON",)}, "", lambda _: lambda _: answers, install="pip install stub"
    )
    return dataclasses.replace(plain, **fields)


def stubbed(*items: Any) -> dict[str, Any]:
    system = stub({"entities": items})
    return next(annotate(system, system.load(), [DOCUMENT], article()))


def test_surfaces_keys_and_nulls_are_filled_in() -> None:
    taken = {"start": 8, "end": 10, "label": "PERSON", "id": "e1", "entity_id": "bo", "text": "Bo"}
    made = stubbed({"start": 0, "end": 3, "label": "PERSON"}, taken)
    filled = {"id": "e2", "start": 0, "end": 3, "text": "Ana", "label": "PERSON", "entity_id": None}
    assert made["entities"] == [filled, taken]
    assert list(made["entities"][0]) == list(filled)
    assert made["zones"] == made["quotes"] == made["dates"] == []
    assert "damage" not in made
    assert DOCUMENT["entities"] == [{"start": 0}]


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        ({"start": 0, "end": 12}, "0:12 of 11 code points"),
        ({"start": -3, "end": 2}, "-3:2 of 11"),
        ({"start": 3, "end": 3}, "3:3 of 11"),
        ({"start": 5, "end": 3}, "5:3 of 11"),
        ({"start": 0, "end": 3.0}, "right are two integers"),
        ({"start": True, "end": 3}, "right are two integers"),
        ({"end": 3}, "offsets None, 3"),
        ({"start": 1, "end": 4, "text": "Ana"}, "said to be 'Ana', 1:4 is 'na '"),
        ({"start": 0, "end": 3, "label": "ORG"}, r"'ORG'; right is one of PERSON"),
        ({"start": 0, "end": 3, "label": None}, "right is one of PERSON"),
        ({"start": 0, "end": 3, "score": 0.5}, "score"),
        ({"start": 0, "end": 3, "entity_id": 7}, "7 is not of type"),
        ({"start": 0, "end": 3, "id": ["x"]}, "['x'] is not of type 'string'"),
        ({"start": 0, "end": 3, "label": ["PERSON"]}, "right is one of PERSON"),
        ("Ana", "'Ana' is not of type 'object'"),
    ],
)
def test_an_unsound_answer_is_refused(item: Any, fault: str) -> None:
    with pytest.raises(PredictionError, match=regex.escape(fault)) as caught:
        stubbed({"label": "PERSON", **item} if isinstance(item, dict) else item)
    assert "stub, document 'a': $.entities" in str(caught.value)


def test_a_key_that_stands_twice_is_refused() -> None:
    one = {"id": "x", "start": 0, "end": 3, "label": "PERSON"}
    with pytest.raises(PredictionError, match="the id 'x' stands twice"):
        stubbed(one, one)


def test_many_faults_are_counted() -> None:
    with pytest.raises(PredictionError, match="; and 3 more"):
        stubbed(*[{"start": 0, "end": 99, "label": "PERSON"}] * 8)


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ((), "0 answers to 1 texts"),
        (({}, {}), "2 answers"),
        (({"dates": []},), r"\$.dates: stub doesn't say"),
        (([],), "list; right is a list of annotations for each layer"),
        (({"entities": None},), r"\$.entities: None is not of type 'array'"),
    ],
)
def test_answers_that_fit_no_text_are_refused(answers: tuple[Any, ...], fault: str) -> None:
    system = stub(*answers)
    with pytest.raises(PredictionError, match=fault):
        list(annotate(system, system.load(), [DOCUMENT], article()))


def test_the_gold_is_never_shown() -> None:
    seen: list[Source] = []

    def look(sources: Sequence[Source]) -> list[Annotations]:
        seen.extend(sources)
        return [{}] * len(sources)

    gold = list(read(GOLD).documents())
    assert all(not document["entities"] for document in annotate(stub(), look, gold, article()))
    assert seen == [Source(d["id"], d["text"], d["language"], d["dct"]["value"]) for d in gold]


def test_other_schemas(letters: Schema) -> None:
    assert unfit(stub(), letters) == "stub predicts entities, which is no list of spans in the schema"
    assert unfit(stub(predicts={"persons": ("PERSON",)}), letters) == (
        "stub predicts PERSON, which are no labels of persons in the schema"
    )
    system = stub({"persons": [{"start": 0, "end": 3, "role": "sender"}]}, predicts={"persons": ("sender",)})
    assert unfit(system, letters) is None
    (made,) = annotate(system, system.load(), [{"name": "a", "body": TEXT, "year": 3}], letters)
    assert made == {
        "name": "a",
        "body": TEXT,
        "year": 3,
        "persons": [{"n": "p1", "start": 0, "end": 3, "role": "sender"}],
        "mentions": [],
    }
    with pytest.raises(ValueError, match="body is NoneType"):
        source_of({"text": "Ana"}, letters)


@pytest.mark.parametrize("system", OURS, ids=lambda system: system.name)
def test_ours_say_what_they_are(system: System) -> None:
    assert unfit(system, article()) is None
    assert system.licence
    assert system.limits
    assert systems().find(system.name) is system


def test_a_system_that_can_t_be_had_says_so() -> None:
    lacking = stub(requires=("no-such-thing==1.0",))
    assert lacking.missing == "stub needs no-such-thing==1.0, which isn't installed: pip install stub"
    older = stub(requires=("pytest<1",))
    assert older.missing
    assert older.missing.startswith(f"stub needs pytest<1, {pytest.__version__} is installed")
    for system in (lacking, older):
        with pytest.raises(MissingSystemError, match="pip install stub"):
            system.load()
    with pytest.raises(MissingSystemError, match="needs the registry entities"):
        stub(registry="entities").load({"utterances": {}})


def test_entry_points_of_others() -> None:
    here = {"stranger": stub(name="stranger"), "taken": stub(name="gazetteer"), "number": 7}
    points = [EntryPoint(name, f"{__name__}:HERE.{name}", "spanproof.systems") for name in here]
    broken = EntryPoint("broken", "no_such_module:SYSTEM", "spanproof.systems")
    for name, value in here.items():
        setattr(HERE, name, value)
    found = systems([*points, broken])
    assert set(found.known) == {*(system.name for system in OURS), "stranger"}
    assert [problem.partition(": ")[2] for problem in found.problems] == [
        "ModuleNotFoundError: No module named 'no_such_module'",
        "int; right is a System",
        "the name gazetteer is taken",
    ]
    with pytest.raises(MissingSystemError, match=r"did you mean gazetteer.*no_such_module"):
        found.find("gazeteer")


class HERE:
    """What entry points name."""


def test_months_and_days_are_those_of_a_calendar() -> None:
    for month in range(1, 13):
        day = date(2025, month, 9)
        (found,) = expressions(f"{day:%B} 9, 2025")
        assert found.reading.value == str(day)
        (short,) = expressions(f"{day:%b} 9, 2025")
        assert short.reading.value == str(day)
    assert times.SYSTEM.predicts["dates"] == timex.TYPES
