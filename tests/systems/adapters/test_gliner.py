"""GLiNER: pieces of a text, and a tiny real model."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.systems.adapters import gliner
from support.toy_models import GLINER, answers, built, plain, said


@given(st.lists(st.integers(0, 9), max_size=40), st.integers(1, 9), st.integers(1, 30))
def test_pieces_are_all_words_in_order_and_fit(weights: list[int], most: int, room: int) -> None:
    found = list(gliner.pieces(weights, most, room))
    assert [k for low, high in found for k in range(low, high)] == list(range(len(weights)))
    assert all(high - low <= most and (sum(weights[low:high]) <= room or high - low == 1) for low, high in found)
    for (low, high), _ in pairwise(found):
        assert high - low == most or sum(weights[low : high + 1]) > room


@pytest.mark.slow
@pytest.mark.xdist_group("gliner")
def test_gliner_reads_the_whole_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "gliner_config.json").write_text("{}")
    built(gliner.make(str(tmp_path)), GLINER, tmp_path)
    long = plain("long", f"the talks {'😀 word' * 700}. Ana met Bo.")
    made = answers(gliner.make(str(tmp_path)), [long, plain("empty", "")], tmp_path / "out")
    found = said(made["long"])  # of random weights, so of spans everywhere
    assert found[-1][0] > 0.9 * len(long["text"])
    assert all(other[0] - one[1] < 400 for one, other in pairwise(found))
    assert said(made["empty"]) == []
