"""Names of the same words: what is one entity, and that the baseline is scored on that alone."""

import pytest

from spanproof.systems.adapters.same_words import SYSTEM, together
from spanproof.systems.names import full_name, words_of
from spanproof.systems.system import Source
from support.systems_here import committed, ready

TEXT = "The Kremlin’s Denís Silva met Bo Silva. Silva left; the KREMLIN and Bo stayed. Lisbon."


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("The Kremlin’s", ("kremlin",)),
        ("KREMLIN", ("kremlin",)),
        ("Denís\u00a0Silva", ("denis", "silva")),
        ("Deni\u0301s", ("denis",)),
        ("the", ("the",)),
        ("U.S.", ("u", "s")),
        ("«»", ()),
    ],
)
def test_a_name_is_its_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


def test_a_short_name_stands_for_the_first_longer_one_that_ends_so() -> None:
    names = [("ana", "silva"), ("bo", "silva")]
    assert full_name(("silva",), names) == ("ana", "silva")
    assert full_name(("ana",), names) == ("ana",)
    assert full_name((), names) == ()


def test_what_has_the_same_words_is_one_entity() -> None:
    labels = {"The Kremlin’s": "ORG", "Denís Silva": "PERSON", "Silva": "PERSON", "KREMLIN": "ORG", "Lisbon": "GPE"}
    names = [
        {"start": at, "end": at + len(words), "label": label}
        for words, label in labels.items()
        for at in [TEXT.rindex(words)]
    ]
    found = [name["entity_id"] for name in together(Source("a", TEXT), names)]
    assert found == ["kremlin", "denis-silva", "denis-silva", "kremlin", "lisbon"]
    assert together(Source("a", "…"), [{"start": 0, "end": 1, "label": "PERSON"}])[0]["entity_id"] is None
    assert together(Source("a", ""), []) == []


@pytest.mark.slow
def test_it_finds_what_spacy_finds_and_is_scored_on_what_it_puts_together() -> None:
    system = ready(SYSTEM)
    assert system.scored == ("clusters",)
    ours, theirs = (committed(name).path.read_text("utf-8") for name in ("same-words", "spacy-sm"))
    assert ours.count('"entity_id": "') > 200
    assert ours.count('"label": "GPE"') == theirs.count('"label": "GPE"')
