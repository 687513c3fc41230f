"""brat: what is read back, what each kind of line means, and what can't be read or placed."""

import gzip
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.formats.brat import LEAF
from spanproof.formats.discovery import read
from spanproof.formats.leaf import kept
from support.stand_off import demand_law, errors, file_of, stand_off_documents

TEXT = "Left and right lungs of Ana\nSilva in Rome.\n"
LINES = """\
T1\tOrgan 0 4;15 20\tLeft lungs
T2\tOrgan 9 20\tright lungs
T3\tPerson 24 33\tAna Silva
T5\tHave 21 23\tof
E1\tHave:T5 Owner:T3 Thing:T1
R1\tIn Arg1:T3 Arg2:T2\t
*\tEquiv T1 T2
A1\tConf T3 high
A2\tNegation E1
#1\tAnnotatorNotes T3\tsome note
N1\tReference T3 Wiki:Q12\tAna
"""


def corpus(folder: Path, lines: str | bytes = LINES, text: str | bytes = TEXT) -> Path:
    """A folder with a document of brat."""
    for name, content in (("d1.txt", text), ("d1.ann", lines)):
        file_of(folder, name, content)
    return folder


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "folder")


def test_every_kind_of_line_is_read(tmp_path: Path) -> None:
    (document,) = read(corpus(tmp_path)).documents()
    left, right, ana, _ = document["spans"]
    assert left["fragments"] == [{"start": 0, "end": 4, "text": "Left"}, {"start": 15, "end": 20, "text": "lungs"}]
    assert (left["start"], left["end"], left.get("text")) == (0, 20, None)
    assert (right["text"], ana["text"]) == ("right lungs", "Ana\nSilva")
    assert ana["attributes"] == {
        "Conf": "high",
        "AnnotatorNotes": ["some note"],
        "Reference": [{"resource": "Wiki", "id": "Q12", "name": "Ana"}],
    }
    event, relation, same = document["relations"]
    assert event["arguments"][0] == {"role": "trigger", "target": "T5"}
    assert event["attributes"] == {"Negation": True}
    assert (relation["label"], relation["arguments"][1]) == ("In", {"role": "Arg2", "target": "T2"})
    assert [argument["target"] for argument in same["arguments"]] == ["T1", "T2"]
    assert check(tmp_path).exit_code == 0
    assert [loss.path for loss in kept(document, LEAF).losses] == [("spans", 2, "fragments")]
    LEAF.write([kept(document, LEAF).document], tmp_path / "again")
    written = (tmp_path / "again" / "d1.ann").read_text("utf-8")
    parted = LINES.replace("\t\n", "\n").replace("24 33", "24 27;28 33")
    assert sorted(written.splitlines()) == sorted(parted.splitlines())


def test_a_check_says_what_it_took_and_finds_the_line(tmp_path: Path) -> None:
    corpus(tmp_path, LINES.replace("right lungs", "right lung"))
    result = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert "read as brat stand-off annotations" in result.output
    assert "not read as documents" not in result.output
    assert "d1.ann:2 " in result.output
    assert "the text here is 'right lungs'; the stored surface is 'right lung'" in result.output
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("T6\tX 0", "expected T1<tab>Label 0 5<tab>words"),
        ("T6\tX 0 4;\twords", "expected T1"),
        ("T6\tX -1 4\twords", "expected T1"),
        ("T6\tX 0 99999999999999999999999\twords", "expected T1"),
        ("T6 X 0 4 words", "expected T1"),
        ("T\tX 0 4\tLeft", "expected T1"),
        ("R2\tIn Arg1:T1", "expected R1"),
        ("E2\tHave", "expected E1"),
        ("*\tEquiv T1", "expected *"),
        ("A3\tNegation", "expected A1"),
        ("A3\tNegation T77", "refers to T77, which doesn't exist"),
        ("A3\tConf T3 low", "says Conf of T3 again"),
        ("N2\tReference T3 nowhere\tx", "expected N1"),
        ("#2\tAnnotatorNotes\tx", "expected #1"),
        ("just words", "expected an annotation"),
        ("\x00", "expected an annotation"),
    ],
)
def test_a_line_that_cannot_be_placed_is_named_and_the_rest_is_read(line: str, problem: str, tmp_path: Path) -> None:
    corpus(tmp_path, LINES + line + "\n")
    ((number, said),) = errors(tmp_path)
    assert number == 12
    assert problem in said
    (document,) = read(tmp_path).documents()
    assert len(document["spans"]) == 4
    assert check(tmp_path).exit_code == 2


def test_a_drift_is_corrected_on_its_lines_and_nothing_else_changes(tmp_path: Path) -> None:
    offsets = re.compile(r"(?<=[ ;])(\d+) (\d+)(?=[;\t])")
    names, text = (
        ["Ana", "Rome", "Oslo", "Riga", "Porto"],
        TEXT + "Ana and Rome, right? Left of it. Oslo, Riga, Porto.\n",
    )
    more = [f"T9{k}\tName {(at := text.rindex(name))} {at + len(name)}\t{name}" for k, name in enumerate(names)]
    lines = "\n".join([LINES, *more])
    moved = offsets.sub(lambda pair: f"{int(pair[1]) + 3} {int(pair[2]) + 3}", lines)
    corpus(tmp_path, f"{moved}\n#2\tAnnotatorNotes T5\tas it is\n", text)
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--fix"])
    assert (tmp_path / "d1.ann").read_text("utf-8") == f"{lines}\n#2\tAnnotatorNotes T5\tas it is\n"
    assert result.exit_code == 0, result.output


def test_words_are_not_needed_and_then_nothing_is_proved(tmp_path: Path) -> None:
    corpus(tmp_path, "T1\tOrgan 0 4\n")
    assert not errors(tmp_path)
    assert "1 in bounds only" in CliRunner().invoke(main, ["check", str(tmp_path)]).output


@pytest.mark.parametrize(
    ("lines", "text", "problem"),
    [
        (LINES, TEXT.encode("utf-16"), "d1.txt: is text in UTF-16"),
        (LINES, "Zoë".encode("latin-1"), "d1.txt: not UTF-8: byte 0xeb; the file seems to be Latin-1"),
        (LINES, "“Zoe”".encode("cp1252"), "Windows-1252"),
        (LINES, b"\xed\xa0\x80", "half of a surrogate pair"),
        (LINES.encode("utf-16-le"), TEXT, "UTF-16 without a byte order mark"),
        (LINES.replace("high", "\xeb").encode("latin-1"), TEXT, "not UTF-8: byte 0xeb"),
    ],
)
def test_another_encoding_is_named_once(lines: Any, text: Any, problem: str, tmp_path: Path) -> None:
    ((_, said),) = errors(corpus(tmp_path, lines, text))
    assert problem in said
    assert check(tmp_path).exit_code == 2


def test_packed_lines_have_their_text_beside_them(tmp_path: Path) -> None:
    (corpus(tmp_path) / "d1.ann").unlink()
    (tmp_path / "d1.ann.gz").write_bytes(gzip.compress(LINES.encode()))
    result = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert "5 proved" in result.output
    assert "not read as documents" not in result.output


def test_without_its_text_nothing_is_read(tmp_path: Path) -> None:
    (corpus(tmp_path) / "d1.txt").unlink()
    ((_, problem),) = errors(tmp_path)
    assert "its text can't be read" in problem
    (tmp_path / "d1.txt").symlink_to("/etc/hostname")
    assert "leads out of the folder" in errors(tmp_path)[0][1]


def test_line_ends_of_windows_are_those_of_the_file_and_stay_in_the_text(tmp_path: Path) -> None:
    corpus(tmp_path, LINES.replace("\n", "\r\n"))
    assert not errors(tmp_path)
    assert check(tmp_path).exit_code == 0
    corpus(tmp_path, "T1\tX 0 4\ta\r b\n\nT2\tX 2 4\t b\n", "a\r\nb\n")
    assert [span["text"] for span in next(iter(read(tmp_path).documents()))["spans"]] == ["a\r\nb", "\nb"]


def test_a_folder_of_texts_without_annotations_is_no_sound_corpus(tmp_path: Path) -> None:
    corpus(tmp_path, "")
    result = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert result.exit_code == 2
    assert "there is no span in 1 record" in result.output
    (tmp_path / "d1.ann").unlink()
    assert CliRunner().invoke(main, ["check", str(tmp_path)]).exit_code == 2


@given(st.permutations([(0, 4), (9, 14), (24, 27)]))
def test_fragments_in_any_order_are_one_fault_at_most(places: list[tuple[int, int]]) -> None:
    """What is out of order is that alone: the whole begins and ends where its first and last words do."""
    words = " ".join(TEXT[start:end] for start, end in places)
    line = f"T1\tOrgan {';'.join(f'{start} {end}' for start, end in places)}\t{words}\n"
    with tempfile.TemporaryDirectory() as folder:
        opened = read(corpus(Path(folder), line))
        (document,) = opened.documents()
        assert (document["spans"][0]["start"], document["spans"][0]["end"]) == (0, 27)
        codes = [finding.code for finding in check(opened).findings]
    assert codes == ([] if places == sorted(places) else ["SP208"])


def test_a_text_in_utf_16_without_a_mark_is_named_as_that(tmp_path: Path) -> None:
    (tmp_path / "d.ann").write_text("T1\tPerson 0 3\tAna\n")
    (tmp_path / "d.txt").write_bytes("Ana met Bo in Lisbon.".encode("utf-16-le"))
    ((_, problem),) = errors(tmp_path / "d.ann")
    assert problem == "its text d.txt: is UTF-16 without a byte order mark; expected UTF-8"
