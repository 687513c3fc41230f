"""The one parser of JSON: what it refuses, and that nobody goes round it."""

import ast
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.parsing import json as json_parser
from spanproof.parsing.json import DEPTH, NestingError, dump, parse, parse_at
from support.house import trees

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS | WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4)
)


@given(VALUES)
def test_what_is_written_is_read(value: Any) -> None:
    assert parse(dump(value)) == value
    assert parse(b"\xef\xbb\xbf" + dump(value).encode()) == value
    assert parse_at(f"so: {dump(value)} and", 4)[0] == value


@given(st.lists(VALUES))
def test_long_json_is_read_as_any_other_and_has_equal_short_strings_once(values: list[Any]) -> None:
    written, tail = json.dumps(values, ensure_ascii=False)[:-1], " " * 1000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_parser, "_LONG", 1000)
        spans = [{"label": "PER", "id": f"e{k}"} for k in range(3)]
        *read, one, two, _ = parse(f"{written}{', ' if values else ''}{json.dumps(spans)[1:]}{tail}")
        assert read == json.loads(json.dumps(values))
        assert one["label"] is two["label"]
        assert (one["id"], two["id"]) == ("e0", "e1")
        patch.setattr(json_parser, "_KNOWN", 1)
        assert parse(f"{json.dumps(spans)}{tail}") == spans
        with pytest.raises(ValueError, match="'a' appears twice"):
            parse(f'{{"a": "x", "a": "x"}}{tail}')


@given(st.text(max_size=30) | st.binary(max_size=30) | st.text('{}[]",:0eE+-.naNIf\\u', max_size=30))
def test_whatever_is_read_is_a_value_or_an_error_in_words(content: str | bytes) -> None:
    with contextlib.suppress(ValueError):
        dump(parse(content))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON: Expecting value at column 1"),
        ("\ufeff{}", "not JSON: begins with a byte order mark, as a line does where files were joined"),
        (b'{"a": 1,\n"b": }', "at line 2 column 6"),
        (b"\xff", "not UTF-8: byte 0xff at byte 1"),
        ('{"a": 1, "a": 1}', "'a' appears twice"),
        ("[NaN]", "NaN isn't allowed"),
        ("[-Infinity]", "-Infinity isn't allowed"),
        ("[1e999]", "1e999 is too large"),
        ("[" + "9" * 5000 + "]", "more than 4300 digits"),
        ('["\\ud83d"]', r"holds \\ud83d, half of a surrogate pair"),
        ('{"\\uDC00": 1}', "half of a surrogate pair"),
        ("[" * 100 + "]" * 100, f"nested too deeply; expected {DEPTH} levels"),
        ('{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_refused(content: str | bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(content)


def test_what_is_taken() -> None:
    assert parse("[" * DEPTH + "]" * DEPTH)
    assert parse('["\\ud83d\\ude00", "\\ud83d"]', lone_surrogates=True) == ["😀", "\ud83d"]
    assert parse('["\\ud83d\\ude00", "\\\\ud83d"]') == ["😀", "\\ud83d"]
    with pytest.raises(NestingError):
        parse_at("[" * 100_000, 0)


def test_nobody_else_parses_json() -> None:
    calls = [
        f"{name}:{node.lineno}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("loads", "load", "JSONDecoder", "raw_decode")
        if isinstance(node.value, ast.Name) and node.value.id in ("json", "orjson", "ujson")
    ]
    assert [call for call in calls if not call.startswith("parsing/json.py:")] == [], (
        "expected spanproof.parsing.json.parse"
    )
    assert json.loads("[NaN]")  # what the parser of the standard library takes
