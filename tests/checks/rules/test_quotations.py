"""Rules of quotations (SP4xx): marks of many languages."""

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from support.checks import QUOTE, codes, correct


@pytest.mark.parametrize("mark", ['"', "'", "“", "«", "「", "„"])
def test_marks_of_many_languages_open_and_close(mark: str) -> None:
    close = {'"': '"', "'": "'", "“": "”", "«": "»", "「": "」", "„": "“"}[mark]
    text = f"{mark}We meet,{close} she said."
    quote = {**QUOTE, "start": 1, "end": 8, "text": "We meet"}
    assert codes(sound(text=text, quotes=[quote])) == []
    assert codes(sound(text=text[1:], quotes=[{**quote, "start": 0, "end": 7}])) == ["SP402"]


@pytest.mark.parametrize(
    ("text", "content", "right"),
    [
        ("She said: “We meet.”", "“We meet.”", "We meet."),
        ("Elle dit : « On part »", "« On part »", "On part"),
        ("Sie sagte: „Gut.“", "„Gut.", "Gut."),
        ('She said: "We meet"', 'We meet"', "We meet"),
    ],
)
def test_a_mark_in_the_content_is_left_out(text: str, content: str, right: str) -> None:
    quote = {**QUOTE, "start": text.index(content), "end": text.index(content) + len(content), "text": content}
    (finding,) = check(Corpus.of([sound(text=text, quotes=[quote])])).findings
    assert (finding.code, finding.level) == ("SP404", "proved")
    corrected, _ = correct(sound(text=text, quotes=[quote]), Schema.article(), {})
    assert corrected["quotes"][0]["text"] == right
    assert codes(corrected) == []


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("“Yes,” she said, “no.”", "“Yes,” she said, “no.”"),  # the first mark isn't the mate of the last
        ("‘the boys’", "the boys’"),  # an apostrophe, perhaps
        ("“We ‘meet’”", "We ‘meet’"),  # marks of what is quoted within
        ("“”", "“”"),
    ],
)
def test_a_mark_that_may_belong_to_the_content_stays(text: str, content: str) -> None:
    quote = {**QUOTE, "start": text.index(content), "end": text.index(content) + len(content), "text": content}
    assert "SP404" not in codes(sound(text=text, quotes=[quote]))
