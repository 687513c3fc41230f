"""Flair: where its tokens stand, and a tiny real model."""

from itertools import pairwise
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from spanproof.systems.adapters import flair
from spanproof.text import segmentation
from support.toy_models import FLAIR, LETTERS, answers, built, partition, plain, said, saved


@given(LETTERS, st.lists(st.integers(0, 10**4), max_size=20))
def test_tokens_of_a_text_are_found_where_they_are(text: str, cuts: list[int]) -> None:
    extents = [(low, high) for low, high in partition(text, cuts) if text[low:high].strip()]
    found = flair.placed(text, [text[low:high] for low, high in extents], 0, len(text))
    seen = [each for each in extents if regex.search(r"[^\s\p{C}\p{M}\p{Z}]", text[each[0] : each[1]])]
    assert found == seen


@given(LETTERS, st.lists(st.text("ab. \u200b", max_size=3), max_size=9), st.integers(0, 9))
def test_tokens_that_are_not_the_text_s_are_replaced(text: str, strange: list[str], start: int) -> None:
    low = min(start, len(text))
    found = flair.placed(text, strange, low, len(text))
    assert all(low <= one[0] < one[1] <= len(text) for one in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert flair.placed(text, ["no such token"], low, len(text)) == [
        each
        for each in segmentation.tokens(text, low, len(text))
        if regex.search(r"[^\s\p{C}\p{M}\p{Z}]", text[each[0] : each[1]])
    ]


@pytest.mark.slow
@pytest.mark.xdist_group("flair")
def test_flair_finds_names_behind_what_it_takes_out(tmp_path: Path) -> None:
    file = tmp_path / "toy.pt"
    file.write_bytes(saved(["B-PER"]))
    built(flair.make(str(file)), FLAIR, file)
    text = "we\u200b met \ufeffAna\u200b in Rio . 🎉 \ufe0f on Monday\u2028Robinson said Brie ."
    system = flair.make(str(file))
    made = answers(system, [plain("one", text), plain("empty", "")], tmp_path / "out")["one"]
    assert [(text[low:high], kind) for low, high, kind in said(made)] == [
        ("Ana", "PERSON"),
        ("Rio", "LOC"),
        ("Monday", "DATE"),
        ("Robinson", "PERSON"),
    ]
    assert system.label_set == "three"
