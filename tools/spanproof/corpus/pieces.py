"""Pieces of a corpus: what a process of its own reads."""

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from spanproof.corpus.documents import Batch, Corpus
from spanproof.schema.schema import Schema


class CorpusPiece(Protocol):
    """Some batches of a corpus, which can be sent to another process and read there."""

    def batches(self, schema: Schema) -> Iterator[Batch]:
        """Yield the batches."""
        ...


@runtime_checkable
class Divisible(Protocol):
    """The batches of a corpus that can be read in pieces."""

    def pieces(self) -> Iterator[CorpusPiece]:
        """Yield the pieces in order: one after the other they are all batches. There are none where that can't be."""
        ...


def pieces_of(corpus: Corpus) -> Iterator[CorpusPiece]:
    """Yield the pieces of a corpus, in order; none of documents in memory."""
    return corpus.batches.pieces() if isinstance(corpus.batches, Divisible) else iter(())
