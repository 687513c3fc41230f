"""No place is proved that is wrong: spans counted in other versions of the text, in ways that no list names."""

import re
from random import Random

import pytest

from spanproof.text.drift.document import Span
from spanproof.text.drift.explain import explain
from support.versions import KINDS, Drifted

SEEDS = 6


def misplaced(drifted: Drifted) -> list[Span]:
    """The spans that are proved to stand where they don't belong; one that agrees as it is may stay."""
    explanation = explain(drifted.text, drifted.spans)
    return [
        span
        for span, placement, place in zip(drifted.spans, explanation.placements, drifted.places, strict=True)
        if placement.level == "proved"
        and placement.place != place
        and not (placement.place == span[:2] and drifted.text[slice(*span[:2])] == span[2])
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_no_version_of_the_text_misplaces_a_span(kind: str) -> None:
    for seed in range(SEEDS):
        assert misplaced(KINDS[kind](Random(f"{kind}/{seed}"))) == [], seed


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_no_version_of_the_text_misplaces_a_span_in_many_cases(kind: str) -> None:
    for seed in range(SEEDS, 40 * SEEDS):
        assert misplaced(KINDS[kind](Random(f"{kind}/{seed}"))) == [], seed


@pytest.mark.parametrize(("kind", "share"), [("doubled", 0.8), ("headed", 0.9), ("items lost", 0.3)])
def test_caution_costs_few_places(kind: str, share: float) -> None:
    wrong = mended = 0
    for seed in range(2 * SEEDS):
        case = KINDS[kind](Random(f"{kind}/{seed}"))
        for span, placement, place in zip(
            case.spans, explain(case.text, case.spans).placements, case.places, strict=True
        ):
            wrong += place is not None and span[:2] != place
            mended += span[:2] != place and placement.place == place and placement.level == "proved"
    assert mended > share * wrong


def test_of_two_copies_neither_is_proved() -> None:
    text = "Vala met Oslo. Ana met Kemal. Then Mirela left Porto for Riga, and Halden saw Zoë & Izmir there."
    stored = [match.span() for match in re.finditer("Vala|Oslo|Ana|Kemal|Mirela|Porto|Riga|Halden|Zoë|Izmir", text)]
    copied = text[15:30]
    spans = [(start, end, text[start:end]) for start, end in stored]
    explanation = explain(text[:30] + copied + text[30:], spans)
    placements = dict(zip((words for *_, words in spans), explanation.placements, strict=True))
    assert placements["Mirela"].place == (35 + len(copied), 41 + len(copied))
    assert placements["Ana"].level == placements["Kemal"].level == "open"


def test_what_may_be_off_is_the_surface_as_well() -> None:
    text = "Vala met Ana Silva and Kemal. Oslo lies far from Porto and Riga."
    spans = [(0, 4, "Vala"), (9, 12, "Ana Silva"), (23, 28, "Kemal"), (30, 34, "Oslo"), (49, 54, "Porto")]
    assert explain(text, spans).placements[1].level == "open"  # "Ana" is a word, too
    spans[1] = (9, 17, "Ana Silva")
    assert explain(text, spans).placements[1].place == (9, 18)


def test_two_spans_are_not_likely_at_one_place() -> None:
    text = "Vala met Kemal. Oslo lies far from Porto and Riga, said Ana."
    right = [(0, 4, "Vala"), (9, 14, "Kemal"), (16, 20, "Oslo"), (35, 40, "Porto")]
    assert explain(text, [*right, (47, 51, "Riga")]).placements[-1].place == (45, 49)
    twice = explain(text, [*right, (42, 46, "Riga"), (50, 54, "Riga")]).placements[-2:]
    assert [placement.level for placement in twice] == ["open", "open"]


def test_spans_among_right_ones_are_put_right() -> None:
    cases = [KINDS["half corrected"](Random(f"half corrected/{seed}")) for seed in range(2 * SEEDS)]
    wrong = mended = 0
    for case in cases:
        explanation = explain(case.text, case.spans)
        for span, placement, place in zip(case.spans, explanation.placements, case.places, strict=True):
            wrong += span[:2] != place
            mended += span[:2] != place and placement.place == place and placement.level == "proved"
    assert mended > 0.2 * wrong
