from collections import Counter

import pytest

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.testing.open_world.cases import KINDS, SCHEMA, Case, case
from spanproof.testing.open_world.drifts import SURFACES
from spanproof.testing.open_world.judging import FATES, as_markdown, fates

SEEDS = range(12)


def wrong(broken: Case) -> int:
    """How many spans aren't where they belong, or don't have the words of the text."""
    return sum(
        place is None or (item["start"], item["end"], item["text"]) != (*place, document["text"][slice(*place)])
        for document, places in zip(broken.documents, broken.places, strict=True)
        for item, place in zip(document["names"], places, strict=True)
    )


def test_documents_without_a_drift_are_sound() -> None:
    for number in SEEDS:
        sound = case("no drift", number)
        assert [f for f in check(Corpus.of(sound.documents, SCHEMA)).findings if f.severity == "error"] == []
        assert wrong(sound) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_is_made_by_its_number_and_breaks_spans(kind: str) -> None:
    cases = [case(kind, number) for number in SEEDS]
    assert cases == [case(kind, number) for number in SEEDS]
    assert any(map(wrong, cases)) == (kind != "no drift")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "span" not in kind])
def test_a_place_has_the_words_that_were_annotated(kind: str) -> None:
    for number in SEEDS:
        broken = case(kind, number)
        change = SURFACES[broken.drift.surface] if broken.drift.surface else str
        for document, places in zip(broken.documents, broken.places, strict=True):
            for item, place in zip(document["names"], places, strict=True):
                if place is not None and item["text"] is not None:
                    assert change(document["text"][slice(*place)]) == item["text"]


def test_names_stand_many_times() -> None:
    counts = [
        document["text"].count(item["text"])
        for number in SEEDS
        for document in case("no drift", number).documents
        for item in document["names"]
    ]
    assert sum(count > 2 for count in counts) > len(counts) / 2


def test_the_fate_of_a_span_is_told() -> None:
    assert set(fates(case("no drift", 0)).values()) == {"sound"}
    assert set(fates(case("shift", 0)).values()) <= set(FATES)
    table = as_markdown({"shift": (2, ["mended", "sound", "left"]), "no drift": (1, ["sound"])})
    assert "| shift | 2 | 1 | 1 | 1 | 0 | 0 | 0 | 50% |" in table
    assert "| no drift | 1 | 1 | 0 | 0 | 0 | 0 | 0 | - |" in table
    assert Counter(table)["\n"] == 4
