"""Every relative link of every Markdown file leads to a file, and to a heading of it where it names one."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from support.documents import ROOT
from support.pages import DOCS, anchors, without_code

PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts) and "build" not in path.parts
)
TEMPLATES = {"card.md"}
"""Pages that are parts of another one, which is built from them and checked in their place."""
LINK = re.compile(
    r"\[[^\]]*\]\(<?(?P<target>[^)\s>]+)>?(?: \"[^\"]*\")?\)"
    r"|<(?:img|a) [^>]*(?:src|href)=\"(?P<tag>[^\"]+)\""
)


def links(path: Path) -> Iterator[str]:
    """The relative links of a page."""
    for match in LINK.finditer(without_code(path.read_text("utf-8"))):
        target = match["target"] or match["tag"]
        if not re.match(r"[a-z][a-z0-9+.-]*:|//", target):
            yield unquote(target)


def test_there_are_pages_and_links() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in PAGES}
    assert {"README.md", "CONTRIBUTING.md", "tools/docs/README.md", "dataset/README.md"} <= names
    assert sum(1 for path in PAGES for _ in links(path)) > 100


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_of_a_page_holds(page: Path) -> None:
    if page.name in TEMPLATES:
        return
    wrong = []
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.is_relative_to(ROOT.resolve()) or not target.exists():
            wrong.append(f"{link}: there is no such file")
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text("utf-8")):
            wrong.append(f"{link}: the page has no such heading")
    assert wrong == []


@pytest.mark.parametrize("page", sorted((ROOT / "dataset").glob("*.md")), ids=lambda path: path.name)
def test_a_page_of_the_dataset_leads_to_its_own_files_alone(page: Path) -> None:
    """The dataset is published without the repository around it."""
    if page.name in TEMPLATES:
        return
    assert [
        link for link in links(page) if not (page.parent / link).resolve().is_relative_to(page.parent.resolve())
    ] == []


def test_every_page_of_the_documentation_is_in_its_index() -> None:
    index = DOCS / "README.md"
    listed = {(DOCS / link.partition("#")[0]).resolve() for link in links(index)}
    assert {path.resolve() for path in DOCS.rglob("*.md")} - {index.resolve()} <= listed
