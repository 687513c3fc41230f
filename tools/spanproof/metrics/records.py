"""What is independent of what: documents, or the records of which they are parts, as turns are of a dialogue."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from spanproof.arrays import Ints
from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import document_names
from spanproof.metrics.counts import Counts

DOCUMENTS, RECORDS, TEXTS = "documents", "records", "texts"
"""What is drawn: documents, what several of them are parts of, or texts of which nobody said what they are parts of."""


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


def records_by_name(corpus: Corpus) -> dict[str, int]:
    """Return the number of the record of each document by the document's key; none where documents are no parts.

    Args:
        corpus: the corpus, in memory.
    """
    records = records_of(corpus)
    return {} if records is None else dict(zip(document_names(corpus), records.tolist(), strict=True))


def numbers_of(names: Sequence[str], records: Mapping[str, int]) -> Ints | None:
    """Return the numbers of the records of some documents, from 0 on; None where they are no parts of any.

    A document that is part of none is one of its own.
    """
    if not records or not names:
        return None
    keys = [records.get(name, name) for name in names]
    numbers = {key: k for k, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], np.int64)


def drawn_of(names: Sequence[str], records: Mapping[str, int]) -> tuple[int, str]:
    """Return how many independent things some documents are, and what these are called."""
    numbers = numbers_of(names, records)
    return (len(names), DOCUMENTS) if numbers is None else (int(numbers.max()) + 1, RECORDS)


def in_records(
    counts: Sequence[Counts], document: Ints, documents: int, record: Ints | None
) -> tuple[list[Counts], Ints, int]:
    """Return counts with the rows of a record beside each other, as what is drawn.

    Args:
        counts: over sentences or documents.
        document: the number of the document of each sentence, ascending, shape (sentences,).
        documents: how many documents there are.
        record: the number of the record of each document, shape (documents,); None where they are no parts of any.

    Returns:
        The counts, the number of the record (or document) of each sentence, ascending, and how many there are.
    """
    if record is None:
        return [*counts], document, documents
    order, of_sentence, number = np.argsort(record, kind="stable"), record[document], int(record.max()) + 1
    sentences = np.argsort(of_sentence, kind="stable")
    moved = [
        replace(count, rows=count.rows[sentences])
        if count.units == "sentences"
        else replace(count, rows=count.rows[order]).over_records(record[order], number)
        for count in counts
    ]
    return moved, of_sentence[sentences], number
