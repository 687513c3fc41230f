"""Contradictions of temporal relations against all orders that the ends of a few intervals can have."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.text.temporal import RELATIONS, contradictions, relation_of
from support import examples

Link = tuple[int, str, int]


def contradictions_of(links: list[Link]) -> list[list[Link]]:
    first, second = (np.array([link[at] for link in links], np.int64) for at in (0, 2))
    return [[links[k] for k in cycle] for cycle in contradictions(first, second, [link[1] for link in links])]


def possible(links: list[Link], intervals: int) -> bool:
    """Whether some order of the ends, tried one after another, makes all relations true."""
    size = 2 * intervals
    known = [(low, high) for low, high in product(range(size), repeat=2) if low < high]
    for chosen in product(known, repeat=intervals):
        points = [end for interval in chosen for end in interval]
        if all(
            points[(2 * (a if one < 2 else b)) + one % 2] + before <= points[(2 * (a if other < 2 else b)) + other % 2]
            for a, name, b in links
            for one, other, before in RELATIONS[name]
        ):
            return True
    return False


links_of_three = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(sorted(RELATIONS)), st.integers(0, 2)), min_size=1, max_size=5
)


@settings(max_examples=examples(150))
@given(links_of_three)
def test_relations_contradict_each_other_exactly_if_no_order_makes_them_true(links: list[Link]) -> None:
    cycles = contradictions_of(links)
    assert (cycles == []) == possible(links, 3)
    for cycle in cycles:
        assert not possible(cycle, 3)
        assert len(cycle) <= len(links)


@settings(max_examples=examples(60))
@given(links_of_three)
def test_a_contradiction_holds_no_relation_that_it_does_not_need(links: list[Link]) -> None:
    for cycle in contradictions_of(links):
        assert all(possible([link for link in cycle if link is not left], 3) for left in cycle) or len(cycle) < 3


@settings(max_examples=examples(60))
@given(links_of_three, st.permutations(range(3)))
def test_batches_do_not_mix(links: list[Link], names: list[int]) -> None:
    """The same again among other intervals is the same again."""
    again = [(names[a] + 3, name, names[b] + 3) for a, name, b in links]
    both = contradictions_of([*links, *again])
    assert len(both) == 2 * len(contradictions_of(links))


def test_a_long_layer_without_contradiction_has_none_and_one_link_more_closes_a_cycle() -> None:
    chain = [(k, "BEFORE", k + 1) for k in range(5000)]
    assert contradictions_of(chain) == []
    [cycle] = contradictions_of([*chain, (17, "AFTER", 20)])
    assert sorted(cycle) == [(17, "AFTER", 20), (17, "BEFORE", 18), (18, "BEFORE", 19), (19, "BEFORE", 20)]


@pytest.mark.parametrize("written", ["before", "Is-Included", "BEFORE-OR-OVERLAP", "ended by"])
def test_a_relation_is_known_however_it_is_written(written: str) -> None:
    assert relation_of(written) in RELATIONS


def test_what_is_no_relation_is_not_taken_for_one() -> None:
    assert relation_of("CAUSES") is None
