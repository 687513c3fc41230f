"""Documents held out of a gold corpus: examples for a model, which are neither asked of it nor scored."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from spanproof.corpus.documents import Batch, Corpus, batch_of
from spanproof.corpus.pairs import document_names
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema


def hold_out(gold: Corpus, names: Sequence[str]) -> tuple[Corpus, list[Document]]:
    """Return a gold corpus without some documents, and these as canonical documents, in the order of their names.

    Args:
        gold: the corpus.
        names: the keys of the documents, or their numbers from 1 where the schema has no key.

    Raises:
        ValueError: there is no such document, none would be left, or a record holds one that is held out and one that
            isn't.
    """
    if not names:
        return gold, []
    loaded = gold.load()
    known = document_names(loaded)
    unknown = [name for name in names if name not in known]
    if unknown:
        some = ", ".join(known[:5]) + (", ..." if len(known) > 5 else "")
        raise ValueError(f"gold has no document {unknown[0]!r} for an example; expected one of {some}")
    if set(known) <= set(names):
        raise ValueError("all documents of gold are examples; expected some that are left to be scored")
    documents: dict[str, Any] = dict(zip(known, loaded.documents(), strict=True))
    return without(loaded, names), [documents[name] for name in dict.fromkeys(names)]


def without(corpus: Corpus, names: Sequence[str]) -> Corpus:
    """Return a corpus in memory without some documents; those that it doesn't have don't matter.

    Args:
        corpus: gold or a prediction.
        names: see :func:`hold_out`.

    Raises:
        ValueError: a record holds one that is left out and one that isn't.
    """
    loaded = corpus.load()
    if not names:
        return loaded
    known, batches, low = document_names(loaded), [], 0
    for batch in loaded.batches:
        own = known[low : low + batch.columns.num_rows]
        low += batch.columns.num_rows
        batches.append(_without(batch, [row for row, name in enumerate(own) if name not in names], corpus.schema))
    return replace(loaded, batches=tuple(batches), partial=True)


def _without(batch: Batch, rows: Sequence[int], schema: Schema) -> Batch:
    """Return some of the documents of a batch, by their rows."""
    if not batch.within:
        every = list(batch.documents())
        return batch_of([every[row] for row in rows], schema, [batch.origin[row] for row in rows], batch.errors)
    records = {batch.within[row][0]: batch.origin[row] for row in rows}
    left = {batch.within[row][0] for row in {*range(len(batch.within))} - {*rows}}
    if left & records.keys():
        raise ValueError("a record of gold holds an example and others; expected examples in records of their own")
    return batch_of([batch.records[k].written for k in records], schema, list(records.values()), batch.errors)
