"""A surface is found wherever it begins, in short texts and in long ones."""

from random import Random

import pytest

from spanproof.text.drift.surfaces import all_starts, starts
from spanproof.text.letters import Letters


@pytest.mark.parametrize("seed", range(20))
def test_a_long_text_has_the_places_that_looking_for_one_after_another_finds(seed: int) -> None:
    draw = Random(seed)
    text = "".join(draw.choices(("a", "b", "Ana ", "😀", "\ud800", "a" * 30), k=draw.choice((3, 30, 9_000))))
    somewhere = draw.randrange(len(text))
    surfaces = ["", "a", "aa", "a" * 40, "Ana a", "c", "\ud800", text, text + "a", text[somewhere : somewhere + 25]]
    for surface in surfaces:
        assert all_starts(Letters(text), surface).tolist() == starts(text, surface)
