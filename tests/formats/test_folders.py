"""What stands beside the files of a corpus."""

from pathlib import Path

import pytest

from spanproof.formats.folders import schema_place


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
