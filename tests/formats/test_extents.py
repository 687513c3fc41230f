"""Where a value stands in JSON text."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from spanproof.formats.extents import Extent, extent_at

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('a"\\é😀\n]},', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('a"]😀', max_size=2), inner, max_size=3),
    max_leaves=8,
)


def paths(value: Any) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((name, *path) for name, inner in items for path in paths(inner))]


@given(VALUES, st.sampled_from([None, 1]), st.booleans(), st.sampled_from(["", " ", "\ufeff"]), st.data())
def test_the_stretch_of_a_value_is_that_value(
    value: Any, indent: int | None, ascii_: bool, before: str, data: st.DataObject
) -> None:
    text = before + json.dumps(value, indent=indent, ensure_ascii=ascii_)
    path = data.draw(st.sampled_from(paths(value)))
    extent = extent_at(text, path, 5)
    assert extent is not None
    lines = text.split("\n")
    begins = [sum(len(line) + 1 for line in lines[:k]) for k in range(len(lines))]
    low = begins[extent.line - 5] + extent.column - 1
    high = begins[extent.end_line - 5] + extent.end_column - 1
    inner = value
    for step in path:
        inner = inner[step]
    assert json.loads(text[low:high]) == inner


def test_what_is_not_there_is_the_innermost_that_is_and_no_json_is_nowhere() -> None:
    assert extent_at('{"a": [1, 2]}', ("a", 7)) == Extent(1, 7, 1, 13)
    assert extent_at('{"a": [1, 2]}', ("b",)) == Extent(1, 1, 1, 14)
    for text in ("", "{", '{"a"', '{"a": [1, ', "nothing"):
        assert extent_at(text, ("a", 1)) is None
