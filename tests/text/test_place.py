"""Where surfaces stand: never a wrong "proved", never the first of several by habit."""

import itertools
import re
import time
import unicodedata
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from spanproof.systems.brief import Brief
from spanproof.systems.llm.endpoint import questions
from spanproof.text.drift.model import Placement
from spanproof.text.order import settled
from spanproof.text.place import place
from spanproof.text.segmentation import Extent
from support.documents import ROOT

NAMES = ("Ana", "Bo", "Ana Silva", "I\u0307zmir", "Jose\u0301", "\U0001f600 Co", "US", "us", "“Ana”")
QUOTED = (
    str,
    str.lower,
    str.upper,
    lambda words: unicodedata.normalize("NFC", words),
    lambda words: words.replace(" ", "\n "),
    lambda words: words.replace("“", '"').replace("”", '"'),
)
names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=9)


def written(listed: Sequence[str]) -> tuple[str, list[Extent]]:
    """A text of names, each after a word of its own kind, and where they stand."""
    text, spans = "", []
    for name in listed:
        text += "and "
        spans.append((len(text), len(text) + len(name)))
        text += name + ", "
    return text, spans


def levels(placements: Sequence[Placement]) -> list[str]:
    return [placement.level for placement in placements]


def starts(placements: Sequence[Placement]) -> list[int | None]:
    return [placement.place and placement.place[0] for placement in placements]


@given(names, st.data())
def test_what_is_proved_is_right_whatever_is_left_out_mangled_or_exchanged(
    listed: list[str], data: st.DataObject
) -> None:
    text, spans = written(listed)
    chosen = data.draw(st.lists(st.sampled_from(spans), max_size=9))
    surfaces = [data.draw(st.sampled_from(QUOTED))(text[a:b]) for a, b in chosen]
    overlap = data.draw(st.booleans())
    placements = place(text, surfaces, overlap=overlap)
    assert len(placements) == len(surfaces)
    for meant, placement, surface in zip(chosen, placements, surfaces, strict=True):
        assert (placement.place is None) == (placement.level == "open")
        if placement.level == "proved":
            assert placement.place == meant
            assert text[slice(*placement.place)] == surface
        if placement.place:
            assert placement.place in placement.candidates


@given(names, st.data())
def test_one_of_several_is_placed_only_where_the_order_leaves_no_other(listed: list[str], data: st.DataObject) -> None:
    """Against every way of placing all surfaces in their order."""
    text, _ = written(listed)
    surfaces = data.draw(st.lists(st.sampled_from(NAMES), max_size=4))
    placements = place(text, surfaces)
    rows = [placement.candidates for placement in placements]
    if not all(rows):
        return
    ways = [way for way in itertools.product(*rows) if all(a[1] <= b[0] for a, b in itertools.pairwise(way))]
    for k, placement in enumerate(placements):
        if ways and placement.place:
            assert {way[k] for way in ways} == {placement.place}
        if len(rows[k]) > 1 and len({way[k] for way in ways}) > 1:
            assert placement.level == "open"


@given(names)
def test_without_an_order_a_surface_that_stands_twice_is_open(listed: list[str]) -> None:
    text, _ = written(listed)
    for placement in place(text, listed, in_order=False):
        assert (placement.level == "open") == (len(placement.candidates) > 1)


@given(names, st.data())
def test_contexts_never_prove_a_wrong_place(listed: list[str], data: st.DataObject) -> None:
    text, spans = written(listed)
    size = data.draw(st.integers(0, 12))
    around = [(text[max(0, a - size) : a], text[b : b + size]) for a, b in spans]
    surfaces = [text[a:b] for a, b in spans]
    for span, placement in zip(spans, place(text, surfaces, contexts=around), strict=True):
        assert placement.level != "proved" or placement.place == span


@given(names, st.integers(-2, 5))
def test_offsets_prove_together_or_not_at_all(listed: list[str], shift: int) -> None:
    text, spans = written(listed)
    surfaces = [text[a:b] for a, b in spans]
    placements = place(text, surfaces, spans=[(a + shift, b + shift) for a, b in spans])
    for span, placement in zip(spans, placements, strict=True):
        assert placement.level != "proved" or placement.place == span
    if shift == 0:
        assert levels(placements) == ["proved"] * len(spans)


@pytest.mark.parametrize(
    ("text", "surfaces", "expected"),
    [
        ("Ana met Bo. Ana left.", ["Ana", "Bo", "Ana"], [0, 8, 12]),
        ("Ana met Bo. Ana left.", ["Ana"], [None]),  # not the first by habit
        ("Ana met Bo. Ana left.", ["Ana", "Ana"], [0, 12]),
        ("Ana met Bo. Ana left.", ["Ana", "Ana", "Ana"], [None, None, None]),  # one too many: nothing says which
        ("Ana met Bo. Ana left.", ["Bo", "Ana"], [8, 12]),
        ("Ana met Bo. Ana left.", ["Bo", "Ana", "Ana"], [8, None, None]),  # out of order
        ("Ana Silva met Ana.", ["Ana Silva", "Ana"], [0, 14]),
        ("Ana met Bo, Cy and Di.", ["Ana", "Di", "Bo", "Cy"], [0, 19, 8, 12]),  # each stands alone, in any order
        ("Ana met Bo. Ana saw Cy. Ana left.", ["Bo", "Cy", "Ana"], [8, 20, 24]),
        ("Ana met Bo. Ana saw Cy. Ana left.", ["Cy", "Bo", "Ana"], [20, 8, None]),  # neither anchors the order
        ("Ana", ["Eve", "", " ", "\ufeff"], [None] * 4),
        ("", ["Ana"], [None]),
        ("\U0001f600\U0001f600 Ana", ["Ana"], [3]),
    ],
)
def test_surfaces_are_placed(text: str, surfaces: list[str], expected: list[int | None]) -> None:
    assert starts(place(text, surfaces)) == expected


def test_levels_say_what_is_known() -> None:
    text = "Ana met Bo in Anatolia. The US told us. Kemal met Ana."
    placements = place(text, ["Bo", "US", "kemal", "Eve", "Ana"])
    assert levels(placements) == ["proved", "likely", "likely", "open", "likely"]
    assert levels(place("Anatolia, Ana", ["Ana"])) == ["likely"]  # it could be a part of the other
    assert levels(place("İzmir burada, IZMIR ve izmir orada.", ["İzmir"])) == ["likely"]
    (both,) = place(text, ["Ana"])
    assert (both.level, both.candidates) == ("open", ((0, 3), (50, 53)))
    (known,) = place(text, ["Ana"], contexts=[("Kemal met ", ".")])
    assert (known.level, known.place) == ("proved", (50, 53))
    (lied,) = place(text, ["Bo"], contexts=[("Kemal met ", ".")])
    assert lied.level == "likely"  # its context is another one


def test_places_that_overlap_begin_in_order() -> None:
    text = "we say that he said that they go. Go: that they go"
    assert starts(place(text, ["he said that they go", "they go"], overlap=True)) == [12, None]
    assert starts(place(text, ["he said that they go", "they go"])) == [12, 43]


def test_bad_arguments_are_named() -> None:
    with pytest.raises(TypeError, match=r"surfaces are one string; expected a list of strings"):
        place("Ana", "Ana")
    with pytest.raises(TypeError, match="surfaces: None; expected a list"):
        place("Ana", None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="there are 2 spans; expected 1, one for each surface"):
        place("Ana", ["Ana"], spans=[(0, 3), (0, 3)])
    with pytest.raises(ValueError, match="there are 0 contexts; expected 1"):
        place("Ana", ["Ana"], contexts=[])
    assert place("Ana", []) == []


def test_offsets_in_another_unit_are_put_right_and_one_alone_is_not() -> None:
    text = "\U0001f600 Ana met Bo. \U0001f600 Ana saw Cy. \U0001f600 Ana met Di. \U0001f600 Ana left Ed."
    true = [match.span() for match in re.finditer("Ana|Bo|Cy|Di|Ed", text)]
    stored = [(a + text[:a].count("\U0001f600"), b + text[:b].count("\U0001f600")) for a, b in true]
    surfaces = [text[a:b] for a, b in true]
    placements = place(text, surfaces, spans=stored)
    assert (levels(placements), [at.place for at in placements]) == (["proved"] * 8, true)
    (one,) = place(text, surfaces[:1], spans=[(3, 6)])
    assert (one.level, one.place, len(one.candidates)) == ("open", None, 4)
    assert place("Ana", [""], spans=[(1, 1)])[0].level == "open"


def test_a_span_that_agrees_beside_one_that_does_not_is_likely() -> None:
    placements = place("Ana met Bo. Ana left.", ["Ana", "Bo"], spans=[(0, 3), (2, 4)])
    assert levels(placements) == ["likely", "likely"]


@given(st.lists(st.lists(st.integers(0, 9), max_size=4, unique=True).map(sorted), max_size=5))
def test_what_the_order_settles_no_way_contradicts(rows: list[list[int]]) -> None:
    places = [tuple((at, at + 1) for at in row) for row in rows]
    ways = [way for way in itertools.product(*places) if all(a[1] <= b[0] for a, b in itertools.pairwise(way))]
    for k, only in enumerate(settled(places, overlap=False)):
        if only is not None and ways:
            assert {way[k] for way in ways} == {only}


def test_every_span_of_gold_is_found_again() -> None:
    for document in read(ROOT / "annotations" / "gold").documents():
        for question, _ in questions(Schema.article(), Brief({"entities": (), "quotes": (), "dates": ()})):
            spans = sorted(((e["start"], e["end"]) for e in document[question.layer]), key=lambda at: (at[0], -at[1]))
            surfaces = [document["text"][a:b] for a, b in spans]
            placements = place(document["text"], surfaces, overlap=question.overlap != "forbid")
            assert [placement.place for placement in placements] == spans


def test_ten_times_the_occurrences_of_one_name_take_ten_times_the_time() -> None:
    def seconds(number: int) -> float:
        text, begin = "Ana met Bo. " * number, time.process_time()
        assert set(levels(place(text, ["Ana"] * number))) == {"likely"}
        assert set(levels(place(text, ["Ana"] * (number // 2)))) == {"open"}
        return time.process_time() - begin

    seconds(100)
    assert min(seconds(10_000) for _ in range(2)) < 25 * min(seconds(1_000) for _ in range(3))


@given(names, st.sampled_from((str.find, str.rfind)))
def test_no_first_or_last_occurrence_that_a_search_found_is_proved_where_it_is_wrong(
    listed: list[str], search: Callable[[str, str], int]
) -> None:
    text, spans = written(listed)
    surfaces = [text[a:b] for a, b in spans]
    found = [(at := search(text, surface), at + len(surface)) for surface in surfaces]
    nothing_tells = len(set(found)) == len(found)  # of two mentions
    for placement, true in zip(place(text, surfaces, spans=found), spans, strict=True):
        assert nothing_tells or placement.level != "proved" or placement.place == true
        assert nothing_tells or true in placement.candidates
        assert placement.place is None or placement.place in placement.candidates


def test_offsets_that_are_given_twice_are_proved_where_the_words_stand_once_and_a_proved_place_is_its_candidate() -> (
    None
):
    twice = place("Ana met Bo. Ana left.", ["Bo", "Bo"], spans=[(8, 10), (8, 10)])
    assert levels(twice) == ["proved", "proved"]
    first = place("Ana met Bo. Ana left.", ["Ana", "Ana", "Bo"], spans=[(0, 3), (0, 3), (8, 10)])
    assert levels(first) == ["likely", "likely", "proved"]
    assert first[0].candidates == ((0, 3), (12, 15))
