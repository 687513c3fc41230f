"""The texts of a batch in which spans disagree with their surfaces, and all their spans, as columns."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from spanproof.arrays import Bools, Ints, distinct, indices, member, strings, to_arrow, validity
from spanproof.checks.own_texts import OwnText, own_texts, partial_counting
from spanproof.checks.view import Spans, View
from spanproof.corpus.moved import MovedSpans
from spanproof.text.index import same_text

_SHARE = 0.25
"""The least share of the spans of a text that disagree where that has one reason."""
SOUND = 2
"""Spans that must agree if the others are to be wrong each for a reason of its own."""


def are_few(wrong: int, size: int) -> bool:
    """Say whether so few of the spans of a text disagree that each may do so for a reason of its own.

    Args:
        wrong: how many disagree.
        size: how many it has.
    """
    return size - wrong >= SOUND and (wrong == 1 or wrong < _SHARE * size)


@dataclass(frozen=True)
class WrongTexts:
    """Texts in which a span disagrees with its surface, with all spans that store one, text by text.

    Attributes:
        layers: the spans at each place.
        texts: the texts.
        names: what they are called: their member, or the JSON Pointer of a string that is part of one.
        whole: whether each is the text of its document, and no part of one.
        row: the document of each text.
        low: where each begins in the text of its document (code points).
        depth: how many steps of the paths of its spans lead to the object with the text.
        bounds: the first span of each text, and the end.
        layer: in which of the layers each span is.
        k: which it is there.
        start: its start as stored, in code points from the beginning of its text.
        end: its end, so.
        surface: its surface.
        wrong: whether it disagrees with the text.
    """

    layers: Sequence[Spans]
    texts: Sequence[str]
    names: Sequence[str]
    whole: bool
    row: Ints
    low: Ints
    depth: Sequence[int]
    bounds: Ints
    layer: Ints
    k: Ints
    start: Ints
    end: Ints
    surface: pa.Array
    wrong: Bools

    @functools.cached_property
    def words(self) -> Sequence[str]:
        """Return the surfaces as strings."""
        words: list[str] = self.surface.to_pylist()
        return words

    @functools.cached_property
    def sound(self) -> Ints:
        """Return how many different spans of each text agree with it, those apart that begin where it does.

        What stands at the beginning of a text tells nothing: so it does by every way to count.
        """
        size = len(self.bounds) - 1
        some = ~self.wrong & (self.start > 0)
        keys = np.stack((np.repeat(np.arange(size), np.diff(self.bounds)), self.start, self.end))[:, some]
        counts: Ints = np.bincount(np.unique(keys, axis=1)[0], minlength=size)
        return counts


def wrong_texts(view: View, name: str) -> WrongTexts:
    """Return the texts of a batch in which a span disagrees with its surface.

    Args:
        view: the batch.
        name: the member with the texts that the spans point into.
    """
    layers = [spans for spans in view.spans.values() if spans.member == name and spans.surface is not None]
    if partial_counting(view, name):
        return _of_parts(name, layers, list(_wrong_parts(view, name)))
    parts = [_in_drifting(view, number, spans) for number, spans in enumerate(layers)]
    row, layer, k, start, end, right = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(row, kind="stable")
    order = order[member(row[~right], row[order])]
    row = row[order]
    rows = distinct(row)
    surfaces = [
        spans.surface.take(to_arrow(k[layer == n])) for n, spans in enumerate(layers) if spans.surface is not None
    ]
    surface = pa.concat_arrays(surfaces).take(to_arrow(order))
    texts = view.texts(name).take(to_arrow(rows)).to_pylist()
    zeros = np.zeros(len(rows), np.int64)
    bounds = np.append(np.searchsorted(row, rows), len(row))
    layer, k, start, end, right = (column[order] for column in (layer, k, start, end, right))
    names, depth = [name] * len(texts), zeros.tolist()
    return WrongTexts(layers, texts, names, True, rows, zeros, depth, bounds, layer, k, start, end, surface, ~right)


def _in_drifting(view: View, number: int, spans: Spans) -> tuple[Ints | Bools, ...]:
    """Return the spans at one place that store a surface, in documents that drift, as columns."""
    whole = view.drifts(spans.member).take(spans.items.doc)
    for name in ("text", "start", "end"):
        whole = whole & validity(spans.items.columns[name])
    k = indices(whole)
    start, end = spans.start[k], spans.end[k]
    right = (start >= 0) & (start <= end) & (end <= spans.length[k]) & spans.same[k]
    return spans.items.doc[k], np.full(len(k), number), k, start, end, right


def _wrong_parts(view: View, name: str) -> Iterator[tuple[int, OwnText, list[bool]]]:
    """Yield the texts in which spans disagree where some are counted in parts of texts, with which of them do."""
    for row in indices(view.drifts(name)).tolist():
        for own in own_texts(view, row, name, view.surfaces(row, name)):
            wrong = [not _agrees(own.text, *span) for span in own.spans]
            if any(wrong):
                yield row, own, wrong


def _of_parts(name: str, layers: Sequence[Spans], texts: Sequence[tuple[int, OwnText, list[bool]]]) -> WrongTexts:
    number = {spans.node.place: n for n, spans in enumerate(layers)}
    every = [one for _, own, _ in texts for one in own.stored]
    spans = [span for _, own, _ in texts for span in own.spans]
    start, end, _ = np.array([(*span[:2], 0) for span in spans], np.int64).reshape(-1, 3).T
    return WrongTexts(
        layers,
        [own.text for _, own, _ in texts],
        [own.name for _, own, _ in texts],
        all(own.name == name for _, own, _ in texts),
        np.array([row for row, *_ in texts], np.int64),
        np.array([own.low for _, own, _ in texts], np.int64),
        [own.depth for _, own, _ in texts],
        np.cumsum([0, *(len(own.stored) for _, own, _ in texts)]),
        np.array([number[one.node.place] for one, _ in every], np.int64),
        np.array([k for _, k in every], np.int64),
        start,
        end,
        strings([surface for *_, surface in spans]),
        np.array([bad for *_, wrong in texts for bad in wrong], np.bool_),
    )


def _agrees(text: str, start: int, end: int, surface: str) -> bool:
    return 0 <= start <= end <= len(text) and text[start:end] == surface


def moved_spans(texts: WrongTexts, placed: Ints, proved: Bools) -> MovedSpans:
    """Return the correction of each text: its spans that are proved to belong elsewhere, or to have other words.

    Args:
        texts: the texts.
        placed: where each span belongs, in code points of its text, shape (spans, 2); only where that is proved.
        proved: whether it is.
    """
    text = np.repeat(np.arange(len(texts.row)), np.diff(texts.bounds))
    stored = np.stack([texts.start, texts.end], axis=1)
    other = {n: texts.texts[text[n]][slice(*placed[n].tolist())] for n in _other_words(texts, placed, proved)}
    changes = proved & (placed != stored).any(axis=1)
    changes[list(other)] = True
    of = indices(changes)
    places = [spans.node.place for spans in texts.layers]
    at = np.zeros((len(of), max((place.count("*") for place in places), default=0)), np.int64)
    low = texts.low[text[of]][:, None]
    old = stored[of] + low
    for layer, spans in enumerate(texts.layers):
        some = indices(texts.layer[of] == layer)
        old[some[~spans.known[texts.k[of[some]]]]] = -1  # outside of its own string it has no offsets in the document
        for step, index in enumerate(spans.items.at):
            at[some, step] = index[texts.k[of[some]]]
    bounds = np.searchsorted(of, texts.bounds)
    words = dict(zip(np.searchsorted(of, list(other)).tolist(), other.values(), strict=True))
    return MovedSpans(places, bounds, texts.layer[of], at, old, placed[of] + low, words)


def _other_words(texts: WrongTexts, placed: Ints, proved: Bools) -> list[int]:
    """Return the spans that are proved to belong where the text has other words than they store."""
    of = indices(proved)
    if not len(of):
        return []
    every = texts.layers[0].text
    number = np.repeat(np.arange(len(texts.row)), np.diff(texts.bounds))[of]
    base = every.points[texts.row[number]] + texts.low[number]
    first, last = (every.to_bytes(base + placed[of, side]) for side in (0, 1))
    other: list[int] = of[~same_text(every, first, last, texts.surface.take(to_arrow(of)))].tolist()
    return other
