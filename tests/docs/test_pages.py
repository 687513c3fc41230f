"""The pages that lead somebody through something are followed, and show what a terminal shows."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from support.documents import ROOT
from support.pages import DOCS, blocks, followed

TUTORIAL = DOCS / "tutorial" / "check-your-corpus.md"
CONTRACT = ROOT / "schema" / "README.md"
PROOF = DOCS / "explanation" / "proof.md"
QUOTED = DOCS / "how-to" / "find-quoted-words.md"
CONVERTED = DOCS / "how-to" / "convert-a-corpus.md"
PASSED_ON = DOCS / "how-to" / "pass-on-annotations.md"
PROJECT = DOCS / "how-to" / "check-in-a-project.md"
LED = DOCS / "how-to" / "lead-a-team.md"
CORRECTED = DOCS / "how-to" / "correct-a-text.md"
FORMATS = DOCS / "how-to" / "check-other-formats.md"
PAGES = (TUTORIAL, CONTRACT, PROOF, QUOTED, CONVERTED, PASSED_ON, PROJECT, FORMATS, CORRECTED, LED)
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
COPIED = ("tools/spanproof", "schema", "annotations", "dataset/articles", "tools/leaderboard")
"""What of the repository there is in the folder in which a section of CONTRIBUTING.md is followed."""


def sections(page: str) -> list[str]:
    """A page cut before its headings of the second level."""
    return re.split(r"(?m)^(?=## )", page)


def copied(folder: Path) -> Path:
    """A folder with the repository in it."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in COPIED:
        ignored = shutil.ignore_patterns("*.png")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_tutorial_shows_what_a_terminal_shows(page: Path, tmp_path: Path) -> None:
    text = page.read_text("utf-8")
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


@pytest.mark.slow
def test_a_rule_at_home_touches_the_file_of_its_family_alone(tmp_path: Path) -> None:
    """The rule of the worked example, with a code of ours and examples, at the end of the file of a family."""
    (code,) = (block.code for block in blocks(CONTRIBUTING.read_text("utf-8")) if block.name == "my-rules/my_rules.py")
    entity = '{"id": "e1", "start": 0, "end": 4, "text": "%s", "label": "GPE", "entity_id": None}'
    bad, good = (f'[{{"text": "{name} fell.", "entities": [{entity % name}]}}]' for name in ("kyiv", "Kyiv"))
    code = code.replace(
        '"MY101", "small-place", "warning"', f'"SP299", "small-place", "warning", bad={bad}, good={good}'
    )
    file = copied(tmp_path) / "tools" / "spanproof" / "checks" / "rules" / "labels.py"
    file.write_text(file.read_text("utf-8") + "\n\n" + code.partition("\n\n\n")[2], "utf-8")
    shown = followed("```console\n$ spanproof explain SP299\n$ spanproof check --select SP299\n```", tmp_path)
    assert 'This passes:\n\n    {"text": "Kyiv fell."' in shown
    assert "Found: $.entities[0] 'kyiv' has no capital letter" in shown
    assert "annotations/gold/28c5c7bc61b1027f.json:21" in shown


def written(page: Path, sections: list[str], *, in_repository: bool) -> None:
    """Follow a page and write it with what was shown."""
    shown = []
    for section in sections:
        with tempfile.TemporaryDirectory() as name:
            shown.append(followed(section, copied(Path(name)) if in_repository else Path(name)))
    page.write_text("".join(shown), "utf-8")


if __name__ == "__main__":
    for page in PAGES:
        written(page, [page.read_text("utf-8")], in_repository=False)
    written(CONTRIBUTING, sections(CONTRIBUTING.read_text("utf-8")), in_repository=True)
