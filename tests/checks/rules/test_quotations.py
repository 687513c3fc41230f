"""Rules of quotations (SP4xx): marks of many languages."""

import pytest

from spanproof.checks.examples import sound
from support.checks import QUOTE, codes


@pytest.mark.parametrize("mark", ['"', "'", "“", "«", "「", "„"])
def test_marks_of_many_languages_open_and_close(mark: str) -> None:
    close = {'"': '"', "'": "'", "“": "”", "«": "»", "「": "」", "„": "“"}[mark]
    text = f"{mark}We meet,{close} she said."
    quote = {**QUOTE, "start": 1, "end": 8, "text": "We meet"}
    assert codes(sound(text=text, quotes=[quote])) == []
    assert codes(sound(text=text[1:], quotes=[{**quote, "start": 0, "end": 7}])) == ["SP402"]
