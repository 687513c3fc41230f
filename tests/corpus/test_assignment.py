"""The assignment against all that there are, for small ones, and against itself from the other side for larger ones."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spanproof.arrays import Ints
from spanproof.corpus.assignment import assignment

Weights = dict[tuple[int, int], int]
PAIRS = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 9), max_size=14)
MANY = st.dictionaries(st.tuples(st.integers(0, 30), st.integers(0, 40)), st.integers(1, 10**12), max_size=120)


def chosen(weights: Weights) -> Weights:
    row, column = np.array(list(weights), np.int64).reshape(-1, 2).T
    which: Ints = assignment(row, column, np.array(list(weights.values()), np.int64))
    assert which.tolist() == sorted(set(which.tolist()))
    pairs = [list(weights)[k] for k in which]
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    return {pair: weights[pair] for pair in pairs}


@given(PAIRS)
def test_no_other_assignment_has_a_greater_sum(weights: Weights) -> None:
    best = max(sum(weights.get(pair, 0) for pair in enumerate(columns)) for columns in permutations(range(5)))
    assert sum(chosen(weights).values()) == best


@given(MANY)
def test_rows_and_columns_can_change_places(weights: Weights) -> None:
    turned = {(j, i): weight for (i, j), weight in weights.items()}
    assert sum(chosen(weights).values()) == sum(chosen(turned).values())


@given(MANY)
def test_what_is_chosen_is_chosen_again(weights: Weights) -> None:
    """And nothing that is left could be added to it."""
    pairs = chosen(weights)
    assert chosen(pairs) == pairs
    rows, columns = {i for i, _ in pairs}, {j for _, j in pairs}
    assert all(i in rows or j in columns for i, j in weights)


def test_a_pair_may_give_way_to_two() -> None:
    assert chosen({(0, 0): 5, (0, 1): 4, (1, 0): 4}) == {(0, 1): 4, (1, 0): 4}
    assert chosen({(0, 0): 9, (0, 1): 4, (1, 0): 4}) == {(0, 0): 9}
    assert chosen({}) == {}
