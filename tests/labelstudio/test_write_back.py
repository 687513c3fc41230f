"""Pulled documents in the files that their corpus was read from."""

from pathlib import Path
from typing import Any

import pytest

from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read, write
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.labelstudio.write_back import save
from spanproof.parsing.json import parse
from spanproof.schema.schema import Schema
from support.labelstudio_schemas import events
from support.labelstudio_tasks import DOCUMENT


@pytest.mark.parametrize("name", ["c.jsonl", "c.parquet"])
def test_documents_are_written_in_place_and_the_others_stay(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write(Corpus.of([DOCUMENT, {**DOCUMENT, "id": "b"}, {**DOCUMENT, "id": "c"}]), path)
    before = list(read(path).documents())
    changed = {**before[1], "entities": [{**before[1]["entities"][0], "label": "ORG"}]}
    assert save(read(path), {"b": changed}) == [path]
    assert list(read(path).documents()) == [before[0], changed, before[2]]


def test_what_was_deleted_goes_and_what_the_file_adds_stays(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    headline = {"start": 0, "end": 3}
    written = {"url": "u", "headline": headline, "source": "Ana met.", "layers": {"names": [], "events": []}, "x": 1}
    JSONL.write(path, [written], events())
    corpus = read(path, events())
    (document,) = corpus.documents()
    del document["headline"]
    save(corpus, {"u": document})
    del written["headline"]
    assert parse(path.read_text("utf-8")) == written


def test_a_line_keeps_what_it_leaves_out(tmp_path: Any) -> None:
    path = tmp_path / "c.jsonl"
    JSONL.write(path, [DOCUMENT, {**DOCUMENT, "id": "b"}], Schema.article())
    before = path.read_bytes()
    save(read(path), {document["id"]: document for document in read(path).documents()})
    assert path.read_bytes() == before
