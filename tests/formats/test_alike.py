"""Files of one name in several folders are several documents, whatever format they have."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.formats.discovery import read
from support.strangers import STRANGERS


def laid(folder: Path, *places: str, name: str = "brat") -> None:
    for place in places:
        (folder / place).mkdir(parents=True)
        STRANGERS[name].written(folder / place, broken=False)


@pytest.mark.parametrize("name", ["brat", "conll", "webanno", "timeml"])
def test_files_of_one_name_are_several_documents(name: str, tmp_path: Path) -> None:
    laid(tmp_path, "train/a", "train/b", "test/a", name=name)
    report = check(read(tmp_path))
    assert not [finding for finding in report.findings if finding.code == "SP003" and name != "timeml"]
    ids = [document["id"] for document in read(tmp_path).documents()]
    if name != "timeml":  # whose files say an id
        assert ids == ["test/a/notes", "train/a/notes", "train/b/notes"]


def test_paths_that_are_named_apart_are_one_corpus(tmp_path: Path) -> None:
    laid(tmp_path, "a", "b")
    assert [one["id"] for one in read([tmp_path / "a", tmp_path / "b"]).documents()] == ["a/notes", "b/notes"]
    assert [one["id"] for one in read(tmp_path / "a").documents()] == ["notes"]


def test_one_name_in_one_folder_stays_as_it_is(tmp_path: Path) -> None:
    laid(tmp_path, "a")
    STRANGERS["brat"].written(tmp_path, broken=False)
    (tmp_path / "other.ann").write_text("T1\tPER 0 3\tAna\n")
    (tmp_path / "other.txt").write_text("Ana.")
    assert [one["id"] for one in read(tmp_path).documents()] == ["a/notes", "notes", "other"]


def test_corrections_are_written_into_the_files_of_both_folders(tmp_path: Path) -> None:
    text = "😀 Ana Silva met Bo Cole in Lisbon, then Rui Costa and Zoe Miller flew to Porto and Berlin."
    names = ["Ana Silva", "Bo Cole", "Lisbon", "Rui Costa", "Zoe Miller", "Porto", "Berlin"]

    def lines(shift: int) -> str:
        starts = [text.index(name) + shift for name in names]
        places = enumerate(zip(names, starts, strict=True), 1)
        return "".join(f"T{k}\tN {start} {start + len(name)}\t{name}\n" for k, (name, start) in places)

    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(text, "utf-8")
        (tmp_path / folder / "x.ann").write_text(lines(1), "utf-8")
    CliRunner().invoke(main, ["check", str(tmp_path), "--fix"])
    assert [(tmp_path / folder / "x.ann").read_text("utf-8") for folder in "ab"] == [lines(0)] * 2
