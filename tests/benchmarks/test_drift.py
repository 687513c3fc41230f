import sys
from pathlib import Path

import pytest

from spanproof.checks.check import check
from spanproof.formats.discovery import read
from spanproof.testing.open_world.cases import SCHEMA

sys.path.insert(0, str(Path(__file__).parent))
import drift


def test_the_corpora_differ_by_their_drift_alone(tmp_path: Path) -> None:
    sound, broken = (read(file, schema=SCHEMA) for file in drift.write(tmp_path, drift.Shape(60, 2, drift.SUM)))
    assert check(sound).counts["error"] == 0
    assert check(broken).counts["error"] > 10
    assert [one["text"] for one in sound.documents()] == [one["text"] for one in broken.documents()]
    assert all(len(one["names"]) > 10 for one in broken.documents())


@pytest.mark.full
def test_the_time_of_a_cause_and_of_its_correction_is_bounded() -> None:
    """The ratios are some 5 and 18, and 1.2 to 2; the aim is 3 of each."""
    for shape in (drift.Shape(2_000, 100, drift.UNIT), drift.Shape(4_000, 1, drift.SUM)):
        explained, corrected, *_ = drift.ratios(shape, 3).values()
        assert explained < 36, shape
        assert corrected < 4, shape


@pytest.mark.slow
def test_the_time_of_a_cause_grows_with_the_spans(tmp_path: Path) -> None:
    """Four times the spans take some four times as long; quadratic time would be sixteen."""
    few, many = (drift.write(tmp_path, drift.Shape(spans, 1, drift.SUM))[1].read_bytes() for spans in (4_000, 16_000))
    ratios = []
    for _ in range(3):
        took = []
        for content in (few, many):
            (tmp_path / "drifted.jsonl").write_bytes(content)
            took.append(drift.seconds(drift.checked, tmp_path / "drifted.jsonl"))
        ratios.append(took[1] / took[0])
    assert sorted(ratios)[1] < 8, ratios
