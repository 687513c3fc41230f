"""Conversions from the command line: the ledger, exit codes, nothing half-written."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spanproof.cli import main
from spanproof.formats.discovery import read
from support.documents import ROOT
from support.strangers import STRANGERS

GOLD = ROOT / "annotations" / "gold"
EXAMPLES = ROOT / "schema" / "examples"


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["convert", *(str(argument) for argument in arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_articles_go_to_brat_and_back(tmp_path: Path) -> None:
    result = run(GOLD, tmp_path / "brat", "--to", "brat", "--ledger", tmp_path / "ledger.json")
    assert result.exit_code == 1
    ledger = json.loads((tmp_path / "ledger.json").read_text("utf-8"))
    assert (ledger["documents"], ledger["spans"]) == (5, 720)
    assert not [row for row in ledger["lost"] if row["what"] == "span"]
    back = run(tmp_path / "brat", tmp_path / "back.jsonl", "--as", ROOT / "schema" / "article.schema.json")
    assert back.exit_code == 0
    for before, after in zip(read(GOLD).documents(), read(tmp_path / "back.jsonl").documents(), strict=True):
        for layer in ("entities", "quotes", "dates"):
            there, here = ([(one["start"], one["end"]) for one in document[layer]] for document in (before, after))
            assert there == here
        assert [quote["source"] for quote in before["quotes"]] == [quote["source"] for quote in after["quotes"]]


def test_stand_off_records_lose_nothing(tmp_path: Path) -> None:
    assert run(GOLD, tmp_path / "a.jsonl").exit_code == 0
    result = run(tmp_path / "a.jsonl", tmp_path / "b.jsonl", "--as", ROOT / "schema" / "article.schema.json")
    assert result.exit_code == 0
    assert "read as stand-off documents" in result.output
    documents = [list(read(path).documents()) for path in (GOLD, tmp_path / "b.jsonl")]
    for before, after in zip(*documents, strict=True):
        assert {name: value for name, value in before.items() if value is not None} == {
            name: value for name, value in after.items() if value is not None
        }


@pytest.mark.parametrize("name", ["spacy.json", "doccano.jsonl", "bigbio.jsonl", "wikinews.json", "gliner.json"])
def test_a_corpus_of_any_shape_is_a_source(name: str, tmp_path: Path) -> None:
    result = run(EXAMPLES / name, tmp_path / "a.jsonl")
    assert result.exit_code == 0
    assert "nothing lost" in result.output
    assert any(document["spans"] for document in read(tmp_path / "a.jsonl").documents())


def test_a_shape_has_no_place_for_what_the_ledger_names(tmp_path: Path) -> None:
    schema = EXAMPLES / "spacy.schema.json"
    result = run(GOLD, tmp_path / "a.json", "--as", schema, "--layer", "entities", "--output", "json")
    assert result.exit_code == 1
    rows = json.loads(result.output[result.output.index("{") :])["lost"]
    assert {"entity_id", "dct", "ORG"} <= {row["name"] for row in rows}
    corpus = read(tmp_path / "a.json", schema)
    carried = sum(len(document["1"]["entities"]) for document in corpus.documents())
    assert carried + len([row for row in rows if row["what"] == "span"]) == 351


def test_strict_writes_nothing_but_the_ledger(tmp_path: Path) -> None:
    result = run(GOLD, tmp_path / "brat", "--to", "brat", "--strict", "--ledger", tmp_path / "ledger.json")
    assert result.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.json"]
    assert run(GOLD, tmp_path / "a.jsonl", "--strict").exit_code == 0
    assert (tmp_path / "a.jsonl").exists()


def test_what_cannot_be_converted_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "two.schema.json").write_text(json.dumps({"type": "object", "properties": {"a": {"type": "string"}}}))
    (tmp_path / "a.jsonl").write_text('{"a": "x"}\n')
    before = sorted(tmp_path.iterdir())
    out = tmp_path / "out.jsonl"
    for arguments, problem in (
        ((tmp_path / "none.jsonl", out), "no such file"),
        ((tmp_path / "empty.jsonl", out), "holds no document"),
        ((GOLD, tmp_path / "out.x"), "no format has this ending"),
        ((GOLD, out, "--to", "nothing"), "no format is called nothing"),
        ((GOLD, tmp_path / "out", "--to", "brat", "--as", EXAMPLES / "spacy.schema.json"), "has no schema"),
        ((GOLD, out, "--layer", "names"), "no layer names"),
        ((GOLD, out, "--as", tmp_path / "none.schema.json"), "none.schema.json"),
        ((tmp_path / "a.jsonl", out, "--schema", tmp_path / "two.schema.json"), "spans of nothing"),
        ((tmp_path / "a.jsonl", tmp_path / "a.jsonl"), "is what this command reads"),
    ):
        result = run(*arguments)
        assert (result.exit_code, problem in result.output) == (2, True), result.output
        assert sorted(tmp_path.iterdir()) == before


def test_a_refusal_names_the_target_and_no_file_on_the_way(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text('{"text": "Ana", "entities": [[0, 3, "PER"]]}\n')
    result = run(tmp_path / "one.jsonl", tmp_path / "one.ann")
    assert result.exit_code == 2
    assert f"spanproof: {tmp_path / 'one.ann'}: a file of brat" in result.stderr


def test_what_is_not_read_of_a_source_is_in_the_ledger(tmp_path: Path) -> None:
    (tmp_path / "a.conll").write_text("# a comment\nAna NNP B-NP B-PER\nmet VBD B-VP O\nBo NNP B-NP B-PER\n\n")
    result = run(tmp_path / "a.conll", tmp_path / "a.jsonl", "--output", "json")
    rows = [(row["document"], row["what"], row["name"]) for row in json.loads(result.stdout)["lost"]]
    assert rows == [("a.conll", "metadata", "column 2 (NNP, VBD)"), ("a.conll", "metadata", "1 comment")]
    assert result.exit_code == 1
    assert run(tmp_path / "a.conll", tmp_path / "b.jsonl", "--strict").exit_code == 1
    assert not (tmp_path / "b.jsonl").exists()
    (tmp_path / "plain.conll").write_text("Ana B-PER\nmet O\n")
    assert run(tmp_path / "plain.conll", tmp_path / "c.jsonl").exit_code == 0


def test_what_nobody_looks_for_in_a_source_is_a_note(tmp_path: Path) -> None:
    file = STRANGERS["conllu"].written(tmp_path, broken=False)
    result = run(tmp_path / file, tmp_path / "a.jsonl")
    assert "ignored in CoNLL-U: lemmas, parts of speech, features and heads of words" in result.output
