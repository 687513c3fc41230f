"""Spans that say nothing don't stop the proof of the others."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.text.drift.explain import explain
from spanproof.text.drift.pool import Annotated, explain_all
from spanproof.text.drift.silent import explained_by_others
from spanproof.text.drift.span_columns import Span

TEXT = "Oslo & Porto signed; Riga didn't. Oslo waits."
SPANS = [(0, 4, "Oslo"), (11, 16, "Porto"), (25, 29, "Riga"), (38, 42, "Oslo")]
NAMES = ("Oslo", "Porto", "Riga", "Zoë", "R&D", "Ana Silva", "😀")


def silent(text: str) -> st.SearchStrategy[Span]:
    """Spans that say nothing of how offsets were counted."""
    at = st.integers(-3, len(text) + 40)
    return st.one_of(
        st.tuples(at, at, st.just("")),
        st.tuples(at, at, st.sampled_from((" ", "  ", "\n", "\u3000"))),
        st.tuples(at, at, st.sampled_from(("Izmir", "Vala & Kemal", "Q"))),
        st.tuples(at, st.integers(1, 9), st.sampled_from(NAMES)).map(lambda one: (one[0], one[0] - one[1], one[2])),
    )


@pytest.mark.parametrize("span", [(5, 5, ""), (12, 3, ""), (4, 9, "  "), (3, 8, "Izmir"), (9, 2, "Riga")])
def test_a_span_that_says_nothing_hides_no_cause(span: Span) -> None:
    without, beside = explain(TEXT, SPANS), explain(TEXT, [*SPANS, span])
    assert without.name == beside.name == "html"
    assert beside.placements[:-1] == without.placements
    assert beside.placements[-1].level == "open"


@given(st.data())
def test_a_proved_document_keeps_its_proof_beside_such_a_span(data: st.DataObject) -> None:
    words = data.draw(st.lists(st.sampled_from((*NAMES, "met", "in", "&", "and")), min_size=8, max_size=40))
    text, places = "", []
    for word in words:
        if word in NAMES:
            places.append((len(text), len(text) + len(word)))
        text += word + " "
    counted = data.draw(st.sampled_from((str, html.escape, lambda c: c * (1 + (c > "\uffff")), lambda c: c + "\r")))
    at = [0]
    for character in text:
        at.append(at[-1] + len(counted(character)))
    base = data.draw(st.sampled_from((0, 1, 3)))
    spans = [(at[start] + base, at[end] + base, text[start:end]) for start, end in places]
    first = explain(text, spans)
    span = data.draw(silent(text))
    if all(placed.level == "proved" for placed in first.placements):
        assert explain(text, [*spans, span]).placements[: len(spans)] == first.placements


def test_many_that_stand_nowhere_tell_that_the_text_is_another() -> None:
    lost = [(3 + k, 8 + k, name) for k, name in enumerate(("Izmir", "Kemal", "Vala", "Dina", "Mirela"))]
    assert explain(TEXT, [*SPANS, *lost]).foreign


def test_a_document_is_explained_as_others_are_beside_an_empty_span() -> None:
    names = ("Ana", "Bo", "Zoë", "Mia", "Sam")
    texts = [f"R&D {name} met {other} & Oslo." for name in names for other in ("Vala", "Kemal")]
    documents = []
    for text in texts:
        low = text.index("Oslo")
        documents.append(Annotated(text, [(low + 8, low + 12, "Oslo"), (2, 2, "")], [("", "")] * 2))
    alone = [document._replace(spans=document.spans[:1], contexts=[("", "")]) for document in documents]
    for beside, without in zip(explain_all(documents), explain_all(alone), strict=True):
        assert without.placements[0].level == "proved"
        assert beside.placements[0] == without.placements[0]


def test_documents_of_which_all_spans_tell_something_are_explained_once() -> None:
    asked = []
    explained_by_others(
        [Annotated(TEXT, SPANS, [("", "")] * 4)],
        lambda documents: [asked.append(one.text) or explain(one.text, one.spans) for one in documents],
    )
    assert len(asked) == 1
