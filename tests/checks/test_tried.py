"""What is told to be left after corrections is what a fresh check of the written files finds."""

import copy
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.fix import patches_of
from spanproof.checks.runs import each
from spanproof.checks.tried import Tried, tried
from spanproof.corpus.documents import Batch
from spanproof.corpus.findings import Finding
from spanproof.corpus.shapes import ShapeError
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from spanproof.testing.mutations import MUTATIONS
from support import examples
from support.documents import ROOT
from support.mutants import at, of_document, places

EXAMPLES = ROOT / "schema" / "examples"
NAMES = sorted(path.name.removesuffix(".schema.json") for path in EXAMPLES.glob("*.schema.json"))
JUNK: tuple[Any, ...] = (True, -1, 1.5, 99, 10**12, "x", "3", "", [1], {}, "0 5")


def example(name: str) -> Path:
    (file,) = (path for path in EXAMPLES.iterdir() if path.stem == name and path.suffix in (".json", ".jsonl"))
    return file


def with_a_fault(batch: Batch, schema: Schema, draw: Random) -> list[Any]:
    """The records of a batch with one document broken so that a correction may mend it, where its shape can say it."""
    ways = [(mutation, row, document) for mutation in MUTATIONS for row, document in enumerate(batch.documents())]
    draw.shuffle(ways)
    for mutation, row, document in ways:
        broken = mutation.breaks(document, schema.canonical, draw)
        if broken is not None:
            try:
                changed = batch.with_changes({row: broken}, schema)
            except ShapeError:
                continue
            return [record.written for record in changed.records] or list(changed.documents())
    return [record.written for record in batch.records] or list(batch.documents())


def with_more(records: list[Any], draw: Random) -> list[Any]:
    """Records with other faults beside, which the schema may forbid in the shape that they are written in."""
    records = copy.deepcopy(records)
    k = draw.randrange(len(records))
    for _ in range(draw.randrange(1, 3)):
        if draw.random() < 0.5:
            records[k], _, _ = of_document(records[k], draw)
        else:
            path = draw.choice([path for path, _ in places(records[k]) if path])
            at(records[k], path[:-1])[path[-1]] = draw.choice(JUNK)
    return records


def write(file: Path, records: list[Any]) -> None:
    lines = "".join(f"{json.dumps(record)}\n" for record in records)
    file.write_text(lines if file.suffix == ".jsonl" else json.dumps(records[0] if len(records) == 1 else records))


def within_documents(findings: Iterable[Finding]) -> Counter[Any]:
    shown = ((f.file, f.code, f.row, f.path, f.written, f.message, f.severity) for f in findings if f.row is not None)
    return Counter(shown)


def demand_told(folder: Path, schema: Path, *, likely: bool) -> bool:
    """Demand that what corrections leave is told before they are made; say whether there were any."""
    corpus = read(folder, schema)
    trials: list[Tried] = list(tried(corpus))
    told = within_documents(each(part for one in trials for part in one.left(likely)))
    patches = [p for p in patches_of(trials, corpus.schema, likely=likely) if p.before != p.after]
    for patch in patches:
        patch.write()
    fresh = [finding for one in tried(read(folder, schema)) for finding in one.findings]
    assert told == within_documents(fresh)
    before, after = (sum(f.code == "SP002" for f in some) for some in ([f for o in trials for f in o.findings], fresh))
    ended = sum(finding.code == "SP002" for patch in patches for finding in patch.ended)
    assert after == before - ended
    return bool(patches)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_is_what_the_written_files_have(name: str, tmp_path: Path) -> None:
    schema, draw, corrected = EXAMPLES / f"{name}.schema.json", Random(name), 0
    (batch,) = (corpus := read(example(name), schema).load()).batches
    for number in range(examples(8)):
        folder = tmp_path / str(number)
        folder.mkdir()
        for text in EXAMPLES.glob(f"{name}*.txt"):
            (folder / text.name).write_bytes(text.read_bytes())
        for k in range(2):
            records = with_a_fault(batch, corpus.schema, draw)
            write(folder / f"{name}{k or ''}{example(name).suffix}", with_more(records, draw) if k else records)
        corrected += demand_told(folder, schema, likely=draw.random() < 0.5)
    assert corrected or not any("text" in node.fields for node in corpus.schema.spans)


def test_a_reference_by_number_that_is_a_string_is_not_told_as_resolved(tmp_path: Path) -> None:
    record = json.loads(example("spert").read_text("utf-8").splitlines()[0])
    assert isinstance(record["relations"][0]["head"], int)
    record["relations"][0]["head"] = str(record["relations"][0]["head"])
    record["entities"].append(copy.deepcopy(record["entities"][0]))
    (tmp_path / "spert.jsonl").write_text(json.dumps(record) + "\n")
    report = check(read(tmp_path, EXAMPLES / "spert.schema.json"))
    assert {"SP002"} <= {finding.code for finding in report.findings}
    assert any(finding.fix for finding in report.findings)
    assert demand_told(tmp_path, EXAMPLES / "spert.schema.json", likely=True)
