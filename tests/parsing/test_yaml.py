"""The one parser of YAML: what it refuses, and that nobody goes round it."""

import ast
import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.parsing.yaml import parse
from support.house import trees

BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in itertools.pairwise("abcdefghi")
)


def test_plain_values_are_read() -> None:
    assert parse("configs:\n- config_name: a\n  default: true\n- &b 1\n- *b\n") == {
        "configs": [{"config_name": "a", "default": True}, 1, 1]
    }
    assert parse("") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [b", "not YAML"),
        ("a: !!python/object/apply:os.getcwd []", "not YAML: could not determine a constructor"),
        (BOMB, "its aliases make"),
        ("[" * 5000, "nested too deeply"),
        ("a: &a [*a]", "a part of itself"),
        ("a: 2025-99-99", "not YAML"),
        ("? [a, b]\n: 1", "not YAML"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)


@given(st.text(max_size=40) | st.text("{}[]&*!?:-|>\n a'\"%@`,#", max_size=40))
def test_whatever_is_read_is_a_value_or_an_error_in_words(text: str) -> None:
    with contextlib.suppress(ValueError):
        parse(text)


def test_nobody_else_parses_yaml() -> None:
    imports = [
        name
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and any(alias.name == "yaml" for alias in node.names)
    ]
    writers = {"publication/card.py", "bench/leaderboard/eval_results.py"}
    assert sorted({*imports} - writers) == ["parsing/yaml.py"], "expected spanproof.parsing.yaml.parse"
