"""Offsets that count from the start of a window of the text."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.certificate import certificate_of
from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.testing.open_world.cases import SCHEMA, document
from spanproof.testing.open_world.drifts import Placed
from spanproof.testing.open_world.texts import LANGUAGES, written
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.pool import Annotated, explain_all
from spanproof.text.drift.span_columns import Span

Place = tuple[int, int]


def in_windows(seed: int, step: int, size: int, sentences: int) -> tuple[Annotated, list[Place]]:
    """Return a text whose offsets count in windows of a size, and the places of its spans."""
    random = Random(seed)
    text = written(random, sentences, random.choice(LANGUAGES))
    spans: list[Span] = []
    places = []
    for mention in text.mentions:
        begins = [low for low in range(0, len(text.text), step) if low <= mention.start and mention.end <= low + size]
        if begins and random.random() < 0.7:
            low = random.choice(begins)
            spans.append((mention.start - low, mention.end - low, text.text[mention.start : mention.end]))
            places.append((mention.start, mention.end))
    return Annotated(text.text, spans), places


def proved(explanation: Explanation, places: list[Place]) -> list[bool]:
    """Return of each span that is proved whether its place is right."""
    pairs = zip(explanation.placements, places, strict=True)
    return [placed.place == place for placed, place in pairs if placed.level == "proved"]


@settings(max_examples=12)
@given(
    st.integers(0, 500),
    st.sampled_from((60, 100, 128, 256, 300, 512)),
    st.sampled_from((1, 1.25, 2)),
    st.integers(6, 30),
)
def test_what_is_proved_in_windows_is_right(seed: int, step: int, overlap: float, sentences: int) -> None:
    some = [in_windows(seed + k, step, int(step * overlap), sentences) for k in range(3)]
    some = [one for one in some if one[0].spans]
    apart = [annotated._replace(layers=range(len(annotated.spans))) for annotated, _ in some]
    for asked in [annotated for annotated, _ in some], apart:
        for explanation, (_, places) in zip(explain_all(asked), some, strict=True):
            assert all(proved(explanation, places))


@pytest.mark.parametrize(("step", "size"), [(300, 300), (400, 500), (200, 400)])
def test_most_spans_of_a_text_in_windows_are_proved(step: int, size: int) -> None:
    annotated, places = in_windows(1, step, size, 30)
    [told] = explain_all([annotated])
    assert told.name == "window-relative"
    assert told.statement == (
        f"offsets count from the start of a window of the text; windows begin every {step} code points"
    )
    right = proved(told, places)
    wrong = sum(span[:2] != place for span, place in zip(annotated.spans, places, strict=True))
    assert all(right)
    assert len(right) > 0.6 * wrong
    assert not told.foreign


def test_a_text_of_two_windows_is_proved_by_others_alone() -> None:
    """One number by which spans are off may be anything; that of other documents may not."""
    longer = [in_windows(k, 300, 300, 24) for k in (3, 5, 6)]
    annotated, places = next(
        one for one in (in_windows(k, 300, 300, 11) for k in range(20, 60)) if 380 < len(one[0].text) < 500
    )
    order = Random(1).sample(range(len(places)), len(places))  # in which no pieces show
    annotated, places = Annotated(annotated.text, [annotated.spans[k] for k in order]), [places[k] for k in order]
    [alone] = explain_all([annotated])
    assert alone.name != "window-relative"
    *_, told = explain_all([*(one for one, _ in longer), annotated])
    assert told.name == "window-relative"
    assert len(proved(told, places)) > 2
    assert all(proved(told, places))


def test_no_certificate_states_windows() -> None:
    annotated, places = in_windows(1, 300, 300, 30)
    spans = [Placed(*span, place) for span, place in zip(annotated.spans, places, strict=True)]
    corpus = Corpus.of([document("d", annotated.text, spans)], SCHEMA)
    assert sum(finding.level == "proved" for finding in check(corpus).findings) > 20
    made = certificate_of(corpus)
    assert made.proved > 20
    assert made.stated == 0


def test_two_annotations_that_are_stored_alike_are_not_put_on_one_place() -> None:
    annotated, places = in_windows(1, 300, 300, 30)
    [told] = explain_all([annotated])
    k = next(k for k, placed in enumerate(told.placements) if placed.level == "proved")
    [twice] = explain_all([Annotated(annotated.text, [*annotated.spans, annotated.spans[k]])])
    assert twice.name == "window-relative"
    assert twice.placements[k].level == twice.placements[-1].level == "open"
    assert all(proved(twice, [*places, places[k]]))


def test_words_before_a_span_decide_between_windows() -> None:
    annotated, places = in_windows(1, 300, 300, 30)
    [told] = explain_all([annotated])
    wrong = [k for k, (span, place) in enumerate(zip(annotated.spans, places, strict=True)) if span[:2] != place]
    k = next(k for k in wrong if told.placements[k].candidates)
    before = annotated.text[places[k][0] - 40 : places[k][0]]
    contexts = [(before if n == k else "", "") for n in range(len(places))]
    [again] = explain_all([Annotated(annotated.text, annotated.spans, contexts)])
    assert again.placements[k].place == places[k]
