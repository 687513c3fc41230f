"""JSON text with other values: it holds them, and every byte that needn't change stays."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.formats import splice
from spanproof.formats.jsonl import FORMAT
from spanproof.formats.splice import same, spliced
from spanproof.parsing.json import parse
from spanproof.schema.schema import Schema

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3)
)
VALUES = st.recursive(_LEAVES, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=2), v, max_size=4))


@given(VALUES, VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]), st.sampled_from(["", "\ufeff", " \n"]))
def test_the_text_holds_the_other_value(old: Any, new: Any, ascii_only: bool, indent: Any, before: str) -> None:
    text = before + json.dumps(old, ensure_ascii=ascii_only, indent=indent) + "\r"
    changed = spliced(text, new)
    assert same(parse(changed.encode(), lone_surrogates=True), new)
    assert changed.startswith(before)
    assert changed.endswith("\r")
    assert spliced(text, old) == text
    assert spliced(changed, new) == changed


@given(VALUES, VALUES, st.booleans())
def test_what_is_new_stands_in_its_own_characters_unless_the_file_has_escapes(
    old: Any, new: Any, is_ascii: bool
) -> None:
    whole = json.dumps([old, "ş"], ensure_ascii=is_ascii)
    text = spliced(whole, [new, "ş"])
    assert text.isascii() == is_ascii
    assert is_ascii or not re.search(r"\\u(?!00[0-7])[0-9a-f]{4}", text)


ITEMS = st.lists(st.dictionaries(st.sampled_from("ab"), VALUES, max_size=2) | VALUES, min_size=1, max_size=3)
STYLES = st.sampled_from([(", ", ": "), (",", ":"), (", ", ":")])


@given(ITEMS, st.data(), st.booleans(), STYLES)
def test_a_list_that_is_written_at_once_is_as_it_is_item_by_item(
    old: list[Any], data: st.DataObject, is_ascii: bool, separators: tuple[str, str]
) -> None:
    """Values change, and members or items come or go at times."""

    def changed(value: Any) -> Any:
        if data.draw(st.integers(0, 9)) == 0:
            return data.draw(VALUES)
        if isinstance(value, dict):
            return {name: changed(member) for name, member in value.items()}
        return [changed(item) for item in value] if isinstance(value, list) else value

    new, text = changed(old), json.dumps(old, ensure_ascii=is_ascii, separators=separators) + " "
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splice, "_MANY", 1)
        at_once = spliced(text, new)
        patch.setattr(splice, "_MANY", 1 << 30)
        assert at_once == spliced(text, new)


def test_a_line_of_ascii_in_a_file_that_is_not_gets_its_own_characters(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    for first in ("ş", "s", "\\u015f"):
        file.write_text(f'{{"a": "{first}"}}\n{{"a": "i"}}\n', "utf-8")
        changed = FORMAT.amend(file, {2: lambda old: {**old, "a": "İ"}}, Schema.article())
        assert changed.decode().splitlines()[1] == ('{"a": "İ"}' if len(first) == 1 else '{"a": "\\u0130"}')


LINE = (
    '{ "t" : "Zo\\u00eb \\/", "w":1.50,"big":123456789012345678901, '
    '"e": [{"s":1,"n":"a"},\n {"s":2,  "n":"b"}, {"s":3}] }'
)


@pytest.mark.parametrize(
    ("edit", "was", "becomes"),
    [
        (lambda d: d["e"][1].update(s=7), '"s":2,', '"s":7,'),
        (lambda d: d["e"].pop(0), '{"s":1,"n":"a"},\n ', ""),
        (lambda d: d["e"].pop(1), ',\n {"s":2,  "n":"b"}, {"s":3}', ',\n {"s":3}'),
        (lambda d: d["e"].pop(), ', {"s":3}', ""),
        (lambda d: d["e"].append(True), ', {"s":3}', ', {"s":3},\n true'),
        (lambda d: d["e"].insert(1, "ë"), "},\n", '},\n "\\u00eb",\n'),
        (lambda d: d["e"][0].update(s=True), '"s":1', '"s":true'),
        (lambda d: d.pop("t"), '"t" : "Zo\\u00eb \\/", ', ""),
        (lambda d: d.pop("big"), ',"big":123456789012345678901, ', ", "),
        (lambda d: d["e"][2].update(n="ç"), '{"s":3}', '{"s":3, "n": "\\u00e7"}'),
        (lambda d: d.update(e=[]), LINE[LINE.index("[") : -2], "[]"),
    ],
)
def test_what_need_not_change_stays_as_it_was_written(edit: Any, was: str, becomes: str) -> None:
    value = parse(LINE)
    edit(value)
    assert LINE.count(was) >= 1
    assert spliced(LINE, value) == LINE.replace(was, becomes, 1)
