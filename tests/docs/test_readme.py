"""The code of the README prints what the README says."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from support.documents import ROOT
from support.pages import blocks

BLOCKS = [block for block in blocks((ROOT / "README.md").read_text("utf-8")) if not block.name]
PROGRAMS = [(block.code, after.code) for block, after in pairwise(BLOCKS) if block.language == "python"]


@pytest.mark.slow
def test_the_quick_start_prints_what_it_says(tmp_path: Path) -> None:
    (program, printed), *_ = PROGRAMS
    environment = {"PYTHONPATH": str(ROOT / "tools"), "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PATH": ""}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == printed, done.stderr


def test_the_first_screen_has_the_sentence_the_picture_and_the_command() -> None:
    screen = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:20])
    for expected in (
        "checks that every annotation",
        "pictures/finding-light.svg",
        "pip install .",
        "spanproof check my.jsonl",
    ):
        assert expected in screen
