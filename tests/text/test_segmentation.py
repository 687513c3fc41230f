from itertools import pairwise
from operator import itemgetter

from hypothesis import given
from hypothesis import strategies as st

from spanproof.testing.strategies import texts
from spanproof.text.segmentation import stripped, without_overlaps

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
