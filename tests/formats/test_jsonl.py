"""JSON Lines: members that the schema doesn't list, read fast, whole and as strictly as all else."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.corpus.unread import Unread
from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT
from spanproof.schema.schema import Schema
from support.documents import LETTER, LETTERS

NAMES = st.sampled_from(["note", "end", "zz", "é", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "a", "2025-01-01", "\ud83d", '"[{', "NaN,"]),
    lambda part: st.lists(part, max_size=2) | st.dictionaries(NAMES, part, max_size=2),
    max_leaves=4,
)  # fmt: skip
CLOSED = LETTERS
OPEN = json.loads(json.dumps(LETTERS).replace('"additionalProperties": false', '"additionalProperties": true'))


@st.composite
def letters(draw: st.DrawFn) -> Any:
    """A letter with members more or less, in itself or in a person."""
    letter = copy.deepcopy(LETTER)
    holder = draw(st.sampled_from([letter, letter["persons"][0]]))
    holder.update(draw(st.dictionaries(NAMES, VALUES, max_size=2)))
    if draw(st.booleans()):
        letter.pop(draw(st.sampled_from(sorted(letter))))
    return letter


def told(corpus: Any) -> set[tuple[Any, ...]]:
    """Codes by document; a member left out (SP003) is a null of the wrong type (SP002) where columns see none."""
    return {(finding.row, finding.code.replace("SP003", "SP002")) for finding in check(corpus).findings}


@pytest.mark.parametrize("json_schema", [OPEN, CLOSED], ids=["open", "closed"])
@example(documents=[{**LETTER, "note": [None, None]}, {**LETTER, "name": "b", "note": [1, None, None]}])
@given(documents=st.lists(letters(), min_size=1, max_size=3))
def test_unlisted_members_are_kept_and_change_no_verdict(
    json_schema: Any, documents: list[Any], tmp_path_factory: Any
) -> None:
    schema, file = Schema.of(json_schema), tmp_path_factory.getbasetemp() / "letters.jsonl"
    FORMAT.write(file, documents, schema)
    corpus = read(file, schema, {})
    shown = [in_columns(document, schema) for document in corpus.documents()]
    assert shown == [in_columns(document, schema) for document in documents]
    assert told(corpus) == told(Corpus.of(documents, schema))


def in_columns(document: Any, schema: Schema) -> Any:
    """A document in which a listed member that is left out is null, as in columns."""
    return {**dict.fromkeys(schema.root.fields), **document}


def test_documents_with_unlisted_members_are_read_when_asked_for(tmp_path: Path) -> None:
    schema, file = Schema.of(OPEN), tmp_path / "letters.jsonl"
    documents = [{**LETTER, "note": {"by": name}} for name in "ab"]
    FORMAT.write(file, documents, schema)
    (batch,) = read(file, schema, {}).batches
    assert isinstance(batch.raw, Unread)
    assert dict(batch.raw) == dict(enumerate(documents))
    assert [*batch.unlisted] == [0, 1]
    with pytest.raises(KeyError):
        batch.raw[2]


def test_only_documents_that_may_have_unlisted_members_are_read_again(tmp_path: Path) -> None:
    schema, file = Schema.of(OPEN), tmp_path / "letters.jsonl"
    more = [{"note": 1}, {}, {"note": None}, {"no/te": 1}, {}, {"nöte": 1}]
    documents = [{**LETTER, **members} for members in more]
    lines = [json.dumps(documents[k], ensure_ascii=k == 5) for k in (0, 1, 2, 5, 1)]
    file.write_text("\n\n".join(lines) + "\n")
    (batch,) = read(file, schema, {}).batches
    assert [*batch.raw] == [0, 2, 3]
    FORMAT.write(file, documents, schema)
    (batch,) = read(file, schema, {}).batches
    assert [*batch.raw] == [*range(6)]


HOSTILE = {
    "deep": b'{"note": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deeper than allowed": b'{"note": ' + b"[" * 64 + b"]" * 64 + b"}",
    "deep objects": b'{"note": ' + b'{"a": ' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    "hidden in strings": b'{"note": ["' + b"]" * 9000 + b'", ' + b'["]", ' * 9000 + b"1" + b"]" * 9001 + b"}",
    "not a number": b'{"weight": NaN}',
    "not a number that isn't listed": b'{"note": NaN}',
    "infinite": b'{"weight": -Infinity}',
    "too large": b'{"note": 1e999}',
    "twice": b'{"note": 1, "note": 1}',
    "twice within": b'{"note": {"a": 1, "a": 1}}',
    "no text": b'{"note": "\xff"}',
    "no text as a name": b'{"\xff": 1}',
    "control character": b'{"note": "\x01"}',
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("json_schema", [OPEN, CLOSED], ids=["open", "closed"])
def test_hostile_lines_are_read_errors(json_schema: Any, line: bytes, tmp_path: Path) -> None:
    file = tmp_path / "hostile.jsonl"
    file.write_bytes(json.dumps(LETTER).encode() + b"\n" + line + b"\n")
    report = check(read(file, Schema.of(json_schema), {}))
    assert [(finding.code, finding.line) for finding in report.findings if finding.code == "SP001"] == [("SP001", 2)]
    assert report.documents == 1


@pytest.mark.parametrize("lines", [b"null\n", b" \n\tnull\n", b"null\n" + json.dumps(LETTER).encode()])
def test_a_first_record_of_null_is_missing_all(lines: bytes, tmp_path: Path) -> None:
    """Arrow's parser ends the process there."""
    file = tmp_path / "null.jsonl"
    file.write_bytes(lines)
    report = check(read(file, Schema.of(CLOSED), {}))
    assert {"SP002", "SP003"} <= {finding.code for finding in report.findings}


def test_infinite_words_are_words(tmp_path: Path) -> None:
    schema, file = Schema.of(OPEN), tmp_path / "letters.jsonl"
    FORMAT.write(file, [{**LETTER, "note": "Inf, NaN, Infinity]"}], schema)
    assert check(read(file, schema, {})).findings == ()
