"""Documents into a folder of article files: they come back equal, and nothing else is in the way."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.formats.article_folder import write_articles
from spanproof.formats.discovery import read
from spanproof.schema.layers import canonical
from spanproof.schema.schema import Schema
from spanproof.testing.strategies import documents
from support import examples


@settings(max_examples=examples(20))
@given(documents())
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, document: Any) -> None:
    folder = tmp_path_factory.mktemp("articles") / "new"
    write_articles(folder, {"one": document, "two words ü": document}, Schema.article())
    schema = Schema.article()
    (expected,) = Corpus.of([document]).documents()
    for _ in range(2):
        for again in read(folder, registries={}).documents():
            assert canonical(again, schema.root, schema) == canonical(expected, schema.root, schema)
        write_articles(folder, {"one": document, "two words ü": document}, schema)


@pytest.mark.parametrize("name", ["../one", "a/b", ".hidden", "", "a\nb", "c:x", "x" * 300])
def test_a_key_that_is_no_file_name_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="can't be the name of a file"):
        write_articles(tmp_path / "new", {"one": sound(), name: sound()}, Schema.article())
    assert not (tmp_path / "new").exists()


def test_a_folder_of_other_articles_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(ValueError, match="holds other files"):
        write_articles(tmp_path, {"one": sound()}, Schema.article())


def test_a_text_that_is_no_unicode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="surrogate"):
        write_articles(tmp_path / "new", {"one": {**sound(), "text": "a\ud800"}}, Schema.article())
    assert not (tmp_path / "new").exists()
