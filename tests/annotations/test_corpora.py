"""Whole corpora of others, where SPANPROOF_CORPORA names them as CORPUS or CORPUS=SCHEMA, with colons between."""

import os
from pathlib import Path

import pytest

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read, write

CORPORA = [corpus.partition("=")[::2] for corpus in os.environ.get("SPANPROOF_CORPORA", "").split(":") if corpus]


@pytest.fixture
def corpus(request: pytest.FixtureRequest) -> Corpus:
    path, schema = request.param
    return read(path, schema or None)


WHOLE = pytest.mark.parametrize("corpus", CORPORA, indirect=True, ids=[path for path, _ in CORPORA])


@WHOLE
@pytest.mark.full
def test_a_corpus_is_read_and_judged_whole(corpus: Corpus) -> None:
    report = check(corpus)
    assert report.documents == sum(1 for _ in corpus.documents()) > 0
    assert [finding for finding in report.findings if finding.code == "SP001"] == []


@WHOLE
@pytest.mark.full
def test_a_corpus_comes_back_from_jsonl(corpus: Corpus, tmp_path: Path) -> None:
    write(corpus, tmp_path / "written.jsonl")
    again = read(tmp_path / "written.jsonl", corpus.schema)
    assert all(one == other for one, other in zip(corpus.documents(), again.documents(), strict=True))
