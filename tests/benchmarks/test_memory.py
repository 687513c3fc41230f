"""Memory: a large document, row group or corpus takes 512 MiB, and a larger corpus little more than a small one."""

import json
import random
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import run

LIMIT, GROWTH = 512, 48
"""MiB, and by how many more of these a corpus of four times the size may take: what is kept in memory up to a bound."""


def written(file: Path, words: int, every: int) -> None:
    """Write one document of some words, of which every so many is a span."""
    draw = random.Random(1)
    common = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(5000)]
    at, chosen, spans = 0, draw.choices(common, k=words), []
    for number, word in enumerate(chosen):
        if number % every == 0:
            spans.append({"start": at, "end": at + len(word), "text": word, "label": "PER"})
        at += len(word) + 1
    with file.open("w") as lines:
        json.dump({"id": "d", "text": " ".join(chosen), "entities": spans}, lines)


@pytest.mark.full
@pytest.mark.parametrize("stated", [True, False], ids=["with a schema", "without one"])
@pytest.mark.parametrize(("words", "every"), [(32_000_000, 3200), (4_000_000, 4)], ids=["200 MB", "a million spans"])
def test_one_large_document_is_checked_in_little_memory(words: int, every: int, stated: bool, tmp_path: Path) -> None:
    file, small = tmp_path / "large.jsonl", tmp_path / "small.jsonl"
    written(file, words, every)
    if stated:
        written(small, 400, 4)
        run.run([sys.executable, "-m", "spanproof", "init", str(small), "--out", str(tmp_path / "large.schema.json")])
    measured = run.run(run.checked(str(file)))
    assert f'"spans": {-(-words // every)}' in measured.output
    assert measured.peak < LIMIT


@pytest.mark.full
def test_one_large_row_group_is_checked_in_little_memory(tmp_path: Path) -> None:
    parquet, _ = run.written(tmp_path, 60_000)
    file = tmp_path / "one.parquet"
    pq.write_table(pq.read_table(parquet), file, compression="zstd", row_group_size=60_000)
    assert pq.read_metadata(file).num_row_groups == 1
    measured = run.run(run.checked(str(file)))
    assert '"documents": 60000' in measured.output
    assert measured.peak < LIMIT


@pytest.mark.full
def test_a_larger_corpus_takes_no_more_memory(tmp_path: Path) -> None:
    for small, large in zip(run.written(tmp_path, 20_000), run.written(tmp_path, 80_000), strict=True):
        peaks = [run.run(run.checked(str(file))).peak for file in (small, large)]
        assert peaks[1] < min(peaks[0] + GROWTH, LIMIT), f"{large.suffix}: {peaks}"


def versions(folder: Path, documents: int) -> list[Path]:
    """Two versions of a corpus: 50 spans a document, of which one has another label in the second."""
    draw = random.Random(1)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(5000)]
    files = [folder / f"{name}-{documents}.jsonl" for name in ("old", "new")]
    with files[0].open("w") as old, files[1].open("w") as new:
        for number in range(documents):
            chosen, at, spans = draw.choices(words, k=250), 0, []
            for k, word in enumerate(chosen):
                if k % 5 == 0:
                    spans.append({"start": at, "end": at + len(word), "text": word, "label": draw.choice("ABC")})
                at += len(word) + 1
            document = {"id": f"d{number}", "text": " ".join(chosen), "entities": spans}
            old.write(json.dumps(document) + "\n")
            spans[0] = {**spans[0], "label": draw.choice("ABC")}
            new.write(json.dumps(document) + "\n")
    return files


def peak(*command: object) -> float:
    """MiB that a command took at its peak, whether or not it found differences."""
    program = (
        "import sys\nfrom spanproof.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit as end: sys.exit(end.code == 2)"
    )
    return run.run([sys.executable, "-c", program, *map(str, command)]).peak


@pytest.mark.full
def test_a_diff_of_a_larger_corpus_takes_no_more_memory(tmp_path: Path) -> None:
    """A million spans a side take little more than a fifth of them do: what documents are called stays in memory."""
    peaks = [peak("diff", *versions(tmp_path, documents)) for documents in (4_000, 20_000)]
    assert peaks[1] < min(peaks[0] + 2 * GROWTH, LIMIT), peaks


@pytest.mark.full
def test_a_reader_of_ten_thousand_documents_takes_little_memory(tmp_path: Path) -> None:
    peaks = [peak("show", versions(tmp_path, many)[0], "--out", tmp_path / f"site-{many}") for many in (2_000, 10_000)]
    assert len(list((tmp_path / "site-10000").glob("*.html"))) == 10_001
    assert peaks[1] < min(peaks[0] + 2 * GROWTH, LIMIT), peaks  # the head of each document is on the first page


@pytest.mark.full
def test_a_score_of_a_million_spans_takes_less_than_a_gib(tmp_path: Path) -> None:
    """It grows with the corpus: the columns of both sides are in memory."""
    assert peak("score", *versions(tmp_path, 20_000)) < 2 * LIMIT
