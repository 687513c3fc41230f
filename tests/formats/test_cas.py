"""UIMA CAS XMI: what is read back, what the field's library reads and writes, and what can't be read or placed."""

import re
import tempfile
from pathlib import Path
from typing import Any

import cassis
import pytest
from click.testing import CliRunner
from hypothesis import given

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.formats.cas import LEAF
from spanproof.formats.discovery import read
from spanproof.formats.leaf import kept
from support.stand_off import demand_law, errors, stand_off_documents


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "d.xmi")
    demand_law(LEAF, document, "folder")


def loaded(folder: Path) -> cassis.Cas:
    """The document that was written to a folder, as the library reads it."""
    with (folder / "d.typesystem.xml").open("rb") as types, (folder / "d.xmi").open("rb") as content:
        return cassis.load_cas_from_xmi(content, typesystem=cassis.load_typesystem(types))


@given(stand_off_documents())
def test_the_library_reads_the_same_spans_and_relations(document: Any) -> None:
    fit = kept(document, LEAF).document
    with tempfile.TemporaryDirectory() as folder:
        LEAF.write([fit], Path(folder) / "d.xmi")
        cas = loaded(Path(folder))
    assert cas.sofa_string == fit["text"]
    read_there = {str(one.xmiID): one for one in cas.select_all_fs()}
    for span in fit["spans"]:
        one = read_there[span["id"]]
        assert (one.begin, one.end, one.value or "") == (span["start"], span["end"], span["label"])
        assert one.type.name == span.get("layer", "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity")
        assert {name: one[name] or "" for name in span.get("attributes", {})} == span.get("attributes", {})
    for relation in fit.get("relations", []):
        one = read_there[relation["id"]]
        targets = [str(target.xmiID) for target in (one.targets.elements if one.targets else [])]
        assert targets == [argument["target"] for argument in relation["arguments"]]


def by_the_library(folder: Path, text: str = "Ana 😀 met Bo.") -> Path:
    """A file that the library wrote: named entities, tokens, a relation between them."""
    types = cassis.TypeSystem()
    entity = types.create_type("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", "uima.tcas.Annotation")
    types.create_feature(entity, "value", "uima.cas.String")
    token = types.create_type("my.Token", "uima.tcas.Annotation")
    types.create_feature(token, "pos", "uima.cas.String")
    link = types.create_type("webanno.custom.Meets", "uima.tcas.Annotation")
    for name in ("Governor", "Dependent"):
        types.create_feature(link, name, "uima.tcas.Annotation")
    cas = cassis.Cas(types)
    cas.sofa_string, cas.sofa_mime = text, "text/plain"
    ana, bo = entity(begin=0, end=3, value="PER"), entity(begin=10, end=12, value="PER")
    cas.add_all([ana, bo, token(begin=4, end=5, pos="SYM"), link(begin=10, end=12, Governor=ana, Dependent=bo)])
    path = folder / "d.xmi"
    cas.to_xmi(path)
    return path


def test_what_the_library_writes_is_read(tmp_path: Path) -> None:
    path = by_the_library(tmp_path)
    (document,) = read(path).documents()
    words = {
        (span["label"], document["text"][span["start"] : span["end"]], span.get("layer")) for span in document["spans"]
    }
    assert words == {("PER", "Ana", None), ("PER", "Bo", None), ("Token", "😀", "my.Token")}
    (relation,) = document["relations"]
    ids = {document["text"][span["start"] : span["end"]]: span["id"] for span in document["spans"]}
    assert sorted(ids) == ["Ana", "Bo", "😀"]
    assert relation["label"] == "Meets"
    assert relation["arguments"] == [
        {"role": "Governor", "target": ids["Ana"]},
        {"role": "Dependent", "target": ids["Bo"]},
    ]
    result = CliRunner().invoke(main, ["check", str(path)])
    assert "read as UIMA CAS XMI" in result.output
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('begin="4"', 'begin="5"', "expected offsets in UTF-16, not within a character"),
        ('begin="4"', 'begin="x"', "goes from 'x' to '6'"),
        ("sofaString", "sofaText", "no uima.cas.Sofa has a sofaString"),
        ("</xmi:XMI>", "", "not XML"),
        ("?>", "?><!DOCTYPE x [<!ENTITY a 'b'>]>", "declares something itself"),
        ("my:Token", "my:Tok&en;", "not XML"),
    ],
)
def test_what_cannot_be_read_or_placed_is_named(before: str, after: str, problem: str, tmp_path: Path) -> None:
    path = by_the_library(tmp_path)
    content = path.read_text("utf-8")
    assert before in content or before == "my:Token"
    path.write_text(content.replace(before, after) if before in content else content.replace("Token", after), "utf-8")
    said = [(error.line, error.problem) for error in read(path).errors]
    assert problem in said[0][1]
    assert said[0][0]
    assert check(path).exit_code == 2


def test_offsets_past_the_text_are_findings(tmp_path: Path) -> None:
    path = by_the_library(tmp_path)
    path.write_text(path.read_text("utf-8").replace('end="3"', 'end="99"'), "utf-8")
    assert check(path).exit_code == 1


def test_no_span_is_no_sound_corpus(tmp_path: Path) -> None:
    cas = cassis.Cas()
    cas.sofa_string = "Nothing."
    cas.to_xmi(tmp_path / "d.xmi")
    assert CliRunner().invoke(main, ["check", str(tmp_path / "d.xmi")]).exit_code == 2


def test_an_annotation_of_a_text_that_is_not_there_is_told(tmp_path: Path) -> None:
    spans = [{"id": "1", "label": "PER", "start": 0, "end": 3}]
    LEAF.write([{"id": "d", "text": "Ana met Bo.", "spans": spans}], tmp_path / "d.xmi")
    content = (tmp_path / "d.xmi").read_text("utf-8")
    assert errors(tmp_path / "d.xmi") == []
    (tmp_path / "d.xmi").write_text(
        re.sub(r'NamedEntity xmi:id="1" sofa="\d+"', 'NamedEntity sofa="99"', content), "utf-8"
    )
    ((_, problem),) = errors(tmp_path / "d.xmi")
    assert problem.endswith("NamedEntity is of the sofa 99, which has no text")


def test_a_set_of_tags_is_about_the_document_and_no_empty_span(tmp_path: Path) -> None:
    """As INCEpTION exports it with every document."""
    spans = [{"id": "1", "label": "PER", "start": 0, "end": 3}]
    LEAF.write([{"id": "d", "text": "Ana met Bo.", "spans": spans}], tmp_path / "d.xmi")
    content = (tmp_path / "d.xmi").read_text("utf-8")
    sofa = re.search(r'NamedEntity xmi:id="1" sofa="(\d+)"', content)
    assert sofa is not None
    namespace = "http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore"
    tags = f'<m:TagsetDescription xmlns:m="{namespace}" xmi:id="90" sofa="{sofa[1]}" begin="0" end="0" name="NER"/>'
    (tmp_path / "d.xmi").write_text(content.replace("</xmi:XMI>", f"{tags}</xmi:XMI>"), "utf-8")
    (document,) = read(tmp_path / "d.xmi").documents()
    assert [span["label"] for span in document["spans"]] == ["PER"]
    assert document["relations"] == [
        {"id": "90", "label": "TagsetDescription", "arguments": [], "attributes": {"name": "NER"}}
    ]
    assert check(tmp_path / "d.xmi").exit_code == 0
