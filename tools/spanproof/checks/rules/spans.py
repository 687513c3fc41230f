"""SP10x, SP11x: one span and its text."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow.compute as pc

from spanproof.arrays import Bools, Ints, indices, integers, to_arrow, validity
from spanproof.checks.causes import relocate
from spanproof.checks.rule import Hit, rule
from spanproof.checks.structure import owned
from spanproof.checks.view import Spans, View
from spanproof.corpus.edits import Edit
from spanproof.corpus.findings import Cause
from spanproof.schema.node import Node
from spanproof.text import characters
from spanproof.text.index import same_text, splits_cluster

_ENTITY = {"id": "e1", "label": "PERSON", "entity_id": "ana-silva"}
"""The example article reads: Ana Silva said on Monday: “We meet in Lisbon.”"""


def _one(start: Any, end: Any, text: str, **members: Any) -> list[dict[str, Any]]:
    """The example article with one entity."""
    return [{"entities": [{**_ENTITY, "start": start, "end": end, "text": text, **members}]}]


def moved(spans: Spans, k: int, start: int, end: int, surface: str) -> tuple[Edit, ...]:
    """The correction that puts span ``k`` at these offsets; only what changes is edited."""
    path = spans.items.path(k)
    now = {"start": int(spans.start[k]), "end": int(spans.end[k])}
    new: dict[str, Any] = {"start": start, "end": end}
    if spans.surface is not None and spans.surface[k].is_valid:
        now["text"], new["text"] = spans.surface[k].as_py(), surface
    return tuple(Edit((*path, name), value) for name, value in new.items() if value != now[name])


def _systematic(view: View, spans: Spans, k: int) -> tuple[Cause | None, tuple[Edit, ...]]:
    """The cause of a disagreement, with the correction of its whole document; else the correction of this span."""
    row, member = int(spans.items.doc[k]), spans.member
    if spans.surface is None or not spans.surface[k].is_valid:
        return None, ()
    if found := view.cause(row, member):
        cause, involved = found
        for (other, j), placed in zip(involved, cause.spans, strict=True):
            if other is spans and j == k and placed is not None:
                return cause, view.once(("cure", row, member), lambda: _cure(cause, involved))
    text, surface = view.string(row, member), spans.surface[k].as_py()
    start, end = int(spans.start[k]), int(spans.end[k])
    # Where the start is off and the end is not, the end says where the surface stands.
    anchored = (
        end >= len(surface)
        and text[end - len(surface) : end] == surface
        and not text.startswith(surface, max(start, 0))
    )
    place = (end - len(surface), end) if anchored and surface else relocate(text, start, end, surface)
    return None, moved(spans, k, *place, surface) if place else ()


def _cure(cause: Cause, involved: list[tuple[Spans, int]]) -> tuple[Edit, ...]:
    pairs = zip(involved, cause.spans, strict=True)
    return tuple(edit for (spans, k), placed in pairs if placed for edit in moved(spans, k, *placed))


def _misplaced(view: View, spans: Spans, bad: Bools, what: str) -> Iterator[Hit]:
    for k in indices(bad & spans.open).tolist():
        start, end, length = int(spans.start[k]), int(spans.end[k]), int(spans.length[k])
        cause, fix = _systematic(view, spans, k)
        message = what.format(start=start, end=end, length=length)
        yield Hit(spans.items, k, message, cause=cause, fix=fix)


@rule("SP101", "offset-type", needs=Node.span_of, bad=_one("0", 9, "Ana Silva"))
def offset_type(view: View) -> Iterator[Hit]:
    """An offset isn't an integer.

    Offsets are JSON integers that count Unicode code points. A string of digits is corrected to its number.

    Never waive it: programs would read another span, or none.
    """
    for misfit in owned(view, "SP101"):
        digits = isinstance(misfit.instance, str) and misfit.instance.isascii() and misfit.instance.isdigit()
        fix = (Edit(misfit.path, int(misfit.instance)),) if digits else ()
        yield Hit(view.documents, misfit.row, misfit.message, misfit.path, fix=fix)


@rule("SP102", "offset-negative", needs=Node.span_of, bad=_one(-3, 9, "Ana Silva"))
def offset_negative(view: View) -> Iterator[Hit]:
    """An offset is negative.

    Offsets count from the beginning of the text; Python's slices would silently read a negative one from the end.

    Never waive it: the span is nowhere.
    """
    for spans in view.spans.values():
        what = "offsets {start}:{end} are negative; right are 0 to {length}"
        yield from _misplaced(view, spans, (spans.start < 0) | (spans.end < 0), what)


@rule("SP103", "span-inverted", needs=Node.span_of, bad=_one(9, 0, "Ana Silva"))
def span_inverted(view: View) -> Iterator[Hit]:
    """The span ends before it starts.

    Corrected by swapping the offsets where that gives the stored surface.

    Never waive it: the span holds nothing.
    """
    for spans in view.spans.values():
        for hit in _misplaced(
            view, spans, spans.start > spans.end, "start {start} is after end {end}; right is start < end"
        ):
            text = view.string(int(spans.items.doc[hit.k]), spans.member)
            start, end = int(spans.end[hit.k]), int(spans.start[hit.k])
            surface = spans.surface[hit.k].as_py() if spans.surface is not None else None
            swapped = moved(spans, hit.k, start, end, text[start:end]) if text[start:end] == surface else hit.fix
            yield Hit(hit.items, hit.k, hit.message, cause=hit.cause, fix=swapped)


@rule("SP104", "span-empty", needs=Node.span_of, bad=_one(4, 4, ""), good=_one(4, 9, "Silva"))
def span_empty(view: View) -> Iterator[Hit]:
    """The span is empty.

    An annotation names at least one character. Corrected where the stored surface stands nearby, and only once.

    Waive it where a layer marks places between characters, such as that of a word left out, and everything that reads
    the layer knows about empty spans.
    """
    for spans in view.spans.values():
        yield from _misplaced(
            view,
            spans,
            (spans.start == spans.end) & (spans.end <= spans.length),
            "start and end are both {start}; right is start < end",
        )


@rule("SP105", "span-past-end", needs=Node.span_of, bad=_one(40, 400, "Lisbon"))
def span_past_end(view: View) -> Iterator[Hit]:
    """The span ends past the end of its text.

    Often the offsets count another unit than code points, or another version of the text; then the cause says so.

    Never waive it: a part of the span is nowhere.
    """
    for spans in view.spans.values():
        what = "{start}:{end} ends past the text, which has {length} code points"
        yield from _misplaced(view, spans, spans.end > spans.length, what)


@rule("SP106", "text-differs", needs=Node.span_of, bad=_one(1, 10, "Ana Silva"))
def text_differs(view: View) -> Iterator[Hit]:
    """The stored surface isn't the slice of the text.

    The offsets, the surface or the text is off. Where all disagreements of a document vanish under one hypothesis (the
    offsets count UTF-16 code units or bytes, come from a text with other line ends, another normalisation, a byte order
    mark, an edit), the cause names it with the proof, and the correction is that of the whole document. A span that
    slipped alone is put on the nearest occurrence of its surface.

    Waive it where the stored words are meant to differ from the text, such as a spelling that was corrected. Better,
    store those in a member of another name.
    """
    for spans in view.spans.values():
        if spans.surface is None:
            continue
        for k in indices(spans.open & ~spans.same).tolist():
            row = int(spans.items.doc[k])
            text = view.string(row, spans.member)
            have, stored = text[int(spans.start[k]) : int(spans.end[k])], spans.surface[k].as_py()
            cause, fix = _systematic(view, spans, k)
            yield Hit(
                spans.items,
                k,
                f"the text there is {_short(have)}, the stored surface {_short(stored)}",
                cause=cause,
                fix=fix,
            )


def _in_word(text: str, at: int) -> bool:
    """Whether the characters on both sides of an offset are of a word."""
    table = characters.flags()
    return 0 < at < len(text) and bool(table[ord(text[at - 1])] & table[ord(text[at])] & characters.WORD)


def _short(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= 60 else f"{shown[:38]}...{shown[-18:]}"


@rule("SP107", "edge-space", needs=Node.span_of, bad=_one(0, 10, "Ana Silva "))
def edge_space(view: View) -> Iterator[Hit]:
    """The span begins or ends with white space.

    Many programs trim such a span, or refuse it. Corrected by trimming.

    Waive it where the layer is about white space.
    """
    for spans in view.spans.values():
        _, first, last, _ = spans.edges
        space = (first | last) & characters.SPACE > 0
        for k in indices(space & spans.open).tolist():
            text = view.string(int(spans.items.doc[k]), spans.member)
            start, end = int(spans.start[k]), int(spans.end[k])
            slice_ = text[start:end]
            core = slice_.strip()
            start += len(slice_) - len(slice_.lstrip())
            fix = moved(spans, k, start, start + len(core), core) if core else ()
            right = f"right is {start}:{start + len(core)}, {_short(core)}" if core else "it holds nothing else"
            yield Hit(spans.items, k, f"{_short(slice_)} has white space at its edge; {right}", fix=fix)


@rule("SP108", "splits-cluster", needs=Node.span_of, bad=[{"text": "Jose\u0301 said so.", **_one(0, 4, "Jose")[0]}])
def splits_cluster_(view: View) -> Iterator[Hit]:
    """A boundary lies inside a grapheme cluster or a surrogate pair.

    It cuts what a reader sees as one character: a letter from its combining accent, an emoji sequence, CR from LF
    (UAX #29, extended grapheme clusters). Corrected by widening the span to the cluster.

    Waive it where the layer is about the parts of characters, such as accents.
    """
    for spans in view.spans.values():
        before, first, last, after = spans.edges
        suspects = spans.open & (characters.joins(before, first) | characters.joins(last, after))
        for k in indices(suspects).tolist():
            text = view.string(int(spans.items.doc[k]), spans.member)
            start, end = int(spans.start[k]), int(spans.end[k])
            cut = [at for at in (start, end) if splits_cluster(text, at)]
            if cut:
                while splits_cluster(text, start):
                    start -= 1
                while splits_cluster(text, end):
                    end += 1
                right = f"right is {start}:{end}, {_short(text[start:end])}"
                message = f"offset {' and '.join(map(str, cut))} lies inside a grapheme cluster; {right}"
                yield Hit(spans.items, k, message, fix=moved(spans, k, start, end, text[start:end]))


@rule(
    "SP109",
    "splits-word",
    "warning",
    needs=Node.span_of,
    bad=_one(0, 7, "Ana Sil"),
    good=_one(0, 9, "Ana Silva"),
)
def splits_word(view: View) -> Iterator[Hit]:
    """A boundary lies inside a word.

    The characters on both sides are letters, digits or marks of a script that separates words (Han, Kana, Hangul, Thai
    and their like are left alone). Tokenisers can't align such a span; usually an offset slipped and the surface was
    cut again.

    Waive it where a part of a word is meant: a name before an ending (`Lisbonner`), one half of a compound, or words
    between which the source lacks the blank.
    """
    for spans in view.spans.values():
        before, first, last, after = spans.edges
        for k in indices(spans.open & ((before & first | last & after) & characters.WORD > 0)).tolist():
            text = view.string(int(spans.items.doc[k]), spans.member)
            start, end = int(spans.start[k]), int(spans.end[k])
            low, high = start, end
            while _in_word(text, low):
                low -= 1
            while _in_word(text, high):
                high += 1
            yield Hit(spans.items, k, f"{_short(text[start:end])} is cut out of {_short(text[low:high])}")


@rule(
    "SP110",
    "context-differs",
    needs=Node.span_of,
    bad=[{"text": "Ana met Ana Silva.", **_one(0, 3, "Ana", prefix="met ")[0]}],
)
def context_differs(view: View) -> Iterator[Hit]:
    """What stands before or after the span isn't its stored context: the right words, perhaps at the wrong occurrence.

    Offsets alone can't show that a span sits on another occurrence of its surface; a stored ``prefix`` or ``suffix``
    can. Corrected where exactly one place of the text has the surface in its context.

    Never waive it: a wrong context proves nothing. Store the right one, or none.
    """
    for spans in view.spans.values():
        for k in _out_of_context(spans).tolist():
            text = view.string(int(spans.items.doc[k]), spans.member)
            start, end = int(spans.start[k]), int(spans.end[k])
            prefix, suffix = (_optional(spans, name, k) for name in ("prefix", "suffix"))
            found = text[max(0, start - len(prefix)) : start], text[end : end + len(suffix)]
            whole = prefix + text[start:end] + suffix
            places = [at for at in range(len(text)) if text.startswith(whole, at)] if whole else []
            fix: tuple[Edit, ...] = ()
            if len(places) == 1:
                at = places[0] + len(prefix)
                fix = moved(spans, k, at, at + end - start, text[start:end])
            stored = f"its stored context is {_short(prefix)}, {_short(suffix)}"
            right = (
                "no place has both" if not places else f"right is {places[0] + len(prefix)}" if fix else "several do"
            )
            message = f"stands between {_short(found[0])} and {_short(found[1])}; {stored}; {right}"
            yield Hit(spans.items, k, message, fix=fix)


def _optional(spans: Spans, name: str, k: int) -> str:
    column = spans.items.columns.get(name)
    return "" if column is None else column[k].as_py() or ""


def _out_of_context(spans: Spans) -> Ints:
    bad = np.zeros(len(spans.items), np.bool_)
    for name, side in (("prefix", -1), ("suffix", 1)):
        context = spans.items.columns.get(name)
        if context is None or context.null_count == len(context):
            continue
        k = indices(spans.open & validity(context))
        wanted = context.take(to_arrow(k))
        size = integers(pc.utf8_length(wanted))[0].astype(np.int64)
        base = spans.text.points.take(spans.items.doc[k])
        low = spans.start[k] - size if side < 0 else spans.end[k]
        high = low + size
        fits = (low >= 0) & (high <= spans.length[k])
        first, last = (spans.text.to_bytes(base + np.clip(at, 0, spans.length[k])) for at in (low, high))
        bad[k[~(fits & same_text(spans.text, first, last, wanted))]] = True
    return indices(bad)
