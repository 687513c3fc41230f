"""CoNLL and its kin: columns, schemes and their repairs, how the text is put together, what can't be read."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from seqscore.conll import LineSpec, ingest_conll_file

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.corpus.documents import ReadError
from spanproof.formats.conll import LEAF
from spanproof.formats.discovery import read
from spanproof.formats.leaf import documents_in, kept
from support.fuzzed import is_unpacked
from support.stand_off import demand_law, stand_off_documents

CONLL2003 = """\
-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
German JJ B-NP B-MISC
call NN I-NP O
. . O O

Peter NNP B-NP B-PER
Blackburn NNP I-NP I-PER
"""


def documents(folder: Path, content: str | bytes, name: str = "a.conll") -> list[Any]:
    """What is read of a file: documents and errors."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(documents_in(LEAF, path))


def spans(folder: Path, content: str) -> list[tuple[str, str]]:
    """Words and label of each span of a file, those of the main column."""
    (one,) = (one for one in documents(folder, content) if not isinstance(one, ReadError))
    document = one.document
    main = (span for span in document["spans"] if span.get("layer") != "column 3")
    return [(document["text"][span["start"] : span["end"]], span["label"]) for span in main]


UNER = """\
# newdoc id = w01
# sent_id = 1
# text = Ana's friend  met Bo.
1\tAna\tB-PER
2\t's\tO
3\tfriend\tO
4\tmet\tO
5\tBo\tB-PER
6\t.\tO

# text = Yes
1\tYes\tO
"""


def test_the_text_of_a_sentence_is_what_its_comment_says(tmp_path: Path) -> None:
    """As Universal NER writes it."""
    (one,) = documents(tmp_path, UNER)
    assert one.document["text"] == "Ana's friend  met Bo.\nYes"
    assert spans(tmp_path, UNER) == [("Ana", "PER"), ("Bo", "PER")]
    assert list(one.lines.values()) == [4, 8]
    assert LEAF.unread_in is not None
    assert LEAF.unread_in(tmp_path / "a.conll") == ["column 1 (1, 2, 3, ...)", "2 comments"]


@pytest.mark.parametrize(
    ("before", "after", "line", "problem"),
    [
        ("4\tmet", "4\tsaw", 7, "the token is 'saw', # text goes on with 'met'"),
        ("6\t.\tO\n", "", 3, "# text goes on with '.' after the last token"),
        ("2\t's\tO\n", "", 5, "the token is 'friend', # text goes on with"),
    ],
)
def test_tokens_that_differ_from_the_text_of_their_sentence_are_told(
    before: str, after: str, line: int, problem: str, tmp_path: Path
) -> None:
    found = documents(tmp_path, UNER.replace(before, after))
    errors = [(one.line, problem in one.problem) for one in found if isinstance(one, ReadError)]
    assert errors == [(line, True)]
    text = found[-1].document["text"]
    assert [(text[span["start"] : span["end"]]) for span in found[-1].document["spans"]] == ["Ana", "Bo"]


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "a.conll")


@given(stand_off_documents())
def test_what_is_written_says_the_same_spans_to_seqscore(document: Any) -> None:
    fit = kept(document, LEAF).document
    with tempfile.TemporaryDirectory() as folder:
        LEAF.write([fit], Path(folder) / "a.conll")
        read_ones = ingest_conll_file(
            str(Path(folder) / "a.conll"), "BIO", "utf-8", LineSpec(0, -1), ignore_document_boundaries=False,
            allow_comment_lines=False,
        )  # fmt: skip
    theirs = [
        (" ".join(sentence.tokens[mention.span.start : mention.span.end]), mention.type)
        for sentences in read_ones
        for sentence in sentences
        for mention in sentence.mentions
    ]
    assert theirs == [(fit["text"][span["start"] : span["end"]], span["label"]) for span in fit["spans"]]


def test_tokens_are_joined_and_every_column_of_tags_is_a_layer(tmp_path: Path) -> None:
    (one,) = documents(tmp_path, CONLL2003)
    assert one.document["id"] == "a"
    assert one.document["text"] == "EU rejects German call .\nPeter Blackburn"
    assert spans(tmp_path, CONLL2003) == [("EU", "ORG"), ("German", "MISC"), ("Peter Blackburn", "PER")]
    assert {span.get("layer") for span in one.document["spans"]} == {"column 3", "column 4"}
    person = next(k for k, span in enumerate(one.document["spans"]) if span["label"] == "PER")
    assert one.lines["spans", person] == 9


def test_a_check_says_that_the_text_is_a_reconstruction_and_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CONLL2003, "utf-8")
    result = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert "read as CoNLL" in result.output
    assert "white space (the text is rebuilt: tokens are joined by blanks" in result.output
    assert "1 document, 7 spans: 7 in bounds only; no findings" in result.output
    assert result.exit_code == 0


@pytest.mark.parametrize(
    "content",
    [
        "Ana I-PER\nSilva I-PER\nBob B-PER\nmet O\n",
        "Ana B-PER\nSilva I-PER\nBob B-PER\nmet O\n",
        "Ana B-PER\nSilva E-PER\nBob S-PER\nmet O\n",
        "Ana B-PER\nSilva L-PER\nBob U-PER\nmet O\n",
        "B-PER\tAna\nI-PER\tSilva\nB-PER\tBob\nO\tmet\n",
        "1\tAna\tB-PER\n2\tSilva\tI-PER\n3\tBob\tB-PER\n4\tmet\tO\n",
        "# id 7\n\nAna  NNP   B-PER\r\nSilva NNP I-PER\r\nBob NNP B-PER\r\nmet VB O\r\n",
        "Ana B-PER\rSilva I-PER\rBob B-PER\rmet O\r",
        "###MEDLINE:1\n\nAna\tB-PER\nSilva\tI-PER\nBob\tB-PER\nmet\tO\n",
        "\ufeffAna B-PER\nSilva I-PER\nBob B-PER\nmet O",
    ],
)
def test_schemes_columns_and_line_ends_say_the_same_spans(content: str, tmp_path: Path) -> None:
    assert spans(tmp_path, content) == [("Ana Silva", "PER"), ("Bob", "PER")]
    assert not [one for one in documents(tmp_path, content) if isinstance(one, ReadError)]
    (tmp_path / "a.conll").rename(tmp_path / "a.txt")
    assert "read as CoNLL" in CliRunner().invoke(main, ["check", str(tmp_path / "a.txt")]).output


def test_documents_are_told_apart_and_named(tmp_path: Path) -> None:
    content = "-DOCSTART- -X- O\n\nAna B-PER\n\n-DOCSTART- d7 O\n\nBob B-PER\n\n-DOCSTART- O\n"
    read_ones = documents(tmp_path, content)
    assert [one.document["id"] for one in read_ones] == ["a-1", "d7", "a-3"]
    assert [one.line for one in read_ones] == [1, 5, 9]
    assert [len(one.document["spans"]) for one in read_ones] == [1, 1, 0]


def test_a_tag_that_breaks_the_scheme_of_the_file_is_a_warning_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.conll").write_text(CONLL2003.replace("call NN I-NP O", "call NN I-NP I-LOC"), "utf-8")
    report = check(tmp_path)
    ((code, severity, line, message),) = [(f.code, f.severity, f.line, f.message) for f in report.findings]
    assert (code, severity, line) == ("SP010", "warning", 6)
    assert message == "I-LOC after B-MISC doesn't continue a span; it is read as the beginning of one (IOB2)"
    assert report.exit_code == 1
    assert not read(tmp_path).errors


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Ana", "has 1 column"),
        ("Ana NNP B-NP x B-PER", "has 5 columns; expected 4"),
        ("Ana NNP B-NP\tB-PER", "has 3 columns"),
    ],
)
def test_a_ragged_row_is_an_error_with_its_line(line: str, problem: str, tmp_path: Path) -> None:
    read_ones = documents(tmp_path, CONLL2003 + line + "\n")
    ((number, said),) = [(one.line, one.problem) for one in read_ones if isinstance(one, ReadError)]
    assert number == 11
    assert problem in said
    assert check(tmp_path).exit_code == 2


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "no column holds tags"),
        ("\n\n", "no column holds tags"),
        ("Ana met Bob.\nThen she left.\n", "no column holds tags"),
        (CONLL2003.encode("utf-16"), "is text in UTF-16"),
        ("Zoë B-PER\n".encode("latin-1"), "not UTF-8: byte 0xeb; the file seems to be Latin-1"),
        (b"a O\n\xed\xa0\x80 B-PER\n", "half of a surrogate pair"),
        (CONLL2003.encode("utf-16-be"), "is UTF-16 without a byte order mark"),
    ],
)
def test_a_file_without_tags_or_in_another_encoding_is_one_error(content: Any, problem: str, tmp_path: Path) -> None:
    (error,) = documents(tmp_path, content)
    assert problem in error.problem
    assert check(tmp_path).exit_code == 2


@given(st.binary(max_size=80).filter(is_unpacked) | st.text("aO B-PER\n\t#\r1é", max_size=80).map(str.encode))
def test_whatever_a_file_holds_every_line_is_a_token_or_an_error(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read_ones = documents(Path(folder), content)
    assert read_ones
    errors = [one for one in read_ones if isinstance(one, ReadError) and not one.repaired]
    texts = [one.document["text"] for one in read_ones if not isinstance(one, ReadError)]
    if texts:
        lines = content.decode().removeprefix("\ufeff").replace("\r", "\n").split("\n")
        rows = [line for line in lines if line.strip() and not line.startswith(("#", "-DOCSTART-"))]
        words = sum(len(sentence.split(" ")) for text in texts for sentence in text.split("\n") if sentence)
        assert words + len(errors) >= len(rows)


def test_what_no_tag_can_say_is_lost_by_name(tmp_path: Path) -> None:
    text = "The U.S.-Russia talks, and antitrust."
    wanted = [("s1", 4, 15), ("s2", 4, 8), ("s3", 27, 31), ("s4", 16, 21)]
    spans = [{"id": name, "label": "X", "start": start, "end": end} for name, start, end in wanted]
    result = kept({"id": "d", "text": text, "spans": spans}, LEAF)
    assert result.document["text"] == "The U . S . - Russia talks , and antitrust ."
    assert [loss.path for loss in result.losses if loss.path[0] == "spans" and len(loss.path) == 2] == [
        ("spans", 1),
        ("spans", 2),
    ]
    assert [result.document["text"][s["start"] : s["end"]] for s in result.document["spans"]] == [
        "U . S . - Russia",
        "talks",
    ]


@pytest.mark.parametrize("ending", [".train", ".dev", ".test", ".testa", ".testb"])
def test_the_parts_of_a_corpus_are_different_documents(tmp_path: Path, ending: str) -> None:
    """CoNLL-2002 has ``esp.train`` and ``esp.testa``: what is before the point is no id of a document."""
    documents(tmp_path, "Ana B-PER\nsings O\n\nRui B-PER\n", "esp.conll")
    documents(tmp_path, "Eva B-PER\nreads O\n\nPorto B-LOC\n", f"esp{ending}")
    corpus = read([tmp_path / "esp.conll", tmp_path / f"esp{ending}"])
    assert [document["id"] for document in corpus.documents()] == ["esp", f"esp{ending}"]
    assert check(corpus).findings == ()


def test_comments_of_universal_dependencies_begin_documents_and_make_no_conllu(tmp_path: Path) -> None:
    """Universal NER has the comments of CoNLL-U, and five columns."""
    rows = "# sent_id = 1\n# text = Ana left\n1\tAna\tB-PER\t-\t-\n2\tleft\tO\t-\t-\n\n"
    (tmp_path / "a.iob2").write_text(f"# newdoc id = one\n{rows}# newdoc id = two\n{rows}", "utf-8")
    assert [(one["id"], one["text"], len(one["spans"])) for one in read(tmp_path / "a.iob2").documents()] == [
        ("one", "Ana left", 1),
        ("two", "Ana left", 1),
    ]


def test_a_file_may_begin_with_a_bracket_as_its_first_token(tmp_path: Path) -> None:
    file = tmp_path / "a.test"
    file.write_text("[\t0\t1\tO\nRenal\t1\t6\tB-Organ\ncells\t7\t12\tI-Organ\n")
    corpus = read(file)
    assert [document["spans"][0]["label"] for document in corpus.documents()] == ["Organ"]
    assert not LEAF.recognises(b"[ 1, 2 ]\n")
    assert not LEAF.recognises(b'[\n{"a": "O"}\n]\n')


def test_ten_columns_whose_first_holds_tokens_are_no_conllu(tmp_path: Path) -> None:
    """As those of HIPE, whose first row names them, and in which a number may be a token."""
    rows = ["FROM", "Ana", "26", "May"] * 3
    tags = ["O", "B-pers", "O", "B-time"] * 3
    lines = [f"{word}\t{tag}" + 8 * "\tO" for word, tag in zip(rows, tags, strict=True)]
    file = tmp_path / "a.tsv"
    file.write_text(
        "\n".join(["TOKEN\tNE-COARSE-LIT" + "".join(f"\tNE-{k}" for k in range(8)), "# language = en", *lines])
    )
    corpus = read(file)
    (document,) = corpus.documents()
    assert document["text"] == " ".join(rows)
    assert [span["label"] for span in document["spans"]] == ["pers", "time"] * 3
    (told,) = (one for one in documents_in(LEAF, file) if isinstance(one, ReadError))
    assert (told.line, told.repaired) == (1, True)
    assert told.problem.startswith("names the columns (TOKEN, NE-COARSE-LIT, ")


@pytest.mark.parametrize("between", [" ", "\t"])
def test_a_document_may_begin_with_its_title_in_brackets(between: str, tmp_path: Path) -> None:
    rows = [
        ("-DOCSTART- (1 EU)",),
        ("EU", "B-ORG"),
        ("left", "O"),
        (),
        ("-DOCSTART- (2 Rare Hendrix)",),
        ("Ana", "B-PER"),
        ("sat", "O"),
    ]
    (tmp_path / "a.conll").write_text("".join(between.join(row) + "\n" for row in rows), "utf-8")
    corpus = read(tmp_path)
    assert [(one["id"], one["text"]) for one in corpus.documents()] == [
        ("1 EU", "EU left"),
        ("2 Rare Hendrix", "Ana sat"),
    ]
    assert not corpus.errors
