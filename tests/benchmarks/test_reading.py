"""Formats of annotations read beside the field's own readers, by turns in one process."""

import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from seqscore.conll import LineSpec, ingest_conll_file

from spanproof.formats.conll import LEAF
from spanproof.formats.leaf import LocatedDocument, documents_in

CEILING = 2.5
"""The aim is 1.3; a loaded machine measures more."""


def taken(read: Callable[[], int]) -> tuple[float, int]:
    start = time.process_time()
    number = read()
    return time.process_time() - start, number


@pytest.mark.slow
def test_conll_is_read_about_as_fast_as_by_seqscore(tmp_path: Path) -> None:
    draw = random.Random(1)
    tags = ["O", "O", "O", "B-PER I-PER", "B-LOC", "B-ORG I-ORG I-ORG"]
    sentences = [" ".join(draw.choices(tags, k=12)).split() for _ in range(2000)]
    file = tmp_path / "a.conll"
    file.write_text("\n\n".join("\n".join(f"word{k} {tag}" for k, tag in enumerate(one)) for one in sentences) + "\n")

    def ours() -> int:
        return sum(len(one.document["spans"]) for one in documents_in(LEAF, file) if isinstance(one, LocatedDocument))

    def theirs() -> int:
        documents = ingest_conll_file(
            str(file), "BIO", "utf-8", LineSpec(0, 1), ignore_document_boundaries=True, allow_comment_lines=False
        )
        return sum(len(sentence.mentions) for document in documents for sentence in document)

    pairs = [(taken(ours), taken(theirs)) for _ in range(5)]
    assert {number for pair in pairs for _, number in pair} == {ours()}
    assert statistics.median(mine / other for (mine, _), (other, _) in pairs) < CEILING
