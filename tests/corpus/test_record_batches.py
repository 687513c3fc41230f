"""JSON Lines of another shape: what columns give is what reading record by record gives."""

import copy
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.corpus.documents import Batch, Corpus
from spanproof.corpus.unread import UnreadRecords
from spanproof.formats import jsonl
from spanproof.schema.schema import Schema

EXAMPLES = Path("schema/examples")
NAMES = sorted(path.name.removesuffix(".schema.json") for path in EXAMPLES.glob("*.schema.json"))
SCHEMAS = {name: Schema.read(EXAMPLES / f"{name}.schema.json") for name in NAMES}
ODD: list[Any] = [
    None, "", 0, -1, 7, 3.0, 2.5, True, [], {}, [1, 2], [1, 2, "LOC"], '[1, 2, "x"]', "a\\nb", "\ud800", 10**11,
    "B-PER", "0",
    {"0": 1, "1": 2, "2": "LOC"}, [[0, 3]], {"start": 1, "end": 3, "text": "abc"}, [{"start": 1, "end": 3}],
]  # fmt: skip
MEMBERS = ("start", "end", "text", "note", "#", "title", "label", "offsets", "own text")
ENDINGS = (" x", "é", "\n", "\\n", '"', "\U0001f600", '["a", 1]', '[1, 2, "')


def records(name: str) -> list[Any]:
    """The records of an example."""
    (file,) = (path for path in EXAMPLES.iterdir() if path.stem == name and path.suffix in (".json", ".jsonl"))
    if file.suffix == ".jsonl":
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    whole = json.loads(file.read_text("utf-8"))
    return whole if isinstance(whole, list) else [whole]


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(*path, step) for step, _ in inner] + [one for step, part in inner for one in paths(part, (*path, step))]


def damaged(record: Any, draw: Random) -> Any:
    """A record with some parts replaced, left out, renamed or added."""
    record = copy.deepcopy(record)
    for _ in range(draw.choice([0, 1, 1, 1, 2, 3])):
        *way, step = draw.choice(paths(record) or [(0,)])
        holder = record
        for one in way:
            holder = holder[one]
        how = draw.randrange(6)
        if not holder:
            break
        if how == 0:
            holder[step] = copy.deepcopy(draw.choice(ODD))
        elif how == 1:
            del holder[step]
        elif how == 2 and isinstance(holder, dict):
            holder[draw.choice(MEMBERS)] = holder.pop(step)
        elif how == 3 and isinstance(holder, dict):
            holder[draw.choice(MEMBERS)] = copy.deepcopy(draw.choice(ODD))
        elif how == 4 and isinstance(holder, list):
            holder.insert(step, copy.deepcopy(draw.choice([*ODD, holder[step]])))
        elif type(holder[step]) is int:
            holder[step] += draw.choice([-3, -1, 1, 5, 1000])
        elif isinstance(holder[step], str):
            holder[step] += draw.choice(ENDINGS)
    return record


def lines_of(some: list[Any], *, ascii_: bool) -> bytes:
    try:
        return "".join(f"{json.dumps(record, ensure_ascii=ascii_)}\n" for record in some).encode()
    except UnicodeEncodeError:
        return lines_of(some, ascii_=True)


def both(block: bytes, schema: Schema) -> tuple[Batch | None, Batch]:
    """The documents of some lines by columns, if they are plain, and record by record."""
    slow = jsonl._slow(block, "some.jsonl", 1, schema, jsonl._Undecodable("some.jsonl"))
    return jsonl._fast(block, "some.jsonl", 1, schema), slow


def assert_same(fast: Batch, slow: Batch, schema: Schema) -> None:
    assert not slow.errors
    assert fast.columns.equals(slow.columns)
    assert [*fast.within] == [*slow.within]
    assert [*fast.origin] == [*slow.origin]
    assert {row: fast.raw.get(row) for row in slow.raw} == dict(slow.raw)
    assert [record.written for record in fast.records] == [record.written for record in slow.records]
    found, wanted = (check(Corpus(schema, (batch,))) for batch in (fast, slow))
    assert [*map(str, found.findings)] == [*map(str, wanted.findings)]
    assert (found.spans, found.proved) == (wanted.spans, wanted.proved)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "prodigy"])
def test_examples_are_read_by_columns(name: str) -> None:
    """What doesn't break its schema isn't made into objects of Python, also with members that no schema lists."""
    for further in ({}, {"note": {"by": "me", "number": 3}}):
        # A choice of the whole text stands in the place of a region and is none: its record is read by itself.
        known = [record for record in records(name) if "choices" not in json.dumps(record)]
        some = [{**record, **further} if isinstance(record, dict) else record for record in known]
        fast, slow = both(lines_of(some, ascii_=False), SCHEMAS[name])
        assert fast is not None
        assert isinstance(fast.records, UnreadRecords)
        assert_same(fast, slow, SCHEMAS[name])


@given(st.sampled_from(NAMES), st.integers(0, 1 << 40))
def test_columns_give_what_reading_record_by_record_gives(name: str, seed: int) -> None:
    """Whatever is wrong with records: the same documents, the same findings."""
    draw = Random(seed)
    known = records(name)
    some = [damaged(draw.choice(known), draw) for _ in range(draw.choice([1, 2, 3]))]
    fast, slow = both(lines_of(some, ascii_=draw.random() < 0.5), SCHEMAS[name])
    if fast is not None and SCHEMAS[name].lens is not None:
        assert_same(fast, slow, SCHEMAS[name])


@pytest.mark.parametrize(
    "text", ['[1, 2, "', '[0, 3, "LOC"]', 'a [0,3,"', '"] [1, 2, "LOC', '{"0": 1, "1": 2, "2": "LOC"}']
)
def test_arrays_in_a_text_are_text(text: str) -> None:
    record = {"id": 1, "text": text, "label": [[0, 1, "LOC"]], "Comments": ["see [1, 2,", "] there", text]}
    fast, slow = both(lines_of([record], ascii_=False), SCHEMAS["doccano"])
    if fast is not None:
        assert_same(fast, slow, SCHEMAS["doccano"])
    assert [one.written for one in slow.records] == [record]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("doccano", '{"id": 1, "text": "Porto", "label": [{"0": 0, "1": 5, "2": "LOC"}]}'),
        ("doccano", '{"id": 1, "text": "Porto", "label": [{"\\u0030": 0, "1": 5, "2": "LOC"}]}'),
        ("doccano", '{"id": 1, "text": "Porto", "label": [{"1": 5, "2": "LOC"}]}'),
        ("doccano", '{"id": 1, "text": "Porto", "label": [[0,\x0c5, "LOC"]]}'),
        ("spacy", '{"0": "Porto", "1": {"entities": []}}'),
        ("spacy", '["Porto", {"entities": []}, "2": {}]'),
    ],
)
def test_what_is_no_array_isnt_taken_for_one(name: str, line: str) -> None:
    """Columns take arrays as objects of their positions, so that an object could pass for an array."""
    fast, slow = both(line.encode() + b"\n", SCHEMAS[name])
    assert fast is None
    assert check(Corpus(SCHEMAS[name], (slow,))).exit_code != 0
