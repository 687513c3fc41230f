"""Predictions whose offsets are counted otherwise than those of gold: the cause, by the drift engine."""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from spanproof.arrays import integers
from spanproof.corpus.columns import Columns
from spanproof.corpus.pairs import PairedCorpora
from spanproof.corpus.plain_rows import plain_values
from spanproof.schema.node import Node
from spanproof.text.drift.counting import Counted, plain
from spanproof.text.drift.explain import explain
from spanproof.text.drift.units import counted
from spanproof.text.letters import Letters

Extents = frozenset[tuple[int, int]]
"""Starts and ends."""
Way = tuple[str, int | None, str]
"""How offsets may be counted: the unit, by how much they are too high (None: by what each document has as its own
shift), what the second number is."""

_CODE_POINTS = "code points"
_LOOKED_AT = 50
"""Documents, those with most predicted spans that gold lacks."""
_GAIN = 3
"""Spans that another way of counting must put on spans of gold, beyond those that are there as they stand."""


@dataclass(frozen=True)
class _Document:
    """The spans that gold and a prediction have of a text, as they are written."""

    text: str
    gold: Extents
    predicted: Extents

    def counted_so(self) -> Iterator[tuple[Way, dict[tuple[int, int], tuple[int, int]]]]:
        """Yield each way of counting, with the spans of gold by the offsets that they would have."""
        letters, own = Letters(self.text), self._commonest()
        ways: list[tuple[Sequence[str], Counted]] = [((_CODE_POINTS,), plain(letters))]
        ways += [([unit.name for unit in units], counting) for units, counting in counted(letters)]
        for names, counting in ways:
            starts, ends = counting.start.tolist(), counting.end.tolist()
            for base, second in product((0, 1, -1, None), ("end", "last", "length")):
                more = own if base is None else base
                so = {
                    (starts[start] + more, _second(starts[start], ends[end], more, second)): (start, end)
                    for start, end in self.gold
                }
                for name in names:
                    yield (name, base, second), so

    def _commonest(self) -> int:
        """Return by how much most predicted spans are higher than a span of gold that is as long."""
        differences = Counter(
            start - other for start, end in self.predicted for other, last in self.gold if end - start == last - other
        )
        ((difference, _),) = differences.most_common(1) or [(0, 0)]
        return difference


def _second(start: int, end: int, base: int, second: str) -> int:
    return end - start if second == "length" else end + base - (second == "last")


def shift_against(pair: PairedCorpora, node: Node) -> str | None:
    """Return why predicted spans of a layer aren't those of gold, where another way of counting makes most of them so.

    Surfaces aren't asked, so that this holds of predictions that store none. Looked at are the documents with most
    predicted spans that gold lacks, 50 at most.

    Args:
        pair: gold and prediction; offsets that are no span of their text are looked at too.
        node: what the schema says of the spans.

    Returns:
        A sentence with what was expected; None where nothing of the kind is known.
    """
    documents = _documents(pair, node)
    as_is = sum(len(document.gold & document.predicted) for document in documents)
    spans = sum(len(document.predicted) for document in documents)
    if spans - as_is < _GAIN:
        return None
    totals = Counter[Way]()
    of_document = [
        {way: len(so.keys() & document.predicted) for way, so in document.counted_so()} for document in documents
    ]
    ways = dict.fromkeys(way for by_way in of_document for way in by_way)
    for document, by_way in zip(documents, of_document, strict=True):
        for way in ways:
            # A unit that counts a text as code points do isn't among its ways.
            same = by_way.get(way, by_way[_CODE_POINTS, *way[1:]])
            # One or two spans of a document have a shift of their own by chance.
            few = way[1] is None and same < _GAIN
            totals[way] += len(document.gold & document.predicted) if few else same
    way, most = max(totals.items(), key=lambda pair: pair[1])
    if most < as_is + _GAIN or 2 * most < spans:
        return None
    statement = _statement(documents, way)
    if not statement:
        return None
    return (
        f"{as_is} of {spans} predicted spans match gold; {most} of {spans} do if {statement}; "
        "expected offsets in code points, half open, like those of gold"
    )


def _documents(pair: PairedCorpora, node: Node) -> list[_Document]:
    """Return the documents in which a prediction has spans that gold lacks, those with most of them first."""
    assert node.span_of
    texts = plain_values(pair.columns[0].items(()).columns[node.span_of])
    gold, predicted = (_extents(columns, node, len(pair.names)) for columns in pair.columns)
    documents = (
        _Document(text or "", frozenset(where for where in right if where[1] <= len(text or "")), guess)
        for text, right, guess in zip(texts, gold, predicted, strict=True)
        if right - guess and guess - right
    )
    return heapq.nlargest(_LOOKED_AT, documents, key=lambda document: len(document.predicted - document.gold))


def _extents(columns: Columns, node: Node, documents: int) -> Iterator[Extents]:
    """Yield the extents of one document after another."""
    items = columns.items(node.place)
    (start, has_start), (end, has_end) = (integers(items.columns[name]) for name in ("start", "end"))
    known = has_start & has_end & (start >= 0)
    cuts = np.searchsorted(items.doc[known], np.arange(documents + 1))
    start, end = start[known], end[known]
    for first, last in pairwise(cuts.tolist()):
        yield frozenset(zip(start[first:last].tolist(), end[first:last].tolist(), strict=True))


def _statement(documents: Sequence[_Document], way: Way) -> str:
    """Return a way of counting in the words of the drift engine, from the document in which it explains most.

    A shift of a few spans is no proof for the engine, since their mentions may be gone; the spans of gold say here that
    they aren't.
    """
    surfaces: list[tuple[str, list[tuple[int, int, str]]]] = []
    for document in documents:
        so = dict(document.counted_so()).get(way, {})
        spans = [
            (start, end, document.text[slice(*so[start, end])])
            for start, end in document.predicted & so.keys()
            if so[start, end] != (start, end)
        ]
        surfaces.append((document.text, spans))
    explanation = explain(*max(surfaces, key=lambda pair: len(pair[1])))
    shifts = {document._commonest() for document in documents} if way[1] is None else {way[1]}
    if not explanation.readings and len(shifts) == 1 and (way[0], way[2]) == (_CODE_POINTS, "end"):
        (shift,) = shifts
        return f"the offsets are {abs(shift)} too {'high' if shift > 0 else 'low'}"
    return ", or if ".join(explanation.readings)
