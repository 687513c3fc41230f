"""The domains of keywords: a schema in which one would be ignored is refused, with the place and what was expected."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.schema.domains import DOMAINS
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema
from spanproof.schema.vocabulary import vocabulary
from spanproof.schema.written import KNOWN
from support import examples
from support.documents import LETTERS
from support.mutants import misspelt, schemas
from support.wrong_schemas import OPEN, REFUSED


def test_every_keyword_has_a_domain() -> None:
    assert {domain.keyword.name for domain in DOMAINS} == vocabulary() - {"documents", "unchecked"}


@pytest.mark.parametrize(("schema", "message"), REFUSED, ids=[message[:60] for _, message in REFUSED])
def test_a_keyword_outside_its_domain_is_refused(schema: Any, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        Schema.of(schema)


@settings(max_examples=examples(120))
@given(st.sampled_from(sorted(vocabulary())), st.integers())
def test_what_looks_like_a_keyword_is_refused_wherever_it_stands(keyword: str, seed: int) -> None:
    draw = random.Random(seed)
    schema = {**LETTERS, "properties": {**LETTERS["properties"], "names": OPEN["properties"]["names"]}}
    wrong = misspelt(keyword, draw)
    path, _ = draw.choice(schemas(schema))
    with pytest.raises(SchemaError, match=f"unknown keyword {wrong!r}; did you mean"):
        Schema.of(_with(schema, path, {wrong: "text"}))


def test_other_unknown_keywords_are_named_and_those_of_json_schema_are_known() -> None:
    assert Schema.of({**OPEN, "myOwn": 1, "$defs": {"a": {"other": 2}}}).unknown == (
        ("#", "myOwn"),
        ("#/$defs/a", "other"),
    )
    plain = {"title": "t", "$comment": "c", "examples": [{"spanOf": 1}], "default": {"spanof": 2}, "deprecated": False}
    assert Schema.of({**OPEN, **plain}).unknown == ()
    assert not KNOWN & vocabulary()


def _with(schema: Any, path: tuple[Any, ...], members: dict[str, Any]) -> Any:
    if not path:
        return {**schema, **members}
    if isinstance(schema, list):
        return [_with(part, path[1:], members) if k == path[0] else part for k, part in enumerate(schema)]
    return {**schema, path[0]: _with(schema[path[0]], path[1:], members)}
