"""No place is proved that is wrong: spans counted in other versions of the text, in ways that no list names."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.text.drift.explain import explain
from spanproof.text.drift.span_columns import Span
from support.versions import KINDS, Annotated, Drifted, without

SEEDS = 6
DOUBLED = (10, 17, 31, 34)
"""Cases in which two sentences were doubled between two spans, or what was left open was proved wrong afterwards."""
MANY = 240
"""Seeds of each kind in the long run."""
WRONG_CASES = 0.01
"""The share of the cases of a kind in which a span may be proved wrong in the long run.

It isn't 0: the theorem allows it where the true model is longer by more than six bits, as it often is in these texts.
In 1,020 cases of the 17 kinds of edited texts (seeds 240 to 299) 7 of 14,293 places were wrong, in two of them; one is
mended since. In 1,116 cases of all 31 (seeds 64 to 99) 15 of 13,163 were wrong before what a deletion took cost
the chance of its words; since then none.
"""


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


def corrected(drifted: Drifted) -> Drifted:
    """The same with all proved corrections made."""
    placements = explain(drifted.text, drifted.spans).placements
    spans = [
        (*one.place, drifted.text[slice(*one.place)]) if one.level == "proved" and one.place else span
        for span, one in zip(drifted.spans, placements, strict=True)
    ]
    return drifted._replace(spans=spans)


@pytest.mark.parametrize("kind", KINDS)
def test_no_version_of_the_text_misplaces_a_span(kind: str) -> None:
    for seed in range(SEEDS):
        assert misplaced(KINDS[kind](Random(f"{kind}/{seed}"))) == [], seed


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_left_open_is_not_misplaced_after_the_rest_was_corrected(kind: str) -> None:
    for seed in range(2):
        assert misplaced(corrected(KINDS[kind](Random(f"{kind}/{seed}")))) == [], seed


@pytest.mark.parametrize(
    ("kind", "seed"),
    [
        ("few words, two edits", 17),
        ("sentences lost, lower case", 23),
        ("sentences lost, lower case", 82),
        ("sentences lost, lower case", 186),
        ("ligatures", 69),
        ("sentences lost", 21),
        ("sentence moved", 254),
        ("half escaped", 81),
        ("mentions lost", 25),
        ("moved, then edited", 25),
    ],
)
def test_what_other_edits_may_have_taken_or_left_elsewhere_is_not_proved(kind: str, seed: int) -> None:
    """Beside an edit, at an end, where several edits were found, and where a part of the spans wasn't looked at."""
    assert misplaced(KINDS[kind](Random(f"{kind}/{seed}"))) == []


def test_a_span_that_agrees_is_not_moved_without_wrong_ones_that_bear_it_out() -> None:
    case = KINDS["half corrected, cut"](Random("half corrected, cut/44"))
    placements = explain(case.text, case.spans).placements
    agree = [(span, one) for span, one in zip(case.spans, placements, strict=True)
             if case.text[slice(*span[:2])] == span[2]]  # fmt: skip
    assert len(agree) > 20
    assert [span for span, one in agree if one.level == "proved" and one.place != span[:2]] == []
    assert misplaced(case) == []


@pytest.mark.parametrize("seed", DOUBLED)
def test_of_sentences_that_stand_twice_neither_is_proved(seed: int) -> None:
    case = KINDS["sentences doubled"](Random(f"sentences doubled/{seed}"))
    assert misplaced(case) == []
    assert misplaced(corrected(case)) == []


def test_a_correction_adds_no_evidence() -> None:
    mended = again = 0
    for kind in ("sentences doubled", "strings removed", "pasted", "headed", "mentions lost"):
        for seed in range(3):
            first = KINDS[kind](Random(f"{kind}/{seed}"))
            second = corrected(first)
            mended += sum(one != other for one, other in zip(first.spans, second.spans, strict=True))
            again += sum(one != other for one, other in zip(second.spans, corrected(second).spans, strict=True))
    assert mended > 100
    assert again <= 0.02 * mended


@given(st.data())
def test_texts_of_two_words_do_not_tell_which_were_deleted(data: st.DataObject) -> None:
    words = data.draw(st.lists(st.sampled_from(("met", "Oslo")), min_size=12, max_size=70))
    size = data.draw(st.integers(1, 5))
    first = data.draw(st.integers(0, len(words) - size))
    text = " ".join(words)
    places = [match.span() for match in re.finditer(r"\w+", text)]
    low, high = places[first][0], places[first + size][0] if first + size < len(words) else len(text)
    case = without(Annotated(text, places), low, high)
    unlike = [span for span in misplaced(case) if not is_another_reading(text, low, high, case, span)]
    assert unlike == []


def is_another_reading(text: str, low: int, high: int, case: Drifted, span: Span) -> bool:
    """Whether a deletion of the same size elsewhere leaves the same text, and the span where it was put."""
    placed = dict(zip(case.spans, explain(case.text, case.spans).placements, strict=True))[span].place
    size = high - low
    for at in range(len(text) - size + 1):
        kept = span[1] <= at or span[0] >= at + size
        moved = 0 if span[1] <= at else size
        if kept and text[:at] + text[at + size :] == case.text and placed == (span[0] - moved, span[1] - moved):
            return True
    return False


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_versions_of_the_text_misplace_spans_in_few_of_many_cases(kind: str) -> None:
    seeds = range(SEEDS, MANY)
    wrong = [seed for seed in seeds if misplaced(KINDS[kind](Random(f"{kind}/{seed}")))]
    assert len(wrong) <= WRONG_CASES * len(seeds), wrong


@pytest.mark.parametrize(("kind", "share"), [("doubled", 0.75), ("headed", 0.9), ("items lost", 0.25)])
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
    assert mended > 0.15 * wrong


def test_a_unit_that_only_gives_spans_a_place_is_not_proved_if_without_it_little_is_longer() -> None:
    text = "王芳见了去上海。“好”说上海。北京。“好”见了上海和见了北京。北京和和。\r\n\r\n" + (
        "王芳😀😀王芳😀。“好”王芳。王芳见了去王芳见了😀王芳。北京😀和王芳😀去王芳。"
    )
    spans = [(28, 29, "北京"), (31, 32, "北京"), (48, 49, "王芳"), (79, 80, "王芳")]  # the last character, and an edit
    placements = explain(text, spans).placements
    assert [placements[k].level == "proved" for k in (2, 3)] == [False, False]
