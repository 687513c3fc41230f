"""BioC JSON: what is read back, what the field's library reads and writes, and what can't be read or placed."""

import json
from pathlib import Path
from typing import Any

import pytest
from bioc import biocjson
from hypothesis import given

from spanproof.checks.check import check
from spanproof.formats.bioc_json import LEAF
from spanproof.formats.discovery import read
from spanproof.formats.leaf import LocatedDocument, documents_in, kept
from support.stand_off import demand_law, errors, file_of, stand_off_documents

ANA = {"id": "1", "infons": {"type": "PER"}, "text": "Ana", "locations": [{"offset": 4, "length": 3}]}
ROME = {"id": "2", "infons": {"type": "LOC"}, "text": "Rome", "locations": [{"offset": 40, "length": 4}]}
TITLE = {"offset": 0, "infons": {"type": "title"}, "text": "Did Ana fly?", "sentences": [], "annotations": [ANA],
         "relations": []}  # fmt: skip
BODY = {"offset": 40, "infons": {}, "text": "Rome is far.", "sentences": [], "annotations": [ROME], "relations": []}
LINK = {"id": "R1", "infons": {"type": "to"}, "nodes": [{"refid": "1", "role": "who"}, {"refid": "2", "role": "where"}]}
DOCUMENT: dict[str, Any] = {"id": "7", "infons": {"year": "2020"}, "passages": [TITLE, BODY], "annotations": [],
                            "relations": [LINK]}  # fmt: skip
COLLECTION = {"source": "notes", "date": "", "key": "", "infons": {}, "documents": [DOCUMENT]}


def corpus(folder: Path, value: Any, name: str = "d.json") -> Path:
    """A file of BioC JSON."""
    return file_of(folder, name, json.dumps(value))


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "d.bioc.json")


@pytest.mark.parametrize("value", [COLLECTION, {"PubTator3": [DOCUMENT]}, [DOCUMENT], DOCUMENT])
def test_passages_stand_at_their_offsets(value: Any, tmp_path: Path) -> None:
    loaded = read(corpus(tmp_path, value))
    (document,) = loaded.documents()
    assert (document["id"], document["text"][40:]) == ("7", "Rome is far.")
    assert [(span["label"], span["start"], span["end"]) for span in document["spans"]] == [
        ("PER", 4, 7),
        ("LOC", 40, 44),
    ]
    assert [end["target"] for end in document["relations"][0]["arguments"]] == ["1", "2"]
    assert document["metadata"].items() >= {("year", "2020")}
    assert not list(check(loaded).findings)


def test_lines_are_documents_with_their_lines(tmp_path: Path) -> None:
    wrong = json.loads(json.dumps(DOCUMENT).replace('"offset": 4,', '"offset": 5,')) | {"id": "8"}
    file = file_of(tmp_path, "d.jsonl", "".join(f"{json.dumps(one)}\n" for one in (DOCUMENT, wrong)))
    (finding,) = check(read(file)).findings
    assert (finding.code, finding.line, finding.document) == ("SP106", 2, "8")


def test_sentences_have_their_words(tmp_path: Path) -> None:
    sentences = [{"offset": 40, "infons": {}, "text": "Rome is far.", "annotations": [ROME]}]
    body = {**BODY, "text": "", "annotations": [], "sentences": sentences}
    (document,) = read(corpus(tmp_path, {**DOCUMENT, "passages": [TITLE, body]})).documents()
    assert document["text"].endswith("\nRome is far.")
    assert [span["text"] for span in document["spans"]] == ["Ana", "Rome"]


def test_the_field_s_library_and_we_read_the_same(tmp_path: Path) -> None:
    with corpus(tmp_path, COLLECTION).open() as file:
        (theirs,) = biocjson.load(file).documents
    written = tmp_path / "ours.bioc.json"
    ours = list(read(tmp_path / "d.json").documents())
    LEAF.write([kept(one, LEAF).document for one in ours], written)
    with written.open() as file:
        (again,) = biocjson.load(file).documents
    for document in (theirs, again):
        annotations = [one for passage in document.passages for one in passage.annotations]
        assert [(one.text, one.total_span.offset, one.infons["type"]) for one in annotations] == [
            ("Ana", 4, "PER"),
            ("Rome", 40, "LOC"),
        ]
    assert [node.refid for node in again.relations[0].nodes] == ["1", "2"]


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ({"passages": ["x"]}, 'holds "x" as a passage; expected an object'),
        ({"passages": {"offset": 1}}, "passages of a document is"),
        ({"infons": [1]}, "infons is [1]; expected an object"),
        ({"passages": [{"infons": {}, "offset": "x", "text": "a"}]}, "passage has the offset 'x'; expected a number"),
        ({"passages": [{**TITLE, "annotations": [{**ANA, "locations": [{"offset": 1}]}]}]}, "length ''"),
    ],
)
def test_what_isn_t_of_bioc_is_an_error(part: dict[str, Any], problem: str, tmp_path: Path) -> None:
    file = file_of(tmp_path, "d.bioc.json", json.dumps({"documents": [DOCUMENT, {**DOCUMENT, "id": "8", **part}]}))
    found = errors(file)
    assert any(problem in words for _, words in found), found
    assert next(iter(read(file).documents()))["id"] == "7"


def test_what_is_no_json_is_an_error_with_its_line(tmp_path: Path) -> None:
    file = file_of(tmp_path, "d.bioc.jsonl", f"{json.dumps(DOCUMENT)}\n{json.dumps(DOCUMENT)[:90]}\n")
    ((line, problem),) = errors(file)
    assert (line, problem[:8]) == (2, "not JSON")
    assert [document["id"] for document in read(file).documents()] == ["7"]


def test_a_passage_with_words_and_sentences_keeps_its_own(tmp_path: Path) -> None:
    sentences = [{"offset": at, "infons": {}, "text": words} for at, words in ((0, "Ana left."), (10, "Bo stays."))]
    passage = {"offset": 0, "infons": {}, "text": "Ana left. Bo stays.", "sentences": sentences}
    file = corpus(tmp_path, {"documents": [{"id": "d", "infons": {}, "passages": [passage]}]})
    assert [one.document["text"] for one in LEAF.read(file) if isinstance(one, LocatedDocument)] == [passage["text"]]


def test_half_of_a_surrogate_pair_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "d.json"
    passage = '{"offset": 0, "infons": {}, "text": "\u00e9 \\ud83d"}'
    file.write_text(f'{{"documents": [{{"id": "d", "passages": [{passage}]}}]}}')
    assert "surrogate" in str(errors(file)) or "surrogate" in str([*documents_in(LEAF, file)])


@pytest.mark.parametrize("name", ["d.json", "d.bioc.json"])
def test_a_schema_of_its_members_meets_them_as_they_are_written(name: str, tmp_path: Path) -> None:
    item: Any = {
        "type": "object",
        "required": ["offset", "text", "section"],
        "properties": {"text": {"type": "string"}},
    }
    for member in ("passages", "documents"):
        item = {"type": "object", "required": [member], "properties": {member: {"type": "array", "items": item}}}
    location = {"offset": {"type": "integer"}, "length": {"type": "integer"}}
    span = {"spanOf": {"text": "/documents/*/passages/*/text", "start": "offset", "length": "length"}}
    mention = {"properties": {"locations": {"type": "array", "items": {**span, "properties": location}}}}
    passage = item["properties"]["documents"]["items"]["properties"]["passages"]["items"]
    passage["properties"]["annotations"] = {"type": "array", "items": mention}
    loaded = read(corpus(tmp_path, {"documents": [{**DOCUMENT, "passages": [TITLE]}]}, name), item)
    report = check(loaded)
    assert [finding.message for finding in report.findings] == ["'section' is missing; the schema requires it"]
    assert report.spans == 1
    assert check(read(tmp_path / name)).spans == 1
