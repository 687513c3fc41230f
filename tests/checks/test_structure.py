import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks import structure as shape
from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.prefilter import suspects
from spanproof.checks.view import View
from spanproof.corpus.documents import Corpus, batch_of
from spanproof.schema.schema import Schema
from spanproof.testing import strategies
from support.documents import LETTER, LETTERS

# every keyword that columns judge, at the edge of what they can; and one that they can't
RULED: dict[str, Any] = {
    "type": "object",
    "required": ["name", "note", "none"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 2, "pattern": "^[a-z😀]+$"},
        "note": {"type": ["string", "null"], "enum": ["x", "yes", None]},
        "none": {"type": ["string", "null"], "pattern": "^.?a"},
        "one": {"type": "string", "const": "x"},
        "year": {"type": "integer", "minimum": 2},
        "share": {"type": ["number", "null"], "minimum": 0.5},
        "sure": {"type": "boolean"},
        "words": {"type": "array", "items": {"type": "string", "minLength": 1, "enum": ["x", "yes", ""]}},
        "holes": {"type": "array", "items": {"type": ["integer", "null"], "minimum": 2}},
        "part": {
            "type": ["object", "null"],
            "required": ["at"],
            "properties": {"at": {"type": "integer", "enum": [1, 2, 3]}, "why": {"type": ["string", "null"]}},
        },
    },
}
RULES: dict[str, Any] = {
    "name": "ab", "note": None, "none": "a", "one": "x", "year": 2, "share": 0.5, "sure": False,
    "words": ["x", "yes"], "holes": [None, 2], "part": {"at": 2, "why": None},
}  # fmt: skip
UNPROVED = {**RULED, "properties": {**RULED["properties"], "note": {"type": ["string", "null"], "maxLength": 3}}}

SEVERAL = {
    **RULED,
    "properties": {**RULED["properties"], "words": {**RULED["properties"]["words"], "contains": {"const": "x"}}},
}
RELATED_DEEPER = {**RULED, "anyOf": [{"required": ["year"], "properties": {"year": {"const": 2}}}]}
RELATED = {**RULED, "anyOf": [{"required": ["year", "share"]}, {"maxProperties": 1}]}

NESTED = {
    **RULED,
    "properties": {
        **RULED["properties"],
        "lists": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
    },
}

VALUES = st.sampled_from(
    [
        *(None, True, False, 0, 1, 2, -1, 0.5, 2.0, 2.5, 1e300, 2**31, 2**70),
        *("", "x", "yes", "ab", "ab\n", "é", "😀", "\ud83d"),
        *([], {}, [None], ["x"], [2], [[1]], {"at": 1}, {"start": 0, "end": 1}),
    ]
).map(copy.deepcopy)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for step in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[step], (*path, step))


@st.composite
def broken(draw: st.DrawFn, sources: st.SearchStrategy[Any]) -> Any:
    """A document with up to three members changed, left out or added anywhere."""
    document = copy.deepcopy(draw(sources))
    for _ in range(draw(st.integers(0, 3))):
        found = list(places(document))
        path = draw(st.sampled_from(found))
        if not path:
            return draw(VALUES)
        owner = document
        for step in path[:-1]:
            owner = owner[step]
        how = draw(st.sampled_from(["change", "change", "drop", "add"]))
        if how == "change":
            owner[path[-1]] = draw(VALUES)
        elif how == "drop":
            del owner[path[-1]]
        elif isinstance(owner, dict):
            owner[draw(st.sampled_from(["extra", "start", "why", "text"]))] = draw(VALUES)
        else:
            owner.append(draw(VALUES))
    return document


def in_columns(document: Any, schema: Schema) -> Any:
    """A null stands for a member left out: where it may be left out and not null, and where it may be null."""
    if document is not None and not isinstance(document, dict):
        return document
    nulls = {name: None for name, node in schema.root.fields.items() if node.nullable}
    document = {**nulls, **(document or {})}
    optional = ("one", "year", "sure", "words", "holes", "lists")
    return {name: value for name, value in document.items() if value is not None or name not in optional}


QUOTE = {
    "id": "q1", "type": "direct", "start": 27, "end": 45, "text": "We meet in Lisbon.", "source": None, "speaker": None,
    "cue": {"start": 10, "end": 14, "text": "said"}, "continues": None, "utterance": "meeting",
}  # fmt: skip
MONDAY = {
    "id": "d1",
    "start": 18,
    "end": 24,
    "text": "Monday",
    "type": "DATE",
    "value": "XXXX-WXX-1",
    "mod": None,
    "anchor": "dct",
}
CASES = {
    "article": (Schema.article(), st.just(sound(quotes=[QUOTE], dates=[MONDAY])) | strategies.documents()),
    "letter": (Schema.of(LETTERS), st.just(LETTER)),
    "ruled": (Schema.of(RULED), st.just(RULES)),
    "unproved": (Schema.of(UNPROVED), st.just(RULES)),
    "several": (Schema.of(SEVERAL), st.just(RULES)),
    "related deeper": (Schema.of(RELATED_DEEPER), st.just(RULES)),
    "related": (Schema.of(RELATED), st.just(RULES)),
    "nested": (Schema.of(NESTED), st.just({**RULES, "lists": [[0.5], []]})),
}


@pytest.mark.parametrize("case", CASES)
@given(data=st.data())
def test_columns_clear_no_document_that_the_validator_rejects(case: str, data: st.DataObject) -> None:
    schema, sources = CASES[case]
    documents = data.draw(st.lists(broken(sources), max_size=4))
    view = View(batch_of(documents, schema), schema)
    shown = [in_columns(document, schema) for document in documents]
    rejected = {row for row, document in enumerate(shown) if not schema.validator.is_valid(document)}
    assert rejected <= set(suspects(view).tolist())
    assert {misfit.row for misfit in shape.misfits(view)} == rejected


@pytest.mark.parametrize("case", ["article", "letter"])
def test_columns_clear_sound_documents(case: str) -> None:
    schema = CASES[case][0]
    document = LETTER if case == "letter" else sound(quotes=[QUOTE], dates=[MONDAY])
    assert schema.validator.is_valid(document)
    assert suspects(View(batch_of([document] * 3, schema), schema)).tolist() == []


@pytest.mark.parametrize(
    ("case", "wrong"),
    [
        ("unproved", {"note": "long"}),
        ("nested", {"lists": [[0.5], None]}),
        ("several", {"words": ["yes"]}),
        ("related", {"year": None}),
        ("related deeper", {"year": 3}),
    ],
)
def test_what_columns_can_t_judge_is_judged_once_or_by_the_compiled_validator(case: str, wrong: dict[str, Any]) -> None:
    schema = CASES[case][0]
    long = {**RULES, "name": "abcdef", "note": "x"}
    documents = [long, {**long, **wrong}, long]
    assert suspects(View(batch_of(documents, schema), schema)).tolist() == [1]
    assert {finding.row for finding in check(Corpus.of(documents, schema)).findings} - {None} == {1}


def test_what_is_left_out_is_no_misfit_beside_one() -> None:
    schema = CASES["ruled"][0]
    document = {name: value for name, value in RULES.items() if name not in ("one", "year", "words")}
    found = shape.misfits(View(batch_of([{**document, "name": "A"}], schema), schema))
    assert [(misfit.path, misfit.keyword) for misfit in found] == [(("name",), "minLength"), (("name",), "pattern")]


def test_numbers_that_no_json_has_are_found() -> None:
    letters = Schema.of(LETTERS)
    for weight in (float("nan"), float("inf")):
        corpus = Corpus.of([{**LETTER, "weight": weight, "year": weight}], letters)
        assert {f.json_path for f in check(corpus).findings} <= {"$.year", "$.weight"}
        assert corpus.table["weight"].to_pylist() == [None]
