from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.text.drift.bounds import Bounds
from spanproof.text.drift.document import Document
from spanproof.text.drift.evaluation import evaluate
from spanproof.text.drift.explain import explain
from spanproof.text.drift.fitting import fitted
from spanproof.text.drift.hypotheses import Hypothesis
from spanproof.text.drift.model import Model
from spanproof.text.drift.span_columns import Span

UTF_16, WIDTHS = Model((("utf-16", "utf-8"),)), Model(widths=(("😀", 1),), base=1)
NOT_HERE = Model((("crlf-as-one",), ("utf-16",)), widths=(("中", 2), ("&", 4)))
ENDS = Model((("html",),), end="last", base=2)
NAMES = ("Ana", "Bo", "R&D", "Ida 😀", "İzmir")


def crowded(number: int) -> tuple[str, list[Span]]:
    """A text in which few names stand very often, and so many spans on them."""
    text, spans = "", []
    for k in range(number):
        name = NAMES[(k * k + k // 7) % len(NAMES)]
        text += " & then 😀 " if k % 5 == 0 else " met " if k % 3 else " of the "
        spans.append((len(text), len(text) + len(name), name))
        text += name
    return text, spans


def utf16(text: str, at: int) -> int:
    return len(text[:at].encode("utf-16-le")) // 2


def drifted(number: int) -> tuple[str, list[Span]]:
    text, spans = crowded(number)
    before = np.cumsum([0, *(1 + (character > "\uffff") for character in text)]).tolist()
    return text, [(before[start], before[end], name) for start, end, name in spans]


@settings(max_examples=20)
@given(st.integers(4, 40), st.integers(-3, 3), st.sampled_from(("end", "last", "length")), st.data())
def test_no_model_costs_less_than_its_bound(number: int, shift: int, end: str, data: st.DataObject) -> None:
    text, right = crowded(number)
    lost = data.draw(st.sets(st.integers(0, number - 1), max_size=number // 2))
    spans = []
    for k, (start, stop, name) in enumerate(right):
        first, last = utf16(text, start) + shift + 5 * (k in lost), utf16(text, stop) + shift + 3 * (k in lost)
        spans.append((first, {"end": last, "last": last - 1, "length": last - first}[end], name))
    document = Document(text, spans, [("", "")] * number)
    hypotheses, stored = document.hypotheses, document.stored
    bounds = {id(there): Bounds(hypotheses, stored, there) for there in hypotheses.written}
    every = [outline for depth in range(3) for outline in hypotheses.outlines(depth, 40)]
    for there in hypotheses.written:
        outlined = [
            (one, hypotheses.sums(units, one.frame, one.end)[:30]) for one, units in every if one.candidates is there
        ]
        for (outline, sums), least in zip(outlined, bounds[id(there)].of(outlined, np.inf), strict=True):
            for units, bound in zip(sums, least, strict=True):
                hypothesis = hypotheses.summed(outline, units)
                result = evaluate(hypothesis, stored, hypotheses.bases(hypothesis.frame), np.inf)
                assert result is None or bound <= result.cost + 1e-6


@settings(max_examples=20)
@given(
    st.integers(4, 40),
    st.integers(-3, 3),
    st.sampled_from((UTF_16, WIDTHS, NOT_HERE, ENDS)),
    st.sampled_from((UTF_16, WIDTHS, NOT_HERE, ENDS)),
)
def test_what_is_found_is_the_same_where_models_of_other_documents_bound_it(
    number: int, shift: int, one: Model, other: Model
) -> None:
    text, right = crowded(number)
    spans = [(utf16(text, start) + shift, utf16(text, stop) + shift, name) for start, stop, name in right]
    found, bounded = (Document(text, spans, likely=likely).searched(np.ones(number, np.bool_)) for likely in
                      ((), (one, other)))  # fmt: skip
    assert [result.hypothesis.cost for result in found] == [result.hypothesis.cost for result in bounded]
    for result, again in zip(found, bounded, strict=True):
        assert result.cost == again.cost
        assert result.hypothesis.units == again.hypothesis.units
        assert (result.start == again.start).all()


@settings(max_examples=20)
@given(st.integers(4, 30), st.integers(-2, 2), st.integers(1, 3), st.floats(10, 80), st.data())
def test_no_model_of_widths_is_left_out_that_costs_little(
    number: int, shift: int, more: int, most: float, data: st.DataObject
) -> None:
    text, right = crowded(number)
    lost = data.draw(st.sets(st.integers(0, number - 1), max_size=3))
    before = np.cumsum([0, *(1 + more * (character in "&n") for character in text)]).tolist()
    spans = [
        (before[start] + shift + 7 * (k in lost), before[end] + shift, name) for k, (start, end, name) in
        enumerate(right)
    ]  # fmt: skip
    document = Document(text, spans)
    hypotheses, stored, there = document.hypotheses, document.stored, document.written[0]
    sound, bounds = Hypothesis(0.0, hypotheses.plain, there), Bounds(hypotheses, stored, there)
    every, few = (
        list(fitted(document.letters, stored, sound, bounds, partial(float, bits))) for bits in (np.inf, most)
    )
    kept = {(one.widths, one.end) for one in few}
    for one in every:
        result = evaluate(one, stored, hypotheses.bases("text"), np.inf)
        assert result is None or result.cost > most or (one.widths, one.end) in kept


@pytest.mark.parametrize("number", [30, 700, 1500])
def test_spans_on_names_that_stand_very_often_are_put_right(number: int) -> None:
    text, spans = drifted(number)
    explanation = explain(text, spans)
    assert explanation.name == "utf-16"
    _, right = crowded(number)
    places = [placement.place for placement in explanation.placements]
    assert all(place in (None, span[:2]) for place, span in zip(places, right, strict=True))
    assert sum(place is not None for place in places) > 0.9 * number


def test_a_surface_that_stands_thousands_of_times_alone_is_left_open() -> None:
    explanation = explain("a " * 9_000, [(3, 4, "a")])
    assert [placement.level for placement in explanation.placements] == ["open"]
    assert len(explanation.placements[0].candidates) == 5


def test_what_is_looked_at_for_a_model_does_not_grow_with_the_spans() -> None:
    for number in (2_000, 8_000):
        text, spans = drifted(number)
        document = Document(text, spans, [("", "")] * number)
        assert sum(len(there.span) for there in document.written) <= 10_000
        hypotheses, stored = document.kept(document.sample)
        assert len(stored.start) == document.sample.sum() <= 200
        for there in hypotheses.written:
            assert len(Bounds(hypotheses, stored, there).looked_at.span) <= 3_000


def test_a_character_that_stands_once_has_a_width_if_it_makes_its_span_wider() -> None:
    text = "Ana met Bo. Then Œdipe met Ana in Oslo with Bo, and Ana went to Riga."
    names = ["Ana", "Bo", "Œdipe", "Ana", "Oslo", "Bo", "Ana", "Riga"]
    places, at = [], 0
    for name in names:
        at = text.index(name, at)
        places.append((at, at + len(name)))
    before = np.cumsum([0, *(1 + 4 * (character == "Œ") for character in text)]).tolist()
    explanation = explain(text, [(before[start], before[end], text[start:end]) for start, end in places])
    assert explanation.name == "width"
    assert [placement.place for placement in explanation.placements] == places
    # Beside it no span is wider, and the text may as well have been edited there: then a span may have been lost.
    beside = explain(
        text, [(start + 4 * (start > 17), end + 4 * (start > 17), text[start:end]) for start, end in places]
    )
    assert beside.name != "width"
