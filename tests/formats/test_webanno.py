"""WebAnno TSV 3: what is read back, what columns mean, and what can't be read or placed."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.formats.discovery import read
from spanproof.formats.leaf import kept
from spanproof.formats.webanno import LEAF
from support.stand_off import demand_law, file_of, stand_off_documents


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "folder")


TEXT = """\
#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value|identifier
#T_SP=my.Host|ROLE_my.Host:links_my.Link|my.Span
#T_SP=my.Span|kind
#T_RL=my.Meets|how|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity
#T_RL=my.Before|BT_de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token
#T_CH=my.Coref|referenceRelation|referenceType


#Text=Ana Silva 😀 met
#Text=Bo\\t.
1-1\t0-3\tAna\tPER[1]|a\\|b[2]\t*[1]|Q\\_1[2]\t_\t_\t_\t_\t_\t_\t*->1-1\tname[3]\t
1-2\t4-9\tSilva\tPER[1]\t*[1]\t_\t_\tx\t_\t_\t_\t*->1-1\tname[3]\t
1-2.1\t4-6\tSi\t_\t_\t_\t_\tsub\t_\t_\t_\t_\t_\t
1-3\t10-12\t😀\t_\t_\t_\t_\t*\t_\t_\t1-1\t_\t_\t
1-4\t13-16\tmet\t_\t_\tp1;*\t1-3;1-2.1\t_\t_\t_\t_\t_\t_\t
1-5\t17-19\tBo\tPER\t*\t_\t_\t_\tsurely\t1-1[1_0]\t_\tsame->1-2\tname\t
1-6\t20-21\t.\t_\t_\t_\t_\t_\t_\t_\t_\t_\t_\t

#Text=Yes
2-1\t22-25\tYes\t_\t_\t_\t_\t_\t_\t_\t_\t_\t_\t
"""


def corpus(folder: Path, content: str | bytes = TEXT) -> Path:
    """A file of WebAnno."""
    return file_of(folder, "d.tsv", content)


def test_every_column_is_read(tmp_path: Path) -> None:
    (document,) = read(corpus(tmp_path)).documents()
    assert (document["id"], document["text"]) == ("d", "Ana Silva 😀 met\nBo\t.\nYes")
    spans = {span["id"]: span for span in document["spans"]}
    said = {
        (span["label"], document["text"][span["start"] : span["end"]], (span.get("layer") or "").rpartition(".")[2])
        for span in document["spans"]
    }
    assert said == {
        ("PER", "Ana Silva", ""),
        ("a|b", "Ana", ""),
        ("PER", "Bo", ""),
        ("x", "Silva", "Span"),
        ("sub", "Si", "Span"),
        ("Span", "😀", "Span"),
        ("Host", "met", "Host"),
        ("name", "Ana Silva", "Coref"),
        ("name", "Bo", "Coref"),
        ("Token", "Ana", "Token"),
        ("Token", "😀", "Token"),
    }
    assert spans["2"].get("attributes") == {"identifier": "Q_1"}

    def words(relation: dict[str, Any]) -> list[tuple[str, str]]:
        targets = [(argument["role"], spans[argument["target"]]) for argument in relation["arguments"]]
        return [(role, document["text"][span["start"] : span["end"]]) for role, span in targets]

    relations = {relation["label"]: words(relation) for relation in document["relations"]}
    assert relations == {
        "links": [("", "met"), ("p1", "😀"), ("", "Si")],
        "surely": [("Governor", "Ana Silva"), ("Dependent", "Bo")],
        "Before": [("Governor", "Ana"), ("Dependent", "😀")],
        "Coref": [("", "Ana Silva"), ("", "Bo")],
    }
    result = CliRunner().invoke(main, ["check", str(tmp_path / "d.tsv")])
    assert "read as WebAnno TSV 3" in result.output
    assert "11 spans: 11 in bounds only; 1 warning" in result.output


@given(st.text(st.sampled_from("a\\[]|_->;\t\n\r*1é"), min_size=1))
def test_every_label_is_read_back(label: str) -> None:
    spans = [{"id": str(k), "label": label, "start": k - 1, "end": 2} for k in (1, 2)]
    demand_law(LEAF, {"id": "d", "text": "ab", "spans": spans}, "folder")
    assert not kept({"id": "d", "text": "ab", "spans": spans}, LEAF).losses


def test_relations_are_written_at_their_dependents() -> None:
    spans = [
        {"id": str(k + 1), "label": "P", "start": start, "end": end} for k, (start, end) in enumerate([(0, 3), (4, 7)])
    ]
    ends = [{"role": "Governor", "target": "2"}, {"role": "Dependent", "target": "1"}]
    relation = {"id": "meets-1", "label": "meets", "arguments": ends, "attributes": {"how": "at|once"}}
    document = {"id": "d", "text": "Ana Rui", "spans": spans, "relations": [relation, {**relation, "id": "meets-2"}]}
    assert not kept(document, LEAF).losses
    demand_law(LEAF, document, "folder")
    others = {**relation, "label": "", "attributes": {"BT_x": "a"}}
    reasons = [loss.reason for loss in kept({**document, "relations": [others]}, LEAF).losses]
    assert reasons == [
        "a column that is called so names other annotations",
        "it has no label, which is the value of a column",
    ]


@pytest.mark.parametrize(
    ("before", "after", "line", "problem"),
    [
        ("13-16\tmet", "13-16\tsat", 16, "the words are 'sat', #Text has 'met' at 13-16"),
        ("10-12\t", "11-12\t", 15, "the words are '😀', #Text has None at 11-12"),
        ("\tsurely\t", "\t", 17, "has 9 columns after the words; expected 10"),
        (
            "1-1[1_0]",
            "1-4[1_0]",
            17,
            "surely names the de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity at 1-4[1]",
        ),
        ("same->1-2", "same", 17, "the link 'same' isn't as expected"),
        ("22-25", "12-15", 20, "the sentence begins at 12, the one before it ends at 21"),
        ("#Text=Yes", "#Text=No", 20, "the first token of the sentence isn't in its #Text"),
        ("2-1\t", "two\t", 21, "expected 1-1<tab>0-3<tab>Ana"),
        ("Yes", "Y\xeb", 20, "not UTF-8: byte 0xeb"),
    ],
    ids=map(str, range(9)),
)
def test_what_cannot_be_read_or_placed_is_named_with_its_line(
    before: str, after: str, line: int, problem: str, tmp_path: Path
) -> None:
    content = TEXT.replace(before, after).encode()
    path = corpus(tmp_path, content.replace("Y\xeb".encode(), b"Y\xeb"))
    assert (line, True) in [(error.line, problem in error.problem) for error in read(path).errors]
    assert check(path).exit_code == 2


def test_files_that_hold_no_span_are_no_sound_corpora(tmp_path: Path) -> None:
    for content in ("#FORMAT=WebAnno TSV 3.3\n", "#FORMAT=WebAnno TSV 3.3\n\n\n#Text=x\n1-1\t0-1\tx\t\n"):
        assert CliRunner().invoke(main, ["check", str(corpus(tmp_path, content))]).exit_code == 2


def test_a_file_has_one_document_that_is_called_as_it_is(tmp_path: Path) -> None:
    document = {"id": "d", "text": "a", "spans": []}
    for documents, name in (
        ([], "d.tsv"),
        ([document] * 2, "d.tsv"),
        ([document], "e.tsv"),
        ([document] * 2, "folder"),
    ):
        with pytest.raises(ValueError, match=name):
            LEAF.write(documents, tmp_path / name)
    LEAF.write([document], tmp_path / "d.tsv")
    assert (tmp_path / "d.tsv").is_file()


@pytest.mark.parametrize(
    ("before", "after", "line", "problem"),
    [
        ("PER[1]\t*[1]", "PER[1\t*[1]", 13, "expected values with the same numbers"),
        ("PER\t*\t", "PER[x]\t*\t", 17, "the value 'PER[x]' has a bracket, and no number in it"),
        ("PER[1]\t*[1]", "LOC[1]\t*[1]", 13, "NamedEntity 1 is ['LOC', '*'] and in line 12 ['PER', '*']"),
        (
            "PER[1]|a\\|b[2]\t*[1]|Q\\_1[2]",
            "PER[1]|a\\|b[2]\t*[2]|Q\\_1[1]",
            12,
            "expected values with the same numbers",
        ),
        ("PER\t*\t", "PER\t*|x\t", 17, "expected values with the same numbers"),
        ("p1;*\t", "p1\t", 16, "'p1' are roles of '1-3;1-2.1'; expected a role for each token"),
        ("1-3;1-2.1", "1-3;Silva", 16, "expected a role for each token"),
    ],
    ids=[
        "a number cut off",
        "no number",
        "two labels",
        "numbers exchanged",
        "one value more",
        "a role less",
        "no token",
    ],
)
def test_values_that_do_not_agree_are_told_with_their_line(
    before: str, after: str, line: int, problem: str, tmp_path: Path
) -> None:
    lines = TEXT.split("\n")
    assert before in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(before, after)
    errors = [error for batch in read(corpus(tmp_path, "\n".join(lines))).batches for error in batch.errors]
    assert (line, True) in [(error.line, problem in error.problem) for error in errors]


def test_a_token_that_is_named_and_begins_within_a_character_is_told(tmp_path: Path) -> None:
    path = corpus(tmp_path, TEXT.replace("10-12\t", "11-12\t"))
    (document,) = read(path).documents()
    tokens = {(span["start"], span["end"]) for span in document["spans"] if span["label"] == "Token"}
    assert tokens == {(0, 3), (11, 11)}
    assert check(path).exit_code == 2
