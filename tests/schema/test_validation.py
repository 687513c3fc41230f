"""The one door to validators: nothing is fetched, nothing hangs, and both say the same."""

import ast
import builtins
import copy
import re
import socket
import time
from typing import Any, NoReturn

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import SchemaError
from spanproof.schema.schema import Schema
from spanproof.schema.validation import Judge, decided, decider, matches, reference
from support.house import trees

ELSEWHERE = (
    "http://127.0.0.1:9/a.json",
    "https://a.org/b#/c",
    "file:///etc/hostname",
    "other.json",
    "../a.json#x",
)
HOLDERS: dict[str, Any] = {
    "member": lambda part: {"properties": {"a": part}},
    "definition": lambda part: {"$defs": {"a": part}},
    "choice": lambda part: {"allOf": [{"anyOf": [part]}]},
    "condition": lambda part: {"if": part, "then": {"not": part}},
    "items": lambda part: {"properties": {"a": {"type": "array", "items": part, "prefixItems": [part]}}},
    "more": lambda part: {"additionalProperties": part, "patternProperties": {"^a": part}},
    "name of a keyword": lambda part: {"properties": {"enum": part}},
}
EVIL = "^(a+)+$"
LONG = "a" * 60 + "!"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket and no file opens."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("something is fetched")

    Schema.article()
    for module, name in ((socket, "socket"), (socket, "create_connection"), (builtins, "open")):
        monkeypatch.setattr(module, name, refuse)


def document_schema(**more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"text": {"type": "string"}}, **more}


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_lies_elsewhere_is_refused_with_its_place(holder: str, keyword: str, address: str) -> None:
    schema = document_schema(**HOLDERS[holder]({"type": "string", keyword: address}))
    with pytest.raises(SchemaError, match=rf"#/.*{re.escape(keyword)}: .*only places of the same file"):
        Schema.of(schema)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"$schema": "http://127.0.0.1:9/s"},
            r"#/\$schema: .*another dialect; expected https://json-schema.org/draft/2020",
        ),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "another dialect"),
        ({"$defs": {"a": {"$id": "http://127.0.0.1:9/"}}}, r"#/\$defs/a/\$id: .*expected no \$id"),
        ({"$defs": {"a": {"$schema": "https://json-schema.org/draft/2020-12/schema"}}}, r"expected no \$schema"),
        ({"allOf": [{"$ref": "#nothing"}]}, "nothing"),
        ({"allOf": [{"$ref": "#/$defs/nothing"}]}, "nothing"),
        (
            {"patternProperties": {"a": {}}, "unevaluatedProperties": False},
            "can't be decided beside",
        ),
    ],
)
def test_other_dialects_and_addresses_are_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        Schema.of(document_schema(**more))


@pytest.mark.usefixtures("alone")
def test_an_address_of_its_own_is_a_name() -> None:
    named = document_schema(**{"$id": "http://127.0.0.1:9/me", "allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {}}})
    assert [f.code for f in check(Corpus.of([{"text": "a"}], Schema.of(named))).findings] == ["SP007"]


@pytest.mark.parametrize("pattern", ["(?=a)a", "(?<!a)b", r"(a)\1", "(a{1000}){1000}", "(", "[z-a]"])
@pytest.mark.parametrize("keyword", ["pattern", "patternProperties"])
def test_a_pattern_that_no_linear_search_decides_is_refused(pattern: str, keyword: str) -> None:
    part = {"type": "string", "pattern": pattern} if keyword == "pattern" else {"patternProperties": {pattern: {}}}
    with pytest.raises(SchemaError, match=rf"#/\$defs/a/{keyword}: "):
        Schema.of(document_schema(**{"$defs": {"a": part}}))


@pytest.mark.parametrize(
    "more",
    [
        {"properties": {"text": {"type": "string", "pattern": EVIL}}},
        {"properties": {"text": {"type": "string", "not": {"pattern": EVIL}}}},
        {"propertyNames": {"pattern": EVIL}},
        {"patternProperties": {EVIL: {"type": "integer"}}},
        {"patternProperties": {EVIL: {}}, "additionalProperties": False},
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {
            "properties": {"again": {"$ref": "#"}, "text": {"pattern": EVIL}}, "minProperties": 9}}},
    ],
)  # fmt: skip
def test_no_pattern_hangs(more: dict[str, Any]) -> None:
    schema = Schema.of({**document_schema(), **more})
    begin = time.process_time()
    check(Corpus.of([{"text": LONG, LONG: LONG, "again": {"text": LONG}}], schema))
    assert time.process_time() - begin < 2


PIECES = st.sampled_from(
    ["a", "b", "é", "😀", ".", "[ab]", "[^a]", "a*", "(ab|b)+", "b?", "a{2}", "^", "$", r"\d", "|"]
)


@given(st.lists(PIECES, max_size=5).map("".join), st.text("ab1é😀.x", max_size=6))
def test_a_pattern_means_what_it_means_to_python(pattern: str, text: str) -> None:
    assert matches(pattern, text) == bool(re.search(pattern.replace("$", r"\Z"), text, re.ASCII))


@pytest.mark.parametrize(
    ("pattern", "text", "matching"),
    [
        (r"^\d$", "٣", False), (r"^\w$", "é", False), (r"^\s$", "\xa0", True), (r"^a$", "a\n", False),
        (r"^.$", "\u2028", False), (r"^\p{L}$", "é", True), (r"^\u{1F600}$", "😀", True), (r"^.$", "\ud83d", True),
    ],
)  # fmt: skip
def test_a_pattern_means_what_ecma_262_says(pattern: str, text: str, matching: bool) -> None:
    assert matches(pattern, text) is matching


NUMBERS = st.sampled_from([0, 1, 2, -1, 2**53, 2**53 + 1, 2**70, 10**400, 0.0, -0.0, 1.0, 0.5, 0.3, 1e300, 5e-324])
LEAVES = NUMBERS | st.sampled_from([None, True, False, "", "a", "ab", "é", "😀", "2025-02-30", "2025-02-26", "a@b.org"])
NAMES = st.sampled_from("abc")
VALUES = st.recursive(LEAVES, lambda part: st.lists(part, max_size=3) | st.dictionaries(NAMES, part, max_size=3))
COUNTS = st.integers(0, 3)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=2)
    named = st.dictionaries(NAMES, inner, max_size=2)
    names = st.lists(NAMES, max_size=2, unique=True)
    ways: dict[str, st.SearchStrategy[Any]] = {
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
        "enum": st.lists(VALUES, min_size=1, max_size=3), "const": VALUES,
        "minimum": NUMBERS, "maximum": NUMBERS, "exclusiveMinimum": NUMBERS, "exclusiveMaximum": NUMBERS,
        "multipleOf": st.sampled_from([1, 2, 0.1, 0.5, 1e-3]),
        "minLength": COUNTS, "maxLength": COUNTS, "pattern": st.sampled_from(["^a", "b$", ".", EVIL]),
        "format": st.sampled_from(["date", "email", "regex", "uuid", "unknown"]),
        "minItems": COUNTS, "maxItems": COUNTS, "uniqueItems": st.booleans(), "items": inner, "prefixItems": several,
        "contains": inner, "minContains": COUNTS, "maxContains": COUNTS,
        "properties": named, "required": names, "minProperties": COUNTS, "maxProperties": COUNTS,
        "additionalProperties": inner, "patternProperties": st.dictionaries(st.sampled_from(["^a", "b"]), inner),
        "propertyNames": inner, "dependentRequired": st.dictionaries(NAMES, names, max_size=2),
        "dependentSchemas": named, "allOf": several, "anyOf": several, "oneOf": several, "not": inner, "if": inner,
        "then": inner, "else": inner,
    }  # fmt: skip
    one = st.sampled_from(sorted(ways)).flatmap(lambda name: ways[name].map(lambda value: {name: value}))
    return st.lists(one, max_size=3).map(lambda parts: {name: value for part in parts for name, value in part.items()})


SCHEMAS = st.recursive(st.booleans() | st.just({}), keywords, max_leaves=5)


@given(SCHEMAS, st.data())
def test_the_compiled_validator_decides_as_the_reference(schema: Any, data: st.DataObject) -> None:
    assume(isinstance(schema, dict))
    compiled, judge = decider(schema), reference(schema)
    for value in data.draw(st.lists(VALUES, min_size=1, max_size=3)):
        assert decided(compiled, copy.deepcopy(value)) == judge.is_valid(value)


@given(SCHEMAS, st.data())
def test_judging_the_wrong_parts_alone_says_all_that_is_wrong(schema: Any, data: st.DataObject) -> None:
    assume(isinstance(schema, dict))
    judge = Judge(schema)
    for value in data.draw(st.lists(VALUES, min_size=1, max_size=3)):
        said, every = (
            [repr(one) for one in errors] for errors in (judge.errors(value), judge.reference.iter_errors(value))
        )
        assert said == every


def test_nobody_else_opens_a_validator() -> None:
    imports = [
        f"{name}:{node.lineno}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for module in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
        if module.partition(".")[0] in ("jsonschema", "jsonschema_rs", "referencing", "fastjsonschema")
    ]
    typed = ("schema/schema.py", "schema/registries.py", "publication/facts.py")
    assert {line for line in imports if not line.startswith(("schema/validation.py", *typed))} == set()
    for name in typed:
        blocks = [node for node in trees()[name].body if isinstance(node, ast.If)]
        lines = {f"{name}:{each.lineno}" for block in blocks for each in block.body}
        assert {line for line in imports if line.startswith(name)} <= lines, "only for types"


def test_a_member_that_is_called_by_a_number_is_judged() -> None:
    judge = Judge({"type": "object", "properties": {"1": {"type": "string"}, "a": {"type": "string"}}})
    assert [list(error.absolute_path) for error in judge.errors({"1": 1, "a": "b"})] == [["1"]]
