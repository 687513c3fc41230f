"""The journey of agreement: two corpora over the same texts, compared layer by layer.

A layer is every kind of span that the schema has: ``entities``, and the parts of a quotation apart from its content, as
``quotes.source``. Of each layer: whether the spans are the same, whether spans with the same offsets have the same
values, and whether references into a registry put the same spans together (slugs need not be spelt alike).
"""

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from spanproof.arrays import Ints, codes, to_arrow
from spanproof.corpus.columns import Columns, Items
from spanproof.corpus.documents import Batch, Corpus
from spanproof.corpus.pairs import Ground, Units, placed
from spanproof.formats.discovery import Openable, as_corpus, demand_readable
from spanproof.metrics import clusters
from spanproof.metrics import spans as metrics
from spanproof.metrics.coefficients import alpha_u
from spanproof.metrics.spans import Measure, Side
from spanproof.schema.node import Place

CLUSTERINGS = MappingProxyType(
    {"MUC": clusters.muc, "B³": clusters.b_cubed, "CEAF-e": clusters.ceaf_e, "LEA": clusters.lea}
)


@dataclass(frozen=True)
class Score:
    """One number: of the spans of a layer or the values of a member, all or a part of them.

    ``part`` is a label, ``given`` (spans that either side gives a value), ``common`` (mentions that both sides have) or
    None. ``value`` is None where the score is undefined; ``low`` and ``high`` bound its 95 % interval over ``units``
    drawn with replacement; ``n`` is how many things each side has, ``of`` what things.
    """

    layer: str
    member: str | None
    part: str | None
    measure: str
    value: float | None
    low: float | None
    high: float | None
    n: tuple[int, int]
    of: str
    units: Units


@dataclass(frozen=True)
class Agreement:
    """The scores of two corpora, how many units for resampling they have, and how often these were drawn."""

    scores: tuple[Score, ...]
    documents: int
    sentences: int
    resamples: int


@dataclass(frozen=True)
class Layer:
    """The spans at one place of both corpora; ``labels`` has the label of each number in ``sides``."""

    name: str
    ground: Ground
    columns: tuple[Columns, Columns]
    items: tuple[Items, Items]
    sides: tuple[Side, Side]
    labels: Sequence[Any]
    resamples: int

    def score(
        self, measure: str, how: Measure, n: tuple[int, int], of: str, *, member: str | None = None,
        part: str | None = None, units: Units = "sentences",
    ) -> Score:  # fmt: skip
        """A score of this layer with its interval."""
        numbers = (how.value, *how.interval(self.resamples))
        value, low, high = (None if np.isnan([how.value, number]).any() else round(number, 6) for number in numbers)
        return Score(self.name, member, part, measure, value, low, high, n, of, units)


def agree(one: Openable, other: Openable, *, resamples: int = 1000) -> Agreement:
    """Compares two corpora of one schema over the same documents, in whatever order they come.

    Raises:
        ValueError: schemas, documents or texts differ, something couldn't be read, or a span is none of its text; the
            message names it.
        TypeError: a side can't be opened as a corpus.
    """
    a = demand_readable(as_corpus(one).load())
    b = demand_readable(as_corpus(other, a.schema).load())
    schema = a.schema
    if schema.json != b.schema.json:
        raise ValueError("the corpora have different schemas; right are two of one schema")
    columns = (_in_order(a), _in_order(b))
    names = [_names(each) for each in columns]
    _demand_same("only one side has", *(dict(zip(each, each, strict=True)) for each in names))
    grounds = {}
    for member in dict.fromkeys(node.get("spanOf") for node in schema.spans):
        texts = [each.items(()).columns[member].to_pylist() for each in columns]
        _demand_same(f"{member} differs in", *(dict(zip(names[0], each, strict=True)) for each in texts))
        grounds[member] = Ground.of([text or "" for text in texts[0]])
    scores: list[Score] = []
    for node in schema.spans:
        layer = _layer(columns, node.place, grounds[node.get("spanOf")], resamples)
        pairs = metrics.pairs(*layer.sides)
        scores += [*_spans(layer), *_values(layer, pairs), *_clusters(layer, pairs)]
    cut = max((len(ground.sentences) - 1 for ground in grounds.values()), default=0)
    return Agreement(tuple(scores), len(names[0]), cut, resamples)


def _in_order(corpus: Corpus) -> Columns:
    """The documents as one batch, by their keys."""
    table, key = corpus.table, corpus.schema.key
    if key:
        names = table[key].to_pylist()
        for name, n in Counter(names).items():
            if name is None or n > 1:
                raise ValueError(f"{key} {json.dumps(name)} is that of {n} documents; right is one of its own for each")
        table = table.take(to_arrow(np.array(sorted(range(len(names)), key=names.__getitem__), np.int32)))
    batch = pa.RecordBatch.from_arrays([column.combine_chunks() for column in table.columns], schema=table.schema)
    return Columns(Batch(batch, [(None, None)] * batch.num_rows), corpus.schema)


def _names(columns: Columns) -> list[str]:
    """What documents are called: their keys, or their numbers from 1."""
    documents, key = columns.items(()), columns.schema.key
    return documents.columns[key].to_pylist() if key else [str(k + 1) for k in range(len(documents))]


def _demand_same(problem: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> None:
    differing = sorted(name for name in {**a, **b} if name not in a or name not in b or a[name] != b[name])
    if differing:
        more = f" and {len(differing) - 5} more" if len(differing) > 5 else ""
        right = "right are two corpora over the same texts"
        raise ValueError(f"{problem} {', '.join(differing[:5])}{more}; {right}")


def _layer(columns: tuple[Columns, Columns], place: Place, ground: Ground, resamples: int) -> Layer:
    items = (columns[0].items(place), columns[1].items(place))
    label = items[0].node.get("labelledBy")
    held = [each.columns[label].to_pylist() if label else [None] * len(each) for each in items]
    (a, b), labels = _numbered(*held)
    names = _names(columns[0])
    sides = [Side(*placed(each, ground, names), of) for each, of in zip(items, (a, b), strict=True)]
    name = ".".join(step for step in place if step != "*")
    return Layer(name, ground, columns, items, (sides[0], sides[1]), labels if label else (), resamples)


def _numbered(a: Sequence[Hashable], b: Sequence[Hashable]) -> tuple[tuple[Ints, Ints], list[Hashable]]:
    """Values as numbers, equal ones for equal values, and the value of each number."""
    values = sorted({*a, *b}, key=str)
    number = {value: k for k, value in enumerate(values)}
    first, second = (np.array([number[value] for value in each], np.int64) for each in (a, b))
    return (first, second), values


def _spans(layer: Layer) -> Iterator[Score]:
    """Whether the spans are the same: all of them, and those of each label, most frequent first."""
    every = np.bincount(np.concatenate([side.label for side in layer.sides]), minlength=len(layer.labels))
    order = [None, *np.argsort(-every, kind="stable").tolist()] if layer.labels else [None]
    ground = layer.ground
    for label in order:
        a, b = (side if label is None else side.at(side.label == label) for side in layer.sides)
        part = None if label is None else str(layer.labels[label])
        n, tokens = (len(a.start), len(b.start)), (len(ground.tokens[0]),) * 2
        yield layer.score("exact F1", metrics.exact_f1(a, b, ground.sentences), n, "spans", part=part)
        yield layer.score("overlap F1", metrics.overlap_f1(a, b, ground.sentences), n, "spans", part=part)
        alpha = metrics.token_alpha(ground.tokens, a, b, ground.sentences)
        yield layer.score("token α", alpha, tokens, "tokens", part=part)
        yield layer.score("α_U", alpha_u(a, b, ground.documents), n, "spans", part=part, units="documents")


def _values(layer: Layer, pairs: tuple[Ints, Ints]) -> Iterator[Score]:
    """Whether spans with the same offsets have the same label and the same values."""
    node, bounds = layer.items[0].node, layer.ground.sentences
    label, (first, second) = node.get("labelledBy"), pairs
    at = layer.sides[0].start[first]
    for member in _members(layer):
        if _is_cluster(layer, member):
            continue
        held = [_pointed(columns, items, member) for columns, items in zip(layer.columns, layer.items, strict=True)]
        (a, b), values = _numbered(*held)
        a, b = a[first], b[second]
        n, of = (len(a), len(a)), "matched spans"
        yield layer.score("accuracy", metrics.accuracy(a == b, at, bounds), n, of, member=member)
        if member == label:
            yield layer.score("κ", metrics.kappa(a, b, at, bounds), n, of, member=member)
        if None in values:
            given = (a != values.index(None)) | (b != values.index(None))
            how = metrics.accuracy((a == b)[given], at[given], bounds)
            n = (int(given.sum()),) * 2
            yield layer.score("accuracy", how, n, of, member=member, part="given")


def _clusters(layer: Layer, pairs: tuple[Ints, Ints]) -> Iterator[Score]:
    """Whether references into a registry put the same spans together, on the mentions of both sides and of either."""
    first, second = pairs
    rest, others = (
        np.setdiff1d(np.arange(len(side.start)), some) for side, some in zip(layer.sides, pairs, strict=True)
    )
    at = np.concatenate([layer.sides[0].start[np.append(first, rest)], layer.sides[1].start[others]])
    for member in _members(layer):
        if not _is_cluster(layer, member):
            continue
        a, b = (codes(items.columns[member])[0] for items in layer.items)
        a = np.concatenate([a[first], a[rest], np.full(len(others), -1)])
        b = np.concatenate([b[second], np.full(len(rest), -1), b[others]])
        for part, some in ((None, (a >= 0) | (b >= 0)), ("common", (a >= 0) & (b >= 0))):
            n = (int((a[some] >= 0).sum()), int((b[some] >= 0).sum()))
            for name, score in CLUSTERINGS.items():
                how = clusters.clustering(score, a[some], b[some], at[some], layer.ground.documents)
                yield layer.score(name, how, n, "mentions", member=member, part=part, units="documents")


def _members(layer: Layer) -> list[str]:
    """The members that a span's values are in: labels, references, TIMEX3, numbers and what is chosen from a list.

    Words of the annotator's own (a note) are no value.
    """
    node = layer.items[0].node
    chosen = {node.get("labelledBy"), *node.get("timex3", {}).values()}
    return [
        name
        for name, sub in node.fields.items()
        if name not in ("start", "end")
        and (name in chosen or sub.get("enum") or sub.get("refersTo") or sub.kind in ("integer", "number", "boolean"))
    ]


def _is_cluster(layer: Layer, member: str) -> bool:
    targets = layer.items[0].node.fields[member].get("refersTo", ())
    return any(target.startswith("registry:") for target in targets)


def _pointed(columns: Columns, items: Items, member: str) -> list[Hashable]:
    """The values of a member; a reference to a span of the document as that span's layer and offsets."""
    found: dict[tuple[int, str], Hashable] = {}
    for target in items.node.fields[member].get("refersTo", ()):
        *place, key = target[1:].split("/")
        if columns.schema.nodes[tuple(place)].get("spanOf"):
            held = columns.items(tuple(place))
            starts, ends, keys = (held.columns[name].to_pylist() for name in ("start", "end", key))
            spans = zip(repeat(place[0]), starts, ends, strict=False)
            found |= zip(zip(held.doc.tolist(), keys, strict=True), spans, strict=True)
    values = items.columns[member].to_pylist()
    return [found.get((doc, value), value) for doc, value in zip(items.doc.tolist(), values, strict=True)]
