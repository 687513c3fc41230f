"""What `make quick` leaves out: tests that took long in every run on this machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.documents import ROOT
from support.durations import SECONDS, merged

TESTS = f"""
import time

def test_long():
    time.sleep({2 * SECONDS})

def test_short():
    pass
"""


def test_a_test_that_was_fast_once_is_fast() -> None:
    busy = {"a": 9.0, "b": 9.0}
    known = merged(busy, {"a": 0.1, "c": 9.0})
    assert known == merged(known, busy) == {"a": 0.1, "b": 9.0, "c": 9.0}


@pytest.mark.slow
def test_what_was_slow_is_left_out_of_the_next_run(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_one.py").write_text(TESTS)
    options = ["-p", "no:xdist", "--rootdir", str(tmp_path), "-q", "-m", "not slow", "-o", "markers=slow: a slow one"]
    path = os.pathsep.join([str(ROOT / "tests"), *filter(None, sys.path)])

    def ran() -> str:
        command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
        environment = {**os.environ, "PYTHONPATH": path}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout

    assert "2 passed" in ran()
    assert "1 passed, 1 deselected" in ran()
