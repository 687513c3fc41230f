"""What stands beside the files of a corpus."""

import os
from pathlib import Path
from typing import Any

import pytest

from spanproof.formats.folders import files, others_in_words, passed_over, schema_place


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
    assert others_in_words([table]).startswith("1 .csv (a table of spans, which is read only where")
    corpus.unlink()
    assert (files(tmp_path), passed_over(tmp_path)) == ([table], [])


def test_a_folder_that_cannot_be_listed_is_no_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.jsonl").write_text("{}\n")
    scandir = os.scandir

    def denied(path: Any) -> Any:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(PermissionError, match="closed"):
        files(tmp_path)


def test_a_linked_folder_is_not_followed_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "elsewhere").mkdir()
    for folder in ("corpus", "elsewhere"):
        (tmp_path / folder / "a.jsonl").write_text("{}\n")
    link = tmp_path / "corpus" / "more"
    link.symlink_to(tmp_path / "elsewhere")
    assert files(tmp_path / "corpus") == [tmp_path / "corpus" / "a.jsonl"]
    assert passed_over(tmp_path / "corpus") == [link]
    assert others_in_words([link]) == "1 link to a folder"
