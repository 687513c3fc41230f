"""Two corpora over the same texts as one pair: the same documents in the same order, their spans on one continuum."""

import functools
import json
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from spanproof.arrays import Bools, Ints, to_arrow, validity
from spanproof.corpus.columns import Columns
from spanproof.corpus.continuum import Continuum, PlacedSpans, placed
from spanproof.corpus.documents import Batch, Corpus, demand_readable
from spanproof.corpus.plain_rows import plain_values
from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class PairedCorpora:
    """Gold and a prediction, or the work of two annotators.

    Attributes:
        schema: that of both.
        names: what the documents are called: their keys, or their numbers from 1.
        columns: the first and the second corpus; row k of each is document ``names[k]``, which is empty where a
            prediction lacks it.
        spurious: whether the second has empty spans, which stand for what was predicted and stands nowhere.
        divided: whether counts are of sentences; else each text is one.
    """

    schema: Schema
    names: Sequence[str]
    columns: tuple[Columns, Columns]
    spurious: bool = False
    divided: bool = True

    @functools.cached_property
    def _continua(self) -> dict[str, Continuum]:
        return {}

    def continuum(self, node: Node) -> Continuum:
        """Return the texts that the spans of a node are of, end to end."""
        member = node.span_of
        assert member is not None
        if member not in self._continua:
            texts = self.columns[0].items(()).columns[member].to_pylist()
            whole = Continuum.of([text or "" for text in texts])
            self._continua[member] = whole if self.divided else whole.undivided
        return self._continua[member]

    @property
    def undivided(self) -> "PairedCorpora":
        """The same, with each text as one sentence, for who needs no counts of sentences: they take much memory."""
        pair = replace(self, divided=False)
        pair._continua.update({member: continuum.undivided for member, continuum in self._continua.items()})
        return pair

    def only(self, rows: Sequence[int] | Ints) -> "PairedCorpora":
        """Return some of the documents, by their rows, as a pair of their own."""
        names = [self.names[row] for row in rows]
        first, second = (Columns(batch_rows(columns.batch, rows), self.schema) for columns in self.columns)
        return replace(self, names=names, columns=(first, second))

    def spans(self, place: Place) -> tuple[PlacedSpans, PlacedSpans]:
        """Return the spans at a place, of the first and of the second corpus.

        Raises:
            ValueError: offsets that are no span of their text; the message names document and object.
        """
        continuum = self.continuum(self.schema.nodes[place])
        first, second = (columns.items(place) for columns in self.columns)
        spurious = self.spurious
        return placed(first, continuum, self.names), placed(second, continuum, self.names, empty=spurious)


def pair_corpora(first: Corpus, second: Corpus, *, partial: bool = False) -> PairedCorpora:
    """Pair the documents of two corpora by their key, or by their order where the schema has none.

    Args:
        first: gold, or the work of one annotator.
        second: a prediction, or the work of another.
        partial: the second may lack documents; they count as empty.

    Raises:
        ValueError: schemas differ, something couldn't be read, a key is not of one document alone, a corpus has a
            document that the other lacks, or another text for one; the message names it and says what is right.
    """
    schema = first.schema
    demand_same_schema(first, second)
    first, second = (demand_readable(corpus.load()) for corpus in (first, second))
    names, others = (document_names(corpus) for corpus in (first, second))
    order = sorted(range(len(names)), key=names.__getitem__) if schema.key else list(range(len(names)))
    row = {name: k for k, name in enumerate(others)}
    known = set(names)
    if partial and (unknown := [name for name in others if name not in known]):
        raise ValueError(f"the gold has no document {_few(unknown)}; expected predictions only for its documents")
    if not partial and (alone := sorted(known ^ row.keys())):
        raise ValueError(f"only one corpus has {_few(alone)}; expected two corpora over the same texts")
    wanted = [names[k] for k in order]
    columns = document_rows(first, order), document_rows(second, [row.get(name, len(others)) for name in wanted])
    for member in schema.texts:
        texts, theirs = (plain_values(side.items(()).columns[member]) for side in columns)
        rows = zip(wanted, texts, theirs, strict=True)
        differing = [k for k, (name, text, other) in enumerate(rows) if name in row and text != other]
        if differing:
            few = _few([wanted[k] for k in differing])
            raise ValueError(f"{member} differs in {few}; expected two corpora over the same texts")
    return PairedCorpora(schema, wanted, columns)


def demand_same_schema(first: Corpus, second: Corpus) -> None:
    """Raise ValueError where two corpora have different schemas."""
    if first.schema.json != second.schema.json:
        raise ValueError("the corpora have different schemas; expected two of one schema")


def document_names(corpus: Corpus) -> list[str]:
    """Return what the documents are called: their keys, or their numbers from 1 where the schema has no key.

    Raises:
        ValueError: a document has no key, or two have the same one.
    """
    if not corpus.schema.key:
        return [str(k + 1) for k in range(len(corpus))]
    return names_of_keys(corpus.table[corpus.schema.key].to_pylist(), corpus.schema.key)


def names_of_keys(keys: Sequence[Any], key: str) -> list[str]:
    """Return what documents are called that have some keys.

    Args:
        keys: those of the documents, in their order.
        key: the member that has them.

    Raises:
        ValueError: a document has no key, or two have the same one.
    """
    for name, n in Counter(keys).items():
        if name is None:
            raise ValueError(f"{key} is missing from {n} of {len(keys)} documents; expected it in each")
        if n > 1:
            raise ValueError(f"{key} {json.dumps(name)} is shared by {n} documents; expected a different one for each")
    return [str(name) for name in keys]


def numbered(*lists: Sequence[Hashable]) -> tuple[list[Ints], list[Hashable]]:
    """Number the values of several lists, equal ones alike.

    Returns:
        The numbers of each list, -1 for None, and the value of each number; values are in alphabetical order.
    """
    values = sorted(set().union(*lists) - {None}, key=str)
    number: Mapping[Hashable, int] = {**{value: k for k, value in enumerate(values)}, None: -1}
    return [np.array([number[value] for value in side], np.int64) for side in lists], values


def _few(names: Sequence[str]) -> str:
    return ", ".join(map(json.dumps, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def document_rows(corpus: Corpus, rows: Sequence[int]) -> Columns:
    """Return some documents as one batch; the row behind the last one is a document without anything."""
    schema = corpus.schema
    empty = pa.table([pa.nulls(1, column.type) for column in schema.arrow], schema.arrow)
    table = pa.concat_tables([corpus.table, empty])
    columns = [column.combine_chunks() for column in table.columns]
    batch = pa.RecordBatch.from_arrays(columns, schema=schema.arrow)
    return Columns(batch_rows(Batch(batch, ()), rows), schema)


def batch_rows(batch: Batch, rows: Sequence[int] | Ints) -> Batch:
    """Return some documents of a batch, by their rows; where they came from is left behind."""
    columns = batch.columns.take(to_arrow(np.array(rows, np.int64)))
    return Batch(columns, [(None, None)] * columns.num_rows)


def listed(columns: Columns, place: Place) -> Bools:
    """Return which documents have the list in which the objects of a place stand, be it empty; all where none does.

    Where the list is absent or null, nobody said that there is nothing.
    """
    if "*" not in place:
        return np.ones(len(columns.items(())), bool)
    owners, lists = columns.column(layer_of(place))
    there = np.zeros(len(columns.items(())), bool)
    there[owners.doc[validity(lists)]] = True
    return there


def layer_of(place: Place) -> Place:
    """Return the place of the list in which the objects of a place stand; the place itself where there is none."""
    return place[: place.index("*")] if "*" in place else place


def layer_name(place: Place) -> str:
    """Return what a place is called, as ``quotes.source``."""
    return ".".join(step for step in place if step != "*")
