"""Memory: a long document, and one of a million spans, are checked in 512 MiB."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import run

LIMIT = 512
"""MiB."""


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
@pytest.mark.parametrize(("words", "every"), [(32_000_000, 3200), (4_000_000, 4)], ids=["200 MB", "a million spans"])
def test_one_large_document_is_checked_in_little_memory(words: int, every: int, tmp_path: Path) -> None:
    file, small = tmp_path / "large.jsonl", tmp_path / "small.jsonl"
    for path, size, step in ((file, words, every), (small, 400, 4)):
        # By another process: the peak of a process counts what its parent held.
        subprocess.run([sys.executable, __file__, str(path), str(size), str(step)], check=True)
    run.run([sys.executable, "-m", "spanproof", "init", str(small), "--out", str(tmp_path / "large.schema.json")])
    measured = run.run(run.checked(str(file)))
    assert f'"spans": {-(-words // every)}' in measured.output
    assert measured.peak < LIMIT


if __name__ == "__main__":
    written(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
