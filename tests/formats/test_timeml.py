"""TimeML: what is read back, what elements mean, and what can't be read or placed."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.formats.discovery import read
from spanproof.formats.leaf import kept
from spanproof.formats.timeml import LEAF
from support.stand_off import demand_law, errors, file_of, stand_off_documents

TEXT = """\
<?xml version="1.0" ?>
<!DOCTYPE TimeML SYSTEM "TimeML.dtd">
<TimeML xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<DOCID>d1</DOCID>
<DCT>Rome, <TIMEX3 tid="t0" type="DATE" value="2024-05-04" functionInDocument="CREATION_TIME">4 May</TIMEX3></DCT>
<TITLE>A talk</TITLE>
<TEXT>
Ana &amp; Bo <EVENT eid="e1" class="OCCURRENCE">met</EVENT> on
<TIMEX3 tid="t1" type="DATE" value="2024-05-03">the <NUMEX>3rd</NUMEX> of May</TIMEX3>.<TIMEX3 tid="t2" value="P1D"/>
</TEXT>
<EXTRAINFO>Desk</EXTRAINFO>
<MAKEINSTANCE eventID="e1" eiid="ei1" tense="PAST"/>
<TLINK lid="l1" relType="IS_INCLUDED" eventInstanceID="ei1" relatedToTime="t1"/>
<TLINK lid="l2" relType="BEFORE" eventInstanceID="ei1" relatedToTime="t0"/>
</TimeML>
"""
PLACES = st.sampled_from(["date 0 1", "title 0 2", "title 1 2", "date 01 2", "date 2 1", "TEXT 0 1", "DOCID 0 1"])


def corpus(folder: Path, content: str | bytes = TEXT) -> Path:
    """A file of TimeML."""
    return file_of(folder, "d.tml", content)


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "d.tml")


@given(stand_off_documents(), st.data())
def test_names_of_timeml_itself_are_read_back_where_they_mean_something_else(
    document: Any, data: st.DataObject
) -> None:
    labels = st.sampled_from(
        ["TIMEX3", "EVENT", "TLINK", "MAKEINSTANCE", "TEXT", "DOCID", "argument", "_x0041_", "xml"]
    )
    names = st.sampled_from(["tid", "eid", "eiid", "id", "eventID", "timeID", "lid", "xml:space", "_x_", "role"])
    for owner in (*document["spans"], *document["relations"]):
        owner["label"] = data.draw(labels)
        owner["attributes"] = data.draw(
            st.dictionaries(names, st.sampled_from(["e1", "T1", "<\"&'>\r\n\t"]), max_size=2)
        )
    for relation in document["relations"]:
        for argument in relation["arguments"]:
            argument["role"] = data.draw(names)
        if data.draw(st.booleans()):
            relation["arguments"], relation["attributes"] = [], {"within": data.draw(PLACES)}
    document["metadata"] = data.draw(
        st.dictionaries(st.sampled_from(["date", "title", "TEXT", "TLINK"]), st.text(max_size=3))
    )
    demand_law(LEAF, document, "folder")


def test_every_element_is_read(tmp_path: Path) -> None:
    (document,) = read(corpus(tmp_path)).documents()
    assert document["id"] == "d1"
    assert document["text"] == "\nAna & Bo met on\nthe 3rd of May.\n"
    words = {span["label"]: document["text"][span["start"] : span["end"]] for span in document["spans"]}
    assert words == {"EVENT": "met", "TIMEX3": "the 3rd of May", "NUMEX": "3rd"}
    assert document["metadata"] == {"DCT": "Rome, 4 May", "TITLE": "A talk", "EXTRAINFO": "Desk"}
    unsaid, created, instance, included, before = document["relations"]
    assert (unsaid["id"], unsaid["arguments"], unsaid["attributes"]) == ("t2", [], {"value": "P1D"})
    assert (created["id"], created["attributes"]["within"]) == ("t0", "DCT 6 11")
    assert instance["arguments"] == [{"role": "eventID", "target": "e1"}]
    assert included["arguments"][1] == {"role": "relatedToTime", "target": "t1"}
    assert before["attributes"] == {"relType": "BEFORE"}
    assert check(tmp_path / "d.tml").exit_code == 0
    fit = kept(document, LEAF)
    assert not fit.losses
    LEAF.write([fit.document], tmp_path / "again.tml")
    assert list(read(tmp_path / "again.tml").documents()) == [fit.document]


def test_an_xml_parser_finds_the_same_spans(tmp_path: Path) -> None:
    (document,) = read(corpus(tmp_path)).documents()
    LEAF.write([kept(document, LEAF).document], tmp_path / "again.tml")
    for path in (tmp_path / "d.tml", tmp_path / "again.tml"):
        tree = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True))
        text = tree.find("TEXT")
        assert text is not None
        assert "".join(text.itertext()) == document["text"]
        elements = [("".join(one.itertext()), one.tag) for one in text.iterdescendants() if "".join(one.itertext())]
        spans = [(document["text"][span["start"] : span["end"]], span["label"]) for span in document["spans"]]
        assert elements == spans
        assert tree.xpath("string(DCT/TIMEX3)") == "4 May"


def test_a_file_without_a_text_element_is_text_as_a_whole(tmp_path: Path) -> None:
    path = corpus(tmp_path, '<TimeML>\nIn <TIMEX3 tid="t1">May</TIMEX3>.\n\n<TLINK lid="l1" timeID="t1"/>\n</TimeML>\n')
    (document,) = read(path).documents()
    assert (document["id"], document["text"]) == ("d", "\nIn May.\n\n")
    assert document["relations"][0]["arguments"] == [{"role": "timeID", "target": "t1"}]


def test_an_event_may_name_its_instance_itself(tmp_path: Path) -> None:
    path = corpus(
        tmp_path, '<TimeML><TEXT><EVENT eid="e1" eiid="i1">met</EVENT></TEXT><TLINK eventInstanceID="i1"/></TimeML>'
    )
    link, instance = next(iter(read(path).documents()))["relations"]
    assert (instance["id"], instance["arguments"][0]["target"]) == ("i1", "e1")
    assert (link["id"], link["arguments"][0]["target"]) == ("TLINK-1", "i1")


def test_an_instance_of_an_event_without_an_id_refers_to_it(tmp_path: Path) -> None:
    content = '<TimeML><TEXT>We <EVENT eiid="i1">met</EVENT>.</TEXT><TLINK eventInstanceID="i1"/></TimeML>'
    (document,) = read(corpus(tmp_path, content)).documents()
    (event,), (link, instance) = document["spans"], document["relations"]
    assert event["id"] == "EVENT-1"
    assert instance["arguments"] == [{"role": "eventID", "target": "EVENT-1"}]
    assert link["arguments"] == [{"role": "eventInstanceID", "target": instance["id"]}]
    demand_law(LEAF, document, "d.tml")


def test_a_link_to_nothing_is_a_finding_with_its_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["check", str(corpus(tmp_path, TEXT.replace('relatedToTime="t1"', 'relatedToTime="t9"')))]
    )
    assert "read as TimeML" in result.output
    assert "d.tml:13" in result.output
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (TEXT[:-12], 14, "not XML: unclosed token"),
        (TEXT.replace("</NUMEX>", "</EVENT>"), 9, "not XML: mismatched tag"),
        (TEXT.replace("&amp;", "&nbsp;"), 8, "not XML: undefined entity"),
        (
            TEXT.replace('TimeML.dtd"', "TimeML.dtd\" [<!ENTITY a 'b'>]"),
            2,
            "the DOCTYPE of TimeML declares something itself",
        ),
        (TEXT.replace("OCCURRENCE", "&nbsp;"), 8, "not XML: undefined entity"),
        (TEXT.replace("TimeML", "TimeXML"), 3, "the outermost element is TimeXML; expected TimeML"),
        (TEXT.replace("EXTRAINFO", "TEXT"), 11, "is a second TEXT"),
        (TEXT.replace("</TEXT>", "</TEXT>\nstray"), 3, "the words 'stray' stand outside of TEXT"),
        (TEXT.encode().replace(b"Ana", b"Zo\xeb"), 8, "not UTF-8: byte 0xeb"),
        (TEXT.encode("utf-16")[:-1], None, "not UTF-16"),
        (TEXT.replace('"1.0" ?', '"1.0" encoding="nonsense"?'), 1, "the encoding can't be read"),
        ("<TimeML>" * 300 + "</TimeML>" * 300, 1, "lie deeper than 256"),
        ("<TimeML>", 1, "not XML"),
    ],
    ids=map(str, range(13)),
)
def test_what_cannot_be_read_or_placed_is_named_with_its_line(
    content: str | bytes, line: int | None, problem: str, tmp_path: Path
) -> None:
    path = corpus(tmp_path, content)
    assert [(at, problem in said) for at, said in errors(path)][:1] == [(line, True)]
    assert check(path).exit_code == 2


def test_a_bomb_of_entities_is_refused_at_once(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 12))
    path = corpus(tmp_path, f'<!DOCTYPE TimeML [<!ENTITY e0 "ha">{entities}]><TimeML>&e11;</TimeML>')
    ((_, problem),) = errors(path)
    assert "declares something itself" in problem


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_encodings_that_xml_says_are_read(encoding: str, tmp_path: Path) -> None:
    declared = f' encoding="{encoding.upper()}"' if encoding == "latin-1" else ""
    content = f"<?xml version='1.0'{declared}?><TimeML><TEXT>Zo\xeb <EVENT eid='e1'>met</EVENT></TEXT></TimeML>"
    (document,) = read(corpus(tmp_path, content.encode(encoding))).documents()
    assert document["text"] == "Zo\xeb met"


def test_no_span_is_no_sound_corpus(tmp_path: Path) -> None:
    path = corpus(tmp_path, "<TimeML><TEXT>Nothing here.</TEXT></TimeML>")
    assert CliRunner().invoke(main, ["check", str(path)]).exit_code == 2
