"""What is stated of our corpus stands beside it, and nowhere in the package: the toolkit serves anyone's corpus."""

import re
from collections.abc import Iterator

import pytest

from support.documents import ROOT
from support.own_words import names, runs, sentences

pytestmark = pytest.mark.slow

PACKAGE = ROOT / "tools" / "spanproof"
# Words of the registries that the package has for another reason.
OTHERWISE = {
    "American": "metrics/label_sets.py: how another label set labels a people and its adjective",
    "Americans": "metrics/label_sets.py: how another label set labels a people and its adjective",
    "Security": "viewer: Content-Security-Policy, a header of HTTP",
    "US": "text/folding.py: a word in upper case",
    "Turkish": "text/likeness.py, text/drift/writings.py: a language with cases of its own",
    "White": "text/characters.py: White_Space, a property of Unicode",
}


def texts() -> Iterator[tuple[str, str]]:
    """Every text of the package by its path in it."""
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".bin":
            yield path.relative_to(PACKAGE).as_posix(), path.read_text("utf-8")


def test_the_package_has_no_name_of_our_corpus() -> None:
    own = names()
    found = {
        (name, path)
        for path, text in texts()
        for name in own
        if name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    }
    assert {(name, path) for name, path in found if name not in OTHERWISE} == set()
    assert OTHERWISE.keys() == {name for name, _ in found}, "no longer exceptions: to be taken out"


def test_the_package_has_no_sentence_of_our_corpus() -> None:
    own = sentences()
    assert {(path, run) for path, text in texts() for run in own & set(runs(text))} == set()


def test_the_words_of_our_corpus_are_known() -> None:
    """The tests above would pass where no word was found: these are some that must be among them."""
    assert {"istanbul-talks", "Kremlin", "United States", "fa189029789358c3"} <= names()
    assert len(sentences()) > 500


def test_no_path_of_our_corpus_is_a_default() -> None:
    """Where a repository has its corpus, its pyproject.toml says."""
    assert [path for path, text in texts() if "annotations/gold" in text or "annotations/releases" in text] == []
