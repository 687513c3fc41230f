"""HeidelTime: how its answers are laid on the text."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.systems.adapters import heideltime
from support.dates import MIXED


def tagged(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """What HeidelTime prints: the text as it is, with tags in it."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], f'<TIMEX3 tid="t1" type="DATE" value="2025">{text[start:end]}</TIMEX3>']
        at = end
    inside = "".join([*pieces, text[at:]])
    return f'<?xml version="1.0"?>\n<!DOCTYPE TimeML SYSTEM "TimeML.dtd">\n<TimeML>\n{inside}\n</TimeML>\n\n'


@given(MIXED, st.data())
def test_an_answer_of_heideltime_is_laid_on_the_text(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    assert [(e.start, e.end) for e in heideltime.expressions(text, tagged(text, spans))] == spans


@given(MIXED, MIXED)
def test_an_answer_about_another_text_is_refused(text: str, other: str) -> None:
    if text == other:
        return
    with pytest.raises(ValueError, match="isn't the text"):
        list(heideltime.expressions(text, tagged(other, [])))


@pytest.mark.parametrize(
    ("text", "answered", "why"),
    [("a</TIMEX3>", tagged("a</TIMEX3>", []), "TIMEX3 tags itself"), ("a", "a", "no TimeML"), ("a", "", "no TimeML")],
)
def test_an_answer_that_can_t_be_laid_on_the_text_is_refused(text: str, answered: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        list(heideltime.expressions(text, answered))
