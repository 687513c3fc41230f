"""What stands beside the files of a corpus."""

from pathlib import Path

import pytest

from spanproof.formats.folders import files, passed_over, schema_place


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("a.jsonl", "a"),
        ("a.jsonl.gz", "a"),
        ("a.label-studio.json", "a.label-studio"),
        ("a.b.bioc.xml", "a.b.bioc"),
        ("a", "a"),
    ],
)
def test_the_schema_of_one_form_of_a_corpus_is_not_that_of_another(name: str, schema: str, tmp_path: Path) -> None:
    assert schema_place(tmp_path / name) == tmp_path / f"{schema}.schema.json"


def test_tables_beside_documents_of_another_format_are_passed_over(tmp_path: Path) -> None:
    corpus, table = tmp_path / "corpus.jsonl", tmp_path / "segments.csv"
    corpus.write_text('{"text": "Ana", "spans": [{"start": 0, "end": 3}]}\n')
    table.write_text("text,start,end,label\nAna met Bo,0,3,PER\n")
    assert (files(tmp_path), passed_over(tmp_path)) == ([corpus], [table])
    corpus.unlink()
    assert (files(tmp_path), passed_over(tmp_path)) == ([table], [])
