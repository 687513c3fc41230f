"""Surfaces that slipped by a row look like a shift of all offsets: neither is proved."""

from hypothesis import given
from hypothesis import strategies as st

from spanproof.text.drift.pool import Annotated, explain_all
from spanproof.text.place import place

ITEMS = st.lists(st.text("abcdefgh", min_size=4, max_size=4), min_size=8, max_size=30, unique=True)


def listed(items: list[str], between: str) -> tuple[str, list[tuple[int, int, str]]]:
    text = between.join(items)
    size = len(items[0]) + len(between)
    return text, [(k * size, k * size + len(item), item) for k, item in enumerate(items)]


@given(ITEMS, st.sampled_from((" ", ", ", "\n")), st.sampled_from((1, -1)), st.integers(1, 4))
def test_words_of_the_next_or_the_previous_row_move_no_span(
    items: list[str], between: str, by: int, documents: int
) -> None:
    text, spans = listed(items, between)
    own, others = (spans[:-1], spans[1:]) if by == 1 else (spans[1:], spans[:-1])
    slipped = [(start, end, other[2]) for (start, end, _), other in zip(own, others, strict=True)]
    annotated = Annotated(text, slipped, [("", "")] * len(slipped))
    for explanation in explain_all([annotated] * documents):
        assert not explanation.models
        assert {placement.level for placement in explanation.placements} == {"open"}
        assert explanation.name == "slipped-rows"
        assert {
            one.level for one in place(text, [span[2] for span in slipped], spans=[span[:2] for span in slipped])
        } == {"open"}
        assert ("next" if by == 1 else "previous") in explanation.statement


@given(ITEMS, st.integers(1, 3))
def test_a_shift_by_less_than_an_item_is_proved(items: list[str], by: int) -> None:
    text, spans = listed(items, ", ")
    shifted = [(start + by, end + by, words) for start, end, words in spans]
    assert {
        one.level for one in place(text, [words for *_, words in shifted], spans=[span[:2] for span in shifted])
    } == {"proved"}
    (explanation,) = explain_all([Annotated(text, shifted, [("", "")] * len(shifted))])
    assert [placement.place for placement in explanation.placements] == [span[:2] for span in spans]


def test_words_of_the_next_row_of_a_running_text_are_of_no_other_text() -> None:
    text = "Acme sued Initech in Austin. Judge Lee heard Bo Ek in Oslo, and Ann Ray in Dallas; Cem stayed in Leeds."
    names = ("Acme", "Initech", "Austin", "Judge Lee", "Bo Ek", "Oslo", "Ann Ray", "Dallas", "Cem", "Leeds")
    right = [(text.index(name), text.index(name) + len(name)) for name in names]
    spans = [(*place, name) for place, name in zip(right, (*names[1:], names[0]), strict=True)]
    (explanation,) = explain_all([Annotated(text, spans, [("", "")] * len(spans))])
    assert (explanation.name, explanation.foreign) == ("slipped-rows", False)
    assert {one.level for one in explanation.placements} == {"open"}
