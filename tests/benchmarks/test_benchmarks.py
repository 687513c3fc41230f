import os
import sys
from pathlib import Path

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus, batch_of
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema

sys.path.insert(0, str(Path(__file__).parent))
import growth
import peers
import run

import corpus
import engines


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return corpus.write(tmp_path_factory.mktemp("bench"), 200)


def test_the_synthetic_corpus_is_sound_and_the_same_in_both_formats(files: tuple[Path, Path]) -> None:
    parquet, jsonl = map(read, files)
    for found in (check(parquet), check(jsonl)):
        assert found.findings == ()
        assert found.documents == 200
        assert 55 <= found.spans / 200 <= 70
    assert list(parquet.documents()) == list(jsonl.documents())


def test_the_synthetic_corpus_is_as_long_and_as_mixed_as_it_says(files: tuple[Path, Path]) -> None:
    texts = [document["text"] for document in read(files[0]).documents()]
    assert 3000 <= sum(len(text.encode()) for text in texts) / len(texts) <= 4000
    assert 0.15 <= sum(text.isascii() for text in texts) / len(texts) <= 0.35
    for sign in "“éж中😀":
        assert any(sign in text for text in texts), sign


def test_copies_that_were_edited_are_found_wherever_they_stand(files: tuple[Path, Path]) -> None:
    documents = list(read(files[0]).documents())
    copied = [0, 1, 50, 99, 150, 199]
    for number, row in enumerate(copied):
        text = documents[row]["text"]
        words = text.split(" ") if " " in text else list(text)
        words[len(words) // 2] = "edited" * number
        text = (" " if " " in text else "").join(words)
        documents.append(sound(id=f"copy of {documents[row]['id']}", text=text))
    half = len(documents) // 2
    parts = tuple(batch_of(part, Schema.article()) for part in (documents[:half], documents[half:]))
    found = [finding for finding in check(Corpus(Schema.article(), parts)).findings if finding.code == "SP603"]
    assert [finding.document for finding in found] == [f"copy of {documents[row]['id']}" for row in copied]
    assert all(str(finding.document).removeprefix("copy of ") in finding.message for finding in found)


def test_the_same_size_gives_the_same_bytes(files: tuple[Path, Path], tmp_path: Path) -> None:
    again = corpus.write(tmp_path, 200)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in files]
    assert run.written(tmp_path, 200) == list(again)
    assert run.written(tmp_path, 200, lines=False) == [again[0]]


@pytest.mark.slow
def test_a_job_is_measured_as_a_process_of_its_own(files: tuple[Path, Path]) -> None:
    for name in ("read_parquet", "loop"):
        measured = run.run(run.job(name, files[0]))
        assert measured.wall > 0
        assert measured.cpu > 0
        assert 10 < measured.peak < 10_000
    run.run(run.job("read_jsonl", files[1]))
    assert 0 < float(run.run(run.job("validate", files[0])).output) < 10
    with pytest.raises(RuntimeError, match="exit"):
        run.run(run.job("loop", files[1]))


def test_the_peak_of_a_job_is_its_own_whatever_the_test_before_it_held() -> None:
    held = b"x" * (200 << 20)
    assert run.run([sys.executable, "-c", ""]).peak < len(held) / (2 << 20)


def test_jobs_take_turns_and_a_ratio_is_that_of_the_rounds(files: tuple[Path, Path]) -> None:
    commands = {"check": run.checked(str(files[0])), "nothing": [sys.executable, "-c", ""]}
    runs = run.rounds(commands, 2)
    assert [len(found) for found in runs.values()] == [2, 2]
    assert '"documents": 200' in runs["check"][0].output
    assert run.ratio(runs["check"], runs["nothing"]) > 1
    one, two, four = (run.Run(wall, wall, 1, "") for wall in (1, 2, 4))
    assert run.ratio([four, four, two], [one, two, two]) == 2
    assert run.clock_ratio([four, four, two], [one, two, two]) == 2


def test_the_table_names_every_job(capsys: pytest.CaptureFixture[str]) -> None:
    names = ("read the Parquet", "check the Parquet", "check by two jobs", "loop over the Parquet", "read the JSONL")
    runs = {name: [run.Run(k + 1, k + 1, 64, "0.5")] for k, name in enumerate((*names, "jsonschema"))}
    run.show(runs, 10)
    shown = capsys.readouterr().out
    assert all(name in shown for name in runs)
    assert "the loop takes 2.0 times as long as the catalogue" in shown


def test_a_job_is_tied_to_as_many_cores_as_it_asks_for() -> None:
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("this system ties no process to cores")
    before = os.sched_getaffinity(0)
    with run.pinned(1):
        told = run.run([sys.executable, "-c", "import os; print(len(os.sched_getaffinity(0)))"]).output
    assert told.strip() == "1"
    assert os.sched_getaffinity(0) == before


def test_the_machine_is_named() -> None:
    assert f"{os.cpu_count()} cores" in run.machine()
    assert "pyarrow " in run.machine()


def test_engines_are_measured_beside_the_plain_run(files: tuple[Path, Path]) -> None:
    (start, took, numbers), (_, _, others) = (
        engines.taken(Path(sys.executable), engines.PROGRAMS[name][1], files[0])
        for name in ("plain, one process", "datasets.map, two processes")
    )
    assert start > 0 < took
    assert numbers == others
    assert numbers[0] == 200


@pytest.mark.slow
def test_libraries_are_measured_beside_ours_or_named_as_missing() -> None:
    found = [*peers.measured(20, 1)]
    assert len(found) >= 9
    for row in found:
        if isinstance(row, str):
            assert row.endswith("isn't installed")
        else:
            _, seconds, times = row
            assert seconds > 0 < times


@pytest.mark.slow
def test_growth_is_drawn_from_what_was_measured() -> None:
    points = [*growth.measured(200)]
    assert [(point.format, point.documents) for point in points] == [
        (name, documents) for documents in (50, 200) for name in ("Parquet", "JSON Lines")
    ]
    assert all(point.seconds > 0 and point.peak > 1 for point in points)
    assert growth.picture(points).count("<circle") == 8
