"""The pages that lead somebody through something are followed, and show what a terminal shows."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from support.documents import ROOT
from support.pages import DOCS, followed

TUTORIAL = DOCS / "tutorial" / "check-your-corpus.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
COPIED = ("tools/spanproof", "schema", "annotations", "dataset/articles")
"""What of the repository there is in the folder in which a section of CONTRIBUTING.md is followed."""


def sections(page: str) -> list[str]:
    """A page cut before its headings of the second level."""
    return re.split(r"(?m)^(?=## )", page)


def copied(folder: Path) -> Path:
    """A folder with the repository in it."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__", "*.svg", "*.png")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return folder


@pytest.mark.slow
def test_the_tutorial_shows_what_a_terminal_shows(tmp_path: Path) -> None:
    text = TUTORIAL.read_text("utf-8")
    assert followed(text, tmp_path) == text, "PYTHONPATH=tests python tests/docs/test_pages.py writes it anew"


@pytest.mark.slow
@pytest.mark.parametrize(
    "section",
    [
        pytest.param(section, id=section.partition("\n")[0].strip("# "))
        for section in sections(CONTRIBUTING.read_text("utf-8"))
        if "```console" in section
    ],
)
def test_a_worked_example_shows_what_a_terminal_shows(section: str, tmp_path: Path) -> None:
    shown = followed(section, copied(tmp_path))
    assert shown == section, "PYTHONPATH=tests python tests/docs/test_pages.py writes it anew"


def written(page: Path, sections: list[str], *, in_repository: bool) -> None:
    """Follow a page and write it with what was shown."""
    shown = []
    for section in sections:
        with tempfile.TemporaryDirectory() as name:
            shown.append(followed(section, copied(Path(name)) if in_repository else Path(name)))
    page.write_text("".join(shown), "utf-8")


if __name__ == "__main__":
    written(TUTORIAL, [TUTORIAL.read_text("utf-8")], in_repository=False)
    written(CONTRIBUTING, sections(CONTRIBUTING.read_text("utf-8")), in_repository=True)
