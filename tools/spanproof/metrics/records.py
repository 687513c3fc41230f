"""What is independent of what: documents, or the records of which they are parts, as turns are of a dialogue."""

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import PairedCorpora, document_names

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


def by_record(pair: PairedCorpora, gold: Corpus, records: Ints | None = None) -> tuple[PairedCorpora, Ints | None]:
    """Return a pair with the documents of a record beside each other, and the number of the record of each.

    The pair as it is, and None, where documents are no parts of a record.

    Args:
        pair: documents of gold and their prediction.
        gold: gold, in memory.
        records: see :func:`records_of`, which says it by default.
    """
    record = records_of(gold) if records is None else records
    if record is None:
        return pair, None
    of_name = dict(zip(document_names(gold), record.tolist(), strict=True))
    own = np.array([of_name[name] for name in pair.names], np.int64)
    return pair.only(np.argsort(own, kind="stable")), np.sort(np.unique(own, return_inverse=True)[1])
