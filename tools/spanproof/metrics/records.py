"""What is independent of what: documents, or the records of which they are parts, as turns are of a dialogue."""

from collections.abc import Sequence

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import document_names

DOCUMENTS, RECORDS = "documents", "records"
"""What is drawn: documents, or what several of them are parts of."""


def records_of(corpus: Corpus) -> Ints | None:
    """Return the number of the record of each document; None where documents are no parts of one.

    Documents in the innermost list of a record are its parts: turns of a dialogue, paragraphs of an article. A file
    that is a single record may only hold documents; it is one thing where they are called after it.

    Args:
        corpus: the corpus, in memory.
    """
    lens = corpus.schema.lens
    if lens is None or not lens.documents:
        return None
    groups: list[tuple[int, ...]] = []
    for k, batch in enumerate(corpus.batches):
        if not batch.within and batch.columns.num_rows:
            return None
        for record, number in batch.within:
            steps = zip(batch.records[record].places[number], lens.documents, strict=True)
            listed = [int(step) for step, kind in steps if kind == "*"]
            groups.append((k, record, *listed[:-1]))
    if len(set(groups)) == 1 and not any(member != "#" for member in lens.key):
        return None
    numbers = {group: k for k, group in enumerate(dict.fromkeys(groups))}
    return np.array([numbers[group] for group in groups], np.int64)


def in_order(record: Ints, corpus: Corpus, names: Sequence[str]) -> Ints:
    """Return the numbers of the records of some documents of a corpus.

    Args:
        record: the number of the record of each document of the corpus.
        corpus: the corpus, in memory.
        names: what the documents are called, see :func:`spanproof.corpus.pairs.document_names`.
    """
    of_name = dict(zip(document_names(corpus), record.tolist(), strict=True))
    return np.array([of_name[name] for name in names], np.int64)
