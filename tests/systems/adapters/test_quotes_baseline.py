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
    assert (made["type"], made["continues"]) == ("direct", None)


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“We all meet in Rio,” said Ana de Silva.", "de-silva"),
        ("Minister Ana Sílva left. “We all meet in Rio,” said Silva.", "ana-silva"),
        ("Ana Silva left. “We all meet in Rio,” said Bo.", "bo"),
        ("Ana Silva left. “We all meet in Rio,” she said.", None),
        ("She said, “We all meet in Rio.”", None),
        ("“We all meet in Rio” was reported.", None),
    ],
)
def test_a_speaker_is_called_by_words_and_of_a_pronoun_there_is_none(text: str, speaker: str | None) -> None:
    system = next(each for each in OURS if each.name == "quotes-baseline")
    (made,) = predict(system, {"id": "a", "text": text, "language": "en"})["quotes"]
    assert made["speaker"] == speaker


def test_quotations_that_begin_alike_are_one_utterance_in_all_texts() -> None:
    system = next(each for each in OURS if each.name == "quotes-baseline")
    texts = (
        "“We all meet in Río at noon,” Ana said.",
        "He said: “We all meet in Rio.”",
        "“We all met in Rio,” he said.",
    )
    made = [predict(system, {"id": "a", "text": text, "language": "en"})["quotes"][0]["utterance"] for text in texts]
    assert made == ["we-all-meet-in-rio", "we-all-meet-in-rio", "we-all-met-in-rio"]


@pytest.mark.parametrize(
    "text", ["a “deal” he said", "“We all meet in Rio,” and", "“We all\nmeet in Rio,” he said", "“”"]
)
def test_marks_alone_are_no_quotation(text: str) -> None:
    system = next(each for each in OURS if each.name == "quotes-baseline")
    assert predict(system, {"id": "a", "text": text, "language": "en"})["quotes"] == []
