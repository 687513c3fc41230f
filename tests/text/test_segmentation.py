from itertools import pairwise
from operator import itemgetter

import regex
from hypothesis import given
from hypothesis import strategies as st

from spanproof.testing.strategies import texts
from spanproof.text.segmentation import sentences, stripped, tokens, without_overlaps

EXTENTS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)).map(lambda pair: (pair[0], sum(pair))))


@given(texts(), st.data())
def test_a_stripped_extent_is_that_of_the_stripped_surface(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    low, high = stripped(text, start, end)
    assert start <= low <= high <= end
    assert text[low:high] == text[start:end].strip()


@given(EXTENTS)
def test_what_is_kept_lies_apart_and_each_other_item_overlaps_one_that_comes_first(
    extents: list[tuple[int, int]],
) -> None:
    kept = without_overlaps(extents, itemgetter(0, 1))
    assert all(one[1] <= other[0] for one, other in pairwise(kept))
    assert set(kept) <= set(extents)
    for start, end in extents:
        assert any(low < end and start < high and (low, -high) <= (start, -end) for low, high in kept)


@given(st.text(), st.sampled_from(["en", "de", "zh", "xx", "pt-BR"]), st.lists(st.integers(0, 40)))
def test_sentences_hold_every_character_but_white_space(text: str, language: str, borders: list[int]) -> None:
    cut = sentences(text, language, [border for border in borders if border <= len(text)])
    gaps = zip([0, *(end for _, end in cut)], [*(start for start, _ in cut), len(text)], strict=True)
    assert not "".join(text[low:high] for low, high in gaps).strip()
    for start, end in cut:
        assert text[start:end] == text[start:end].strip() != ""
        assert not any(start < border < end for border in borders)


def test_sentences_know_abbreviations_and_quotations() -> None:
    text = "Mr. Lavrov said: “We go. We stay,” and left.\nHeading\nThe U.S. agreed! So be it."
    assert [text[low:high] for low, high in sentences(text)] == [
        "Mr. Lavrov said: “We go. We stay,” and left.",
        "Heading",
        "The U.S. agreed!",
        "So be it.",
    ]


@given(st.text())
def test_tokens_hold_every_character_but_white_space(text: str) -> None:
    cut = tokens(text)
    assert "".join(text[low:high] for low, high in cut) == "".join(c for c in text if not regex.match(r"\s", c))
