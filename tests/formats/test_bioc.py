"""BioC XML: what is read back, what the field's library reads and writes, and what can't be read or placed."""

import tempfile
from pathlib import Path
from typing import Any

import bioc
import pytest
from bioc import biocxml
from click.testing import CliRunner
from hypothesis import given

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.formats.bioc import LEAF
from spanproof.formats.discovery import read
from spanproof.formats.leaf import kept
from support.stand_off import demand_law, errors, file_of, stand_off_documents

TEXT = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE collection SYSTEM "BioC.dtd">
<collection><source>PubTator</source><date/><key>BioC.key</key>
<document><id>101</id><infon key="tt_round">0</infon>
<passage><infon key="type">title</infon><offset>0</offset><text>Left and right lungs</text>
<annotation id="1"><infon key="type">Organ</infon><infon key="identifier">D1</infon>
<location offset="9" length="11"/><text>right lungs</text></annotation>
<annotation id="2"><infon key="type">Organ</infon>
<location offset="0" length="4"/><location offset="15" length="5"/><text>Left lungs</text></annotation>
</passage>
<passage><offset>22</offset>
<sentence><offset>22</offset><text>Of Ana.</text>
<annotation id="3"><infon key="type">Person</infon><location offset="25" length="3"/><text>Ana</text></annotation>
</sentence>
<sentence><offset>30</offset><text>Yes.</text></sentence>
</passage>
<annotation id="4"><infon key="type">MeSH</infon><text>whole document</text></annotation>
<relation id="R1"><infon key="type">of</infon><node refid="1" role="thing"/><node refid="3" role="owner"/></relation>
</document>
</collection>
"""


def corpus(folder: Path, content: str | bytes = TEXT) -> Path:
    """A file of BioC."""
    return file_of(folder, "d.xml", content)


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "d.bioc.xml")


def test_every_element_is_read(tmp_path: Path) -> None:
    (document,) = read(corpus(tmp_path)).documents()
    assert (document["id"], document["text"]) == ("101", "Left and right lungs\n\nOf Ana.\nYes.")
    right, left, ana = document["spans"]
    assert (right["label"], right["start"], right["end"], right["text"]) == ("Organ", 9, 20, "right lungs")
    assert right["attributes"] == {"identifier": "D1"}
    assert [fragment["text"] for fragment in left["fragments"]] == ["Left", "lungs"]
    assert document["text"][ana["start"] : ana["end"]] == "Ana"
    whole, relation = document["relations"]
    assert (whole["id"], whole["arguments"]) == ("4", [])
    assert relation["arguments"] == [{"role": "thing", "target": "1"}, {"role": "owner", "target": "3"}]
    assert document["metadata"] == {"source": "PubTator", "key": "BioC.key", "tt_round": "0"}
    result = CliRunner().invoke(main, ["check", str(tmp_path / "d.xml")])
    assert "read as BioC XML" in result.output
    assert (result.exit_code, "5 spans: 4 proved" in result.output) == (0, True)


@given(stand_off_documents())
def test_the_library_reads_the_same_spans(document: Any) -> None:
    fit = kept(document, LEAF).document
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d.bioc.xml"
        LEAF.write([fit], path)
        with path.open("rb") as file:
            (theirs,) = biocxml.load(file).documents
    (passage,) = theirs.passages
    assert (theirs.id, passage.text or "") == (fit["id"], fit["text"])
    places = [[(place.offset, place.end) for place in one.locations] for one in passage.annotations]
    names = [(one.id, one.infons["type"] or "") for one in passage.annotations]
    nodes = [[(node.role, node.refid) for node in one.nodes] for one in passage.relations]
    spans, relations = fit["spans"], fit.get("relations", [])
    assert places == [[(part["start"], part["end"]) for part in span.get("fragments", [span])] for span in spans]
    assert names == [(span["id"], span["label"]) for span in spans]
    assert nodes == [[(one["role"], one["target"]) for one in relation["arguments"]] for relation in relations]


def test_what_the_library_writes_is_read(tmp_path: Path) -> None:
    with corpus(tmp_path).open("rb") as file:
        collection = biocxml.load(file)
    (first,) = read(tmp_path / "d.xml").documents()
    (tmp_path / "again.xml").write_text(biocxml.dumps(collection), "utf-8")
    (again,) = read(tmp_path / "again.xml").documents()
    assert [again[name] for name in ("text", "spans")] == [first[name] for name in ("text", "spans")]
    assert isinstance(collection.documents[0], bioc.BioCDocument)


@pytest.mark.parametrize(("encoding", "width"), [("utf-32-le", 4), ("utf-8", 1), ("utf-16-le", 2)])
def test_offsets_count_the_unit_by_which_the_words_stand(encoding: str, width: int, tmp_path: Path) -> None:
    first, second = "Zoë 😀 met", "Bo 😀 there"

    def length(text: str) -> int:
        return len(text.encode(encoding)) // width

    passages, at = "", 0
    for number, (text, word) in enumerate([(first, "met"), (second, "there")]):
        offset = at + length(text[: text.index(word)])
        passages += (
            f'<passage><offset>{at}</offset><text>{text}</text><annotation id="{number}"><infon key="type">X</infon>'
            f'<location offset="{offset}" length="{length(word)}"/><text>{word}</text></annotation></passage>'
        )
        at += length(text) + 1
    path = corpus(tmp_path, f"<collection><source/><document><id>1</id>{passages}</document></collection>")
    (document,) = read(path).documents()
    assert document["text"] == f"{first}\n{second}"
    assert [document["text"][span["start"] : span["end"]] for span in document["spans"]] == ["met", "there"]
    report = check(path)
    assert (report.proved, report.exit_code) == (2, encoding == "utf-16-le")  # which no reader of BioC expects


def test_a_unit_that_no_words_tell_is_said(tmp_path: Path) -> None:
    content = TEXT.replace("Of Ana", "Of Zoë").replace("<text>right lungs</text>", "").replace("<text>Ana</text>", "")
    result = CliRunner().invoke(main, ["check", str(corpus(tmp_path, content))])
    assert "d.xml:4" in result.output
    assert "offsets may count code points or UTF-8 bytes" in result.output


@pytest.mark.parametrize(
    ("before", "after", "line", "problem"),
    [
        ('"9"', '"nine"', 7, "location has the offset 'nine'; expected a number"),
        ('"11"', '"99999999999999999999"', 7, "location has the length '99999999999999999999'"),
        ("<offset>30</offset>", "", 15, "sentence has the offset ''; expected a number"),
        ("Left lungs", "Right lungs", 8, "the words 'Right lungs' aren't those of its locations, 'Left lungs'"),
        ("</sentence>\n</passage>", "</sentence>\n<mark/></passage>", 16, "the element mark, which BioC doesn't have"),
        ("</collection>", "", 21, "not XML: no element found"),
        ('BioC.dtd"', "BioC.dtd\" [<!ENTITY a 'b'>]", 2, "the DOCTYPE of collection declares something itself"),
        ("Yes", "&yes;", 15, "not XML: undefined entity"),
    ],
    ids=map(str, range(8)),
)
def test_what_cannot_be_read_or_placed_is_named_with_its_line(
    before: str, after: str, line: int, problem: str, tmp_path: Path
) -> None:
    path = corpus(tmp_path, TEXT.replace(before, after))
    assert [(at, problem in said) for at, said in errors(path)][:1] == [(line, True)]
    assert check(path).exit_code == 2


def test_wrong_offsets_are_findings_on_their_lines(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["check", str(corpus(tmp_path, TEXT.replace('"25"', '"24"')))])
    assert "d.xml:13" in result.output
    assert result.exit_code == 1
    result = CliRunner().invoke(main, ["check", str(corpus(tmp_path, TEXT.replace('"25"', '"999999999999"')))])
    assert "d.xml:13" in result.output


def test_no_span_is_no_sound_corpus(tmp_path: Path) -> None:
    for content in (
        "<collection><source/></collection>",
        "<collection><source/><document><id>1</id></document></collection>",
    ):
        assert CliRunner().invoke(main, ["check", str(corpus(tmp_path, content))]).exit_code == 2


def test_words_between_elements_of_an_annotation_are_told(tmp_path: Path) -> None:
    inner = '<annotation id="1">location offset="0" length="3"/><text>Ana</text></annotation>'
    passage = f"<passage><offset>0</offset><text>Ana met Bo.</text>{inner}</passage>"
    file = file_of(tmp_path, "d.xml", f"<collection><document><id>1</id>{passage}</document></collection>")
    ((_, problem),) = errors(file)
    assert "between its elements, and no location" in problem
