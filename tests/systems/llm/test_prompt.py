"""What is asked of a language model, and what is heard."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spanproof
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from spanproof.systems.llm.answer import items_of, read_answer
from spanproof.systems.llm.endpoint import make, parts
from spanproof.systems.llm.prompt import _MEANINGS, _VALUES, questions
from spanproof.testing.strategies import documents, texts
from spanproof.text import timex
from spanproof.text.offsets import graphemes
from spanproof.text.segmentation import Extent
from support import examples
from support.predictions import predicted


def spans_of(document: Mapping[str, Any], layer: str) -> list[Extent]:
    return sorted(((e["start"], e["end"]) for e in document[layer]), key=lambda each: (each[0], -each[1]))


ENTITIES, QUOTES, DATES = questions()


GOOD = '{"entities": [{"text": "Ana", "label": "PERSON"}]}'


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts())
NAMES = st.sampled_from(("text", "content", "label", "type", "value", "source", "cue", "id"))
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5))
KINDS = st.sampled_from(("PERSON", "org", "DATE", "TIME ", "set", "DURATION", "direct", "MIXED", "CITY", 7, None))


@settings(max_examples=examples(40))
@given(documents(), st.data())
def test_whatever_a_model_says_the_prediction_is_sound(document: dict[str, Any], data: st.DataObject) -> None:
    text, system = document["text"], make("m@http://localhost/v1")
    cuts = graphemes(text).tolist()
    slices = st.tuples(*[st.sampled_from(cuts)] * 2).map(lambda pair: text[pair[0] : pair[1]])
    values = st.sampled_from(("2025-02-26", "P3D", "XXXX", "T9", 2025, None, "yesterday", ""))
    members = {"text": slices, "content": slices, "source": slices, "cue": slices, "value": values}
    items = st.fixed_dictionaries({}, optional={**members, "label": KINDS, "type": KINDS}) | JSON
    said: dict[str, Any] = {}
    for question in questions():
        said[question.layer] = []
        for part in parts(text, limit=40):
            answers = data.draw(st.lists(items, max_size=4))
            told = read_answer(answers, question, text[slice(*part)], "a", part[0])
            assert len(told.annotations) + len(told.lost) == len(answers)
            said[question.layer] += told.annotations
    made = predicted(document, said, system, Schema.article())
    findings = spanproof.check(Corpus.of([made], Schema.article())).findings
    assert [f"{each.code} {each.path} {each.message}" for each in findings if each.severity == "error"] == []


@given(texts(), st.integers(1, 60))
def test_the_parts_of_a_text_hold_all_of_it(text: str, limit: int) -> None:
    found = parts(text, limit=limit)
    assert all(a < b <= c for (a, b), (c, _) in pairwise(found))
    left = set(range(len(text))) - {at for a, b in found for at in range(a, b)}
    assert all(text[at].isspace() for at in left)
    assert all(b - a <= limit or len(parts(text[a:b], limit=1)) == 1 for a, b in found)


def test_paragraphs_stay_whole_where_they_can() -> None:
    text = "One is here. Two is here.\n\nThree is here. Four is here."
    assert [text[a:b] for a, b in parts(text, limit=30)] == text.split("\n\n")
    assert [text[a:b] for a, b in parts(text, limit=15)] == [
        "One is here.",
        "Two is here.",
        "Three is here.",
        "Four is here.",
    ]
    assert parts(text) == [(0, len(text))]
    assert parts("") == parts(" \n") == []
    assert [parts(text, each) for each in ("und", "tr", "zh-Hant", "qxx")] == [[(0, len(text))]] * 4


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Here it is: {GOOD} I hope that [this] helps {{you}}.",
        f'<think>{{"entities": []}} or [1] rather</think>{GOOD}',
        '[{"text": "Ana", "label": "PERSON"}]',
        f"[[[{GOOD}",
    ],
)
def test_the_items_of_an_answer_are_found(content: str) -> None:
    assert items_of(content, ENTITIES) == [{"text": "Ana", "label": "PERSON"}]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "I can't.",
        GOOD[:-5],
        GOOD.replace("}]", "},]"),
        '{"entities": {"text": "Ana"}}',
        '{"PERSON": ["Ana"]}',
        '["Ana", "Bo"]',
        '{"entities": "Ana"}',
        "[" * 100_000,
        '[{"a":' * 100_000,
    ],
)
def test_what_is_no_answer_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match="no JSON object with a list entities"):
        items_of(content, ENTITIES)


def test_nothing_is_an_answer() -> None:
    assert items_of('{"entities": null}', ENTITIES) == items_of('{"entities": []}', ENTITIES) == []


def test_what_is_heard_is_told_with_what_is_lost_or_changed() -> None:
    text = "Ana said: “We meet in 2025.” Bo left."
    items = [{"text": "Bo", "label": "person"}, {"text": "Eve", "label": "PERSON"}, ["Ana", "PERSON"]]
    items += [{"text": "Ana", "label": "HUMAN"}, {"label": "ORG"}]
    told = read_answer(items, ENTITIES, text, "a", 100)
    assert told.annotations == [{"start": 129, "end": 131, "label": "PERSON"}]
    assert str(told) == (
        "of 5 answers 4 lost: an item is list, no object; 'Ana' has the label 'HUMAN'; "
        "an item has no words in text; 'Eve' doesn't occur in the text"
    )
    dates = read_answer([{"text": 2025, "type": "DATE", "value": 2025}], DATES, text, "a")
    assert dates.annotations == [{"start": 22, "end": 26, "type": "DATE", "value": "2025"}]
    unread = read_answer([{"text": "2025", "type": "TIME", "value": "noon"}], DATES, text, "a")
    assert unread.annotations[0]["value"] == "XXXX-XX-XXTXX"
    assert unread.changed == ["'noon' isn't a value of a TIME"]
    quote = {"content": "We meet in 2025.", "type": "direct", "source": "Ana", "cue": "We"}
    quoted = read_answer([quote], QUOTES, text, "a")
    assert quoted.annotations == [
        {"start": 11, "end": 27, "type": "direct", "source": {"start": 0, "end": 3}, "cue": None, "utterance": "a-11"}
    ]
    assert quoted.changed == ["the cue 'We' stands nowhere outside the content"]


def test_what_is_asked_comes_from_the_schema() -> None:
    for question in questions():
        for label in question.labels:
            assert f"- {label}: {_MEANINGS[label]}" in question.rules
        assert question.answer["required"] == [question.layer]
    for kind, values in _VALUES.items():
        assert values in DATES.rules
        assert [each for each in values.split(", ") if timex.problem(each, kind)] == []
    assert DATES.labels == timex.TYPES
