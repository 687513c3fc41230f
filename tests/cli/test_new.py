"""Texts become article files: nothing is guessed, nothing is written over, nothing is half-written."""

import hashlib
import json
from pathlib import Path

from click.testing import CliRunner, Result

from spanproof.cli import main
from spanproof.formats.discovery import read

TEXT = "Ana met Zoë on 2025-02-26.\r\nRio agreed.\n"


def new(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["new", *map(str, arguments)])


def test_a_text_becomes_an_article_file_that_reads_back_byte_for_byte(tmp_path: Path) -> None:
    text = tmp_path / "report.txt"
    text.write_bytes(TEXT.encode())
    folder = tmp_path / "corpus" / "gold"
    made = new(text, "--language", "en", "--dct", "2025-02-26", "--folder", folder)
    assert made.exit_code == 0, made.output
    (document,) = read(folder).documents()
    assert document["text"] == TEXT
    assert document["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()
    assert document["dct"] == {"value": "2025-02-26", "source": "stated", "evidence": "2025-02-26"}
    assert json.loads((tmp_path / "corpus" / "entities.json").read_text()) == {}


def test_a_day_that_the_text_does_not_say_is_inferred(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ana.")
    assert new(tmp_path / "a.txt", "--language", "en", "--dct", "2025-01-01", "--folder", tmp_path / "g").exit_code == 0
    (document,) = read(tmp_path / "g").documents()
    assert document["dct"] == {"value": "2025-01-01", "source": "inferred", "evidence": ""}


def test_what_cannot_be_made_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    good, empty, latin = (tmp_path / f"{name}.txt" for name in ("good", "empty", "latin"))
    good.write_text("Ana.")
    empty.write_text(" \n")
    latin.write_bytes(b"Zo\xeb")
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "good.txt"
    twin.write_text("Rio.")
    known = ("--language", "en", "--dct", "2025-01-01", "--folder", tmp_path / "g")
    for arguments, words in (
        ((good, empty, *known), "holds no text"),
        ((good, latin, *known), "is not UTF-8"),
        ((good, tmp_path / "absent.txt", *known), "No such file"),
        ((good, twin, *known), "already exists, or two texts share its name"),
        ((good, "--language", "en", "--folder", tmp_path / "g"), "the schema demands dct"),
        ((good, *known, "--title", "X"), "title isn't a member"),
        ((good, *known, "--dct", "2025-02-30"), "day 30"),
        ((good, *known, "--language", "?"), "$.language"),
        ((good, *known, "--set", "x"), "expected MEMBER=VALUE"),
    ):
        refused = new(*arguments)
        assert refused.exit_code == 2, arguments
        assert words in refused.output
        assert not (tmp_path / "g").exists()
    assert new(good, *known).exit_code == 0
    assert new(good, *known).exit_code == 2
