"""Spans that are moved as columns are those that edits of the documents move."""

from random import Random

import pytest

from spanproof.corpus.documents import batch_of
from spanproof.corpus.edits import apply
from spanproof.corpus.moved import Moves, with_moved
from support.moved_spans import SCHEMA, document, some_moved


@pytest.mark.parametrize("seed", range(30))
def test_columns_are_moved_as_documents_are(seed: int) -> None:
    draw = Random(seed)
    written = [document(draw) for _ in range(12)]
    batch = batch_of(written, SCHEMA)
    moved = some_moved(batch, draw)
    rows = sorted(draw.sample(range(12), 7))
    moves = {row: Moves(moved, row) for row in rows}
    again = with_moved(batch, moves)
    right = [apply(written[row], moves[row].edits) for row in rows]
    assert [*again.documents()] == [*batch_of(right, SCHEMA).documents()]
    assert again.columns.equals(batch_of(right, SCHEMA).columns)
    assert all(one.first == one.edits[:1] == tuple(one)[:1] for one in moves.values())
