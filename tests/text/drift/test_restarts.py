"""Offsets that start again in the list of spans: pieces of a text, each counted from its own start."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.testing.open_world.texts import LANGUAGES, written
from spanproof.text.drift.explain import explain
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.span_columns import Span

Place = tuple[int, int]


def in_pieces(
    seed: int, most: int, sentences: int, unit: str = "utf-32-le"
) -> tuple[str, list[Span], list[Place], list[int]]:
    """Return a text that was cut behind sentences, its spans in a unit, their places, and where the pieces begin."""
    random = Random(seed)
    text = written(random, sentences, random.choice(LANGUAGES))
    width = len("a".encode(unit))
    borders = sorted({0, *text.sentences, len(text.text)})
    cuts = [0]
    for low, high in pairwise(borders):
        if high - cuts[-1] > most and low > cuts[-1]:
            cuts.append(low)
    spans: list[Span] = []
    places = []
    for mention in text.mentions:
        if random.random() < 0.8:
            low = max(cut for cut in cuts if cut <= mention.start)
            start, end = (len(text.text[low:at].encode(unit)) // width for at in (mention.start, mention.end))
            spans.append((start, end, text.text[mention.start : mention.end]))
            places.append((mention.start, mention.end))
    return text.text, spans, places, cuts


def proved(explanation: Explanation, places: list[Place]) -> list[bool]:
    """Return of each span that is proved whether its place is right."""
    pairs = zip(explanation.placements, places, strict=True)
    return [placed.place == place for placed, place in pairs if placed.level == "proved"]


@settings(max_examples=15)
@given(st.integers(0, 1000), st.integers(100, 600), st.integers(4, 30))
def test_what_is_proved_in_pieces_is_right(seed: int, most: int, sentences: int) -> None:
    text, spans, places, _ = in_pieces(seed, most, sentences)
    assert all(proved(explain(text, spans), places))
    # Of different layers spans that are stored alike aren't one annotation twice.
    assert all(proved(explain(text, spans, layers=range(len(spans))), places))


def test_most_spans_of_pieces_are_proved() -> None:
    text, spans, places, _ = in_pieces(1, 300, 40)
    told = explain(text, spans)
    right = proved(told, places)
    assert all(right)
    assert len(right) > 0.7 * sum(span[:2] != place for span, place in zip(spans, places, strict=True))
    assert told.name == "restarted"
    assert "offsets start again in the list of spans" in told.statement


def test_it_is_told_where_in_the_text_the_parts_begin() -> None:
    text, spans, _, cuts = in_pieces(1, 300, 40)
    listed = ", ".join(f"{cut:,}" for cut in cuts[1:4])
    expected = f"offsets start again in the list of spans: parts of it count from other places of the text ({listed}"
    assert explain(text, spans).statement.startswith(expected)


@pytest.mark.parametrize("change", ["turned", "shuffled", "a piece that begins within the first"])
def test_nothing_is_proved_where_the_list_tells_no_pieces(change: str) -> None:
    text, spans, places, cuts = in_pieces(1, 300, 40)
    pairs = list(zip(spans, places, strict=True))
    if change == "turned":
        pieces = [[pair for pair in pairs if low <= pair[1][0] < low + 300] for low in cuts]
        pairs = [pair for piece in pieces[::-1] for pair in piece]
    elif change == "shuffled":
        Random(1).shuffle(pairs)
    else:
        by = [100 * (at[0] >= cuts[1]) for _, at in pairs]
        moved = [((start + d, end + d, word), at) for ((start, end, word), at), d in zip(pairs, by, strict=True)]
        pairs = [pair for pair in moved if pair[1][0] < cuts[2]]
    told = explain(text, [span for span, _ in pairs])
    assert told.name != "restarted"
    assert all(proved(told, [place for _, place in pairs]))


def test_pieces_that_count_in_a_unit_are_proved_with_it() -> None:
    text, spans, places, _ = in_pieces(1, 300, 40, "utf-16-le")
    told = explain(text, spans)
    assert told.statement.startswith("offsets are UTF-16 code units, and offsets start again in the list of spans")
    right = proved(told, places)
    assert all(right)
    assert len(right) > 0.6 * len(spans)


def test_the_second_of_two_pieces_is_proved_if_it_begins_behind_the_first() -> None:
    text, spans, places, cuts = in_pieces(1, 300, 40)
    number = sum(start < cuts[2] for start, _ in places)
    told = explain(text, spans[:number])
    assert told.name == "restarted"
    right = proved(told, places[:number])
    assert all(right)
    assert len(right) > 5
