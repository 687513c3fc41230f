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
from spanproof.systems.brief import Brief
from spanproof.systems.llm.answer import items_of, read_answer
from spanproof.systems.llm.asking import parts
from spanproof.systems.llm.endpoint import make, questions
from spanproof.systems.llm.prompt import _MEANINGS, _VALUES, TEMPLATE, rules
from spanproof.testing.strategies import documents, texts
from spanproof.text import timex
from spanproof.text.offsets import graphemes
from spanproof.text.segmentation import Extent
from support import examples
from support.predictions import predicted


def spans_of(document: Mapping[str, Any], layer: str) -> list[Extent]:
    return sorted(((e["start"], e["end"]) for e in document[layer]), key=lambda each: (each[0], -each[1]))


ARTICLE = Schema.article()
LAYERS = {layer: ARTICLE.nodes[layer, "*"].labels for layer in ("entities", "quotes", "dates")}
ENTITIES, QUOTES, DATES = (question for question, _ in questions(ARTICLE, Brief(LAYERS)))


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
    for question in (ENTITIES, QUOTES, DATES):
        said[question.layer] = []
        for part in parts(text, limit=40):
            answers = data.draw(st.lists(items, max_size=4))
            told = read_answer(answers, question, text[slice(*part)], "a", part[0])
            assert len(told.annotations) + len(told.unplaced) == len(answers)
            assert all(item.label in question.labels for item in told.unplaced)
            said[question.layer] += [annotation for annotation, _ in told.annotations]
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
    assert told.annotations == [({"start": 129, "end": 131, "label": "PERSON"}, "proved")]
    assert [(item.words, item.label, item.malformed, item.why) for item in told.unplaced] == [
        ("", "PERSON", True, "an item is list, no object"),
        ("Ana", "PERSON", True, "the label is 'HUMAN', none of the layer"),
        ("", "ORG", True, "an item has no words in text"),
        ("Eve", "PERSON", False, "doesn't occur in the text"),
    ]
    dates = read_answer([{"text": 2025, "type": "DATE", "value": 2025}], DATES, text, "a")
    assert dates.annotations == [({"start": 22, "end": 26, "type": "DATE", "value": "2025"}, "proved")]
    unread = read_answer([{"text": "2025", "type": "TIME", "value": "noon"}], DATES, text, "a")
    assert unread.annotations[0][0]["value"] == "XXXX-XX-XXTXX"
    assert unread.changed == ["'noon' isn't a value of a TIME"]
    quote = {"content": "We meet in 2025.", "type": "direct", "source": "Ana", "cue": "We"}
    quoted = read_answer([quote], QUOTES, text, "a")
    ((annotation, _),) = quoted.annotations
    assert annotation == {
        "start": 11,
        "end": 27,
        "type": "direct",
        "source": {"start": 0, "end": 3},
        "cue": None,
        "utterance": "a-11",
    }
    assert quoted.changed == ["the cue 'We' stands nowhere outside the content"]


def test_what_is_asked_comes_from_the_schema() -> None:
    for question in (ENTITIES, QUOTES, DATES):
        for label in question.labels:
            assert f"- {label}: {_MEANINGS[label]}" in rules(question)
        assert question.answer["required"] == [question.layer]
        assert question.description in rules(question)
        assert "$" not in rules(question)
    for kind, values in _VALUES.items():
        assert values in rules(DATES)
        assert [each for each in values.split(", ") if timex.problem(each, kind)] == []
    assert DATES.labels == timex.TYPES


FOREIGN = Schema.of({
    "type": "object", "key": "id", "required": ["id", "text", "findings"],
    "properties": {
        "id": {"type": "string"}, "text": {"type": "string"},
        "findings": {
            "type": "array", "description": "What a doctor found in the body.",
            "items": {
                "type": "object", "annotationOf": {"fragments": "pieces", "text": "words", "joinedBy": " … "},
                "labelledBy": "kind", "required": ["pieces", "words", "kind", "sure"],
                "properties": {
                    "pieces": {"type": "array", "items": {
                        "type": "object", "spanOf": "text", "required": ["start", "end"],
                        "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}}}},
                    "words": {"type": "string"},
                    "kind": {"type": "string", "enum": ["ORGAN", "PAIN"],
                             "meanings": {"ORGAN": "a part of the body", "PAIN": "what hurts, with where"}},
                    "sure": {"type": "string", "enum": ["yes", "no"]},
                },
            },
        },
    },
})  # fmt: skip
TEXT = "Pain in the left and right arm."


def test_a_discontinuous_layer_with_labels_of_its_own_is_asked_for_and_read() -> None:
    ((question, told),) = questions(FOREIGN, Brief({"findings": ("ORGAN", "PAIN")}, guidelines="Mark every arm."))
    for words in (
        "What a doctor found in the body.",
        "ORGAN: a part of the body",
        "Mark every arm.",
        "list of its pieces",
    ):
        assert words in told
    assert question.item["properties"]["text"] == {"type": "array", "items": {"type": "string"}}
    assert question.item["properties"]["sure"]["enum"] == ["yes", "no"]
    items = [
        {"text": ["left", "arm"], "kind": "organ", "sure": "yes"},
        {"text": "right arm", "kind": "ORGAN", "sure": "no"},
        {"text": ["arm", "left"], "kind": "ORGAN", "sure": "no"},
        {"text": ["leg"], "kind": "PAIN", "sure": "no"},
        {"text": ["Pain"], "kind": "PAIN", "sure": "perhaps"},
    ]
    answer = read_answer(items, question, TEXT, "a")
    pieces = [[TEXT[piece["start"] : piece["end"]] for piece in one["pieces"]] for one, _ in answer.annotations]
    assert pieces == [["left", "arm"], ["right arm"]]
    assert answer.annotations[0][0]["words"] == "left … arm"
    assert [item.why for item in answer.unplaced] == [
        "sure is 'perhaps'; expected yes or no",
        "has pieces that don't stand in this order",
        "doesn't occur in the text",
    ]


def test_examples_are_shown_with_their_answers() -> None:
    pieces = [{"start": 12, "end": 16}, {"start": 27, "end": 30}]
    finding = {"pieces": pieces, "words": "left … arm", "kind": "ORGAN", "sure": "yes"}
    document = {"id": "x", "text": TEXT, "findings": [finding]}
    ((_, told),) = questions(FOREIGN, Brief({"findings": ("ORGAN", "PAIN")}, [document]))
    assert f"An example. The text:\n\n{TEXT}" in told
    assert '{"findings": [{"text": ["left", "arm"], "kind": "ORGAN", "sure": "yes"}]}' in told


def test_a_template_of_a_user_is_filled() -> None:
    assert rules(ENTITIES, "$layer for $$5: $members") == "entities for $5: `text`, `label`\n"
    assert rules(ENTITIES, "$guidelines|$examples|$values") == "||\n"
    assert "$" not in rules(ENTITIES, TEMPLATE)
