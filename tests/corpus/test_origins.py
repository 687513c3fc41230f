"""Where documents stand in their file: as a list of pairs says it."""

import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spanproof.corpus.origins import FileLines


@given(st.lists(st.integers(1, 2**40), max_size=8), st.slices(8))
def test_lines_are_a_sequence_of_pairs(numbers: list[int], some: slice) -> None:
    lines = FileLines("a.jsonl", np.array(numbers, np.int64))
    expected = [("a.jsonl", number) for number in numbers]
    assert list(lines) == [lines[k] for k in range(len(lines))] == expected
    assert list(lines[some]) == expected[some]
    assert list(pickle.loads(pickle.dumps(lines))) == expected
    assert all(type(number) is int for _, number in lines)
