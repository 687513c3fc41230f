"""The baseline of quotations: content, speaker and cue."""

from typing import Any

import pytest

from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems.registry import systems
from spanproof.systems.system import System
from support.predictions import annotate

OURS = tuple(systems(()).known.values())


REGISTRIES = {"entities": {"ana": {"type": "PERSON", "aliases": ["Ana", "Ana Silva", "外"]}, "e": {"type": "LOC"}}}


def predict(system: System, document: Document) -> dict[str, Any]:
    return annotate(system, system.load(REGISTRIES), [document], Schema.article())[0]


@pytest.mark.parametrize(
    ("text", "content", "name", "cue"),
    [
        ("“We all meet in Rio,” said Ana Silva.", "We all meet in Rio", "Ana Silva", "said"),
        ('On Monday Ana de Silva has said: "We all meet in Rio."', "We all meet in Rio.", "Ana de Silva", "has said"),
        ("« We all meet in Rio », he added.", "We all meet in Rio", "he", "added"),
        ("“We all meet in Rio” was reported.", "We all meet in Rio", None, "was reported"),
        ("Bo said no. “We all meet in Rio,” Ana told Eve.", "We all meet in Rio", "Ana", "told"),
    ],
)
def test_a_quotation_is_attributed(text: str, content: str, name: str | None, cue: str) -> None:
    system = next(each for each in OURS if each.name == "quotes-baseline")
    (made,) = predict(system, {"id": "a", "text": text, "language": "en"})["quotes"]
    assert (made["text"], made["source"] and made["source"]["text"], made["cue"]["text"]) == (content, name, cue)
    assert (made["type"], made["speaker"], made["continues"]) == ("direct", None, None)


@pytest.mark.parametrize(
    "text", ["a “deal” he said", "“We all meet in Rio,” and", "“We all\nmeet in Rio,” he said", "“”"]
)
def test_marks_alone_are_no_quotation(text: str) -> None:
    system = next(each for each in OURS if each.name == "quotes-baseline")
    assert predict(system, {"id": "a", "text": text, "language": "en"})["quotes"] == []
