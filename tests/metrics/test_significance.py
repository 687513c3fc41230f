"""Paired randomisation and its correction, against slow twins and known values."""

import math
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.arrays import Floats
from spanproof.metrics.counts import prf
from spanproof.metrics.significance import holm, randomised
from support.spans import COUNTS, counts_of


def slow_p(a: Floats, b: Floats) -> float:
    observed = abs(prf(a.sum(0))[2] - prf(b.sum(0))[2])
    reached = 0
    for swaps in product([False, True], repeat=len(a)):
        which = np.array(swaps)[:, None]
        x, y = np.where(which, b, a).sum(0), np.where(which, a, b).sum(0)
        reached += abs(prf(x)[2] - prf(y)[2]) >= observed - 1e-12
    return reached / 2 ** len(a)


@given(COUNTS, st.data())
def test_with_few_units_every_exchange_is_tried(a: Floats, data: st.DataObject) -> None:
    """Gold is the same for both systems; units where they are alike change nothing."""
    b = a.copy()
    for row in b:
        row[2] = data.draw(st.integers(0, int(row[0])))
        row[1] = row[2] + data.draw(st.integers(0, 3))
    found, back = randomised(counts_of(a), counts_of(b)), randomised(counts_of(b), counts_of(a))
    if a[:, 0].sum() == 0:
        return
    assert found.exact
    assert found.p == pytest.approx(slow_p(a, b))
    assert (back.p, back.difference) == (pytest.approx(found.p), pytest.approx(-found.difference))
    assert found.least <= found.p <= 1


def test_with_many_units_exchanges_are_drawn() -> None:
    rng = np.random.default_rng(0)
    gold = np.full(200, 4.0)
    a, b, same = (np.stack([gold, gold, rng.binomial(4, p, 200)], 1) for p in (0.9, 0.5, 0.9))
    found = randomised(counts_of(a), counts_of(b), 999)
    assert (found.p, found.exact, found.least) == (1 / 1000, False, 1 / 1000)
    assert randomised(counts_of(a), counts_of(same), 999).p > 0.01
    assert randomised(counts_of(a), counts_of(a)).p == 1


def test_what_can_t_be_exchanged_is_refused() -> None:
    counts = np.ones((3, 3))
    with pytest.raises(ValueError, match="expected counts of one score"):
        randomised(counts_of(counts), counts_of(counts[:2]))
    with pytest.raises(ValueError, match="expected a score that adds up"):
        randomised(counts_of(counts), counts_of(counts, additive=False))


def test_holm_of_known_probabilities() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    few = holm([math.nan, 0.6, 0.01])
    assert math.isnan(few[0])
    assert few[1:] == [0.6, 0.02]


@given(st.lists(st.floats(0, 1), max_size=12), st.randoms())
def test_holm_lies_between_none_and_bonferroni_in_any_order(p: list[float], random: Random) -> None:
    raised = holm(p)
    assert all(a <= b <= min(1.0, a * len(p)) + 1e-12 for a, b in zip(p, raised, strict=True))
    order = random.sample(range(len(p)), len(p))
    assert holm([p[k] for k in order]) == [raised[k] for k in order]
