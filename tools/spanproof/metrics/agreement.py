"""The journey of agreement: the work of two annotators over the same texts, compared layer by layer.

A layer is every kind of span that the schema has: ``entities``, and the parts of a quotation apart from its content, as
``quotes.source``. Of each layer: whether the spans are the same, whether spans with the same offsets have the same
values, and whether references into a registry put the same spans together (slugs need not be spelt alike). Annotations
of several fragments and relations are compared as wholes. Documents in which a side has no such list, not even an empty
one, say nothing of a layer: they are left out of it, and named.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.corpus.columns import Columns, Items
from spanproof.corpus.continuum import Continuum
from spanproof.corpus.pairs import PairedCorpora, layer_name, layer_of, listed, numbered, pair_corpora
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.metrics.clusters import CLUSTERINGS, cluster_counts
from spanproof.metrics.coefficients import alpha_u, kappa, token_alpha
from spanproof.metrics.counts import Counts, accuracy, columns_per_unit, prf
from spanproof.metrics.intervals import Method, score_intervals
from spanproof.metrics.matching import Pairs, extent_pairs, unpaired
from spanproof.metrics.measures import span_counts
from spanproof.metrics.records import DOCUMENTS, drawn_of, in_records, numbers_of, records_by_name
from spanproof.metrics.resampling import rounded
from spanproof.metrics.spans import LabelledSpans
from spanproof.metrics.task_layers import valued_members
from spanproof.metrics.wholes import whole_counts, whole_nodes
from spanproof.parsing.arguments import demanding
from spanproof.schema.node import Node

Measured = tuple[str | None, Counts]
"""The member whose values are compared, None for the spans themselves, and the counts."""


@dataclass(frozen=True)
class AgreementScore:
    """One number: of the spans of a layer or the values of a member, all or a part of them.

    Attributes:
        layer: the layer.
        member: the member whose values are compared; None for the spans themselves.
        part: a label, ``given`` (spans that either annotator gives a value), ``common`` (mentions that both have) or
            None for all.
        measure: what is measured.
        value: None where it is undefined.
        low: the lower end of the 95 % interval, as scores have it; None where nothing can be said, as of one document.
        high: the upper end.
        n: how many things each annotator has.
        of: what things.
        method: where the interval comes from; None without one.
    """

    layer: str
    member: str | None
    part: str | None
    measure: str
    value: float | None
    low: float | None
    high: float | None
    n: tuple[int, ...]
    of: str
    method: Method | None


@dataclass(frozen=True)
class AbsentLayer:
    """A layer that isn't compared in some documents.

    Attributes:
        layer: the member of a document that is absent, as ``quotes``.
        documents: those in which one side or the other doesn't have it, not even empty, by side.
    """

    layer: str
    documents: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Agreement:
    """The scores of two corpora.

    Attributes:
        scores: what was measured.
        documents: how many documents were compared.
        sentences: how many sentences they have.
        resamples: how often units were drawn.
        absent: what was left out.
        drawn: how many independent things there are: documents, or records of which several documents are parts.
        unit: what these are called.
    """

    scores: tuple[AgreementScore, ...] = field(repr=False)
    documents: int
    sentences: int
    resamples: int
    absent: tuple[AbsentLayer, ...] = field(default=(), repr=False)
    drawn: int = 0
    unit: str = DOCUMENTS


@dataclass(frozen=True)
class PairedLayer:
    """The spans at one place of both corpora.

    Attributes:
        name: the layer, as ``quotes.source``.
        node: what the schema says of its spans.
        continuum: what they stand on.
        columns: the two corpora.
        items: the objects of each that are the spans.
        spans: the spans of each.
        labels: the label of each number; None stands for 0 where a span has no label. Empty where the layer has none.
    """

    name: str
    node: Node
    continuum: Continuum
    columns: tuple[Columns, Columns]
    items: tuple[Items, Items]
    spans: tuple[LabelledSpans, LabelledSpans]
    labels: tuple[Any, ...]


@demanding("resamples")
def agree(one: Openable, other: Openable, *, resamples: int = 1000) -> Agreement:
    """Compare the work of two annotators: corpora of one schema over the same documents, in whatever order they come.

    Args:
        one: the work of one annotator: a corpus, a path, several paths, or documents.
        other: that of the other.
        resamples: draws for each interval; 0 for none.

    Raises:
        ValueError: schemas, documents or texts differ, something couldn't be read, or a span is none of its text; the
            message names them.
        TypeError: one of the two can't be opened as a corpus.
    """
    first = as_corpus(one)
    pair = pair_corpora(first, as_corpus(other, first.schema))
    return compared(pair, resamples, records_by_name(first.load()))


def compared(pair: PairedCorpora, resamples: int, records: Mapping[str, int]) -> Agreement:
    """Compare the work of two annotators, layer by layer, in the documents in which both have the layer.

    Args:
        pair: their corpora.
        resamples: draws for each interval; 0 for none.
        records: the number of the record of each document; none where they are no parts of any.

    Raises:
        ValueError: a span is none of its text; the message names it.
    """
    scores: list[AgreementScore] = []
    absent: dict[str, AbsentLayer] = {}
    wholes = whole_nodes(pair)
    for node in (*pair.schema.spans, *wholes):
        there = [listed(columns, node.place) for columns in pair.columns]
        rows = np.flatnonzero(there[0] & there[1])
        if len(rows) < len(pair.names):
            layer = layer_name(layer_of(node.place))
            absent[layer] = AbsentLayer(layer, tuple(_names(pair.names, ~side) for side in there))
        if len(rows) or not pair.names:
            both = pair if len(rows) == len(pair.names) else pair.only(rows)
            measured = list(whole_counts(both, node)) if node in wholes else list(_measured(_layer(both, node)))
            sentences = both.continuum(node).document_of_sentence if node.span_of else np.zeros(0, np.int64)
            drawn = sentences, len(both.names), numbers_of(both.names, records)
            scores += layer_scores(layer_name(node.place), measured, drawn, resamples)
    most = max((len(pair.continuum(node).sentences) - 1 for node in pair.schema.spans), default=0)
    documents, left_out = len(pair.names), tuple(absent.values())
    return Agreement(tuple(scores), documents, most, resamples, left_out, *drawn_of(pair.names, records))


def _names(names: Sequence[str], which: Bools) -> tuple[str, ...]:
    return tuple(names[k] for k in np.flatnonzero(which).tolist())


def _measured(layer: PairedLayer) -> Iterator[Measured]:
    extents = extent_pairs(*layer.spans)
    yield from _spans(layer)
    yield from _values(layer, extents)
    yield from _clusters(layer, extents)


def _layer(pair: PairedCorpora, node: Node) -> PairedLayer:
    both, label = pair.spans(node.place), node.label
    items = (both[0].items, both[1].items)
    columns = [side.columns[label].to_pylist() if label else [None] * len(side) for side in items]
    numbers, labels = numbered(*columns)
    # A span without a label, which is number -1, is 0 here, and the others follow.
    a, b = (LabelledSpans(side.start, side.end, number + 1) for side, number in zip(both, numbers, strict=True))
    known = (None, *labels) if label else ()
    return PairedLayer(layer_name(node.place), node, pair.continuum(node), pair.columns, items, (a, b), known)


def layer_scores(
    layer: str, measured: list[Measured], drawn: tuple[Ints, int, Ints | None], resamples: int
) -> Iterator[AgreementScore]:
    """Yield the scores of a layer with their intervals, in the order of what was measured.

    Args:
        layer: its name.
        measured: the counts.
        drawn: the number of the document of each sentence, ascending, how many documents were compared, and the number
            of the record of each, None where they are no parts of any.
        resamples: draws for each interval; 0 for none.
    """
    of_each = score_intervals(*in_records([counts for _, counts in measured], *drawn), resamples, 0)
    for (member, counts), ends in zip(measured, of_each, strict=True):
        value = None if np.isnan(counts.value) else round(counts.value, 6)
        low, high = rounded(ends.value) or (None, None)
        yield AgreementScore(
            layer, member, counts.part, counts.measure, value, low, high, counts.n, counts.of, ends.method
        )


def _spans(layer: PairedLayer) -> Iterator[Measured]:
    """Measure whether the spans are the same: all of them, and those of each label, most frequent first."""
    continuum, labels = layer.continuum, max(1, len(layer.labels))
    every = np.bincount(np.concatenate([spans.label for spans in layer.spans]), minlength=labels)
    order = [k for k in np.argsort(-every, kind="stable").tolist() if every[k]] if layer.labels else []
    rows = {measure: span_counts(measure, *layer.spans, labels, continuum) for measure in ("exact", "overlap")}
    for label in (None, *order):
        a, b = (spans if label is None else spans.at(spans.label == label) for spans in layer.spans)
        part = None if label is None else str(layer.labels[label])
        for measure, table in rows.items():
            of_label = table.sum(1) if label is None else table[:, label]
            yield None, Counts(f"{measure} F1", of_label, prf, (len(a), len(b)), "spans", part=part)
        yield None, replace(token_alpha(continuum.tokens, (a, b), continuum.sentences), part=part)
        yield None, replace(alpha_u(a, b, continuum.documents), part=part)


def _values(layer: PairedLayer, extents: Pairs) -> Iterator[Measured]:
    """Measure whether spans with the same offsets have the same label and the same values."""
    bounds, (first, second) = layer.continuum.sentences, extents
    at = layer.spans[0].start[first]
    for member in valued_members(layer.node):
        if _is_cluster(layer.node, member):
            continue
        values = [_pointed(columns, items, member) for columns, items in zip(layer.columns, layer.items, strict=True)]
        (a, b), _ = numbered(*values)
        lacking = (a < 0).any() or (b < 0).any()
        a, b = a[first], b[second]
        yield member, _accuracy(at, a == b, bounds, None)
        if member == layer.node.label:
            yield member, kappa(a + 1, b + 1, at, bounds)
        if lacking:
            some = (a >= 0) | (b >= 0)
            yield member, _accuracy(at[some], (a == b)[some], bounds, "given")


def _accuracy(at: Ints, same: Bools, bounds: Ints, part: str | None) -> Counts:
    rows = columns_per_unit(bounds, at, at[same])
    return Counts("accuracy", rows, accuracy, (len(at), len(at)), "matched spans", part=part)


def _clusters(layer: PairedLayer, extents: Pairs) -> Iterator[Measured]:
    """Measure whether references into a registry put the same spans together: mentions of either, and of both."""
    first, second = extents
    rest, others = (unpaired(len(spans), paired) for spans, paired in zip(layer.spans, extents, strict=True))
    at = np.concatenate([layer.spans[0].start[np.append(first, rest)], layer.spans[1].start[others]])
    for member in valued_members(layer.node):
        if not _is_cluster(layer.node, member):
            continue
        (a, b), _ = numbered(*(items.columns[member].to_pylist() for items in layer.items))
        a = np.concatenate([a[first], a[rest], np.full(len(others), -1)])
        b = np.concatenate([b[second], np.full(len(rest), -1), b[others]])
        for part, some in ((None, (a >= 0) | (b >= 0)), ("common", (a >= 0) & (b >= 0))):
            for measure in CLUSTERINGS:
                counts = cluster_counts(measure, a[some], b[some], at[some], layer.continuum.documents)
                yield member, replace(counts, part=part)


def _is_cluster(node: Node, member: str) -> bool:
    return bool(node.fields[member].refers_to.registries)


def _pointed(columns: Columns, items: Items, member: str) -> list[Hashable]:
    """Return the values of a member; for a reference to a span of the document that span's layer and offsets."""
    pointed: dict[tuple[int, str], Hashable] = {}
    for *place, key in items.node.fields[member].refers_to.places:
        if columns.schema.nodes[tuple(place)].span_of:
            targets = columns.items(tuple(place))
            starts, ends, keys = (targets.columns[name].to_pylist() for name in ("start", "end", key))
            spans = zip(repeat(place[0]), starts, ends, strict=False)
            pointed |= zip(zip(targets.doc.tolist(), keys, strict=True), spans, strict=True)
    values = items.columns[member].to_pylist()
    return [pointed.get((doc, value), value) for doc, value in zip(items.doc.tolist(), values, strict=True)]
