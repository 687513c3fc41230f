"""Texts taken out of a corpus and put back, from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spanproof.cli import main
from spanproof.formats.discovery import read
from support.documents import ROOT

GOLD = ROOT / "annotations" / "gold"


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_articles_go_out_without_their_texts_and_come_back(tmp_path: Path) -> None:
    stripped, ledger, joined = (tmp_path / name for name in ("s.jsonl", "l.json", "j.jsonl"))
    result = run("strip", GOLD, stripped, "--ledger", ledger)
    assert result.exit_code == 1
    lost = json.loads(ledger.read_text())["lost"]
    assert {row["name"].split("/")[-1] for row in lost} == {"note", "evidence"}
    content = stripped.read_text("utf-8")
    for document in read(GOLD).documents():
        text = document["text"]
        assert not [k for k in range(len(text) - 30) if text[k : k + 30] in content]
    result = run("join", stripped, ROOT / "dataset" / "articles", "--out", joined)
    assert "5 documents: proved" in result.output
    assert result.exit_code == 1
    for before, after in zip(read(GOLD).documents(), read(joined).documents(), strict=True):
        for layer in ("zones", "entities", "quotes", "dates"):
            assert before[layer] == after[layer]
        assert before["text"] == after["text"]


def test_nothing_is_proved_of_annotations_without_their_texts(tmp_path: Path) -> None:
    stripped = tmp_path / "s.jsonl"
    run("strip", GOLD, stripped)
    record = stripped.read_text("utf-8").splitlines()[1]
    (tmp_path / "alone.json").write_text(record, "utf-8")
    for file in (stripped, tmp_path / "alone.json"):
        for command in ("check", "init"):
            result = run(command, file)
            assert result.exit_code == 2
            assert "`spanproof join` puts these back first" in result.output
            assert "spans:" not in result.output


def test_strict_writes_nothing(tmp_path: Path) -> None:
    assert run("strip", GOLD, tmp_path / "s.jsonl", "--strict").exit_code == 1
    assert list(tmp_path.iterdir()) == []
    run("strip", GOLD, tmp_path / "s.jsonl")
    result = run("join", tmp_path / "s.jsonl", ROOT / "README.md", "--out", tmp_path / "j.jsonl", "--strict")
    assert result.exit_code == 1
    assert not (tmp_path / "j.jsonl").exists()


HEADER = '{"form": "spanproof stripped 1", "schema": {}}\n'


@pytest.mark.parametrize(
    "content",
    ["", "\n", "x", "[]", "{}", HEADER, f"{HEADER}{{}}", f"{HEADER}{HEADER}", f"{HEADER}x", '{"a": \ud800}'],
)
def test_what_is_no_stripped_file_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_bytes(content.encode("utf-8", "surrogatepass"))
    (tmp_path / "t.txt").write_text("Ana.")
    result = run("join", tmp_path / "s.jsonl", tmp_path / "t.txt")
    assert result.exit_code == 2
    assert result.output.startswith(f"spanproof: {tmp_path / 's.jsonl'}:")


def test_texts_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    run("strip", GOLD, tmp_path / "s.jsonl")
    (tmp_path / "latin.txt").write_bytes("é".encode("latin-1"))
    (tmp_path / "empty").mkdir()
    for text, problem in (("latin.txt", "is not UTF-8"), ("none.txt", "No such file"), ("empty", "holds no text")):
        result = run("join", tmp_path / "s.jsonl", tmp_path / text)
        assert result.exit_code == 2
        assert problem in result.output
    assert run("join", tmp_path / "s.jsonl", tmp_path / "latin.txt", "--out", tmp_path / "x.doc").exit_code == 2


def test_an_empty_corpus_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")
    result = run("strip", tmp_path / "a.jsonl", tmp_path / "s.jsonl", "--schema", ROOT / "schema/article.schema.json")
    assert result.exit_code == 2
    assert not (tmp_path / "s.jsonl").exists()


def test_without_text_there_is_nothing_to_strip(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a"}\n')
    result = run("strip", tmp_path / "a.jsonl", tmp_path / "s.jsonl", "--schema", ROOT / "schema/article.schema.json")
    assert result.exit_code == 2
    assert "document 1: the document has no text" in result.output


@pytest.mark.parametrize("name", ["spacy.json", "gliner.json", "wikinews.json", "dialogue.jsonl"])
def test_a_shape_is_stripped_and_joined_by_the_schema_in_the_file(name: str, tmp_path: Path) -> None:
    source = ROOT / "schema" / "examples" / name
    texts = tmp_path / "texts"
    texts.mkdir()
    corpus = read(source)
    (member,) = corpus.schema.texts
    before = list(corpus.documents())
    for number, document in enumerate(before):
        (texts / f"{number}.txt").write_bytes(document[member].encode())
    assert run("strip", source, tmp_path / "s.jsonl").exit_code == 0
    result = run("join", tmp_path / "s.jsonl", texts)
    assert f"{len(before)} document" in result.output
    assert "nothing lost" in result.output
    assert result.exit_code == 0


def test_a_schema_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    run("strip", GOLD, tmp_path / "s.jsonl")
    lines = (tmp_path / "s.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "x.jsonl").write_text("".join([HEADER.replace("{}", '{"type": 3}'), *lines[1:]]), "utf-8")
    result = run("join", tmp_path / "x.jsonl", ROOT / "dataset" / "articles")
    assert result.exit_code == 2
    assert "its schema can't be used" in result.output
