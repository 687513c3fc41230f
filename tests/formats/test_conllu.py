"""CoNLL-U: what is read back, what the field's library reads of it, and what can't be read or placed."""

from pathlib import Path
from typing import Any

import conllu
import pytest
from click.testing import CliRunner
from hypothesis import given

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.formats.conllu import LEAF
from spanproof.formats.discovery import read
from spanproof.formats.leaf import kept
from support.stand_off import demand_law, errors, file_of, stand_off_documents


def row(number: str, form: str, misc: str = "_") -> str:
    return "\t".join([number, form, *"_" * 7, misc])


ROWS = [
    "# newdoc id = d1",
    "# global.Entity = eid-etype-head-other",
    "# meta::genre = news",
    "# sent_id = 1",
    "# text = Ana and Bo can't go to Rome.",
    row("1", "Ana", "Entity=(e1-person-1-note:a%2Cb(e2-person)"),
    row("2", "and"),
    row("3", "Bo", "Entity=(e3-person)e1)"),
    row("4-5", "can't"),
    row("4", "ca"),
    row("5", "n't"),
    row("6", "go", "Entity=(e4[1/2]-move)"),
    row("6.1", "_", "Entity=(e5-zero)"),
    row("7", "to"),
    row("8", "Rome", "SpaceAfter=No|Entity=(e4[2/2]-move)"),
    row("9", ".", "SpacesAfter=\\n\\n"),
    "",
    "# text = Yes",
    row("1", "Yes"),
    "",
    "# newdoc id = d2",
    "# text = Del mar",
    row("1-2", "Del"),
    row("1", "De", "NER=O"),
    row("2", "el", "NER=B-SEA"),
    row("3", "mar", "NER=I-SEA"),
    "",
]
TEXT = "\n".join(ROWS)


def corpus(folder: Path, content: str | bytes = TEXT) -> Path:
    """A file of CoNLL-U."""
    return file_of(folder, "d.conllu", content)


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "d.conllu")


def test_words_stand_in_the_text_and_entities_between_them(tmp_path: Path) -> None:
    first, second = read(corpus(tmp_path)).documents()
    assert (first["id"], first["text"]) == ("d1", "Ana and Bo can't go to Rome.\n\nYes")
    words = {span["id"]: first["text"][span["start"] : span["end"]] for span in first["spans"]}
    assert words == {"e1": "Ana and Bo", "e2": "Ana", "e3": "Bo", "e4": "go to Rome"}
    assert first["spans"][0]["attributes"] == {"head": "1", "note": "a,b"}
    assert first["spans"][3]["fragments"] == [{"start": 17, "end": 19}, {"start": 23, "end": 27}]
    assert first["relations"] == [{"id": "e5", "label": "zero", "arguments": []}]
    assert first["metadata"] == {"genre": "news"}
    (sea,) = second["spans"]
    assert (second["text"], sea["id"], sea["label"], sea["start"], sea["end"]) == ("Del mar", "NER-1", "SEA", 0, 7)
    result = CliRunner().invoke(main, ["check", str(tmp_path / "d.conllu")])
    assert "read as CoNLL-U" in result.output
    assert result.exit_code == 0


def test_several_mentions_of_an_entity_have_ids_of_their_own(tmp_path: Path) -> None:
    (document,) = read(
        corpus(tmp_path, "\n".join([row("1", "Ana", "Entity=(1-p)"), row("2", "she", "Entity=(1-p)"), ""]))
    ).documents()
    assert [(span["id"], span["attributes"]) for span in document["spans"]] == [
        ("1", {"eid": "1"}),
        ("1.2", {"eid": "1"}),
    ]
    assert document["text"] == "Ana she"


def test_tags_are_those_of_a_sentence_and_broken_ones_are_told(tmp_path: Path) -> None:
    rows = [row("1", "Ana", "NER=B-PER|x=O"), "", row("1", "Bo", "NER=I-PER|x=O"), row("2", "met", "NER=O|x=B-A"), ""]
    batches = read(corpus(tmp_path, "\n".join(rows)))
    (document,) = batches.documents()
    assert [(span["start"], span["end"], span["layer"]) for span in document["spans"]] == [
        (0, 3, "NER"),
        (4, 6, "NER"),
        (7, 10, "x"),
    ]
    assert not batches.errors
    result = CliRunner().invoke(main, ["check", str(tmp_path / "d.conllu")])
    assert "d.conllu:3" in result.output
    assert "I-PER after O doesn't continue a span; it is read as the beginning of one (NER, IOB2)" in result.output
    assert result.exit_code == 1


def test_the_library_reads_the_same_words_and_text(tmp_path: Path) -> None:
    documents = [kept(document, LEAF).document for document in read(corpus(tmp_path)).documents()]
    LEAF.write(documents, tmp_path / "again.conllu")
    sentences = conllu.parse((tmp_path / "again.conllu").read_text("utf-8"))
    said = [sentence.metadata["text"] for sentence in sentences]
    assert said == ["Ana and Bo can't go to Rome.", "Yes", "Del mar"]
    for sentence in sentences:
        blanks = ["" if "SpaceAfter" in (word["misc"] or {}) else " " for word in sentence]
        joined = "".join(word["form"] + blank for word, blank in zip(sentence, blanks, strict=True))
        assert joined.rstrip() == sentence.metadata["text"]
    brackets = [
        word["misc"]["Entity"] for sentence in sentences for word in sentence if "Entity" in (word["misc"] or {})
    ]
    assert sum(bracket.count("(") for bracket in brackets) == sum(
        len(span.get("fragments", [span])) for document in documents for span in document["spans"]
    )


def test_what_the_library_writes_is_read(tmp_path: Path) -> None:
    again = "".join(sentence.serialize() for sentence in conllu.parse(TEXT))
    assert list(read(corpus(tmp_path, again)).documents()) == list(read(corpus(tmp_path)).documents())


@pytest.mark.parametrize(
    ("before", "after", "line", "problem"),
    [
        (row("2", "and"), row("2", "und"), 7, "the form is 'und', # text goes on with 'and'"),
        (row("2", "and"), row("2", "and", "SpaceAfter=No"), 7, "MISC says no white space after 'and'"),
        ("SpaceAfter=No|", "", 15, "MISC says white space after 'Rome', # text has ''"),
        (row("9", ".", "SpacesAfter=\\n\\n"), "", 5, "# text goes on with '.' after the last word"),
        (row("2", "and"), "2\tand", 7, "has 2 columns; expected 10"),
        (row("2", "and"), row("x", "and"), 7, "is 'x' with the form 'and'; expected a number"),
        (row("2", "and"), row("3", "and"), 7, "is the word 3; expected 2"),
        ("(e3-person)e1)", "(e3-person)", 6, "the entity e1 begins here and doesn't end"),
        ("(e3-person)e1)", "(e3-person)e1)e1)", 8, "the entity e1 ends here and doesn't begin"),
        ("(e4[2/2]-move)", "_", 12, "the entity e4/2 has 1 of 2 parts"),
        ("(e4[1/2]-move)", "(e4[3/2]-move)", 12, "the entity e4[3/2] begins without the part before it"),
        ("(e3-person)e1)", "(e3-person)e1)x", 8, "Entity=x isn't as expected"),
        ("(e2-person)", "(e2-person-1-a:b-more)", 6, "e2 says more than # global.Entity"),
        ("(e5-zero)", "(-zero)", 13, "Entity=(-zero) names no entity; expected a name"),
        ("Yes", "Y\xeb", 18, "not UTF-8"),
    ],
)
def test_what_cannot_be_read_or_placed_is_named_with_its_line(
    before: str, after: str, line: int, problem: str, tmp_path: Path
) -> None:
    path = corpus(tmp_path, TEXT.replace(before, after).encode("latin-1"))
    assert [(at, problem in said) for at, said in errors(path)][:1] == [(line, True)]
    assert check(path).exit_code == 2


def test_empty_and_broken_files_are_no_sound_corpora(tmp_path: Path) -> None:
    for content in ("", "# newdoc id = x\n", "# text = x\n1\tx\n", "\x00" * 9, "1\n" * 9):
        assert CliRunner().invoke(main, ["check", str(corpus(tmp_path, content))]).exit_code == 2
