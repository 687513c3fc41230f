"""How two spellings of the same words differ."""

import pytest

from spanproof.text.likeness import are_alike, differing


@pytest.mark.parametrize(
    ("one", "other", "by"),
    [
        ("Izmir", "izmir", ("case",)),
        ("İZMİR", "izmir", ("case",)),
        ("Iğdır", "ığdır", ("case",)),
        ("Körner", "Korner", ("accents",)),
        ("Éva", "eva", ("case", "accents")),
        ("Ana\n Silva", "Ana Silva", ("white space",)),
        ("Zoë", "Zoe\u0308", ("normal form",)),
        ("ﬁn", "fin", ("compatibility characters",)),
        ("Ana", "Ana", ()),
        ("Ana", "Bo", ()),
    ],
)
def test_the_fewest_differences_are_named(one: str, other: str, by: tuple[str, ...]) -> None:
    assert differing(one, other) == differing(other, one) == by


def test_words_with_most_letters_in_common_are_alike() -> None:
    assert are_alike("München", "Muenchen")
    assert not are_alike("Izmir", "Porto")
