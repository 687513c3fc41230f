"""A cause that fits most spans of a text, but not closely enough for a proof, is told as likely, and moves nothing."""

from random import Random

import pytest

from spanproof.text.drift.explain import explain
from spanproof.text.drift.model import Explanation

PLAIN = ("Mirela", "Halden & Co", "Izmir")
FULL = {"Vala": "Nikos Vala", "Oslo": "the City of Oslo"}


def explained(number: int, off: int) -> tuple[Explanation, int]:
    """Explain spans counted with `&amp;`, of which some have a name in full as their surface; and how many haven't.

    Args:
        number: draws the text.
        off: by how many code points, or up to nine times as many, each offset is off besides.
    """
    draw = Random(f"leaning/{number}")
    text, spans, plain = "", [], 0
    for k in range(60):
        text += draw.choice((" met ", ". R&D saw ", " & ", ", then "))
        name = draw.choice(list(FULL) if k % 2 and k % 10 < 9 else PLAIN)
        start = len(text) + 4 * text.count("&") + off * draw.randint(1, 9)
        text += name
        spans.append((start, start + len(name) + 4 * name.count("&"), FULL.get(name, name)))
        plain += name not in FULL
    return explain(text, spans), plain


@pytest.mark.parametrize("number", range(5))
def test_the_cause_of_most_spans_is_likely_and_moves_none(number: int) -> None:
    explanation, plain = explained(number, 0)
    assert (explanation.models, explanation.name) == ((), "html")
    assert f"so {plain} of 60 spans stand where their words are" in explanation.statement
    assert "proved" not in {one.level for one in explanation.placements}


@pytest.mark.parametrize("number", range(5))
def test_where_it_fits_few_none_is(number: int) -> None:
    explanation, _ = explained(number, 1)
    assert (explanation.models, explanation.name) == ((), "")


def test_a_model_that_fits_fewer_than_half_of_the_spans_is_told_with_their_number() -> None:
    gone = " ".join(f"Gone{k} saw Lost{k} in Past{k}." for k in range(4))
    text = "Ana met Bo in Oslo. Cem met Dina in Riga."
    here = [(text.index(name), name) for name in ("Ana", "Bo", "Oslo", "Cem", "Dina", "Riga")]
    lost = [(gone.index(word), word) for k in range(4) for word in (f"Gone{k}", f"Lost{k}", f"Past{k}")]
    spans = [(at, at + len(word), word) for at, word in lost]
    spans += [(at + len(gone) + 1, at + len(gone) + 1 + len(name), name) for at, name in here]
    explanation = explain(text, spans)
    assert (explanation.models, explanation.name, explanation.foreign) == ((), "", True)
    assert explanation.statement.startswith(f"6 of 18 spans fit this: from {len(gone) + 1} on every offset is")
