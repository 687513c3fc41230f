"""Gold and a prediction side by side: the same documents in the same order, their spans on one continuum."""

import functools
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, get_args

import numpy as np
import pyarrow as pa
import regex

from spanproof.arrays import Ints, codes, integers, to_arrow
from spanproof.corpus.columns import Columns, Items
from spanproof.corpus.documents import Batch, Corpus
from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema

_TOKEN = regex.compile(r"\w+|[^\w\s]")


_SENTENCE = regex.compile(r"\n+|[.!?…][\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*\p{Lu})")


Units = Literal["sentences", "documents"]


UNITS: tuple[Units, ...] = get_args(Units)


@dataclass(frozen=True)
class Ground:
    """The texts in one member of the documents, end to end: borders of documents and sentences, tokens."""

    documents: Ints
    sentences: Ints
    tokens: tuple[Ints, Ints]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Ground":
        """Cuts texts up; a token is a run of letters and digits, or any other single character but a blank."""
        base = list(accumulate(map(len, texts), initial=0))
        placed = list(zip(base, texts, strict=False))
        tokens = [(low + match.start(), low + match.end()) for low, text in placed for match in _TOKEN.finditer(text)]
        starts = [low + start for low, text in placed for start in sentences(text)]
        first, last = np.array(tokens, np.int64).reshape(-1, 2).T
        return cls(np.array(base), np.array([*starts, base[-1]]), (first, last))


def sentences(text: str) -> list[int]:
    """Where sentences begin, roughly: after a line end, and after .!?… where a blank and a capital follow.

    They are units for resampling and nothing else: a cut after "Mr." does an interval no harm.
    """
    starts = (0, *(match.end() for match in _SENTENCE.finditer(text)))
    return [start for start in dict.fromkeys(starts) if start < len(text)]


def placed(items: Items, ground: Ground, names: Sequence[str]) -> tuple[Ints, Ints]:
    """Start and end of spans on the ground.

    Raises:
        ValueError: a span is none of its text; the message names it.
    """
    (start, has_start), (end, has_end) = (integers(items.columns[name]) for name in ("start", "end"))
    length = np.diff(ground.documents)[items.doc]
    wrong = np.flatnonzero(~(has_start & has_end & (start >= 0) & (start < end) & (end <= length)))
    if wrong.size:
        k = int(wrong[0])
        path = "/".join(map(str, items.path(k)))
        raise ValueError(
            f"{names[items.doc[k]]} /{path}: {start[k]} to {end[k]} is no span of its text; "
            "right are corpora that pass spanproof check"
        )
    base = ground.documents[items.doc]
    return base + start, base + end


@dataclass(frozen=True)
class Spans:
    """The spans at one place of one side: positions of the ground, half open, and the objects themselves."""

    start: Ints
    end: Ints
    items: Items

    def __len__(self) -> int:
        return len(self.start)


Pair = tuple[Spans, Spans]
"""The gold's and the prediction's."""


@dataclass(frozen=True)
class Facing:
    """Both sides as columns; row k is document ``names[k]`` on both, empty where the prediction lacks it."""

    schema: Schema
    names: Sequence[str]
    gold: Columns
    predicted: Columns

    @property
    def sides(self) -> tuple[Columns, Columns]:
        """The gold, then the prediction."""
        return self.gold, self.predicted

    @functools.cached_property
    def _grounds(self) -> dict[str, tuple[Ground, str]]:
        return {}

    def ground(self, node: Node) -> tuple[Ground, str]:
        """The texts that a node's spans are of, end to end: where units and tokens are, and the characters."""
        member = node.get("spanOf")
        if member not in self._grounds:
            texts = [text or "" for text in self.gold.items(()).columns[member].to_pylist()]
            self._grounds[member] = Ground.of(texts), "".join(texts)
        return self._grounds[member]

    def spans(self, place: Place) -> Pair:
        """The spans at a place, of both sides.

        Raises:
            ValueError: offsets that are no span of their text; the message names document and object.
        """
        ground, _ = self.ground(self.schema.nodes[place])
        items = (side.items(place) for side in self.sides)
        gold, predicted = (Spans(*placed(each, ground, self.names), each) for each in items)
        return gold, predicted


def facing(gold: Corpus, predicted: Corpus) -> Facing:
    """Lays a prediction beside the gold: by the key of the documents, or in their order where there is none.

    Raises:
        ValueError: schemas differ, something couldn't be read, a key is not of one document alone, the prediction has
            a document that the gold lacks, or another text for one; the message names it and says what is right.
    """
    schema = gold.schema
    if schema.json != predicted.schema.json:
        raise ValueError("gold and prediction have different schemas; right are two corpora of one schema")
    for error in (*gold.errors, *predicted.errors):
        raise ValueError(f"{error.path}: {error.problem}")
    names, others = (_names(corpus) for corpus in (gold, predicted))
    order = sorted(range(len(names)), key=names.__getitem__) if schema.key else list(range(len(names)))
    row = {name: k for k, name in enumerate(others)}
    known = set(names)
    unknown = [name for name in others if name not in known]
    if unknown:
        raise ValueError(f"the gold has no document {_few(unknown)}; right are predictions for its documents alone")
    wanted = [names[k] for k in order]
    sides = _rows(gold, order), _rows(predicted, [row.get(name, len(others)) for name in wanted])
    has = [name in row for name in wanted]
    for member in dict.fromkeys(node.get("spanOf") for node in schema.spans):
        a, b = (side.items(()).columns[member].to_pylist() for side in sides)
        differing = [name for name, x, y, held in zip(wanted, a, b, has, strict=True) if held and x != y]
        if differing:
            raise ValueError(f"{member} differs in {_few(differing)}; right is a prediction over the gold's own texts")
    return Facing(schema, wanted, *sides)


def _few(names: Sequence[str]) -> str:
    return ", ".join(map(json.dumps, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _names(corpus: Corpus) -> list[str]:
    """What documents are called: their keys, or their numbers from 1."""
    key = corpus.schema.key
    if not key:
        return [str(k + 1) for k in range(len(corpus))]
    names: list[str] = corpus.table[key].to_pylist()
    for name, n in Counter(names).items():
        if name is None:
            raise ValueError(
                f"{key} is lacking in {n} of {len(names)} documents; right is a schema whose key they have"
            )
        if n > 1:
            raise ValueError(f"{key} {json.dumps(name)} is that of {n} documents; right is one of its own for each")
    return names


def _rows(corpus: Corpus, rows: Sequence[int]) -> Columns:
    """Some documents as one batch; the row behind the last one is a document without anything."""
    schema = corpus.schema
    empty = pa.table([pa.nulls(1, column.type) for column in schema.arrow], schema.arrow)
    table = pa.concat_tables([corpus.table, empty]).take(to_arrow(np.array(rows, np.int64)))
    columns = [column.combine_chunks() for column in table.columns]
    batch = pa.RecordBatch.from_arrays(columns, schema=schema.arrow)
    return Columns(Batch(batch, [(None, None)] * batch.num_rows), schema)


def shared(a: pa.Array, b: pa.Array) -> tuple[Ints, Ints, list[str]]:
    """The strings of both sides as numbers, null as -1, and the string of each number, in alphabetical order."""
    numbers, strings = codes(pa.concat_arrays([a, b]))
    names: list[str] = strings.to_pylist()
    rank = np.argsort(np.array(sorted(range(len(names)), key=names.__getitem__), np.int64))
    numbers = np.append(rank, -1)[numbers]
    return numbers[: len(a)], numbers[len(a) :], sorted(names)
