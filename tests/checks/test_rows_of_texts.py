"""Turns of a dialogue whose offsets count in the whole dialogue: the cause is told, and the correction is made."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from support.documents import ROOT

DIALOGUE = json.loads((ROOT / "schema" / "examples" / "dialogue.schema.json").read_text("utf-8"))
THEMES = {"type": "array", "items": {"type": "object", "spanOf": {"text": "/topic"}, "properties": {
    "start": {"type": "integer"}, "end": {"type": "integer"}}}}  # fmt: skip
TURNS = Schema.of(DIALOGUE)
WHOLE = Schema.of({**DIALOGUE, "properties": {**DIALOGUE["properties"], "topic": {"type": "string"}, "themes": THEMES}})
"""A turn is a document; the dialogue is, since spans of its topic stand beside the turns."""
SAID = (
    ("user", "A table in Lisbon for two on Monday, please.", ("Lisbon", "Monday")),
    ("system", "Casa Ana in Lisbon is free on Monday.", ("Casa Ana", "Lisbon", "Monday")),
    ("user", "Not in Lisbon, in Porto, and on Friday.", ("Lisbon", "Porto", "Friday")),
    ("system", "Vala in Porto is free on Friday.", ("Vala", "Porto", "Friday")),
)
SLOTS = {"city": ("Lisbon", "Porto"), "date": ("Monday", "Friday"), "restaurant": ("Casa Ana", "Vala")}
Bases = Callable[[list[str], list[str]], list[int]]


def dialogue(bases: Bases) -> dict[str, Any]:
    speakers, texts = [speaker for speaker, *_ in SAID], [text for _, text, _ in SAID]
    turns = []
    for (speaker, text, values), base in zip(SAID, bases(speakers, texts), strict=True):
        starts = [text.index(value) for value in values]
        slots = [
            {"slot": slot, "value": value, "start": at + base, "exclusive_end": at + base + len(value)}
            for value, at in zip(values, starts, strict=True)
            for slot, known in SLOTS.items()
            if value in known
        ]
        turns.append({"speaker": speaker, "utterance": text, "slots": slots})
    return {"dialogue_id": "d1", "turns": turns, "topic": "Lunch", "themes": [{"start": 0, "end": 5}]}


def in_own_text(speakers: list[str], _: list[str]) -> list[int]:
    return [0] * len(speakers)


def joined(speakers: list[str], texts: list[str]) -> list[int]:
    return [sum(len(text) + 1 for text in texts[:k]) for k in range(len(texts))]


def with_speakers(speakers: list[str], texts: list[str]) -> list[int]:
    lines = [f"{speaker}: {text}\n" for speaker, text in zip(speakers, texts, strict=True)]
    return [sum(map(len, lines[:k])) + len(speakers[k]) + 2 for k in range(len(texts))]


@pytest.mark.parametrize(
    ("bases", "cause"),
    [
        (joined, "joined with 1 code point between two"),
        (with_speakers, "joined with 1 code point between two, each with 'speaker' and 2 code points before it"),
    ],
)
@pytest.mark.parametrize("schema", [TURNS, WHOLE])
def test_offsets_that_count_in_a_dialogue_are_explained_and_corrected(bases: Bases, cause: str, schema: Schema) -> None:
    corpus = Corpus.of([dialogue(bases)], schema)
    causes = {finding.cause.statement for finding in check(corpus).findings if finding.cause}
    assert causes == {f"offsets count in all texts of the record, {cause}"}
    corrected = fix(corpus).corpus
    assert json.dumps([*corrected.records()]) == json.dumps([dialogue(in_own_text)])
    assert check(corrected).findings == check(Corpus.of([dialogue(in_own_text)], schema)).findings


def test_spans_past_the_end_of_their_own_turn_are_moved_with_the_others() -> None:
    sound = dialogue(in_own_text)
    for turn in sound["turns"]:
        turn["utterance"] = "😀 😀 😀 😀 " + turn["utterance"]
        for slot in turn["slots"]:
            slot["start"], slot["exclusive_end"] = slot["start"] + 8, slot["exclusive_end"] + 8
    drifted = json.loads(json.dumps(sound))
    for slot in (slot for turn in drifted["turns"] for slot in turn["slots"]):
        slot["start"], slot["exclusive_end"] = slot["start"] + 4, slot["exclusive_end"] + 4
    findings = check(Corpus.of([drifted], WHOLE)).findings
    outside = [finding for finding in findings if finding.code == "SP101"]
    assert [finding.message for finding in outside if "outside of its string" in finding.message]
    assert {finding.cause.name for finding in findings if finding.cause} == {"utf-16"}
    assert all(finding.fix and finding.level == "proved" for finding in outside)
    (mended,) = fix(Corpus.of([drifted], WHOLE)).corpus.records()
    assert mended["turns"][1:] == sound["turns"][1:]
    assert mended["turns"][0] in (drifted["turns"][0], sound["turns"][0])  # two spans are too few for a proof


def test_a_span_past_the_end_of_its_own_turn_that_nothing_explains_is_left() -> None:
    alone = dialogue(in_own_text)
    first = alone["turns"][0]
    first["utterance"] = "Ribeira, please: " + first["utterance"]  # where a place at 0 is no evidence
    first["slots"] = [{"slot": "restaurant", "value": "Ribeira", "start": 90, "exclusive_end": 97}]
    findings = [finding for finding in check(Corpus.of([alone], WHOLE)).findings if finding.code == "SP101"]
    assert len(findings) == 2
    assert all(finding.cause is None and finding.level != "proved" for finding in findings)
    assert [*fix(Corpus.of([alone], WHOLE)).corpus.records()] == [alone]
