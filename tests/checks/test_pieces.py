"""A corpus that is judged in pieces: the report is that of the whole, whatever is wrong with it."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.rules import CATALOGUE
from spanproof.cli import main
from spanproof.corpus.documents import batch_of
from spanproof.corpus.pieces import pieces_of
from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.formats.parquet import FORMAT as PARQUET
from spanproof.parsing.json import dump
from spanproof.schema.schema import Schema
from support import examples

ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}
BROKEN = [document for rule in CATALOGUE if rule.schema is None for document in rule.bad]
ARTICLES = st.sampled_from(
    [sound(**members) for members in BROKEN]
    + [sound(id=f"n{k}", entities=[{**ANA, "label": label}]) for k, label in enumerate(("PERSON", "ORG"))]
)
LINES = st.one_of(
    ARTICLES.map(lambda document: dump(document).encode()),
    st.sampled_from([b"", b"{", b"[1]", b"\xff{}", b"  ", '{"id": "é"}'.encode(), b'{"id": "\xe9"}', b'{"a": NaN}']),
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces, blocks and parts of a few hundred bytes; each piece is judged here, and sent as to another process."""
    cut(monkeypatch)


def cut(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("blocks.BLOCK", 900), ("sources._PIECE", 1), ("sources._MOST", 2), ("parquet._ROWS", 3)):
        monkeypatch.setattr(f"spanproof.formats.{name}", size)

    def here(function: Callable[[Any, Any], Any], shared: Any, values: Iterable[Any], jobs: int) -> Iterator[Any]:
        return (function(shared, value) for value in values)

    monkeypatch.setattr("spanproof.checks.pieces.in_order", here)


def demand_same(path: Path, registries: Any = None) -> int:
    """Checks a corpus by one process and by several; returns how many pieces it has."""
    corpus = read(path, Schema.article(), registries)
    one, many = check(corpus), check(corpus, jobs=2)
    assert one == many
    return len(list(pieces_of(corpus)))


@settings(max_examples=examples(12))
@given(st.lists(LINES, max_size=12), st.booleans(), st.booleans(), st.integers(0, 40))
def test_lines_are_judged_in_parts_as_in_one(
    tmp_path_factory: Any, lines: list[bytes], marked: bool, packed: bool, lost: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        cut(patch)
        path = tmp_path_factory.mktemp("lines") / ("a.jsonl.gz" if packed else "a.jsonl")
        content = b"\xef\xbb\xbf" * marked + b"\n".join(lines)
        packing = gzip.compress(content)
        path.write_bytes(packing[: max(20, len(packing) - lost)] if packed else content)
        demand_same(path)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_a_packed_file_is_pieces(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.jsonl.{ending}"
    content = "".join(json.dumps(sound(id=str(k % 30))) + "\n" for k in range(40)).encode()
    path.write_bytes(gzip.compress(content) if ending == "gz" else pa.compress(content, codec="zstd", asbytes=True))
    assert demand_same(path) > 3
    assert read(path, Schema.article()).batches.expected() is None
    assert check(read(path, Schema.article()), jobs=2).documents == 40


@settings(max_examples=examples(12))
@given(st.lists(ARTICLES, max_size=12), st.integers(1, 5))
def test_row_groups_are_judged_in_parts_as_in_one(tmp_path_factory: Any, documents: list[Any], size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        cut(patch)
        path = tmp_path_factory.mktemp("rows") / "a.parquet"
        columns = batch_of(documents, Schema.article()).columns
        pq.write_table(pa.Table.from_batches([columns]), path, row_group_size=size)
        pieces = demand_same(path)
        assert pieces == 1 or len(documents) > 3


@pytest.mark.usefixtures("small")
def test_several_files_folders_and_what_is_not_there_are_pieces_in_their_order(tmp_path: Path) -> None:
    for name, documents in {"a": BROKEN[:6], "b": BROKEN[6:9], "c": [{}]}.items():
        JSONL.write(tmp_path / f"{name}.jsonl", [sound(**members) for members in documents], Schema.article())
    (tmp_path / "d.jsonl").write_bytes(b"")
    (tmp_path / "e.jsonl").write_text("Id,text\n1,Ana\n")
    (tmp_path / "f.jsonl").write_bytes((dump(sound()) + "\n").encode("utf-16"))
    (tmp_path / "g.jsonl").write_bytes(b"\n" * 5000)
    assert demand_same(tmp_path, {"entities": {"ana": {"name": "Ana", "type": "PERSON", "aliases": ["Ana"]}}}) > 5
    assert demand_same(tmp_path / "none.jsonl") == 1


@pytest.mark.usefixtures("small")
def test_rows_of_another_table_are_refused_once(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"label": "x", "score": k, "more": "y" * 100}) + "\n" for k in range(40)))
    assert demand_same(path) == 1
    assert [finding.code for finding in check(read(path, Schema.article()), jobs=2).findings] == ["SP001"]


@pytest.mark.usefixtures("small")
def test_a_part_that_cannot_be_read_is_an_error_and_the_others_are_judged(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    documents = [sound(id=f"n{k}", text="Ana met Rui. " * 40 + str(k)) for k in range(30)]
    columns = batch_of(documents, Schema.article()).columns
    pq.write_table(pa.Table.from_batches([columns]), path, row_group_size=10, compression="snappy")
    content = bytearray(path.read_bytes())
    group = pq.read_metadata(path).row_group(1)
    text = next(group.column(k) for k in range(group.num_columns) if group.column(k).path_in_schema == "text")
    content[text.data_page_offset : text.data_page_offset + 60] = bytes(60)
    path.write_bytes(content)
    demand_same(path)
    report = check(read(path, Schema.article()), jobs=2)
    assert report.exit_code == 2
    assert report.documents == 20
    path.write_bytes(bytes(content[:-100]))
    demand_same(path)
    assert check(read(path, Schema.article()), jobs=2).exit_code == 2


@settings(max_examples=examples(12))
@given(st.integers(1, 30), st.integers(1, 30))
def test_what_is_expected_is_about_what_is_there(tmp_path_factory: Any, some: int, others: int) -> None:
    folder = tmp_path_factory.mktemp("expected")
    for number, name in ((some, "a.jsonl"), (others, "b.parquet")):
        known = JSONL if name == "a.jsonl" else PARQUET
        known.write(folder / name, [sound(id=f"{name}-{k}") for k in range(number)], Schema.article())
        assert read(folder / name, Schema.article()).batches.expected() == number
    assert read(folder, Schema.article()).batches.expected() == some + others
    (folder / "c.parquet").write_bytes(b"PAR1cut")
    assert read(folder, Schema.article()).batches.expected() is None
    assert read(folder / "none.jsonl", Schema.article()).batches.expected() == 0


@pytest.mark.usefixtures("small")
def test_a_file_that_becomes_shorter_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    JSONL.write(path, [sound(id=str(k)) for k in range(20)], Schema.article())
    pieces = list(pieces_of(read(path, Schema.article())))
    path.write_bytes(path.read_bytes()[:3000])
    batches = [batch for piece in pieces for batch in piece.batches(Schema.article())]
    assert any("has become shorter" in error.problem for batch in batches for error in batch.errors)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A folder of so many files that they are several pieces as they are; each has a finding."""
    for k in range(540):
        document = sound(id=f"n{k % 530}", sha256="0" * 64)
        (tmp_path / f"{k:04}.jsonl").write_text(dump(document) + "\n")
    return tmp_path


@pytest.mark.slow
def test_two_processes_report_what_one_does(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in sorted(large.iterdir())[60:]:
        file.unlink()
    (large / "zz.jsonl").write_text((large / "0000.jsonl").read_text())
    monkeypatch.setattr("spanproof.formats.sources._MOST", 20)
    assert len(list(pieces_of(read(large, Schema.article())))) == 4
    results = [CliRunner().invoke(main, ["check", str(large), "--output", "jsonl", "--jobs", jobs]) for jobs in "12"]
    assert [result.exit_code for result in results] == [1, 1]
    assert results[0].output == results[1].output
    assert "SP003" in results[0].output
    refused = CliRunner().invoke(main, ["check", str(large), "--diff", "--jobs", "2"])
    assert refused.exit_code == 2


def test_more_processes_than_a_machine_bears_are_refused() -> None:
    result = CliRunner().invoke(main, ["check", "no.jsonl", "--jobs", "100000"])
    assert result.exit_code == 2
    assert "100000 is not in the range 1<=x<=" in result.output


def started(path: Path) -> subprocess.Popen[str]:
    """A check by two processes, which has begun to judge."""
    program = "import spanproof.formats.sources as sources; sources._MOST = 10; from spanproof.cli import main; main()"
    command = [sys.executable, "-c", program, "check", str(path), "--jobs", "2", "--output", "jsonl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def are_gone(pids: list[int]) -> bool:
    for _ in range(100):
        if not any(Path(f"/proc/{pid}/stat").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc to know the processes")
@pytest.mark.parametrize(
    ("whom", "sent", "code", "words"),
    [
        ("worker", signal.SIGKILL, 2, "was ended before its part was done"),
        ("parent", signal.SIGINT, 130, "interrupted"),
        ("parent", signal.SIGKILL, -9, ""),
    ],
)
def test_an_end_in_the_middle_is_told_and_leaves_no_process(
    large: Path, whom: str, sent: signal.Signals, code: int, words: str
) -> None:
    process = started(large)
    workers = children(process.pid)
    assert len(workers) == 2
    os.kill(workers[0] if whom == "worker" else process.pid, sent)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == code, errors
    if code == 130:
        summary = json.loads(output.splitlines()[-1])
        assert (summary["interrupted"], summary["exit_code"]) == (True, 130)
        assert 0 < summary["documents"] < len(list(large.iterdir()))
    assert words in errors
    assert "Traceback" not in errors
    assert are_gone(workers)
