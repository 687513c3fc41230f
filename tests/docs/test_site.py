"""The website: every page has a place, every link leads to something that is there, none leads to an unknown host."""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from support.documents import ROOT
from support.pages import DOCS, anchors, without_code

CONFIGURATION = DOCS / "mkdocs.yml"
KNOWN_HOSTS = {
    "127.0.0.1",
    "creativecommons.org",
    "diataxis.fr",
    "docs.mlcommons.org",
    "example.org",
    "github.com",
    "huggingface.co",
    "json-schema.org",
    "localhost",
    "pre-commit.com",
    "www.w3.org",
}
"""Public documentation that a page may lead to, and names that lead nowhere."""


def script() -> ModuleType:
    """The script that gathers the pages."""
    specification = importlib.util.spec_from_file_location("stage", DOCS / "stage.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    script().stage(folder)
    return folder / "pages"


def named(entry: object) -> Iterator[str]:
    """The pages that a navigation names."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        yield from named(list(entry.values()))
    elif isinstance(entry, list):
        for item in entry:
            yield from named(item)


def links(page: str) -> Iterator[str]:
    for match in re.finditer(r"\]\(([^)\s]+)\)|(?:src|href|srcset)=\"([^\"]+)\"", without_code(page)):
        yield unquote(match[1] or match[2])


def test_the_navigation_names_every_page(staged: Path) -> None:
    pages = sorted(path.relative_to(staged).as_posix() for path in staged.rglob("*.md"))
    text = re.sub(r"!!python\S+", "", CONFIGURATION.read_text("utf-8"))
    assert sorted(named(yaml.safe_load(text)["nav"])) == pages
    assert len(pages) > 30


def test_every_link_of_the_website_leads_to_something(staged: Path) -> None:
    wrong = []
    for page in staged.rglob("*.md"):
        for link in links(page.read_text("utf-8")):
            if re.match(r"[a-z][a-z0-9+.-]*:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            if not target.is_file() or not target.is_relative_to(staged.resolve()):
                wrong.append(f"{page.name}: {link}")
            elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text("utf-8")):
                wrong.append(f"{page.name}: {link}: no such heading")
    assert wrong == []


def test_no_page_leads_to_an_unknown_host(staged: Path) -> None:
    hosts = set()
    for page in staged.rglob("*.md"):
        for link in links(page.read_text("utf-8")):
            if urlsplit(link).hostname:
                hosts.add(urlsplit(link).hostname)
    assert hosts - KNOWN_HOSTS == set()


class _References(HTMLParser):
    """What a page of HTML refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.references: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.references.append(value)
            elif name == "id" and value:
                self.ids.add(value)


@pytest.mark.full
def test_the_website_is_built_and_whole(tmp_path: Path) -> None:
    """Built as ``make docs`` does it; every reference of every page leads to a file and a place of it."""
    pytest.importorskip("zensical", reason="pip install -e '.[docs]'")
    script().stage(tmp_path)
    settings = tmp_path / "mkdocs.yml"
    settings.write_text(settings.read_text("utf-8").replace("../../tools", str(ROOT / "tools")), "utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "-f", str(settings)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    site = tmp_path / "site"
    read = {}
    for page in site.rglob("*.html"):
        read[page.resolve()] = parser = _References()
        parser.feed(page.read_text("utf-8"))
    assert len(read) > 30
    wrong = []
    for page, parser in read.items():
        if page.name == "404.html":
            continue
        for reference in parser.references:
            parts = urlsplit(reference)
            if parts.scheme in ("data", "mailto"):
                continue
            if parts.hostname:
                if parts.hostname not in KNOWN_HOSTS:
                    wrong.append(f"{page.name}: {reference}")
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not target.exists():
                wrong.append(f"{page.name}: {reference}")
            elif parts.fragment and target in read and unquote(parts.fragment) not in read[target].ids:
                wrong.append(f"{page.name}: {reference}: no such place")
    assert wrong == []
