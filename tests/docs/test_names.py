"""What the pages say of the code is there: rooms and floors, modules, functions; and one word has one meaning."""

import importlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from support.documents import ROOT
from support.pages import DOCS, without_blocks

ARCHITECTURE = DOCS / "explanation" / "architecture.md"
GLOSSARY = DOCS / "reference" / "glossary.md"
CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
FLOORS = [layer.split(" | ") for layer in reversed(CONTRACT["layers"])]
ROOMS = {room for floor in FLOORS for room in floor}
PAGES = [*DOCS.rglob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md") if (ROOT / name).exists())]


def test_the_page_of_the_rooms_is_the_contract_of_imports() -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| \S", ARCHITECTURE.read_text("utf-8"), re.M)
    assert sorted((int(floor), room) for floor, room in rows) == sorted(
        (number, room) for number, floor in enumerate(FLOORS, 1) for room in floor
    )
    assert [int(floor) for floor, _ in rows] == sorted((int(floor) for floor, _ in rows), reverse=True)


def named(page: Path) -> set[str]:
    """The modules and functions that a page names: words in code type that begin with a room, or with spanproof."""
    words = re.findall(r"`([a-z_]+(?:\.\w+)+)(?:\(\))?`", without_blocks(page.read_text("utf-8")))
    return {
        word for word in words if word.split(".")[0] in {*ROOMS, "spanproof"} and not word.endswith((".json", ".toml"))
    }


def value_of(name: str) -> Any:
    """What a dotted name of the package leads to."""
    steps = name.removeprefix("spanproof.").split(".")
    for length in range(len(steps), -1, -1):
        try:
            value: Any = importlib.import_module(".".join(["spanproof", *steps[:length]]))
        except ModuleNotFoundError:
            continue
        for step in steps[length:]:
            value = getattr(value, step)
        return value
    raise AssertionError(name)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_names_is_there(page: Path) -> None:
    gone = []
    for name in sorted(named(page)):
        try:
            value_of(name)
        except AttributeError as error:
            gone.append(f"{name}: {error}")
    assert gone == []


def test_the_page_of_the_rooms_names_functions() -> None:
    assert len(named(ARCHITECTURE)) > 30


def test_the_glossary_has_each_word_once() -> None:
    rows = re.findall(r"^\| (\*\*.*?) \|", GLOSSARY.read_text("utf-8"), re.M)
    words = [word for row in rows for word in re.findall(r"\*\*(.+?)\*\*", row)]
    assert len(words) > 60
    assert sorted(words) == sorted(set(words))
