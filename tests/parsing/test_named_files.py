"""Paths that come from data: nothing outside of the folder is read, or even asked for."""

import ast
import json
import os
from pathlib import Path

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.formats.discovery import read
from spanproof.parsing.named_files import content_of, named_file
from spanproof.publication.facts import Facts, FactsError
from spanproof.publication.folder import Publication
from support.house import trees

SECRET = "root:x:0:0:secret"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with a text, and beside it what must not be read."""
    folder = tmp_path / "corpus"
    (folder / "texts").mkdir(parents=True)
    (folder / "texts" / "a.txt").write_text(sound()["text"], "utf-8")
    (tmp_path / "secret.txt").write_text(SECRET, "utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "near.txt").symlink_to(folder / "texts" / "a.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.txt")
    return folder


OUTSIDE = ["../secret.txt", "texts/../../secret.txt", "link.txt", "up/secret.txt", "/dev/zero", "/dev/stdin", "/none"]
NOT_THERE = ["none.txt", "texts", "pipe.txt", "loop.txt", "", " ", "a\0b", "\ud800", "x" * 5000, "..\\secret.txt", "."]


def article(folder: Path, name: str) -> Path:
    members = {key: value for key, value in sound().items() if key != "text"}
    file = folder / "one.json"
    file.write_text(json.dumps({**members, "text_file": name}), "utf-8")
    return file


@pytest.mark.parametrize("name", [*OUTSIDE, *NOT_THERE])
@pytest.mark.parametrize("boundary", [False, True])
def test_what_is_no_file_inside_is_refused(corpus: Path, name: str, boundary: bool) -> None:
    with pytest.raises(ValueError, match=r"expected the path of a file inside|embedded|surrogates"):
        named_file(corpus, name, corpus if boundary else None)


@pytest.mark.parametrize("name", [*OUTSIDE, *NOT_THERE])
def test_a_text_elsewhere_is_a_finding_that_tells_nothing(corpus: Path, name: str) -> None:
    article(corpus, name)
    report = check(corpus)
    assert [finding.code for finding in report.findings] == ["SP001"]
    assert SECRET not in str(report)


@pytest.mark.parametrize("name", ["texts/a.txt", "near.txt", "./texts/a.txt"])
def test_a_text_inside_is_read(corpus: Path, name: str) -> None:
    article(corpus, name)
    assert check(corpus).findings == ()


def test_a_repository_that_names_a_corpus_is_the_boundary(corpus: Path) -> None:
    gold = corpus / "gold"
    gold.mkdir()
    file = article(gold, "../texts/a.txt")
    assert "leads out of the folder" in check(file).findings[0].message
    (corpus / "pyproject.toml").write_text('[tool.spanproof]\ncorpus = "gold"\n', "utf-8")
    assert check(file).findings == ()
    for name in ("../../secret.txt", "../link.txt", "../up/secret.txt", str(corpus / "texts" / "a.txt")):
        assert "leads out of the folder" in check(article(gold, name)).findings[0].message


def test_the_text_of_a_document_stays_where_it_names_a_file_too(corpus: Path) -> None:
    file = corpus / "one.json"
    file.write_text(json.dumps({**sound(), "text_file": "link.txt"}), "utf-8")
    assert [finding.code for finding in check(file).findings] == ["SP002"]
    assert next(read(file).documents())["text"] == sound()["text"]


def test_a_file_that_is_none_any_more_is_not_read(corpus: Path) -> None:
    for name in ("pipe.txt", "link.txt", "none.txt", "texts"):
        with pytest.raises(ValueError, match=r"can't be read|expected a regular file"):
            content_of(corpus / name)


@pytest.mark.parametrize("pattern", ["../*.jsonl", "/etc/*", "data/../../*.jsonl", "data/link.jsonl", "up/*.jsonl"])
def test_the_card_names_files_inside_alone(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "secret.jsonl").write_text(json.dumps(sound()), "utf-8")
    folder = tmp_path / "dataset"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "link.jsonl").symlink_to(tmp_path / "secret.jsonl")
    (folder / "up").symlink_to(tmp_path)
    card = f"---\nconfigs:\n- config_name: a\n  data_files: {json.dumps(pattern)}\n---\n"
    (folder / "README.md").write_text(card, "utf-8")
    corpus = read(folder)
    assert list(corpus.documents()) == []
    assert [error.problem[:35] for error in corpus.errors] == ["leads out of the dataset folder; ex"]
    assert "data/link.jsonl" not in Publication.read(folder).files


def test_a_snapshot_of_the_hub_is_read_through_its_links(tmp_path: Path) -> None:
    blob = tmp_path / "blobs" / "1"
    folder = tmp_path / "snapshots" / "abc"
    (folder / "data").mkdir(parents=True)
    blob.parent.mkdir()
    blob.write_text(json.dumps(sound()), "utf-8")
    (folder / "data" / "a.jsonl").symlink_to(blob)
    (folder / "README.md").write_text("---\nconfigs:\n- data_files: data/*.jsonl\n---\n", "utf-8")
    assert [document["id"] for document in read(folder).documents()] == ["example"]
    assert "data/a.jsonl" in Publication.read(folder).files


def test_facts_are_not_read_through_links(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (tmp_path / "secret.md").write_text(SECRET, "utf-8")
    (folder / "card.md").symlink_to(tmp_path / "secret.md")
    (folder / "dataset.json").write_text("{}", "utf-8")
    with pytest.raises(FactsError, match="leads out of the folder"):
        Facts.beside(folder / "a.jsonl")


READERS = {
    "corpus/extras.py",
    "corpus/plugins.py",
    "formats/addresses.py",
    "checks/fix.py", "checks/undo.py",
    "checks/rules/publication.py", "formats/arrow.py", "formats/article.py", "formats/content.py",
    "formats/delimited.py", "formats/discovery.py", "formats/folders.py", "formats/jsonl.py", "parsing/named_files.py",
    "publication/facts.py", "publication/folder.py",
    "publication/rows.py", "publication/sections.py", "schema/schema.py", "schema/shapes.py", "schema/vocabulary.py",
    "corpus/settings.py", "formats/amending.py", "formats/files.py", "text/characters.py",
}  # fmt: skip
"""The files of these rooms that open files: each opens what a user named, what lies beside it under a fixed name, what
a folder lists, or a file of the package; what data names goes through ``named_file``."""


def test_files_are_opened_in_few_places() -> None:
    """Whoever is added here asks first: does data name this path? Then it goes through ``named_file``."""
    rooms = ("checks/", "corpus/", "formats/", "parsing/", "publication/", "schema/", "text/", "viewer/pages")
    opening = {
        name
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if name.startswith(rooms) and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in ("open", "read_bytes", "read_text", "glob")
    }
    assert opening - {"viewer/pages.py"} == READERS
