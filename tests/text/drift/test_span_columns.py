"""Spans as columns are the spans that they were made of, in any order and in parts."""

from hypothesis import given
from hypothesis import strategies as st

from spanproof.text.drift.span_columns import Span, SpanColumns

SPANS = st.lists(st.tuples(st.integers(-2, 3), st.integers(-2, 3), st.sampled_from(["", "b", "a", "ab", "\ud83d"])))


@given(SPANS, st.integers(0, 4), st.integers(0, 8))
def test_columns_are_the_spans(spans: list[Span], low: int, high: int) -> None:
    columns = SpanColumns.of(spans)
    assert [*columns] == spans == [columns[k] for k in range(len(columns))]
    assert [*columns[low:high]] == spans[low:high]
    assert [*columns.surfaces] == [surface for *_, surface in spans]
    assert sorted(columns[low:].different) == sorted({surface for *_, surface in spans[low:]})
    assert columns.size.tolist() == [len(surface) for *_, surface in spans]


@given(SPANS)
def test_their_order_is_that_of_offsets_and_then_of_surfaces(spans: list[Span]) -> None:
    columns = SpanColumns.of(spans)
    order, new = columns.in_order()
    assert [*columns.take(order)] == sorted(spans)
    assert [*columns.take(order[new])] == sorted(set(spans))
    assert [spans[k] for k in order.tolist()] == sorted(spans)


@given(SPANS, st.text("ab\ud83d", max_size=4))
def test_a_surface_stands_where_the_text_begins_with_it(spans: list[Span], text: str) -> None:
    columns = SpanColumns.of([(max(start, 0), end, surface) for start, end, surface in spans])
    stand = [text[start:].startswith(surface) and start <= len(text) for start, _, surface in columns]
    assert [*columns.stand_in(text, columns.start)] == stand
