"""The examples of foreign formats: clean as they lie; every fault that they can say is found and corrected there."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.corpus.documents import Batch, Corpus
from spanproof.corpus.records import WrittenRecord
from spanproof.corpus.shapes import ShapeError
from spanproof.formats.discovery import read
from spanproof.schema.paths import spans_in
from spanproof.schema.schema import Schema
from spanproof.testing.matrix import restores
from spanproof.testing.mutations import MUTATIONS
from spanproof.testing.strategies import documents, mutations
from support import examples
from support.documents import ROOT

EXAMPLES = ROOT / "schema" / "examples"
SCHEMAS = sorted(EXAMPLES.rglob("*.schema.json"))


def corpus_of(schema: Path) -> Corpus:
    name = schema.name.removesuffix(".schema.json")
    (file,) = (path for path in schema.parent.iterdir() if path.stem == name and path.suffix != ".txt")
    return read(file, schema).load()


@pytest.fixture(params=SCHEMAS, ids=lambda path: path.name.removesuffix(".schema.json"))
def example(request: pytest.FixtureRequest) -> Corpus:
    return corpus_of(request.param)


def test_an_example_is_short() -> None:
    assert {path.name: n for path in SCHEMAS if (n := len(path.read_text("utf-8").splitlines())) > 25} == {}
    assert len(SCHEMAS) == 23


def test_an_example_is_clean_as_it_lies_and_nothing_of_it_is_left_unread(example: Corpus) -> None:
    report = check(example)
    assert report.findings == ()
    assert report.spans > 0
    for document in example.documents():  # the text of every span is there
        assert all(document[member] for member in example.schema.texts)


def broken(example: Corpus) -> Any:
    """Each way to break a document of the example that its shape can say: mutation, sound document, its new batch."""
    schema = example.schema
    for mutation in MUTATIONS:
        for batch in example.batches:
            for row, sound in enumerate(batch.documents()):
                document = mutation.breaks(sound, schema.canonical, Random(f"{mutation.number}/{row}"))
                if document is None:
                    continue
                try:
                    yield mutation, sound, row, batch.with_changes({row: document}, schema)
                except ShapeError:
                    continue


ONE_OFFSET = {"SP102", "SP103", "SP104", "SP105"}


def test_what_is_broken_is_found_where_it_is_written_and_corrected_there(example: Corpus) -> None:
    tried = {}
    for mutation, sound, row, batch in broken(example):
        corpus = Corpus(example.schema, (replace(batch, origin=[(None, None)] * len(batch.origin)),))
        findings = check(corpus).findings
        own = [finding for finding in findings if finding.code in mutation.codes]
        alone = [finding for finding in expected(batch, row, example.schema) if finding.code in mutation.codes]
        assert bool(own) == bool(alone), (mutation.name, [f.code for f in findings])
        for finding in own:
            assert_there(batch, finding)
        fixed = fix(corpus).corpus
        (after,) = fixed.batches
        if mutation.restores != "nothing" and any(finding.fix for finding in own):
            left = [f.level for f in check(fixed).findings if f.code in mutation.codes]
            # A span right behind an insertion; one offset that isn't one, where no two other spans are right.
            beside = left == ["likely"] and (mutation.name == "text-edited" or {*mutation.codes} & ONE_OFFSET)
            few = left == ["likely", "likely"]  # spans of a document are too few for a proof
            restored = restores(mutation, sound, after.document(row), example.schema.canonical)
            tried[mutation.name] = restored or few or bool(beside)
    assert tried or not any("text" in node.fields for node in example.schema.spans)
    assert all(tried.values()), tried


def expected(batch: Batch, row: int, schema: Schema) -> Any:
    """The findings of the canonical document alone."""
    return check(Corpus.of([batch.document(row)], schema.canonical)).findings


def assert_there(batch: Batch, finding: Any) -> None:
    """The path of a finding leads to something in the record."""
    if not batch.within or finding.row is None:
        return
    value = batch.records[batch.within[finding.row][0]].written
    assert finding.written is not None
    for step in finding.written:
        value = value[step]


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name.removesuffix(".schema.json"))
@given(data=st.data())
@settings(max_examples=examples(6), suppress_health_check=list(HealthCheck))
def test_documents_of_its_schema_are_sound(path: Path, data: st.DataObject) -> None:
    schema = Schema.read(path)
    record = data.draw(documents(schema))
    found = [finding for finding in check(Corpus.of([record], schema)).findings if finding.severity != "info"]
    assert found == [], record


@given(st.data())
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_mutations_break_documents_of_its_schema(data: st.DataObject) -> None:
    schema = Schema.read(data.draw(st.sampled_from(SCHEMAS)))
    mutation, after = data.draw(mutations(data.draw(documents(schema)), schema))
    codes = {finding.code for finding in check(Corpus.of([after], schema)).findings}
    assert codes, mutation.name


def test_what_does_not_change_stays_as_it_is_written(example: Corpus) -> None:
    for batch in example.batches:
        same = batch.with_changes({}, example.schema)
        assert [record.written for record in same.records] == [record.written for record in batch.records]
        for record in batch.records:
            before = copy.deepcopy(record.written)
            assert record.put(dict(enumerate(record.documents))) is record.written
            assert record.written == before
            assert json.dumps(record.documents)


def with_others(value: Any) -> Any:
    """A written value whose objects have members that no schema lists, called as canonical ones are."""
    if isinstance(value, dict):
        names = ("start", "end", "text", "length", "label", "key")
        # What stands among spans and has no member of one would become a span by getting one.
        others = {name: f"other {name}" for name in names if "choices" not in value}
        return {**others, **{name: with_others(member) for name, member in value.items()}}
    return [with_others(item) for item in value] if isinstance(value, list) else value


def test_a_member_that_no_schema_lists_takes_the_place_of_none(example: Corpus) -> None:
    schema = example.schema
    if schema.lens is None:
        return
    for before in (record for batch in example.batches for record in batch.records):
        after = WrittenRecord.of(with_others(before.written), schema.lens)
        for old, new in zip(before.documents, after.documents, strict=True):
            spans = [(path, {name: span[name] for name in ("start", "end", "text") if name in node.fields})
                     for path, node, span in spans_in(old, schema)]  # fmt: skip
            assert [(path, {name: span[name] for name in of}) for (path, of), (_, _, span) in
                    zip(spans, spans_in(new, schema), strict=True)] == spans  # fmt: skip
            assert all(new[member] == old[member] for member in schema.texts)
        moved = {k: moved_by_one(document, schema) for k, document in enumerate(after.documents)}
        try:
            written = after.put(moved)
        except ShapeError:
            continue
        assert json.dumps(written).count("other ") == json.dumps(after.written).count("other ")


def moved_by_one(document: Any, schema: Schema) -> Any:
    """A document with its last span a code point further."""
    moved = copy.deepcopy(document)
    for _, _, span in list(spans_in(moved, schema))[-1:]:
        span["start"], span["end"] = span["start"] + 1, span["end"] + 1
    return moved


JUNK: tuple[Any, ...] = (True, -1, 1.5, 99, 10**12, "x", "3", "", [1], [1, 2], {}, {"start": 0}, "\ud800", "😀")


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of a value and of all in it."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from paths(item, (*path, step))


def test_junk_in_an_example_is_found_or_no_span_goes_for_it(example: Corpus) -> None:
    random, schema = Random(7), example.schema
    records = list(example.records())
    spans = check(example).spans
    for _ in range(12):
        broken_records = copy.deepcopy(records)
        path = random.choice([path for path in paths(records) if path])
        holder: Any = broken_records
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = random.choice(JUNK)
        corpus = Corpus.of(broken_records, schema)
        report = check(corpus)
        fix(corpus)
        assert report.findings or report.spans >= spans, (path, holder[path[-1]])
