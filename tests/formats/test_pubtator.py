"""PubTator: what is read back, concepts and relations, and what can't be read or placed."""

import re
import tempfile
from pathlib import Path
from typing import Any

import bioc.pubtator
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.corpus.documents import ReadError
from spanproof.formats.leaf import documents_in, kept
from spanproof.formats.pubtator import LEAF
from support.stand_off import demand_law, errors, file_of, read_back, stand_off_documents

ABSTRACTS = """\
26094|t|Methyl dopa and depression.
26094|a|Depressions under methyl dopa were common.
26094\t0\t11\tMethyl dopa\tChemical\tD008750
26094\t16\t26\tdepression\tDisease\tD003866\t
26094\t28\t39\tDepressions\tDisease\tD003866\tone|two
26094\tCID\tD008750\tD003866

7|t|Nothing more.
"""


def lines(folder: Path, content: str | bytes) -> list[Any]:
    """What is read of a file: documents and errors."""
    path = folder / "a.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(documents_in(LEAF, path))


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "a.pubtator")


IDENTIFIERS = st.sampled_from([None, {}, {"identifier": "D1"}, {"individual mentions": "a|b"}, {"identifier": "-"}])


@given(st.lists(IDENTIFIERS, max_size=4))
def test_the_library_of_the_format_reads_the_same_mentions(attributes: list[Any]) -> None:
    spans = [
        {"id": f"s{k}", "label": "PER", "start": 0, "end": 3, "text": "Ana", "attributes": one}
        for k, one in enumerate(attributes, 1)
    ]
    fit = kept({"id": "7", "text": "Ana met.\nRui.", "spans": spans}, LEAF)
    assert [loss.reason for loss in fit.losses] == ["it stands for no identifier"] * attributes.count(
        {"identifier": "-"}
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.pubtator")
        LEAF.write([fit.document], file)
        (document,) = bioc.pubtator.loads(file.read_text("utf-8"))
    mentions = [(int(one.start), int(one.end), one.text, one.type) for one in document.annotations]
    assert mentions == [(0, 3, "Ana", "PER")] * len(spans)
    assert not document.relations


def test_mentions_concepts_and_relations_are_read(tmp_path: Path) -> None:
    first, second = lines(tmp_path, ABSTRACTS)
    assert first.document["text"] == "Methyl dopa and depression.\nDepressions under methyl dopa were common."
    assert [span["text"] for span in first.document["spans"]] == ["Methyl dopa", "depression", "Depressions"]
    assert first.document["spans"][1]["attributes"] == {"identifier": "D003866"}
    assert first.document["spans"][2]["attributes"]["individual mentions"] == "one|two"
    assert first.document["metadata"] == {"CID": [["D008750", "D003866"]]}
    assert (first.line, first.lines["spans", 2], second.line) == (1, 5, 8)
    assert (second.document["text"], second.document["spans"]) == ("Nothing more.", [])


def test_what_a_file_says_is_kept_and_drifts_are_corrected_on_their_lines(tmp_path: Path) -> None:
    first = lines(tmp_path, ABSTRACTS)[0].document
    assert not kept(first, LEAF).losses
    assert read_back(LEAF, [first], "a.pubtator") == ([first], [])
    moved = re.sub(r"\t(\d+)\t(\d+)\t", lambda pair: f"\t{int(pair[1]) + 2}\t{int(pair[2]) + 2}\t", ABSTRACTS)
    lines(tmp_path, moved.replace("\n", "\r\n"))
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--fix"])
    assert (tmp_path / "a.txt").read_bytes().decode() == ABSTRACTS.replace("\n", "\r\n")
    assert result.exit_code == 0, result.output


def test_a_check_proves_the_words_and_names_the_line(tmp_path: Path) -> None:
    lines(tmp_path, ABSTRACTS.replace("28\t39", "27\t38"))
    result = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert "read as PubTator" in result.output
    assert "whether each concept of a relation has a mention" in result.output
    assert "a.txt:5 " in result.output
    assert "2 documents, 3 spans: 2 proved, 1 with an error" in result.output


def test_line_ends_of_windows_and_a_byte_order_mark_are_no_text(tmp_path: Path) -> None:
    plain = lines(tmp_path, ABSTRACTS)
    assert lines(tmp_path, "\ufeff" + ABSTRACTS.replace("\n", "\r\n")) == plain


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("7\t0\t7\tNothing", "has 4 columns; expected 5 to 7"),
        ("7\t0\t7\tNothing\tX\tid\tmore\tand more", "has 8 columns"),
        ("7\t0\tx\tNothing\tX", "has no offsets in columns 2 and 3"),
        ("7\t-1\t7\tNothing\tX", "has no offsets in columns 2 and 3"),
        ("7\t0\t99999999999999999999\tNothing\tX", "has no offsets in columns 2 and 3"),
        ("8\t0\t7\tNothing\tX", "is about 8; expected 7"),
        ("8|a|Other.", "is the abstract of 8; expected that of 7"),
        ("7|b|Other.", "has the part b"),
        ("7\tCID\tD1", "has 3 columns; expected ID, relation and two concepts"),
        ("words", "isn't a line of PubTator"),
    ],
)
def test_a_line_that_has_no_place_is_named_and_the_rest_is_read(line: str, problem: str, tmp_path: Path) -> None:
    read_ones = lines(tmp_path, ABSTRACTS + line + "\n")
    ((number, said),) = [(one.line, one.problem) for one in read_ones if isinstance(one, ReadError)]
    assert number == 9
    assert problem in said
    assert len(read_ones) == 3
    assert check(tmp_path).exit_code == 2


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (ABSTRACTS.encode("utf-16"), "is text in UTF-16"),
        ("1|t|Zoë".encode("latin-1"), "the file seems to be Latin-1"),
        (b"1|t|\xed\xa0\x80", "half of a surrogate pair"),
    ],
)
def test_another_encoding_is_named_once(content: bytes, problem: str, tmp_path: Path) -> None:
    (error,) = lines(tmp_path, content)
    assert problem in error.problem


@given(st.binary(max_size=60) | st.text("1|ta\t\n X", max_size=60).map(str.encode))
def test_whatever_a_file_holds_every_line_is_read_or_an_error(content: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        read_ones = lines(Path(folder), content)
    errors = [one for one in read_ones if isinstance(one, ReadError)]
    if not any(error.line is None or "UTF-8" in error.problem for error in errors):
        documents = [one.document for one in read_ones if not isinstance(one, ReadError)]
        taken = sum(
            1 + ("\n" in one["text"]) + len(one["spans"]) + sum(map(len, one.get("metadata", {}).values()))
            for one in documents
        )
        written = content.decode().removeprefix("\ufeff").split("\n")
        assert taken + len(errors) == sum(bool(line.strip()) for line in written)


@pytest.mark.parametrize("offset", ["1e9", "", "0 3", "#1", "-1"])
def test_a_mention_whose_offset_is_none_is_no_relation(offset: str, tmp_path: Path) -> None:
    file = file_of(tmp_path, "d.pubtator", f"1|t|Ana met Bo.\n1\t8\t10\tBo\tPER\n1\t{offset}\t3\tAna\tPER\n")
    ((line, problem),) = errors(file)
    assert (line, "has no offsets in columns 2 and 3" in problem) == (3, True)
