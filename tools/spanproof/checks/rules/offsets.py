"""SP101 to SP106: the offsets of one span: numbers, order, bounds, and the surface that they cut out."""

from collections.abc import Iterator

from spanproof.arrays import Bools, indices
from spanproof.checks.causes import relocate
from spanproof.checks.examples import one_entity
from spanproof.checks.rule import Hit, rule
from spanproof.checks.structure import owned
from spanproof.checks.view import Spans, View
from spanproof.corpus.edits import Edit
from spanproof.corpus.findings import Cause
from spanproof.schema.node import Node
from spanproof.text.display import literal


def _systematic(view: View, spans: Spans, k: int) -> tuple[Cause | None, tuple[Edit, ...]]:
    """Return the cause of a disagreement with the correction of the whole document, else the correction of this span.

    A correction of the whole document is one value for all of its spans, so that it is made, or refused, as one.
    """
    row, member = int(spans.items.doc[k]), spans.member
    if spans.surface is None or not spans.surface[k].is_valid:
        return None, ()
    if explained := view.cause(row, member):
        cause, involved = explained
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
    return None, spans.edits_to(k, *place, surface) if place else ()


def _cure(cause: Cause, involved: list[tuple[Spans, int]]) -> tuple[Edit, ...]:
    """Return the edits that put all spans of a document where its cause places them."""
    pairs = zip(involved, cause.spans, strict=True)
    return tuple(edit for (spans, k), placed in pairs if placed for edit in spans.edits_to(k, *placed))


def _misplaced(view: View, spans: Spans, bad: Bools, what: str) -> Iterator[Hit]:
    """Yield a hit for each bad span, with cause and correction where they are known.

    Args:
        view: the batch.
        spans: the spans at one place.
        bad: which of them are at fault.
        what: the message, with the fields ``start``, ``end`` and ``length`` (of the text).
    """
    for k in indices(bad & spans.open).tolist():
        start, end, length = int(spans.start[k]), int(spans.end[k]), int(spans.length[k])
        cause, fix = _systematic(view, spans, k)
        message = what.format(start=start, end=end, length=length)
        yield Hit(spans.items, k, message, cause=cause, fix=fix)


@rule("SP101", "offset-type", needs=Node.span_of, bad=one_entity("0", 9, "Ana Silva"))
def offset_type(view: View) -> Iterator[Hit]:
    """An offset isn't an integer.

    Offsets are JSON integers that count Unicode code points. A string of digits is corrected to its number.

    Never waive it: programs would read another span, or none.
    """
    for misfit in owned(view, "SP101"):
        digits = isinstance(misfit.instance, str) and misfit.instance.isascii() and misfit.instance.isdigit()
        digits = digits and misfit.written is None  # elsewhere the number may count another unit
        fix = (Edit(misfit.path, int(misfit.instance)),) if digits else ()
        yield Hit(view.documents, misfit.row, misfit.message, misfit.path, fix=fix, written=misfit.written)


@rule("SP102", "offset-negative", needs=Node.span_of, bad=one_entity(-3, 9, "Ana Silva"))
def offset_negative(view: View) -> Iterator[Hit]:
    """An offset is negative.

    Offsets count from the beginning of the text; Python's slices would silently read a negative one from the end.

    Never waive it: the span is nowhere.
    """
    for spans in view.spans.values():
        what = "offsets {start}:{end} are negative; right are 0 to {length}"
        yield from _misplaced(view, spans, (spans.start < 0) | (spans.end < 0), what)


@rule("SP103", "span-inverted", needs=Node.span_of, bad=one_entity(9, 0, "Ana Silva"))
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
            swapped = spans.edits_to(hit.k, start, end, text[start:end]) if text[start:end] == surface else hit.fix
            yield Hit(hit.items, hit.k, hit.message, cause=hit.cause, fix=swapped)


@rule("SP104", "span-empty", needs=Node.span_of, bad=one_entity(4, 4, ""), good=one_entity(4, 9, "Silva"))
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


@rule("SP105", "span-past-end", needs=Node.span_of, bad=one_entity(40, 400, "Lisbon"))
def span_past_end(view: View) -> Iterator[Hit]:
    """The span ends past the end of its text.

    Often the offsets count another unit than code points, or another version of the text; then the cause says so.

    Never waive it: a part of the span is nowhere.
    """
    for spans in view.spans.values():
        what = "{start}:{end} ends past the text, which has {length} code points"
        yield from _misplaced(view, spans, spans.end > spans.length, what)


@rule("SP106", "text-differs", needs=Node.span_of, bad=one_entity(1, 10, "Ana Silva"))
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
                f"the text there is {literal(have)}, the stored surface {literal(stored)}",
                cause=cause,
                fix=fix,
            )
