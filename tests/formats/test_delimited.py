"""Tables of spans: what is read back, the tables that others write, and what can't be read or placed."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from spanproof.checks.check import check
from spanproof.corpus.documents import ReadError
from spanproof.formats.delimited import LEAF
from spanproof.formats.discovery import read
from spanproof.formats.leaf import kept
from support.stand_off import demand_law, errors, file_of, stand_off_documents

TEXT = 'Ana Silva met "Bo", in Lisbon.\nThen she flew to Rome.'
QUOTED = '"' + TEXT.replace('"', '""') + '"'
REGIONS = json.dumps([{"start": 0, "end": 9, "text": "Ana Silva", "labels": ["PER"]}]).replace('"', '""')
NOVEL = "“You are late,” said Mr. Hale, “and the tea is cold.”\n"
PLACES = [[NOVEL.index("“You"), NOVEL.index(" said")], [NOVEL.index("“and"), len(NOVEL) - 1]]
PARTS = [NOVEL[start:end] for start, end in PLACES]


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "d.spans.csv")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv", f"text,start,end,label\n{QUOTED},0,9,PER\n{QUOTED},23,29,LOC\n"),
        ("rows.tsv", f"sentence\tbegin\tend\ttag\tw\n{QUOTED}\t0\t9\tPER\tAna Silva\n{QUOTED}\t23\t29\tLOC\tLisbon\n"),
        ("rows.csv", f"Text;Start_Offset;End_Offset;Label\r\n{QUOTED};0;9;PER\r\n{QUOTED};23;29;LOC\r\n"),
        ("d.csv", "start,end,label,span\n0,9,PER,Ana Silva\n23,29,LOC,Lisbon\n"),
        ("spans.tsv", "filename\tlabel\toff0\toff1\tspan\nd\tPER\t0\t9\tAna Silva\nd\tLOC\t23\t29\tLisbon\n"),
        ("spans.tsv", "doc_id\toffset\tlength\ttype\nd.txt\t0\t9\tPER\nd.txt\t23\t6\tLOC\n"),
        ("export.csv", f'id,text,label,annotator\n7,{QUOTED},"{REGIONS}",1\n'),
        ("export.csv", f'text,labels\n{QUOTED},"[[0, 9, ""PER""], [23, 29, ""LOC""]]"\n'),
    ],
)  # fmt: skip
def test_tables_of_others_are_read(name: str, content: str, tmp_path: Path) -> None:
    file_of(tmp_path, "d.txt", TEXT)
    loaded = read(file_of(tmp_path, name, content))
    (document,) = loaded.documents()
    assert document["text"] == TEXT
    spans = [(span["label"], TEXT[span["start"] : span["end"]]) for span in document["spans"]]
    assert spans == [("PER", "Ana Silva"), ("LOC", "Lisbon")][: len(spans)]
    assert not list(check(loaded).findings)


def test_each_of_several_columns_of_spans_is_a_layer(tmp_path: Path) -> None:
    cells = [json.dumps([{"start": k, "end": 9, "labels": ["A"]}]).replace('"', '""') for k in (0, 4)]
    rows = f'id,text,names,roles\n7,{QUOTED},"{cells[0]}","{cells[1]}"\n8,{QUOTED},"{cells[0]}",\n'
    file = file_of(tmp_path, "d.csv", rows)
    spans = [span for document in read(file).documents() for span in document["spans"]]
    assert [(span["layer"], span["start"]) for span in spans] == [("names", 0), ("roles", 4), ("names", 0)]


def test_a_column_that_is_too_short_for_the_spans_is_not_their_text(tmp_path: Path) -> None:
    rows = 'gist,renderings\nOne says so.,"[{""start"": 90, ""end"": 99, ""text"": ""and so on""}]"\n'
    ((_, problem),) = errors(file_of(tmp_path, "d.csv", rows))
    assert problem == "no column is known to have the text, and beside the table is no d.txt; expected one of them"


@pytest.mark.parametrize("wrong", [0, 1])
def test_quotations_of_pdnc_are_proved_against_the_novel_beside_them(wrong: int, tmp_path: Path) -> None:
    file_of(tmp_path, "novel_text.txt", NOVEL)
    places = [[start + wrong, end + wrong] for start, end in PLACES]
    cells = [f'"{value!s}"' for value in (PARTS, places)]
    header = "quoteID,quoteText,subQuotationList,quoteByteSpans,speaker,quoteType"
    rows = f"{header}\nQ0,x,{','.join(cells)},Mr. Hale,Explicit\n"
    loaded = read(file_of(tmp_path, "quotation_info.csv", rows))
    (document,) = loaded.documents()
    (span,) = document["spans"]
    assert (span["id"], span["label"], span["attributes"]["speaker"]) == ("Q0", "Explicit", "Mr. Hale")
    assert [part["text"] for part in span["fragments"]] == PARTS
    assert {finding.code for finding in check(loaded).findings} == ({"SP106", "SP107"} if wrong else set())


@pytest.mark.parametrize(
    ("header", "rows", "known"),
    [
        ("doc,start,end,words,label,sentence", "a,41,45,soup,F,{0}\na,95,99,wine,F,{1}\n", False),
        ("doc,start,end,words,label,sentence", "a,6,10,soup,F,{0}\na,4,8,wine,F,{1}\n", True),
        ("doc,start,end,label,sentence", "a,6,10,F,{0}\na,4,8,F,{1}\n", False),
        ("doc,start,end,label,sentence", "a,6,10,F,{0}\nb,4,8,F,{1}\n", True),
        ("doc,start,end,label,remarks", "a,6,10,F,{0}\nb,4,8,F,{1}\n", False),
        ("doc,start,end,words,label,remarks", "a,7,11,soup,F,{0}\nb,5,9,wine,F,{1}\n", True),
        ("doc,start,end,words,label,remarks", "a,7,11,fish,F,{0}\nb,5,9,beer,F,{1}\n", False),
        ("doc,start,end,span,label,text", "a,6,9,soup,F,{0}\nb,4,7,wine,F,{1}\n", True),
    ],
)
def test_a_column_is_the_text_only_where_its_name_or_the_words_say_so(
    header: str, rows: str, known: bool, tmp_path: Path
) -> None:
    """Else offsets may be those of a document that isn't here."""
    texts = (
        "Great soup; friendly waiters and many a further word of praise" * 2,
        "The wine was good; nobody said so" * 4,
    )
    file = file_of(tmp_path, "spans.csv", f"{header}\n{rows.format(*texts)}")
    unknown = [problem for _, problem in errors(file) if problem.startswith("no column is known to have the text")]
    assert bool(unknown) != known
    found = {finding.code for finding in check(read(file)).findings}
    assert ("SP106" in found) == (known and ",6,10," not in rows)
    assert ("SP001" in found) != known


def test_what_has_no_place_is_an_error_with_its_line(tmp_path: Path) -> None:
    rows = 'text,start,end,label\nAna met Bo.,0,3,PER\n"a\nb",0,1\nAna met Bo.,x,3,PER\nAna met Bo.,8,99,PER\n'
    file = file_of(tmp_path, "rows.csv", rows)
    assert [(line, problem[:13]) for line, problem in errors(file)] == [(3, "has 3 columns"), (5, "has the offse")]
    codes = [(finding.code, finding.line) for finding in check(read(file)).findings]
    assert sorted(codes) == [("SP001", 3), ("SP001", 5), ("SP105", 6)]


def test_a_text_that_isn_t_there_is_an_error(tmp_path: Path) -> None:
    file = file_of(tmp_path, "spans.csv", "doc_id,start,end,label\nd,0,3,PER\nd,4,5,PER\n../secret,0,1,PER\n")
    file_of(tmp_path.parent, "secret.txt", "Ana")
    ((line, problem),) = errors(file)
    assert line == 2
    absent = "no column is known to have the text, and beside the table is no d.txt; expected one of them"
    assert problem == f"{absent}; so it is with 1 more of its documents"


@pytest.mark.parametrize(
    "content",
    ["a,b\n1,2\n", "name,start,end\nx,monday,friday\n", "Word,Tag\nAna,B-PER\n", "text,label\nAna,pos\n", "a;b\n", ""],
)  # fmt: skip
def test_other_tables_are_none(content: str) -> None:
    assert not LEAF.recognises(content.encode())


@pytest.mark.parametrize(
    ("content", "number", "problem"),
    [
        ("text,start,end,note\nAna met Bo,0,3,[{{}}]\nAna met Bo,8,10,x\n", 2, ""),
        (
            'text\tnote\twords\tstart\tend\nAna met Bo\t"odd\tAna\t0\t3\nAna met Bo\t5"\tBo\t8\t10\n'
            "Ana met Bo\tx\tBo\t8\t10\n",
            3,
            "",
        ),
        ("text,words,start,end\n" + 6 * "Ana met Bo,Ana,0,3\n" + "Ana met Bo,Bo,,\n", 6, "has the offsets '' and ''"),
        (
            "text,places,words,label\n" + 2 * "Ana met Bo,\"[[0, 3], [8, 10]]\",\"['Ana', 'Bo']\",X\n"
            'Ana met Bo,"[[0, 3], [8, 10]]","[\'Ana\']",X\n',
            2,
            "at 2 places",
        ),
    ],
    ids=["an unhashable cell", "a mark of quotation in tabs", "words without offsets", "words of fewer places"],
)
def test_no_row_is_lost_without_a_word(content: str, number: int, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "d.tsv"
    file.write_text(content)
    found = list(LEAF.read(file))
    assert sum(len(one.document["spans"]) for one in found if not isinstance(one, ReadError)) == number
    told = [str(one.problem) for one in found if isinstance(one, ReadError)]
    assert bool(told) == bool(problem)
    assert all(problem in one for one in told)


def test_sentences_of_a_document_and_ids_given_twice(tmp_path: Path) -> None:
    sentences = tmp_path / "s.csv"
    sentences.write_text("doc,sentence,words,start,end\nd,Ana met Bo,Ana,0,3\nd,Bo left,Bo,0,2\n")
    assert [one.document["id"] for one in LEAF.read(sentences) if not isinstance(one, ReadError)] == ["d", "d-2"]
    twice = tmp_path / "t.csv"
    twice.write_text("document,text,id,label,start,end,words,layer\nd,Ana,1,A,0,3,Ana,\nd,Ana,1,B,0,3,Ana,\n")
    (read_one,) = (one for one in LEAF.read(twice) if not isinstance(one, ReadError))
    assert [span["id"] for span in read_one.document["spans"]] == ["1", "1"]


def test_a_name_that_is_too_long_for_a_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text(f"document,start,end,label\n{'Ana met Bo. ' * 40},900,903,A\n")
    (told,) = LEAF.read(file)
    assert isinstance(told, ReadError)
    assert "no column is known to have the text" in told.problem


@pytest.mark.parametrize("wrong", [0, 1])
@pytest.mark.parametrize("beside", [True, False])
def test_a_column_called_as_a_label_that_holds_words_is_their_words(beside: bool, wrong: int, tmp_path: Path) -> None:
    """What is in it decides: words of the text, or cells as long as their spans."""
    file_of(tmp_path, "d.txt", TEXT)
    of, head = ("d", "doc") if beside else (QUOTED, "text")
    rows = [(0, 9, "Ana Silva", "PER"), (23 + wrong, 29 + wrong, "Lisbon", "LOC"), (48, 52, "Rome", "LOC")]
    lines = [",".join(map(str, (of, *row))) for row in rows]
    loaded = read(file_of(tmp_path, "d.csv", "\n".join([f"{head},start,end,entity,category", *lines, ""])))
    (document,) = loaded.documents()
    assert [(span["text"], span["label"]) for span in document["spans"]] == [row[2:] for row in rows]
    assert [finding.code for finding in check(loaded).findings] == ["SP106"] * wrong


def test_labels_that_are_as_long_as_their_spans_stay_labels(tmp_path: Path) -> None:
    rows = "doc,start,end,entity\nd,0,3,PER\nd,23,26,LOC\nd,10,13,ORG\n"
    file_of(tmp_path, "d.txt", TEXT)
    (document,) = read(file_of(tmp_path, "d.csv", rows)).documents()
    assert [span["label"] for span in document["spans"]] == ["PER", "LOC", "ORG"]


def test_what_a_fuzzer_found(tmp_path: Path) -> None:
    """Rows of too few cells, offsets of many digits in a cell of JSON, a header alone."""
    assert not LEAF.recognises(b"document,text,start,/nd\nd1,Ana met Bo,0\nid\n")
    cell = f'"[{{""start"": {"2" * 70}, ""end"": 3, ""label"": ""A""}}]"'
    file = file_of(tmp_path, "d.csv", f"id,label,text\n1,{cell},Ana met\n")
    (one,) = LEAF.read(file)
    assert not isinstance(one, ReadError)
    (loss,) = kept(one.document, LEAF).losses
    assert loss.reason == "the table has no offsets of more than 18 digits"
    assert errors(file_of(tmp_path, "e.csv", "text,start,end,label\n"))


@pytest.mark.parametrize("part", ["Line", "sent_id", "page"])
@pytest.mark.parametrize("whole", [True, False])
def test_offsets_in_parts_of_a_text_are_not_read_as_those_of_the_text(part: str, whole: bool, tmp_path: Path) -> None:
    lines = ["Ana Silva met Bo in Lisbon.", "Later Ana Silva flew to Porto.", "Riga liked Carla."]
    (tmp_path / "d.txt").write_text("\n".join(lines), "utf-8")
    rows, low = [f"File,{part},Begin Offset,End Offset,Type"], 0
    for number, line in enumerate(lines):
        at = line.index(line.split()[-1][:-1]) + (low if whole else 0)
        rows += [f"d.txt,{number},{low * whole},{low * whole + 3},X", f"d.txt,{number},{at},{at + 4},Y"]
        low += len(line) + 1
    (tmp_path / "annotations.csv").write_text("\n".join(rows), "utf-8")
    report = check(read(tmp_path))
    if whole:
        assert (report.in_bounds, report.exit_code == 2) == (6, False)
    else:
        assert (report.documents, report.exit_code) == (0, 2)
        assert f"start again with each {part!r}" in next(iter(report.findings)).message
