"""Lists of spans that agree with another string of their record: the text that they are judged against isn't theirs.

Where a schema names the wrong text, or a corpus without one was taken for the wrong shape, the spans look drifted, and
a model may even put them on words of the wrong text. So this is asked before anything is proved of them.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from spanproof.arrays import Bools, Ints
from spanproof.checks.view import Spans, View
from spanproof.checks.wrong_texts import WrongTexts, wrong_texts
from spanproof.corpus.findings import Cause
from spanproof.schema.node import Place, pointer
from spanproof.schema.paths import Path

_MOST_STRINGS = 1_000
"""Strings of a record that are asked."""
_FEWEST_IN_LISTS = 3
"""Spans of which fewer may agree by chance with one of many strings, such as the turns of a dialogue."""
_FEWEST_LETTERS = 3
"""Code points of all words of a list of which fewer may stand in any string by chance, as a digit does in a hash."""


class _OtherString(NamedTuple):
    """A string of a record: its JSON Pointer, what it says, and whether it is one of a list."""

    name: str
    text: str
    listed: bool


def texts_to_explain(view: View, member: str) -> WrongTexts:
    """Return the texts of a batch in which spans disagree with their surfaces, without lists of another string.

    Args:
        view: the batch.
        member: the member with the texts that the spans point into.
    """
    texts = wrong_texts(view, member)
    return _without(texts, elsewhere) if (elsewhere := _elsewhere(view, member, texts)) else texts


def of_another_string(view: View, spans: Spans, k: int) -> Cause | None:
    """Return why nothing is proved of a span: at least half of its list agree with another string of the record.

    More of them agree with that string than with the text that they are counted in. None where it isn't so.

    Args:
        view: the batch.
        spans: the spans at one place.
        k: which of them.
    """
    return _elsewhere(view, spans.member).get((spans.node.place, k))


def _elsewhere(view: View, member: str, texts: WrongTexts | None = None) -> Mapping[tuple[Place, int], Cause]:
    """Return the causes of all spans of such lists, by the place of a span and its number there."""
    return view.once(("elsewhere", member), lambda: _causes(view, member, texts or wrong_texts(view, member)))


def _causes(view: View, member: str, texts: WrongTexts) -> Mapping[tuple[Place, int], Cause]:
    causes: dict[tuple[Place, int], Cause] = {}
    if not len(texts.row) or not _may_have_others(view, member):
        return causes
    records: dict[int, list[_OtherString]] = {}
    for text, spans in _lists(texts):
        row = int(texts.row[text])
        record = view.batch.within[row][0] if view.batch.within else row
        if record not in records:
            records.clear()
            records[record] = list(itertools.islice(_strings_around(view, row), _MOST_STRINGS))
        if cause := _cause(texts, text, spans, records[record]):
            places = [texts.layers[n].node.place for n in texts.layer[spans].tolist()]
            causes.update(dict.fromkeys(zip(places, texts.k[spans].tolist(), strict=True), cause))
    return causes


def _without(texts: WrongTexts, dropped: Mapping[tuple[Place, int], Cause]) -> WrongTexts:
    """Return the texts without some spans, and without those in which no other span disagrees.

    Args:
        texts: the texts in which spans disagree.
        dropped: spans, by their place and number there.
    """
    number = {spans.node.place: n for n, spans in enumerate(texts.layers)}
    gone = np.array([(number[place], k) for place, k in dropped], np.int64)
    size = int(max(texts.k.max(), gone[:, 1].max())) + 1
    kept = ~np.isin(texts.layer * size + texts.k, gone[:, 0] * size + gone[:, 1])
    text = np.repeat(np.arange(len(texts.row)), np.diff(texts.bounds))
    wrong = np.unique(text[kept & texts.wrong])
    kept &= np.isin(text, wrong)
    return _subset(texts, wrong, kept, np.searchsorted(text[kept], wrong))


def _subset(texts: WrongTexts, wrong: Ints, kept: Bools, first: Ints) -> WrongTexts:
    """Return some of the texts and of their spans, of which ``first`` says where those of each text begin."""
    return replace(
        texts,
        texts=[texts.texts[n] for n in wrong.tolist()],
        names=[texts.names[n] for n in wrong.tolist()],
        depth=[texts.depth[n] for n in wrong.tolist()],
        row=texts.row[wrong],
        low=texts.low[wrong],
        bounds=np.append(first, kept.sum()),
        surface=texts.surface.filter(pa.array(kept)),
        **{name: getattr(texts, name)[kept] for name in ("layer", "k", "start", "end", "wrong")},
    )


def _lists(texts: WrongTexts) -> Iterator[tuple[int, Ints]]:
    """Yield the lists of spans in which one disagrees: the number of the text, and which spans they are."""
    for text, (low, high) in enumerate(itertools.pairwise(texts.bounds.tolist())):
        every = np.arange(low, high)
        for layer in np.unique(texts.layer[low:high]).tolist():
            of = every[texts.layer[low:high] == layer]
            at = texts.layers[layer].items.at[:-1]
            for some in _alike(of, [index[texts.k[of]] for index in at]):
                if texts.wrong[some].any():
                    yield text, some


def _alike(spans: Ints, indices: list[Ints]) -> list[Ints]:
    """Return spans in groups of those with the same indices."""
    if not indices:
        return [spans]
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for span, index in zip(spans.tolist(), zip(*(one.tolist() for one in indices), strict=True), strict=True):
        groups[index].append(span)
    return [np.array(group) for group in groups.values()]


def _cause(texts: WrongTexts, text: int, spans: Ints, others: list[_OtherString]) -> Cause | None:
    """Return the cause of a list whose spans agree with one of some strings; None where they don't."""
    start, end = texts.start[spans].tolist(), texts.end[spans].tolist()
    words = [texts.words[n] for n in spans.tolist()]
    stored = [one for one in zip(start, end, words, strict=True) if one[2]]
    agree = len(stored) - int(texts.wrong[spans].sum())
    last, size, letters = max(end, default=0), len(stored), sum(len(surface) for *_, surface in stored)

    def standing(other: str) -> int:
        """Count the spans that stand in a string; none where the first ones tell that most don't."""
        if len(other) <= last * (size == 1) or letters < _FEWEST_LETTERS:
            return 0
        number = 0
        for k, (low, high, surface) in enumerate(stored):
            number += low >= 0 and high - low == len(surface) and other.startswith(surface, low)
            if number + size - k - 1 < max(agree + 1, (size + 1) // 2):
                return 0
        return number

    asked = (other for other in others if size >= _FEWEST_IN_LISTS or not other.listed)
    best = max(asked, key=lambda other: standing(other.text), default=None)
    if best is None or not size or not (number := standing(best.text)):
        return None
    every = f"all {size} spans" if number == size else f"{number} of the {size} spans"
    one, several = (
        "the only span of its list agrees with {} as it is",
        f"{every} of the list agree with {{}} as they are",
    )
    statement = f"{(one if size == 1 else several).format(repr(best.name))}; expected them in {texts.names[text]!r}"
    return Cause("another-string", statement, 0, int(texts.wrong[spans].sum()), "open")


def _may_have_others(view: View, member: str) -> bool:
    """Say whether documents of a batch may have a string that is neither this text, nor their key, nor in a span."""
    batch, known = view.batch, (member, view.schema.key)
    if (batch.within and view.schema.lens and not view.schema.lens.same) or len(batch.raw) > len(batch.unlisted):
        return True
    listed = any(
        node.kind == "string" and node.place[0] not in known and not _in_span(view, node.place)
        for node in view.schema.nodes.values()
    )
    return listed or any(
        not _in_span(view, node.place) and any(map(pa.types.is_string, _leaves(kind)))
        for node, kind in batch.unlisted_types
    )


def _leaves(kind: pa.DataType) -> Iterator[pa.DataType]:
    if not kind.num_fields:
        yield kind
    for k in range(kind.num_fields):
        yield from _leaves(kind.field(k).type)


def _in_span(view: View, place: Place) -> bool:
    return any(place[: len(span)] == span for span in view.spans)


def _strings_around(view: View, row: int) -> Iterator[_OtherString]:
    """Yield the strings of the record of a document, but those in lists of spans."""
    batch = view.batch
    if batch.within and view.schema.lens and not view.schema.lens.same:
        record = batch.within[row][0]
        rows = [n for n, (number, _) in enumerate(batch.within) if number == record]
        yield from _strings_in(batch.records[record].written, (), _lists_in(view, rows[0], rows[-1]))
        return
    if row in batch.raw:
        document = batch.raw[row]
    else:
        lists = {place[0] for place in view.spans if place[1:] == ("*",)}
        names = [name for name in batch.columns.schema.names if name not in lists]
        document = batch.columns.select(names).slice(row, 1).to_pylist()[0]
    yield from _strings_in(document, (), _lists_in(view, row, row))


def _lists_in(view: View, first: int, last: int) -> frozenset[Path]:
    """Return the paths, as they are written, of the lists of spans of some documents, or of spans in no list."""
    paths = set()
    for spans in view.spans.values():
        low, high = np.searchsorted(spans.items.doc, [first, last + 1]).tolist()
        of = [spans.items.doc, *spans.items.at[:-1]]
        begins = np.any([np.diff(one[low:high], prepend=-1) != 0 for one in of], axis=0)
        for k in (low + np.flatnonzero(begins)).tolist():
            path = view.batch.written_path(int(spans.items.doc[k]), spans.items.path(k))
            paths.add(path[:-1] if spans.node.place[-1] == "*" else path)
    return frozenset(paths)


def _strings_in(value: Any, path: Path, but: frozenset[Path]) -> Iterator[_OtherString]:
    if isinstance(value, str):
        listed = any(isinstance(step, int) for step in path)
        yield _OtherString(pointer(tuple(map(str, path))) if len(path) > 1 else str(path[0]), value, listed)
    elif isinstance(value, Mapping | list) and path not in but:
        for step, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _strings_in(inner, (*path, step), but)
