"""BlockLines are cut and long texts taken out without a copy of all, and nothing is read otherwise than before."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.formats import blocks, long_strings
from spanproof.formats.blocks import BlockLines
from spanproof.formats.discovery import read
from spanproof.formats.long_strings import hollow
from spanproof.schema.schema import Schema

SCHEMA = {
    "type": "object", "required": ["text"],
    "properties": {"text": {"type": "string"}, "spans": {"type": "array", "items": {
        "type": "object", "spanOf": "text", "required": ["start", "end"],
        "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}, "text": {"type": "string"}},
    }}},
}  # fmt: skip


@given(st.lists(st.sampled_from([b"a", b"bc", b" ", b"\n", b"\r\n", b"x" * 17]), max_size=40), st.integers(3, 20))
def test_blocks_are_the_file_and_lines_are_those_of_a_split(parts: list[bytes], size: int) -> None:
    content = b"".join(parts)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(blocks, "BLOCK", size)
        path = Path(folder) / "a.jsonl"
        path.write_bytes(content)
        line, start, seen = 1, 0, b""
        for first, begins, block in blocks.blocks(path):
            assert (first, begins) == (line, start)
            cut = block.split(b"\n")
            kept = [k for k, one in enumerate(cut) if one.strip()]
            lines = BlockLines.of(block)
            assert lines.numbers.tolist() == kept
            assert [lines[k] for k in range(len(lines))] == [cut[k] for k in kept]
            line, start, seen = line + block.count(b"\n"), start + len(block), seen + block
        assert seen == content


TEXTS = st.text(st.sampled_from('aé😀"\\ \t\n\x07'), min_size=30, max_size=90)


@given(TEXTS, st.booleans(), st.integers(1, 20))
def test_a_long_text_that_is_taken_out_is_the_text(text: str, escaped: bool, piece: int) -> None:
    record = {"note": "x", "spans": [{"start": 0, "end": 1, "text": text[:1]}], "text": text}
    line = json.dumps(record, ensure_ascii=escaped).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_strings, "LONG", 30)
        patch.setattr(long_strings, "_PIECE", piece)
        found = hollow(line, ["text"])
    assert found is not None
    ((sign, member, array),) = found.texts
    assert (member, array.to_pylist()) == ("text", [text])
    assert json.loads(found.line) == {**record, "text": sign}


LONG = "Ana met Zoë. " * 20
STRANGE: dict[str, bytes] = {
    "a text in a span alone": json.dumps({"text": "a", "spans": [{"start": 0, "end": 1, "text": LONG}]}).encode(),
    "half of a surrogate pair": json.dumps({"text": LONG}).encode()[:-2] + b'\\ud83d"}',
    "a control character": json.dumps({"text": LONG}).encode()[:-2] + b'\x07"}',
    "no UTF-8": json.dumps({"text": LONG}).encode()[:-2] + b'\xff"}',
    "cut off": json.dumps({"text": LONG}).encode()[:-2],
    "a member twice": b'{"text": "%b", "text": "a"}' % (b"a" * 100),
    "the text further down": json.dumps({"more": {"text": LONG}, "text": "a"}).encode(),
    "what stands for it in the text": json.dumps({"text": LONG + "long text 0 of this record"}).encode(),
    "a text in a list": json.dumps([{"text": LONG}]).encode(),
    "a text in a string": json.dumps({"text": json.dumps({"text": LONG})}).encode(),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_long_line_is_judged_as_a_short_one(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(STRANGE[name] + b"\n")

    def judged() -> tuple[Any, ...]:
        corpus = read(path, Schema.of(SCHEMA))
        return check(corpus).findings, corpus.errors, list(corpus.documents())

    short = judged()
    monkeypatch.setattr(long_strings, "LONG", 30)
    monkeypatch.setattr("spanproof.formats.jsonl.BLOCK", 10)
    assert judged() == short
